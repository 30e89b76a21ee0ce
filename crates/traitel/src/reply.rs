//! Answers.

use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_TYPE, HeaderValue};
use actix_web::web::Bytes;
use futures_util::Stream;
use futures_util::StreamExt;
use futures_util::stream::LocalBoxStream;
use leaseline_hub::Failure;
use leaseline_web::BodyError;

use crate::error::Error;

/// What follows `Ok`.
pub(crate) enum Output {
    /// Lines, each ended.
    Text(String),
    /// Lines that are read while they are sent.
    Stream(LocalBoxStream<'static, Result<Bytes, BrokenOff>>),
}

/// The rest of a log could not be read. The connection is cut, so that nobody takes the part for
/// the whole.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BrokenOff;

impl Output {
    /// No output.
    pub(crate) const NONE: Self = Self::Text(String::new());

    /// One line.
    pub(crate) fn line(value: impl std::fmt::Display) -> Self {
        Self::Text(format!("{value}\n"))
    }

    /// Lines that are read while they are sent.
    pub(crate) fn stream(lines: impl Stream<Item = Result<Bytes, BrokenOff>> + 'static) -> Self {
        Self::Stream(lines.boxed_local())
    }
}

impl From<BodyError> for Error {
    fn from(_: BodyError) -> Self {
        Self::Incomplete
    }
}

/// The whole answer, which comes with HTTP 200 always.
pub(crate) fn response(answer: Result<Output, Error>) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    let text = HeaderValue::from_static("text/plain; charset=utf-8");
    response.insert_header((CONTENT_TYPE, text));
    match answer {
        Ok(Output::Text(lines)) => response.body(format!("Ok\n{lines}")),
        Ok(Output::Stream(lines)) => {
            let ok = futures_util::stream::iter([Ok(Bytes::from_static(b"Ok\n"))]);
            response.streaming(ok.chain(lines))
        }
        Err(error) => response.body(format!("Error {}: {}\n", error.code(), error.text())),
    }
}

impl std::fmt::Display for BrokenOff {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the log could not be read to its end")
    }
}

impl std::error::Error for BrokenOff {}

impl From<Failure> for BrokenOff {
    fn from(_: Failure) -> Self {
        Self
    }
}
