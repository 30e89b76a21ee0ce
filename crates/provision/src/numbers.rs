//! Numbers as an operator wrote them, each with the place where it stands.

use std::path::Path;

use leaseline_core::phone::{E164, PhoneNumber};
use leaseline_core::pool::NewNumber;
use leaseline_core::region::Region;

use crate::csv_file;
use crate::document::At;
use crate::error::{Error, Fault};
use crate::pools::{NumberRange, Pool};
use crate::spot::{Origin, Spot};

/// So many numbers one input may have: they are held in memory while they are checked.
const MOST_NUMBERS: usize = 10_000_000;

/// The numbers for one pool.
pub(crate) struct Input {
    numbers: Vec<NewNumber>,
    source: Source,
}

/// Where the numbers of an input stand.
struct Source {
    origin: Origin,
    /// One for each number, in their order.
    spots: Vec<Spot>,
}

/// Where each number of some inputs stands.
pub(crate) struct Index {
    sources: Vec<Source>,
    /// Sorted.
    places: Vec<Occurrence>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Occurrence {
    number: E164,
    input: u32,
    place: u32,
}

impl Input {
    /// The numbers of a pool's entry: its range, then its list, then its file.
    pub(crate) fn of_entry(pool: &Pool, folder: &Path, region: &Region) -> Result<Self, Error> {
        let csv = pool.csv.as_ref();
        let shown = csv.map(|csv| At { line: csv.line, value: csv.value.display().to_string() });
        let mut input = Self::new(Origin { subject: pool.subject.clone(), csv: shown });
        if let Some(range) = &pool.range {
            input.add_range(range, region)?;
        }
        for At { line, value } in &pool.numbers {
            input.add(value, region, Spot::Here(*line))?;
        }
        if let Some(csv) = csv {
            let read = csv_file::read(&folder.join(&csv.value), region, Spot::Csv, &mut input);
            read.map_err(|error| match error {
                Error::Unreadable { source, .. } => {
                    let what = format!("{} can not be read: {source}", csv.value.display());
                    input.fault(Spot::Here(csv.line), what).into()
                }
                other => other,
            })?;
        }
        Ok(input)
    }

    /// The numbers of a CSV file.
    pub(crate) fn of_csv(path: &Path, region: &Region) -> Result<Self, Error> {
        let mut input = Self::new(Origin::of_file());
        csv_file::read(path, region, Spot::Here, &mut input)?;
        Ok(input)
    }

    /// A file of which nothing was read yet.
    #[cfg(any(test, fuzzing))]
    pub(crate) const fn of_nothing() -> Self {
        Self::new(Origin::of_file())
    }

    const fn new(origin: Origin) -> Self {
        Self { numbers: Vec::new(), source: Source { origin, spots: Vec::new() } }
    }

    /// Something wrong at this spot.
    pub(crate) fn fault(&self, spot: Spot, what: impl Into<String>) -> Fault {
        self.source.origin.fault(spot, what)
    }

    pub(crate) fn push(&mut self, number: NewNumber, spot: Spot) -> Result<(), Fault> {
        if self.numbers.len() == MOST_NUMBERS {
            let what = format!("more than {MOST_NUMBERS} numbers: split the file");
            return Err(self.fault(spot, what));
        }
        self.numbers.push(number);
        self.source.spots.push(spot);
        Ok(())
    }

    fn add(&mut self, text: &str, region: &Region, spot: Spot) -> Result<(), Fault> {
        let number = PhoneNumber::parse(text, region)
            .map_err(|error| self.fault(spot, format!("{} is {error}", masked(text))))?;
        self.push(NewNumber { number, place: None }, spot)
    }

    fn add_range(&mut self, range: &At<NumberRange>, region: &Region) -> Result<(), Fault> {
        let spot = Spot::Here(range.line);
        let NumberRange { first, count } = &range.value;
        if *count > MOST_NUMBERS {
            let what = format!("`range.count`: {count} is more than {MOST_NUMBERS}");
            return Err(self.fault(spot, what));
        }
        let digits = first.trim_start_matches('+');
        let sign = &first[..first.len() - digits.len()];
        // Without a number to begin with there is nothing to count on from.
        let Ok(from) = digits.parse::<u64>() else { return self.add(first, region, spot) };
        let width = digits.len();
        for place in (0..).take(*count) {
            let digits = from.checked_add(place).map(|number| format!("{number:0width$}"));
            let Some(digits) = digits.filter(|digits| digits.len() <= width) else {
                let what = "`range`: it ends with more digits than it begins with";
                return Err(self.fault(spot, what));
            };
            self.add(&format!("{sign}{digits}"), region, spot)?;
        }
        Ok(())
    }
}

impl Index {
    /// Finds out where each number stands, and whether it does so once. The numbers themselves go
    /// back, input by input.
    pub(crate) fn of(inputs: Vec<Input>) -> Result<(Self, Vec<Vec<NewNumber>>), Fault> {
        let mut places = Vec::with_capacity(inputs.iter().map(|input| input.numbers.len()).sum());
        for (input, numbers) in (0..).zip(inputs.iter().map(|input| &input.numbers)) {
            places.extend((0..).zip(numbers).map(|(place, new)| {
                let number = new.number.e164();
                Occurrence { number, input, place }
            }));
        }
        places.sort_unstable();
        let (sources, numbers) = inputs.into_iter().map(|it| (it.source, it.numbers)).unzip();
        let index = Self { sources, places };
        match index.first_repetition() {
            Some((first, second)) => Err(index.twice(first, second)),
            None => Ok((index, numbers)),
        }
    }

    /// Something wrong with this number.
    pub(crate) fn fault(&self, number: E164, what: &str) -> Option<Fault> {
        let place = self.places.partition_point(|known| known.number < number);
        let found = self.places.get(place).filter(|known| known.number == number)?;
        let (source, spot) = self.spot(found);
        Some(source.origin.fault(spot, format!("{} {what}", number.masked())))
    }

    /// The repetition that a reader meets first, and what it repeats.
    fn first_repetition(&self) -> Option<(&Occurrence, &Occurrence)> {
        let pairs = self.places.windows(2).filter_map(|pair| match pair {
            [first, second] if first.number == second.number => Some((first, second)),
            _ => None,
        });
        pairs.min_by_key(|(_, second)| (second.input, second.place))
    }

    fn twice(&self, first: &Occurrence, second: &Occurrence) -> Fault {
        let (earlier, at) = self.spot(first);
        let mut words = earlier.origin.words(at);
        if first.input != second.input {
            words = format!("{words} ({})", earlier.origin.subject);
        }
        let (later, at) = self.spot(second);
        let masked = first.number.masked();
        later.origin.fault(at, format!("{masked} is there twice, first in {words}"))
    }

    fn spot(&self, found: &Occurrence) -> (&Source, Spot) {
        let source = &self.sources[index(found.input)];
        (source, source.spots[index(found.place)])
    }
}

fn index(place: u32) -> usize {
    usize::try_from(place).expect("no machine that we run on has smaller words")
}

/// For people and logs: a text that may be a number by mistake.
pub(crate) fn shown(text: &str) -> String {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    if digits > 4 { masked(text) } else { format!("{text:?}") }
}

/// For people and logs: the last four characters of what should have been a number.
pub(crate) fn masked(text: &str) -> String {
    let hidden = text.chars().count().saturating_sub(4);
    format!("\"…{}\"", text.chars().skip(hidden).collect::<String>().escape_debug())
}
