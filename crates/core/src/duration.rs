//! Durations as people write them: `500ms`, `10s`, `15m`, `24h`, `90d`.

use std::time::Duration;

/// The text is no duration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a duration such as 500ms, 10s, 15m, 24h or 90d")]
pub struct NotADuration(String);

/// Milliseconds per unit.
const UNITS: [(&str, u64); 5] =
    [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

/// Reads a whole number with its unit.
///
/// ```
/// use std::time::Duration;
/// use leaseline_core::duration;
///
/// assert_eq!(duration::parse("90d"), Ok(Duration::from_secs(90 * 86_400)));
/// ```
///
/// # Errors
/// [`NotADuration`], which says how to write one.
pub fn parse(text: &str) -> Result<Duration, NotADuration> {
    millis(text).map(Duration::from_millis).ok_or_else(|| NotADuration(text.to_owned()))
}

fn millis(text: &str) -> Option<u64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let (_, per_unit) = UNITS.into_iter().find(|(name, _)| *name == unit)?;
    number.parse::<u64>().ok()?.checked_mul(per_unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<u64>) {
        assert_eq!(parse(text).ok(), expected.map(Duration::from_millis), "{text:?}");
    }

    #[test]
    fn a_duration_is_a_whole_number_and_a_unit() {
        check("500ms", Some(500));
        check("10s", Some(10_000));
        check("15m", Some(900_000));
        check("24h", Some(86_400_000));
        check("90d", Some(7_776_000_000));
        check("0s", Some(0));
        for wrong in ["", "10", "s", "10 s", "10S", "-1s", "+1s", "1.5h", "1h30m", "10sec", "１s"]
        {
            check(wrong, None);
        }
        check("18446744073709551615d", None);
        check("18446744073709551616ms", None);
    }
}
