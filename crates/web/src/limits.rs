//! Every bound on what a client may send, and on how long it may take.

use std::time::Duration;

/// The bounds of one listening server.
///
/// `head_timeout`, `keep_alive` and `close_timeout` are kept by actix, whose clock for them ticks
/// twice a second: they may end half a second early, and less than a second is of no use.
///
/// Change what differs from the default:
///
/// ```
/// use leaseline_web::Limits;
///
/// let switch = Limits { body_bytes: 4 << 20, ..Limits::default() };
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The largest request body that is accepted, in bytes: 64 KiB.
    pub body_bytes: usize,
    /// The time within which a whole body has to arrive: 10 s.
    pub body_timeout: Duration,
    /// How much of a body that is too large is read and thrown away, so that a client that writes
    /// everything before it reads gets to see the answer: 1 MiB.
    pub discard_bytes: usize,
    /// The time that reading and throwing away may take: 1 s, for the answer is due within two.
    pub discard_timeout: Duration,
    /// The time within which a request's head has to arrive: 10 s from the connection's start for
    /// the first request, from the head's first byte for each later one.
    pub head_timeout: Duration,
    /// How long a connection may stay open with nothing to do: 75 s, longer than the usual minute
    /// of a load balancer, so that it is the balancer who closes and no request meets a closing
    /// connection.
    pub keep_alive: Duration,
    /// How long a client may take no byte of its answer: 30 s.
    pub write_timeout: Duration,
    /// How long a connection that is being closed is read on, so that what the client still sends
    /// does not destroy the answer on its way: 2 s.
    pub close_timeout: Duration,
    /// How many connections may be open at once in this server: 8192. Further ones wait in the
    /// system's queue.
    pub connections: usize,
    /// The length of that queue: 1024.
    pub backlog: i32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 64 << 10,
            body_timeout: Duration::from_secs(10),
            discard_bytes: 1 << 20,
            discard_timeout: Duration::from_secs(1),
            head_timeout: Duration::from_secs(10),
            keep_alive: Duration::from_secs(75),
            write_timeout: Duration::from_secs(30),
            close_timeout: Duration::from_secs(2),
            connections: 8192,
            backlog: 1024,
        }
    }
}
