//! Records as they are looked at: an account's logs, page by page, and what an operator asks for.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, SmallInt, Text};
use leaseline_core::Timestamp;
use leaseline_core::account::AccountPart;
use leaseline_core::ids::{AccountId, CustomerId, IvmlId, RecordId};
use leaseline_core::ivr::Direction;
use leaseline_core::money::Credits;
use leaseline_core::rating::SmsType;
use leaseline_core::record::{
    CallResult, FaxOutcome, PartyText, RecordFlag, RecordKey, RecordKind, RecordName, Review,
    ReviewNote, Tracking,
};

use super::records::part;
use crate::error::StoreError;
use crate::row::{Code, flags_of, known};
use crate::statement::Statement;
use crate::transaction::Tx;

/// A record that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordLine {
    /// Its id.
    pub id: RecordId,
    /// What it is known by.
    pub key: RecordKey,
    /// Which way it went.
    pub direction: Direction,
    /// Whose balance it spent; none for an orphan.
    pub customer: Option<CustomerId>,
    /// The account it belongs to, if it is one's.
    pub account: Option<AccountId>,
    /// Which part of that account.
    pub part: AccountPart,
    /// The IVML configuration that took part.
    pub ivml: Option<IvmlId>,
    /// From whom, as the switch wrote it.
    pub from: String,
    /// To whom.
    pub to: String,
    /// When it began.
    pub at: Timestamp,
    /// When it came to be known.
    pub received_at: Timestamp,
    /// What is odd about it.
    pub flags: Vec<RecordFlag>,
    /// What was charged; none where nobody could be.
    pub charge: Option<Credits>,
    /// So many seconds were billed.
    pub billed_seconds: Option<i64>,
    /// How the charge was reckoned, in words.
    pub trace: Option<String>,
    /// What happened.
    pub detail: RecordDetail,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordDetail {
    /// A call.
    Call {
        /// Whether it was answered.
        result: CallResult,
        /// How long it lasted: see [`CallResult::duration_seconds`].
        duration_seconds: u64,
    },
    /// A fax.
    Fax {
        /// What the other machine calls itself.
        station: Option<String>,
        /// How many pages.
        pages: i64,
        /// Bits per second.
        speed: i64,
        /// How long it took.
        duration_seconds: i64,
        /// The how-manieth try it was.
        attempt: i64,
        /// How it ended.
        outcome: FaxOutcome,
    },
    /// A text message.
    Sms {
        /// What it says.
        text: String,
        /// Whether it went out.
        sent: bool,
        /// How far it is, if it is tracked.
        tracking: Option<Tracking>,
        /// As what it was sent.
        sms_type: SmsType,
    },
}

/// Which records of an account to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActivityFilter {
    /// Whose.
    pub account: AccountId,
    /// Of which kind.
    pub kind: RecordKind,
    /// Which way.
    pub direction: Direction,
    /// Only those of this part.
    pub part: Option<AccountPart>,
    /// Those that began at this instant or later.
    pub from: Timestamp,
    /// And before this one.
    pub until: Timestamp,
}

/// The place of a record in a log, to read on from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActivityCursor {
    at: Timestamp,
    id: RecordId,
}

/// What an operator has to look at, until somebody has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordState {
    /// Belongs to nobody we know.
    Orphan,
    /// Was sent again with another content.
    Conflict,
    /// Has an owner who could not be charged.
    Unpriced,
}

/// A record that came with the name of another one and said something else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConflictLine {
    /// All that it said.
    pub content: String,
    /// When it came.
    pub received_at: Timestamp,
}

impl ActivityCursor {
    /// The place of a record that began then and has this id.
    pub const fn new(at: Timestamp, id: RecordId) -> Self {
        Self { at, id }
    }

    /// When the record began.
    pub const fn at(self) -> Timestamp {
        self.at
    }

    /// The record.
    pub const fn id(self) -> RecordId {
        self.id
    }
}

