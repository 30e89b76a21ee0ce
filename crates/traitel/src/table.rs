//! Comma-separated lines (RFC 4180): quoted where needed, ended by a single line feed.

use std::fmt::Display;

/// A line in the making.
#[derive(Debug, Default)]
pub(crate) struct Row(String);

impl Row {
    /// With one more cell.
    pub(crate) fn cell(mut self, value: impl Display) -> Self {
        self.push(&value.to_string());
        self
    }

    /// With one more cell, empty when there is nothing to stand in it.
    pub(crate) fn optional(self, value: Option<impl Display>) -> Self {
        match value {
            Some(value) => self.cell(value),
            None => self.cell(""),
        }
    }

    /// The line, ended.
    pub(crate) fn end(mut self) -> String {
        // Each cell begins with its comma, so that an empty first cell is one too.
        self.0.push('\n');
        self.0.split_off(1)
    }

    fn push(&mut self, value: &str) {
        self.0.push(',');
        if needs_quotes(value) {
            self.0.push('"');
            self.0.push_str(&value.replace('"', "\"\""));
            self.0.push('"');
        } else {
            self.0.push_str(value);
        }
    }
}

fn needs_quotes(value: &str) -> bool {
    value.contains([',', '"', '\r', '\n']) || value.starts_with(' ') || value.ends_with(' ')
}

/// Writes each line break, of whichever kind, as a backslash and `n`, so that a message stays
/// one line.
pub(crate) fn without_line_breaks(text: &str) -> String {
    text.replace("\r\n", "\\n").replace(['\r', '\n'], "\\n")
}

#[cfg(test)]
mod tests;
