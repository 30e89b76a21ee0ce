//! What holds whatever is sent. The tests below try it with some inputs, the targets in `fuzz/` with
//! very many; no ordinary build has this module.

use crate::form::{Form, FormError, pairs};

/// A form is text or says why not; written again, each byte by its number, it reads the same.
pub fn form(sent: &[u8]) {
    let (bytes, read) = (pairs(sent), Form::parse(sent));
    assert_eq!(bytes.is_err(), read == Err(FormError::BadEscape));
    let (Ok(bytes), Ok(read)) = (bytes, read) else { return };
    let texts =
        read.iter().map(|(name, value)| (name.as_bytes().to_vec(), value.as_bytes().to_vec()));
    assert!(texts.eq(bytes.iter().cloned()));
    let pair = |(name, value): &(Vec<u8>, Vec<u8>)| format!("{}={}", escaped(name), escaped(value));
    let written = bytes.iter().map(pair).collect::<Vec<_>>().join("&");
    assert_eq!(Form::parse(written.as_bytes()), Ok(read));
}

fn escaped(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("%{byte:02X}")).collect()
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn forms(text in "([a-c+%=&]|%[0-9a-fA-F]{2}|\\PC){0,20}", bytes in vec(any::<u8>(), 0..64)) {
            super::form(text.as_bytes());
            super::form(&bytes);
        }
    }
}
