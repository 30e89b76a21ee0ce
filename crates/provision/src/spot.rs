//! Where something stands: in the file that was read, or in a CSV file that is named there.

use crate::document::At;
use crate::error::Fault;

/// A line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spot {
    /// In this line of the file that was read.
    Here(usize),
    /// In this line of a CSV file that is named there.
    Csv(usize),
}

/// What lines belong to.
pub(crate) struct Origin {
    pub(crate) subject: String,
    /// The CSV file as it is named in the other one, and the line in which it is.
    pub(crate) csv: Option<At<String>>,
}

impl Origin {
    /// A file that stands for itself.
    pub(crate) const fn of_file() -> Self {
        Self { subject: String::new(), csv: None }
    }

    /// Something wrong at this spot.
    pub(crate) fn fault(&self, spot: Spot, what: impl Into<String>) -> Fault {
        match (spot, &self.csv) {
            (Spot::Csv(line), Some(csv)) => {
                let what = format!("line {line} of {}: {}", csv.value, what.into());
                Fault::new(csv.line, &self.subject, what)
            }
            (Spot::Here(line) | Spot::Csv(line), _) => Fault::new(line, &self.subject, what),
        }
    }

    /// A spot in words.
    pub(crate) fn words(&self, spot: Spot) -> String {
        match (spot, &self.csv) {
            (Spot::Csv(line), Some(csv)) => format!("line {line} of {}", csv.value),
            (Spot::Here(line) | Spot::Csv(line), _) => format!("line {line}"),
        }
    }
}
