//! The header `Idempotency-Key`, which goes beyond the document.

use actix_web::http::header::{HeaderMap, HeaderName};
use leaseline_core::ids::ApiUserId;
use leaseline_hub::Idempotency;
use leaseline_web::Form;
use sha2::{Digest, Sha256};

use crate::operation::Operation;
use crate::status::Status;

const NAME: HeaderName = HeaderName::from_static("idempotency-key");
const LONGEST: usize = 255;

/// A key that came with a request.
pub(crate) struct Key {
    user: ApiUserId,
    operation: Operation,
    text: String,
    fingerprint: Vec<u8>,
}

impl Key {
    /// The request's key, if it has one: 1 to 255 visible ASCII characters, once.
    pub(crate) fn of(
        headers: &HeaderMap,
        user: ApiUserId,
        operation: Operation,
        form: &Form,
    ) -> Result<Option<Self>, Status> {
        let mut given = headers.get_all(NAME);
        let Some(first) = given.next() else { return Ok(None) };
        let visible = first.as_bytes().iter().all(u8::is_ascii_graphic);
        let sound = visible && (1..=LONGEST).contains(&first.len()) && given.next().is_none();
        let text = first.to_str().ok().filter(|_| sound).ok_or(Status::Header)?.to_owned();
        Ok(Some(Self { user, operation, text, fingerprint: fingerprint(operation, form) }))
    }

    /// The key for the hub; `answer` writes the answer that is kept.
    pub(crate) fn keeping<O>(
        self,
        answer: impl Fn(&O) -> String + Send + Sync + 'static,
    ) -> Idempotency<O> {
        Idempotency::new(self.user, self.operation.path(), self.text, self.fingerprint, answer)
    }
}

/// A digest of the operation's parameters, an empty one being the same as none. Lengths keep one
/// value from running into the next.
fn fingerprint(operation: Operation, form: &Form) -> Vec<u8> {
    let mut digest = Sha256::new();
    for name in operation.parameters() {
        let value = form.get(name).unwrap_or_default();
        digest.update(value.len().to_be_bytes());
        digest.update(value.as_bytes());
    }
    digest.finalize().to_vec()
}
