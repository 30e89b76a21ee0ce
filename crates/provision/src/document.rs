//! A TOML text whose values know their lines.
//!
//! An entry is read by its keys. A key that nobody asks for is one that does not exist, so the
//! list of known keys is never written down twice.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Debug;
use std::hash::Hash;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::error::Fault;

/// The whole text.
pub(crate) struct Document<'a> {
    text: &'a str,
    root: DeTable<'a>,
}

/// An entry of a table, or a table within an entry.
pub(crate) struct Entry<'a> {
    document: &'a Document<'a>,
    /// Where it begins.
    pub(crate) line: usize,
    /// Such as `[[customers]] "acme"`, for errors.
    pub(crate) subject: String,
    /// What goes before a key in errors, such as `single.`.
    prefix: String,
    table: &'a DeTable<'a>,
    known: BTreeSet<&'static str>,
}

/// Something with the line it is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct At<T> {
    pub(crate) line: usize,
    pub(crate) value: T,
}

/// How a value is understood; an error fits after the name of the key.
pub(crate) type Converted<T> = Result<T, String>;

impl<'a> Document<'a> {
    pub(crate) fn parse(text: &'a str) -> Result<Self, Fault> {
        match DeTable::parse(text) {
            Ok(root) => Ok(Self { text, root: root.into_inner() }),
            // Its own display quotes the line, which may hold a secret.
            Err(error) => {
                let at = error.span().map_or(0, |span| span.start);
                Err(Fault::new(line(text, at), "", error.message()))
            }
        }
    }

    /// The names of the tables, each with its line, in the order of the lines.
    pub(crate) fn tables(&self) -> Vec<At<&str>> {
        let name = |key: &'_ Spanned<_>| self.line(key.span());
        let keys = self.root.keys();
        let mut tables: Vec<_> =
            keys.map(|key| At { line: name(key), value: key.get_ref().as_ref() }).collect();
        tables.sort_by_key(|table| table.line);
        tables
    }

    /// The entries of a table; none if there is no such table. Each is named by its key `name`,
    /// which must be there and belong to one entry.
    pub(crate) fn entries(
        &'a self,
        table: &'static str,
        name: &'static str,
        most: usize,
    ) -> Result<Vec<(String, Entry<'a>)>, Fault> {
        self.entries_by(table, name, most, crate::convert::name)
    }

    /// The same, each entry named by a key that is read otherwise.
    pub(crate) fn entries_by<T: Clone + Debug + Eq + Hash>(
        &'a self,
        table: &'static str,
        name: &'static str,
        most: usize,
        convert: impl Fn(&DeValue<'_>) -> Converted<T>,
    ) -> Result<Vec<(T, Entry<'a>)>, Fault> {
        let Some((key, value)) = self.root.iter().find(|(key, _)| key.get_ref() == table) else {
            return Ok(Vec::new());
        };
        let not_a_list = || {
            let what = format!("an entry is written below a line [[{table}]] of its own");
            Fault::new(self.line(key.span()), &format!("`{table}`"), what)
        };
        let DeValue::Array(items) = value.get_ref() else { return Err(not_a_list()) };
        if items.len() > most {
            let what = format!("more than {most} entries: split the file");
            return Err(Fault::new(self.line(key.span()), &format!("[[{table}]]"), what));
        }
        let mut lines = HashMap::new();
        let mut entries = Vec::new();
        for (place, item) in (1..).zip(items.iter()) {
            let DeValue::Table(fields) = item.get_ref() else { return Err(not_a_list()) };
            let subject = format!("[[{table}]] #{place}");
            let mut entry = Entry::new(self, self.line(item.span()), subject, fields);
            let name = entry.need(name, &convert)?;
            entry.subject = format!("[[{table}]] {name:?}");
            if let Some(first) = lines.insert(name.clone(), entry.line) {
                return Err(entry.fault(format!("it is there twice, first in line {first}")));
            }
            entries.push((name, entry));
        }
        Ok(entries)
    }

    fn line(&self, span: Range<usize>) -> usize {
        line(self.text, span.start)
    }
}

impl<'a> Entry<'a> {
    fn new(
        document: &'a Document<'a>,
        line: usize,
        subject: String,
        table: &'a DeTable<'a>,
    ) -> Self {
        Self { document, line, subject, prefix: String::new(), table, known: BTreeSet::new() }
    }

