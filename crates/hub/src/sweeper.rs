//! What is done from time to time: forgetting the answers that nobody may repeat any more, a
//! thousand at a time, as ordinary requests between others.

use std::time::Duration;

use tokio::sync::watch;

use crate::hub::Hub;
use crate::idempotency::KEPT;
use crate::operator::ForgetKeys;

const PAUSE: Duration = Duration::from_secs(60);

/// Runs until the hub closes.
pub(crate) async fn run(hub: Hub, mut closing: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            _ = closing.changed() => return,
            () = tokio::time::sleep(PAUSE) => {}
        }
        while let Ok(1_000..) = hub.ask(ForgetKeys { before: hub.now().saturating_sub(KEPT) }).await
        {
        }
    }
}
