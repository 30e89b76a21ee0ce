//! Taking records in: each is written down once and charged once, whoever sends it how often and
//! through which process. Record, charge and ledger entry are one transaction.

use std::collections::HashMap;

use leaseline_core::Timestamp;
use leaseline_core::account::AccountPart;
use leaseline_core::ids::{CustomerId, RecordId, SourceId};
use leaseline_core::ivr::Direction;
use leaseline_core::ledger::{LedgerEntry, LedgerHead, Posting};
use leaseline_core::record::{
    AccountOwner, ContentDigest, Intake, KnownRecord, NewRecord, RecordFlag, RecordKey, Repeat,
};
use leaseline_store::load::rates::WantedRate;
use leaseline_store::load::records::{CalledNumber, NamedAccount};
use leaseline_store::record::records::{DecidedRecord, MOST_AT_ONCE};
use leaseline_store::{StoreError, Tx, load, record};
use sha2::{Digest, Sha256};

use crate::ids::Ids;
use crate::inbox::Command;
use crate::request::{Request, Way};

/// Records that came in, in their order. The outcome says what became of each.
#[derive(Clone, Debug)]
pub struct TakeInRecords(Vec<Incoming>);

/// More records at once than one transaction takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("more than {most} records at once", most = TakeInRecords::MOST)]
pub struct TooManyRecords;

/// A record with the digest of what it says.
#[derive(Clone, Debug)]
struct Incoming {
    record: NewRecord,
    digest: ContentDigest,
}

impl TakeInRecords {
    /// So many records at most are taken in at once.
    pub const MOST: usize = 1_000;

    /// Records to be taken in.
    ///
    /// # Errors
    /// [`TooManyRecords`].
    pub fn new(records: Vec<NewRecord>) -> Result<Self, TooManyRecords> {
        const { assert!(Self::MOST <= MOST_AT_ONCE) };
        if records.len() > Self::MOST {
            return Err(TooManyRecords);
        }
        let incoming = |record: NewRecord| {
            let digest = ContentDigest(Sha256::digest(record.in_words()).into());
            Incoming { record, digest }
        };
        Ok(Self(records.into_iter().map(incoming).collect()))
    }
}

impl Request for TakeInRecords {
    type Outcome = Vec<Intake>;

    fn into_command(self, way: Way<Self::Outcome>, ids: &dyn Ids) -> Command {
        let sources: Vec<_> = self.0.iter().map(|_| SourceId::new(ids.next())).collect();
        way.errand((self.0, sources), |tx: &mut Tx<'_>, (records, sources), now: Timestamp| {
            take_in(tx, records, sources, now).map(Ok)
        })
    }
}

fn take_in(
    tx: &mut Tx<'_>,
    incoming: &[Incoming],
    sources: &[SourceId],
    now: Timestamp,
) -> Result<Vec<Intake>, StoreError> {
    let keys: Vec<_> = incoming.iter().map(|incoming| incoming.record.key()).collect();
    let known = load::records::records(tx, &keys)?;
    let new = first_of_their_names(&keys, &known);
    let mut decided = decide(tx, &new, incoming, sources)?;
    let mut ledgers = affordable(tx, &mut decided, now)?;
    let ids = record::records::insert(tx, &decided, now)?;
    book(tx, &decided, &ids, &mut ledgers, now)?;
    let mut outcomes: HashMap<usize, Intake> = HashMap::new();
    for (place, decided) in new.iter().zip(&decided) {
        if ids.contains_key(&keys[*place]) {
            outcomes.insert(*place, stored(decided));
        }
    }
    repeats(tx, incoming, &keys, &mut outcomes, now)?;
    Ok((0..incoming.len()).filter_map(|place| outcomes.get(&place).copied()).collect())
}

const fn stored(decided: &DecidedRecord<'_>) -> Intake {
    match decided.settled.owner {
        Some(_) => Intake::Stored,
        None => Intake::Orphan,
    }
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
    incoming: &'a [Incoming],
    sources: &[SourceId],
) -> Result<Vec<DecidedRecord<'a>>, StoreError> {
    let records: Vec<_> = places.iter().map(|place| &incoming[*place].record).collect();
    let owners = owners(tx, &records)?;
    let wanted: Vec<_> =
        records.iter().zip(&owners).map(|(it, owner)| wanted(it, *owner)).collect();
    let asked: Vec<_> = wanted.iter().copied().flatten().collect();
    let mut rates = load::rates::rates(tx, &asked)?.into_iter();
    let each = places.iter().zip(&records).zip(owners).zip(wanted);
    let decided = each.map(|(((place, record), owner), wanted)| {
        let rate = wanted.and_then(|_| rates.next().flatten());
        let settled = record.settled(owner, rate.as_ref());
        let (digest, source) = (incoming[*place].digest, sources[*place]);
        DecidedRecord { record, digest, settled, source }
    });
    Ok(decided.collect())
}

