//! Filters that people type: words between blanks, all of which have to fit, such as
//! `customer:8 state:active kind:group exp:<1h 0388`.
//!
//! What a filter means is said here once; the command line and the console read the same words.

mod leases;
mod records;
mod requests;

use crate::duration;
use crate::ids::CustomerId;

pub use leases::{LeaseSearch, SearchedState, TimeLeft};
pub use records::{RecordSearch, ToLookAt};
pub use requests::RequestSearch;

use std::time::Duration;

/// A word of a filter that cannot be understood, or stands beside one that it contradicts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{word:?} {why}")]
pub struct BadWord {
    /// The word as it was typed.
    pub word: String,
    /// What is wrong with it, to be read after the word.
    pub why: &'static str,
}

const UNCLOSED: &str = "has a quotation mark too many, or one too few";
const TWICE: &str = "says again what another word says already";
const NO_CUSTOMER: &str = "names no customer: write customer:8";
const NO_TIME: &str = "names no time: write <30m, >1h or <2d";

/// A word, taken apart at its first colon.
#[derive(Clone, Copy)]
struct Word<'a> {
    text: &'a str,
    key: Option<&'a str>,
    value: &'a str,
}

impl<'a> Word<'a> {
    /// The words of a filter. What stands in quotation marks is one: `status:"Incorrect hash"`.
    fn all(text: &'a str) -> impl Iterator<Item = Self> {
        let mut is_quoted = false;
        let pieces = text.split(move |letter: char| {
            is_quoted ^= letter == '"';
            letter.is_whitespace() && !is_quoted
        });
        pieces.filter(|piece| !piece.is_empty()).map(|text| match text.split_once(':') {
            Some((key, value)) => Self { text, key: Some(key), value: unquoted(value) },
            None => Self { text, key: None, value: unquoted(text) },
        })
    }

    fn bad(self, why: &'static str) -> BadWord {
        BadWord { word: self.text.to_owned(), why }
    }

    /// Puts what the word says where no other word has put anything.
    fn put<T>(
        self,
        slot: &mut Option<T>,
        said: Option<T>,
        otherwise: &'static str,
    ) -> Result<(), BadWord> {
        if self.value.contains('"') {
            return Err(self.bad(UNCLOSED));
        }
        let said = said.ok_or_else(|| self.bad(otherwise))?;
        match slot.replace(said) {
            None => Ok(()),
            Some(_) => Err(self.bad(TWICE)),
        }
    }

    fn customer(self) -> Option<CustomerId> {
        let is_plain = self.value.bytes().all(|byte| byte.is_ascii_digit());
        is_plain.then(|| self.value.parse().ok().and_then(CustomerId::new)).flatten()
    }

    /// `<1h` is less, `>1h` is more.
    fn time(self) -> Option<(Bound, Duration)> {
        let (bound, span) = match self.value.split_at_checked(1)? {
            ("<", span) => (Bound::Below, span),
            (">", span) => (Bound::Above, span),
            _ => return None,
        };
        duration::parse(span).ok().map(|span| (bound, span))
    }
}

fn unquoted(value: &str) -> &str {
    value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Bound {
    Below,
    Above,
}
