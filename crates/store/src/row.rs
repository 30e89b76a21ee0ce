//! How values of the core stand in columns, and how they are read back.

use std::time::Duration;

use leaseline_core::Timestamp;
use leaseline_core::audit::AuditAction;
use leaseline_core::call::{CallRefusal, CallState};
use leaseline_core::customer::{ChargeMethod, CustomerStatus};
use leaseline_core::decimal::Rounding;
use leaseline_core::ids::LeaseId;
use leaseline_core::ivr::Direction;
use leaseline_core::lease::LeaseKind;
use leaseline_core::ledger::EntryKind;
use leaseline_core::mor_user::MorRole;
use leaseline_core::phone::{E164, PhoneNumber};
use leaseline_core::pool::{Fee, Purpose, Service};
use leaseline_core::rating::{RatedService, SmsType};
use leaseline_core::record::{RecordFlag, RecordKind, Tracking};
use leaseline_core::request_log::Effect;
use leaseline_core::staff::StaffRole;
use leaseline_core::subscription::SubscriptionFees;
use uuid::Uuid;

use crate::error::StoreError;

/// The shelf of the general pool.
pub(crate) const GENERAL_SHELF: i64 = 0;

/// In the place of a user's id: the operator.
pub(crate) const BY_OPERATOR: i64 = 0;

/// An enum that is kept as a small integer.
pub(crate) trait Code: Copy + PartialEq + 'static {
    /// Every value with its code.
    const CODES: &'static [(Self, i16)];
    /// The table it is kept in, for the error.
    const TABLE: &'static str;

    fn code(self) -> i16 {
        let known = Self::CODES.iter().find(|(value, _)| *value == self);
        known.map(|(_, code)| *code).expect("every value has a code: the tests go through them")
    }

    fn from_code(code: i16) -> Result<Self, StoreError> {
        let known = Self::CODES.iter().find(|(_, known)| *known == code);
        known.map(|(value, _)| *value).ok_or(StoreError::corrupt(Self::TABLE))
    }
}

impl Code for LeaseKind {
    const CODES: &'static [(Self, i16)] = &[(Self::Single, 1), (Self::Group, 2)];
    const TABLE: &'static str = "leases";
}

impl Code for CustomerStatus {
    const CODES: &'static [(Self, i16)] = &[(Self::Active, 1), (Self::Suspended, 2)];
    const TABLE: &'static str = "customers";
}

impl Code for ChargeMethod {
    const CODES: &'static [(Self, i16)] = &[(Self::Prepaid, 1), (Self::Postpaid, 2)];
    const TABLE: &'static str = "customers";
}

impl Code for EntryKind {
    const CODES: &'static [(Self, i16)] = &[
        (Self::Opening, 1),
        (Self::TopUp, 2),
        (Self::Call, 3),
        (Self::Subscription, 4),
        (Self::MonthlyFee, 5),
        (Self::Sms, 6),
        (Self::Fax, 7),
        (Self::Card, 8),
        (Self::Correction, 9),
    ];
    const TABLE: &'static str = "ledger_entries";
}

impl Code for MorRole {
    const CODES: &'static [(Self, i16)] =
        &[(Self::Admin, 1), (Self::Reseller, 2), (Self::Accountant, 3), (Self::User, 4)];
    const TABLE: &'static str = "mor_users";
}

impl Code for Purpose {
    const CODES: &'static [(Self, i16)] = &[(Self::Lease, 1), (Self::Did, 2)];
    const TABLE: &'static str = "pools";
}

impl Code for Service {
    const CODES: &'static [(Self, i16)] = &[(Self::Voice, 1), (Self::Fax, 2), (Self::Sms, 3)];
    const TABLE: &'static str = "did_subscriptions";
}

impl Code for Direction {
    const CODES: &'static [(Self, i16)] = &[(Self::Inbound, 1), (Self::Outbound, 2)];
    const TABLE: &'static str = "ivml_configurations";
}

impl Code for RatedService {
    const CODES: &'static [(Self, i16)] = &[
        (Self::Voice, 1),
        (Self::VoiceIn, 2),
        (Self::Fax, 3),
        (Self::Sms(SmsType::Replies), 4),
        (Self::Sms(SmsType::Masking), 5),
        (Self::Sms(SmsType::Tracking), 6),
        (Self::Sms(SmsType::MaskTrack), 7),
    ];
    const TABLE: &'static str = "rates";
}

impl Code for RecordKind {
    const CODES: &'static [(Self, i16)] = &[(Self::Call, 1), (Self::Fax, 2), (Self::Sms, 3)];
    const TABLE: &'static str = "records";
}

/// Each a bit of its own, but for the last one: 16 keeps a record that is nobody's out of the index of
/// orphans, and a call that was refused is not looked for there either.
impl Code for RecordFlag {
    const CODES: &'static [(Self, i16)] = &[
        (Self::NegativeDuration, 1),
        (Self::Overrun, 2),
        (Self::Unpriced, 4),
        (Self::UnknownFaxError, 8),
        (Self::Emergency, 16),
        (Self::Refused, 16 | 32),
    ];
    const TABLE: &'static str = "records";
}

