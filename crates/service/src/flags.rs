//! The flags that all binaries have.

use std::ffi::OsStr;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::builder::TypedValueParser;
use clap::error::ErrorKind;
use clap::{Arg, Args, Command};

use crate::config::Sources;
use crate::database::{DatabaseUrl, UnknownUrl};

/// Where to find the configuration and the database.
#[derive(Args, Clone, Debug, Default)]
pub struct Flags {
    /// Configuration file [default: leaseline.toml in the current folder, if there is one]
    #[arg(long, value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,

    /// Database: sqlite://FILE or postgres://… [default: sqlite://leaseline.db]
    #[arg(long, value_name = "URL", global = true, value_parser = ReadUrl)]
    pub database_url: Option<DatabaseUrl>,
}

/// Where to listen.
#[derive(Args, Clone, Copy, Debug, Default)]
pub struct Listen {
    /// Address and port to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,
}

/// Reads the URL, which may hold a password: what can not be read is not shown.
#[derive(Clone)]
struct ReadUrl;

impl TypedValueParser for ReadUrl {
    type Value = DatabaseUrl;

    fn parse_ref(
        &self,
        command: &Command,
        _: Option<&Arg>,
        value: &OsStr,
    ) -> Result<DatabaseUrl, clap::Error> {
        value.to_str().unwrap_or_default().parse().map_err(|why: UnknownUrl| {
            let what = format!(
                "invalid value for '--database-url <URL>': {why}\n\nFor more information, try '--help'.\n"
            );
            clap::Error::raw(ErrorKind::ValueValidation, what).with_cmd(command)
        })
    }
}

impl Flags {
    /// The process's sources of configuration with these flags. `default_listen` is where this
    /// binary listens unless told otherwise.
    pub fn sources(&self, default_listen: &'static str) -> Sources {
        let mut sources = Sources::of_process(default_listen);
        sources.file.clone_from(&self.config);
        match &self.database_url {
            Some(url) => sources.with_flag("database_url", url.as_str()),
            None => sources,
        }
    }
}

impl Listen {
    /// The sources with this flag too.
    pub fn on(self, sources: Sources) -> Sources {
        match self.listen {
            Some(address) => sources.with_flag("listen", &address.to_string()),
            None => sources,
        }
    }
}
