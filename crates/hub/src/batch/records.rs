//! Records of a batch: each is written down once and charged once, whoever sends it how often and
//! through which process. Record, charge, ledger entry and the end of what was set aside for the
//! call are one transaction.

use std::collections::HashMap;

use leaseline_core::Timestamp;
use leaseline_core::account::AccountPart;
use leaseline_core::call::CallDecided;
use leaseline_core::ids::{LedgerId, RecordId};
use leaseline_core::ivr::Direction;
use leaseline_core::ledger::{LedgerEntry, Posting};
use leaseline_core::record::{
    Intake, KnownRecord, NewRecord, OwnerView, Ownership, RecordFlag, RecordKey, RecordKind, Repeat,
};
use leaseline_store::load::calls::StoredDecision;
use leaseline_store::load::leases::CalledThen;
use leaseline_store::load::rates::WantedRate;
use leaseline_store::load::records::{CalledNumber, NamedAccount};
use leaseline_store::record::records::DecidedRecord;
use leaseline_store::{StoreError, Tx, load, record};

use super::Terms;
use super::card_fees::{self, CardUse};
use crate::calls::CallLedgers;
use crate::idempotency::Settled;
use crate::inbox::{RecordsJob, Verdict};
use crate::records::Incoming;

type Decisions = HashMap<RecordKey, Vec<StoredDecision>>;

/// Records with whose they are and what they cost. Those whose names were used before are not
/// among the decided ones.
pub(super) struct LookedUp<'a> {
    incoming: Vec<&'a Incoming>,
    keys: Vec<RecordKey>,
    /// The places of the decided ones.
    places: Vec<usize>,
    decided: Vec<DecidedRecord<'a>>,
    /// The ledgers on which something may be set aside for the calls.
    holding: Vec<LedgerId>,
}

impl LookedUp<'_> {
    /// The ledgers that are written to.
    pub(super) fn ledgers(&self) -> impl Iterator<Item = LedgerId> + '_ {
        let debited = self.decided.iter().filter_map(|it| it.debit().map(|(ledger, _)| ledger));
        debited.chain(self.holding.iter().copied())
    }
}

/// Looks up whose the records are and what they cost; nobody is held.
pub(super) fn look_up<'a>(
    tx: &mut Tx<'_>,
    jobs: &'a [RecordsJob],
) -> Result<LookedUp<'a>, StoreError> {
    let incoming: Vec<&Incoming> = jobs.iter().flat_map(|job| &job.ask).collect();
    let keys: Vec<_> = incoming.iter().map(|incoming| incoming.record.key()).collect();
    let known = load::records::records(tx, &keys)?;
    let places = first_of_their_names(&keys, &known);
    let calls: Vec<_> = places.iter().map(|place| &keys[*place]).cloned().collect();
    let calls: Vec<_> = calls.into_iter().filter(|key| key.kind == RecordKind::Call).collect();
    let decisions = load::calls::decisions(tx, &calls)?;
    let decided = decide(tx, &places, &incoming, &keys, &decisions)?;
    let holding = decisions.values().flatten().filter_map(|it| it.earlier.decided.payer());
    let holding = holding.map(|payer| payer.owner.ledger()).collect();
    Ok(LookedUp { incoming, keys, places, decided, holding })
}

/// The places of records whose names nobody used before them.
fn first_of_their_names(keys: &[RecordKey], known: &HashMap<RecordKey, KnownRecord>) -> Vec<usize> {
    let mut first = HashMap::new();
    for (place, key) in keys.iter().enumerate().filter(|(_, key)| !known.contains_key(*key)) {
        first.entry(key).or_insert(place);
    }
    let mut places: Vec<_> = first.into_values().collect();
    places.sort_unstable();
    places
}

