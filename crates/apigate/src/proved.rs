//! Tokens that were proved before: a client brings the same one with each of its requests, and to
//! prove it costs more than what most of them ask for.
//!
//! Whether its user is enabled and the token not revoked is asked each time, of the hub.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use crate::token::Proved;

/// So many tokens are remembered; the next one after them begins anew.
const MOST: usize = 1_024;

/// Longer tokens are proved each time.
const LONGEST_BYTES: usize = 1_024;

/// Sound tokens alone, so that nobody without one takes room here.
#[derive(Default)]
pub(crate) struct Memory(RwLock<HashMap<Box<str>, Arc<Proved>>>);

impl Memory {
    pub(crate) fn recall(&self, token: &str) -> Option<Arc<Proved>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(token).cloned()
    }

    pub(crate) fn keep(&self, token: &str, proved: &Arc<Proved>) {
        if token.len() > LONGEST_BYTES {
            return;
        }
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST {
            kept.clear();
        }
        kept.insert(token.into(), Arc::clone(proved));
    }
}
