//! Subscriptions: which account has which services of which numbers.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, SmallInt, Text};
use leaseline_core::Timestamp;
use leaseline_core::account::AccountPart;
use leaseline_core::did::{AccountNumber, Assignment};
use leaseline_core::ids::{AccountId, IvmlId, IvrMenuId, NumberId, SubAccountId, SubscriptionId};
use leaseline_core::phone::{E164, PhoneNumber};
use leaseline_core::pool::Service;
use leaseline_core::region::RegionCode;
use leaseline_core::subscription::SubscriptionFees;

use crate::dialect::Lock;
use crate::error::StoreError;
use crate::row::{Code, fees, instant, known, number};
use crate::statement::Statement;
use crate::transaction::Tx;

/// A subscription, as an operator looks at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubscriptionLine {
    /// Its id.
    pub id: SubscriptionId,
    /// The number, as imported.
    pub number: PhoneNumber,
    /// Which service of it.
    pub service: Service,
    /// The account that has it.
    pub account: AccountId,
    /// The name that the account logs in by.
    pub user: String,
    /// What it goes to.
    pub assigned: Assignment,
    /// What it costs.
    pub fees: SubscriptionFees,
    /// When it began.
    pub subscribed_at: Timestamp,
    /// When its next month is due.
    pub next_due_at: Timestamp,
    /// When it ended, if it did.
    pub ended_at: Option<Timestamp>,
}

/// Which subscriptions to list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SubscriptionFilter {
    /// Only those of this account.
    pub account: Option<AccountId>,
    /// Those that have ended too.
    pub with_ended: bool,
    /// Only those after this one, in the order of their ids.
    pub after: Option<SubscriptionId>,
}

/// An account's numbers, in their order, a line for each service.
pub fn of_account(
    tx: &mut Tx<'_>,
    account: AccountId,
) -> Result<Vec<(SubscriptionId, AccountNumber)>, StoreError> {
    let rows: Vec<NumberRow> =
        Statement::<NumberSql>::new(OF_ACCOUNT).integer(account.get()).load(tx.connection)?;
    rows.into_iter().map(account_number).collect()
}

/// Which region an account's number was read in: the texts that name it depend on that.
pub fn regions_of_account(
    tx: &mut Tx<'_>,
    account: AccountId,
) -> Result<Vec<(E164, RegionCode)>, StoreError> {
    let rows: Vec<(i64, String)> = Statement::<(BigInt, Text)>::new(REGIONS_OF_ACCOUNT)
        .integer(account.get())
        .load(tx.connection)?;
    let read = |(e164, region): (i64, String)| {
        let region = known(RegionCode::parse(&region), "pools")?;
        Ok((known(E164::from_integer(e164).ok(), NUMBERS)?, region))
    };
    rows.into_iter().map(read).collect()
}

/// At most so many subscriptions, in the order in which they began.
pub fn subscriptions(
    tx: &mut Tx<'_>,
    filter: SubscriptionFilter,
    limit: u32,
) -> Result<Vec<SubscriptionLine>, StoreError> {
    let account = filter.account.map_or(ANY, AccountId::get);
    let rows: Vec<LineRow> = Statement::<LineSql>::new(SUBSCRIPTIONS)
        .integer(filter.after.map_or(0, SubscriptionId::get))
        .integer(account)
        .integer(account)
        .integer(i64::from(filter.with_ended))
        .integer(i64::from(limit))
        .load(tx.connection)?;
    rows.into_iter().map(SubscriptionLine::try_from).collect()
}

/// The open subscription to a service of a number: its id and the number's.
pub fn open(
    tx: &mut Tx<'_>,
    number: E164,
    service: Service,
) -> Result<Option<(SubscriptionId, NumberId)>, StoreError> {
    let rows: Vec<(i64, i64)> = Statement::<(BigInt, BigInt)>::new(OPEN)
        .integer(number.integer())
        .integer(i64::from(service.code()))
        .load(tx.connection)?;
    let Some((id, number)) = rows.first().copied() else { return Ok(None) };
    let number = known(NumberId::new(number), NUMBERS)?;
    Ok(Some((known(SubscriptionId::new(id), TABLE)?, number)))
}

/// The same, with both held until the transaction ends.
pub fn open_for_change(
    tx: &mut Tx<'_>,
    number: E164,
    service: Service,
) -> Result<Option<(SubscriptionId, NumberId)>, StoreError> {
    let Some((_, number_id)) = open(tx, number, service)? else { return Ok(None) };
    tx.connection.dialect().lock(Lock::Dids, &[number_id.get()])?;
    let Some(found) = open(tx, number, service)? else { return Ok(None) };
    tx.connection.dialect().lock(Lock::Subscriptions, &[found.0.get()])?;
    Ok(Some(found))
}

