//! Numbers to subscribe to, and who has which.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, SmallInt, Text};
use leaseline_core::Timestamp;
use leaseline_core::account::AccountPart;
use leaseline_core::did::{AccountNumber, Assignment, DidPlace, DidView, OfferedDid};
use leaseline_core::ids::{AccountId, IvmlId, IvrMenuId, NumberId, SubAccountId, SubscriptionId};
use leaseline_core::phone::{E164, PhoneNumber};
use leaseline_core::pool::{Fee, Service};
use leaseline_core::region::RegionCode;
use leaseline_core::subscription::SubscriptionFees;

use crate::dialect::Lock;
use crate::error::StoreError;
use crate::row::{Code, instant, known};
use crate::statement::{Rows, Statement};
use crate::transaction::Tx;

/// A place of numbers for a service, in the terms of the stock: to be asked for free ones there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StockedPlace {
    /// Where it is, as it is shown.
    pub place: DidPlace,
    /// Whether a number there is free.
    pub has_free: bool,
    pool: i64,
    own_country: Option<String>,
    own_city: Option<String>,
}

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

/// All places of numbers for a service, free or not. Reads an index over all numbers that can be
/// subscribed to.
pub fn places(
    tx: &mut Tx<'_>,
    service: Service,
    now: Timestamp,
) -> Result<Vec<StockedPlace>, StoreError> {
    let rows: Vec<PlaceRow> =
        Statement::<PlaceSql>::new(PLACES).integer(now.micros()).load(tx.connection)?;
    let here = rows.into_iter().filter(|row| carries(&row.1, service));
    Ok(here.filter_map(stocked_place).collect())
}

/// At most so many free numbers of these places, in their order.
pub fn free(
    tx: &mut Tx<'_>,
    places: &[StockedPlace],
    limit: u32,
    now: Timestamp,
) -> Result<Vec<OfferedDid>, StoreError> {
    let each = || places.iter().filter(|place| place.has_free);
    let rows = Rows::new("pool_id, country, city, shown_country, shown_city")
        .integers(each().map(|place| place.pool))
        .optional_texts(each().map(|place| place.own_country.as_deref()))
        .optional_texts(each().map(|place| place.own_city.as_deref()))
        .texts(each().map(|place| place.place.country.as_str()))
        .texts(each().map(|place| place.place.city.as_str()));
    let rows: Vec<FreeRow> = Statement::<(BigInt, Text, Text, Text)>::new(FREE)
        .over(rows)
        .integer(now.micros())
        .integer(i64::from(limit))
        .load(tx.connection)?;
    rows.into_iter().map(offered).collect()
}

/// In which regions numbers to subscribe to are read.
pub fn regions(tx: &mut Tx<'_>) -> Result<Vec<RegionCode>, StoreError> {
    let rows: Vec<String> = Statement::<Text>::new(REGIONS).load(tx.connection)?;
    rows.iter().map(|code| known(RegionCode::parse(code), "pools")).collect()
}

/// A number that can be subscribed to, with its place and what its pool carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownDid {
    /// Where it is, if that is known.
    pub place: Option<DidPlace>,
    /// What it can be subscribed for.
    pub services: Vec<Service>,
    /// How it stands.
    pub view: DidView,
}

/// Those of these numbers, each as read in a region, that can be subscribed to; held until the
/// transaction ends.
pub fn dids_for_change(
    tx: &mut Tx<'_>,
    read: &[(RegionCode, E164)],
) -> Result<Vec<KnownDid>, StoreError> {
    let rows = || {
        Rows::new("region, e164")
            .texts(read.iter().map(|(region, _)| region.as_str()))
            .integers(read.iter().map(|(_, e164)| e164.integer()))
    };
    let ids: Vec<i64> = Statement::<BigInt>::new(DID_IDS).over(rows()).load(tx.connection)?;
    tx.connection.dialect().lock(Lock::Dids, &ids)?;
    let rows = Rows::new("id").integers(ids);
    let rows: Vec<DidRow> = Statement::<DidSql>::new(DIDS).over(rows).load(tx.connection)?;
    rows.into_iter().map(|row| known_did(tx, row)).collect()
}

/// The services of a number that somebody has.
fn open_services(tx: &mut Tx<'_>, number: i64) -> Result<Vec<Service>, StoreError> {
    let rows: Vec<i16> =
        Statement::<SmallInt>::new(OPEN_SERVICES).integer(number).load(tx.connection)?;
    rows.into_iter().map(Service::from_code).collect()
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

/// The open subscription to a service of a number: its id and the number's; the number held until
/// the transaction ends.
pub fn open_for_change(
    tx: &mut Tx<'_>,
    number: E164,
    service: Service,
) -> Result<Option<(SubscriptionId, NumberId)>, StoreError> {
    let open = |tx: &mut Tx<'_>| {
        Statement::<(BigInt, BigInt)>::new(OPEN)
            .integer(number.integer())
            .integer(i64::from(service.code()))
            .load::<(i64, i64)>(tx.connection)
    };
    let Some((_, number_id)) = open(tx)?.first().copied() else { return Ok(None) };
    tx.connection.dialect().lock(Lock::Dids, &[number_id])?;
    let Some((id, _)) = open(tx)?.first().copied() else { return Ok(None) };
    tx.connection.dialect().lock(Lock::Subscriptions, &[id])?;
    let number_id = known(NumberId::new(number_id), NUMBERS)?;
    Ok(Some((known(SubscriptionId::new(id), TABLE)?, number_id)))
}

/// Where no filter is set.
const ANY: i64 = 0;

