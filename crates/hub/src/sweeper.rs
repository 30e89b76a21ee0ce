//! What is done from time to time: forgetting the answers that nobody may repeat any more and the
//! failed logins that no longer count, a thousand at a time, old requests and samples of pools too, and
//! debiting the months that began; all as ordinary requests between others.

use std::time::Duration;

use leaseline_core::Timestamp;
use leaseline_store::{Tx, record};
use tokio::sync::watch;

use crate::accounts;
use crate::cards;
use crate::hub::Hub;
use crate::ids::Ids;
use crate::inbox::Command;
use crate::insight::ThinSamples;
use crate::request::{Request, Way};

const PAUSE: Duration = Duration::from_secs(60);

/// Old requests are looked for in one pass of so many, as that means a walk along all of them.
const FORGETS_REQUESTS: u64 = 10;

/// So much is forgotten in one transaction.
const AT_A_TIME: i64 = 1_000;

/// Answers given before an instant, to be forgotten. The outcome is how many were.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ForgetAnswers {
    pub(crate) before: Timestamp,
}

/// Failed logins before an instant, to be forgotten. The outcome is how many were.
#[derive(Clone, Copy, Debug)]
struct ForgetFailedLogins {
    before: Timestamp,
}

/// Runs until the hub closes.
pub(crate) async fn run(hub: Hub, mut closing: watch::Receiver<bool>) {
    let mut passes = 0_u64;
    loop {
        tokio::select! {
            _ = closing.changed() => return,
            () = tokio::time::sleep(PAUSE) => {}
        }
        let forget = ForgetAnswers { before: hub.now().saturating_sub(hub.answers_kept()) };
        while let Ok(1..) = hub.ask(forget).await {}
        let forget = ForgetFailedLogins { before: hub.throttle().forgets_before(hub.now()) };
        while let Ok(1..) = hub.ask(forget).await {}
        // What failed is logged where it happened, and tried again after the pause.
        let _ = accounts::charge_due_months(&hub).await;
        while let Ok(1..) = hub.ask(cards::ChargeCardDays).await {}
        while let Ok(1..) = hub.ask(ThinSamples).await {}
        if passes.is_multiple_of(FORGETS_REQUESTS) {
            let _ = hub.forget_requests().await;
        }
        passes += 1;
    }
}

impl Request for ForgetAnswers {
    type Outcome = usize;

    fn into_command(self, way: Way<usize>, _: &dyn Ids) -> Command {
        way.errand(self, |tx: &mut Tx<'_>, old: &Self, _: Timestamp| {
            record::idempotency::forget(tx, old.before, AT_A_TIME).map(Ok)
        })
    }
}

impl Request for ForgetFailedLogins {
    type Outcome = usize;

    fn into_command(self, way: Way<usize>, _: &dyn Ids) -> Command {
        way.errand(self, |tx: &mut Tx<'_>, old: &Self, _: Timestamp| {
            record::logins::forget_failures(tx, old.before, AT_A_TIME).map(Ok)
        })
    }
}
