//! Instants as an operator reads and writes them: `2027-02-19T12:00:00Z`.

use leaseline_core::Timestamp;

/// The text is no instant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an instant such as 2027-02-19T12:00:00Z")]
pub struct NotAnInstant(String);

/// Reads an instant; it says its offset from UTC, or `Z`.
///
/// # Errors
/// [`NotAnInstant`], which says how to write one.
pub fn parse(text: &str) -> Result<Timestamp, NotAnInstant> {
    let instant: Result<jiff::Timestamp, _> = text.parse();
    let instant = instant.map_err(|_| NotAnInstant(text.to_owned()))?;
    Ok(Timestamp::from_micros(instant.as_microsecond()))
}

/// Writes an instant in UTC, with as much of a fraction as it has. One beyond the year 9999 is
/// shown as the last that there is.
///
/// ```
/// use leaseline_service::rfc3339;
///
/// let instant = rfc3339::parse("2027-02-19T20:00:00+08:00").expect("an instant");
/// assert_eq!(rfc3339::format(instant), "2027-02-19T12:00:00Z");
/// ```
pub fn format(at: Timestamp) -> String {
    jiff::Timestamp::from_microsecond(at.micros()).unwrap_or(jiff::Timestamp::MAX).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_says_its_offset() {
        for wrong in ["", "2027-02-19", "2027-02-19T12:00:00", "tomorrow"] {
            assert_eq!(parse(wrong), Err(NotAnInstant(wrong.to_owned())));
        }
        assert_eq!(parse("1970-01-01T00:00:01.5Z"), Ok(Timestamp::from_micros(1_500_000)));
    }
}
