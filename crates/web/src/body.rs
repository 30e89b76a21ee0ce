//! Reading a request's body, within a size and a time.

use std::pin::pin;
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::error::PayloadError;
use actix_web::http::header::{CONTENT_LENGTH, HeaderMap};
use actix_web::web::{Bytes, BytesMut};
use futures_util::{FutureExt, Stream, StreamExt};
use tokio::task::yield_now;
use tokio::time::timeout;

use crate::Limits;

/// Why there is no body. Each facade has its own words for these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// More than [`Limits::body_bytes`]. What the client still sends has been read and thrown
    /// away, up to [`Limits::discard_bytes`], so that it can read an answer.
    #[error("read the body: it is too large")]
    TooLarge,
    /// Not there within [`Limits::body_timeout`]. The connection is closed after the answer.
    #[error("read the body: it came too slowly")]
    TooSlow,
    /// The connection ended early, or the chunks are malformed. Nobody may be there to answer.
    #[error("read the body: it broke off")]
    Broken,
}

/// Reads the whole body of `request` from its `payload`.
///
/// `payload` is what actix hands out: `web::Payload` in a handler, `dev::Payload` in an extractor.
///
/// # Errors
/// [`BodyError`]; in each case an answer can be given at once.
pub async fn read_body<P>(
    request: &HttpRequest,
    mut payload: P,
    limits: &Limits,
) -> Result<Bytes, BodyError>
where
    P: Stream<Item = Result<Bytes, PayloadError>> + Unpin,
{
    let read = if declares_more_than(limits.body_bytes, request.headers()) {
        Err(BodyError::TooLarge)
    } else {
        in_time(limits.body_timeout, collect(&mut payload, limits.body_bytes)).await
    };
    if read == Err(BodyError::TooLarge) {
        discard(&mut payload, limits).await;
    }
    read
}

/// What `body` reads, unless it takes longer than `most`. A body that came with its head is there as soon as
/// the connection has looked once more, and needs no timer.
async fn in_time(
    most: Duration,
    body: impl Future<Output = Result<Bytes, BodyError>>,
) -> Result<Bytes, BodyError> {
    let mut body = pin!(body);
    for _ in 0..2 {
        if let Some(read) = body.as_mut().now_or_never() {
            return read;
        }
        yield_now().await;
    }
    timeout(most, body).await.unwrap_or(Err(BodyError::TooSlow))
}

fn declares_more_than(most: usize, headers: &HeaderMap) -> bool {
    // A length that is no number never comes this far: actix answers 400.
    let length = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    let length = length.and_then(|length| length.trim().parse::<u64>().ok());
    length.is_some_and(|length| usize::try_from(length).map_or(true, |length| length > most))
}

async fn collect<P>(payload: &mut P, most: usize) -> Result<Bytes, BodyError>
where
    P: Stream<Item = Result<Bytes, PayloadError>> + Unpin,
{
    let mut body = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| BodyError::Broken)?;
        if chunk.len() > most - body.len() {
            return Err(BodyError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// Reads on to the body's end, or until the bound in bytes or in time is reached. What the client
/// sends after that, actix throws away while it closes the connection ([`Limits::close_timeout`]).
async fn discard<P>(payload: &mut P, limits: &Limits)
where
    P: Stream<Item = Result<Bytes, PayloadError>> + Unpin,
{
    let mut left = limits.discard_bytes;
    let reading = async {
        while let Some(Ok(chunk)) = payload.next().await {
            match left.checked_sub(chunk.len()) {
                Some(rest) => left = rest,
                None => return,
            }
        }
    };
    // Whether the rest came or not, the answer is the same.
    let _ = timeout(limits.discard_timeout, reading).await;
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;
    use futures_util::stream;
    use tokio::time::Instant;

    use super::*;

    const LIMITS: Limits = Limits {
        body_bytes: 8,
        body_timeout: Duration::from_secs(10),
        discard_bytes: 16,
        discard_timeout: Duration::from_secs(1),
        head_timeout: Duration::ZERO,
        keep_alive: Duration::ZERO,
        write_timeout: Duration::ZERO,
        close_timeout: Duration::ZERO,
        connections: 0,
        backlog: 0,
    };

    fn chunks(sent: &[&'static str]) -> Vec<Result<Bytes, PayloadError>> {
        sent.iter().map(|chunk| Ok(Bytes::from_static(chunk.as_bytes()))).collect()
    }

    async fn check(sent: &[&'static str], expected: Result<&'static str, BodyError>) {
        let request = TestRequest::default().to_http_request();
        let read = read_body(&request, stream::iter(chunks(sent)), &LIMITS).await;
        assert_eq!(read, expected.map(Bytes::from), "{sent:?}");
    }

    #[tokio::test]
    async fn a_body_is_read_up_to_its_limit() {
        check(&[], Ok("")).await;
        check(&["abc"], Ok("abc")).await;
        check(&["abc", "", "defgh"], Ok("abcdefgh")).await;
        check(&["abc", "defghi"], Err(BodyError::TooLarge)).await;
        check(&["abcdefghi"], Err(BodyError::TooLarge)).await;
    }

    #[tokio::test]
    async fn a_body_that_breaks_off_is_no_body() {
        let request = TestRequest::default().to_http_request();
        let broken = [Ok(Bytes::from_static(b"abc")), Err(PayloadError::Incomplete(None))];
        let read = read_body(&request, stream::iter(broken), &LIMITS).await;
        assert_eq!(read, Err(BodyError::Broken));
    }

    #[tokio::test]
    async fn a_declared_length_over_the_limit_is_refused_and_the_rest_thrown_away() {
        for declared in ["9", "18446744073709551615"] {
            let length = (CONTENT_LENGTH, declared);
            let request = TestRequest::default().insert_header(length).to_http_request();
            let mut sent = stream::iter(chunks(&["12345678"; 4]));
            let read = read_body(&request, &mut sent, &LIMITS).await;
            assert_eq!(read, Err(BodyError::TooLarge));
            assert_eq!(sent.count().await, 1, "16 bytes thrown away, and the chunk that told");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_has_ten_seconds_however_lively_it_dribbles() {
        let request = TestRequest::default().to_http_request();
        let start = Instant::now();
        let dribble = stream::repeat(()).then(|()| async {
            tokio::time::sleep(Duration::from_secs(3)).await;
            Ok(Bytes::from_static(b"a"))
        });
        let read = read_body(&request, Box::pin(dribble), &LIMITS).await;
        assert_eq!((read, start.elapsed()), (Err(BodyError::TooSlow), LIMITS.body_timeout));
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_declares_much_and_sends_nothing_is_answered_in_time() {
        let length = (CONTENT_LENGTH, "9");
        let request = TestRequest::default().insert_header(length).to_http_request();
        let start = Instant::now();
        let read = read_body(&request, stream::pending(), &LIMITS).await;
        assert_eq!((read, start.elapsed()), (Err(BodyError::TooLarge), LIMITS.discard_timeout));
    }
}
