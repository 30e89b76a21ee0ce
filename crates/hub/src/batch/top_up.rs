//! Top-ups of a batch.

use leaseline_core::ledger::{LedgerEntry, TopUpView, ToppedUp};
use leaseline_store::{StoreError, Tx, load, record};

use super::{Terms, distinct, fresh};
use crate::idempotency::KeyDesk;
use crate::inbox::{TopUpJob, Verdict};

pub(super) fn carry_out(
    tx: &mut Tx<'_>,
    jobs: &[TopUpJob],
    keys: &mut KeyDesk,
    terms: Terms,
) -> Result<Vec<Verdict<ToppedUp>>, StoreError> {
    if jobs.is_empty() {
        return Ok(Vec::new());
    }
    let customers = distinct(jobs.iter().map(|job| job.ask.0.customer));
    let mut view = TopUpView { ledgers: load::ledgers::ledgers_for_posting(tx, &customers)? };
    let verdicts: Vec<_> = jobs
        .iter()
        .map(|job| {
            let (request, source) = &job.ask;
            keys.settle(job.key.as_ref(), || view.top_up(request, *source, terms.now))
        })
        .collect();
    let entries: Vec<LedgerEntry> =
        fresh(verdicts.iter()).into_iter().map(|topped_up| topped_up.entry.clone()).collect();
    record::ledgers::entries(tx, &entries)?;
    Ok(verdicts)
}
