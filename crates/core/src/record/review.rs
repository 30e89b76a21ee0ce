//! What a person found who looked at a record.

use crate::timestamp::Timestamp;

/// A few words, or none: at most 500 characters, none of them a control character.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReviewNote(Box<str>);

/// When somebody last looked at a record, and what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// When.
    pub at: Timestamp,
    /// What was found.
    pub note: ReviewNote,
}

impl ReviewNote {
    const LONGEST: usize = 500;

    /// Reads a note; `None` where it is too long or has control characters.
    pub fn parse(text: &str) -> Option<Self> {
        let sound = text.chars().count() <= Self::LONGEST && !text.chars().any(char::is_control);
        sound.then(|| Self(text.into()))
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_short_and_on_one_line() {
        let check = |text: &str, sound| assert_eq!(ReviewNote::parse(text).is_some(), sound);
        check("", true);
        check("paid by hand, see ticket 7", true);
        check(&"é".repeat(500), true);
        check(&"é".repeat(501), false);
        check("two\nlines", false);
    }
}
