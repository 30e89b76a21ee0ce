//! The one configuration that all binaries read. Later layers win: the built-in defaults, the
//! file, the environment, the flags.

mod convert;
mod layer;
#[cfg(any(test, fuzzing))]
pub mod properties;
mod reader;
mod sections;
mod setting;
mod sources;

use std::net::SocketAddr;

use leaseline_core::region::Region;
use leaseline_core::retention::RetentionTerms;
use leaseline_core::throttle::Throttle;
use leaseline_hub::insight::Keeping;
use leaseline_web::Networks;

use crate::database::{DatabaseUrl, UnknownUrl};
use crate::problem::Problem;
use layer::Layer;
use reader::Reader;

pub(crate) use layer::flat_toml;
pub use sections::{
    Apigate, CallControl, Jwt, JwtSource, KeyEntry, Limits, Log, LogFormat, Mor, MorKey, TlsFiles,
};
pub use setting::Setting;
pub use sources::Sources;

/// All of it, each section checked as far as it can be without opening anything. Paths are
/// relative to the current folder.
///
/// Which keys there are, and their defaults, is in `defaults.toml` beside this file.
#[derive(Clone, Debug)]
pub struct Config {
    /// The database.
    pub database_url: DatabaseUrl,
    /// Where to listen.
    pub listen: SocketAddr,
    /// Where operators alone are answered (health and metrics), if not where everybody is.
    pub admin_listen: Option<SocketAddr>,
    /// `metrics.inventory`: whether this process counts the numbers for its metrics.
    pub count_inventory: bool,
    /// `tls.*`: what is presented to clients; none serves in the clear.
    pub tls: Option<TlsFiles>,
    /// Whether a proxy in front of us ends TLS.
    pub behind_proxy: bool,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Networks,
    /// `numbers.default_region`: where a number without a country code belongs.
    pub default_region: Region,
    /// `jwt.*`: how API tokens are signed.
    pub jwt: Jwt,
    /// `apigate.*`.
    pub apigate: Apigate,
    /// `mor.*`.
    pub mor: Mor,
    /// `switch.*`.
    pub switch: CallControl,
    /// `limits.*`: every bound.
    pub limits: Limits,
    /// `log.*`.
    pub log: Log,
    /// `logins.*`: how many failed logins are too many.
    pub logins: Throttle,
    /// `retention.*`: what is kept for how long.
    pub retention: RetentionTerms,
    /// `requests.*` and how long requests are kept: which are remembered.
    pub requests: Keeping,
    sources: Sources,
}

impl Config {
    /// Reads and checks all layers.
    ///
    /// # Errors
    /// A [`Problem`] that names the key, where it was set, and what to do: a file that cannot be
    /// read, an unknown key (with the nearest known one), a value that is none.
    pub fn load(sources: &Sources) -> Result<Self, Problem> {
        Self::read(sources).map(|(config, _)| config)
    }

    /// Reads and checks all layers, and says where each value comes from.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn settings(sources: &Sources) -> Result<Vec<Setting>, Problem> {
        Self::read(sources).map(|(_, keys)| keys.settings())
    }

    /// What stands before the addresses on which we listen: `https` or `http`.
    pub const fn scheme(&self) -> &'static str {
        if self.tls.is_some() { "https" } else { "http" }
    }

    /// This configuration with what may change while a process runs, read again: `jwt.*` and
    /// `tls.*`.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn reread(&self) -> Result<Self, Problem> {
        let anew = Self::load(&self.sources)?;
        Ok(Self { jwt: anew.jwt, tls: anew.tls, ..self.clone() })
    }

    fn read(sources: &Sources) -> Result<(Self, Reader), Problem> {
        Self::of(sources.layers()?, sources)
    }

    fn of(layers: Vec<Layer>, sources: &Sources) -> Result<(Self, Reader), Problem> {
        let mut keys = Reader::new(layers);
        let retention = sections::retention(&mut keys)?;
        let config = Self {
            database_url: database_url(&mut keys)?,
            listen: keys.need("listen", convert::address)?,
            admin_listen: keys.find("admin_listen", convert::address)?,
            count_inventory: keys.need("metrics.inventory", convert::boolean)?,
            tls: TlsFiles::read(&mut keys)?,
            behind_proxy: keys.need("behind_proxy", convert::boolean)?,
            trusted_proxies: keys.need("trusted_proxies", convert::networks)?,
            default_region: keys.need("numbers.default_region", convert::region)?,
            jwt: Jwt::read(&mut keys)?,
            apigate: Apigate::read(&mut keys)?,
            mor: Mor::read(&mut keys)?,
            switch: CallControl::read(&mut keys)?,
            limits: Limits::read(&mut keys)?,
            log: Log::read(&mut keys)?,
            logins: sections::logins(&mut keys)?,
            retention,
            requests: sections::requests(&mut keys, &retention)?,
            sources: sources.clone(),
        };
        keys.refuse_unknown()?;
        Ok((config, keys))
    }
}

/// It may hold a password, so it has a twin as every secret has.
fn database_url(keys: &mut Reader) -> Result<DatabaseUrl, Problem> {
    let found = keys.need_secret("database_url")?;
    let url = String::from_utf8_lossy(found.value.expose()).parse();
    url.map_err(|error: UnknownUrl| {
        let hint = "write sqlite://leaseline.db or postgres://USER@HOST/DATABASE";
        Problem::new(format!("understand {}", found.place), error, hint)
    })
}

#[cfg(test)]
mod tests;