/// A record's flags as the bits of one number.
pub(crate) fn flag_bits(flags: &[RecordFlag]) -> i64 {
    flags.iter().fold(0, |bits, flag| bits | i64::from(flag.code()))
}

/// The flags of these bits.
pub(crate) fn flags_of(bits: i64) -> Vec<RecordFlag> {
    let stands = |flag: &RecordFlag| bits & i64::from(flag.code()) == i64::from(flag.code());
    let is_refused = stands(&RecordFlag::Refused);
    let meant = |flag: &RecordFlag| stands(flag) && !(is_refused && *flag == RecordFlag::Emergency);
    RecordFlag::ALL.into_iter().filter(meant).collect()
}

/// 0 stands for none.
impl Code for CallRefusal {
    const CODES: &'static [(Self, i16)] = &[
        (Self::NoSuchNumber, 1),
        (Self::NotAMember, 2),
        (Self::Anonymous, 3),
        (Self::CustomerSuspended, 4),
        (Self::TooManyCalls, 5),
        (Self::SpentForToday, 6),
        (Self::DestinationNotAllowed, 7),
        (Self::NoCredit, 8),
        (Self::Loop, 9),
        (Self::Unassigned, 10),
        (Self::NoRate, 11),
        (Self::UnknownAccount, 12),
        (Self::WrongCard, 13),
        (Self::CardNotValid, 14),
    ];
    const TABLE: &'static str = "calls";
}

impl Code for CallState {
    const CODES: &'static [(Self, i16)] = &[
        (Self::Closed, 0),
        (Self::Open, 1),
        (Self::Settled, 2),
        (Self::Replaced, 3),
        (Self::Lapsed, 4),
    ];
    const TABLE: &'static str = "calls";
}

impl Code for Tracking {
    const CODES: &'static [(Self, i16)] =
        &[(Self::Pending, 1), (Self::Delivered, 2), (Self::Failed, 3)];
    const TABLE: &'static str = "sms_reports";
}

impl Code for SmsType {
    const CODES: &'static [(Self, i16)] =
        &[(Self::Replies, 1), (Self::Masking, 2), (Self::Tracking, 3), (Self::MaskTrack, 4)];
    const TABLE: &'static str = "sms_reports";
}

impl Code for Effect {
    const CODES: &'static [(Self, i16)] =
        &[(Self::Looked, 1), (Self::Changed, 2), (Self::Failed, 3)];
    const TABLE: &'static str = "requests";
}

impl Code for Rounding {
    const CODES: &'static [(Self, i16)] = &[(Self::Up, 1), (Self::HalfUp, 2), (Self::Down, 3)];
    const TABLE: &'static str = "rates";
}

impl Code for StaffRole {
    const CODES: &'static [(Self, i16)] = &[
        (Self::Viewer, 1),
        (Self::Support, 2),
        (Self::Finance, 3),
        (Self::Operator, 4),
        (Self::Admin, 5),
    ];
    const TABLE: &'static str = "staff";
}

impl Code for AuditAction {
    const CODES: &'static [(Self, i16)] = &[
        (Self::LogIn, 1),
        (Self::LogOut, 2),
        (Self::SetPassword, 3),
        (Self::AddStaff, 4),
        (Self::MakeLink, 5),
        (Self::ChangeStaff, 6),
        (Self::Trace, 7),
        (Self::Reveal, 8),
        (Self::Release, 9),
        (Self::TopUp, 10),
        (Self::ChangeCustomer, 11),
        (Self::ImportNumbers, 12),
    ];
    const TABLE: &'static str = "audit_entries";
}

/// A value of the core from a column of `table`.
pub(crate) fn known<T>(value: Option<T>, table: &'static str) -> Result<T, StoreError> {
    value.ok_or(StoreError::corrupt(table))
}

pub(crate) fn number(e164: i64, shown: &str) -> Result<PhoneNumber, StoreError> {
    Ok(PhoneNumber::from_parts(shown, known(E164::from_integer(e164).ok(), "numbers")?))
}

/// A subscription's or a pool's.
pub(crate) fn fees(setup: i64, monthly: i64) -> Result<SubscriptionFees, StoreError> {
    let fee = |credits| known(Fee::new(credits), "did_subscriptions");
    Ok(SubscriptionFees { setup: fee(setup)?, monthly: fee(monthly)? })
}

pub(crate) fn lease_id(bytes: &[u8]) -> Result<LeaseId, StoreError> {
    known(Uuid::from_slice(bytes).ok().map(LeaseId::new), "leases")
}

pub(crate) fn instant(micros: Option<i64>) -> Option<Timestamp> {
    micros.map(Timestamp::from_micros)
}

pub(crate) fn quarantine(micros: i64) -> Result<Duration, StoreError> {
    known(u64::try_from(micros).ok().map(Duration::from_micros), "pools")
}

pub(crate) fn flag(value: bool) -> i16 {
    i16::from(value)
}
