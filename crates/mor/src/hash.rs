//! The hash that proves a request: SHA-1 over the values of the hashed parameters and the secret,
//! without anything between them (MOR, "Constructing hash").

use sha1::{Digest, Sha1};
use subtle::ConstantTimeEq;

/// So many digits a hash has.
const DIGITS: usize = 40;

/// The hash of values, in their order, and a secret: forty hexadecimal digits in lower case.
///
/// ```
/// let hash = leaseline_mor::hash::hex([b"card_group_test".as_slice()], b"secret");
/// assert_eq!(hash, "756ad8cf62a832f27a12bb670aeeaf8fca3c7782");
/// ```
pub fn hex<'a>(values: impl IntoIterator<Item = &'a [u8]>, secret: &[u8]) -> String {
    let mut digest = Sha1::new();
    values.into_iter().for_each(|value| digest.update(value));
    digest.update(secret);
    let mut text = String::with_capacity(DIGITS);
    text.extend(digest.finalize().iter().flat_map(|byte| [byte >> 4, byte & 0xF]).map(digit));
    text
}

fn digit(value: u8) -> char {
    char::from(if value < 10 { b'0' + value } else { b'a' + value - 10 })
}

/// Whether what was sent is this hash, in letters of either case. It takes as long for every text
/// of the right length; an empty secret is nobody's.
pub(crate) fn proves<'a>(
    sent: &[u8],
    values: impl IntoIterator<Item = &'a [u8]>,
    secret: &[u8],
) -> bool {
    let right: bool = sent.to_ascii_lowercase().ct_eq(hex(values, secret).as_bytes()).into();
    right && !secret.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(secret: &str, values: &[&[u8]], expected: &str) {
        assert_eq!(hex(values.iter().copied(), secret.as_bytes()), expected);
        for sent in [expected.to_owned(), expected.to_uppercase()] {
            assert!(proves(sent.as_bytes(), values.iter().copied(), secret.as_bytes()));
        }
    }

    #[test]
    fn what_is_hashed_are_bytes_and_a_secret() {
        check("secret", &[b"card_group_test"], "756ad8cf62a832f27a12bb670aeeaf8fca3c7782");
        let range: &[&[u8]] = &[b"1", b"1000000025", b"1000000035"];
        check("secret", range, "7e112ededcfee097cce21b6201c6d2a00dda1f4c");
        check("secret", &[], "e5e9fa1ba31ecd1ae84f75caaa474f3a663f05f4");
        let euros = "Café €5".as_bytes();
        check("secret", &[euros], "073f562084e82c0bc3e1b493e62462624eff76f1");
        check("secret", &[b"Caf\xE9"], "c11814de492dbd0051f65481485710c8dfd0e34d");
        check("456789", &[b"6", b"2"], "37086d860581fabc278413cd1a417d5c079f6eba");
    }

    #[test]
    fn a_wrong_hash_proves_nothing() {
        let right = hex([b"x".as_slice()], b"secret");
        for wrong in ["", "x", &right[1..], &format!("{right}0"), &right.replace(&right[..1], "g")]
        {
            assert!(!proves(wrong.as_bytes(), [b"x".as_slice()], b"secret"), "{wrong}");
        }
        let empty = hex([b"x".as_slice()], b"");
        assert!(!proves(empty.as_bytes(), [b"x".as_slice()], b""));
    }
}
