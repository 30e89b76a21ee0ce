//! Numbers to subscribe to: where some are, which are free, how one stands.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, SmallInt, Text};
use leaseline_core::Timestamp;
use leaseline_core::did::{DidPlace, DidView, OfferedDid};
use leaseline_core::ids::{AccountId, NumberId};
use leaseline_core::phone::E164;
use leaseline_core::pool::Service;
use leaseline_core::region::RegionCode;

use crate::dialect::Lock;
use crate::error::StoreError;
use crate::row::{Code, fees, known, number};
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
    /// The numbers' own, empty where it is the pool's that counts.
    own: DidPlace,
}

/// All places of numbers for a service, free or not. Walks an index over all numbers that can be
/// subscribed to once, which takes some 0.2 s for a million, and looks for a free one of each place.
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
        .texts(each().map(|place| place.own.country.as_str()))
        .texts(each().map(|place| place.own.city.as_str()))
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

const NUMBERS: &str = "numbers";

// A number is not there while its import is not live. The expressions are spelt as in the index.
const PLACES: &str = "
    SELECT p.id, p.services, p.country, p.city, place.country, place.city,
           CAST(CASE WHEN (SELECT n.id FROM numbers n
                           WHERE n.pool_id = place.pool_id
                             AND COALESCE(n.country, '') = place.country
                             AND COALESCE(n.city, '') = place.city
                             AND n.shelf IS NULL AND n.account_id IS NULL
                             AND n.blocked = 0 AND n.free_from <= {}
                             AND n.free_from NOT IN
                               (SELECT i.id FROM number_imports i WHERE i.live_at IS NULL)
                           LIMIT 1) IS NULL THEN 0 ELSE 1 END AS BIGINT)
    FROM (SELECT DISTINCT n.pool_id AS pool_id, COALESCE(n.country, '') AS country,
                          COALESCE(n.city, '') AS city
          FROM numbers n WHERE n.shelf IS NULL) place
    JOIN pools p ON p.id = place.pool_id
    WHERE p.purpose = 2
      AND (SELECT n.id FROM numbers n
           WHERE n.pool_id = place.pool_id
             AND COALESCE(n.country, '') = place.country AND COALESCE(n.city, '') = place.city
             AND n.shelf IS NULL
             AND n.free_from NOT IN
               (SELECT i.id FROM number_imports i WHERE i.live_at IS NULL)
           LIMIT 1) IS NOT NULL
    ORDER BY p.id, place.country, place.city";

type PlaceSql = (BigInt, Text, Nullable<Text>, Nullable<Text>, Text, Text, BigInt);
/// pool, its services, its country and city, the numbers' own, whether one is free.
type PlaceRow = (i64, String, Option<String>, Option<String>, String, String, i64);

fn stocked_place(row: PlaceRow) -> Option<StockedPlace> {
    let (pool, _, country, city, own_country, own_city, has_free) = row;
    let own = DidPlace { country: own_country, city: own_city };
    let shown = |own: &str, of_pool| if own.is_empty() { of_pool } else { Some(own.to_owned()) };
    let place = place(shown(&own.country, country), shown(&own.city, city))?;
    Some(StockedPlace { place, has_free: has_free != 0, pool, own })
}

/// Nobody can ask for numbers whose place is not known.
fn place(country: Option<String>, city: Option<String>) -> Option<DidPlace> {
    Some(DidPlace { country: country?, city: city? })
}

fn carries(services: &str, service: Service) -> bool {
    services.split_ascii_whitespace().any(|word| word == service.word())
}

// CROSS JOIN keeps SQLite from walking all numbers first.
const FREE: &str = "
    SELECT n.e164, n.shown, v.shown_country, v.shown_city
    FROM v CROSS JOIN numbers n
    WHERE n.pool_id = v.pool_id
      AND COALESCE(n.country, '') = v.country AND COALESCE(n.city, '') = v.city
      AND n.shelf IS NULL AND n.account_id IS NULL AND n.blocked = 0 AND n.free_from <= {}
      AND n.free_from NOT IN (SELECT i.id FROM number_imports i WHERE i.live_at IS NULL)
    ORDER BY n.e164 LIMIT {}";

/// e164, shown, country, city.
type FreeRow = (i64, String, String, String);

fn offered((e164, shown, country, city): FreeRow) -> Result<OfferedDid, StoreError> {
    Ok(OfferedDid { place: DidPlace { country, city }, number: number(e164, &shown)? })
}

const REGIONS: &str = "SELECT DISTINCT region FROM pools WHERE purpose = 2 ORDER BY region";

const DID_IDS: &str = "
    SELECT n.id FROM v JOIN numbers n ON n.e164 = v.e164
    JOIN pools p ON p.id = n.pool_id AND p.region = v.region
    WHERE p.purpose = 2
      AND n.free_from NOT IN (SELECT i.id FROM number_imports i WHERE i.live_at IS NULL)";

const DIDS: &str = "
    SELECT n.id, n.e164, n.shown, n.free_from, n.blocked, n.account_id,
           COALESCE(NULLIF(n.country, ''), p.country), COALESCE(NULLIF(n.city, ''), p.city),
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

const OPEN_SERVICES: &str = "
    SELECT service FROM did_subscriptions WHERE number_id = {} AND ended_at IS NULL
    ORDER BY service";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Planner;

    #[test]
    fn the_stock_is_read_along_its_index() {
        let mut planner = Planner::new();
        let plan = planner.plan(&Statement::<PlaceSql>::new(PLACES).integer(1));
        assert!(plan.goes_along("SCAN n USING INDEX numbers_to_subscribe"), "{plan:#?}");
        let free = "SEARCH n USING INDEX numbers_to_subscribe \
                    (pool_id=? AND <expr>=? AND <expr>=? AND account_id=?)";
        assert!(plan.goes_along(free), "{plan:#?}");
        let place = Rows::new("pool_id, country, city, shown_country, shown_city")
            .integers([1])
            .texts([""])
            .texts([""])
            .texts(["Malaysia"])
            .texts(["Ipoh"]);
        let offer = Statement::<(BigInt, Text, Text, Text)>::new(FREE).over(place);
        let plan = planner.plan(&offer.integer(1).integer(1));
        assert!(plan.goes_along(free), "{plan:#?}");
    }
}
