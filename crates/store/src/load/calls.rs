//! Decisions on calls that were made before.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Nullable, SmallInt, Text};
use leaseline_core::Timestamp;
use leaseline_core::account::AccountPart;
use leaseline_core::call::{
    Announcement, BlockTariff, Bridge, CallDecided, CallPayer, CallPlan, CallRefusal, CallState,
    CallWay, Dialled, EarlierDecision, OriginLabel,
};
use leaseline_core::customer::{BlockRate, BlockSeconds};
use leaseline_core::ids::{
    AccountId, CallRef, CardId, CustomerId, IvmlId, IvrMenuId, LedgerId, RateDeckId, SubAccountId,
};
use leaseline_core::ivr::Direction;
use leaseline_core::lease::LeaseKind;
use leaseline_core::money::Credits;
use leaseline_core::phone::E164;
use leaseline_core::record::{
    AccountOwner, CardOwner, LeaseOwner, Party, PartyText, RecordKey, RecordKind, RecordName,
    RecordOwner,
};
use uuid::Uuid;

use super::records::part;
use crate::error::StoreError;
use crate::row::{Code, instant, known, lease_id};
use crate::statement::{Rows, Statement};
use crate::transaction::Tx;

/// A decision, and when the call was answered as far as its switch has told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredDecision {
    /// The decision, and what became of it.
    pub earlier: EarlierDecision,
    /// When the call was answered.
    pub answered_at: Option<Timestamp>,
}

/// The decisions on these calls, of each the first ones first. Where a switch asked very often
/// about one call, only the last few of them count.
pub fn decisions(
    tx: &mut Tx<'_>,
    calls: &[RecordKey],
) -> Result<HashMap<RecordKey, Vec<StoredDecision>>, StoreError> {
    let rows = Rows::new("place, switch, call_id")
        .integers((0..).take(calls.len()))
        .texts(calls.iter().map(|call| call.reporter.as_str()))
        .texts(calls.iter().map(|call| call.name.as_str()));
    let found: Vec<CallRow> =
        Statement::<CallSql>::new(DECISIONS).over(rows).load(tx.connection)?;
    let mut decisions: HashMap<RecordKey, Vec<StoredDecision>> = HashMap::new();
    for row in found {
        let place = usize::try_from(row.place).ok();
        let call = known(place.and_then(|place| calls.get(place)), TABLE)?;
        decisions.entry(call.clone()).or_default().push(row.decision(call)?);
    }
    Ok(decisions)
}

/// A call that was let through and whose record did not come in time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnsettledCall {
    /// The decision.
    pub id: CallRef,
    /// The call: the switch, and what it calls it.
    pub call: RecordKey,
    /// Whose it is; none for a card's.
    pub customer: Option<CustomerId>,
    /// Who called, as the switch wrote it.
    pub from: String,
    /// What was dialled.
    pub to: String,
    /// When it was decided on.
    pub decided_at: Timestamp,
    /// What was set aside.
    pub hold: Credits,
    /// Until when.
    pub held_until: Timestamp,
    /// Whether somebody has looked since.
    pub state: CallState,
}

/// At most so many calls whose records did not come in time, the last decisions first: before
/// one, or from the last on.
pub fn unsettled(
    tx: &mut Tx<'_>,
    before: Option<CallRef>,
    limit: u32,
    now: Timestamp,
) -> Result<Vec<UnsettledCall>, StoreError> {
    let before = before.map_or(Uuid::max(), CallRef::uuid);
    let rows: Vec<UnsettledRow> = Statement::<UnsettledSql>::new(UNSETTLED)
        .over(Rows::new("upper_id").bytes([before.as_bytes().as_slice()]))
        .integer(now.micros())
        .integer(i64::from(limit))
        .load(tx.connection)?;
    rows.into_iter().map(unsettled_call).collect()
}

type UnsettledSql =
    (Binary, (Text, Text), Nullable<BigInt>, (Text, Text), BigInt, BigInt, BigInt, SmallInt);
/// id, switch and call, customer, from and to, decided, hold, until, state.
type UnsettledRow = (Vec<u8>, (String, String), Option<i64>, (String, String), i64, i64, i64, i16);

fn unsettled_call(row: UnsettledRow) -> Result<UnsettledCall, StoreError> {
    let (id, (switch, call), customer, (from, to), decided_at, hold, until, state) = row;
    let name = |text: &str| known(RecordName::parse(text), TABLE);
    let (reporter, name) = (name(&switch)?, name(&call)?);
    Ok(UnsettledCall {
        id: known(Uuid::from_slice(&id).ok().map(CallRef::new), TABLE)?,
        call: RecordKey { kind: RecordKind::Call, reporter, name },
        customer: customer.map(|id| known(CustomerId::new(id), TABLE)).transpose()?,
        from,
        to,
        decided_at: Timestamp::from_micros(decided_at),
        hold: Credits::new(hold),
        held_until: Timestamp::from_micros(until),
        state: CallState::from_code(state)?,
    })
}

