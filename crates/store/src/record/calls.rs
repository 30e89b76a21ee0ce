//! Decisions on calls, and what becomes of them.

use diesel::sql_types::BigInt;
use leaseline_core::Timestamp;
use leaseline_core::account::AccountPart;
use leaseline_core::call::{CallDecided, CallPlan, CallWay, Hold};
use leaseline_core::ids::LedgerId;
use leaseline_core::lease::LeaseKind;
use leaseline_core::money::Credits;
use leaseline_core::record::{LeaseOwner, RecordKey, RecordOwner};
use uuid::Uuid;

use crate::error::StoreError;
use crate::load::calls::{PUT_THROUGH, TO_IVML, TO_IVR, TO_PHONES, TO_TELEPHONE};
use crate::row::{Code, known};
use crate::statement::{Rows, Statement};
use crate::transaction::Tx;

/// So many decisions go into one statement: SQLite takes no more than 32,766 values.
const MOST_AT_ONCE: usize = 512;

/// A decision by its place: the call, and the how-manieth it is on it.
pub type DecisionKey<'a> = (&'a RecordKey, i64);

/// Something that is no longer set aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LetGo {
    /// Of which ledger.
    pub ledger: LedgerId,
    /// How much.
    pub hold: Credits,
}

/// Writes down decisions.
///
/// # Errors
/// [`StoreError`], also when somebody else decided on one of the calls at the same time.
pub fn decisions(tx: &mut Tx<'_>, decided: &[&CallDecided]) -> Result<(), StoreError> {
    decided.chunks(MOST_AT_ONCE).try_for_each(|some| insert(tx, some))
}

fn insert(tx: &mut Tx<'_>, decided: &[&CallDecided]) -> Result<(), StoreError> {
    let ids: Vec<Uuid> = decided.iter().map(|it| it.id.uuid()).collect();
    let leases: Vec<Option<Uuid>> =
        decided.iter().map(|it| Some(lease(it)?.lease.uuid())).collect();
    let each = || decided.iter().copied();
    let numbers = |number: Option<leaseline_core::phone::E164>| number.map(|it| it.integer());
    let rows = Rows::new(COLUMNS)
        .texts(each().map(|it| it.call.reporter.as_str()))
        .texts(each().map(|it| it.call.name.as_str()))
        .integers(each().map(|it| it.attempt))
        .bytes(ids.iter().map(|id| id.as_bytes().as_slice()))
        .integers(each().map(|it| it.decided_at.micros()))
        .texts(each().map(|it| it.dialled.from.text.as_str()))
        .optional_integers(each().map(|it| numbers(it.dialled.from.number)))
        .integers(each().map(|it| i64::from(it.dialled.is_hidden)))
        .texts(each().map(|it| it.dialled.to.text.as_str()))
        .optional_integers(each().map(|it| numbers(it.dialled.to.number)))
        .integers(each().map(|it| i64::from(it.dialled.hops)))
        .texts(each().map(|it| it.origin.as_str()))
        .integers(each().map(|it| i64::from(refusal(it))))
        .optional_integers(each().map(|it| Some(way_code(&plan(it)?.way))))
        .optional_texts(each().map(|it| way_text(&plan(it)?.way)))
        .optional_texts(each().map(|it| way_more(&plan(it)?.way)))
        .optional_integers(each().map(|it| way_id(&plan(it)?.way)))
        .optional_integers(each().map(|it| is_private(&plan(it)?.way)))
        .optional_integers(each().map(|it| plan(it)?.max_seconds))
        .optional_integers(each().map(|it| Some(plan(it)?.announcement?.balance.get())))
        .optional_integers(each().map(|it| plan(it)?.announcement?.minutes))
        .optional_integers(each().map(|it| Some(it.payer()?.direction.code().into())))
        .optional_integers(each().map(|it| Some(owner(it)?.ledger().get())))
        .optional_integers(each().map(|it| Some(owner(it)?.customer()?.get())))
        .optional_bytes(leases.iter().map(|id| id.as_ref().map(|id| id.as_bytes().as_slice())))
        .optional_integers(each().map(|it| Some(kind_code(lease(it)?.kind))))
        .optional_integers(each().map(|it| Some(lease(it)?.tariff.block.get())))
        .optional_integers(each().map(|it| Some(lease(it)?.tariff.rate.get())))
        .optional_integers(each().map(|it| Some(owner(it)?.account()?.account.get())))
        .optional_integers(each().map(|it| sub_account(owner(it)?.account()?.part)))
        .optional_integers(each().map(|it| Some(owner(it)?.account()?.ivml?.get())))
        .optional_integers(each().map(|it| Some(owner(it)?.card()?.get())))
        .optional_integers(each().map(|it| Some(owner(it)?.deck()?.get())))
        .integers(each().map(|it| it.hold().get()))
        .optional_integers(each().map(|it| Some(it.payer()?.held_until.micros())))
        .integers(each().map(|it| i64::from(it.state().code())));
    Statement::<()>::new(INSERT).over(rows).execute(tx.connection)?;
    Ok(())
}

