//! What is asked at random, in a world small enough for requests to meet.

use leaseline_core::customer::{CustomerChange, CustomerStatus, ServiceChange};
use leaseline_core::lease::LeaseKind;
use leaseline_testkit::limit;
use proptest::option;
use proptest::prelude::*;

/// Something that is asked, or time that passes.
#[derive(Clone, Debug)]
pub(crate) enum Command {
    Lease { by: By, customer: usize, phones: Phones, length: Length, key: Option<u8> },
    Release { by: By, lease: usize, kind: Kind, key: Option<u8> },
    Query { by: By, lease: usize, kind: Kind },
    Reserve { by: By, customer: usize, quantity: u32, key: Option<u8> },
    TopUp { by: By, customer: usize, credits: i64, key: Option<u8> },
    Create { status: CustomerStatus, credits: i64, key: Option<u8> },
    Update { by: By, customer: usize, change: CustomerChange, key: Option<u8> },
    View { by: By, customer: usize },
    Wait(Wait),
}

/// Who asks.
#[derive(Clone, Copy, Debug)]
pub(crate) enum By {
    Admin,
    /// For the second customer alone.
    Client,
}

/// For which of the [`PHONES`].
#[derive(Clone, Copy, Debug)]
pub(crate) enum Phones {
    One(usize),
    Two(usize, usize),
}

/// How long a lease is to last.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Length {
    Minutes(i64),
    TooLong,
}

/// Of which kind a lease is said to be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    ItsOwn,
    TheOther,
}

/// How much time passes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wait {
    Micros(u32),
    /// Until the next lease is over or the next number is free.
    NextEnd,
    /// A microsecond less.
    JustBeforeNextEnd,
    /// As long as an answer is kept under its key.
    Day,
}

/// Three of one network as one would send them, one of another, and the first of our own numbers.
pub(crate) const PHONES: [&str; 5] =
    ["0195730420", "+60195730421", "60195730422", "0123456789", "0388880000"];

pub(crate) fn command() -> impl Strategy<Value = Command> {
    prop_oneof![
        8 => (by(), customer(), phones(), length(), key()).prop_map(
            |(by, customer, phones, length, key)| Command::Lease { by, customer, phones, length, key }
        ),
        4 => (by(), lease(), kind(), key())
            .prop_map(|(by, lease, kind, key)| Command::Release { by, lease, kind, key }),
        2 => (by(), lease(), kind()).prop_map(|(by, lease, kind)| Command::Query { by, lease, kind }),
        1 => (by(), customer(), 1..3_u32, key()).prop_map(
            |(by, customer, quantity, key)| Command::Reserve { by, customer, quantity, key }
        ),
        2 => (by(), customer(), credits(), key())
            .prop_map(|(by, customer, credits, key)| Command::TopUp { by, customer, credits, key }),
        1 => (status(), credits(), key())
            .prop_map(|(status, credits, key)| Command::Create { status, credits, key }),
        1 => (by(), customer(), change(), key())
            .prop_map(|(by, customer, change, key)| Command::Update { by, customer, change, key }),
        1 => (by(), customer()).prop_map(|(by, customer)| Command::View { by, customer }),
        4 => wait().prop_map(Command::Wait),
    ]
}

fn by() -> impl Strategy<Value = By> {
    prop_oneof![4 => Just(By::Admin), 1 => Just(By::Client)]
}

/// Three there are from the start; later ones may be created or not.
fn customer() -> impl Strategy<Value = usize> {
    prop_oneof![8 => 0..3_usize, 1 => 3..5_usize]
}

/// Counted back from the last lease that was granted.
fn lease() -> impl Strategy<Value = usize> {
    0..6_usize
}

fn phones() -> impl Strategy<Value = Phones> {
    let place = || prop_oneof![12 => 0..3_usize, 1 => 3..PHONES.len()];
    let two = (place(), place()).prop_filter_map("two phones", |(first, second)| {
        (first != second).then_some(Phones::Two(first, second))
    });
    prop_oneof![3 => place().prop_map(Phones::One), 2 => two]
}

fn length() -> impl Strategy<Value = Length> {
    prop_oneof![12 => (1..4_i64).prop_map(Length::Minutes), 1 => Just(Length::TooLong)]
}

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![8 => Just(Kind::ItsOwn), 1 => Just(Kind::TheOther)]
}

/// Two of them, so that they meet.
fn key() -> impl Strategy<Value = Option<u8>> {
    option::weighted(0.3, 0..2_u8)
}

fn credits() -> impl Strategy<Value = i64> {
    prop_oneof![8 => -100..100_i64, 1 => Just(i64::MAX), 1 => Just(i64::MIN)]
}

fn status() -> impl Strategy<Value = CustomerStatus> {
    prop_oneof![3 => Just(CustomerStatus::Active), 2 => Just(CustomerStatus::Suspended)]
}

fn change() -> impl Strategy<Value = CustomerChange> {
    (option::of(status()), service(), service()).prop_map(|(status, single, group)| {
        CustomerChange { status, single, group, ..CustomerChange::default() }
    })
}

fn service() -> impl Strategy<Value = ServiceChange> {
    (option::weighted(0.2, prop::bool::weighted(0.7)), option::weighted(0.3, 0..4_i64)).prop_map(
        |(enabled, most)| ServiceChange {
            enabled,
            max_leases: most.map(limit),
            ..ServiceChange::default()
        },
    )
}

fn wait() -> impl Strategy<Value = Wait> {
    prop_oneof![
        2 => (1..60_000_000_u32).prop_map(Wait::Micros),
        3 => Just(Wait::NextEnd),
        2 => Just(Wait::JustBeforeNextEnd),
        1 => Just(Wait::Day),
    ]
}

impl Kind {
    pub(crate) const fn of(self, kind: LeaseKind) -> LeaseKind {
        match (self, kind) {
            (Self::ItsOwn, kind) => kind,
            (Self::TheOther, LeaseKind::Single) => LeaseKind::Group,
            (Self::TheOther, LeaseKind::Group) => LeaseKind::Single,
        }
    }
}