    /// The value of a key that must be there.
    pub(crate) fn need<T>(
        &mut self,
        key: &'static str,
        convert: impl Fn(&DeValue<'_>) -> Converted<T>,
    ) -> Result<T, Fault> {
        self.find(key, convert)?
            .ok_or_else(|| self.fault(format!("`{}{key}` is missing", self.prefix)))
    }

    /// The value of a key, if it is there.
    pub(crate) fn find<T>(
        &mut self,
        key: &'static str,
        convert: impl Fn(&DeValue<'_>) -> Converted<T>,
    ) -> Result<Option<T>, Fault> {
        Ok(self.find_at(key, convert)?.map(|found| found.value))
    }

    /// The value of a key and its line, if it is there.
    pub(crate) fn find_at<T>(
        &mut self,
        key: &'static str,
        convert: impl Fn(&DeValue<'_>) -> Converted<T>,
    ) -> Result<Option<At<T>>, Fault> {
        let Some(value) = self.value(key) else { return Ok(None) };
        self.converted(key, value, convert).map(Some)
    }

    /// The values of a list, each with its line; none if the key is not there.
    pub(crate) fn list<T>(
        &mut self,
        key: &'static str,
        convert: impl Fn(&DeValue<'_>) -> Converted<T>,
    ) -> Result<Option<Vec<At<T>>>, Fault> {
        let Some(value) = self.value(key) else { return Ok(None) };
        let DeValue::Array(items) = value.get_ref() else {
            return Err(self.wrong(key, value, "it is not a list in brackets"));
        };
        let items = items.iter().map(|item| self.converted(key, item, &convert));
        items.collect::<Result<_, _>>().map(Some)
    }

    /// The table under a key, if it is there.
    pub(crate) fn table(&mut self, key: &'static str) -> Result<Option<Self>, Fault> {
        let Some(value) = self.value(key) else { return Ok(None) };
        let DeValue::Table(fields) = value.get_ref() else {
            return Err(self.wrong(key, value, "it is not a table such as { enabled = true }"));
        };
        let line = self.document.line(value.span());
        let mut table = Self::new(self.document, line, self.subject.clone(), fields);
        table.prefix = format!("{}{key}.", self.prefix);
        Ok(Some(table))
    }

    /// The tables of a list under a key, in their order; none if the key is not there.
    pub(crate) fn tables(&mut self, key: &'static str) -> Result<Vec<Self>, Fault> {
        let Some(value) = self.value(key) else { return Ok(Vec::new()) };
        let DeValue::Array(items) = value.get_ref() else {
            return Err(self.wrong(key, value, "it is not a list in brackets"));
        };
        let mut tables = Vec::new();
        for item in items.iter() {
            let DeValue::Table(fields) = item.get_ref() else {
                return Err(self.wrong(key, item, "it is not a table such as { name = \"…\" }"));
            };
            let line = self.document.line(item.span());
            let mut table = Self::new(self.document, line, self.subject.clone(), fields);
            table.prefix = format!("{}{key}.", self.prefix);
            tables.push(table);
        }
        Ok(tables)
    }

    /// Whether a key is there.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.table.keys().any(|known| known.get_ref() == key)
    }

    /// To be asked when every key has been read: is there one that nobody wanted?
    pub(crate) fn refuse_unknown(&self) -> Result<(), Fault> {
        let unknown = self.table.keys().filter(|key| !self.known.contains(key.get_ref().as_ref()));
        let Some(key) = unknown.min_by_key(|key| key.span().start) else { return Ok(()) };
        let (prefix, written) = (&self.prefix, key.get_ref());
        let nearest = nearest(written, self.known.iter().copied()).unwrap_or_default();
        let what = format!(
            "there is no key `{prefix}{written}`; the nearest known one is `{prefix}{nearest}`"
        );
        Err(Fault::new(self.document.line(key.span()), &self.subject, what))
    }

    /// Something that is wrong with the entry as a whole.
    pub(crate) fn fault(&self, what: impl Into<String>) -> Fault {
        Fault::new(self.line, &self.subject, what)
    }

    fn value(&mut self, key: &'static str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.known.insert(key);
        self.table.iter().find(|(known, _)| known.get_ref() == key).map(|(_, value)| value)
    }

    fn converted<T>(
        &self,
        key: &str,
        value: &Spanned<DeValue<'_>>,
        convert: impl Fn(&DeValue<'_>) -> Converted<T>,
    ) -> Result<At<T>, Fault> {
        let line = self.document.line(value.span());
        match convert(value.get_ref()) {
            Ok(value) => Ok(At { line, value }),
            Err(why) => Err(self.wrong(key, value, &why)),
        }
    }

    fn wrong(&self, key: &str, value: &Spanned<DeValue<'_>>, why: &str) -> Fault {
        let what = format!("`{}{key}`: {why}", self.prefix);
        Fault::new(self.document.line(value.span()), &self.subject, what)
    }
}

/// The one of the known words that is most like what was written.
pub(crate) fn nearest<'a>(written: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known.min_by_key(|known| strsim::damerau_levenshtein(written, known))
}

fn line(text: &str, offset: usize) -> usize {
    let before = text.as_bytes().get(..offset).unwrap_or(text.as_bytes());
    1 + before.iter().filter(|byte| **byte == b'\n').count()
}
