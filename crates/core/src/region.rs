//! What a bare number needs to become an international one: a country code and a national prefix.

use std::borrow::Cow;

use thiserror::Error;

/// Where a number without a country code belongs. It is no numbering plan: it knows how numbers
/// there are dialled, not which of them exist.
///
/// ```
/// use leaseline_core::region::Region;
///
/// let malaysia = Region::by_code("MY").expect("MY is in the table");
/// assert_eq!(malaysia.country_code(), "60");
/// assert_eq!(malaysia.national_prefix(), Some("0"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region {
    country_code: Cow<'static, str>,
    /// Empty where there is none.
    national_prefix: Cow<'static, str>,
}

impl Region {
    /// The region of an ISO 3166 alpha-2 code, in capitals: `MY`, not `my`.
    pub fn by_code(code: &str) -> Option<Self> {
        let row = REGIONS.binary_search_by_key(&code, |&(code, ..)| code).ok()?;
        let (_, country_code, national_prefix) = REGIONS[row];
        Some(Self {
            country_code: Cow::Borrowed(country_code),
            national_prefix: Cow::Borrowed(national_prefix),
        })
    }

    /// A switch's own settings. The country code has 1 to 3 digits and does not begin with 0; the
    /// national prefix has at most 8 digits, and an empty one is the same as none.
    pub fn new(country_code: &str, national_prefix: Option<&str>) -> Result<Self, InvalidRegion> {
        let national_prefix = national_prefix.unwrap_or_default();
        if !is_country_code(country_code) {
            return Err(InvalidRegion::CountryCode);
        }
        if !is_national_prefix(national_prefix) {
            return Err(InvalidRegion::NationalPrefix);
        }
        Ok(Self {
            country_code: Cow::Owned(country_code.to_owned()),
            national_prefix: Cow::Owned(national_prefix.to_owned()),
        })
    }

    /// 1 to 3 digits, without a plus: `60`.
    pub fn country_code(&self) -> &str {
        &self.country_code
    }

    /// The digits before a number that is dialled within the country, never empty: `0`.
    pub fn national_prefix(&self) -> Option<&str> {
        Some(&*self.national_prefix).filter(|prefix| !prefix.is_empty())
    }
}

/// The code of a region, such as `MY`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RegionCode(&'static str);

impl RegionCode {
    /// Reads an ISO 3166 alpha-2 code, in capitals; `None` when it is not in the table.
    pub fn parse(code: &str) -> Option<Self> {
        let row = REGIONS.binary_search_by_key(&code, |&(code, ..)| code).ok()?;
        Some(Self(REGIONS[row].0))
    }

    /// A code under which this region is in the table; where several regions dial alike, the
    /// first of them.
    pub fn of(region: &Region) -> Option<Self> {
        let alike = |(code, ..): &&(&str, _, _)| Region::by_code(code).as_ref() == Some(region);
        REGIONS.iter().find(alike).map(|&(code, ..)| Self(code))
    }

    /// The two letters.
    pub const fn as_str(self) -> &'static str {
        self.0
    }

    /// The region itself.
    pub fn region(self) -> Region {
        Region::by_code(self.0).expect("a code comes from the table")
    }
}

/// Why a switch's settings make no [`Region`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum InvalidRegion {
    /// The country code has other characters than digits, none, more than 3, or begins with 0.
    #[error("country code is not 1 to 3 digits of which the first is not 0")]
    CountryCode,
    /// The national prefix has other characters than digits, or more than 8.
    #[error("national prefix is not at most 8 digits")]
    NationalPrefix,
}

const MAX_COUNTRY_CODE_DIGITS: usize = 3;
/// The longest in the table has 2; a switch may put a trunk code of its own before it.
const MAX_NATIONAL_PREFIX_DIGITS: usize = 8;

fn is_country_code(text: &str) -> bool {
    (1..=MAX_COUNTRY_CODE_DIGITS).contains(&text.len()) && is_digits(text) && !text.starts_with('0')
}

