//! Single requests.

use std::io::{Read, Write};
use std::net::TcpStream;

use crate::client::Client;
use crate::house::House;

#[tokio::test]
async fn every_answer_names_its_request_and_no_two_names_are_equal() {
    let house = House::open();
    let mut client = Client::connect(house.address).await;
    let mut ids = Vec::new();
    for path in ["/count", "/count", "/nowhere", "/healthz", "/readyz", "/panic"] {
        ids.push(client.get(path).await.header("request-id").unwrap().to_owned());
    }
    assert!(ids.iter().all(|id| id.len() == 36 && id.as_bytes()[14] == b'7'), "{ids:?}");
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 6);
}

#[tokio::test]
async fn a_path_that_nobody_knows_is_not_found() {
    let house = House::open();
    let answer = Client::connect(house.address).await.get("/nowhere").await;
    assert_eq!((answer.status, &*answer.body), (404, "not found\n"));
}

#[tokio::test]
async fn health_is_mounted_when_there_is_something_to_ask() {
    let house = House::open();
    let mut client = Client::connect(house.address).await;
    let alive = client.get("/healthz").await;
    assert_eq!((alive.status, &*alive.body), (200, "ok\n"));
    let ready = client.get("/readyz").await;
    assert_eq!((ready.status, &*ready.body), (200, "ready\n"));

    let house = House::with(|shell| shell.readiness = None);
    let answer = Client::connect(house.address).await.get("/healthz").await;
    assert_eq!(answer.status, 404);
}

#[tokio::test]
async fn a_handler_that_panics_is_answered_and_the_connection_lives_on() {
    let house = House::open();
    let mut client = Client::connect(house.address).await;
    let answer = client.get("/panic").await;
    assert_eq!((answer.status, &*answer.body), (500, ""));
    assert_eq!(client.get("/count").await.body, "counted");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_of_no_known_length_comes_without_chunks_to_who_knows_none() {
    let house = House::open();
    let mut socket = TcpStream::connect(house.address).unwrap();
    socket.write_all(b"GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(!head.to_lowercase().contains("transfer-encoding"), "{head}");
    assert_eq!(body, "one\ntwo\n");
}