/// To whom each of these belongs and what it costs.
fn decide<'a>(
    tx: &mut Tx<'_>,
    places: &[usize],
    incoming: &[&'a Incoming],
    keys: &[RecordKey],
    decisions: &Decisions,
) -> Result<Vec<DecidedRecord<'a>>, StoreError> {
    let records: Vec<&'a NewRecord> = places.iter().map(|place| &incoming[*place].record).collect();
    let of_call = |place: &usize| decisions.get(&keys[*place]).map_or(&[][..], Vec::as_slice);
    let decisions: Vec<_> = places.iter().map(of_call).collect();
    let owned = ownership(tx, &records, &decisions)?;
    let wanted: Vec<_> = records.iter().zip(&owned).map(|(it, owned)| wanted(it, owned)).collect();
    let asked: Vec<_> = wanted.iter().copied().flatten().collect();
    let mut rates = load::rates::rates(tx, &asked)?.into_iter();
    let each = places.iter().zip(&records).zip(owned).zip(wanted);
    let decided = each.map(|(((place, record), owned), wanted)| {
        let rate = wanted.and_then(|_| rates.next().flatten());
        let settled = record.settled(owned, rate.as_ref());
        let Incoming { digest, source, .. } = incoming[*place];
        DecidedRecord { record, digest: *digest, settled, source: *source }
    });
    Ok(decided.collect())
}

fn ownership(
    tx: &mut Tx<'_>,
    records: &[&NewRecord],
    decisions: &[&[StoredDecision]],
) -> Result<Vec<Ownership>, StoreError> {
    let name = |record: &&&NewRecord| record.account.is_some();
    let names = records.iter().filter(name).map(|record| NamedAccount {
        user: record.account.as_deref().unwrap_or_default(),
        part: record.part.unwrap_or(AccountPart::Main),
    });
    let mut named = load::records::named(tx, &names.collect::<Vec<_>>())?.into_iter();
    let called: Vec<_> = records.iter().filter_map(|record| called_number(record)).collect();
    let mut subscribers = load::records::holders(tx, &called)?.into_iter();
    let then: Vec<_> = records.iter().filter_map(|record| called_then(record)).collect();
    let mut leases = load::leases::holders(tx, &then)?.into_iter();
    let owned = records.iter().zip(decisions).map(|(record, decisions)| {
        record.ownership(&OwnerView {
            decisions: decisions.iter().map(decided).collect(),
            named: record.account.as_ref().and_then(|_| named.next().flatten()),
            subscriber: called_number(record).and_then(|_| subscribers.next().flatten()),
            lease: called_then(record).and_then(|_| leases.next().flatten()),
        })
    });
    Ok(owned.collect())
}

const fn decided(stored: &StoredDecision) -> &CallDecided {
    &stored.earlier.decided
}

/// The number that something came in on.
fn called_number(record: &NewRecord) -> Option<CalledNumber> {
    let inbound = record.direction == Direction::Inbound;
    let number = record.to.number.filter(|_| inbound)?;
    Some(CalledNumber { number, service: record.service(), at: record.at })
}

/// The number of a call that may have been leased.
fn called_then(record: &NewRecord) -> Option<CalledThen> {
    let called = called_number(record).filter(|_| record.kind() == RecordKind::Call)?;
    Some(CalledThen { number: called.number, at: called.at })
}

/// The rate that it takes to price a record.
fn wanted(record: &NewRecord, ownership: &Ownership) -> Option<WantedRate> {
    let Ownership::Owned(owned) = ownership else { return None };
    let (service, _) = owned.priced_as(record)?;
    let (deck, number) = (owned.owner.deck()?, owned.number?);
    Some(WantedRate { deck, service, number, at: owned.priced_at })
}

/// Writes the records down, books what they cost and ends what was set aside for the calls.
pub(super) fn carry_out(
    tx: &mut Tx<'_>,
    mut found: LookedUp<'_>,
    jobs: &[RecordsJob],
    ledgers: &mut CallLedgers,
    terms: Terms,
) -> Result<Vec<Verdict<Vec<Intake>>>, StoreError> {
    if jobs.is_empty() {
        return Ok(Vec::new());
    }
    flag_unbookable(&mut found.decided, ledgers, terms.now);
    let ids = record::records::insert(tx, &found.decided, terms.now)?;
    let written = |it: &&DecidedRecord<'_>| ids.contains_key(&it.record.key());
    book(tx, found.decided.iter().filter(written), ledgers, terms.now)?;
    card_fees::charge(tx, &used_cards(&found, &ids), ledgers, terms.now)?;
    settle(tx, &ids, ledgers)?;
    let mut outcomes: HashMap<usize, Intake> = HashMap::new();
    for (place, decided) in found.places.iter().zip(&found.decided) {
        if ids.contains_key(&found.keys[*place]) {
            outcomes.insert(*place, stored(decided));
        }
    }
    repeats(tx, &found, &mut outcomes, terms.now)?;
    let mut outcomes = (0..found.incoming.len()).filter_map(|place| outcomes.remove(&place));
    let verdict =
        |job: &RecordsJob| Ok(Settled::Fresh(outcomes.by_ref().take(job.ask.len()).collect()));
    Ok(jobs.iter().map(verdict).collect())
}

