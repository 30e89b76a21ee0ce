//! What would become of a call, without making it.

use leaseline_core::call::{AuthoriseRequest, CallDecided};
use leaseline_core::ids::{CallRef, LedgerId};
use leaseline_core::rating::{Rated, RatedService, Usage};
use leaseline_core::record::RecordOwner;
use leaseline_store::load;
use uuid::Uuid;

use crate::batch::authorise::look_up;
use crate::failure::Failure;
use crate::hub::Hub;

/// What would become of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Simulated {
    /// What would be decided on it; its name is nobody's.
    pub decided: CallDecided,
    /// What it would cost; none where it is not put through, or nobody pays.
    pub rated: Option<Rated>,
}

impl Hub {
    /// What would be decided now on a call, and what it would cost if it were connected for so many
    /// seconds. Nothing is written, and nothing set aside.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn simulate_call(
        &self,
        request: AuthoriseRequest,
        seconds: u64,
    ) -> Result<Simulated, Failure> {
        let now = self.now();
        self.read(move |tx| {
            let looked_up = look_up(tx, &[&request], now)?;
            let ledgers: Vec<LedgerId> = looked_up.ledgers().collect();
            let mut view = looked_up.0;
            view.ledgers = load::ledgers::ledgers_as_they_stand(tx, &ledgers)?;
            let nobodys = CallRef::new(Uuid::nil());
            let decided = view.authorise(&request, nobodys, now).decided().clone();
            let rated = decided.payer().and_then(|payer| match &payer.owner {
                RecordOwner::Lease(lease) => lease.tariff.cost(seconds).ok(),
                RecordOwner::Account(_) | RecordOwner::Card(_) => {
                    let service = RatedService::of_call(payer.direction);
                    let number = request.dialled.to.number?;
                    let rate = view.rates.get(&(payer.owner.deck()?, service, number))?;
                    rate.rate.cost(Usage::seconds(seconds)).ok()
                }
            });
            Ok(Simulated { decided, rated })
        })
        .await
    }
}
