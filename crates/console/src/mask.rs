//! Phones of people, and who sees them whole.

use leaseline_core::phone::{E164, PhoneNumber};
use maud::{Markup, html};

/// How much of phones and PINs a page shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mask {
    /// The last four digits of a phone, nothing of a PIN.
    Masked,
    /// All of it, which the audit log knows.
    Revealed,
}

impl Mask {
    /// A person's phone.
    pub(crate) fn phone(self, phone: &PhoneNumber) -> String {
        match self {
            Self::Masked => phone.e164().masked(),
            Self::Revealed => phone.sent().to_owned(),
        }
    }

    /// A text that may be a phone, as a switch wrote it.
    pub(crate) fn text(self, text: &str) -> String {
        let digits = text.chars().filter(char::is_ascii_digit).count();
        match self {
            Self::Masked if digits >= 5 => {
                let kept = text.chars().count().saturating_sub(4);
                format!("…{}", text.chars().skip(kept).collect::<String>())
            }
            Self::Masked | Self::Revealed => text.to_owned(),
        }
    }
}

/// A number of the inventory, which everybody may see, with the way to its past.
pub(crate) fn our_number(number: &PhoneNumber) -> Markup {
    html! { a.number href=(number_path(number.e164())) { (number.sent()) } }
}

/// Where a number's past is.
pub(crate) fn number_path(number: E164) -> String {
    format!("{}/numbers/{number}", crate::PATH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_text_keeps_its_last_four() {
        let check = |text: &str, expected: &str| {
            assert_eq!(Mask::Masked.text(text), expected);
            assert_eq!(Mask::Revealed.text(text), text);
        };
        check("60195730424", "…0424");
        check("+60195730424", "…0424");
        check("anonymous", "anonymous");
        check("1234", "1234");
        check("", "");
    }
}
