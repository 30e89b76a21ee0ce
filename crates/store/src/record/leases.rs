//! Leases granted and given back.

use leaseline_core::Timestamp;
use leaseline_core::ids::ApiUserId;
use leaseline_core::lease::{LeaseGranted, LeaseMember};
use leaseline_core::release::LeaseReleased;
use uuid::Uuid;

use crate::error::StoreError;
use crate::row::{BY_OPERATOR, Code};
use crate::statement::{Rows, Statement};
use crate::transaction::Tx;

/// Whether somebody will ask in how many live leases a phone takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phones {
    /// It is limited.
    Counted,
    /// It is not.
    NotCounted,
}

/// Writes down leases that were granted: themselves, their members, and when the numbers will be
/// free again.
pub fn leases(
    tx: &mut Tx<'_>,
    granted: &[&LeaseGranted],
    phones: Phones,
) -> Result<(), StoreError> {
    let ids: Vec<Uuid> = granted.iter().map(|granted| granted.lease.id.uuid()).collect();
    insert_leases(tx, granted, &ids)?;
    let members: Vec<Member<'_>> = granted.iter().zip(&ids).flat_map(members).collect();
    insert_members(tx, &members, phones)?;
    take_numbers(tx, &members)
}

/// Has the leases that were granted lately found along the indexes of their customers' leases.
pub fn file(tx: &mut Tx<'_>) -> Result<usize, StoreError> {
    Ok(tx.connection.dialect().file_leases()?)
}

/// Has the phones of all live leases counted, those too that were granted while none were. Says how
/// many of these there are.
pub fn count_phones(tx: &mut Tx<'_>, now: Timestamp) -> Result<usize, StoreError> {
    let count = Statement::<()>::new(COUNT_PHONES).integer(now.micros()).integer(now.micros());
    Ok(count.execute(tx.connection)?)
}

struct Member<'a> {
    lease: &'a Uuid,
    position: i64,
    member: &'a LeaseMember,
    free_from: i64,
}

fn members<'a>(
    (granted, lease): (&&'a LeaseGranted, &'a Uuid),
) -> impl Iterator<Item = Member<'a>> + use<'a> {
    let members = granted.lease.members.iter().zip(&granted.free_from);
    members.zip(1..).map(move |((member, free_from), position)| Member {
        lease,
        position,
        member,
        free_from: free_from.micros(),
    })
}

fn insert_leases(
    tx: &mut Tx<'_>,
    granted: &[&LeaseGranted],
    ids: &[Uuid],
) -> Result<(), StoreError> {
    let leases = || granted.iter().map(|granted| &granted.lease);
    let unfiled = i64::from(tx.connection.dialect().files_later());
    let rows = Rows::new("id, customer_id, kind, granted_by, granted_at, expires_at")
        .bytes(ids.iter().map(|id| id.as_bytes().as_slice()))
        .integers(leases().map(|lease| lease.customer.get()))
        .integers(leases().map(|lease| i64::from(lease.kind.code())))
        .integers(leases().map(|lease| lease.granted_by.map_or(BY_OPERATOR, ApiUserId::get)))
        .integers(leases().map(|lease| lease.granted_at.micros()))
        .integers(leases().map(|lease| lease.expires_at.micros()));
    Statement::<()>::new(INSERT_LEASES).over(rows).integer(unfiled).execute(tx.connection)?;
    Ok(())
}

fn insert_members(
    tx: &mut Tx<'_>,
    members: &[Member<'_>],
    phones: Phones,
) -> Result<(), StoreError> {
    let each = || members.iter();
    let counted = i64::from(phones == Phones::Counted);
    let rows =
        Rows::new("lease_id, position, number_id, turn, phone_e164, phone_sent, imsi, mcc, mnc")
            .bytes(each().map(|row| row.lease.as_bytes().as_slice()))
            .integers(each().map(|row| row.position))
            .integers(each().map(|row| row.member.number_id.get()))
            .integers(each().map(|row| row.member.turn))
            .integers(each().map(|row| row.member.user.phone().e164().integer()))
            .texts(each().map(|row| row.member.user.phone().sent()))
            .optional_texts(each().map(|row| row.member.user.imsi().map(|imsi| imsi.as_str())))
            .optional_texts(each().map(|row| row.member.user.network().map(|of| of.mcc.as_str())))
            .optional_texts(each().map(|row| row.member.user.network().map(|of| of.mnc.as_str())));
    Statement::<()>::new(INSERT_MEMBERS).over(rows).integer(counted).execute(tx.connection)?;
    Ok(())
}

fn take_numbers(tx: &mut Tx<'_>, members: &[Member<'_>]) -> Result<(), StoreError> {
    let rows = Rows::new("id, turn, free_from, lease_id")
        .integers(members.iter().map(|row| row.member.number_id.get()))
        .integers(members.iter().map(|row| row.member.turn))
        .integers(members.iter().map(|row| row.free_from))
        .bytes(members.iter().map(|row| row.lease.as_bytes().as_slice()));
    let taken = Statement::<()>::new(TAKE_NUMBERS).over(rows).execute(tx.connection)?;
    if taken == members.len() { Ok(()) } else { Err(StoreError::corrupt("numbers")) }
}

