//! What groups of cards refer to: tariffs, routings, locations and taxes, each with its owner.

use diesel::sql_types::{BigInt, Nullable, Text};
use leaseline_core::ids::MorUserId;
use leaseline_core::mor_user::MorCaller;

use crate::error::StoreError;
use crate::row::known;
use crate::statement::Statement;
use crate::transaction::Tx;

/// A kind of thing that the operator numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MorKind {
    /// A tariff.
    Tariff,
    /// A least-cost routing.
    Lcr,
    /// A location.
    Location,
    /// A tax.
    Tax,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MorItem {
    /// Its name.
    pub name: String,
    /// The only reseller who sees it; `None` is everybody's.
    pub owner: Option<MorUserId>,
    /// A tariff's rate deck.
    pub rate_deck: Option<String>,
    /// A tax's rate, in ten-thousandths of a percent.
    pub percent: Option<i64>,
}

/// The thing with this id, whoever's it is.
pub fn item(tx: &mut Tx<'_>, kind: MorKind, id: i64) -> Result<Option<MorItem>, StoreError> {
    let rows: Vec<ItemRow> =
        Statement::<ItemSql>::new(kind.item()).integer(id).load(tx.connection)?;
    rows.into_iter().next().map(found).transpose()
}

/// Whether there is a thing with this id that the caller sees.
pub fn sees(
    tx: &mut Tx<'_>,
    kind: MorKind,
    id: i64,
    caller: &MorCaller,
) -> Result<bool, StoreError> {
    let item = item(tx, kind, id)?;
    Ok(item.is_some_and(|item| caller.sees(item.owner)))
}

/// The lowest id of those that the caller sees.
pub fn lowest(
    tx: &mut Tx<'_>,
    kind: MorKind,
    caller: &MorCaller,
) -> Result<Option<i64>, StoreError> {
    let viewer = caller.only_owner().map_or(EVERYTHING, MorUserId::get);
    let lowest = Statement::<BigInt>::new(kind.lowest()).integer(viewer).integer(viewer);
    let rows: Vec<i64> = lowest.load(tx.connection)?;
    Ok(rows.first().copied())
}

/// In the place of an owner's id: whoever's it is.
pub(crate) const EVERYTHING: i64 = 0;

type ItemSql = (Text, Nullable<BigInt>, Nullable<Text>, Nullable<BigInt>);
type ItemRow = (String, Option<i64>, Option<String>, Option<i64>);

fn found((name, owner, rate_deck, percent): ItemRow) -> Result<MorItem, StoreError> {
    let owner = owner.map(|id| known(MorUserId::new(id), "mor_users")).transpose()?;
    Ok(MorItem { name, owner, rate_deck, percent })
}

// A macro because a statement's text is one literal, and the four differ in their table alone.
macro_rules! lowest {
    ($table:literal) => {
        concat!(
            "SELECT id FROM ",
            $table,
            " WHERE {} = 0 OR owner_id IS NULL OR owner_id = {} ORDER BY id LIMIT 1"
        )
    };
}

impl MorKind {
    const fn item(self) -> &'static str {
        match self {
            Self::Tariff => {
                "SELECT name, owner_id, rate_deck, CAST(NULL AS BIGINT) FROM tariffs WHERE id = {}"
            }
            Self::Lcr => {
                "SELECT name, owner_id, CAST(NULL AS TEXT), CAST(NULL AS BIGINT)
                 FROM lcrs WHERE id = {}"
            }
            Self::Location => {
                "SELECT name, owner_id, CAST(NULL AS TEXT), CAST(NULL AS BIGINT)
                 FROM locations WHERE id = {}"
            }
            Self::Tax => {
                "SELECT name, owner_id, CAST(NULL AS TEXT), percent FROM taxes WHERE id = {}"
            }
        }
    }

    const fn lowest(self) -> &'static str {
        match self {
            Self::Tariff => lowest!("tariffs"),
            Self::Lcr => lowest!("lcrs"),
            Self::Location => lowest!("locations"),
            Self::Tax => lowest!("taxes"),
        }
    }
}