impl RecordLine {
    /// Where it stands in a log.
    pub const fn cursor(&self) -> ActivityCursor {
        ActivityCursor { at: self.at, id: self.id }
    }
}

/// At most so many records of an account after one (or from the first on), by time, then id.
pub fn activity(
    tx: &mut Tx<'_>,
    filter: ActivityFilter,
    after: Option<ActivityCursor>,
    limit: u32,
) -> Result<Vec<RecordLine>, StoreError> {
    let before_all = (filter.from.micros().saturating_sub(1), i64::MAX);
    let (at, id) = after.map_or(before_all, |cursor| (cursor.at.micros(), cursor.id.get()));
    let part = match filter.part {
        None => ANY,
        Some(AccountPart::Main) => MAIN_ACCOUNT,
        Some(AccountPart::Sub(id)) => id.get(),
    };
    let asked = Statement::new(ACTIVITY)
        .integer(filter.account.get())
        .integer(filter.kind.code().into())
        .integer(filter.direction.code().into())
        .integer(at)
        .integer(id)
        .integer(filter.until.micros())
        .integer(part)
        .integer(part)
        .integer(i64::from(limit));
    lines(tx, asked)
}

/// At most so many records, the last ones first: before one, or from the last on.
pub fn records(
    tx: &mut Tx<'_>,
    state: Option<RecordState>,
    before: Option<RecordId>,
    limit: u32,
) -> Result<Vec<RecordLine>, StoreError> {
    let text = match state {
        None => ALL,
        Some(RecordState::Orphan) => ORPHANS,
        Some(RecordState::Conflict) => CONFLICTING,
        Some(RecordState::Unpriced) => UNPRICED,
    };
    let before = before.map_or(i64::MAX, RecordId::get);
    lines(tx, Statement::new(text).integer(before).integer(i64::from(limit)))
}

/// The record with this id.
pub fn record(tx: &mut Tx<'_>, id: RecordId) -> Result<Option<RecordLine>, StoreError> {
    Ok(lines(tx, Statement::new(ONE).integer(id.get()))?.pop())
}

/// What else came by the name of a record, the first ones first, at most a hundred.
pub fn conflicts(tx: &mut Tx<'_>, id: RecordId) -> Result<Vec<ConflictLine>, StoreError> {
    let rows: Vec<(String, i64)> =
        Statement::<(Text, BigInt)>::new(CONFLICTS).integer(id.get()).load(tx.connection)?;
    let line = |(content, at)| ConflictLine { content, received_at: Timestamp::from_micros(at) };
    Ok(rows.into_iter().map(line).collect())
}

/// What somebody found who looked at a record, the last time.
pub fn review(tx: &mut Tx<'_>, id: RecordId) -> Result<Option<Review>, StoreError> {
    let rows: Vec<(i64, String)> =
        Statement::<(BigInt, Text)>::new(REVIEW).integer(id.get()).load(tx.connection)?;
    let review = |(at, note): (i64, String)| {
        let note = known(ReviewNote::parse(&note), "record_reviews")?;
        Ok(Review { at: Timestamp::from_micros(at), note })
    };
    rows.into_iter().next().map(review).transpose()
}

const ANY: i64 = -1;
const MAIN_ACCOUNT: i64 = 0;

pub(super) fn lines(
    tx: &mut Tx<'_>,
    asked: Statement<'_, LineSql>,
) -> Result<Vec<RecordLine>, StoreError> {
    let rows: Vec<LineRow> = asked.load(tx.connection)?;
    rows.into_iter().map(RecordLine::try_from).collect()
}

// A macro because `concat!` takes nothing but literals: the columns must not be written down again
// and again.
macro_rules! select {
    () => {
        "SELECT r.id, r.kind, r.reporter, r.name, r.direction, r.customer_id, r.account_id,
                r.sub_account_id, r.ivml_id, r.from_text, r.to_text, r.at, r.received_at, r.flags,
                r.charge, r.billed_seconds, r.trace,
                c.answered, c.bill_ms, c.ended_at,
                f.station, f.pages, f.speed, f.duration_seconds, f.attempt, f.error_code,
                f.raw_error,
                m.text, m.sent, m.tracking, m.sms_type
         FROM records r
         LEFT JOIN call_reports c ON c.record_id = r.id
         LEFT JOIN fax_reports f ON f.record_id = r.id
         LEFT JOIN sms_reports m ON m.record_id = r.id "
    };
}

