//! How the bytes of a fuzzer become what is read.

/// Bytes that are no text are none.
pub fn text(bytes: &[u8], property: impl FnOnce(&str)) {
    if let Ok(text) = str::from_utf8(bytes) {
        property(text);
    }
}

/// The first byte says what the others are sent to.
pub fn which(bytes: &[u8], property: impl FnOnce(u8, &[u8])) {
    if let Some((&which, sent)) = bytes.split_first() {
        property(which, sent);
    }
}

/// Two texts, a line each.
pub fn halves(bytes: &[u8], property: impl FnOnce(&str, &str)) {
    text(bytes, |text| {
        let (one, other) = text.split_once('\n').unwrap_or((text, ""));
        property(one, other);
    });
}
