//! Argon2id, and the memory that it takes.

use std::sync::Mutex;

use argon2::password_hash::{PasswordHasher, phc};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use leaseline_core::password::PasswordHash;

use crate::hub::lock;

/// A password could not be hashed: the operating system has no randomness, or no memory is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the password could not be hashed")]
pub struct NotHashed;

/// Hashes a password with a salt of its own. Takes some 20 ms and 19 MiB.
///
/// # Errors
/// [`NotHashed`].
pub fn hash_password(password: &str) -> Result<PasswordHash, NotHashed> {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(|_| NotHashed)?;
    // 19 MiB, two passes, one lane.
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::DEFAULT);
    let hash = argon2.hash_password_with_salt(password.as_bytes(), &salt);
    let hash = hash.map_err(|_| NotHashed)?.to_string();
    PasswordHash::parse(&hash).ok_or(NotHashed)
}

/// Whether this is the password of that hash. Takes some 20 ms and 19 MiB, or what the hash asks
/// for.
pub fn password_matches(stored: &PasswordHash, given: &str) -> bool {
    Memories::default().matches(stored, given)
}

/// Memory that was hashed in, as much as was ever needed at a time. It is kept: an allocator that gets and
/// gives back such pieces in changing threads holds many times as much in the end, and to have the
/// system clear them anew is part of what a check takes.
#[derive(Default)]
pub(super) struct Memories(Mutex<Vec<Vec<Block>>>);

impl Memories {
    /// Whether this is the password of that hash.
    pub(super) fn matches(&self, stored: &PasswordHash, given: &str) -> bool {
        let mut memory = lock(&self.0).pop().unwrap_or_default();
        let matches = matches(stored, given, &mut memory).unwrap_or(false);
        // What a dearer hash asked for is not kept.
        if memory.len() <= Params::DEFAULT.block_count() {
            lock(&self.0).push(memory);
        }
        matches
    }
}

/// None if it is no hash of ours.
fn matches(stored: &PasswordHash, given: &str, memory: &mut Vec<Block>) -> Option<bool> {
    let stored = phc::PasswordHash::new(stored.expose()).ok()?;
    let algorithm = Algorithm::try_from(stored.algorithm.as_str()).ok()?;
    let version = stored.version.map_or(Ok(Version::default()), Version::try_from).ok()?;
    let params = Params::try_from(&stored).ok()?;
    let (salt, hash) = (stored.salt?, stored.hash?);
    let blocks = params.block_count();
    memory.resize(memory.len().max(blocks), Block::new());
    let mut given_hash = [0; phc::Output::MAX_LENGTH];
    let given_hash = given_hash.get_mut(..hash.len())?;
    Argon2::new(algorithm, version, params)
        .hash_password_into_with_memory(
            given.as_bytes(),
            &salt,
            given_hash,
            memory.get_mut(..blocks)?,
        )
        .ok()?;
    // Two outputs are compared in constant time.
    Some(phc::Output::new(given_hash).ok()? == hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_tells_its_password_from_others() {
        let hash = hash_password("demo-pass").unwrap();
        assert!(hash.expose().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(password_matches(&hash, "demo-pass"));
        assert!(!password_matches(&hash, "demo-Pass"));
        assert_ne!(hash, hash_password("demo-pass").unwrap());
    }

    #[test]
    fn a_memory_is_used_again_and_says_nothing_of_the_password_before() {
        let memories = Memories::default();
        let [one, other] = ["one", "other"].map(|password| hash_password(password).unwrap());
        for _ in 0..2 {
            assert!(memories.matches(&one, "one"));
            assert!(!memories.matches(&one, "other"));
            assert!(memories.matches(&other, "other"));
        }
        let kept: Vec<_> = lock(&memories.0).iter().map(Vec::len).collect();
        assert_eq!(kept, [Params::DEFAULT.block_count()]);
    }

    #[test]
    fn hashes_of_other_makers_are_known_and_their_memory_is_not_kept() {
        // From the reference implementation's own tests: 64 MiB and 256 KiB.
        let dear = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
        let cheap =
            "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
        let memories = Memories::default();
        for hash in [dear, cheap] {
            let hash = PasswordHash::parse(hash).unwrap();
            assert!(memories.matches(&hash, "password"));
            assert!(!memories.matches(&hash, "differentpassword"));
        }
        assert_eq!(lock(&memories.0).iter().map(Vec::len).collect::<Vec<_>>(), [256]);
    }
}
