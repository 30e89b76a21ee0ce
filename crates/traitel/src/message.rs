//! How the text of a message stands in a log.

use crate::table::without_line_breaks;

/// `MessageType` and `Message`: as it is when every character has 7 bits, else its UTF-16BE in
/// hexadecimal.
pub(crate) fn columns(text: &str) -> (&'static str, String) {
    if text.is_ascii() {
        ("ASCII", without_line_breaks(text))
    } else {
        ("U16", text.encode_utf16().map(|unit| format!("{unit:04X}")).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_more_than_seven_bits_is_written_in_hexadecimal() {
        let check =
            |text, kind, expected| assert_eq!(columns(text), (kind, String::from(expected)));
        check("", "ASCII", "");
        check("Meet me\r\nat 5", "ASCII", "Meet me\\nat 5");
        check("é\n", "U16", "00E9000A");
        check("😀", "U16", "D83DDE00");
        check("a, \"b\"", "ASCII", "a, \"b\"");
    }
}
