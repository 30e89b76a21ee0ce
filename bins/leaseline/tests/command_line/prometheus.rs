//! A strict reader of Prometheus's text format, version 0.0.4: what it takes, Prometheus takes.

use std::collections::{BTreeMap, BTreeSet};

/// Every sample of a scrape.
#[derive(Debug)]
pub(crate) struct Scrape {
    samples: BTreeMap<Series, f64>,
    types: BTreeMap<String, String>,
}

/// A name with its labels in order.
type Series = (String, BTreeMap<String, String>);

impl Scrape {
    /// Reads a body.
    ///
    /// # Panics
    /// When a line is not as the format has it.
    pub(crate) fn read(text: &str) -> Self {
        assert!(text.ends_with('\n'), "the last line has an end");
        let mut scrape = Self { samples: BTreeMap::new(), types: BTreeMap::new() };
        let (mut helped, mut closed) = (BTreeSet::new(), BTreeSet::new());
        let mut current = String::new();
        for line in text.lines().filter(|line| !line.is_empty()) {
            let family = if let Some(help) = line.strip_prefix("# HELP ") {
                let name = name(help.split_once(' ').expect("a name and a text").0);
                assert!(helped.insert(name.clone()), "one HELP: {line}");
                name
            } else if let Some(typed) = line.strip_prefix("# TYPE ") {
                let (family, kind) = typed.split_once(' ').expect("a name and a type");
                assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
                let before = scrape.types.insert(name(family), kind.to_owned());
                assert!(before.is_none(), "one TYPE: {line}");
                family.to_owned()
            } else {
                assert!(!line.starts_with('#'), "{line}");
                let (series, value) = sample(line);
                let family = scrape.family_of(&series.0);
                let before = scrape.samples.insert(series, value);
                assert!(before.is_none(), "a series stands once: {line}");
                family
            };
            if family != current {
                assert!(closed.insert(family.clone()), "a metric's lines stand together: {line}");
                current = family;
            }
        }
        scrape.check_histograms();
        scrape
    }

    /// The value of a series, given as `name` or `name{label="value",…}`.
    pub(crate) fn value(&self, series: &str) -> Option<f64> {
        self.samples.get(&sample(&format!("{series} 0")).0).copied()
    }

    /// The values of all series of a name.
    pub(crate) fn sum(&self, name: &str) -> f64 {
        let of_name = self.samples.iter().filter(|((known, _), _)| known == name);
        of_name.map(|(_, value)| value).sum()
    }

    /// The metrics by their names.
    pub(crate) fn names(&self) -> Vec<&str> {
        self.types.keys().map(String::as_str).collect()
    }

    /// Every value of every label.
    pub(crate) fn labels(&self) -> impl Iterator<Item = (&str, &str)> {
        let labels = self.samples.keys().flat_map(|(_, labels)| labels);
        labels.map(|(label, value)| (label.as_str(), value.as_str()))
    }

    /// A histogram's samples have names of their own.
    fn family_of(&self, name: &str) -> String {
        let is_histogram =
            |base: &&str| self.types.get(*base).is_some_and(|kind| kind == "histogram");
        let bases = ["_bucket", "_sum", "_count"].map(|suffix| name.strip_suffix(suffix));
        let family = bases.into_iter().flatten().find(is_histogram).unwrap_or(name);
        assert!(self.types.contains_key(family), "{name} has a TYPE before its samples");
        family.to_owned()
    }

    fn check_histograms(&self) {
        let histograms = self.types.iter().filter(|(_, kind)| *kind == "histogram");
        for (family, _) in histograms {
            let (count, sum) = (format!("{family}_count"), format!("{family}_sum"));
            let of_name = |name: &str| -> BTreeSet<_> {
                let series = self.samples.keys().filter(|(known, _)| known == name);
                series.map(|(_, labels)| labels.clone()).collect()
            };
            assert_eq!(of_name(&count), of_name(&sum), "{family}");
            for labels in of_name(&count) {
                let most = self.samples[&(count.clone(), labels.clone())];
                self.check_buckets(&format!("{family}_bucket"), &labels, most);
            }
        }
    }

    fn check_buckets(&self, name: &str, labels: &BTreeMap<String, String>, most: f64) {
        let mut buckets: Vec<(f64, f64)> = Vec::new();
        for ((known, with_bound), value) in &self.samples {
            let mut without = with_bound.clone();
            let bound = without.remove("le");
            if known == name && without == *labels {
                buckets.push((number(&bound.expect("a bucket has a bound")), *value));
            }
        }
        buckets.sort_by(|one, other| one.0.total_cmp(&other.0));
        assert!(buckets.is_sorted_by(|one, other| one.1 <= other.1), "{name} {buckets:?}");
        assert_eq!(buckets.last(), Some(&(f64::INFINITY, most)), "{name}");
    }
}

fn sample(line: &str) -> (Series, f64) {
    let (series, value) = line.rsplit_once(' ').expect("a series and a value");
    let Some((name_text, labels)) = series.split_once('{') else {
        return ((name(series), BTreeMap::new()), number(value));
    };
    let mut rest = labels.strip_suffix('}').expect("labels end");
    let mut labels = BTreeMap::new();
    while !rest.is_empty() {
        let (label, after) = rest.split_once("=\"").expect("a label and a value");
        let (value, after) = quoted(after);
        assert!(labels.insert(name(label), value).is_none(), "a label stands once: {line}");
        rest = after.strip_prefix(',').unwrap_or(after);
    }
    ((name(name_text), labels), number(value))
}

/// A value up to its closing quotation mark, and what comes after it.
fn quoted(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, char)) = chars.next() {
        match char {
            '"' => return (value, &text[at + 1..]),
            '\\' => value.push(match chars.next().expect("an escape goes on").1 {
                'n' => '\n',
                char @ ('\\' | '"') => char,
                other => panic!("\\{other} is no escape"),
            }),
            char => value.push(char),
        }
    }
    panic!("{text} has no end");
}

fn name(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().expect("a name has a letter");
    assert!(first.is_ascii_alphabetic() || first == '_', "{text}");
    assert!(chars.all(|char| char.is_ascii_alphanumeric() || char == '_'), "{text}");
    text.to_owned()
}

fn number(text: &str) -> f64 {
    match text {
        "+Inf" => f64::INFINITY,
        text => text.parse().unwrap_or_else(|_| panic!("{text} is no number")),
    }
}
