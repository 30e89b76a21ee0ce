//! What is too large or too slow.

use std::time::Duration;

use crate::client::{Client, get, post, post_chunked};
use crate::house::{House, SECOND};

const KIB: usize = 1 << 10;
const MIB: usize = 1 << 20;

#[tokio::test]
async fn a_body_is_read_up_to_64_kib() {
    let house = House::open();
    let mut client = Client::connect(house.address).await;
    let body = "a".repeat(64 * KIB);
    client.send(post("/echo", body.len()) + &body).await;
    let answer = client.answer().await;
    assert_eq!((answer.status, answer.body), (200, body));
}

#[tokio::test]
async fn a_body_that_is_too_large_is_answered_and_the_connection_lives_on() {
    let house = House::open();
    let mut client = Client::connect(house.address).await;
    for size in [64 * KIB + 1, MIB] {
        client.send(post("/echo", size) + &"a".repeat(size)).await;
        let answer = client.answer().await;
        assert_eq!((answer.status, &*answer.body), (413, "too large"));
    }
    assert_eq!(client.get("/count").await.body, "counted");
}

#[tokio::test]
async fn a_body_without_a_length_has_the_same_limit() {
    let house = House::open();
    let mut client = Client::connect(house.address).await;
    client.send(post_chunked("/echo") + "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n").await;
    assert_eq!(client.answer().await.body, "abcde");

    let chunk = format!("{:x}\r\n{}\r\n", 32 * KIB, "a".repeat(32 * KIB));
    client.send(post_chunked("/echo") + &chunk.repeat(3) + "0\r\n\r\n").await;
    assert_eq!(client.answer().await.status, 413);
    assert_eq!(client.get("/count").await.body, "counted");
}

#[tokio::test]
async fn a_client_that_sends_everything_before_it_reads_still_gets_its_answer() {
    let house = House::with(|shell| shell.limits.close_timeout = Duration::from_secs(10));
    let mut client = Client::connect(house.address).await;
    client.send(post("/echo", 8 * MIB)).await;
    client.send("a".repeat(8 * MIB)).await;
    let answer = client.answer().await;
    assert_eq!((answer.status, answer.header("connection")), (413, Some("close")));
}

#[tokio::test]
async fn a_client_that_declares_too_much_and_sends_nothing_is_answered() {
    let house = House::open();
    let mut client = Client::connect(house.address).await;
    client.send(post("/echo", 8 * MIB)).await;
    assert_eq!(client.answer().await.status, 413);
    client.ended().await;
}

#[tokio::test]
async fn a_slow_body_is_cut_off_with_an_answer() {
    let house = House::open();
    for start in [post("/echo", 9) + "abc", post_chunked("/echo") + "9\r\nabc"] {
        let mut client = Client::connect(house.address).await;
        client.send(start).await;
        let answer = client.answer().await;
        assert_eq!((answer.status, &*answer.body), (408, "too slow"));
    }
}

#[tokio::test]
async fn a_connection_whose_body_stays_away_is_ended() {
    let house = House::open();
    let mut client = Client::connect(house.address).await;
    client.send(post("/echo", 9) + "abc").await;
    assert_eq!(client.answer().await.status, 408);
    client.ended().await;
}

#[tokio::test]
async fn a_slow_head_is_cut_off() {
    let house = House::open();
    let mut client = Client::connect(house.address).await;
    client.send("GET /count HT").await;
    assert_eq!(client.answer().await.status, 408);
    client.ended().await;
}

#[tokio::test]
async fn a_slow_head_is_cut_off_on_a_connection_that_was_used_before() {
    let house = House::open();
    let mut client = Client::connect(house.address).await;
    assert_eq!(client.get("/count").await.status, 200);
    client.send("GET /count HT").await;
    client.ended().await;
}

#[tokio::test]
async fn a_slow_handler_is_not_a_slow_head() {
    let house = House::open();
    let mut slow = Client::connect(house.address).await;
    slow.send(get("/wait")).await;
    // Two clients are cut off one after the other, and the slow one is still there.
    for _ in 0..2 {
        let mut client = Client::connect(house.address).await;
        client.send("GET").await;
        assert_eq!(client.answer().await.status, 408);
    }
    house.room.released.add_permits(1);
    assert_eq!(slow.answer().await.body, "waited");
}

#[tokio::test]
async fn an_idle_connection_is_ended() {
    let house = House::with(|shell| shell.limits.keep_alive = SECOND);
    let mut client = Client::connect(house.address).await;
    assert_eq!(client.get("/count").await.status, 200);
    client.ended().await;
}

#[tokio::test]
async fn a_client_that_does_not_take_its_answer_is_cut_off() {
    let house = House::open();
    let mut client = Client::connect(house.address).await;
    client.send(get("/flood")).await;
    house.room.flooded.acquire().await.unwrap().forget();
}
