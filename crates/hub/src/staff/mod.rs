//! The operator's people: making them, letting them in, their sessions, and the audit log of what
//! they do.
//!
//! All of it is in the store, so that a session holds in every process and ends in all of them at
//! once. Of cookies and links only the SHA-256 is kept.

mod audit;
mod members;
mod sessions;
mod token;

pub use audit::WriteAudit;
pub use members::{AddStaff, ChangeStaff, MakeLink, NoSuchStaff, StaffExists};
pub use sessions::{EndSession, SetPassword};
pub use token::StaffToken;
