//! What a cookie or a link brings: 256 random bits.

use std::fmt;

use leaseline_store::load::staff::Digest;
use sha2::{Digest as _, Sha256};

use crate::failure::Failure;

/// A secret that proves a session or a link. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct StaffToken(String);

/// So many hexadecimal digits are 256 bits.
const DIGITS: usize = 64;

impl StaffToken {
    /// A new one.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the operating system has no randomness.
    pub fn fresh() -> Result<Self, Failure> {
        let mut bytes = [0_u8; DIGITS / 2];
        getrandom::fill(&mut bytes).map_err(|_| Failure::Unavailable)?;
        Ok(Self(bytes.iter().map(|byte| format!("{byte:02x}")).collect()))
    }

    /// One that was sent; `None` for what can be none.
    pub fn parse(text: &str) -> Option<Self> {
        let sound = text.len() == DIGITS && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        sound.then(|| Self(text.to_owned()))
    }

    /// The text, for the cookie or the link.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What forms of this session bring with them: who does not know the cookie cannot make it,
    /// and it does not tell the cookie.
    pub fn form_token(&self) -> String {
        let digest = Sha256::new().chain_update(b"form\0").chain_update(&self.0).finalize();
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    pub(crate) fn digest(&self) -> Digest {
        Sha256::digest(&self.0).into()
    }
}

impl fmt::Debug for StaffToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StaffToken(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_goes_there_and_back_and_is_never_shown() {
        let token = StaffToken::fresh().unwrap();
        assert_eq!(StaffToken::parse(token.expose()), Some(token.clone()));
        assert_ne!(StaffToken::fresh().unwrap(), token);
        assert_eq!(format!("{token:?}"), "StaffToken(…)");
        assert_ne!(token.form_token(), token.expose());
        for wrong in ["", "abc", &"g".repeat(64), &"a".repeat(63)] {
            assert_eq!(StaffToken::parse(wrong), None);
        }
    }
}