fn is_national_prefix(text: &str) -> bool {
    text.len() <= MAX_NATIONAL_PREFIX_DIGITS && is_digits(text)
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Code, country code, national prefix ("" where there is none), sorted by code.
///
/// The data is that of libphonenumber (Copyright The Libphonenumber Authors, Apache-2.0), read
/// through the `phonenumber` crate; entries that are no country, such as 001, are left out.
/// `tests/regions.rs` compares every row with the metadata.
#[rustfmt::skip]
static REGIONS: [(&str, &str, &str); 245] = [
    ("AC", "247", ""), ("AD", "376", ""), ("AE", "971", "0"), ("AF", "93", "0"), ("AG", "1", "1"),
    ("AI", "1", "1"), ("AL", "355", "0"), ("AM", "374", "0"), ("AO", "244", ""), ("AR", "54", "0"),
    ("AS", "1", "1"), ("AT", "43", "0"), ("AU", "61", "0"), ("AW", "297", ""), ("AX", "358", "0"),
    ("AZ", "994", "0"), ("BA", "387", "0"), ("BB", "1", "1"), ("BD", "880", "0"), ("BE", "32", "0"),
    ("BF", "226", ""), ("BG", "359", "0"), ("BH", "973", ""), ("BI", "257", ""), ("BJ", "229", ""),
    ("BL", "590", "0"), ("BM", "1", "1"), ("BN", "673", ""), ("BO", "591", "0"), ("BQ", "599", ""),
    ("BR", "55", "0"), ("BS", "1", "1"), ("BT", "975", ""), ("BW", "267", ""), ("BY", "375", "8"),
    ("BZ", "501", ""), ("CA", "1", "1"), ("CC", "61", "0"), ("CD", "243", "0"), ("CF", "236", ""),
    ("CG", "242", ""), ("CH", "41", "0"), ("CI", "225", ""), ("CK", "682", ""), ("CL", "56", ""),
    ("CM", "237", ""), ("CN", "86", "0"), ("CO", "57", "0"), ("CR", "506", ""), ("CU", "53", "0"),
    ("CV", "238", ""), ("CW", "599", ""), ("CX", "61", "0"), ("CY", "357", ""), ("CZ", "420", ""),
    ("DE", "49", "0"), ("DJ", "253", ""), ("DK", "45", ""), ("DM", "1", "1"), ("DO", "1", "1"),
    ("DZ", "213", "0"), ("EC", "593", "0"), ("EE", "372", ""), ("EG", "20", "0"),
    ("EH", "212", "0"), ("ER", "291", "0"), ("ES", "34", ""), ("ET", "251", "0"),
    ("FI", "358", "0"), ("FJ", "679", ""), ("FK", "500", ""), ("FM", "691", ""), ("FO", "298", ""),
    ("FR", "33", "0"), ("GA", "241", ""), ("GB", "44", "0"), ("GD", "1", "1"), ("GE", "995", "0"),
    ("GF", "594", "0"), ("GG", "44", "0"), ("GH", "233", "0"), ("GI", "350", ""), ("GL", "299", ""),
    ("GM", "220", ""), ("GN", "224", ""), ("GP", "590", "0"), ("GQ", "240", ""), ("GR", "30", ""),
    ("GT", "502", ""), ("GU", "1", "1"), ("GW", "245", ""), ("GY", "592", ""), ("HK", "852", ""),
    ("HN", "504", ""), ("HR", "385", "0"), ("HT", "509", ""), ("HU", "36", "06"), ("ID", "62", "0"),
    ("IE", "353", "0"), ("IL", "972", "0"), ("IM", "44", "0"), ("IN", "91", "0"), ("IO", "246", ""),
    ("IQ", "964", "0"), ("IR", "98", "0"), ("IS", "354", ""), ("IT", "39", ""), ("JE", "44", "0"),
    ("JM", "1", "1"), ("JO", "962", "0"), ("JP", "81", "0"), ("KE", "254", "0"), ("KG", "996", "0"),
    ("KH", "855", "0"), ("KI", "686", "0"), ("KM", "269", ""), ("KN", "1", "1"), ("KP", "850", "0"),
    ("KR", "82", "0"), ("KW", "965", ""), ("KY", "1", "1"), ("KZ", "7", "8"), ("LA", "856", "0"),
    ("LB", "961", "0"), ("LC", "1", "1"), ("LI", "423", "0"), ("LK", "94", "0"), ("LR", "231", "0"),
    ("LS", "266", ""), ("LT", "370", "0"), ("LU", "352", ""), ("LV", "371", ""), ("LY", "218", "0"),
    ("MA", "212", "0"), ("MC", "377", "0"), ("MD", "373", "0"), ("ME", "382", "0"),
    ("MF", "590", "0"), ("MG", "261", "0"), ("MH", "692", "1"), ("MK", "389", "0"),
    ("ML", "223", ""), ("MM", "95", "0"), ("MN", "976", "0"), ("MO", "853", ""), ("MP", "1", "1"),
    ("MQ", "596", "0"), ("MR", "222", ""), ("MS", "1", "1"), ("MT", "356", ""), ("MU", "230", ""),
    ("MV", "960", ""), ("MW", "265", "0"), ("MX", "52", ""), ("MY", "60", "0"), ("MZ", "258", ""),
    ("NA", "264", "0"), ("NC", "687", ""), ("NE", "227", ""), ("NF", "672", ""), ("NG", "234", "0"),
    ("NI", "505", ""), ("NL", "31", "0"), ("NO", "47", ""), ("NP", "977", "0"), ("NR", "674", ""),
    ("NU", "683", ""), ("NZ", "64", "0"), ("OM", "968", ""), ("PA", "507", ""), ("PE", "51", "0"),
    ("PF", "689", ""), ("PG", "675", ""), ("PH", "63", "0"), ("PK", "92", "0"), ("PL", "48", ""),
    ("PM", "508", "0"), ("PR", "1", "1"), ("PS", "970", "0"), ("PT", "351", ""), ("PW", "680", ""),
    ("PY", "595", "0"), ("QA", "974", ""), ("RE", "262", "0"), ("RO", "40", "0"),
    ("RS", "381", "0"), ("RU", "7", "8"), ("RW", "250", "0"), ("SA", "966", "0"), ("SB", "677", ""),
    ("SC", "248", ""), ("SD", "249", "0"), ("SE", "46", "0"), ("SG", "65", ""), ("SH", "290", ""),
    ("SI", "386", "0"), ("SJ", "47", ""), ("SK", "421", "0"), ("SL", "232", "0"), ("SM", "378", ""),
    ("SN", "221", ""), ("SO", "252", "0"), ("SR", "597", ""), ("SS", "211", "0"), ("ST", "239", ""),
    ("SV", "503", ""), ("SX", "1", "1"), ("SY", "963", "0"), ("SZ", "268", ""), ("TA", "290", ""),
    ("TC", "1", "1"), ("TD", "235", ""), ("TG", "228", ""), ("TH", "66", "0"), ("TJ", "992", ""),
    ("TK", "690", ""), ("TL", "670", ""), ("TM", "993", "8"), ("TN", "216", ""), ("TO", "676", ""),
    ("TR", "90", "0"), ("TT", "1", "1"), ("TV", "688", ""), ("TW", "886", "0"), ("TZ", "255", "0"),
    ("UA", "380", "0"), ("UG", "256", "0"), ("US", "1", "1"), ("UY", "598", "0"), ("UZ", "998", ""),
    ("VA", "39", ""), ("VC", "1", "1"), ("VE", "58", "0"), ("VG", "1", "1"), ("VI", "1", "1"),
    ("VN", "84", "0"), ("VU", "678", ""), ("WF", "681", ""), ("WS", "685", ""), ("XK", "383", "0"),
    ("YE", "967", "0"), ("YT", "262", "0"), ("ZA", "27", "0"), ("ZM", "260", "0"),
    ("ZW", "263", "0"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_well_formed() {
        assert!(REGIONS.is_sorted_by(|(left, ..), (right, ..)| left < right));
        for (code, country_code, national_prefix) in REGIONS {
            assert!(
                code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase()),
                "{code}"
            );
            assert!(is_country_code(country_code), "{code}");
            assert!(is_national_prefix(national_prefix), "{code}");
        }
    }

    #[test]
    fn a_code_is_matched_exactly() {
        let check = |code, expected: Option<(&str, Option<&str>)>| {
            let region = Region::by_code(code);
            let found = region.as_ref().map(|it| (it.country_code(), it.national_prefix()));
            assert_eq!(found, expected, "{code:?}");
        };
        check("MY", Some(("60", Some("0"))));
        check("HU", Some(("36", Some("06"))));
        check("RU", Some(("7", Some("8"))));
        check("US", Some(("1", Some("1"))));
        check("SG", Some(("65", None)));
        check("AC", Some(("247", None)));
        check("ZW", Some(("263", Some("0"))));
        check("my", None);
        check("My", None);
        check(" MY", None);
        check("MYS", None);
        check("001", None);
        check("XX", None);
        check("", None);
    }

    #[test]
    fn a_switchs_own_settings_are_checked() {
        let check =
            |country_code, national_prefix, expected: Result<Option<&str>, InvalidRegion>| {
                let region = Region::new(country_code, national_prefix);
                let found = region.as_ref().map(|it| it.national_prefix()).map_err(|&error| error);
                assert_eq!(found, expected, "{country_code:?} {national_prefix:?}");
                if let Ok(region) = &region {
                    assert_eq!(region.country_code(), country_code);
                }
            };
        check("60", Some("0"), Ok(Some("0")));
        check("60", None, Ok(None));
        check("60", Some(""), Ok(None));
        check("1", Some("1"), Ok(Some("1")));
        check("999", Some("12345678"), Ok(Some("12345678")));
        check("", Some("0"), Err(InvalidRegion::CountryCode));
        check("060", Some("0"), Err(InvalidRegion::CountryCode));
        check("1234", Some("0"), Err(InvalidRegion::CountryCode));
        check("+60", Some("0"), Err(InvalidRegion::CountryCode));
        check("٦٠", Some("0"), Err(InvalidRegion::CountryCode));
        check("6x", Some("0"), Err(InvalidRegion::CountryCode));
        check("60", Some("123456789"), Err(InvalidRegion::NationalPrefix));
        check("60", Some("0 "), Err(InvalidRegion::NationalPrefix));
        check("60", Some("+"), Err(InvalidRegion::NationalPrefix));
    }

    #[test]
    fn a_code_leads_to_its_region_and_back() {
        let malaysia = RegionCode::parse("MY").expect("in the table");
        assert_eq!(malaysia.region(), Region::by_code("MY").expect("in the table"));
        assert_eq!(RegionCode::of(&malaysia.region()), Some(malaysia));
        assert_eq!(RegionCode::parse("my"), None);
        assert_eq!(RegionCode::of(&Region::new("999", None).expect("digits")), None);
    }

    #[test]
    fn own_settings_equal_to_a_regions_are_that_region() {
        assert_eq!(Region::new("60", Some("0")).ok(), Region::by_code("MY"));
        assert_eq!(Region::new("65", None).ok(), Region::by_code("SG"));
    }
}
