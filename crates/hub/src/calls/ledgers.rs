//! The ledgers that calls are booked on, while a transaction decides.

use std::collections::HashMap;

use leaseline_core::Timestamp;
use leaseline_core::call::{CallLedger, Day};
use leaseline_core::ids::LedgerId;
use leaseline_core::ledger::{LedgerEntry, Posting};
use leaseline_store::record::calls::LetGo;
use leaseline_store::{StoreError, Tx, load, record};

/// Ledgers that are held until the transaction ends, as what was decided in it leaves them.
pub(crate) struct CallLedgers {
    ledgers: HashMap<LedgerId, CallLedger>,
    now: Timestamp,
}

impl CallLedgers {
    /// Holds these ledgers; what was set aside on them and has run out is set aside no longer.
    pub(crate) fn open(
        tx: &mut Tx<'_>,
        ids: &[LedgerId],
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let mut opened = Self { ledgers: HashMap::new(), now };
        opened.open_more(tx, ids)?;
        Ok(opened)
    }

    /// Holds those of these ledgers too that are not held yet.
    pub(crate) fn open_more(
        &mut self,
        tx: &mut Tx<'_>,
        ids: &[LedgerId],
    ) -> Result<(), StoreError> {
        let new = ids.iter().copied().filter(|id| !self.ledgers.contains_key(id));
        let new: Vec<_> = new.collect();
        self.ledgers.extend(load::ledgers::ledgers_for_calls(tx, &new)?);
        let lapsed = record::calls::lapsed(tx, &new, self.now)?;
        lapsed.iter().for_each(|free| self.let_go(free));
        Ok(())
    }

    /// Writes down how they stand, but for their balances, which their entries brought along.
    pub(crate) fn close(self, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        let mut ledgers: Vec<_> = self.ledgers.into_values().collect();
        ledgers.sort_unstable_by_key(|ledger| ledger.head.ledger);
        record::ledgers::for_calls(tx, &ledgers)
    }

    pub(crate) fn get(&self, id: LedgerId) -> Option<&CallLedger> {
        self.ledgers.get(&id)
    }

    /// Lends them to whoever decides; they come back as the decisions leave them.
    pub(crate) fn lend<T>(
        &mut self,
        to: impl FnOnce(&mut HashMap<LedgerId, CallLedger>) -> T,
    ) -> T {
        to(&mut self.ledgers)
    }

    /// Whether something could be booked, each after those before it; nothing is.
    pub(crate) fn rehearse(&self) -> Self {
        Self { ledgers: self.ledgers.clone(), now: self.now }
    }

    /// Books something; `None` when the ledger cannot hold it.
    pub(crate) fn post(&mut self, id: LedgerId, posting: Posting) -> Option<LedgerEntry> {
        let ledger = self.ledgers.get_mut(&id)?;
        let spent = posting.amount.checked_neg()?;
        let entry = ledger.head.post(posting).ok()?;
        ledger.spend(spent, Day::of(self.now));
        Some(entry)
    }

    /// Lets go what was set aside for a call, of a ledger that is held.
    pub(crate) fn let_go(&mut self, free: &LetGo) {
        if let Some(ledger) = self.ledgers.get_mut(&free.ledger) {
            ledger.let_go(free.hold);
        }
    }
}
