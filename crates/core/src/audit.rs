//! The audit log: who did what in the console, when and why. It only grows.

use crate::Timestamp;
use crate::ids::AuditId;

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditAction {
    /// Somebody logged in.
    LogIn,
    /// Somebody logged out.
    LogOut,
    /// Somebody set his password by a link.
    SetPassword,
    /// A user of the console was made.
    AddStaff,
    /// A link to set a password was made.
    MakeLink,
    /// A user of the console was given another role, or let in or out.
    ChangeStaff,
    /// It was asked who held a number.
    Trace,
    /// Masked phones or a PIN were shown.
    Reveal,
    /// A lease was to be given back.
    Release,
    /// Credit was to be added.
    TopUp,
    /// A customer was to be suspended or activated.
    ChangeCustomer,
    /// Numbers were to be imported.
    ImportNumbers,
}

/// What is written down of something that is about to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAudit {
    /// Who: a user of the console, or `command line`.
    pub who: String,
    /// What.
    pub action: AuditAction,
    /// To what, in words that name it: `lease 0194…`, `customer 8`.
    pub subject: String,
    /// Why, as was said; empty where nobody was asked.
    pub reason: String,
}

/// An entry of the audit log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its place: entries ascend with time.
    pub id: AuditId,
    /// When.
    pub at: Timestamp,
    /// What was written down.
    pub entry: NewAudit,
}

/// So many characters of a reason or a subject are kept.
pub const LONGEST_WORDS: usize = 500;

impl AuditAction {
    /// Every action.
    pub const ALL: [Self; 12] = [
        Self::LogIn,
        Self::LogOut,
        Self::SetPassword,
        Self::AddStaff,
        Self::MakeLink,
        Self::ChangeStaff,
        Self::Trace,
        Self::Reveal,
        Self::Release,
        Self::TopUp,
        Self::ChangeCustomer,
        Self::ImportNumbers,
    ];

    /// What it is called.
    pub const fn name(self) -> &'static str {
        match self {
            Self::LogIn => "log in",
            Self::LogOut => "log out",
            Self::SetPassword => "set password",
            Self::AddStaff => "add user",
            Self::MakeLink => "make link",
            Self::ChangeStaff => "change user",
            Self::Trace => "who held it",
            Self::Reveal => "reveal",
            Self::Release => "release lease",
            Self::TopUp => "top up",
            Self::ChangeCustomer => "change customer",
            Self::ImportNumbers => "import numbers",
        }
    }
}

impl NewAudit {
    /// An entry whose words are cut to [`LONGEST_WORDS`].
    pub fn new(who: &str, action: AuditAction, subject: &str, reason: &str) -> Self {
        let cut = |text: &str| text.trim().chars().take(LONGEST_WORDS).collect();
        Self { who: who.to_owned(), action, subject: cut(subject), reason: cut(reason) }
    }
}
