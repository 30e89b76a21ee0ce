//! Telling a failure in a log.

use std::error::Error;
use std::fmt::{self, Write};
use std::iter::successors;

use crate::error::StoreError;

/// From so many digits on, a text may hold a phone number or an IMSI.
const FEWEST_DIGITS: usize = 7;

/// A failure with all its causes in one line, without anybody's number.
///
/// What a database says may quote a value that it did not like, and may have line breaks in it.
/// Of a run of digits that could be a phone number the last four stay; a control character
/// becomes a space. (PostgreSQL's DETAIL, which quotes whole rows, diesel does not show at all.)
pub struct Told<'a>(&'a StoreError);

impl StoreError {
    /// The failure as it may stand in a log.
    pub const fn told(&self) -> Told<'_> {
        Told(self)
    }
}

impl fmt::Display for Told<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut masked = Masked { out: f, digits: String::new() };
        write!(masked, "{}", self.0)?;
        for cause in successors(self.0.source(), |&cause| cause.source()) {
            write!(masked, ": {cause}")?;
        }
        masked.end_digits()
    }
}

/// Writes on, but for what must not stand there. Only ever holds back one run of digits.
struct Masked<'a, 'b> {
    out: &'a mut fmt::Formatter<'b>,
    digits: String,
}

impl Masked<'_, '_> {
    fn end_digits(&mut self) -> fmt::Result {
        let digits = std::mem::take(&mut self.digits);
        match digits.len().checked_sub(4) {
            Some(hidden) if digits.len() >= FEWEST_DIGITS => {
                write!(self.out, "…{}", &digits[hidden..])
            }
            _ => self.out.write_str(&digits),
        }
    }
}

impl fmt::Write for Masked<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.chars().try_for_each(|char| self.write_char(char))
    }

    fn write_char(&mut self, char: char) -> fmt::Result {
        if char.is_ascii_digit() {
            self.digits.push(char);
            return Ok(());
        }
        self.end_digits()?;
        self.out.write_char(if char.is_control() { ' ' } else { char })
    }
}

#[cfg(test)]
mod tests {
    use diesel::result::{DatabaseErrorKind, Error};

    use super::*;

    fn check(message: &str, expected: &str) {
        let error = Error::DatabaseError(DatabaseErrorKind::Unknown, Box::new(message.to_owned()));
        assert_eq!(StoreError::Failed(error).told().to_string(), expected);
    }

    #[test]
    fn a_failure_is_told_with_its_cause_and_without_numbers() {
        check("disk is full", "the database failed: disk is full");
        check(
            "Key (e164)=(60388880000) already exists",
            "the database failed: Key (e164)=(…0000) already exists",
        );
        check(
            "imsi 502120000000000, port 5432, +60388880000",
            "the database failed: imsi …0000, port 5432, +…0000",
        );
    }

    #[test]
    fn a_failure_cannot_begin_a_line_of_its_own() {
        check("no\nINFO \u{1b}[31mred\r", "the database failed: no INFO  [31mred ");
    }

    #[test]
    fn an_unknown_commit_is_told_to_its_end() {
        let lost = StoreError::Busy(Error::NotFound);
        assert_eq!(
            StoreError::UnknownCommit(Box::new(lost)).told().to_string(),
            "the outcome of a commit is unknown: the database is locked by somebody else: \
             Record not found"
        );
    }
}
