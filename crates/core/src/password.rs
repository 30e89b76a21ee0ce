//! What is kept of a password: a hash in the PHC string format, never the password.

use std::fmt;

/// An Argon2 hash such as `$argon2id$v=19$m=19456,t=2,p=1$…$…`. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

/// A hash may ask for at most so much memory, in KiB.
const MOST_MEMORY: u32 = 262_144;

/// A hash may ask for at most so many passes, and so many lanes.
const MOST_PASSES: u32 = 16;

/// A hash has at most so many bytes.
const LONGEST: usize = 512;

impl PasswordHash {
    /// Reads a hash whose check takes a bounded time; `None` for any other text.
    ///
    /// ```
    /// use leaseline_core::password::PasswordHash;
    ///
    /// let text = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$iWh06vD8Fy27wf9npn6FXWiCX4K6pW6Ue1Bnzz07Z8A";
    /// assert_eq!(PasswordHash::parse(text).unwrap().expose(), text);
    /// assert!(PasswordHash::parse("secret").is_none());
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix("$argon2id$v=19$")?.split('$');
        let [costs, salt, hash] = [parts.next()?, parts.next()?, parts.next()?];
        let sound = parts.next().is_none()
            && text.len() <= LONGEST
            && are_bounded(costs)
            && is_encoded(salt, 11)
            && is_encoded(hash, 22);
        sound.then(|| Self(text.to_owned()))
    }

    /// The text, for the one who checks or stores it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

/// `m=19456,t=2,p=1`, in this order.
fn are_bounded(costs: &str) -> bool {
    let bounds = [("m=", 8, MOST_MEMORY), ("t=", 1, MOST_PASSES), ("p=", 1, MOST_PASSES)];
    let costs: Vec<&str> = costs.split(',').collect();
    costs.len() == bounds.len()
        && costs.iter().zip(bounds).all(|(cost, (name, least, most))| {
            let cost = cost.strip_prefix(name).and_then(|cost| cost.parse().ok());
            cost.is_some_and(|cost: u32| (least..=most).contains(&cost))
        })
}

/// Base64 without padding, of at least so many characters.
fn is_encoded(text: &str, least: usize) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"+/".contains(&byte);
    text.len() >= least && text.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_bounded_argon2id_is_read() {
        let check = |costs: &str, sound| {
            let text = format!(
                "$argon2id$v=19${costs}$c29tZXNhbHQ$iWh06vD8Fy27wf9npn6FXWiCX4K6pW6Ue1Bnzz07Z8A"
            );
            assert_eq!(PasswordHash::parse(&text).is_some(), sound, "{costs}");
        };
        check("m=19456,t=2,p=1", true);
        check("m=262144,t=16,p=16", true);
        check("m=262145,t=2,p=1", false);
        check("m=19456,t=17,p=1", false);
        check("m=19456,t=0,p=1", false);
        check("m=19456,t=2", false);
        check("t=2,m=19456,p=1", false);
        check("m=19456,t=2,p=1,keyid=x", false);
        for wrong in [
            "",
            "$argon2i$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$iWh06vD8Fy27wf9npn6FXWiCX4K6pW6",
            "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ",
            "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$short",
            "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$iWh06vD8Fy27wf9npn6FXWiCX4K6pW6$x",
        ] {
            assert!(PasswordHash::parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn debug_does_not_show_it() {
        let hash = PasswordHash("$argon2id$".into());
        assert_eq!(format!("{hash:?}"), "PasswordHash(…)");
    }
}
