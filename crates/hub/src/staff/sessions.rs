//! Logging in and out, and who a session is of.

use std::net::IpAddr;
use std::time::Duration;

use leaseline_core::Timestamp;
use leaseline_core::audit::{AuditAction, NewAudit};
use leaseline_core::ids::StaffId;
use leaseline_core::password::PasswordHash;
use leaseline_core::staff::{StaffMember, StaffName, session_goes_on};
use leaseline_store::{Tx, load, record};

use super::token::StaffToken;
use crate::failure::Failure;
use crate::hub::Hub;
use crate::ids::Ids;
use crate::inbox::Command;
use crate::logins::{Login, Realm};
use crate::request::{Request, Way};

/// That a session is used is written down at most so often.
const SEEN_EVERY: Duration = Duration::from_secs(5 * 60);

/// A session to begin, in the place of the one that the client came with.
struct BeginSession {
    member: StaffId,
    name: StaffName,
    token: StaffToken,
    replaces: Option<StaffToken>,
}

/// A session to end, whether there is one or not.
#[derive(Clone, Debug)]
pub struct EndSession {
    /// What its cookie brings.
    pub token: StaffToken,
}

/// A session to be written down as used.
struct SessionSeen(StaffToken);

/// A password to be set by a link, which is then good for nothing. Every session of the user ends.
/// The outcome is the user; none when the link is not good.
#[derive(Clone, Debug)]
pub struct SetPassword {
    /// What the link brings.
    pub link: StaffToken,
    /// The password's hash.
    pub password: PasswordHash,
}

impl Hub {
    /// Who a session is of, as long as it goes on and its user may do anything.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn staff_session(&self, token: &StaffToken) -> Result<Option<StaffMember>, Failure> {
        let digest = token.digest();
        let found = self.read(move |tx| load::staff::session(tx, &digest)).await?;
        let now = self.now();
        let alive =
            found.filter(|found| found.member.enabled && session_goes_on(found.seen_at, now));
        let Some(session) = alive else { return Ok(None) };
        if now >= session.seen_at.saturating_add(SEEN_EVERY) {
            self.ask(SessionSeen(token.clone())).await?;
        }
        Ok(Some(session.member))
    }

    /// A new session for whoever logs in by this name and password, in the place of the one that
    /// the client came with; none when that fails, which always takes as long.
    ///
    /// # Errors
    /// [`Failure`] when too many passwords wait, or the store does not answer.
    pub async fn log_in_staff(
        &self,
        name: &str,
        password: &str,
        source: IpAddr,
        replaces: Option<StaffToken>,
    ) -> Result<Option<StaffToken>, Failure> {
        let found = self.staff_member(name).await?.filter(|member| member.enabled);
        let stored = found.as_ref().and_then(|member| member.password.as_ref());
        let login = Login::new(Realm::Console, name, source);
        let is_right = self.log_in(&login, stored, password).await?;
        let Some(member) = found.filter(|_| is_right) else { return Ok(None) };
        let token = StaffToken::fresh()?;
        let (member, name) = (member.id, member.name);
        let begin = BeginSession { member, name, token: token.clone(), replaces };
        self.ask(begin).await?;
        Ok(Some(token))
    }

    /// Whose link this is, as long as it is good.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn staff_link(&self, token: &StaffToken) -> Result<Option<StaffMember>, Failure> {
        let (digest, now) = (token.digest(), self.now());
        let found = self.read(move |tx| load::staff::link(tx, &digest)).await?;
        let good = found.filter(|link| link.member.enabled && now < link.expires_at);
        Ok(good.map(|link| link.member))
    }
}

impl Request for BeginSession {
    type Outcome = ();

    fn into_command(self, way: Way<()>, _: &dyn Ids) -> Command {
        way.errand(self, |tx: &mut Tx<'_>, ask: &Self, now: Timestamp| {
            if let Some(before) = &ask.replaces {
                record::staff::end_session(tx, &before.digest())?;
            }
            record::staff::begin_session(tx, &ask.token.digest(), ask.member, now)?;
            let audit = NewAudit::new(ask.name.as_str(), AuditAction::LogIn, "console", "");
            record::audit::entry(tx, &audit, now).map(Ok)
        })
    }
}

impl Request for EndSession {
    type Outcome = ();

    fn into_command(self, way: Way<()>, _: &dyn Ids) -> Command {
        way.errand(self, |tx: &mut Tx<'_>, ask: &Self, now: Timestamp| {
            let digest = ask.token.digest();
            let Some(session) = load::staff::session(tx, &digest)? else { return Ok(Ok(())) };
            record::staff::end_session(tx, &digest)?;
            let who = session.member.name.as_str();
            let audit = NewAudit::new(who, AuditAction::LogOut, "console", "");
            record::audit::entry(tx, &audit, now).map(Ok)
        })
    }
}

impl Request for SessionSeen {
    type Outcome = ();

    fn into_command(self, way: Way<()>, _: &dyn Ids) -> Command {
        way.errand(self, |tx: &mut Tx<'_>, ask: &Self, now: Timestamp| {
            record::staff::session_seen(tx, &ask.0.digest(), now).map(Ok)
        })
    }
}

impl Request for SetPassword {
    type Outcome = Option<StaffMember>;

    fn into_command(self, way: Way<Self::Outcome>, _: &dyn Ids) -> Command {
        way.errand(self, |tx: &mut Tx<'_>, ask: &Self, now: Timestamp| {
            let found = load::staff::link(tx, &ask.link.digest())?;
            let good = found.filter(|link| link.member.enabled && now < link.expires_at);
            let Some(link) = good else { return Ok(Ok(None)) };
            if !record::staff::use_link(tx, &ask.link.digest())? {
                return Ok(Ok(None));
            }
            let member = StaffMember { password: Some(ask.password.clone()), ..link.member };
            record::staff::change(tx, &member)?;
            record::staff::end_sessions(tx, member.id)?;
            let who = member.name.as_str();
            let audit = NewAudit::new(who, AuditAction::SetPassword, "console", "");
            record::audit::entry(tx, &audit, now)?;
            Ok(Ok(Some(member)))
        })
    }
}
