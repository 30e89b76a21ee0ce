//! What groups of cards refer to, made and changed.

use leaseline_core::ids::MorUserId;

use crate::error::StoreError;
use crate::load::mor_items::{MorItem, MorKind};
use crate::statement::{Rows, Statement};
use crate::transaction::Tx;

/// Writes down a thing as it is to be, under an id that the operator chose.
pub fn put(tx: &mut Tx<'_>, kind: MorKind, id: i64, item: &MorItem) -> Result<(), StoreError> {
    let row = Rows::new("id, name, owner_id, rate_deck, percent")
        .integers([id])
        .texts([item.name.as_str()])
        .optional_integers([item.owner.map(MorUserId::get)])
        .optional_texts([item.rate_deck.as_deref()])
        .optional_integers([item.percent]);
    Statement::<()>::new(kind.put()).over(row).execute(tx.connection)?;
    Ok(())
}

impl MorKind {
    const fn put(self) -> &'static str {
        match self {
            Self::Tariff => {
                "INSERT INTO tariffs (id, name, owner_id, rate_deck)
                 SELECT id, name, owner_id, rate_deck FROM v WHERE id IS NOT NULL
                 ON CONFLICT (id) DO UPDATE SET name = excluded.name,
                   owner_id = excluded.owner_id, rate_deck = excluded.rate_deck"
            }
            Self::Lcr => {
                "INSERT INTO lcrs (id, name, owner_id)
                 SELECT id, name, owner_id FROM v WHERE id IS NOT NULL
                 ON CONFLICT (id) DO UPDATE SET name = excluded.name,
                   owner_id = excluded.owner_id"
            }
            Self::Location => {
                "INSERT INTO locations (id, name, owner_id)
                 SELECT id, name, owner_id FROM v WHERE id IS NOT NULL
                 ON CONFLICT (id) DO UPDATE SET name = excluded.name,
                   owner_id = excluded.owner_id"
            }
            Self::Tax => {
                "INSERT INTO taxes (id, name, owner_id, percent)
                 SELECT id, name, owner_id, percent FROM v WHERE id IS NOT NULL
                 ON CONFLICT (id) DO UPDATE SET name = excluded.name,
                   owner_id = excluded.owner_id, percent = excluded.percent"
            }
        }
    }
}
