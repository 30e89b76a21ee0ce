//! Writing XML 1.0: two spaces for each level, a line feed at the end. By hand, as a list of groups
//! has hundreds of elements and nothing else in it costs as much.

use std::borrow::Cow;
use std::fmt::{Display, Write};

use leaseline_web::xml::carried;
use quick_xml::escape::partial_escape;

/// A document has room for so many bytes before it has to grow: a list of ten groups fits.
const ROOM: usize = 4_096;

/// A document in the making.
pub(crate) struct Xml {
    document: String,
    /// How many elements are open.
    depth: usize,
}

impl Xml {
    /// The document whose root has this name and what `content` writes.
    pub(crate) fn document(root: &'static str, content: impl FnOnce(&mut Self)) -> String {
        let mut xml = Self { document: String::with_capacity(ROOM), depth: 0 };
        xml.document.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        xml.branch(root, content);
        xml.document
    }

    /// An element with what `content` writes.
    pub(crate) fn branch(&mut self, name: &'static str, content: impl FnOnce(&mut Self)) {
        self.indent();
        self.push(["<", name, ">\n"]);
        self.depth += 1;
        content(self);
        self.depth -= 1;
        self.indent();
        self.push(["</", name, ">\n"]);
    }

    /// An element with a text.
    pub(crate) fn leaf(&mut self, name: &'static str, text: impl Display) {
        self.indent();
        self.push(["<", name, ">"]);
        let begin = self.document.len();
        write!(self.document, "{text}").expect("a text takes every text");
        self.escape_from(begin);
        self.push(["</", name, ">\n"]);
    }

    /// What was written since then is a text.
    fn escape_from(&mut self, begin: usize) {
        let text = &self.document[begin..];
        if !text.bytes().all(stands_for_itself) {
            let escaped = escaped(text);
            self.document.truncate(begin);
            self.document.push_str(&escaped);
        }
    }

    fn indent(&mut self) {
        (0..self.depth).for_each(|_| self.document.push_str("  "));
    }

    fn push(&mut self, pieces: [&str; 3]) {
        pieces.into_iter().for_each(|piece| self.document.push_str(piece));
    }
}

/// A text as it stands in a document. What XML 1.0 cannot carry is U+FFFD; a carriage return, which
/// a reader would make a line feed of, is named by its number.
fn escaped(text: &str) -> String {
    let escaped: Cow<'_, str> = partial_escape(carried(text));
    escaped.replace('\r', "&#13;")
}

/// Nearly all that is ever written.
const fn stands_for_itself(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\t' | b'\n') && !matches!(byte, b'<' | b'>' | b'&')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_indented_and_ends_its_line() {
        let document = Xml::document("page", |page| {
            page.branch("status", |status| status.leaf("error", "a < b & c > d \"e\" 'f'"));
            page.leaf("empty", "");
            page.branch("none", |_| {});
        });
        let expected = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<page>\n  <status>\n    \
                        <error>a &lt; b &amp; c &gt; d \"e\" 'f'</error>\n  </status>\n  \
                        <empty></empty>\n  <none>\n  </none>\n</page>\n";
        assert_eq!(document, expected);
    }

    #[test]
    fn what_can_not_be_carried_is_replaced() {
        let check = |text, expected: &str| assert_eq!(escaped(text), expected, "{text:?}");
        check("a\u{1}b\u{FFFE}\u{FFFF}c\u{B}", "a\u{FFFD}b\u{FFFD}\u{FFFD}c\u{FFFD}");
        check("]]>", "]]&gt;");
        check("a\tb\nc\r", "a\tb\nc&#13;");
        check("é €\u{1F600}", "é €\u{1F600}");
    }
}
