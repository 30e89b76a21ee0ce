//! The server under load: a hub, the three facades and the switch interface, as the product's
//! binaries put them together, on a database that [`world`] has prepared.
//!
//! It exists for one number that the product does not offer for sale: the batch limit. With a
//! limit of 1 each request has a transaction to itself; everything else stays the same.

use std::net::{Ipv4Addr, SocketAddr};

use actix_web::rt::System;
use actix_web::web::ServiceConfig;
use leaseline_core::call::SingleCallerId;
use leaseline_hub::{Hub, IanaZone, Settings};
use leaseline_web::{Limits, Networks, Shell, Stop, shell};

use crate::cli::Serve;
use crate::{Failure, cards, child, world};

/// Serves until standard input ends.
pub(crate) fn serve(arguments: &Serve) -> Result<(), Failure> {
    System::new().block_on(async {
        let hub = Hub::open(settings(arguments))?;
        let apigate = leaseline_apigate::routes(hub.clone(), facade()?);
        let traitel = leaseline_traitel::routes(hub.clone(), traitel());
        let mor = leaseline_mor::routes(hub.clone(), mor()?);
        let switch = leaseline_switch::routes(hub.clone(), switch());
        let routes = move |app: &mut ServiceConfig| {
            mor(app);
            apigate(app);
            traitel(app);
            switch(app);
        };
        let limits = Limits::default();
        let listener = shell::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), &limits)?;
        child::announce(listener.local_addr()?)?;
        let stop = Stop::new();
        let workers = arguments.workers.map(Into::into);
        let shell = Shell { limits, workers, ..Shell::new(stop.clone()) };
        actix_web::rt::spawn(async move {
            child::input_ends().await;
            stop.ask();
        });
        shell.serve(vec![listener], routes).await?;
        hub.close().await;
        Ok(())
    })
}

fn settings(arguments: &Serve) -> Settings {
    let defaults = Settings::new(&arguments.database_url);
    let batch_limit = arguments.batch_limit.map_or(defaults.batch_limit, Into::into);
    Settings { batch_limit, ..defaults }
}

fn facade() -> Result<leaseline_apigate::Settings, Failure> {
    Ok(leaseline_apigate::Settings {
        path_prefixes: vec![String::new()],
        zone: IanaZone::by_name("UTC")?,
        region: world::region(),
        trusted_proxies: Default::default(),
        max_reserve: 10_000,
        limits: Limits::default(),
        tokens: world::token_keys(),
    })
}

fn switch() -> leaseline_switch::Settings {
    leaseline_switch::Settings {
        single_caller_id: SingleCallerId::Caller,
        longest_seconds: Some(7_200),
        trusted_proxies: Networks::default(),
        limits: Limits { body_bytes: 4 << 20, ..Limits::default() },
    }
}

fn mor() -> Result<leaseline_mor::Settings, Failure> {
    Ok(leaseline_mor::Settings {
        path_prefixes: vec!["/billing".to_owned()],
        allow_api: true,
        allow_get: false,
        vault: cards::vault()?,
        trusted_proxies: Networks::default(),
        limits: Limits::default(),
    })
}

fn traitel() -> leaseline_traitel::Settings {
    let limits = Limits::default();
    leaseline_traitel::Settings { limits, trusted_proxies: Networks::default() }
}
