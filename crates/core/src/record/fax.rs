//! How a fax ended (TraiTel 1.0, "Faxing Error Codes").

use super::text::PartyText;

/// How a fax ended: well, or with a state in the hundreds and an error in the rest.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FaxOutcome {
    code: u16,
    raw: Option<PartyText>,
}

/// The text is no error code of a fax.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an error code is at most 64 of the characters that numbers and names have")]
pub struct UnreadableFaxError;

/// The state of a code that names none: the fax was in progress.
const NO_STATE: u16 = 600;

impl FaxOutcome {
    /// Reads a switch's code: `0` is success, else three digits of the tables. A code outside of
    /// them is its state with the error 00, or `600` when it has no state; the raw one is kept
    /// beside it. `000` would say success.
    ///
    /// ```
    /// use leaseline_core::record::FaxOutcome;
    ///
    /// let read = |code| FaxOutcome::parse(code).map(|outcome| outcome.code());
    /// assert_eq!(read("0"), Ok(0));
    /// assert_eq!(read("316"), Ok(316));
    /// assert_eq!(read("555"), Ok(500));
    /// assert_eq!(read("999"), Ok(600));
    /// ```
    ///
    /// # Errors
    /// [`UnreadableFaxError`] when it is not even a text that can be kept.
    pub fn parse(text: &str) -> Result<Self, UnreadableFaxError> {
        let raw = PartyText::parse(text).filter(|raw| !raw.as_str().is_empty());
        let raw = raw.ok_or(UnreadableFaxError)?;
        let digits: Option<u16> = text.parse().ok().filter(|_| text.len() == 3);
        let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
        match digits.filter(|_| is_plain) {
            _ if text == "0" => Ok(Self { code: 0, raw: None }),
            Some(code) if code > 0 && has_state(code) && has_error(code) => {
                Ok(Self { code, raw: None })
            }
            // The state 0 alone would read as success.
            Some(code @ 100..) if has_state(code) => {
                Ok(Self { code: code - code % 100, raw: Some(raw) })
            }
            _ => Ok(Self { code: NO_STATE, raw: Some(raw) }),
        }
    }

    /// What was read and kept.
    pub const fn from_parts(code: u16, raw: Option<PartyText>) -> Self {
        Self { code, raw }
    }

    /// 0, or the code of a failure.
    pub const fn code(&self) -> u16 {
        self.code
    }

    /// What the switch said, if the tables do not have it.
    pub const fn raw(&self) -> Option<&PartyText> {
        self.raw.as_ref()
    }

    /// Whether the fax arrived.
    pub const fn is_success(&self) -> bool {
        self.code == 0
    }
}

const fn has_state(code: u16) -> bool {
    code < 700
}

const fn has_error(code: u16) -> bool {
    matches!(code % 100, 0..=19 | 23 | 27 | 99)
}