fn owners(
    tx: &mut Tx<'_>,
    records: &[&NewRecord],
) -> Result<Vec<Option<AccountOwner>>, StoreError> {
    let name = |record: &&&NewRecord| record.account.is_some();
    let names = records.iter().filter(name).map(|record| NamedAccount {
        user: record.account.as_deref().unwrap_or_default(),
        part: record.part.unwrap_or(AccountPart::Main),
    });
    let mut named = load::records::named(tx, &names.collect::<Vec<_>>())?.into_iter();
    let called: Vec<_> = records.iter().filter_map(|record| called_number(record)).collect();
    let mut holders = load::records::holders(tx, &called)?.into_iter();
    let owner = |record: &&NewRecord| {
        let named = record.account.as_ref().and_then(|_| named.next().flatten());
        let holder = called_number(record).and_then(|_| holders.next().flatten());
        record.owner(named, holder)
    };
    Ok(records.iter().map(owner).collect())
}

/// The number that something came in on.
fn called_number(record: &NewRecord) -> Option<CalledNumber> {
    let inbound = record.direction == Direction::Inbound;
    let number = record.to.number.filter(|_| inbound)?;
    Some(CalledNumber { number, service: record.service(), at: record.at })
}

/// The rate that it takes to price a record.
fn wanted(record: &NewRecord, owner: Option<AccountOwner>) -> Option<WantedRate> {
    let (service, _) = record.priced_as()?;
    let (deck, number) = (owner?.deck?, record.to.number?);
    Some(WantedRate { deck, service, number, at: record.at })
}

/// Holds the ledgers that are debited. What no ledger can hold is not charged, but flagged.
fn affordable(
    tx: &mut Tx<'_>,
    decided: &mut [DecidedRecord<'_>],
    now: Timestamp,
) -> Result<HashMap<CustomerId, LedgerHead>, StoreError> {
    let customers = decided.iter().filter_map(|it| it.debit().map(|(customer, _)| customer));
    let mut customers: Vec<_> = customers.collect();
    customers.sort_unstable();
    customers.dedup();
    let ledgers = load::ledgers::ledgers_for_posting(tx, &customers)?;
    let mut tried = ledgers.clone();
    for decided in decided {
        if decided.debit().is_some() && post(decided, &mut tried, now).is_none() {
            decided.settled.charge = None;
            decided.settled.flags.push(RecordFlag::Unpriced);
        }
    }
    Ok(ledgers)
}

/// Books what was written down just now, and nothing else.
fn book(
    tx: &mut Tx<'_>,
    decided: &[DecidedRecord<'_>],
    ids: &HashMap<RecordKey, RecordId>,
    ledgers: &mut HashMap<CustomerId, LedgerHead>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let written = decided.iter().filter(|it| ids.contains_key(&it.record.key()));
    let entries: Vec<_> = written.filter_map(|decided| post(decided, ledgers, now)).collect();
    record::ledgers::entries(tx, &entries)
}

fn post(
    decided: &DecidedRecord<'_>,
    ledgers: &mut HashMap<CustomerId, LedgerHead>,
    now: Timestamp,
) -> Option<LedgerEntry> {
    let (customer, cost) = decided.debit()?;
    let posting = Posting {
        amount: cost.checked_neg()?,
        kind: decided.record.entry_kind(),
        source: decided.source,
        reference: Some(decided.record.name.as_str().into()),
        at: now,
    };
    ledgers.get_mut(&customer)?.post(posting).ok()
}

/// What the others come to, in their order: their names are all known by now.
fn repeats(
    tx: &mut Tx<'_>,
    incoming: &[Incoming],
    keys: &[RecordKey],
    outcomes: &mut HashMap<usize, Intake>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let places: Vec<_> =
        (0..incoming.len()).filter(|place| !outcomes.contains_key(place)).collect();
    let asked: Vec<_> = places.iter().map(|place| keys[*place].clone()).collect();
    let mut known = load::records::records(tx, &asked)?;
    let (mut further, mut conflicts) = (HashMap::new(), Vec::new());
    for place in places {
        let Incoming { record, digest } = &incoming[place];
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
