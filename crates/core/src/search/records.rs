//! The filter of records.

use std::time::Duration;

use super::{BadWord, Bound, NO_CUSTOMER, NO_TIME, Word};
use crate::ids::CustomerId;
use crate::record::RecordKind;

/// Which records somebody looks for; all of it has to fit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RecordSearch {
    /// `customer:8`: those of this customer.
    pub customer: Option<CustomerId>,
    /// `kind:call`, `kind:fax`, `kind:sms`.
    pub kind: Option<RecordKind>,
    /// `state:orphan`, `state:conflict`, `state:unpriced`: those that somebody has to look at.
    pub state: Option<ToLookAt>,
    /// `age:<2h`: those that came in so long ago at most.
    pub youngest: Option<Duration>,
    /// `age:>2h`: those that came in so long ago or longer.
    pub oldest: Option<Duration>,
}

/// Why somebody has to look at a record, until somebody has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToLookAt {
    /// It belongs to nobody we know.
    Orphan,
    /// It was sent again with another content.
    Conflict,
    /// It has an owner who could not be charged.
    Unpriced,
}

const UNKNOWN: &str =
    "is no word of this filter: write customer:8, kind:call, state:orphan or age:<2h";
const NO_STATE: &str = "names no state: write state:orphan, state:conflict or state:unpriced";
const NO_KIND: &str = "names no kind: write kind:call, kind:fax or kind:sms";

impl RecordSearch {
    /// Reads a filter. Without words it is every record.
    ///
    /// # Errors
    /// [`BadWord`], the first one.
    pub fn parse(text: &str) -> Result<Self, BadWord> {
        let mut search = Self::default();
        for word in Word::all(text) {
            search.add(word)?;
        }
        Ok(search)
    }

    fn add(&mut self, word: Word<'_>) -> Result<(), BadWord> {
        match word.key {
            Some("customer") => word.put(&mut self.customer, word.customer(), NO_CUSTOMER),
            Some("kind") => word.put(&mut self.kind, kind(word.value), NO_KIND),
            Some("state") => word.put(&mut self.state, ToLookAt::by_name(word.value), NO_STATE),
            Some("age") => match word.time() {
                Some((Bound::Below, span)) => word.put(&mut self.youngest, Some(span), NO_TIME),
                Some((Bound::Above, span)) => word.put(&mut self.oldest, Some(span), NO_TIME),
                None => Err(word.bad(NO_TIME)),
            },
            _ => Err(word.bad(UNKNOWN)),
        }
    }
}

impl ToLookAt {
    fn by_name(name: &str) -> Option<Self> {
        match name {
            "orphan" => Some(Self::Orphan),
            "conflict" => Some(Self::Conflict),
            "unpriced" => Some(Self::Unpriced),
            _ => None,
        }
    }
}

fn kind(name: &str) -> Option<RecordKind> {
    match name {
        "call" => Some(RecordKind::Call),
        "fax" => Some(RecordKind::Fax),
        "sms" => Some(RecordKind::Sms),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<RecordSearch, &str>) {
        let read = RecordSearch::parse(text).map_err(|error| error.to_string());
        assert_eq!(read, expected.map_err(str::to_owned), "{text}");
    }

    #[test]
    fn words_of_the_filter() {
        check("", Ok(RecordSearch::default()));
        let hours = |hours: u64| Some(Duration::from_secs(hours * 3_600));
        check(
            "kind:fax customer:8 age:<2h age:>1h state:orphan",
            Ok(RecordSearch {
                customer: CustomerId::new(8),
                kind: Some(RecordKind::Fax),
                state: Some(ToLookAt::Orphan),
                youngest: hours(2),
                oldest: hours(1),
            }),
        );
        check("kind:call kind:fax", Err("\"kind:fax\" says again what another word says already"));
        check("age:2h", Err("\"age:2h\" names no time: write <30m, >1h or <2d"));
        check("0388", Err(&format!("\"0388\" {UNKNOWN}")));
        check("state:odd", Err(&format!("\"state:odd\" {NO_STATE}")));
        check("kind:", Err(&format!("\"kind:\" {NO_KIND}")));
    }
}
