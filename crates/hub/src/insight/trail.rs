//! A record's way: the number, the lease that it belonged to then, where the call went, what it cost
//! and by which entry it was charged.

use leaseline_core::history::WhoHeldIt;
use leaseline_core::ids::RecordId;
use leaseline_core::ledger::LedgerEntry;
use leaseline_core::phone::PhoneNumber;
use leaseline_store::load;
use leaseline_store::load::activity::RecordLine;
use leaseline_store::load::calls::StoredDecision;
use leaseline_store::load::leases::LeaseLine;

use crate::failure::Failure;
use crate::hub::Hub;
use crate::records::RecordFound;

/// A record with all that led to its charge. What was erased or never was is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordTrail {
    /// The record, its charge and how that was reckoned.
    pub record: RecordFound,
    /// The number of ours that the call came in on.
    pub number: Option<PhoneNumber>,
    /// Who held that number when the call began.
    pub held: Option<WhoHeldIt>,
    /// The lease that the record belongs to.
    pub lease: Option<LeaseLine>,
    /// What was decided before the call was put through.
    pub decision: Option<StoredDecision>,
    /// Where the switch says that it put the call through to.
    pub routed_to: Option<String>,
    /// The entry by which it was charged.
    pub entry: Option<LedgerEntry>,
}

impl Hub {
    /// A record's way from the number to the charge.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn record_trail(&self, id: RecordId) -> Result<Option<RecordTrail>, Failure> {
        let Some(record) = self.record(id).await? else { return Ok(None) };
        self.read(move |tx| {
            let references = load::trail::references(tx, id)?;
            let lease = references.lease.map(|id| load::leases::lease_line(tx, id)).transpose()?;
            let lease = lease.flatten();
            let key = &record.line.key;
            let made = load::calls::decisions(tx, std::slice::from_ref(key))?.remove(key);
            let decision = decision(made.unwrap_or_default(), references.decision);
            let number = lease.as_ref().and_then(|lease| called(lease, &record.line, &decision));
            let held = match &number {
                Some(number) => load::history::who(tx, number.e164(), record.line.at)?,
                None => None,
            };
            Ok(Some(RecordTrail {
                record: record.clone(),
                number,
                held,
                lease,
                decision,
                routed_to: references.routed_to,
                entry: load::trail::charge(tx, id)?,
            }))
        })
        .await
    }
}

/// The decision that the record names, else the last one on the call.
fn decision(
    made: Vec<StoredDecision>,
    named: Option<leaseline_core::ids::CallRef>,
) -> Option<StoredDecision> {
    let found = made.iter().position(|it| Some(it.earlier.decided.id) == named);
    let place = found.or(made.len().checked_sub(1))?;
    made.into_iter().nth(place)
}

/// That of a lease's numbers which was called: by what was decided, else by how it was written.
fn called(
    lease: &LeaseLine,
    record: &RecordLine,
    decision: &Option<StoredDecision>,
) -> Option<PhoneNumber> {
    let decided = decision.as_ref().and_then(|it| it.earlier.decided.dialled.to.number);
    let digits = record.to.trim_start_matches(['+', '0']);
    let is_called = |number: &PhoneNumber| match decided {
        Some(decided) => number.e164() == decided,
        None => !digits.is_empty() && number.e164().to_string().ends_with(digits),
    };
    let members = &lease.lease.members;
    let found = members.iter().find(|member| is_called(&member.number));
    let only = members.first().filter(|_| members.len() == 1);
    found.or(only).map(|member| member.number.clone())
}
