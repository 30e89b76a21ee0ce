//! Actix's hello-world: the most that this machine's HTTP can do with the client on it.

use std::net::{Ipv4Addr, TcpListener};

use actix_web::rt::System;
use actix_web::{App, HttpServer, web};

use crate::{Failure, child};

/// Answers `GET /` until standard input ends.
pub(crate) fn hello() -> Result<(), Failure> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    child::announce(listener.local_addr()?)?;
    System::new().block_on(async move {
        let routes = || App::new().route("/", web::get().to(async || "hello, world"));
        let server = HttpServer::new(routes).disable_signals().listen(listener)?.run();
        let handle = server.handle();
        let over = child::input_ends();
        actix_web::rt::spawn(async move {
            over.await;
            handle.stop(false).await;
        });
        Ok(server.await?)
    })
}
