//! The requests of the last week, as a server would remember them.

use std::time::Duration;

use leaseline_core::Timestamp;
use leaseline_core::request_log::{Effect, RequestId, RequestLine};

use super::clock::{Chance, SeededIds};
use super::world::{ACCOUNT, ADMIN, CLIENT, SWITCH, World};

const DAYS: u64 = 7;
const REQUESTS_A_DAY: u64 = 400;

/// What is asked: facade, operation, status, effect, who asks; and for so many of a hundred.
type Kind = (&'static str, &'static str, &'static str, Effect, &'static str);

const KINDS: [(u64, Kind); 14] = [
    (24, ("apigate", "leasesingle/request", "0", Effect::Changed, CLIENT)),
    (10, ("apigate", "leasesingle/release", "0", Effect::Changed, CLIENT)),
    (8, ("apigate", "leasegroup/request", "0", Effect::Changed, ADMIN)),
    (6, ("apigate", "leasesingle/query", "0", Effect::Looked, CLIENT)),
    (3, ("apigate", "leasesingle/request", "11", Effect::Failed, CLIENT)),
    (2, ("apigate", "leasesingle/release", "10", Effect::Failed, CLIENT)),
    (1, ("apigate", "customer/view", "14", Effect::Failed, "")),
    (16, ("switch", "authorise", "ok", Effect::Changed, SWITCH)),
    (14, ("switch", "cdr", "stored", Effect::Changed, SWITCH)),
    (1, ("switch", "cdr", "invalid", Effect::Failed, SWITCH)),
    (6, ("traitel", "querybalance", "ok", Effect::Looked, ACCOUNT)),
    (2, ("traitel", "querybalance", "002", Effect::Failed, "")),
    (5, ("mor", "user_balance_get", "ok", Effect::Looked, ADMIN)),
    (2, ("mor", "cc_groups_get", "Incorrect hash", Effect::Failed, "")),
];

/// Requests up to an instant, in their order.
pub(super) fn requests(
    ids: &SeededIds,
    seed: u64,
    world: &World,
    now: Timestamp,
) -> Vec<RequestLine> {
    let mut chance = Chance::of(seed);
    let week = DAYS * 86_400;
    let mut instants: Vec<_> = (0..DAYS * REQUESTS_A_DAY)
        .map(|_| now.saturating_sub(Duration::from_millis(1 + chance.below(week * 1_000))))
        .collect();
    instants.sort();
    instants.into_iter().map(|at| line(ids, &mut chance, world, at)).collect()
}

fn line(ids: &SeededIds, chance: &mut Chance, world: &World, at: Timestamp) -> RequestLine {
    let (facade, operation, status, effect, user) = kind(chance);
    let customer = match facade {
        "apigate" | "traitel" if !user.is_empty() => Some(world.customer),
        _ => None,
    };
    RequestLine {
        id: RequestId::new(ids.at(at)),
        at,
        facade: facade.into(),
        operation: operation.into(),
        status: status.into(),
        effect,
        weight: if effect == Effect::Looked { 100 } else { 1 },
        took: Duration::from_micros(400 + chance.below(3_000)),
        customer,
        user: Some(user).filter(|user| !user.is_empty()).map(Into::into),
    }
}

fn kind(chance: &mut Chance) -> Kind {
    let mut left = chance.below(KINDS.iter().map(|(share, _)| share).sum());
    for (share, kind) in KINDS {
        if left < share {
            return kind;
        }
        left -= share;
    }
    KINDS[0].1
}
