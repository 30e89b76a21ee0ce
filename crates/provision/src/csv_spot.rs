//! The lines of a CSV file, as people count them.

use csv::{Position, Reader};

/// How far the reader's own count is behind.
///
/// It counts line feeds, and takes a record to end with the first byte of its line's end. So of a file whose
/// lines end with a carriage return, too, it has not seen the line feed before a record when that begins.
#[derive(Clone, Copy)]
pub(crate) struct Lines {
    behind: u64,
}

impl Lines {
    /// To be asked when the header was read, and no more.
    pub(crate) fn after_header<R: std::io::Read>(reader: &Reader<R>) -> Self {
        Self { behind: u64::from(reader.position().line() == 1) }
    }

    /// In which line a record begins that is not the header; 0 if that is not known.
    pub(crate) fn of(self, position: Option<&Position>) -> usize {
        let line = position.map_or(0, |position| position.line().saturating_add(self.behind));
        usize::try_from(line).unwrap_or(usize::MAX)
    }
}

#[cfg(test)]
mod tests {
    use csv::{ReaderBuilder, StringRecord};

    use super::*;

    fn check(text: &str, expected: &[usize]) {
        let mut reader = ReaderBuilder::new().from_reader(text.as_bytes());
        reader.headers().unwrap();
        let lines = Lines::after_header(&reader);
        let mut found = Vec::new();
        let mut record = StringRecord::new();
        while reader.read_record(&mut record).unwrap() {
            found.push(lines.of(record.position()));
        }
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn lines_are_counted_whatever_they_end_with() {
        check("number\n1\n2\n3", &[2, 3, 4]);
        check("number\r\n1\r\n2\r\n3\r\n", &[2, 3, 4]);
        check("number,city\r\n1,\"a\r\nb\"\r\n2,c\r\n", &[2, 4]);
        check("number", &[]);
    }
}
