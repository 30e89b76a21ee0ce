//! Where a configuration comes from.

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};

use crate::config::layer::{Layer, Origin};
use crate::problem::Problem;

/// Read when no other file is named, if it is there.
const USUAL_FILE: &str = "leaseline.toml";

/// The layers above the built-in defaults.
#[derive(Clone)]
pub struct Sources {
    /// Where the binary listens unless told otherwise.
    pub default_listen: &'static str,
    /// The file that was named; none means `leaseline.toml` in the current folder, if it is there.
    pub file: Option<PathBuf>,
    /// The environment; none means the process's own.
    pub environment: Option<HashMap<String, String>>,
    flags: Vec<(String, String)>,
}

/// The environment and the flags may hold secrets.
impl fmt::Debug for Sources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sources").field("file", &self.file).finish_non_exhaustive()
    }
}

impl Sources {
    /// The usual file and the process's environment.
    pub const fn of_process(default_listen: &'static str) -> Self {
        Self { default_listen, file: None, environment: None, flags: Vec::new() }
    }

    /// The sources with a key set on the command line, which wins.
    #[must_use]
    pub fn with_flag(mut self, key: &str, value: &str) -> Self {
        self.flags.push((key.to_owned(), value.to_owned()));
        self
    }

    /// All layers, the one that wins last.
    pub(super) fn layers(&self) -> Result<Vec<Layer>, Problem> {
        let listen = [("listen".to_owned(), self.default_listen.to_owned())];
        let mut layers = vec![
            Layer::from_toml(Origin::Defaults, include_str!("defaults.toml"))?,
            Layer::from_pairs(Origin::Defaults, &listen),
        ];
        layers.extend(self.file_layer()?);
        layers.push(Layer::from_environment(self.environment.clone())?);
        layers.push(Layer::from_pairs(Origin::Flags, &self.flags));
        Ok(layers)
    }

    fn file_layer(&self) -> Result<Option<Layer>, Problem> {
        let usual = Path::new(USUAL_FILE);
        match &self.file {
            Some(named) => Layer::from_file(named).map(Some),
            None if usual.exists() => Layer::from_file(usual).map(Some),
            None => Ok(None),
        }
    }
}
