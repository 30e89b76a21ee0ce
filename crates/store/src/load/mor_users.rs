//! Users of MOR's interface.

use std::fmt;

use diesel::sql_types::{BigInt, Binary, Nullable, SmallInt, Text};
use leaseline_core::Timestamp;
use leaseline_core::ids::{CustomerId, MorUserId};
use leaseline_core::money::Credits;
use leaseline_core::mor_user::{MorProfile, MorRole, MorUser};

use crate::error::StoreError;
use crate::row::{Code, known};
use crate::statement::{Rows, Statement};
use crate::transaction::Tx;

/// A user's secret, as it is kept: encrypted, with the name that it was encrypted for.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedSecret {
    /// Whose it is.
    pub username: String,
    /// What was made of it.
    pub sealed: Vec<u8>,
}

impl fmt::Debug for SealedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealedSecret(of {:?})", self.username)
    }
}

/// What a user proves itself by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedSecrets {
    /// The present secret.
    pub present: SealedSecret,
    /// The one before it, and from when on it no longer counts.
    pub former: Option<(SealedSecret, Timestamp)>,
}

impl SealedSecrets {
    /// Those that count at an instant, the present one first.
    pub fn at(&self, now: Timestamp) -> impl Iterator<Item = &SealedSecret> {
        let former = self.former.iter().filter(move |(_, until)| now < *until);
        std::iter::once(&self.present).chain(former.map(|(secret, _)| secret))
    }
}

/// The user of this name.
pub fn mor_user(tx: &mut Tx<'_>, username: &str) -> Result<Option<MorUser>, StoreError> {
    let name = Rows::new("username").texts([username]);
    let rows: Vec<UserRow> = Statement::<UserSql>::new(USER).over(name).load(tx.connection)?;
    rows.into_iter().next().map(user).transpose()
}

/// The secrets by which a user proves who it is: its own; an accountant without one uses the
/// administrator's.
pub fn secrets(tx: &mut Tx<'_>, user: &MorUser) -> Result<Option<SealedSecrets>, StoreError> {
    let own = Statement::<SecretSql>::new(OWN_SECRET).integer(user.id.get());
    let found: Vec<SecretRow> = own.load(tx.connection)?;
    let found = match (found.is_empty(), user.profile.role) {
        (true, MorRole::Accountant) => {
            Statement::<SecretSql>::new(ADMINS_SECRET).load(tx.connection)?
        }
        _ => found,
    };
    Ok(found.into_iter().next().map(sealed))
}

/// The balance of the customer that is this user's; `None` if there is no such user or it has no
/// customer.
pub fn balance(tx: &mut Tx<'_>, user: MorUserId) -> Result<Option<Credits>, StoreError> {
    let balance = Statement::<BigInt>::new(BALANCE).integer(user.get());
    let rows: Vec<i64> = balance.load(tx.connection)?;
    Ok(rows.first().copied().map(Credits::new))
}

type UserSql = (BigInt, Text, SmallInt, SmallInt, SmallInt, Nullable<BigInt>);
type UserRow = (i64, String, i16, i16, i16, Option<i64>);
type SecretSql = (Text, Binary, Nullable<Binary>, Nullable<BigInt>);
type SecretRow = (String, Vec<u8>, Option<Vec<u8>>, Option<i64>);

fn sealed((username, present, former, until): SecretRow) -> SealedSecrets {
    let of = |sealed| SealedSecret { username: username.clone(), sealed };
    let former =
        former.zip(until).map(|(former, until)| (of(former), Timestamp::from_micros(until)));
    SealedSecrets { present: of(present), former }
}

fn user(
    (id, username, role, calling_cards, enabled, customer): UserRow,
) -> Result<MorUser, StoreError> {
    let customer = customer.map(|id| known(CustomerId::new(id), TABLE)).transpose()?;
    let profile = MorProfile {
        role: MorRole::from_code(role)?,
        calling_cards: calling_cards != 0,
        enabled: enabled != 0,
        customer,
    };
    Ok(MorUser { id: known(MorUserId::new(id), TABLE)?, username, profile })
}

const TABLE: &str = "mor_users";

const USER: &str = "
    SELECT u.id, u.username, u.role, u.calling_cards, u.enabled, u.customer_id
    FROM v JOIN mor_users u ON u.username = v.username";

const OWN_SECRET: &str = "
    SELECT username, secret, former_secret, former_secret_until FROM mor_users
    WHERE id = {} AND secret IS NOT NULL";

const ADMINS_SECRET: &str = "
    SELECT username, secret, former_secret, former_secret_until FROM mor_users
    WHERE role = 1 AND enabled = 1 AND secret IS NOT NULL ORDER BY id LIMIT 1";

const BALANCE: &str = "
    SELECT l.balance FROM mor_users u
    JOIN customers c ON c.id = u.customer_id JOIN ledgers l ON l.id = c.ledger_id
    WHERE u.id = {}";
