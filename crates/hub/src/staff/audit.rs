//! The audit log.

use leaseline_core::Timestamp;
use leaseline_core::audit::{AuditEntry, NewAudit};
use leaseline_core::ids::AuditId;
use leaseline_store::{Tx, load, record};

use crate::failure::Failure;
use crate::hub::Hub;
use crate::ids::Ids;
use crate::inbox::Command;
use crate::request::{Request, Way};

/// An entry for the audit log. It is written before what it tells of is done, so that nothing is
/// done unwritten.
#[derive(Clone, Debug)]
pub struct WriteAudit(pub NewAudit);

impl Request for WriteAudit {
    type Outcome = ();

    fn into_command(self, way: Way<()>, _: &dyn Ids) -> Command {
        way.errand(self, |tx: &mut Tx<'_>, ask: &Self, now: Timestamp| {
            record::audit::entry(tx, &ask.0, now).map(Ok)
        })
    }
}

impl Hub {
    /// At most so many entries of the audit log, the last one first: before one, or from the last
    /// on.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn audit(
        &self,
        before: Option<AuditId>,
        limit: u32,
    ) -> Result<Vec<AuditEntry>, Failure> {
        self.read(move |tx| load::audit::entries(tx, before, limit)).await
    }
}
