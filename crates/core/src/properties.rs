//! What holds whatever is read. The tests below try it with some inputs, the targets in `fuzz/` with
//! very many; no ordinary build has this module.

use crate::decimal::{Decimal, Rounding};
use crate::duration;
use crate::expiry::{LeaseTerm, TermUnit};
use crate::phone::{E164, NumberBeginning, PhoneNumber};
use crate::rating::Price;
use crate::region::Region;
use crate::search::{BadWord, LeaseSearch, RecordSearch, RequestSearch};
use crate::timestamp::{Timestamp, Utc};

/// With a national prefix, with another one, without, and with one that is the country code too.
const REGIONS: [&str; 4] = ["MY", "AU", "IT", "US"];

/// A number is one number in each of the ways to write it, begins as it begins, and no print for
/// logs shows it.
pub fn phone(text: &str) {
    for region in REGIONS.map(|code| Region::by_code(code).expect("in the table")) {
        let Ok(number) = PhoneNumber::parse(text, &region) else { continue };
        let e164 = number.e164();
        let digits = e164.to_string();
        assert!((7..=15).contains(&digits.len()) && !digits.starts_with('0'), "{digits}");
        assert_eq!(number.sent(), text);
        assert_eq!(E164::from_integer(e164.integer()), Ok(e164));
        for written in [format!("+{digits}"), format!("00{digits}")] {
            let again = PhoneNumber::parse(&written, &region).map(|number| number.e164());
            assert_eq!(again, Ok(e164), "{written}");
        }
        assert!(!format!("{number:?} {e164:?}").contains(&digits));
        let beginning = NumberBeginning::parse(text, &region).expect("a number begins somehow");
        let mut ranges = beginning.ranges();
        assert!(ranges.any(|(from, until)| (from..until).contains(&e164.integer())), "{digits}");
    }
}

/// A decimal lies between what it is rounded to, and is what is written of it.
pub fn decimal(text: &str) {
    let Some(decimal) = Decimal::parse(text) else { return };
    assert!(text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'), "{text:?}");
    for places in 0..=18 {
        let rounded = |way| decimal.rounded_to_units_of(places, way);
        let ways = [Rounding::Down, Rounding::HalfUp, Rounding::Up];
        let [Some(down), Some(half_up), Some(up)] = ways.map(rounded) else { continue };
        assert!(0 <= down && down <= half_up && half_up <= up && up - down <= 1, "{text}");
        assert_eq!(decimal.exactly_in_units_of(places), (up == down).then_some(down), "{text}");
        let written = written(down, places);
        let again = Decimal::parse(&written).and_then(|it| it.exactly_in_units_of(places));
        // Nobody writes longer ones.
        assert!(again == Some(down) || written.len() > text.len().max(20), "{text} {written}");
    }
    if let Some(price) = Price::parse(text) {
        assert_eq!(Price::parse(&price.to_string()), Some(price), "{text}");
    }
}

fn written(units: i128, places: u32) -> String {
    let places = usize::try_from(places).expect("a few");
    if places == 0 {
        return units.to_string();
    }
    let digits = format!("{units:0width$}", width = places + 1);
    let (whole, fraction) = digits.split_at(digits.len() - places);
    format!("{whole}.{fraction}")
}

/// A duration is what it is in milliseconds.
pub fn duration(text: &str) {
    let Ok(span) = duration::parse(text) else { return };
    assert!(text.starts_with(|first: char| first.is_ascii_digit()), "{text:?}");
    let written = format!("{}ms", span.as_millis());
    assert_eq!(duration::parse(&written), Ok(span), "{text}");
}

/// A lease ends on a whole second after it began, within a hundred years, and a longer one no
/// earlier.
pub fn term(value: i64, unit: u8, now: i64) {
    const A_HUNDRED_YEARS: i64 = 36_525 * 86_400;
    let unit = match unit % 5 {
        0 => TermUnit::Years,
        1 => TermUnit::Months,
        2 => TermUnit::Days,
        3 => TermUnit::Hours,
        _ => TermUnit::Minutes,
    };
    let now = Timestamp::from_micros(now);
    let end = |value| LeaseTerm::new(value, unit).and_then(|term| term.expiry(now, &Utc));
    let Some(expiry) = end(value) else { return };
    assert!(value >= 1);
    assert_eq!(Timestamp::from_seconds(expiry.seconds()), Some(expiry));
    let seconds = expiry.seconds() - now.seconds();
    assert!((60..=A_HUNDRED_YEARS + 1).contains(&seconds), "{seconds}");
    assert!(value.checked_add(1).and_then(end).is_none_or(|later| later >= expiry));
}

/// Whatever is typed is read or refused, and where no quotation marks bind them the words of a filter mean
/// the same in whatever order, and what is wrong is one of them.
pub fn search(text: &str) {
    let malaysia = Region::by_code("MY").expect("in the table");
    let _ = LeaseSearch::parse(text, &malaysia);
    let text = &text.replace('"', "");
    in_any_order(text, |text| LeaseSearch::parse(text, &malaysia));
    in_any_order(text, RecordSearch::parse);
    in_any_order(text, RequestSearch::parse);
}

fn in_any_order<T: PartialEq>(text: &str, parse: impl Fn(&str) -> Result<T, BadWord>) {
    let words: Vec<&str> = text.split_whitespace().collect();
    let backwards: Vec<&str> = words.iter().rev().copied().collect();
    match (parse(text), parse(&backwards.join(" "))) {
        (Ok(read), Ok(again)) => assert!(read == again, "{text:?}"),
        (Err(one), Err(other)) => {
            assert!([one, other].iter().all(|wrong| words.contains(&&*wrong.word)), "{text:?}");
        }
        _ => panic!("{text:?} is a filter in one order only"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn phones(text in "[+]?[0-9]{0,18}|\\PC{0,20}") {
            super::phone(&text);
        }

        #[test]
        fn decimals(text in "[0-9]{1,20}([.][0-9]{1,20})?|[0-9.]{0,40}") {
            super::decimal(&text);
        }

        #[test]
        fn durations(text in "[0-9]{1,20}(ms|s|m|h|d)|\\PC{0,8}") {
            super::duration(&text);
        }

        #[test]
        fn terms(value in prop_oneof![1..5_000_i64, any::<i64>()], unit: u8, now in prop_oneof![
            0..4_000_000_000_000_000_i64,
            any::<i64>(),
        ]) {
            super::term(value, unit, now);
        }

        #[test]
        fn searches(words in prop::collection::vec(
            "customer:[0-9]{0,2}|state:(active|expired|orphan|)|kind:(single|group|call|sms)|\
             (exp|age):[<>]?[0-9]{0,3}[hmd]?|[+0-9]{1,9}|effect:(failed|x)|facade:[a-z]{0,3}|\\PC{0,6}",
            0..5,
        )) {
            super::search(&words.join(" "));
        }
    }
}
