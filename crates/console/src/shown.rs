//! Instants, spans, money and counts as people read them.

use leaseline_core::Timestamp;
use leaseline_core::money::Credits;
use leaseline_core::timestamp::{Utc, Zone, local_text};
use maud::{Markup, html};

/// An instant: in UTC as it is written, in the viewer's zone where a script runs, which puts UTC
/// into what is shown on hover.
pub(crate) fn at(at: Timestamp) -> Markup {
    let text = utc(at);
    html! { time datetime=(rfc3339(at)) title=(text) { (text) } }
}

/// An instant that may not be there.
pub(crate) fn at_or(instant: Option<Timestamp>, otherwise: &str) -> Markup {
    match instant {
        Some(instant) => at(instant),
        None => html! { span.none { (otherwise) } },
    }
}

/// An instant to come, with the time that is left until then.
pub(crate) fn until(until: Timestamp, now: Timestamp) -> Markup {
    let left = until.seconds().saturating_sub(now.seconds());
    html! { (at(until)) " " span.left data-until=(until.seconds()) { (in_words(left)) } }
}

/// A span of seconds as two of its units: `3 h 20 min`.
pub(crate) fn in_words(seconds: i64) -> String {
    if seconds <= 0 {
        return "over".to_owned();
    }
    let (days, hours) = (seconds / 86_400, seconds / 3_600 % 24);
    let (minutes, rest) = (seconds / 60 % 60, seconds % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{rest} s"),
        (0, 0, _) => format!("{minutes} min {rest} s"),
        (0, ..) => format!("{hours} h {minutes} min"),
        _ => format!("{days} d {hours} h"),
    }
}

/// `2027-02-19 12:00:00 UTC`.
pub(crate) fn utc(at: Timestamp) -> String {
    Utc.local(at)
        .map_or_else(|| "out of range".to_owned(), |local| format!("{} UTC", local_text(local)))
}

/// `2027-02-19T12:00:00Z`.
pub(crate) fn rfc3339(at: Timestamp) -> String {
    let local = Utc.local(at).map(local_text).unwrap_or_default();
    format!("{}Z", local.replace(' ', "T"))
}

/// Credits, with dollars beside them.
pub(crate) fn money(amount: Credits) -> Markup {
    let sign = if amount < Credits::ZERO { "minus" } else { "plus" };
    html! {
        span class={ "money " (sign) } { (grouped(amount.get())) }
        " " span.dollars { (dollars(amount)) }
    }
}

/// `-$12.3456`.
pub(crate) fn dollars(amount: Credits) -> String {
    let text = amount.in_dollars().to_string();
    match text.strip_prefix('-') {
        Some(positive) => format!("-${positive}"),
        None => format!("${text}"),
    }
}

/// A whole number with a comma between groups of three digits.
pub(crate) fn grouped(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if value < 0 {
        text.push('-');
    }
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count with a comma between groups of three digits.
pub(crate) fn count(value: u64) -> String {
    grouped(i64::try_from(value).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_are_grouped() {
        for (value, expected) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (-1_234_567, "-1,234,567"),
            (i64::MIN, "-9,223,372,036,854,775,808"),
        ] {
            assert_eq!(grouped(value), expected);
        }
    }

    #[test]
    fn spans_are_two_units() {
        for (seconds, expected) in [
            (-1, "over"),
            (0, "over"),
            (59, "59 s"),
            (61, "1 min 1 s"),
            (3_660, "1 h 1 min"),
            (90_000, "1 d 1 h"),
        ] {
            assert_eq!(in_words(seconds), expected);
        }
    }

    #[test]
    fn instants_are_utc() {
        let at = Timestamp::from_seconds(1_580_472_000).unwrap();
        assert_eq!(utc(at), "2020-01-31 12:00:00 UTC");
        assert_eq!(rfc3339(at), "2020-01-31T12:00:00Z");
        assert_eq!(dollars(Credits::new(-5)), "-$0.0005");
    }
}
