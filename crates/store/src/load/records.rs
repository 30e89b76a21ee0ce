//! What the decisions on records may see: those that are there, and to whom new ones belong.

use std::collections::HashMap;

use diesel::sql_types::{BigInt, Binary, Nullable, SmallInt, Text};
use leaseline_core::Timestamp;
use leaseline_core::account::AccountPart;
use leaseline_core::did::Assignment;
use leaseline_core::ids::{AccountId, CustomerId, LedgerId, RateDeckId, RecordId, SubAccountId};
use leaseline_core::phone::E164;
use leaseline_core::pool::Service;
use leaseline_core::record::{
    AccountOwner, ContentDigest, KnownRecord, RecordKey, RecordName, Tracking,
};

use super::SECOND;
use crate::error::StoreError;
use crate::load::subscriptions::assignment;
use crate::row::{Code, known};
use crate::statement::{Rows, Statement};
use crate::transaction::Tx;

/// Those records of these names that are there.
pub fn records(
    tx: &mut Tx<'_>,
    keys: &[RecordKey],
) -> Result<HashMap<RecordKey, KnownRecord>, StoreError> {
    let rows = Rows::new("kind, reporter, name")
        .integers(keys.iter().map(|key| key.kind.code().into()))
        .texts(keys.iter().map(|key| key.reporter.as_str()))
        .texts(keys.iter().map(|key| key.name.as_str()));
    let found: Vec<KnownRow> = Statement::<KnownSql>::new(KNOWN).over(rows).load(tx.connection)?;
    found.into_iter().map(known_record).collect()
}

type KnownSql = (BigInt, SmallInt, Text, Text, Binary, Nullable<SmallInt>);
/// id, kind, reporter, name, digest, tracking.
type KnownRow = (i64, i16, String, String, Vec<u8>, Option<i16>);

fn known_record(row: KnownRow) -> Result<(RecordKey, KnownRecord), StoreError> {
    let (id, kind, reporter, name, digest, tracking) = row;
    let name_of = |text: &str| known(RecordName::parse(text), TABLE);
    let (reporter, name) = (name_of(&reporter)?, name_of(&name)?);
    let record = KnownRecord {
        id: known(RecordId::new(id), TABLE)?,
        digest: content_digest(digest)?,
        tracking: tracking.map(Tracking::from_code).transpose()?,
    };
    Ok((RecordKey { kind: Code::from_code(kind)?, reporter, name }, record))
}

/// Empty where it was erased.
fn content_digest(column: Vec<u8>) -> Result<Option<ContentDigest>, StoreError> {
    if column.is_empty() {
        return Ok(None);
    }
    known(column.try_into().ok().map(ContentDigest), TABLE).map(Some)
}

/// The account that a record names.
#[derive(Clone, Copy, Debug)]
pub struct NamedAccount<'a> {
    /// The name by which it logs in.
    pub user: &'a str,
    /// The part that is named; the main account, if none is.
    pub part: AccountPart,
}

/// The accounts of these names, in their order; none where there is no such account or part. A
/// sub-account that was deleted is still one.
pub fn named(
    tx: &mut Tx<'_>,
    names: &[NamedAccount<'_>],
) -> Result<Vec<Option<AccountOwner>>, StoreError> {
    let sub = |name: &NamedAccount<'_>| match name.part {
        AccountPart::Main => MAIN_ACCOUNT,
        AccountPart::Sub(id) => id.get(),
    };
    let rows = Rows::new("place, user_name, sub_account_id")
        .integers((0..).take(names.len()))
        .texts(names.iter().map(|name| name.user))
        .integers(names.iter().map(sub));
    let found: Vec<NamedRow> = Statement::<NamedSql>::new(NAMED).over(rows).load(tx.connection)?;
    let mut owners = vec![None; names.len()];
    for (place, account, customer, ledger, deck) in found {
        if let Some((slot, name)) = slot(&mut owners, place).zip(at(names, place)) {
            let owner = owner((account, customer, ledger, deck))?;
            *slot = Some(AccountOwner { part: name.part, ..owner });
        }
    }
    Ok(owners)
}

const MAIN_ACCOUNT: i64 = 0;

type NamedSql = (BigInt, BigInt, BigInt, BigInt, Nullable<BigInt>);
/// place, account, customer, ledger, deck.
type NamedRow = (i64, i64, i64, i64, Option<i64>);

/// A number that something came in on.
#[derive(Clone, Copy, Debug)]
pub struct CalledNumber {
    /// The number.
    pub number: E164,
    /// By which service.
    pub service: Service,
    /// When.
    pub at: Timestamp,
}

