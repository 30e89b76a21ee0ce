//! Writing XML 1.0: two spaces for each level, a line feed at the end.

use std::borrow::Cow;
use std::io;

use quick_xml::Writer;
use quick_xml::escape::partial_escape;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

/// An element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Element {
    /// One with a text.
    Leaf(&'static str, String),
    /// One with elements.
    Branch(&'static str, Vec<Element>),
}

impl Element {
    pub(crate) fn leaf(name: &'static str, text: impl ToString) -> Self {
        Self::Leaf(name, text.to_string())
    }

    /// The document of which this is the root.
    pub(crate) fn document(&self) -> String {
        let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
        self.declare_and_write(&mut writer).expect("memory takes every byte");
        let mut document = String::from_utf8(writer.into_inner()).expect("made of texts");
        document.push('\n');
        document
    }

    fn declare_and_write(&self, writer: &mut Writer<Vec<u8>>) -> io::Result<()> {
        writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        self.write(writer)
    }

    fn write(&self, writer: &mut Writer<Vec<u8>>) -> io::Result<()> {
        let (Self::Leaf(name, _) | Self::Branch(name, _)) = self;
        writer.write_event(Event::Start(BytesStart::new(*name)))?;
        match self {
            Self::Leaf(_, text) => {
                writer.write_event(Event::Text(BytesText::from_escaped(escaped(text))))?;
            }
            Self::Branch(_, elements) => {
                elements.iter().try_for_each(|element| element.write(writer))?;
            }
        }
        writer.write_event(Event::End(BytesEnd::new(*name)))
    }
}

/// A text as it stands in a document. What XML 1.0 cannot carry is U+FFFD; a carriage return, which
/// a reader would make a line feed of, is named by its number.
fn escaped(text: &str) -> Cow<'_, str> {
    if text.bytes().all(stands_for_itself) {
        return Cow::Borrowed(text);
    }
    let carried: String =
        text.chars().map(|it| if is_carried(it) { it } else { '\u{FFFD}' }).collect();
    let escaped: Cow<'_, str> = partial_escape(carried);
    Cow::Owned(escaped.replace('\r', "&#13;"))
}

/// Nearly all that is ever written.
const fn stands_for_itself(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\t' | b'\n') && !matches!(byte, b'<' | b'>' | b'&')
}

/// XML 1.0, section 2.2.
const fn is_carried(character: char) -> bool {
    matches!(character,
        '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}'
        | '\u{10000}'..='\u{10FFFF}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use quick_xml::Reader;

    use super::*;

    #[test]
    fn a_document_is_indented_and_ends_its_line() {
        let tree = Element::Branch(
            "page",
            vec![
                Element::Branch("status", vec![Element::leaf("error", "a < b & c > d \"e\" 'f'")]),
                Element::leaf("empty", ""),
                Element::Branch("none", vec![]),
            ],
        );
        let expected = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<page>\n  <status>\n    \
                        <error>a &lt; b &amp; c &gt; d \"e\" 'f'</error>\n  </status>\n  \
                        <empty></empty>\n  <none>\n  </none>\n</page>\n";
        assert_eq!(tree.document(), expected);
    }

    #[test]
    fn what_can_not_be_carried_is_replaced() {
        let check = |text, expected: &str| assert_eq!(escaped(text), expected, "{text:?}");
        check("a\u{1}b\u{FFFE}\u{FFFF}c\u{B}", "a\u{FFFD}b\u{FFFD}\u{FFFD}c\u{FFFD}");
        check("]]>", "]]&gt;");
        check("a\tb\nc\r", "a\tb\nc&#13;");
        check("é €\u{1F600}", "é €\u{1F600}");
    }

    proptest! {
        #[test]
        fn any_text_comes_out_as_well_formed_xml(text in any::<String>()) {
            let document = Element::leaf("page", &text).document();
            prop_assert!(document.chars().all(is_carried));
            let mut reader = Reader::from_str(&document);
            let mut found = String::new();
            loop {
                match reader.read_event() {
                    Ok(Event::Eof) => break,
                    Ok(Event::Text(part)) => found.push_str(&part.decode().unwrap()),
                    Ok(Event::GeneralRef(name)) => found.push_str(match &*name {
                        b"lt" => "<",
                        b"gt" => ">",
                        b"amp" => "&",
                        b"#13" => "\r",
                        other => panic!("{other:?}"),
                    }),
                    Ok(_) => {}
                    Err(error) => panic!("{error}: {document}"),
                }
            }
            let carried: String =
                text.chars().map(|it| if is_carried(it) { it } else { '\u{FFFD}' }).collect();
            prop_assert!(found.trim_start_matches('\n').starts_with(&carried) || found.contains(&carried));
        }
    }
}
