//! The operator's people: who may look at the console, and what each may do there.

use std::fmt;
use std::time::Duration;

use crate::Timestamp;
use crate::ids::StaffId;
use crate::password::PasswordHash;

/// So long a link to set a password is good.
pub const LINK_LASTS: Duration = Duration::from_secs(15 * 60);

/// After so long without a request a session is over.
pub const SESSION_IDLE: Duration = Duration::from_secs(12 * 3_600);

/// What somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StaffRole {
    /// Watches.
    Viewer,
    /// Answers complaints.
    Support,
    /// Explains balances.
    Finance,
    /// Runs the service.
    Operator,
    /// Runs the service, and says who else may.
    Admin,
}

/// Something that not everybody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duty {
    /// To see pages and lists, phones and PINs masked.
    Look,
    /// To ask who held a number.
    Trace,
    /// To see a phone or a PIN that is masked.
    Reveal,
    /// To give a customer's lease back.
    Release,
    /// To add credit.
    TopUp,
    /// To suspend and activate customers.
    ChangeCustomers,
    /// To import numbers.
    ImportNumbers,
    /// To see what the server is made of, and how requests went.
    Diagnose,
    /// To read the audit log.
    ReadAudit,
}

/// A name that a user of the console logs in by: 1 to 64 characters out of letters, digits and
/// `.`, `-`, `_`, `@`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffName(String);

/// A user of the console.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffMember {
    /// Its id.
    pub id: StaffId,
    /// Its name, unique.
    pub name: StaffName,
    /// What it is.
    pub role: StaffRole,
    /// A disabled one can do nothing.
    pub enabled: bool,
    /// Its password; none before the first one is set.
    pub password: Option<PasswordHash>,
}

/// A text that nobody should have for a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WeakPassword {
    /// It is easily guessed.
    #[error("it has fewer than {SHORTEST_PASSWORD} characters")]
    TooShort,
    /// Nobody types that.
    #[error("it has more than {LONGEST_PASSWORD} characters")]
    TooLong,
    /// It is the first thing to be tried.
    #[error("it holds the user's name")]
    HoldsName,
}

/// A password has at least so many characters.
pub const SHORTEST_PASSWORD: usize = 12;

/// A password has at most so many characters.
pub const LONGEST_PASSWORD: usize = 256;

impl StaffRole {
    /// Every role, from the least to the most.
    pub const ALL: [Self; 5] =
        [Self::Viewer, Self::Support, Self::Finance, Self::Operator, Self::Admin];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Support => "support",
            Self::Finance => "finance",
            Self::Operator => "operator",
            Self::Admin => "admin",
        }
    }

    /// The role of this name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// Whether this role has this duty.
    pub const fn may(self, duty: Duty) -> bool {
        use StaffRole::{Admin, Finance, Operator, Support, Viewer};
        match duty {
            Duty::Look => matches!(self, Viewer | Support | Finance | Operator | Admin),
            Duty::Reveal => matches!(self, Support | Finance | Operator | Admin),
            Duty::Trace | Duty::Release => matches!(self, Support | Operator | Admin),
            Duty::TopUp | Duty::ChangeCustomers => matches!(self, Finance | Operator | Admin),
            Duty::ImportNumbers | Duty::Diagnose | Duty::ReadAudit => {
                matches!(self, Operator | Admin)
            }
        }
    }
}

impl fmt::Display for StaffRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl StaffName {
    /// Reads a name; `None` for any other text.
    pub fn parse(text: &str) -> Option<Self> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_@".contains(&byte);
        let sound = (1..=64).contains(&text.len()) && text.bytes().all(plain);
        sound.then(|| Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for StaffName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether somebody may choose this for a password.
///
/// # Errors
/// [`WeakPassword`].
pub fn permit_password(name: &StaffName, password: &str) -> Result<(), WeakPassword> {
    let length = password.chars().count();
    if length < SHORTEST_PASSWORD {
        return Err(WeakPassword::TooShort);
    }
    if length > LONGEST_PASSWORD {
        return Err(WeakPassword::TooLong);
    }
    let holds_name = password.to_lowercase().contains(&name.as_str().to_lowercase());
    if holds_name && name.as_str().len() >= 4 { Err(WeakPassword::HoldsName) } else { Ok(()) }
}

/// Whether a session that was last used then goes on.
pub fn session_goes_on(seen_at: Timestamp, now: Timestamp) -> bool {
    now < seen_at.saturating_add(SESSION_IDLE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_has_its_duties() {
        use Duty::{
            ChangeCustomers, Diagnose, ImportNumbers, Look, ReadAudit, Release, Reveal, TopUp,
            Trace,
        };
        let all = [
            Look,
            Trace,
            Reveal,
            Release,
            TopUp,
            ChangeCustomers,
            ImportNumbers,
            Diagnose,
            ReadAudit,
        ];
        let check = |role: StaffRole, expected: &[Duty]| {
            let has: Vec<_> = all.into_iter().filter(|duty| role.may(*duty)).collect();
            assert_eq!(has, expected, "{role}");
        };
        check(StaffRole::Viewer, &[Look]);
        check(StaffRole::Support, &[Look, Trace, Reveal, Release]);
        check(StaffRole::Finance, &[Look, Reveal, TopUp, ChangeCustomers]);
        check(StaffRole::Operator, &all);
        check(StaffRole::Admin, &all);
    }

    #[test]
    fn a_role_is_found_by_its_name() {
        for role in StaffRole::ALL {
            assert_eq!(StaffRole::by_name(role.name()), Some(role));
        }
        assert_eq!(StaffRole::by_name("root"), None);
    }

    #[test]
    fn a_name_is_plain() {
        let check = |text: &str, sound| assert_eq!(StaffName::parse(text).is_some(), sound);
        check("anna", true);
        check("anna.b@example.com", true);
        check(&"a".repeat(64), true);
        for wrong in ["", " anna", "an na", "änna", "a\nb", &"a".repeat(65)] {
            check(wrong, false);
        }
    }

    #[test]
    fn a_password_is_long_and_not_the_name() {
        let check = |name: &str, password: &str, expected| {
            let name = StaffName::parse(name).unwrap();
            assert_eq!(permit_password(&name, password), expected, "{password}");
        };
        check("anna", "correct horse", Ok(()));
        check("anna", "elevenchars", Err(WeakPassword::TooShort));
        check("anna", "zwölfzeichen", Ok(()));
        check("anna", &"x".repeat(257), Err(WeakPassword::TooLong));
        check("anna", "ANNA-of-the-north", Err(WeakPassword::HoldsName));
        check("bo", "a bottle of rum", Ok(()));
    }

    #[test]
    fn a_session_ends_when_it_is_idle() {
        let at = |seconds| Timestamp::from_seconds(seconds).unwrap();
        assert!(session_goes_on(at(0), at(12 * 3_600 - 1)));
        assert!(!session_goes_on(at(0), at(12 * 3_600)));
    }
}
