//! Subscriptions: which there are, and ending them.

use leaseline_core::Timestamp;
use leaseline_core::phone::E164;
use leaseline_core::pool::Service;
use leaseline_store::load::subscriptions::{SubscriptionFilter, SubscriptionLine};
use leaseline_store::{Tx, load, record};

use crate::accounts::charge_begun;
use crate::failure::Failure;
use crate::hub::Hub;
use crate::ids::Ids;
use crate::inbox::Command;
use crate::request::{Request, Way};

/// A subscription to be ended: unassigned, the months that have begun debited, and none after them. With the last
/// service of a number the number is nobody's, and rests for its pool's quarantine. The outcome
/// says whether there was such a subscription.
#[derive(Clone, Copy, Debug)]
pub struct Unsubscribe {
    /// Of which number.
    pub number: E164,
    /// Which service of it.
    pub service: Service,
}

impl Request for Unsubscribe {
    type Outcome = bool;

    fn into_command(self, way: Way<bool>, _: &dyn Ids) -> Command {
        way.errand(self, |tx: &mut Tx<'_>, ask: &Self, now: Timestamp| {
            if let Some((id, _)) = load::subscriptions::open(tx, ask.number, ask.service)? {
                charge_begun(tx, id, now)?;
            }
            let Some(open) = load::subscriptions::open_for_change(tx, ask.number, ask.service)?
            else {
                return Ok(Ok(false));
            };
            record::subscriptions::end(tx, open, now)?;
            Ok(Ok(true))
        })
    }
}

impl Hub {
    /// At most so many subscriptions, in the order in which they began.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn subscriptions(
        &self,
        filter: SubscriptionFilter,
        limit: u32,
    ) -> Result<Vec<SubscriptionLine>, Failure> {
        self.read(move |tx| load::subscriptions::subscriptions(tx, filter, limit)).await
    }
}
