//! The strict reader of `application/x-www-form-urlencoded`.
//!
//! Nothing is ever repaired: what cannot be read is an error, because a hash, a bill or a phone
//! number that was guessed is worse than a refusal. (`serde_urlencoded` keeps `%zz` as it stands
//! and replaces what is not UTF-8; it may write forms, not read ours.)

/// A body that is not a form, or not text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// A `%` that two hexadecimal digits do not follow.
    #[error("decode the form: a percent sign without two hexadecimal digits")]
    BadEscape,
    /// The decoded bytes of a name or a value are not UTF-8.
    #[error("decode the form: a name or a value is not UTF-8")]
    NotUtf8,
    /// A name or a value holds a NUL.
    #[error("decode the form: a name or a value holds a NUL")]
    Nul,
}

/// A form as text: names and values in the order in which they were sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// All of them, one after the other.
    text: String,
    ends: Vec<Ends>,
}

/// Where a name and its value end. It begins where the one before it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Ends {
    name: usize,
    value: usize,
}

impl Form {
    /// Reads a body, or a query string, as UTF-8 text without NUL.
    ///
    /// ```
    /// use leaseline_web::Form;
    ///
    /// let form = Form::parse(b"name=Anna+M%C3%BCller&city=")?;
    /// assert_eq!(form.get("name"), Some("Anna Müller"));
    /// assert_eq!(form.get("city"), Some(""));
    /// assert_eq!(form.get("phone"), None);
    /// # Ok::<(), leaseline_web::FormError>(())
    /// ```
    ///
    /// # Errors
    /// A bad escape anywhere in the form, else the first pair that is not UTF-8 or holds a NUL.
    pub fn parse(form: &[u8]) -> Result<Self, FormError> {
        let mut bytes = Vec::with_capacity(form.len());
        let mut ends = Vec::new();
        for (name, value) in encoded_pairs(form) {
            decode(name, &mut bytes)?;
            let name = bytes.len();
            decode(value, &mut bytes)?;
            ends.push(Ends { name, value: bytes.len() });
        }
        sound(&bytes, &ends)?;
        let text = String::from_utf8(bytes).map_err(|_| FormError::NotUtf8)?;
        Ok(Self { text, ends })
    }

    /// The first value of `name`; empty when it was sent without one.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(sent, _)| *sent == name).map(|(_, value)| value)
    }

    /// The first of `names` that was sent more than once. Other names may repeat.
    pub fn repeated<'n>(&self, names: &[&'n str]) -> Option<&'n str> {
        let times = |name: &str| self.iter().filter(|(sent, _)| *sent == name).count();
        names.iter().copied().find(|name| times(name) > 1)
    }

    /// All pairs of name and value, in the order in which they were sent.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let mut begin = 0;
        self.ends.iter().map(move |ends| {
            let pair = (&self.text[begin..ends.name], &self.text[ends.name..ends.value]);
            begin = ends.value;
            pair
        })
    }
}

/// Whether each name and each value is text by itself.
fn sound(bytes: &[u8], ends: &[Ends]) -> Result<(), FormError> {
    let mut begin = 0;
    for end in ends.iter().flat_map(|ends| [ends.name, ends.value]) {
        let text = std::str::from_utf8(&bytes[begin..end]).map_err(|_| FormError::NotUtf8)?;
        if text.contains('\0') {
            return Err(FormError::Nul);
        }
        begin = end;
    }
    Ok(())
}

/// A name and its value, percent-decoded and nothing more.
pub type BytePair = (Vec<u8>, Vec<u8>);

/// The pairs of a form as percent-decoded bytes, in the order in which they were sent, for those
/// who hash bytes or read another character set.
///
/// A `+` is a space, a pair without `=` has an empty value, an empty pair (`a=1&&b=2`) is none.
///
/// # Errors
/// [`FormError::BadEscape`], and no other.
pub fn pairs(form: &[u8]) -> Result<Vec<BytePair>, FormError> {
    encoded_pairs(form).map(|(name, value)| Ok((decoded(name)?, decoded(value)?))).collect()
}

fn encoded_pairs(form: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    form.split(|&byte| byte == b'&').filter(|pair| !pair.is_empty()).map(|pair| {
        let mut halves = pair.splitn(2, |&byte| byte == b'=');
        (halves.next().unwrap_or_default(), halves.next().unwrap_or_default())
    })
}

fn decoded(encoded: &[u8]) -> Result<Vec<u8>, FormError> {
    let mut out = Vec::with_capacity(encoded.len());
    decode(encoded, &mut out)?;
    Ok(out)
}

