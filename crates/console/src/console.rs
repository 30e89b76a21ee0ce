//! What every page needs.

use std::sync::Arc;

use leaseline_core::call::SingleCallerId;
use leaseline_core::region::Region;
use leaseline_hub::{Hub, Sealed};
use leaseline_web::{Limits, Networks};

/// How the console is set up.
#[derive(Clone)]
pub struct Settings {
    /// Whether browsers come over TLS, so that the cookie is for nothing else.
    pub behind_tls: bool,
    /// Proxies whose word on a request's source counts.
    pub trusted_proxies: Networks,
    /// Bounds on bodies.
    pub limits: Limits,
    /// Where a number without a country code belongs.
    pub region: Region,
    /// Which number the phone behind a single lease sees, for calls that are simulated.
    pub single_caller_id: SingleCallerId,
    /// No call lasts longer than so many seconds; none is no bound.
    pub longest_seconds: Option<i64>,
    /// What knows how requests to MOR's interface are proved; none leaves that tool out.
    pub mor_hashes: Option<Arc<dyn MorHashes>>,
}

/// How requests to MOR's interface are proved. The console knows no facade: whoever mounts both
/// brings them together.
pub trait MorHashes: Send + Sync {
    /// The methods, each with the parameters that are hashed, in their order.
    fn methods(&self) -> Vec<(&'static str, &'static [&'static str])>;

    /// What is hashed for a method with these parameters and a user's secret.
    ///
    /// # Errors
    /// In words: the secret can not be opened, or a parameter takes no part.
    fn hash(
        &self,
        method: &str,
        parameters: &[(&str, &str)],
        secret: &Sealed,
    ) -> Result<HashShown, String>;
}

/// What is hashed, the secret masked, and the hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HashShown {
    /// The text, with `<secret>` where the secret stands.
    pub hashed: String,
    /// Its digest in hexadecimal.
    pub hash: String,
}

/// The console.
pub(crate) struct Console {
    pub(crate) hub: Hub,
    pub(crate) settings: Settings,
}

impl Console {
    pub(crate) const fn new(hub: Hub, settings: Settings) -> Self {
        Self { hub, settings }
    }

    /// The cookie's name. `__Host-` has a browser refuse one that somebody else's page or a plain
    /// connection set.
    pub(crate) const fn cookie(&self) -> &'static str {
        if self.settings.behind_tls { "__Host-leaseline" } else { "leaseline" }
    }
}
