//! Releases of a batch.

use leaseline_core::release::{LeaseReleased, ReleaseView};
use leaseline_store::{StoreError, Tx, load, record};

use super::remembered::Remembered;
use super::{Terms, distinct, fresh};
use crate::idempotency::KeyDesk;
use crate::inbox::{ReleaseJob, Verdict};

pub(super) fn carry_out(
    tx: &mut Tx<'_>,
    jobs: &[ReleaseJob],
    keys: &mut KeyDesk,
    remembered: &mut Remembered,
    terms: Terms,
) -> Result<Vec<Verdict<LeaseReleased>>, StoreError> {
    if jobs.is_empty() {
        return Ok(Vec::new());
    }
    let ids = distinct(jobs.iter().map(|job| job.ask.lease));
    let mut view = ReleaseView { leases: load::leases::leases_for_release(tx, &ids)? };
    let verdicts: Vec<_> = jobs
        .iter()
        .map(|job| keys.settle(job.key.as_ref(), || view.release(&job.ask, terms.now)))
        .collect();
    let released = fresh(verdicts.iter());
    record::leases::releases(tx, &released)?;
    remembered.released(&released);
    Ok(verdicts)
}