/// Marks decisions as replaced by others, as far as they are open; what becomes free is the
/// caller's to count.
pub fn replaced(tx: &mut Tx<'_>, decisions: &[DecisionKey<'_>]) -> Result<(), StoreError> {
    let rows = Rows::new("switch, call_id, attempt");
    Statement::<()>::new(REPLACE).over(keys(rows, decisions)).execute(tx.connection)?;
    Ok(())
}

/// Marks every decision on these calls as settled by its record, and tells what is set aside no
/// longer.
pub fn settled(tx: &mut Tx<'_>, calls: &[&RecordKey]) -> Result<Vec<LetGo>, StoreError> {
    let rows = || {
        Rows::new("switch, call_id")
            .texts(calls.iter().map(|call| call.reporter.as_str()))
            .texts(calls.iter().map(|call| call.name.as_str()))
    };
    let free = Statement::<(BigInt, BigInt)>::new(SETTLE_OPEN).over(rows());
    let free: Vec<(i64, i64)> = free.load(tx.connection)?;
    Statement::<()>::new(SETTLE_LAPSED).over(rows()).execute(tx.connection)?;
    free.into_iter().map(let_go).collect()
}

/// Marks those decisions as lapsed whose time ran out, of these ledgers, which are held; and tells
/// what is set aside no longer.
pub fn lapsed(
    tx: &mut Tx<'_>,
    ledgers: &[LedgerId],
    now: Timestamp,
) -> Result<Vec<LetGo>, StoreError> {
    let rows = Rows::new("ledger_id").integers(ledgers.iter().map(|id| id.get()));
    let free = Statement::<(BigInt, BigInt)>::new(LAPSE).over(rows).integer(now.micros());
    let free: Vec<(i64, i64)> = free.load(tx.connection)?;
    free.into_iter().map(let_go).collect()
}

/// Writes down what is set aside for a call after something happened to it, and when it was
/// answered.
pub fn happened(
    tx: &mut Tx<'_>,
    decision: DecisionKey<'_>,
    hold: Hold,
    answered_at: Option<Timestamp>,
) -> Result<(), StoreError> {
    let rows = Rows::new("switch, call_id, attempt, hold, open_until, answered_at");
    let rows = keys(rows, &[decision])
        .integers([hold.amount.get()])
        .integers([hold.until.micros()])
        .optional_integers([answered_at.map(Timestamp::micros)]);
    Statement::<()>::new(HAPPENED).over(rows).execute(tx.connection)?;
    Ok(())
}