pub(super) use select;

const ACTIVITY: &str = concat!(
    select!(),
    "WHERE r.account_id = {} AND r.kind = {} AND r.direction = {} AND (r.at, r.id) > ({}, {})
       AND r.at < {} AND ({} = -1 OR COALESCE(r.sub_account_id, 0) = {})
     ORDER BY r.at, r.id LIMIT {}"
);

const ALL: &str = concat!(select!(), "WHERE r.id < {} ORDER BY r.id DESC LIMIT {}");

const ORPHANS: &str = concat!(
    select!(),
    "WHERE r.customer_id IS NULL AND r.card_id IS NULL AND (r.flags & 16) = 0 AND r.id < {}
       AND NOT EXISTS (SELECT 1 FROM record_reviews w WHERE w.record_id = r.id)
     ORDER BY r.id DESC LIMIT {}"
);

const UNPRICED: &str = concat!(
    select!(),
    "WHERE r.charge IS NULL AND (r.customer_id IS NOT NULL OR r.card_id IS NOT NULL) AND r.id < {}
       AND NOT EXISTS (SELECT 1 FROM record_reviews w WHERE w.record_id = r.id)
     ORDER BY r.id DESC LIMIT {}"
);

const CONFLICTING: &str = concat!(
    select!(),
    "WHERE r.id IN (SELECT k.record_id FROM record_conflicts k
                    LEFT JOIN record_reviews w ON w.record_id = k.record_id
                    WHERE w.reviewed_at IS NULL OR w.reviewed_at < k.received_at)
       AND r.id < {}
     ORDER BY r.id DESC LIMIT {}"
);

const ONE: &str = concat!(select!(), "WHERE r.id = {}");

const CONFLICTS: &str = "
    SELECT content, received_at FROM record_conflicts WHERE record_id = {} ORDER BY id LIMIT 100";

const REVIEW: &str = "SELECT reviewed_at, note FROM record_reviews WHERE record_id = {}";

pub(super) type LineSql = (
    BigInt,
    SmallInt,
    Text,
    Text,
    SmallInt,
    Nullable<BigInt>,
    Nullable<BigInt>,
    Nullable<BigInt>,
    Nullable<BigInt>,
    Text,
    Text,
    BigInt,
    BigInt,
    BigInt,
    Nullable<BigInt>,
    Nullable<BigInt>,
    Nullable<Text>,
    Nullable<SmallInt>,
    Nullable<BigInt>,
    Nullable<BigInt>,
    Nullable<Text>,
    Nullable<BigInt>,
    Nullable<BigInt>,
    Nullable<BigInt>,
    Nullable<BigInt>,
    Nullable<BigInt>,
    Nullable<Text>,
    Nullable<Text>,
    Nullable<SmallInt>,
    Nullable<SmallInt>,
    Nullable<SmallInt>,
);

#[derive(Queryable)]
struct LineRow {
    id: i64,
    kind: i16,
    reporter: String,
    name: String,
    direction: i16,
    customer_id: Option<i64>,
    account_id: Option<i64>,
    sub_account_id: Option<i64>,
    ivml_id: Option<i64>,
    from_text: String,
    to_text: String,
    at: i64,
    received_at: i64,
    flags: i64,
    charge: Option<i64>,
    billed_seconds: Option<i64>,
    trace: Option<String>,
    answered: Option<i16>,
    bill_ms: Option<i64>,
    ended_at: Option<i64>,
    station: Option<String>,
    pages: Option<i64>,
    speed: Option<i64>,
    duration_seconds: Option<i64>,
    attempt: Option<i64>,
    error_code: Option<i64>,
    raw_error: Option<String>,
    text: Option<String>,
    sent: Option<i16>,
    tracking: Option<i16>,
    sms_type: Option<i16>,
}

