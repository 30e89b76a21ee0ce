//! The header `Idempotency-Key`, which goes beyond the document.

use actix_web::http::header::HeaderMap;
use leaseline_core::ids::MorUserId;
use leaseline_hub::Idempotency;
use sha2::{Digest, Sha256};

use crate::intake::Parameters;
use crate::method::Method;
use crate::reply::Said;

const NAME: &str = "Idempotency-Key";
const LONGEST: usize = 255;
const MALFORMED: Said = Said("Idempotency key is incorrect format");

/// The request's key, if it has one and the method changes something: 1 to 255 visible ASCII
/// characters, once. `answer` writes what is kept.
pub(crate) fn of<O>(
    headers: &HeaderMap,
    user: MorUserId,
    method: Method,
    parameters: &Parameters,
    answer: impl Fn(&O) -> String + Send + Sync + 'static,
) -> Result<Option<Idempotency<O>>, Said> {
    let Some(operation) = method.operation() else { return Ok(None) };
    let mut given = headers.get_all(NAME);
    let Some(first) = given.next() else { return Ok(None) };
    let visible = first.as_bytes().iter().all(u8::is_ascii_graphic);
    let sound = visible && (1..=LONGEST).contains(&first.len()) && given.next().is_none();
    let text = first.to_str().ok().filter(|_| sound).ok_or(MALFORMED)?.to_owned();
    let fingerprint = fingerprint(method, parameters);
    Ok(Some(Idempotency::new(user, operation, text, fingerprint, answer)))
}

/// A digest of the method's parameters, an empty one being the same as none. Lengths keep one value
/// from running into the next.
fn fingerprint(method: Method, parameters: &Parameters) -> Vec<u8> {
    let mut digest = Sha256::new();
    for (name, value) in parameters.sorted() {
        let is_known = method.bound_to_key().iter().any(|known| known.as_bytes() == name);
        if !is_known || value.is_empty() {
            continue;
        }
        for part in [name, value] {
            digest.update(part.len().to_be_bytes());
            digest.update(part);
        }
    }
    digest.finalize().to_vec()
}