/// Writes down leases that were given back, and that their numbers rest from now on.
pub fn releases(tx: &mut Tx<'_>, released: &[&LeaseReleased]) -> Result<(), StoreError> {
    let ids: Vec<Uuid> = released.iter().map(|released| released.lease.uuid()).collect();
    let rows = Rows::new("id, released_at")
        .bytes(ids.iter().map(|id| id.as_bytes().as_slice()))
        .integers(released.iter().map(|released| released.released_at.micros()));
    Statement::<()>::new(RELEASE_LEASES).over(rows).execute(tx.connection)?;
    rest_numbers(tx, released, &ids)
}

fn rest_numbers(
    tx: &mut Tx<'_>,
    released: &[&LeaseReleased],
    ids: &[Uuid],
) -> Result<(), StoreError> {
    let numbers: Vec<_> = released
        .iter()
        .zip(ids)
        .flat_map(|(released, id)| released.numbers.iter().map(move |number| (number, id)))
        .collect();
    let rows = Rows::new("id, free_from, lease_id")
        .integers(numbers.iter().map(|((number, _), _)| number.get()))
        .integers(numbers.iter().map(|((_, free_from), _)| free_from.micros()))
        .bytes(numbers.iter().map(|(_, lease)| lease.as_bytes().as_slice()));
    Statement::<()>::new(REST_NUMBERS).over(rows).execute(tx.connection)?;
    Ok(())
}

const INSERT_LEASES: &str = "
    INSERT INTO leases (id, customer_id, kind, granted_by, granted_at, expires_at, unfiled)
    SELECT id, customer_id, kind, granted_by, granted_at, expires_at, NULLIF({}, 0)
    FROM v WHERE id IS NOT NULL";

const INSERT_MEMBERS: &str = "
    INSERT INTO lease_members
      (lease_id, position, number_id, turn, phone_e164, phone_sent, imsi, mcc, mnc, counted)
    SELECT lease_id, position, number_id, turn, phone_e164, phone_sent, imsi, mcc, mnc,
           NULLIF({}, 0)
    FROM v WHERE lease_id IS NOT NULL";

// CROSS JOIN keeps SQLite to this order: along the index of leases that were not given back, from each
// customer's first that is still live.
const COUNT_PHONES: &str = "
    UPDATE lease_members SET counted = 1 WHERE counted IS NULL AND lease_id IN (
      SELECT l.id FROM customers c CROSS JOIN leases l
      WHERE l.customer_id = c.id AND l.kind IN (1, 2) AND l.released_at IS NULL
        AND l.unfiled IS NULL AND l.expires_at > {}
      UNION ALL
      SELECT l.id FROM leases l
      WHERE l.unfiled = 1 AND l.released_at IS NULL AND l.expires_at > {})";

// turn is compared too: a number that moved on since it was picked is not taken.
const TAKE_NUMBERS: &str = "
    UPDATE numbers SET free_from = v.free_from, turn = v.turn, lease_id = v.lease_id
    FROM v WHERE numbers.id = v.id AND numbers.turn = v.turn - 1";

// The + keeps SQLite from walking the index of all that is not released.
const RELEASE_LEASES: &str = "
    UPDATE leases SET released_at = v.released_at
    FROM v WHERE leases.id = v.id AND +leases.released_at IS NULL";

// lease_id is compared too: a number that another process gave to a new lease in the instant of
// this one's expiry stays with that lease.
const REST_NUMBERS: &str = "
    UPDATE numbers SET free_from = v.free_from
    FROM v WHERE numbers.id = v.id AND numbers.lease_id = v.lease_id";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Planner;

    #[test]
    fn phones_are_counted_from_the_live_leases_on() {
        let plan = Planner::new().plan(&Statement::<()>::new(COUNT_PHONES).integer(0).integer(0));
        let live = "INDEX leases_unreleased (customer_id=? AND kind=? AND expires_at>?)";
        let unfiled = "INDEX leases_unfiled (unfiled=?)";
        for step in [live, unfiled, "SEARCH lease_members USING PRIMARY KEY (lease_id=?)"] {
            assert!(plan.goes_along(step), "{plan:#?}");
        }
    }

    #[test]
    fn a_full_batch_walks_no_table() {
        let mut planner = Planner::new();
        let (id, ids) = (Uuid::nil(), 0..256);
        let bytes = || ids.clone().map(|_| id.as_bytes().as_slice());
        let numbers = || ids.clone().map(i64::from);
        let rest = Rows::new("id, free_from, lease_id").integers(numbers()).integers(numbers());
        let take = Rows::new("id, turn, free_from, lease_id").integers(numbers());
        let take = take.integers(numbers()).integers(numbers()).bytes(bytes());
        let release = Rows::new("id, released_at").bytes(bytes()).integers(numbers());
        for (text, rows) in
            [(REST_NUMBERS, rest.bytes(bytes())), (TAKE_NUMBERS, take), (RELEASE_LEASES, release)]
        {
            let plan = planner.plan(&Statement::<()>::new(text).over(rows));
            assert!(plan.walks_no_table(), "{text}: {plan:#?}");
        }
    }
}
