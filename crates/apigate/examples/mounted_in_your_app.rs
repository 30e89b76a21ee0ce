//! The facade mounted in an actix application of your own, beside your own routes. It serves on
//! a free port, sends itself one request, prints the answer and stops.

use std::error::Error;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use actix_web::{App, HttpServer, web};
use leaseline_apigate::{NewToken, Settings, TokenKey, TokenKeys, routes};
use leaseline_core::api_user::Role;
use leaseline_core::region::Region;
use leaseline_hub::operator::NewApiUser;
use leaseline_hub::{Hub, IanaZone};
use leaseline_web::Limits;

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let url = format!("sqlite://{}/leaseline.db", folder.path().display());
    Hub::migrate(&url)?;
    let hub = Hub::open(leaseline_hub::Settings::new(&url))?;
    hub.ask(NewApiUser { name: "me".into(), role: Role::Admin }).await?;

    let key = TokenKey::new(None, b"thirty-two bytes or more, from a safe".to_vec(), None)?;
    let settings = Settings {
        path_prefixes: vec![String::new(), "/axiata".into()],
        zone: IanaZone::by_name("Asia/Kuala_Lumpur")?,
        region: Region::by_code("MY").ok_or("no such region")?,
        trusted_proxies: Default::default(),
        max_reserve: 10_000,
        limits: Limits::default(),
        tokens: TokenKeys::new(vec![key], None, None),
    };
    let token = settings.tokens.issue(&NewToken {
        user: "me".into(),
        jti: "an example's".into(),
        issued_at: hub.now(),
        expires_at: None,
    })?;

    let facade = routes(hub.clone(), settings);
    let app = move || {
        App::new().route("/hello", web::get().to(|| async { "yours" })).configure(facade.clone())
    };
    let server = HttpServer::new(app).workers(1).bind(("127.0.0.1", 0))?;
    let address = server.addrs()[0];
    let server = server.run();
    let handle = server.handle();
    let served = actix_web::rt::spawn(server);

    let answer = web::block(move || ask(address, &token)).await??;
    println!("{answer}");
    handle.stop(true).await;
    served.await??;
    hub.close().await;
    Ok(())
}

/// One request by hand.
fn ask(address: SocketAddr, token: &str) -> std::io::Result<String> {
    let body = "first_name=Ada&last_name=Lim&charge_method=1\
                &enable_single_service=1&charge_block_single=20&charge_rate_single=1\
                &enable_group_service=1&charge_block_group=20&charge_rate_group=1";
    let mut stream = TcpStream::connect(address)?;
    write!(
        stream,
        "POST /api/v1/customer/create HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
         Authorization: Bearer {token}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer.rsplit("\r\n\r\n").next().unwrap_or_default().to_owned())
}
