//! Which characters a document of XML 1.0 can have at all, in whatever way they are written.

/// A text with U+FFFD in place of each character that XML 1.0 cannot carry (section 2.2).
///
/// ```
/// use leaseline_web::xml::carried;
///
/// assert_eq!(carried("a\u{1}b\u{FFFF}\n"), "a\u{FFFD}b\u{FFFD}\n");
/// ```
pub fn carried(text: &str) -> String {
    text.chars().map(|it| if is_carried(it) { it } else { char::REPLACEMENT_CHARACTER }).collect()
}

/// XML 1.0, section 2.2.
const fn is_carried(character: char) -> bool {
    matches!(character,
        '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}'
        | '\u{10000}'..='\u{10FFFF}')
}
