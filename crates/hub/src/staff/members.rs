//! Making users of the console, changing them, and the links by which they set their passwords.

use leaseline_core::Timestamp;
use leaseline_core::audit::{AuditAction, NewAudit};
use leaseline_core::staff::{LINK_LASTS, StaffMember, StaffName, StaffRole};
use leaseline_store::{Tx, load, record};

use super::token::StaffToken;
use crate::failure::Failure;
use crate::hub::Hub;
use crate::ids::Ids;
use crate::inbox::Command;
use crate::request::{Request, Way};

/// A user of the console to be made, without a password.
#[derive(Clone, Debug)]
pub struct AddStaff {
    /// Its name.
    pub name: StaffName,
    /// What it is.
    pub role: StaffRole,
    /// Who makes it, for the audit log.
    pub by: String,
}

/// A link to set a password, to be made: it takes the place of those before it. The outcome says
/// until when it is good.
#[derive(Clone, Debug)]
pub struct MakeLink {
    /// Whose password.
    pub name: String,
    /// What the link brings.
    pub token: StaffToken,
    /// Who makes it, for the audit log.
    pub by: String,
}

/// A user of the console to be changed: what is `None` stays as it is. Its sessions end. The
/// outcome is the user as it is after.
#[derive(Clone, Debug)]
pub struct ChangeStaff {
    /// Its name.
    pub name: String,
    /// What it is.
    pub role: Option<StaffRole>,
    /// Whether it may do anything.
    pub enabled: Option<bool>,
    /// Who changes it, for the audit log.
    pub by: String,
}

/// There is a user of the console of this name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is a user of the console of this name")]
pub struct StaffExists;

/// There is no enabled user of the console of this name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no such user of the console")]
pub struct NoSuchStaff;

impl Request for AddStaff {
    type Outcome = Result<StaffMember, StaffExists>;

    fn into_command(self, way: Way<Self::Outcome>, _: &dyn Ids) -> Command {
        way.errand(self, |tx: &mut Tx<'_>, ask: &Self, now: Timestamp| {
            if load::staff::member(tx, ask.name.as_str())?.is_some() {
                return Ok(Ok(Err(StaffExists)));
            }
            let id = record::staff::new_member(tx, &ask.name, ask.role, now)?;
            let subject = format!("user {}", ask.name);
            let audit = NewAudit::new(&ask.by, AuditAction::AddStaff, &subject, ask.role.name());
            record::audit::entry(tx, &audit, now)?;
            let (name, role) = (ask.name.clone(), ask.role);
            Ok(Ok(Ok(StaffMember { id, name, role, enabled: true, password: None })))
        })
    }
}

impl Request for MakeLink {
    type Outcome = Result<Timestamp, NoSuchStaff>;

    fn into_command(self, way: Way<Self::Outcome>, _: &dyn Ids) -> Command {
        way.errand(self, |tx: &mut Tx<'_>, ask: &Self, now: Timestamp| {
            let found = load::staff::member(tx, &ask.name)?.filter(|member| member.enabled);
            let Some(member) = found else { return Ok(Ok(Err(NoSuchStaff))) };
            let expires_at = now.saturating_add(LINK_LASTS);
            record::staff::link(tx, &ask.token.digest(), member.id, expires_at)?;
            let subject = format!("user {}", member.name);
            let audit = NewAudit::new(&ask.by, AuditAction::MakeLink, &subject, "");
            record::audit::entry(tx, &audit, now)?;
            Ok(Ok(Ok(expires_at)))
        })
    }
}

impl Request for ChangeStaff {
    type Outcome = Result<StaffMember, NoSuchStaff>;

    fn into_command(self, way: Way<Self::Outcome>, _: &dyn Ids) -> Command {
        way.errand(self, |tx: &mut Tx<'_>, ask: &Self, now: Timestamp| {
            let Some(member) = load::staff::member(tx, &ask.name)? else {
                return Ok(Ok(Err(NoSuchStaff)));
            };
            let role = ask.role.unwrap_or(member.role);
            let enabled = ask.enabled.unwrap_or(member.enabled);
            let member = StaffMember { role, enabled, ..member };
            record::staff::change(tx, &member)?;
            record::staff::end_sessions(tx, member.id)?;
            record::staff::forget_links(tx, member.id)?;
            let state = if enabled { "enabled" } else { "disabled" };
            let (subject, reason) = (format!("user {}", member.name), format!("{role}, {state}"));
            let audit = NewAudit::new(&ask.by, AuditAction::ChangeStaff, &subject, &reason);
            record::audit::entry(tx, &audit, now)?;
            Ok(Ok(Ok(member)))
        })
    }
}

impl Hub {
    /// Every user of the console, in the order in which they were made.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn staff(&self) -> Result<Vec<StaffMember>, Failure> {
        self.read(load::staff::members).await
    }

    /// The user of the console of this name.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn staff_member(&self, name: &str) -> Result<Option<StaffMember>, Failure> {
        let name = name.to_owned();
        self.read(move |tx| load::staff::member(tx, &name)).await
    }
}
