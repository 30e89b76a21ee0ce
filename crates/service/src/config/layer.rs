//! One layer of the configuration: values by their dotted keys, and where they were written.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use config::{ConfigError, Environment, File, FileFormat, Map, Source, Value, ValueKind};

use crate::problem::Problem;

const PREFIX: &str = "LEASELINE";

/// `LEASELINE_TEST_…` belongs to the test suite.
const NOT_OURS: &str = "test_";

/// Where a layer was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    Defaults,
    File(PathBuf),
    Environment,
    Flags,
}

#[derive(Clone, Debug)]
pub(super) struct Layer {
    pub(super) origin: Origin,
    pub(super) values: BTreeMap<String, Value>,
}

impl Layer {
    pub(super) fn from_file(path: &Path) -> Result<Self, Problem> {
        let text = fs::read_to_string(path).map_err(|error| {
            let hint = "name a readable file with --config, or none";
            Problem::new(format!("read the configuration {}", path.display()), error, hint)
        })?;
        Self::from_toml(Origin::File(path.to_owned()), &text)
    }

    pub(super) fn from_toml(origin: Origin, text: &str) -> Result<Self, Problem> {
        let values = flat_toml(text).map_err(|error| {
            let what = format!("read the configuration in {}", origin.place());
            Problem::new(what, without_quotation(&error), "correct that line: the file is TOML")
        })?;
        Ok(Self { origin, values })
    }

    /// None means the process's own environment.
    pub(super) fn from_environment(
        variables: Option<HashMap<String, String>>,
    ) -> Result<Self, Problem> {
        let source = Environment::with_prefix(PREFIX)
            .prefix_separator("_")
            .separator("__")
            .source(variables.map(|variables| variables.into_iter().collect()));
        // The crate's own message shows the value, which may be a secret.
        let table = source.collect().map_err(|_| {
            let hint = "set each variable that begins with LEASELINE_ to UTF-8";
            Problem::new("read the configuration in the environment", "it is not UTF-8", hint)
        })?;
        let mut values = flat(table);
        values.retain(|key, _| !key.starts_with(NOT_OURS));
        Ok(Self { origin: Origin::Environment, values })
    }

    pub(super) fn from_pairs(origin: Origin, pairs: &[(String, String)]) -> Self {
        let value = |text: &String| Value::new(None, text.as_str());
        let values = pairs.iter().map(|(key, text)| (key.clone(), value(text))).collect();
        Self { origin, values }
    }
}

impl Origin {
    /// A key as it is spelt here.
    pub(super) fn spelling(&self, key: &str) -> String {
        match self {
            Self::Defaults | Self::File(_) => format!("`{key}`"),
            Self::Environment => format!("{PREFIX}_{}", key.replace('.', "__").to_uppercase()),
            Self::Flags => format!("--{}", key.replace(['.', '_'], "-")),
        }
    }

    /// A key with the place to look for it.
    pub(super) fn locate(&self, key: &str) -> String {
        match self {
            Self::Defaults | Self::File(_) => format!("{} in {}", self.spelling(key), self.place()),
            Self::Environment | Self::Flags => self.spelling(key),
        }
    }

    /// Where that is, in words.
    pub(super) fn place(&self) -> String {
        match self {
            Self::Defaults => "the built-in defaults".into(),
            Self::File(path) => path.display().to_string(),
            Self::Environment => "the environment".into(),
            Self::Flags => "the command line".into(),
        }
    }
}

/// The values of a TOML text by their dotted keys; arrays stay whole.
pub(crate) fn flat_toml(text: &str) -> Result<BTreeMap<String, Value>, ConfigError> {
    Ok(flat(File::from_str(text, FileFormat::Toml).collect()?))
}

fn flat(table: Map<String, Value>) -> BTreeMap<String, Value> {
    let mut values = BTreeMap::new();
    table.into_iter().for_each(|(key, value)| flatten(key, value, &mut values));
    values
}

fn flatten(key: String, value: Value, into: &mut BTreeMap<String, Value>) {
    match value.kind {
        ValueKind::Table(table) => {
            table.into_iter().for_each(|(name, value)| {
                flatten(format!("{key}.{name}"), value, into);
            });
        }
        _ => {
            into.insert(key, value);
        }
    }
}

/// The parser's message without the line of the file that it quotes, which may hold a secret.
fn without_quotation(error: &ConfigError) -> String {
    let text = error.to_string();
    let lines: Vec<_> = text.lines().filter(|line| !line.contains('|')).map(str::trim).collect();
    lines.join(": ")
}
