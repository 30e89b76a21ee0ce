//! Secrets that have to be readable, kept encrypted: XChaCha20-Poly1305 under a key that is not in
//! the database, with a random nonce, bound to the name it belongs to.

use std::fmt;

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use leaseline_store::load::mor_users::SealedSecret;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// A key is made of at least so many bytes of text.
const FEWEST_BYTES: usize = 32;

const NONCE_BYTES: usize = 24;

/// What seals secrets, and opens them.
#[derive(Clone)]
pub struct Vault(XChaCha20Poly1305);

/// A secret in the open. It has no `Display`, and its `Debug` says nothing.
#[derive(Clone)]
pub struct Secret(Vec<u8>);

/// A secret as it is kept.
pub type Sealed = SealedSecret;

/// The text of a key is too short.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a key of fewer than {FEWEST_BYTES} bytes")]
pub struct ShortKey;

impl Vault {
    /// The key is the SHA-256 of a text of at least 32 bytes.
    ///
    /// # Errors
    /// [`ShortKey`].
    pub fn new(text: &[u8]) -> Result<Self, ShortKey> {
        if text.len() < FEWEST_BYTES {
            return Err(ShortKey);
        }
        let key: [u8; 32] = Sha256::digest(text).into();
        Ok(Self(XChaCha20Poly1305::new(&key.into())))
    }

    /// Opens what was sealed under the same key for the same name; `None` for anything else.
    pub fn open(&self, kept: &Sealed) -> Option<Secret> {
        let (nonce, sealed) = kept.sealed.split_first_chunk::<NONCE_BYTES>()?;
        let payload = Payload { msg: sealed, aad: kept.username.as_bytes() };
        self.0.decrypt(&XNonce::from(*nonce), payload).ok().map(Secret)
    }

    /// Seals a secret for a name. No two results are equal.
    pub(crate) fn seal(&self, username: &str, secret: &Secret) -> Vec<u8> {
        let mut nonce = [0; NONCE_BYTES];
        getrandom::fill(&mut nonce).expect("the system gives bytes, as it did for ids");
        let payload = Payload { msg: &secret.0, aad: username.as_bytes() };
        let sealed = self.0.encrypt(&XNonce::from(nonce), payload);
        [&nonce[..], &sealed.expect("a secret is far shorter than a cipher's limit")].concat()
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault(…)")
    }
}

impl Secret {
    /// A secret of these bytes.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(bytes.into())
    }

    /// The bytes, for the one who has to have them.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for Secret {}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &[u8] = b"a text of at least thirty-two bytes";

    fn vault(text: &[u8]) -> Vault {
        Vault::new(text).expect("long enough")
    }

    fn sealed(username: &str, sealed: Vec<u8>) -> Sealed {
        Sealed { username: username.into(), sealed }
    }

    #[test]
    fn a_secret_is_opened_by_its_key_for_its_name() {
        let secret = Secret::new(b"hush".to_vec());
        let kept = vault(KEY).seal("admin", &secret);
        assert_eq!(vault(KEY).open(&sealed("admin", kept.clone())), Some(secret.clone()));
        assert_eq!(vault(KEY).open(&sealed("other", kept.clone())), None);
        let other = vault(b"another text of thirty-two bytes.");
        assert_eq!(other.open(&sealed("admin", kept.clone())), None);
        assert_eq!(vault(KEY).open(&sealed("admin", kept[..23].to_vec())), None);
        assert_eq!(vault(KEY).open(&sealed("admin", kept[..30].to_vec())), None);
        assert_ne!(vault(KEY).seal("admin", &secret), kept);
        assert!(!kept.windows(4).any(|part| part == b"hush"));
    }

    #[test]
    fn nothing_shows_a_secret() {
        let kept = sealed("admin", b"bytes".to_vec());
        let shown = format!("{:?} {:?} {kept:?}", Secret::new(b"hush".to_vec()), vault(KEY));
        assert_eq!(shown, "Secret(…) Vault(…) SealedSecret(of \"admin\")");
    }

    #[test]
    fn a_key_has_thirty_two_bytes() {
        assert_eq!(Vault::new(&KEY[..31]).unwrap_err(), ShortKey);
        assert!(Vault::new(&KEY[..32]).is_ok());
    }
}
