//! What holds whatever is typed. The tests below try it with some inputs, the targets in `fuzz/` with
//! very many; no ordinary build has this module.

use leaseline_core::timestamp::local_text;

use crate::pages::calls::{cursor, cursor_text};
use crate::pages::who::local;
use crate::sheet::harmless;

/// A place in a list is what it is written as.
pub fn place(text: &str) {
    let Some(place) = cursor(text) else { return };
    let again = cursor(&cursor_text(&place)).expect("what was written is read");
    assert_eq!((again.at(), again.id()), (place.at(), place.id()), "{text}");
}

/// A date with a time is what it is shown as.
pub fn instant(text: &str) {
    let Some(local_time) = local(text) else { return };
    assert_eq!(local(&local_text(local_time)), Some(local_time), "{text}");
}

/// No spreadsheet takes a text for a formula, and nothing of it is lost.
pub fn cell(text: &str) {
    let written = harmless(text);
    assert!(written.ends_with(text));
    let is_number =
        written.trim_start_matches(['+', '-']).bytes().all(|byte| b"0123456789.".contains(&byte));
    assert!(!written.starts_with(['=', '@', '+', '-', '\t', '\r']) || is_number, "{written:?}");
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn places(text in "-?[0-9]{1,20}-[+]?[0-9]{1,20}|\\PC{0,12}") {
            super::place(&text);
        }

        #[test]
        fn instants(text in "[0-9]{1,5}-[0-9]{1,3}-[0-9]{1,3}[ T][0-9]{1,2}:[0-9]{1,2}(:[0-9]{1,2})?|\\PC{0,12}") {
            super::instant(&text);
        }

        #[test]
        fn cells(text in "[=@+\\-\t\r]{0,2}\\PC{0,6}|[+-][0-9.]{0,6}") {
            super::cell(&text);
        }
    }
}
