//! Answers that were given under an idempotency key.

use std::collections::HashMap;

use diesel::sql_types::{BigInt, Binary, Text};
use leaseline_core::Timestamp;
use leaseline_core::ids::{ApiUserId, MorUserId, StaffId};

use crate::error::StoreError;
use crate::row::known;
use crate::statement::{Rows, Statement};
use crate::transaction::Tx;

/// Whose a key is. The ids of the kinds of users are told apart by the operations, of which those of
/// MOR's interface begin with `mor/`, and those of the console with `console/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyHolder {
    /// A user of the APIs.
    ApiUser(ApiUserId),
    /// A user of MOR's interface.
    MorUser(MorUserId),
    /// A user of the console.
    Staff(StaffId),
}

impl KeyHolder {
    pub(crate) const fn id(self) -> i64 {
        match self {
            Self::ApiUser(id) => id.get(),
            Self::MorUser(id) => id.get(),
            Self::Staff(id) => id.get(),
        }
    }
}

impl From<ApiUserId> for KeyHolder {
    fn from(id: ApiUserId) -> Self {
        Self::ApiUser(id)
    }
}

impl From<MorUserId> for KeyHolder {
    fn from(id: MorUserId) -> Self {
        Self::MorUser(id)
    }
}

impl From<StaffId> for KeyHolder {
    fn from(id: StaffId) -> Self {
        Self::Staff(id)
    }
}

/// A key belongs to a user and an operation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct KeyOwner {
    /// Whose it is.
    pub user: KeyHolder,
    /// What it was sent to.
    pub operation: &'static str,
    /// The key.
    pub key: String,
}

/// An answer that was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredAnswer {
    /// Digest of the parameters it was given to.
    pub fingerprint: Vec<u8>,
    /// The answer, byte for byte.
    pub answer: String,
}

/// The answers given under these keys since an instant.
pub fn answers(
    tx: &mut Tx<'_>,
    keys: &[&KeyOwner],
    since: Timestamp,
) -> Result<HashMap<KeyOwner, StoredAnswer>, StoreError> {
    let owners = Rows::new("place, user_id, operation, key")
        .integers((0..).take(keys.len()))
        .integers(keys.iter().map(|key| key.user.id()))
        .texts(keys.iter().map(|key| key.operation))
        .texts(keys.iter().map(|key| key.key.as_str()));
    let rows: Vec<(i64, Vec<u8>, String)> = Statement::<(BigInt, Binary, Text)>::new(ANSWERS)
        .over(owners)
        .integer(since.micros())
        .load(tx.connection)?;
    rows.into_iter().map(|row| owned(row, keys)).collect()
}

fn owned(
    (place, fingerprint, answer): (i64, Vec<u8>, String),
    keys: &[&KeyOwner],
) -> Result<(KeyOwner, StoredAnswer), StoreError> {
    let place = usize::try_from(place).ok();
    let owner = known(place.and_then(|place| keys.get(place)), "idempotency_keys")?;
    Ok(((*owner).clone(), StoredAnswer { fingerprint, answer }))
}

const ANSWERS: &str = "
    SELECT v.place, i.fingerprint, i.answer
    FROM v JOIN idempotency_keys i
      ON i.user_id = v.user_id AND i.operation = v.operation AND i.key = v.key
    WHERE i.at > {}";