const UNSETTLED: &str = "
    SELECT c.id, c.switch, c.call_id, c.customer_id, c.from_text, c.to_text, c.decided_at, c.hold,
           c.open_until, c.state
    FROM v JOIN calls c ON c.id < v.upper_id
    WHERE c.state = 4 OR c.state = 1 AND c.open_until <= {}
    ORDER BY c.id DESC LIMIT {}";

const TABLE: &str = "calls";

// One for which nothing was awaited is settled by its record too.
const DECISIONS: &str = "
    SELECT v.place, c.attempt, c.id, c.decided_at, c.from_text, c.from_number, c.from_hidden,
           c.to_text, c.to_number, c.hops, c.origin, c.refusal,
           c.way, c.way_text, c.way_more, c.way_id, c.is_private,
           c.max_seconds, c.announced_balance, c.announced_minutes,
           c.direction, c.ledger_id, c.customer_id,
           c.lease_id, c.lease_kind, c.charge_block, c.charge_rate,
           c.account_id, c.sub_account_id, c.ivml_id, c.card_id, c.deck_id,
           c.hold, c.open_until, c.answered_at,
           CASE WHEN c.state = 0 AND EXISTS (SELECT 1 FROM records r
                                             WHERE r.kind = 1 AND r.reporter = c.switch
                                               AND r.name = c.call_id)
                THEN CAST(2 AS SMALLINT) ELSE c.state END
    FROM v JOIN calls c ON c.switch = v.switch AND c.call_id = v.call_id
    WHERE c.attempt > (SELECT max(d.attempt) FROM calls d
                       WHERE d.switch = v.switch AND d.call_id = v.call_id) - 8
    ORDER BY v.place, c.attempt";

type DialledSql = (Text, Nullable<BigInt>, SmallInt, Text, Nullable<BigInt>, BigInt);
/// `from_text`, `from_number`, `from_hidden`, `to_text`, `to_number`, `hops`.
type DialledRow = (String, Option<i64>, i16, String, Option<i64>, i64);

type WaySql =
    (Nullable<SmallInt>, Nullable<Text>, Nullable<Text>, Nullable<BigInt>, Nullable<SmallInt>);
/// `way`, `way_text`, `way_more`, `way_id`, `is_private`.
type WayRow = (Option<i16>, Option<String>, Option<String>, Option<i64>, Option<i16>);

type LeaseSql = (Nullable<Binary>, Nullable<SmallInt>, Nullable<BigInt>, Nullable<BigInt>);
/// `lease_id`, `lease_kind`, `charge_block`, `charge_rate`.
type LeaseRow = (Option<Vec<u8>>, Option<i16>, Option<i64>, Option<i64>);

type AccountSql =
    (Nullable<BigInt>, Nullable<BigInt>, Nullable<BigInt>, Nullable<BigInt>, Nullable<BigInt>);
/// `account_id`, `sub_account_id`, `ivml_id`, `card_id`, `deck_id`.
type AccountRow = (Option<i64>, Option<i64>, Option<i64>, Option<i64>, Option<i64>);

type CallSql = (
    BigInt,
    BigInt,
    Binary,
    BigInt,
    DialledSql,
    Text,
    SmallInt,
    WaySql,
    (Nullable<BigInt>, Nullable<BigInt>, Nullable<BigInt>),
    (Nullable<SmallInt>, Nullable<BigInt>, Nullable<BigInt>),
    LeaseSql,
    AccountSql,
    (BigInt, Nullable<BigInt>, Nullable<BigInt>, SmallInt),
);

#[derive(Queryable)]
struct CallRow {
    place: i64,
    attempt: i64,
    id: Vec<u8>,
    decided_at: i64,
    dialled: DialledRow,
    origin: String,
    refusal: i16,
    way: WayRow,
    /// `max_seconds`, `announced_balance`, `announced_minutes`.
    limits: (Option<i64>, Option<i64>, Option<i64>),
    /// `direction`, `ledger_id`, `customer_id`.
    payer: (Option<i16>, Option<i64>, Option<i64>),
    lease: LeaseRow,
    account: AccountRow,
    /// `hold`, `open_until`, `answered_at`, `state`.
    standing: (i64, Option<i64>, Option<i64>, i16),
}

impl CallRow {
    fn decision(self, call: &RecordKey) -> Result<StoredDecision, StoreError> {
        let (_, _, answered_at, state) = self.standing;
        let outcome = match self.refusal {
            PUT_THROUGH => Ok(self.plan()?),
            code => Err(CallRefusal::from_code(code)?),
        };
        let decided = CallDecided {
            id: known(Uuid::from_slice(&self.id).ok().map(CallRef::new), TABLE)?,
            call: call.clone(),
            attempt: self.attempt,
            dialled: dialled(&self.dialled)?,
            origin: OriginLabel::new(&self.origin),
            decided_at: Timestamp::from_micros(self.decided_at),
            outcome,
        };
        let earlier = EarlierDecision { decided, state: CallState::from_code(state)? };
        Ok(StoredDecision { earlier, answered_at: instant(answered_at) })
    }