fn decode(encoded: &[u8], out: &mut Vec<u8>) -> Result<(), FormError> {
    // Nearly all that is ever sent.
    if !encoded.iter().any(|byte| matches!(byte, b'+' | b'%')) {
        out.extend_from_slice(encoded);
        return Ok(());
    }
    let mut bytes = encoded.iter();
    while let Some(&byte) = bytes.next() {
        out.push(match byte {
            b'+' => b' ',
            b'%' => escaped(bytes.next(), bytes.next()).ok_or(FormError::BadEscape)?,
            other => other,
        });
    }
    Ok(())
}

fn escaped(high: Option<&u8>, low: Option<&u8>) -> Option<u8> {
    Some(nibble(*high?)? << 4 | nibble(*low?)?)
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(form: &[u8], expected: Result<&[(&str, &str)], FormError>) {
        let read = Form::parse(form);
        let read =
            read.as_ref().map(|form| form.iter().collect::<Vec<_>>()).map_err(|error| *error);
        assert_eq!(read, expected.map(<[_]>::to_vec), "{}", form.escape_ascii());
    }

    #[test]
    fn a_form_is_read_in_order_and_never_repaired() {
        check(b"", Ok(&[]));
        check(b"a=1", Ok(&[("a", "1")]));
        check(b"a=1&b=2&a=3", Ok(&[("a", "1"), ("b", "2"), ("a", "3")]));
        check(b"&&a=1&&&b=2&", Ok(&[("a", "1"), ("b", "2")]));
        check(b"a", Ok(&[("a", "")]));
        check(b"a=", Ok(&[("a", "")]));
        check(b"=", Ok(&[("", "")]));
        check(b"=x", Ok(&[("", "x")]));
        check(b"a=b=c", Ok(&[("a", "b=c")]));
        check(b"a+b=+c%20d%2B", Ok(&[("a b", " c d+")]));
        check(b"%61=%C3%A9%e2%82%ac", Ok(&[("a", "é€")]));
        check("a=é".as_bytes(), Ok(&[("a", "é")]));
        check(b"a=%26%3D%25", Ok(&[("a", "&=%")]));
        check(b"a=\r\n;", Ok(&[("a", "\r\n;")]));
        check(b"a=%zz", Err(FormError::BadEscape));
        check(b"a=%4", Err(FormError::BadEscape));
        check(b"a=%", Err(FormError::BadEscape));
        check(b"a=%4&b=1", Err(FormError::BadEscape));
        check(b"a=%+1", Err(FormError::BadEscape));
        check(b"%g0=1", Err(FormError::BadEscape));
        check(b"a=%FF", Err(FormError::NotUtf8));
        check(b"a=\xFF", Err(FormError::NotUtf8));
        check(b"%C3=1", Err(FormError::NotUtf8));
        check(b"a=%C0%80", Err(FormError::NotUtf8));
        check(b"a%C3=%A9", Err(FormError::NotUtf8));
        check(b"a=%C3&%A9=1", Err(FormError::NotUtf8));
        check(b"a=%00", Err(FormError::Nul));
        check(b"a\0=1", Err(FormError::Nul));
        check(b"a=%FF&b=%zz", Err(FormError::BadEscape));
        check(b"a=%00&b=%FF", Err(FormError::Nul));
    }

    #[test]
    fn the_bytes_are_kept_for_those_who_hash_them() {
        let expected = vec![(b"a".to_vec(), b"Caf\xE9\0".to_vec())];
        assert_eq!(pairs(b"a=Caf%E9%00"), Ok(expected));
    }

    #[test]
    fn only_the_names_that_are_asked_for_may_not_repeat() {
        let form = Form::parse(b"x=1&b=1&x=2&b=2&c=3&a=1&a=1").unwrap();
        assert_eq!(form.repeated(&["a", "b", "c"]), Some("a"));
        assert_eq!(form.repeated(&["c", "b"]), Some("b"));
        assert_eq!(form.repeated(&["c", "d"]), None);
        assert_eq!(form.get("b"), Some("1"));
    }

    proptest! {
        #[test]
        fn what_serde_urlencoded_writes_is_read_back(
            sent in prop::collection::vec(("[^\0]*", "[^\0]*"), 0..8)
        ) {
            let written = serde_urlencoded::to_string(&sent).unwrap();
            let read = Form::parse(written.as_bytes()).unwrap();
            let sent: Vec<_> = sent.iter().map(|(name, value)| (&**name, &**value)).collect();
            prop_assert_eq!(read.iter().collect::<Vec<_>>(), sent);
        }
    }
}
