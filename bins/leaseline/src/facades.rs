//! Every facade and the console in one process.

use std::sync::Arc;

use actix_web::web::ServiceConfig;
use leaseline_console::{HashShown, MorHashes};
use leaseline_hub::{Hub, Sealed, Vault};
use leaseline_mor::{Method, hash};
use leaseline_service::{Config, Problem};

/// What the console asks about MOR's interface.
struct Hashes(Vault);

impl MorHashes for Hashes {
    fn methods(&self) -> Vec<(&'static str, &'static [&'static str])> {
        Method::ALL.iter().map(|method| (method.name(), method.hashed())).collect()
    }

    fn hash(
        &self,
        method: &str,
        parameters: &[(&str, &str)],
        secret: &Sealed,
    ) -> Result<HashShown, String> {
        let method = Method::by_name(method).ok_or("there is no such method")?;
        let secret = self.0.open(secret).ok_or("the secret was encrypted with another mor.key")?;
        if let Some((strange, _)) =
            parameters.iter().find(|(name, _)| !method.hashed().contains(name))
        {
            return Err(format!("{strange:?} takes no part in the hash of {}", method.name()));
        }
        let value = |name: &&str| parameters.iter().rev().find(|(known, _)| known == name);
        let values: Vec<_> =
            method.hashed().iter().filter_map(value).map(|(_, value)| *value).collect();
        let hash = hash::hex(values.iter().map(|value| value.as_bytes()), secret.expose());
        Ok(HashShown { hashed: format!("{}<secret>", values.concat()), hash })
    }
}

/// The settings of each.
pub(crate) struct Facades {
    pub(crate) apigate: leaseline_apigate::Settings,
    pub(crate) mor: leaseline_mor::Settings,
    traitel: leaseline_traitel::Settings,
    switch: leaseline_switch::Settings,
    console: leaseline_console::Settings,
}

impl Facades {
    /// Reads the files with secrets, and makes a SQLite database's own.
    pub(crate) fn configured(config: &Config) -> Result<Self, Problem> {
        let apigate = leaseline_apigate_server::settings(config)?;
        let mor = leaseline_mor_server::settings(config)?;
        Ok(Self {
            apigate,
            traitel: leaseline_traitel_server::settings(config),
            switch: leaseline_switch_server::settings(config),
            console: leaseline_console::Settings {
                behind_tls: config.behind_proxy || config.tls.is_some(),
                trusted_proxies: config.trusted_proxies.clone(),
                limits: config.limits.web,
                region: config.default_region.clone(),
                single_caller_id: config.switch.single_caller_id,
                longest_seconds: config.switch.max_call_seconds,
                mor_hashes: Some(Arc::new(Hashes(mor.vault.clone()))),
            },
            mor,
        })
    }

    /// Mounts all of them. Of the paths under `/api/` MOR takes those of one segment, and Apigate
    /// what is left. A path is compared with one after the other: those asked for most come first.
    pub(crate) fn routes(self, hub: Hub) -> impl Fn(&mut ServiceConfig) + Clone + Send + 'static {
        let console = leaseline_console::routes(hub.clone(), self.console);
        let traitel = leaseline_traitel::routes(hub.clone(), self.traitel);
        let switch = leaseline_switch::routes(hub.clone(), self.switch);
        let mor = leaseline_mor::routes(hub.clone(), self.mor);
        let apigate = leaseline_apigate::routes(hub, self.apigate);
        move |app| {
            mor(app);
            apigate(app);
            traitel(app);
            switch(app);
            console(app);
        }
    }
}
