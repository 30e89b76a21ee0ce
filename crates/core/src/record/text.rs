//! Texts of records. They end up in logs that spreadsheets open, so they are bounded at the door.

use std::fmt;

use crate::phone::E164;

/// Most characters of what names a caller or a called one.
const LONGEST_PARTY: usize = 64;
/// Most characters of a record's name.
const LONGEST_NAME: usize = 255;

/// A caller or a called one as the switch wrote it: at most 64 of `+0-9*#A-Za-z@._-`, neither `=`
/// nor `@` first. May be empty.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PartyText(Box<str>);

/// A caller or a called one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Party {
    /// As it was written.
    pub text: PartyText,
    /// The number that it is, if it is one.
    pub number: Option<E164>,
}

/// What a record or its switch is known by: 1 to 255 characters, none of them a control character.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordName(Box<str>);

impl PartyText {
    /// Reads a text; `None` when it is too long or has a character that it may not have.
    pub fn parse(text: &str) -> Option<Self> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"+*#@._-".contains(&byte);
        let sound = text.len() <= LONGEST_PARTY && text.bytes().all(allowed);
        (sound && !text.starts_with('@')).then(|| Self(text.into()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

// Debug output ends up in logs and panics, where no whole number may stand.
impl fmt::Debug for PartyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hidden = self.0.len().saturating_sub(4);
        write!(f, "…{}", &self.0[hidden..])
    }
}

impl RecordName {
    /// Reads a name; `None` when it is empty, too long or has a control character.
    pub fn parse(text: &str) -> Option<Self> {
        let length = text.chars().count();
        let sound = (1..=LONGEST_NAME).contains(&length) && !text.chars().any(char::is_control);
        sound.then(|| Self(text.into()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
