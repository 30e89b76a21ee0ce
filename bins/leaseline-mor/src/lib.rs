//! From the configuration to the MOR facade's settings, for this binary and for the combined one.

use leaseline_hub::Vault;
use leaseline_mor::Settings;
use leaseline_service::{Config, Problem, mor_key};

/// The facade's settings. Reads the file with the key, and makes a SQLite database's own.
///
/// # Errors
/// Those of [`mor_key`].
pub fn settings(config: &Config) -> Result<Settings, Problem> {
    Ok(Settings {
        path_prefixes: config.mor.path_prefixes.clone(),
        allow_api: config.mor.allow_api,
        allow_get: config.mor.allow_get,
        vault: vault(config)?,
        trusted_proxies: config.trusted_proxies.clone(),
        limits: config.limits.web,
    })
}

/// What secrets are sealed by alone, for who provisions users.
///
/// # Errors
/// Those of [`mor_key`].
pub fn vault(config: &Config) -> Result<Vault, Problem> {
    Vault::new(mor_key(config)?.expose())
        .map_err(|error| Problem::new("encrypt secrets", error, "openssl rand -hex 32 makes a key"))
}
