//! Asking for changes: into the writer's inbox, and back after the commit.

use std::time::Duration;

use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::{Hub, OPERATORS_PATIENCE, lock};
use crate::failure::Failure;
use crate::idempotency::{Idempotency, Settled};
use crate::inbox::{Answer, Command};
use crate::meters;
use crate::request::{Request, Way};

impl Hub {
    /// Asks for a change, and hears of it after its commit.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn ask<R: Request>(&self, request: R) -> Result<R::Outcome, Failure> {
        match self.submit(request, None).await? {
            Settled::Fresh(outcome) => Ok(outcome),
            // Only a key could have found an earlier answer.
            Settled::Repeated(_) => Err(Failure::Unavailable),
        }
    }

    /// Asks for a change that is made once for all requests with this key.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn ask_once<R: Request>(
        &self,
        request: R,
        key: Idempotency<R::Outcome>,
    ) -> Result<Settled<R::Outcome>, Failure> {
        self.submit(request, Some(key)).await
    }

    /// How many requests wait for the writer, and how many may.
    pub(crate) fn inbox_depth(&self) -> (usize, usize) {
        let inbox = lock(&self.0.inbox);
        inbox
            .as_ref()
            .map_or((0, 0), |inbox| (inbox.max_capacity() - inbox.capacity(), inbox.max_capacity()))
    }

    /// Asks for an operator, who waits longer than an API's caller.
    pub(crate) async fn ask_patiently<R: Request>(
        &self,
        request: R,
    ) -> Result<R::Outcome, Failure> {
        match self.submit_within(OPERATORS_PATIENCE, request, None).await? {
            Settled::Fresh(outcome) => Ok(outcome),
            Settled::Repeated(_) => Err(Failure::Unavailable),
        }
    }

    async fn submit<R: Request>(
        &self,
        request: R,
        key: Option<Idempotency<R::Outcome>>,
    ) -> Answer<R::Outcome> {
        self.submit_within(self.0.patience, request, key).await
    }

    pub(crate) async fn submit_within<R: Request>(
        &self,
        patience: Duration,
        request: R,
        key: Option<Idempotency<R::Outcome>>,
    ) -> Answer<R::Outcome> {
        let (reply, answered) = oneshot::channel();
        let command = request.into_command(Way { key, reply }, &*self.0.ids);
        self.send(command, Entry::IfThereIsRoom)?;
        self.hear(answered, patience).await
    }

    /// Asks for what must be done however much else waits, which is one thing at a time.
    pub(crate) async fn ask_regardless<R: Request>(&self, request: R) -> Answer<R::Outcome> {
        let (reply, answered) = oneshot::channel();
        let command = request.into_command(Way { key: None, reply }, &*self.0.ids);
        self.send(command, Entry::Regardless)?;
        self.hear(answered, OPERATORS_PATIENCE).await
    }

    /// Waits for an answer, and gives up in the end. Whoever waited for somebody else's lock hears so,
    /// also where it was not his own request that met it.
    async fn hear<O>(
        &self,
        mut answered: oneshot::Receiver<Answer<O>>,
        patience: Duration,
    ) -> Answer<O> {
        if let Ok(heard) = timeout(patience, &mut answered).await {
            return heard.unwrap_or(Err(Failure::Unavailable));
        }
        let tries = self.0.contention.tries();
        answered.close();
        match answered.try_recv() {
            Ok(in_the_last_moment) => in_the_last_moment,
            Err(_) if self.0.contention.kept_away(tries) => Err(Failure::Locked),
            Err(_) => Err(Failure::Unavailable),
        }
    }

    fn send(&self, command: Command, entry: Entry) -> Result<(), Failure> {
        let inbox = lock(&self.0.inbox);
        let inbox = inbox.as_ref().ok_or(Failure::Unavailable)?;
        let waiting = inbox.max_capacity() - inbox.capacity();
        if entry == Entry::IfThereIsRoom && !self.0.room.admits(&command, waiting) {
            return Err(overloaded());
        }
        let place = inbox.try_reserve().map_err(|error| match error {
            TrySendError::Full(()) => overloaded(),
            TrySendError::Closed(()) => Failure::Unavailable,
        })?;
        self.0.room.entered(&command);
        place.send(command);
        Ok(())
    }
}

/// Who is let in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Entry {
    IfThereIsRoom,
    /// As long as the inbox has a place.
    Regardless,
}

fn overloaded() -> Failure {
    meters::inbox_refused();
    Failure::Overloaded
}
