//! Texts that people enter and spreadsheets read: bounded, and none that would run there as a
//! formula.

use email_address::{EmailAddress, Options};

/// Most characters of a text.
const LONGEST: usize = 200;

/// A name that is shown in lists: 1 to 200 characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ShownName(Box<str>);

/// A text that may be empty: up to 200 characters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct FreeText(Box<str>);

/// An e-mail address, as it was sent. Compared by its [key](Self::key).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email(Box<str>);

/// What two e-mail addresses share when they differ in nothing but case.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EmailKey(Box<str>);

impl ShownName {
    /// Reads a name; `None` when it is empty, too long or would run as a formula.
    pub fn parse(text: &str) -> Option<Self> {
        (!text.is_empty() && is_sound(text)).then(|| Self(text.into()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FreeText {
    /// Reads a text; `None` when it is too long or would run as a formula.
    pub fn parse(text: &str) -> Option<Self> {
        is_sound(text).then(|| Self(text.into()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Email {
    /// Reads an address such as `ops@acme.example`, without a display name; `None` when it has not
    /// the form of one, or would run as a formula.
    pub fn parse(text: &str) -> Option<Self> {
        let plain = Options::default().without_display_text().without_domain_literal();
        let sound = is_sound(text) && EmailAddress::parse_with_options(text, plain).is_ok();
        sound.then(|| Self(text.into()))
    }

    /// The address as it was sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What it is compared by.
    pub fn key(&self) -> EmailKey {
        EmailKey(self.0.to_lowercase().into())
    }
}

impl EmailKey {
    /// The key as it is kept.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// NUL cannot be kept in every database.
fn is_sound(text: &str) -> bool {
    let is_formula = text.starts_with(['=', '@', '\t', '\r']);
    !is_formula && text.chars().count() <= LONGEST && !text.contains('\0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_bounded_and_no_formula() {
        let check = |text: &str, [name, free]: [bool; 2]| {
            assert_eq!(ShownName::parse(text).is_some(), name, "{text:?}");
            assert_eq!(FreeText::parse(text).is_some(), free, "{text:?}");
        };
        check("Ada", [true, true]);
        check("", [false, true]);
        check(" ", [true, true]);
        check("Lim, \"Ada\"\nand sons", [true, true]);
        check("+61 & -1", [true, true]);
        check("a=b@c", [true, true]);
        for formula in ["=1+1", "@SUM(A1)", "\tx", "\rx", "a\0"] {
            check(formula, [false, false]);
        }
        check(&"é".repeat(200), [true, true]);
        check(&"é".repeat(201), [false, false]);
    }

    #[test]
    fn an_address_has_the_form_of_one() {
        let check = |text: &str, sound: bool| {
            assert_eq!(Email::parse(text).is_some(), sound, "{text:?}");
        };
        check("ops@acme.example", true);
        check("Ops+tag@acme.example", true);
        check("o'hara@acme.example", true);
        for wrong in [
            "",
            "ops",
            "ops@",
            "@acme.example",
            "ops@acme..example",
            "a b@acme.example",
            "Ops <ops@acme.example>",
            "ops@[127.0.0.1]",
            "ops@acme.example\n",
            "=cmd@acme.example",
        ] {
            check(wrong, false);
        }
        check(&format!("ops@{}.example", "a".repeat(250)), false);
    }

    #[test]
    fn addresses_are_compared_without_case() {
        let key = |text| Email::parse(text).expect("an address").key();
        assert_eq!(key("Ops@Acme.Example"), key("ops@acme.example"));
        assert_ne!(key("ops@acme.example"), key("ops@acme.example.org"));
    }
}