fn keys<'a>(rows: Rows<'a>, decisions: &[DecisionKey<'a>]) -> Rows<'a> {
    rows.texts(decisions.iter().map(|(call, _)| call.reporter.as_str()))
        .texts(decisions.iter().map(|(call, _)| call.name.as_str()))
        .integers(decisions.iter().map(|(_, attempt)| *attempt))
}

fn let_go((ledger, hold): (i64, i64)) -> Result<LetGo, StoreError> {
    Ok(LetGo { ledger: known(LedgerId::new(ledger), TABLE)?, hold: Credits::new(hold) })
}

fn plan(decided: &CallDecided) -> Option<&CallPlan> {
    decided.outcome.as_ref().ok()
}

fn owner(decided: &CallDecided) -> Option<&RecordOwner> {
    Some(&decided.payer()?.owner)
}

fn lease(decided: &CallDecided) -> Option<&LeaseOwner> {
    match owner(decided)? {
        RecordOwner::Lease(lease) => Some(lease),
        RecordOwner::Account(_) | RecordOwner::Card(_) => None,
    }
}

fn refusal(decided: &CallDecided) -> i16 {
    decided.outcome.as_ref().err().map_or(PUT_THROUGH, |refusal| refusal.code())
}

fn kind_code(kind: LeaseKind) -> i64 {
    kind.code().into()
}

const fn sub_account(part: AccountPart) -> Option<i64> {
    match part {
        AccountPart::Main => None,
        AccountPart::Sub(id) => Some(id.get()),
    }
}

fn way_code(way: &CallWay) -> i64 {
    let code = match way {
        CallWay::Bridge(_) => TO_TELEPHONE,
        CallWay::Ivml { .. } => TO_IVML,
        CallWay::Ivr(_) => TO_IVR,
        CallWay::Sip { .. } => TO_PHONES,
    };
    code.into()
}

fn way_text(way: &CallWay) -> Option<&str> {
    match way {
        CallWay::Bridge(bridge) => Some(&bridge.to),
        CallWay::Ivml { launch_url, .. } => Some(launch_url),
        CallWay::Ivr(_) => None,
        CallWay::Sip { account, .. } => Some(account),
    }
}

fn way_more(way: &CallWay) -> Option<&str> {
    match way {
        CallWay::Bridge(bridge) => bridge.caller_id.as_deref(),
        CallWay::Ivml { result_url, .. } => result_url.as_deref(),
        CallWay::Ivr(_) | CallWay::Sip { .. } => None,
    }
}

const fn way_id(way: &CallWay) -> Option<i64> {
    match way {
        CallWay::Ivr(menu) => Some(menu.get()),
        CallWay::Sip { part, .. } => sub_account(*part),
        CallWay::Bridge(_) | CallWay::Ivml { .. } => None,
    }
}

fn is_private(way: &CallWay) -> Option<i64> {
    match way {
        CallWay::Bridge(bridge) => Some(bridge.is_private.into()),
        CallWay::Ivml { .. } | CallWay::Ivr(_) | CallWay::Sip { .. } => None,
    }
}

const TABLE: &str = "calls";

const COLUMNS: &str =
    "switch, call_id, attempt, id, decided_at, from_text, from_number, from_hidden,
    to_text, to_number, hops, origin, refusal, way, way_text, way_more, way_id, is_private,
    max_seconds, announced_balance, announced_minutes, direction, ledger_id, customer_id,
    lease_id, lease_kind, charge_block, charge_rate, account_id, sub_account_id, ivml_id, card_id,
    deck_id, hold, open_until, state";

const INSERT: &str = "
    INSERT INTO calls
      (switch, call_id, attempt, id, decided_at, from_text, from_number, from_hidden,
       to_text, to_number, hops, origin, refusal, way, way_text, way_more, way_id, is_private,
       max_seconds, announced_balance, announced_minutes, direction, ledger_id, customer_id,
       lease_id, lease_kind, charge_block, charge_rate, account_id, sub_account_id, ivml_id,
       card_id, deck_id, hold, open_until, state)
    SELECT switch, call_id, attempt, id, decided_at, from_text, from_number, from_hidden,
           to_text, to_number, hops, origin, refusal, way, way_text, way_more, way_id, is_private,
           max_seconds, announced_balance, announced_minutes, direction, ledger_id, customer_id,
           lease_id, lease_kind, charge_block, charge_rate, account_id, sub_account_id, ivml_id,
           card_id, deck_id, hold, open_until, state
    FROM v WHERE switch IS NOT NULL ORDER BY switch, call_id, attempt";

const REPLACE: &str = "
    UPDATE calls SET state = 3 FROM v
    WHERE calls.switch = v.switch AND calls.call_id = v.call_id AND calls.attempt = v.attempt
      AND calls.state = 1";

const SETTLE_OPEN: &str = "
    UPDATE calls SET state = 2 FROM v
    WHERE calls.switch = v.switch AND calls.call_id = v.call_id AND calls.state = 1
    RETURNING calls.ledger_id, calls.hold";

const SETTLE_LAPSED: &str = "
    UPDATE calls SET state = 2 FROM v
    WHERE calls.switch = v.switch AND calls.call_id = v.call_id AND calls.state = 4";

const LAPSE: &str = "
    UPDATE calls SET state = 4 FROM v
    WHERE calls.ledger_id = v.ledger_id AND calls.state = 1 AND calls.open_until <= {}
    RETURNING calls.ledger_id, calls.hold";

const HAPPENED: &str = "
    UPDATE calls SET hold = v.hold, open_until = v.open_until, answered_at = v.answered_at FROM v
    WHERE calls.switch = v.switch AND calls.call_id = v.call_id AND calls.attempt = v.attempt
      AND calls.state = 1";
