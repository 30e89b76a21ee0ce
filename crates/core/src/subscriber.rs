//! The person behind a leased number: phone, and where known the SIM's identity.

use std::fmt;

use crate::phone::PhoneNumber;

/// International mobile subscriber identity: 6 to 15 digits.
#[derive(Clone, PartialEq, Eq)]
pub struct Imsi(Box<str>);

/// Mobile country code: 3 digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mcc(Box<str>);

/// Mobile network code: 2 or 3 digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mnc(Box<str>);

/// A mobile network. One code without the other names none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    /// Its country.
    pub mcc: Mcc,
    /// The network within the country.
    pub mnc: Mnc,
}

/// The user whose phone a leased number leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscriber {
    phone: PhoneNumber,
    imsi: Option<Imsi>,
    network: Option<Network>,
}

/// An IMSI begins with the codes of its network, and this one does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the imsi is not of the given network")]
pub struct ImsiOfAnotherNetwork;

impl Subscriber {
    /// A user.
    ///
    /// # Errors
    /// [`ImsiOfAnotherNetwork`] when both are given and do not fit.
    pub fn new(
        phone: PhoneNumber,
        imsi: Option<Imsi>,
        network: Option<Network>,
    ) -> Result<Self, ImsiOfAnotherNetwork> {
        match (&imsi, &network) {
            (Some(imsi), Some(network)) if !imsi.is_of(network) => Err(ImsiOfAnotherNetwork),
            _ => Ok(Self { phone, imsi, network }),
        }
    }

    /// The user's phone.
    pub const fn phone(&self) -> &PhoneNumber {
        &self.phone
    }

    /// The SIM's identity.
    pub const fn imsi(&self) -> Option<&Imsi> {
        self.imsi.as_ref()
    }

    /// The SIM's network.
    pub const fn network(&self) -> Option<&Network> {
        self.network.as_ref()
    }
}

impl Imsi {
    /// Reads 6 to 15 digits.
    pub fn parse(text: &str) -> Option<Self> {
        digits(text, 6, 15).map(Self)
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn is_of(&self, network: &Network) -> bool {
        let after_country = self.0.strip_prefix(network.mcc.as_str());
        after_country.is_some_and(|rest| rest.starts_with(network.mnc.as_str()))
    }
}

impl fmt::Debug for Imsi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Imsi(…)")
    }
}

impl Mcc {
    /// Reads 3 digits.
    pub fn parse(text: &str) -> Option<Self> {
        digits(text, 3, 3).map(Self)
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Mnc {
    /// Reads 2 or 3 digits.
    pub fn parse(text: &str) -> Option<Self> {
        digits(text, 2, 3).map(Self)
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn digits(text: &str, fewest: usize, most: usize) -> Option<Box<str>> {
    let all_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    (all_digits && (fewest..=most).contains(&text.len())).then(|| text.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::region::Region;

    fn user(imsi: Option<&str>, network: Option<(&str, &str)>) -> Result<(), ImsiOfAnotherNetwork> {
        let region = Region::by_code("MY").expect("in the table");
        let phone = PhoneNumber::parse("0195730424", &region).expect("a number");
        let network = network.map(|(mcc, mnc)| Network {
            mcc: Mcc::parse(mcc).expect("an mcc"),
            mnc: Mnc::parse(mnc).expect("an mnc"),
        });
        Subscriber::new(phone, imsi.and_then(Imsi::parse), network).map(drop)
    }

    #[test]
    fn an_imsi_begins_with_its_network() {
        assert_eq!(user(Some("502190123456789"), Some(("502", "19"))), Ok(()));
        assert_eq!(user(Some("502190123456789"), Some(("502", "190"))), Ok(()));
        assert_eq!(user(Some("502190123456789"), Some(("502", "12"))), Err(ImsiOfAnotherNetwork));
        assert_eq!(user(Some("502190123456789"), Some(("190", "12"))), Err(ImsiOfAnotherNetwork));
        assert_eq!(user(Some("502190123456789"), None), Ok(()));
        assert_eq!(user(None, Some(("502", "12"))), Ok(()));
    }

    #[test]
    fn lengths_are_held() {
        assert!(Imsi::parse("12345").is_none() && Imsi::parse("1234567890123456").is_none());
        assert!(Mcc::parse("50").is_none() && Mcc::parse("5020").is_none());
        assert!(Mnc::parse("1").is_none() && Mnc::parse("1234").is_none());
        assert!(Imsi::parse("50219x").is_none());
    }
}
