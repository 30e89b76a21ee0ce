//! From the configuration to the Apigate facade's settings, for this binary and for the combined
//! one.

use leaseline_apigate::{Settings, ShortSecret, TokenKey, TokenKeys};
use leaseline_service::{Config, JwtKey, Problem, jwt_keys};

/// The facade's settings. Reads the files with secrets, and makes a SQLite database's own.
///
/// # Errors
/// Those of [`jwt_keys`].
pub fn settings(config: &Config) -> Result<Settings, Problem> {
    Ok(Settings {
        path_prefixes: config.apigate.path_prefixes.clone(),
        zone: config.apigate.time_zone.clone(),
        region: config.default_region.clone(),
        trusted_proxies: config.trusted_proxies.clone(),
        max_reserve: config.apigate.max_reserve,
        limits: config.limits.web,
        tokens: token_keys(config)?,
    })
}

/// What a new configuration means for keys in use: its own take their place.
pub fn reloading(keys: &TokenKeys) -> impl Fn(&Config) -> Result<(), Problem> + use<> {
    let keys = keys.clone();
    move |config| token_keys(config).map(|others| keys.replace(&others))
}

/// The keys alone, for who issues tokens.
///
/// # Errors
/// Those of [`jwt_keys`].
pub fn token_keys(config: &Config) -> Result<TokenKeys, Problem> {
    let keys = jwt_keys(config)?.into_iter().map(token_key);
    let keys: Vec<_> = keys.collect::<Result<_, _>>().map_err(|error: ShortSecret| {
        Problem::new("sign tokens", error, "openssl rand -hex 32 makes a secret")
    })?;
    Ok(TokenKeys::new(keys, config.jwt.issuer.clone(), config.jwt.audience.clone()))
}

fn token_key(JwtKey { id, secret, until }: JwtKey) -> Result<TokenKey, ShortSecret> {
    TokenKey::new(id, secret.expose().to_vec(), until)
}