/// Where no filter is set.
const ANY: i64 = 0;

const TABLE: &str = "did_subscriptions";
const NUMBERS: &str = "numbers";

const OF_ACCOUNT: &str = "
    SELECT s.id, n.e164, n.shown, s.service, s.assigned, s.assigned_id
    FROM did_subscriptions s JOIN numbers n ON n.id = s.number_id
    WHERE s.account_id = {} AND s.ended_at IS NULL
    ORDER BY n.e164, s.service";

type NumberSql = (BigInt, BigInt, Text, SmallInt, SmallInt, Nullable<BigInt>);
/// id, e164, shown, service, assigned, its id.
type NumberRow = (i64, i64, String, i16, i16, Option<i64>);

fn account_number(
    (id, e164, shown, service, assigned, to): NumberRow,
) -> Result<(SubscriptionId, AccountNumber), StoreError> {
    let line = AccountNumber {
        number: number(e164, &shown)?,
        service: Service::from_code(service)?,
        assigned: assignment(assigned, to)?,
    };
    Ok((known(SubscriptionId::new(id), TABLE)?, line))
}

const REGIONS_OF_ACCOUNT: &str = "
    SELECT DISTINCT n.e164, p.region
    FROM did_subscriptions s JOIN numbers n ON n.id = s.number_id JOIN pools p ON p.id = n.pool_id
    WHERE s.account_id = {} AND s.ended_at IS NULL
    ORDER BY n.e164";

pub(crate) const NOTHING: i16 = 0;
pub(crate) const IVR: i16 = 1;
pub(crate) const IVML: i16 = 2;
pub(crate) const SIP: i16 = 3;
pub(crate) const FAX: i16 = 4;
/// In the place of a sub-account's id: the account itself.
pub(crate) const MAIN_ACCOUNT: i64 = 0;

pub(super) fn assignment(kind: i16, to: Option<i64>) -> Result<Assignment, StoreError> {
    let assignment = match (kind, to) {
        (NOTHING, None) => Some(Assignment::Nothing),
        (IVR, Some(id)) => IvrMenuId::new(id).map(Assignment::Ivr),
        (IVML, Some(id)) => IvmlId::new(id).map(Assignment::Ivml),
        (SIP, Some(id)) => part(id).map(Assignment::Sip),
        (FAX, Some(id)) => part(id).map(Assignment::Fax),
        _ => None,
    };
    known(assignment, TABLE)
}

fn part(id: i64) -> Option<AccountPart> {
    if id == MAIN_ACCOUNT {
        return Some(AccountPart::Main);
    }
    SubAccountId::new(id).map(AccountPart::Sub)
}

const SUBSCRIPTIONS: &str = "
    SELECT s.id, n.e164, n.shown, s.service, s.account_id, a.user_name, s.assigned, s.assigned_id,
           s.setup_fee, s.monthly_fee, s.subscribed_at, s.next_due_at, s.ended_at
    FROM did_subscriptions s JOIN numbers n ON n.id = s.number_id
    JOIN accounts a ON a.id = s.account_id
    WHERE s.id > {} AND ({} = 0 OR s.account_id = {}) AND ({} = 1 OR s.ended_at IS NULL)
    ORDER BY s.id LIMIT {}";

type LineSql = (
    BigInt,
    BigInt,
    Text,
    SmallInt,
    BigInt,
    Text,
    SmallInt,
    Nullable<BigInt>,
    BigInt,
    BigInt,
    BigInt,
    BigInt,
    Nullable<BigInt>,
);

#[derive(Queryable)]
struct LineRow {
    id: i64,
    e164: i64,
    shown: String,
    service: i16,
    account: i64,
    user: String,
    assigned: i16,
    assigned_id: Option<i64>,
    setup_fee: i64,
    monthly_fee: i64,
    subscribed_at: i64,
    next_due_at: i64,
    ended_at: Option<i64>,
}

impl TryFrom<LineRow> for SubscriptionLine {
    type Error = StoreError;

    fn try_from(row: LineRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: known(SubscriptionId::new(row.id), TABLE)?,
            number: number(row.e164, &row.shown)?,
            service: Service::from_code(row.service)?,
            account: known(AccountId::new(row.account), TABLE)?,
            user: row.user,
            assigned: assignment(row.assigned, row.assigned_id)?,
            fees: fees(row.setup_fee, row.monthly_fee)?,
            subscribed_at: Timestamp::from_micros(row.subscribed_at),
            next_due_at: Timestamp::from_micros(row.next_due_at),
            ended_at: instant(row.ended_at),
        })
    }
}

const OPEN: &str = "
    SELECT s.id, s.number_id FROM numbers n JOIN did_subscriptions s ON s.number_id = n.id
    WHERE n.e164 = {} AND s.service = {} AND s.ended_at IS NULL";
