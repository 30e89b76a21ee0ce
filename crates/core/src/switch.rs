//! Softswitches: they carry the calls, and ask what to do with each.

use std::fmt;
use std::sync::Arc;

use crate::customer::MissingField;
use crate::ids::SwitchId;
use crate::password::PasswordHash;
use crate::region::{InvalidRegion, Region};

/// A switch as it is known here.
#[derive(Clone, PartialEq, Eq)]
pub struct Switch {
    /// Its id.
    pub id: SwitchId,
    /// Its name, which it logs in with.
    pub name: Arc<str>,
    /// Its password, hashed.
    pub password: PasswordHash,
    /// A disabled switch is not let in.
    pub enabled: bool,
    /// What holds for its calls.
    pub terms: Arc<SwitchTerms>,
}

/// What holds for the calls of a switch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SwitchTerms {
    /// Where the numbers that it sends are read.
    pub region: Region,
    /// Networks that it may ask from; none are loopback and private addresses.
    pub sources: Option<Vec<Box<str>>>,
    /// Whether it tells when a call is answered and when it ends.
    pub has_events: bool,
    /// How it reaches a telephone, with `{to}` for the number.
    pub dial_string: Option<Box<str>>,
    /// Numbers that are put through as dialled, whatever else holds; none are the region's.
    pub emergency: Option<Vec<Box<str>>>,
    /// What its fax error codes mean here.
    pub fax_codes: Vec<(Box<str>, Box<str>)>,
}

/// What is known of a switch: what is `None` stays as it is, or has its default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SwitchChange {
    /// Where its numbers are read.
    pub country_code: Option<Box<str>>,
    /// The digits before a number of its own country; may be empty.
    pub national_prefix: Option<Box<str>>,
    /// Networks that it may ask from.
    pub sources: Option<Vec<Box<str>>>,
    /// Whether it tells of answers and ends.
    pub has_events: Option<bool>,
    /// How it reaches a telephone.
    pub dial_string: Option<Box<str>>,
    /// Numbers of the emergency services.
    pub emergency: Option<Vec<Box<str>>>,
    /// What its fax error codes mean here.
    pub fax_codes: Option<Vec<(Box<str>, Box<str>)>>,
}

/// The numbers of the emergency services where a switch names none of its own, by country code.
/// 112 is one in every GSM network. The list is short on purpose: what is not in it is 112 alone,
/// and `emergency` of the switch says the rest.
const EMERGENCY: &[(&str, &[&str])] = &[
    ("1", &["112", "911"]),
    ("33", &["112", "15", "17", "18"]),
    ("44", &["112", "999"]),
    ("49", &["112", "110"]),
    ("60", &["112", "999"]),
    ("61", &["112", "000"]),
    ("64", &["112", "111"]),
    ("65", &["112", "995", "999"]),
    ("852", &["112", "999"]),
    ("91", &["112", "100", "101", "102", "108"]),
];

/// Where nothing better is known.
const EVERYWHERE: &[&str] = &["112"];

impl SwitchTerms {
    /// The terms of a new switch of which this is known.
    ///
    /// # Errors
    /// [`MissingField`] without a country code; [`SwitchNo::Region`] where it is none.
    pub fn of_new(known: SwitchChange) -> Result<Self, SwitchNo> {
        let country_code = known.country_code.as_deref();
        let country_code = country_code.ok_or(MissingField("country_code"))?;
        let region = Region::new(country_code, known.national_prefix.as_deref())?;
        let blank = Self {
            region,
            sources: None,
            has_events: false,
            dial_string: None,
            emergency: None,
            fax_codes: Vec::new(),
        };
        blank.changed(known)
    }

    /// These terms after the change.
    ///
    /// # Errors
    /// [`SwitchNo::Region`] for digits that are no country code or national prefix.
    pub fn changed(self, change: SwitchChange) -> Result<Self, SwitchNo> {
        let present = &self.region;
        let country_code = change.country_code.as_deref().unwrap_or(present.country_code());
        let national_prefix = change.national_prefix.as_deref().or(present.national_prefix());
        Ok(Self {
            region: Region::new(country_code, national_prefix)?,
            sources: change.sources.or(self.sources),
            has_events: change.has_events.unwrap_or(self.has_events),
            dial_string: change.dial_string.or(self.dial_string),
            emergency: change.emergency.or(self.emergency),
            fax_codes: change.fax_codes.unwrap_or(self.fax_codes),
        })
    }

    /// Whether this is a number of the emergency services.
    pub fn is_emergency(&self, dialled: &str) -> bool {
        match &self.emergency {
            Some(own) => own.iter().any(|number| **number == *dialled),
            None => self.emergency_of_region().contains(&dialled),
        }
    }

    fn emergency_of_region(&self) -> &'static [&'static str] {
        let code = self.region.country_code();
        let known = EMERGENCY.iter().find(|(known, _)| *known == code);
        known.map_or(EVERYWHERE, |(_, numbers)| numbers)
    }
}

/// Why a switch cannot be as it was said to be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SwitchNo {
    /// It is new and lacks something.
    #[error(transparent)]
    Missing(#[from] MissingField),
    /// Its country code or national prefix is none.
    #[error(transparent)]
    Region(#[from] InvalidRegion),
}

impl fmt::Debug for Switch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Switch")
            .field("id", &self.id)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(country_code: &str, emergency: Option<&[&str]>) -> SwitchTerms {
        let emergency = emergency.map(|all| all.iter().map(|number| (*number).into()).collect());
        let country_code = Some(country_code.into());
        let change = SwitchChange { country_code, emergency, ..SwitchChange::default() };
        SwitchTerms::of_new(change).expect("a switch")
    }

    #[test]
    fn each_region_has_its_emergency_numbers() {
        let check = |code: &str, own: Option<&[&str]>, dialled: &str, expected: bool| {
            assert_eq!(terms(code, own).is_emergency(dialled), expected, "+{code} {dialled}");
        };
        check("60", None, "999", true);
        check("60", None, "112", true);
        check("60", None, "911", false);
        check("1", None, "911", true);
        check("95", None, "112", true);
        check("95", None, "999", false);
        check("60", Some(&["991"]), "991", true);
        check("60", Some(&["991"]), "112", false);
        check("60", Some(&[]), "112", false);
    }

    #[test]
    fn a_new_switch_is_somewhere() {
        let no = SwitchTerms::of_new(SwitchChange::default());
        assert_eq!(no, Err(SwitchNo::Missing(MissingField("country_code"))));
        let change = SwitchChange { country_code: Some("0".into()), ..SwitchChange::default() };
        let no = SwitchTerms::of_new(change);
        assert_eq!(no, Err(SwitchNo::Region(InvalidRegion::CountryCode)));
    }
}