const TABLE: &str = "records";

impl TryFrom<LineRow> for RecordLine {
    type Error = StoreError;

    fn try_from(row: LineRow) -> Result<Self, StoreError> {
        let kind = RecordKind::from_code(row.kind)?;
        let detail = match kind {
            RecordKind::Call => row.call()?,
            RecordKind::Fax => row.fax()?,
            RecordKind::Sms => row.sms()?,
        };
        let name = |text: &str| known(RecordName::parse(text), TABLE);
        let account = |id| known(AccountId::new(id), TABLE);
        let customer = |id| known(CustomerId::new(id), TABLE);
        let ivml = |id| known(IvmlId::new(id), TABLE);
        Ok(Self {
            id: known(RecordId::new(row.id), TABLE)?,
            key: RecordKey { kind, reporter: name(&row.reporter)?, name: name(&row.name)? },
            direction: Direction::from_code(row.direction)?,
            customer: row.customer_id.map(customer).transpose()?,
            account: row.account_id.map(account).transpose()?,
            part: part(row.sub_account_id)?,
            ivml: row.ivml_id.map(ivml).transpose()?,
            from: row.from_text,
            to: row.to_text,
            at: Timestamp::from_micros(row.at),
            received_at: Timestamp::from_micros(row.received_at),
            flags: flags_of(row.flags),
            charge: row.charge.map(Credits::new),
            billed_seconds: row.billed_seconds,
            trace: row.trace,
            detail,
        })
    }
}

impl LineRow {
    fn call(&self) -> Result<RecordDetail, StoreError> {
        let result = match known(self.answered, CALLS)? {
            0 => CallResult::Failed,
            _ => CallResult::Answered,
        };
        let (began_at, ended_at) = (self.at, known(self.ended_at, CALLS)?);
        let [began_at, ended_at] = [began_at, ended_at].map(Timestamp::from_micros);
        let bill_ms = known(self.bill_ms, CALLS)?;
        let duration_seconds = result.duration_seconds(began_at, ended_at, bill_ms);
        Ok(RecordDetail::Call { result, duration_seconds })
    }

    fn fax(&self) -> Result<RecordDetail, StoreError> {
        let raw = self.raw_error.as_deref().map(|raw| known(PartyText::parse(raw), FAXES));
        let code = known(self.error_code.and_then(|code| u16::try_from(code).ok()), FAXES)?;
        Ok(RecordDetail::Fax {
            station: self.station.clone(),
            pages: known(self.pages, FAXES)?,
            speed: known(self.speed, FAXES)?,
            duration_seconds: known(self.duration_seconds, FAXES)?,
            attempt: known(self.attempt, FAXES)?,
            outcome: FaxOutcome::from_parts(code, raw.transpose()?),
        })
    }

    fn sms(&self) -> Result<RecordDetail, StoreError> {
        Ok(RecordDetail::Sms {
            text: known(self.text.clone(), MESSAGES)?,
            sent: known(self.sent, MESSAGES)? != 0,
            tracking: self.tracking.map(Tracking::from_code).transpose()?,
            sms_type: SmsType::from_code(known(self.sms_type, MESSAGES)?)?,
        })
    }
}

const CALLS: &str = "call_reports";
const FAXES: &str = "fax_reports";
const MESSAGES: &str = "sms_reports";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Planner;

    #[test]
    fn a_log_is_read_along_its_index_and_never_sorted() {
        let mut planner = Planner::new();
        let asked = (0..9).fold(Statement::<LineSql>::new(ACTIVITY), Statement::integer);
        let plan = planner.plan(&asked);
        let index = "INDEX records_of_account (account_id=? AND kind=? AND direction=? AND at>?";
        assert!(plan.goes_along(index), "{plan:#?}");
        assert!(!plan.goes_along("TEMP B-TREE"), "{plan:#?}");
    }
}