    fn plan(&self) -> Result<CallPlan, StoreError> {
        let (max_seconds, balance, minutes) = self.limits;
        let announcement =
            balance.map(|credits| Announcement { balance: Credits::new(credits), minutes });
        Ok(CallPlan { way: way(&self.way)?, max_seconds, payer: self.payer()?, announcement })
    }

    fn payer(&self) -> Result<Option<CallPayer>, StoreError> {
        let (direction, ledger, _) = self.payer;
        let (hold, open_until, _, _) = self.standing;
        let Some(ledger) = ledger else { return Ok(None) };
        let ledger = known(LedgerId::new(ledger), TABLE)?;
        Ok(Some(CallPayer {
            owner: self.owner(ledger)?,
            direction: Direction::from_code(known(direction, TABLE)?)?,
            hold: Credits::new(hold),
            held_until: known(instant(open_until), TABLE)?,
        }))
    }

    fn owner(&self, ledger: LedgerId) -> Result<RecordOwner, StoreError> {
        let (account, _, _, card, deck) = self.account;
        let deck = deck.map(|id| known(RateDeckId::new(id), TABLE)).transpose()?;
        match (account, card) {
            (Some(account), _) => self.account_owner(account, ledger, deck),
            (None, Some(card)) => {
                let card = known(CardId::new(card), TABLE)?;
                Ok(RecordOwner::Card(CardOwner { card, ledger, deck: known(deck, TABLE)? }))
            }
            (None, None) => self.lease_owner(ledger),
        }
    }

    fn account_owner(
        &self,
        account: i64,
        ledger: LedgerId,
        deck: Option<RateDeckId>,
    ) -> Result<RecordOwner, StoreError> {
        let (_, sub_account, ivml, _, _) = self.account;
        Ok(RecordOwner::Account(AccountOwner {
            account: known(AccountId::new(account), TABLE)?,
            part: part(sub_account)?,
            customer: self.customer()?,
            ledger,
            deck,
            ivml: ivml.map(|id| known(IvmlId::new(id), TABLE)).transpose()?,
        }))
    }

    fn lease_owner(&self, ledger: LedgerId) -> Result<RecordOwner, StoreError> {
        let (lease, kind, block, rate) = &self.lease;
        Ok(RecordOwner::Lease(LeaseOwner {
            lease: lease_id(known(lease.as_deref(), TABLE)?)?,
            kind: LeaseKind::from_code(known(*kind, TABLE)?)?,
            customer: self.customer()?,
            ledger,
            tariff: tariff(known(*block, TABLE)?, known(*rate, TABLE)?)?,
        }))
    }

    fn customer(&self) -> Result<CustomerId, StoreError> {
        known(self.payer.2.and_then(CustomerId::new), TABLE)
    }
}

/// In the place of a refusal's code.
pub(crate) const PUT_THROUGH: i16 = 0;

pub(super) fn tariff(block: i64, rate: i64) -> Result<BlockTariff, StoreError> {
    let block = known(BlockSeconds::new(block), TABLE)?;
    Ok(BlockTariff { block, rate: known(BlockRate::new(rate), TABLE)? })
}

fn dialled(row: &DialledRow) -> Result<Dialled, StoreError> {
    let (from, from_number, is_hidden, to, to_number, hops) = row;
    let party = |text: &str, number: Option<i64>| -> Result<Party, StoreError> {
        let number = number.map(|number| known(E164::from_integer(number).ok(), TABLE));
        Ok(Party { text: known(PartyText::parse(text), TABLE)?, number: number.transpose()? })
    };
    Ok(Dialled {
        from: party(from, *from_number)?,
        is_hidden: *is_hidden != 0,
        to: party(to, *to_number)?,
        hops: known(u32::try_from(*hops).ok(), TABLE)?,
    })
}

pub(crate) const TO_TELEPHONE: i16 = 1;
pub(crate) const TO_IVML: i16 = 2;
pub(crate) const TO_IVR: i16 = 3;
pub(crate) const TO_PHONES: i16 = 4;

fn way((way, text, more, id, is_private): &WayRow) -> Result<CallWay, StoreError> {
    let text = || known(text.as_deref(), TABLE);
    let more: Option<Box<str>> = more.as_deref().map(Into::into);
    match known(*way, TABLE)? {
        TO_TELEPHONE => Ok(CallWay::Bridge(Bridge {
            to: text()?.into(),
            caller_id: more,
            is_private: known(*is_private, TABLE)? != 0,
        })),
        TO_IVML => Ok(CallWay::Ivml { launch_url: text()?.into(), result_url: more }),
        TO_IVR => Ok(CallWay::Ivr(known(id.and_then(IvrMenuId::new), TABLE)?)),
        TO_PHONES => {
            let sub = |id| known(SubAccountId::new(id), TABLE).map(AccountPart::Sub);
            let part = id.map_or(Ok(AccountPart::Main), sub)?;
            Ok(CallWay::Sip { account: text()?.into(), part })
        }
        _ => Err(StoreError::corrupt(TABLE)),
    }
}
