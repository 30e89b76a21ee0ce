//! Writing XML 1.0: two spaces for each level, a line feed at the end. By hand, as a list of groups
//! has hundreds of elements and nothing else in it costs as much.

use std::borrow::Cow;

use leaseline_core::card::CardLength;
use leaseline_core::money::Dollars;
use leaseline_web::xml::carried;
use quick_xml::escape::partial_escape;

/// What most answers have room in.
const ROOM: usize = 256;

/// What each thing of a list has room in, some ten elements.
const ROOM_OF_ONE: usize = 640;

/// Spaces for the deepest of our elements.
const INDENTATION: &str = "        ";

/// A document in the making.
pub(crate) struct Xml {
    document: String,
    /// How many elements are open.
    depth: usize,
}

/// What stands in an element.
pub(crate) trait Content {
    /// Writes it at the end of a document.
    fn write(self, document: &mut String);
}

impl Content for &str {
    fn write(self, document: &mut String) {
        match self.bytes().all(stands_for_itself) {
            true => document.push_str(self),
            false => document.push_str(&escaped(self)),
        }
    }
}

impl Content for i64 {
    fn write(self, document: &mut String) {
        document.push_str(itoa::Buffer::new().format(self));
    }
}

impl Content for Dollars {
    fn write(self, document: &mut String) {
        self.write_to(document).expect("a text takes every text");
    }
}

impl Content for CardLength {
    fn write(self, document: &mut String) {
        i64::from(self.get()).write(document);
    }
}

/// One after the other.
impl<A: Content, B: Content, C: Content> Content for (A, B, C) {
    fn write(self, document: &mut String) {
        let (a, b, c) = self;
        a.write(document);
        b.write(document);
        c.write(document);
    }
}

/// Nothing where there is none.
impl<T: Content> Content for Option<T> {
    fn write(self, document: &mut String) {
        if let Some(content) = self {
            content.write(document);
        }
    }
}

impl Xml {
    /// The document whose root has this name and what `content` writes.
    pub(crate) fn document(root: &'static str, content: impl FnOnce(&mut Self)) -> String {
        Self::with_room(ROOM, root, content)
    }

    /// The same for a list of so many things.
    pub(crate) fn list_document(
        things: usize,
        root: &'static str,
        content: impl FnOnce(&mut Self),
    ) -> String {
        Self::with_room(ROOM + things.saturating_mul(ROOM_OF_ONE), root, content)
    }

    fn with_room(room: usize, root: &'static str, content: impl FnOnce(&mut Self)) -> String {
        let mut xml = Self { document: String::with_capacity(room), depth: 0 };
        xml.document.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        xml.branch(root, content);
        xml.document
    }

    /// An element with what `content` writes.
    pub(crate) fn branch(&mut self, name: &'static str, content: impl FnOnce(&mut Self)) {
        self.open(name);
        self.document.push('\n');
        self.depth += 1;
        content(self);
        self.depth -= 1;
        self.indent();
        self.close(name);
    }

    /// An element with this in it.
    pub(crate) fn leaf(&mut self, name: &'static str, content: impl Content) {
        self.open(name);
        content.write(&mut self.document);
        self.close(name);
    }

    fn open(&mut self, name: &'static str) {
        self.indent();
        self.document.push('<');
        self.document.push_str(name);
        self.document.push('>');
    }

    fn close(&mut self, name: &'static str) {
        self.document.push_str("</");
        self.document.push_str(name);
        self.document.push_str(">\n");
    }

    fn indent(&mut self) {
        let indentation = INDENTATION.get(..2 * self.depth);
        self.document.push_str(indentation.unwrap_or(INDENTATION));
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
