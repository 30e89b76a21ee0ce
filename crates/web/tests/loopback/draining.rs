//! What clients and balancers see of a server that stops.

use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::client::{Client, get};
use crate::house::{House, SHORT};

#[tokio::test]
async fn a_server_that_nobody_uses_stops_at_once() {
    let house = House::open();
    house.stop.ask();
    house.ended().await;
}

#[tokio::test]
async fn a_stop_that_was_asked_for_before_the_start_counts() {
    let house = House::with(|shell| shell.stop.ask());
    house.ended().await;
}

#[tokio::test]
async fn a_request_in_flight_is_finished_while_readiness_says_no() {
    let house = House::open();
    let mut client = Client::connect(house.address).await;
    client.send(get("/wait")).await;
    house.room.arrived.acquire().await.unwrap().forget();

    house.stop.ask();
    let mut balancer = Client::connect(house.address).await;
    let probe = balancer.get("/readyz").await;
    assert_eq!((probe.status, &*probe.body), (503, "draining\n"));
    assert_eq!(probe.header("connection"), Some("close"));
    balancer.ended().await;

    house.room.released.add_permits(1);
    let answer = client.answer().await;
    assert_eq!((answer.status, &*answer.body), (200, "waited"));
    assert_eq!(answer.header("connection"), Some("close"));
    client.ended().await;
    house.ended().await;
}

#[tokio::test]
async fn a_request_in_flight_is_finished_after_the_listener_was_shut() {
    let house = House::with(|shell| shell.drain_timeout = Duration::ZERO);
    let mut client = Client::connect(house.address).await;
    client.send(get("/wait")).await;
    house.room.arrived.acquire().await.unwrap().forget();

    house.stop.ask();
    refused(house.address).await;
    house.room.released.add_permits(1);
    assert_eq!(client.answer().await.body, "waited");
    client.ended().await;
    house.ended().await;
}

/// Waits until new connections are refused.
async fn refused(address: SocketAddr) {
    while let Ok(mut client) = Client::try_connect(address).await {
        // Taken just before, or reset in the queue.
        client.try_get("/count").await;
    }
}

#[tokio::test]
async fn a_keep_alive_client_is_told_to_go_with_its_next_answer() {
    let house = House::open();
    let mut client = Client::connect(house.address).await;
    assert_eq!(client.get("/count").await.header("connection"), None);
    house.stop.ask();
    assert_eq!(client.get("/count").await.header("connection"), Some("close"));
    client.ended().await;
    house.ended().await;
}

#[tokio::test]
async fn an_idle_connection_does_not_hold_the_stop_up() {
    let house = House::with(|shell| shell.drain_timeout = SHORT);
    let mut used = Client::connect(house.address).await;
    assert_eq!(used.get("/count").await.status, 200);
    let mut unused = Client::connect(house.address).await;
    house.stop.ask();
    used.ended().await;
    unused.ended().await;
    house.ended().await;
}

#[tokio::test]
async fn what_does_not_finish_in_time_is_cut() {
    let house = House::with(|shell| {
        shell.drain_timeout = Duration::ZERO;
        shell.shutdown_timeout = SHORT;
    });
    let mut client = Client::connect(house.address).await;
    client.send(get("/wait")).await;
    house.room.arrived.acquire().await.unwrap().forget();
    house.stop.ask();
    client.ended().await;
    house.ended().await;
}

/// Clients as they are under load, one half of them with a new connection for each request.
#[tokio::test]
async fn under_load_every_request_that_was_carried_out_is_answered() {
    let house = House::with(|shell| shell.drain_timeout = SHORT);
    let clients: Vec<_> =
        (0..16).map(|number| tokio::spawn(requests(house.address, number % 2 == 0))).collect();
    while house.room.counted.load(Ordering::SeqCst) < 500 {
        tokio::task::yield_now().await;
    }
    house.stop.ask();
    let mut answered = 0;
    for client in clients {
        answered += client.await.unwrap();
    }
    let counted = house.room.clone();
    house.ended().await;
    assert_eq!(answered, counted.counted.load(Ordering::SeqCst));
}

/// Asks on and on, until a connection is refused; tells how many answers came.
async fn requests(address: SocketAddr, keeps_alive: bool) -> usize {
    let mut answered = 0;
    while let Ok(mut client) = Client::try_connect(address).await {
        while let Some(answer) = client.try_get("/count").await {
            answered += 1;
            if !keeps_alive || answer.header("connection") == Some("close") {
                break;
            }
        }
    }
    answered
}