/// Who had these numbers then, in their order. A switch's clock tells whole seconds, so any instant of
/// that second counts, and of two who met in it the later. What a number went to is not remembered: it is
/// the present one.
pub fn holders(
    tx: &mut Tx<'_>,
    called: &[CalledNumber],
) -> Result<Vec<Option<AccountOwner>>, StoreError> {
    let rows = Rows::new("place, number, service, at, until")
        .integers((0..).take(called.len()))
        .integers(called.iter().map(|called| called.number.integer()))
        .integers(called.iter().map(|called| called.service.code().into()))
        .integers(called.iter().map(|called| called.at.micros()))
        .integers(called.iter().map(|called| called.at.saturating_add(SECOND).micros()));
    let found: Vec<HolderRow> =
        Statement::<HolderSql>::new(HOLDERS).over(rows).load(tx.connection)?;
    let mut owners = vec![None; called.len()];
    for (place, account, customer, ledger, deck, (assigned, assigned_id)) in found {
        let Some(slot @ None) = slot(&mut owners, place) else { continue };
        let (part, ivml) = match assignment(assigned, assigned_id)? {
            Assignment::Nothing | Assignment::Ivr(_) => (AccountPart::Main, None),
            Assignment::Ivml(id) => (AccountPart::Main, Some(id)),
            Assignment::Sip(part) | Assignment::Fax(part) => (part, None),
        };
        *slot = Some(AccountOwner { part, ivml, ..owner((account, customer, ledger, deck))? });
    }
    Ok(owners)
}

type HolderSql = (BigInt, BigInt, BigInt, BigInt, Nullable<BigInt>, (SmallInt, Nullable<BigInt>));
/// place, account, customer, ledger, deck, assigned and its id.
type HolderRow = (i64, i64, i64, i64, Option<i64>, (i16, Option<i64>));

/// An account's, given account, customer, ledger and deck.
pub(super) fn owner(
    (account, customer, ledger, deck): (i64, i64, i64, Option<i64>),
) -> Result<AccountOwner, StoreError> {
    let deck_id = |id| known(RateDeckId::new(id), "rate_decks");
    Ok(AccountOwner {
        account: known(AccountId::new(account), "accounts")?,
        part: AccountPart::Main,
        customer: known(CustomerId::new(customer), "accounts")?,
        ledger: known(LedgerId::new(ledger), "customers")?,
        deck: deck.map(deck_id).transpose()?,
        ivml: None,
    })
}

/// A part of an account as it stands in a column: NULL for the main account.
pub(super) fn part(sub_account: Option<i64>) -> Result<AccountPart, StoreError> {
    match sub_account {
        None => Ok(AccountPart::Main),
        Some(id) => known(SubAccountId::new(id), TABLE).map(AccountPart::Sub),
    }
}

fn slot<T>(slots: &mut [T], place: i64) -> Option<&mut T> {
    slots.get_mut(usize::try_from(place).ok()?)
}

fn at<T>(items: &[T], place: i64) -> Option<&T> {
    items.get(usize::try_from(place).ok()?)
}

const TABLE: &str = "records";

const KNOWN: &str = "
    SELECT r.id, r.kind, r.reporter, r.name, r.digest, m.tracking
    FROM v JOIN records r ON r.kind = v.kind AND r.reporter = v.reporter AND r.name = v.name
    LEFT JOIN sms_reports m ON m.record_id = r.id";

const NAMED: &str = "
    SELECT v.place, a.id, a.customer_id, c.ledger_id, d.id
    FROM v JOIN accounts a ON a.user_name = v.user_name
    JOIN customers c ON c.id = a.customer_id
    LEFT JOIN rate_decks d ON d.name = a.rate_deck
    WHERE v.sub_account_id = 0 OR EXISTS
      (SELECT 1 FROM sub_accounts t WHERE t.id = v.sub_account_id AND t.account_id = a.id)";

const HOLDERS: &str = "
    SELECT v.place, s.account_id, a.customer_id, c.ledger_id, d.id, s.assigned, s.assigned_id
    FROM v JOIN numbers n ON n.e164 = v.number
    JOIN did_subscriptions s ON s.number_id = n.id AND s.service = v.service
      AND s.subscribed_at < v.until AND (s.ended_at IS NULL OR s.ended_at > v.at)
    JOIN accounts a ON a.id = s.account_id
    JOIN customers c ON c.id = a.customer_id
    LEFT JOIN rate_decks d ON d.name = a.rate_deck
    ORDER BY v.place, s.id DESC";