/// The cards with which calls were made that connected.
fn used_cards(found: &LookedUp<'_>, ids: &HashMap<RecordKey, RecordId>) -> Vec<CardUse> {
    let used = found.places.iter().zip(&found.decided).filter_map(|(place, decided)| {
        let written = ids.contains_key(&found.keys[*place]);
        let card = decided.settled.owner.filter(|_| written)?.card()?;
        let at = decided.settled.connected_at?;
        Some(CardUse { card, at, source: found.incoming[*place].fee_source })
    });
    used.collect()
}

fn stored(decided: &DecidedRecord<'_>) -> Intake {
    if decided.settled.is_orphan() { Intake::Orphan } else { Intake::Stored }
}

/// What no ledger can hold is not charged, but flagged.
fn flag_unbookable(decided: &mut [DecidedRecord<'_>], ledgers: &CallLedgers, now: Timestamp) {
    let mut rehearsed = ledgers.rehearse();
    for decided in decided {
        if decided.debit().is_some() && post(decided, &mut rehearsed, now).is_none() {
            decided.settled.charge = None;
            decided.settled.flags.push(RecordFlag::Unpriced);
        }
    }
}

fn book<'a>(
    tx: &mut Tx<'_>,
    written: impl Iterator<Item = &'a DecidedRecord<'a>>,
    ledgers: &mut CallLedgers,
    now: Timestamp,
) -> Result<(), StoreError> {
    let entries: Vec<_> = written.filter_map(|decided| post(decided, ledgers, now)).collect();
    record::ledgers::entries(tx, &entries)
}

fn post(
    decided: &DecidedRecord<'_>,
    ledgers: &mut CallLedgers,
    now: Timestamp,
) -> Option<LedgerEntry> {
    let (ledger, cost) = decided.debit()?;
    let posting = Posting {
        amount: cost.checked_neg()?,
        kind: decided.record.entry_kind(),
        source: decided.source,
        reference: Some(decided.record.name.as_str().into()),
        at: now,
    };
    ledgers.post(ledger, posting)
}

/// A ledger that was not looked up is one of a decision that was made meanwhile.
fn settle(
    tx: &mut Tx<'_>,
    ids: &HashMap<RecordKey, RecordId>,
    ledgers: &mut CallLedgers,
) -> Result<(), StoreError> {
    let mut calls: Vec<_> = ids.keys().filter(|key| key.kind == RecordKind::Call).collect();
    calls.sort_unstable();
    let free = record::calls::settled(tx, &calls)?;
    for free in &free {
        if ledgers.get(free.ledger).is_none() {
            ledgers.open_more(tx, &[free.ledger])?;
        }
        ledgers.let_go(free);
    }
    Ok(())
}

/// What the others come to, in their order: their names are all known by now.
fn repeats(
    tx: &mut Tx<'_>,
    found: &LookedUp<'_>,
    outcomes: &mut HashMap<usize, Intake>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let LookedUp { incoming, keys, .. } = found;
    let places: Vec<_> =
        (0..incoming.len()).filter(|place| !outcomes.contains_key(place)).collect();
    let asked: Vec<_> = places.iter().map(|place| keys[*place].clone()).collect();
    let mut known = load::records::records(tx, &asked)?;
    let (mut further, mut conflicts) = (HashMap::new(), Vec::new());
    for place in places {
        let Incoming { record, digest, .. } = incoming[place];
        let Some(first) = known.get_mut(&keys[place]) else { continue };
        let repeat = first.repeated(*digest, record.tracking());
        match repeat {
            Repeat::Duplicate => {}
            Repeat::Updated(tracking) => {
                first.tracking = Some(tracking);
                further.insert(first.id, tracking);
            }
            Repeat::Conflict => conflicts.push((first.id, *digest, record.in_words())),
        }
        outcomes.insert(place, repeat.intake());
    }
    let mut further: Vec<_> = further.into_iter().collect();
    further.sort_unstable_by_key(|(id, _)| *id);
    record::records::track(tx, &further)?;
    record::records::conflicts(tx, &conflicts, now)
}
