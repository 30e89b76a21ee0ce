//! Reading settings by their keys. A key that nobody asks for is one that does not exist, so the
//! list of known keys is never written down twice.

use std::collections::BTreeSet;
use std::path::Path;

use config::Value;

use crate::config::convert;
use crate::config::layer::{Layer, Origin};
use crate::private_file;
use crate::problem::Problem;
use crate::secret::Secret;

pub(super) struct Reader {
    layers: Vec<Layer>,
    known: BTreeSet<String>,
    secrets: BTreeSet<String>,
}

/// A secret, and the key it was found under as an operator would look for it.
pub(super) struct Found {
    pub(super) value: Secret,
    pub(super) place: String,
}

/// The key of the file that a secret may be in.
pub(super) fn twin_of(key: &str) -> String {
    format!("{key}_file")
}

impl Reader {
    /// The layer that wins comes last.
    pub(super) const fn new(layers: Vec<Layer>) -> Self {
        Self { layers, known: BTreeSet::new(), secrets: BTreeSet::new() }
    }

    /// The value of a key that has a default.
    pub(super) fn need<T>(
        &mut self,
        key: &str,
        convert: impl Fn(&Value) -> Result<T, String>,
    ) -> Result<T, Problem> {
        self.find(key, convert)?.ok_or_else(|| missing(key))
    }

    /// The secret of a key that has a default.
    pub(super) fn need_secret(&mut self, key: &str) -> Result<Found, Problem> {
        self.secret(key)?.ok_or_else(|| missing(key))
    }

    /// The value of a key, if it is set.
    pub(super) fn find<T>(
        &mut self,
        key: &str,
        convert: impl Fn(&Value) -> Result<T, String>,
    ) -> Result<Option<T>, Problem> {
        self.known.insert(key.to_owned());
        let found = self.winner(key).and_then(|layer| Some((layer, layer.get(key)?)));
        let Some((layer, value)) = found else { return Ok(None) };
        convert(value).map(Some).map_err(|why| wrong(&layer.origin, key, why))
    }

    /// A secret, from the key itself or from the file that its `…_file` twin names. The twin of a
    /// later layer wins over the key of an earlier one.
    pub(super) fn secret(&mut self, key: &str) -> Result<Option<Found>, Problem> {
        let twin = twin_of(key);
        self.known.extend([key.to_owned(), twin.clone()]);
        self.secrets.insert(key.to_owned());
        let Some(layer) = self.winner_of_secret(key) else { return Ok(None) };
        let wrong = |key: &str, why: String| wrong(&layer.origin, key, why);
        let (value, place) = match (layer.get(key), layer.get(&twin)) {
            (Some(_), Some(_)) => return Err(wrong(key, format!("`{twin}` is set too"))),
            (Some(value), None) => {
                let text = convert::unshown_text(value).map_err(|why| wrong(key, why))?;
                (Secret::new(text), layer.origin.locate(key))
            }
            (None, Some(path)) => {
                let path = convert::text(path).map_err(|why| wrong(&twin, why))?;
                (private_file::secret(Path::new(&path), private_file::OTHERS_WRITE)?, path)
            }
            (None, None) => return Ok(None),
        };
        Ok(Some(Found { value, place }))
    }

    /// To be asked when every key has been read: is there one that nobody wanted?
    pub(super) fn refuse_unknown(&self) -> Result<(), Problem> {
        let mut keys =
            self.layers.iter().flat_map(|layer| layer.values.keys().map(move |key| (layer, key)));
        match keys.find(|(_, key)| !self.known.contains(*key)) {
            Some((layer, key)) => Err(self.unknown(&layer.origin, key)),
            None => Ok(()),
        }
    }

    /// The keys that were asked for.
    pub(super) fn known(&self) -> impl Iterator<Item = &str> {
        self.known.iter().map(String::as_str)
    }

    /// Whether no message may show the key's value.
    pub(super) fn is_secret(&self, key: &str) -> bool {
        self.secrets.contains(key)
    }

    /// The layer whose value of a secret counts, or whose file with it.
    pub(super) fn winner_of_secret(&self, key: &str) -> Option<&Layer> {
        let twin = twin_of(key);
        let given = |layer: &&Layer| layer.get(key).is_some() || layer.get(&twin).is_some();
        self.layers.iter().rev().find(given)
    }

    /// The layer whose value of this key counts.
    pub(super) fn winner(&self, key: &str) -> Option<&Layer> {
        self.layers.iter().rev().find(|layer| layer.get(key).is_some())
    }

    fn unknown(&self, origin: &Origin, key: &str) -> Problem {
        let nearest = self.known.iter().min_by_key(|known| distance(key, known));
        let nearest = nearest.map(|known| origin.spelling(known)).unwrap_or_default();
        let hint = format!("the nearest known one is {nearest}");
        Problem::new(format!("understand {}", origin.locate(key)), "there is no such key", hint)
    }
}

impl Layer {
    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        self.values.get(key)
    }
}

fn missing(key: &str) -> Problem {
    Problem::new(format!("find `{key}`"), "it has no default", "set it in leaseline.toml")
}

fn wrong(origin: &Origin, key: &str, why: String) -> Problem {
    let what = format!("understand {}", origin.locate(key));
    Problem::new(what, why, "correct it, or leave it out for the default")
}

/// How far a known key is from one that was written, also when just its section was forgotten.
fn distance(written: &str, known: &str) -> usize {
    let whole = strsim::damerau_levenshtein(written, known);
    whole.min(strsim::damerau_levenshtein(name(written), name(known)) + 1)
}

fn name(key: &str) -> &str {
    key.rsplit('.').next().unwrap_or(key)
}