const TABLE: &str = "did_subscriptions";
const NUMBERS: &str = "numbers";

// A number is not there while its import is not live.
const PLACES: &str = "
    SELECT p.id, p.services, p.country, p.city, n.country, n.city,
           CAST(max(CASE WHEN n.account_id IS NULL AND n.blocked = 0 AND n.free_from <= {}
                    THEN 1 ELSE 0 END) AS BIGINT)
    FROM pools p JOIN numbers n ON n.pool_id = p.id
    WHERE p.purpose = 2 AND n.shelf IS NULL
      AND n.free_from NOT IN (SELECT i.id FROM number_imports i WHERE i.live_at IS NULL)
    GROUP BY p.id, p.services, p.country, p.city, n.country, n.city
    ORDER BY 1, 5, 6";

type PlaceSql =
    (BigInt, Text, Nullable<Text>, Nullable<Text>, Nullable<Text>, Nullable<Text>, BigInt);
/// pool, its services, its country and city, the numbers' own, whether one is free.
type PlaceRow = (i64, String, Option<String>, Option<String>, Option<String>, Option<String>, i64);

fn stocked_place(row: PlaceRow) -> Option<StockedPlace> {
    let (pool, _, country, city, own_country, own_city, has_free) = row;
    let place = place(own_country.clone().or(country), own_city.clone().or(city))?;
    Some(StockedPlace { place, has_free: has_free != 0, pool, own_country, own_city })
}

/// Nobody can ask for numbers whose place is not known.
fn place(country: Option<String>, city: Option<String>) -> Option<DidPlace> {
    Some(DidPlace { country: country?, city: city? })
}

fn carries(services: &str, service: Service) -> bool {
    services.split_ascii_whitespace().any(|word| word == service.word())
}

const FREE: &str = "
    SELECT n.e164, n.shown, v.shown_country, v.shown_city
    FROM v JOIN numbers n ON n.pool_id = v.pool_id
      AND n.country IS NOT DISTINCT FROM v.country AND n.city IS NOT DISTINCT FROM v.city
    WHERE n.shelf IS NULL AND n.account_id IS NULL AND n.blocked = 0 AND n.free_from <= {}
      AND n.free_from NOT IN (SELECT i.id FROM number_imports i WHERE i.live_at IS NULL)
    ORDER BY n.e164 LIMIT {}";

/// e164, shown, country, city.
type FreeRow = (i64, String, String, String);

fn offered((e164, shown, country, city): FreeRow) -> Result<OfferedDid, StoreError> {
    Ok(OfferedDid { place: DidPlace { country, city }, number: number(e164, &shown)? })
}

fn number(e164: i64, shown: &str) -> Result<PhoneNumber, StoreError> {
    Ok(PhoneNumber::from_parts(shown, known(E164::from_integer(e164).ok(), NUMBERS)?))
}

const REGIONS: &str = "SELECT DISTINCT region FROM pools WHERE purpose = 2 ORDER BY region";

const DID_IDS: &str = "
    SELECT n.id FROM v JOIN numbers n ON n.e164 = v.e164
    JOIN pools p ON p.id = n.pool_id AND p.region = v.region
    WHERE p.purpose = 2
      AND n.free_from NOT IN (SELECT i.id FROM number_imports i WHERE i.live_at IS NULL)";

const DIDS: &str = "
    SELECT n.id, n.e164, n.shown, n.free_from, n.blocked, n.account_id,
           COALESCE(n.country, p.country), COALESCE(n.city, p.city),
           p.services, p.setup_fee, p.monthly_fee
    FROM v JOIN numbers n ON n.id = v.id JOIN pools p ON p.id = n.pool_id
    ORDER BY n.e164";

type DidSql = (
    BigInt,
    BigInt,
    Text,
    BigInt,
    SmallInt,
    Nullable<BigInt>,
    Nullable<Text>,
    Nullable<Text>,
    Text,
    BigInt,
    BigInt,
);

#[derive(Queryable)]
struct DidRow {
    id: i64,
    e164: i64,
    shown: String,
    free_from: i64,
    blocked: i16,
    account_id: Option<i64>,
    country: Option<String>,
    city: Option<String>,
    services: String,
    setup_fee: i64,
    monthly_fee: i64,
}

fn known_did(tx: &mut Tx<'_>, row: DidRow) -> Result<KnownDid, StoreError> {
    let account = |id| known(AccountId::new(id), NUMBERS);
    let view = DidView {
        id: known(NumberId::new(row.id), NUMBERS)?,
        number: number(row.e164, &row.shown)?,
        fees: fees(row.setup_fee, row.monthly_fee)?,
        free_from: Timestamp::from_micros(row.free_from),
        is_blocked: row.blocked != 0,
        account: row.account_id.map(account).transpose()?,
        services: open_services(tx, row.id)?,
    };
    let carried = Service::ALL.into_iter().filter(|service| carries(&row.services, *service));
    Ok(KnownDid { place: place(row.country, row.city), services: carried.collect(), view })
}

fn fees(setup: i64, monthly: i64) -> Result<SubscriptionFees, StoreError> {
    let fee = |credits| known(Fee::new(credits), TABLE);
    Ok(SubscriptionFees { setup: fee(setup)?, monthly: fee(monthly)? })
}

const OPEN_SERVICES: &str = "
    SELECT service FROM did_subscriptions WHERE number_id = {} AND ended_at IS NULL
    ORDER BY service";

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

fn assignment(kind: i16, to: Option<i64>) -> Result<Assignment, StoreError> {
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
