//! The filter of leases.

use std::time::Duration;

use super::{BadWord, Bound, NO_CUSTOMER, NO_TIME, Word};
use crate::ids::CustomerId;
use crate::lease::LeaseKind;
use crate::phone::NumberBeginning;
use crate::region::Region;

/// Which leases somebody looks for; all of it has to fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeaseSearch {
    /// `customer:8`: those of this customer.
    pub customer: Option<CustomerId>,
    /// `state:active`, `state:expired`, `state:released`.
    pub state: Option<SearchedState>,
    /// `kind:single`, `kind:group`.
    pub kind: Option<LeaseKind>,
    /// `exp:<1h`, `exp:>1h`: active ones with so much time left.
    pub left: Option<TimeLeft>,
    /// `0388`: those with a number that begins so.
    pub number: Option<NumberBeginning>,
}

/// What a lease is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SearchedState {
    /// It holds its numbers.
    Active,
    /// Its time ran out.
    Expired,
    /// It was given back before its time ran out.
    Released,
}

/// How much time an active lease has left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeLeft {
    /// Less than this.
    Below(Duration),
    /// This or more.
    Above(Duration),
}

const UNKNOWN: &str = "is no word of this filter: write customer:8, state:active, kind:group, \
                       exp:<1h or the first digits of a number";
const NO_STATE: &str = "names no state: write state:active, state:expired or state:released";
const NO_KIND: &str = "names no kind: write kind:single or kind:group";
const NO_NUMBER: &str = "is not how a number begins: write its first digits, 1 to 15 of them";
const NOT_ACTIVE: &str = "is about active leases, and another word asks for those that are over";

impl LeaseSearch {
    /// Reads a filter. Numbers begin as somebody in this region writes them. Without words it is
    /// every lease.
    ///
    /// ```
    /// use leaseline_core::region::Region;
    /// use leaseline_core::search::LeaseSearch;
    ///
    /// let malaysia = Region::by_code("MY").expect("in the table");
    /// let wrong = LeaseSearch::parse("custmer:8", &malaysia).expect_err("no such word");
    /// assert_eq!(wrong.word, "custmer:8");
    /// ```
    ///
    /// # Errors
    /// [`BadWord`], the first one.
    pub fn parse(text: &str, region: &Region) -> Result<Self, BadWord> {
        let mut search = Self::default();
        for word in Word::all(text) {
            search.add(word, region)?;
        }
        Ok(search)
    }

    fn add(&mut self, word: Word<'_>, region: &Region) -> Result<(), BadWord> {
        match word.key {
            Some("customer") => word.put(&mut self.customer, word.customer(), NO_CUSTOMER),
            Some("state") => {
                word.put(&mut self.state, SearchedState::by_name(word.value), NO_STATE)?;
                self.agree(word)
            }
            Some("kind") => word.put(&mut self.kind, kind(word.value), NO_KIND),
            Some("exp") => {
                word.put(&mut self.left, word.time().map(TimeLeft::from), NO_TIME)?;
                self.agree(word)
            }
            Some(_) => Err(word.bad(UNKNOWN)),
            None if word
                .value
                .starts_with(|first: char| first == '+' || first.is_ascii_digit()) =>
            {
                let beginning = NumberBeginning::parse(word.value, region);
                word.put(&mut self.number, beginning, NO_NUMBER)
            }
            None => Err(word.bad(UNKNOWN)),
        }
    }

    /// Only an active lease has time left.
    fn agree(&self, word: Word<'_>) -> Result<(), BadWord> {
        match (self.left, self.state) {
            (Some(_), Some(SearchedState::Expired | SearchedState::Released)) => {
                Err(word.bad(NOT_ACTIVE))
            }
            _ => Ok(()),
        }
    }
}

impl SearchedState {
    fn by_name(name: &str) -> Option<Self> {
        match name {
            "active" => Some(Self::Active),
            "expired" => Some(Self::Expired),
            "released" => Some(Self::Released),
            _ => None,
        }
    }
}

impl From<(Bound, Duration)> for TimeLeft {
    fn from((bound, span): (Bound, Duration)) -> Self {
        match bound {
            Bound::Below => Self::Below(span),
            Bound::Above => Self::Above(span),
        }
    }
}

fn kind(name: &str) -> Option<LeaseKind> {
    match name {
        "single" => Some(LeaseKind::Single),
        "group" => Some(LeaseKind::Group),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<LeaseSearch, &str>) {
        let malaysia = Region::by_code("MY").expect("in the table");
        let read = LeaseSearch::parse(text, &malaysia).map_err(|error| error.to_string());
        assert_eq!(read, expected.map_err(str::to_owned), "{text}");
    }

    fn number(digits: &str) -> Option<NumberBeginning> {
        let malaysia = Region::by_code("MY").expect("in the table");
        NumberBeginning::parse(digits, &malaysia)
    }

    #[test]
    fn all_words_have_to_fit() {
        check("", Ok(LeaseSearch::default()));
        let whole = LeaseSearch {
            customer: CustomerId::new(8),
            state: Some(SearchedState::Active),
            kind: Some(LeaseKind::Group),
            left: Some(TimeLeft::Below(Duration::from_secs(3_600))),
            number: number("60388"),
        };
        check("customer:8 state:active kind:group exp:<1h 0388", Ok(whole.clone()));
        check("  +60388\texp:<1h kind:group\nstate:active customer:8 ", Ok(whole));
        let long = Some(TimeLeft::Above(Duration::from_secs(172_800)));
        check("exp:>2d", Ok(LeaseSearch { left: long, ..LeaseSearch::default() }));
    }

    #[test]
    fn a_word_that_is_none_is_named() {
        let unknown = "\"custmer:8\" is no word of this filter: write customer:8, state:active, \
                       kind:group, exp:<1h or the first digits of a number";
        check("customer:8 custmer:8 kind:x", Err(unknown));
        for wrong in ["customer:", "customer:0", "customer:+8", "customer:x"] {
            let told = format!("{wrong:?} names no customer: write customer:8");
            check(wrong, Err(&told));
        }
        let states = "write state:active, state:expired or state:released";
        check("state:live", Err(&format!("\"state:live\" names no state: {states}")));
        check("kind:", Err("\"kind:\" names no kind: write kind:single or kind:group"));
        for wrong in ["exp:1h", "exp:<", "exp:<1", "exp:", "exp:é"] {
            check(wrong, Err(&format!("{wrong:?} names no time: write <30m, >1h or <2d")));
        }
        for wrong in ["+", "00", "0388-1", "1234567890123456"] {
            let how = "write its first digits, 1 to 15 of them";
            check(wrong, Err(&format!("{wrong:?} is not how a number begins: {how}")));
        }
    }

    #[test]
    fn words_do_not_contradict_one_another() {
        let twice = |word: &str| format!("{word:?} says again what another word says already");
        check("customer:8 customer:8", Err(&twice("customer:8")));
        check("0388 0389", Err(&twice("0389")));
        let why = "is about active leases, and another word asks for those that are over";
        check("exp:<1h state:released", Err(&format!("\"state:released\" {why}")));
        check("state:expired exp:<1h", Err(&format!("\"exp:<1h\" {why}")));
    }
}
