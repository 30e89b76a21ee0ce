//! Numbers that accounts subscribe to (TraiTel 1.0, "DID Management"): where they are, who may
//! have them, what their calls and faxes go to.

use crate::account::AccountPart;
use crate::ids::{AccountId, IvmlId, IvrMenuId, NumberId};
use crate::ivr::{Direction, Ivml, IvrMenu};
use crate::phone::PhoneNumber;
use crate::pool::Service;
use crate::subscription::{Funds, SubscriptionFees};
use crate::timestamp::Timestamp;

/// Where numbers are, as it is shown. Compared without case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DidPlace {
    /// The country.
    pub country: String,
    /// The city.
    pub city: String,
}

/// A number that can be subscribed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferedDid {
    /// Where it is.
    pub place: DidPlace,
    /// The number, as imported.
    pub number: PhoneNumber,
}

/// A place that no number of a service is in, free or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoSuchPlace {
    /// No number of the service is in the country.
    #[error("no number of this service is in the country")]
    Country,
    /// None is in the city.
    #[error("no number of this service is in the city")]
    City,
}

/// What an account's number goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Assignment {
    /// Nothing.
    Nothing,
    /// Calls are answered by an IVR menu.
    Ivr(IvrMenuId),
    /// Calls are answered by an IVML configuration.
    Ivml(IvmlId),
    /// Calls go to the phones of the account or of a sub-account.
    Sip(AccountPart),
    /// Faxes go to the account or to a sub-account.
    Fax(AccountPart),
}

/// One service of a number that an account has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountNumber {
    /// The number, as imported.
    pub number: PhoneNumber,
    /// Which service of it.
    pub service: Service,
    /// What it goes to.
    pub assigned: Assignment,
}

/// Which of an account's numbers to list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AccountNumberFilter {
    /// Only those assigned to this part of the account.
    pub part: Option<AccountPart>,
    /// Only this service.
    pub service: Option<Service>,
}

/// Why a number is not subscribed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SubscribeNo {
    /// No number of the service is in the place.
    #[error(transparent)]
    Place(#[from] NoSuchPlace),
    /// It is no number of that service in that place.
    #[error("no such number of this service is in the place")]
    DidUnknown,
    /// Somebody has it, it rests, the operator took it out, the customer is suspended, or its
    /// balance does not cover the fees.
    #[error("the number is not available")]
    NotAvailable,
}

/// Why a number is not assigned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AssignNo {
    /// It is no number of the account.
    #[error("it is no number of the account")]
    NotYours,
    /// The account has it for other services only.
    #[error("the number is not subscribed for this service")]
    NotForThisService,
    /// The account has no such IVR menu for calls that come in.
    #[error("the account has no such IVR menu for calls that come in")]
    IvrUnknown,
    /// The account has no such IVML configuration for calls that come in.
    #[error("the account has no such IVML configuration for calls that come in")]
    IvmlUnknown,
    /// The account has no such sub-account.
    #[error("the account has no such sub-account")]
    SubAccountUnknown,
}

/// How a number stands that somebody would subscribe to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DidView {
    /// Its id.
    pub id: NumberId,
    /// The number, as imported.
    pub number: PhoneNumber,
    /// What a subscription costs.
    pub fees: SubscriptionFees,
    /// From when on it is free.
    pub free_from: Timestamp,
    /// Whether the operator took it out.
    pub is_blocked: bool,
    /// Who has it.
    pub account: Option<AccountId>,
    /// For which services.
    pub services: Vec<Service>,
}

/// What an account's number may be assigned to: those of the things named that there are.
#[derive(Clone, Debug, Default)]
pub struct AssignView {
    /// The services for which the account has the number.
    pub services: Vec<Service>,
    /// The menu that was named.
    pub menu: Option<IvrMenu>,
    /// The configuration that was named.
    pub ivml: Option<Ivml>,
    /// Whether the sub-account that was named is one.
    pub is_sub_account: bool,
}

impl DidPlace {
    /// Whether it is in this country.
    pub fn is_in_country(&self, country: &str) -> bool {
        same_name(&self.country, country)
    }

    /// The countries of places, each once, in the order of their names.
    pub fn countries(places: impl Iterator<Item = Self>) -> Vec<String> {
        distinct(places.map(|place| place.country).collect(), |one, other| same_name(one, other))
    }

    /// The places, each once, in the order of their names.
    pub fn cities(places: impl Iterator<Item = Self>) -> Vec<Self> {
        distinct(places.collect(), |one, other| one.is(&other.country, &other.city))
    }

    /// Whether it is this place.
    pub fn is(&self, country: &str, city: &str) -> bool {
        self.is_in_country(country) && same_name(&self.city, city)
    }
}

/// Each of the names once, in their order; of names that differ in nothing but case the first.
fn distinct<T: Ord>(mut all: Vec<T>, same: impl Fn(&T, &T) -> bool) -> Vec<T> {
    all.sort();
    let mut distinct: Vec<T> = Vec::with_capacity(all.len());
    for one in all {
        if !distinct.iter().any(|other| same(&one, other)) {
            distinct.push(one);
        }
    }
    distinct
}

/// Whether two names of places differ in nothing but case.
pub fn same_name(one: &str, other: &str) -> bool {
    one == other || one.to_lowercase() == other.to_lowercase()
}

/// Those of the places that are named.
///
/// # Errors
/// [`NoSuchPlace::Country`], then [`NoSuchPlace::City`].
pub fn find_places<'a>(
    places: &'a [DidPlace],
    country: &str,
    city: &str,
) -> Result<Vec<&'a DidPlace>, NoSuchPlace> {
    let cities = find_country(places, country)?;
    let found: Vec<_> = cities.into_iter().filter(|place| same_name(&place.city, city)).collect();
    if found.is_empty() { Err(NoSuchPlace::City) } else { Ok(found) }
}

/// Those of the places that are in a country.
///
/// # Errors
/// [`NoSuchPlace::Country`].
pub fn find_country<'a>(
    places: &'a [DidPlace],
    country: &str,
) -> Result<Vec<&'a DidPlace>, NoSuchPlace> {
    let found: Vec<_> = places.iter().filter(|place| place.is_in_country(country)).collect();
    if found.is_empty() { Err(NoSuchPlace::Country) } else { Ok(found) }
}

impl DidView {
    /// Whether an account may have this service of it: nobody has it, or the account has it for
    /// other services; it is free; and the money covers its fees.
    ///
    /// # Errors
    /// [`SubscribeNo::NotAvailable`].
    pub fn permit(
        &self,
        account: AccountId,
        service: Service,
        funds: &Funds,
        now: Timestamp,
    ) -> Result<(), SubscribeNo> {
        let is_free = match self.account {
            Some(owner) => owner == account && !self.services.contains(&service),
            None => self.free_from <= now,
        };
        let available = is_free && !self.is_blocked && funds.cover(&self.fees);
        if available { Ok(()) } else { Err(SubscribeNo::NotAvailable) }
    }
}

impl AccountNumberFilter {
    /// Whether a number is to be listed.
    pub fn admits(&self, number: &AccountNumber) -> bool {
        let of_part = self.part.is_none_or(|part| number.assigned.part() == Some(part));
        of_part && self.service.is_none_or(|service| service == number.service)
    }
}

impl Assignment {
    /// The service that can be assigned so; none for nothing, which any can.
    pub const fn service(self) -> Option<Service> {
        match self {
            Self::Nothing => None,
            Self::Ivr(_) | Self::Ivml(_) | Self::Sip(_) => Some(Service::Voice),
            Self::Fax(_) => Some(Service::Fax),
        }
    }

    /// The part of the account it goes to, if it goes to one.
    pub const fn part(self) -> Option<AccountPart> {
        match self {
            Self::Nothing | Self::Ivr(_) | Self::Ivml(_) => None,
            Self::Sip(part) | Self::Fax(part) => Some(part),
        }
    }
}

impl AssignView {
    /// Whether an account's number may be assigned so.
    ///
    /// # Errors
    /// [`AssignNo`]: whether it is the account's, then the service, then what was named.
    pub fn permit(&self, to: Assignment) -> Result<(), AssignNo> {
        if self.services.is_empty() {
            return Err(AssignNo::NotYours);
        }
        if to.service().is_some_and(|service| !self.services.contains(&service)) {
            return Err(AssignNo::NotForThisService);
        }
        let inbound = Direction::Inbound;
        let (there, no) = match to {
            Assignment::Nothing => (true, AssignNo::NotYours),
            Assignment::Ivr(_) => {
                let menu = self.menu.as_ref();
                (menu.is_some_and(|menu| menu.direction == inbound), AssignNo::IvrUnknown)
            }
            Assignment::Ivml(_) => {
                let ivml = self.ivml.as_ref();
                (ivml.is_some_and(|it| it.profile.direction == inbound), AssignNo::IvmlUnknown)
            }
            Assignment::Sip(AccountPart::Main) | Assignment::Fax(AccountPart::Main) => {
                (true, AssignNo::SubAccountUnknown)
            }
            Assignment::Sip(AccountPart::Sub(_)) | Assignment::Fax(AccountPart::Sub(_)) => {
                (self.is_sub_account, AssignNo::SubAccountUnknown)
            }
        };
        if there { Ok(()) } else { Err(no) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::SubAccountId;

    fn place(country: &str, city: &str) -> DidPlace {
        DidPlace { country: country.into(), city: city.into() }
    }

    #[test]
    fn places_are_found_and_listed_without_case() {
        let all = [
            place("Österreich", "Wien"),
            place("Malaysia", "Penang"),
            place("malaysia", "penang"),
            place("Malaysia", "Ipoh"),
        ];
        let check = |country: &str, city: &str, expected: Result<usize, NoSuchPlace>| {
            let found = find_places(&all, country, city).map(|found| found.len());
            assert_eq!(found, expected, "{country}, {city}");
        };
        check("MALAYSIA", "Penang", Ok(2));
        check("österreich", "wien", Ok(1));
        check("Malaysia", "Wien", Err(NoSuchPlace::City));
        check("Malay", "Penang", Err(NoSuchPlace::Country));
        let listed = DidPlace::countries(all.clone().into_iter());
        assert_eq!(listed, ["Malaysia", "Österreich"]);
        let cities = DidPlace::cities(all[1..].iter().cloned());
        assert_eq!(cities, [place("Malaysia", "Ipoh"), place("Malaysia", "Penang")]);
    }

    #[test]
    fn a_target_is_judged_after_the_number_and_its_service() {
        let part = AccountPart::Sub(SubAccountId::new(1).expect("from 1 on"));
        let ivr = Assignment::Ivr(IvrMenuId::new(1).expect("from 1 on"));
        let ivml = Assignment::Ivml(IvmlId::new(1).expect("from 1 on"));
        let check = |services: &[Service], to, expected: Result<(), AssignNo>| {
            let view = AssignView { services: services.to_vec(), ..AssignView::default() };
            assert_eq!(view.permit(to), expected, "{to:?}");
        };
        let (voice, fax) = ([Service::Voice], [Service::Fax]);
        check(&[], ivr, Err(AssignNo::NotYours));
        check(&fax, ivr, Err(AssignNo::NotForThisService));
        check(&voice, Assignment::Fax(part), Err(AssignNo::NotForThisService));
        check(&voice, ivr, Err(AssignNo::IvrUnknown));
        check(&voice, ivml, Err(AssignNo::IvmlUnknown));
        check(&voice, Assignment::Sip(part), Err(AssignNo::SubAccountUnknown));
        check(&fax, Assignment::Fax(part), Err(AssignNo::SubAccountUnknown));
        check(&voice, Assignment::Sip(AccountPart::Main), Ok(()));
        check(&fax, Assignment::Fax(AccountPart::Main), Ok(()));
        check(&[Service::Sms], Assignment::Nothing, Ok(()));
    }
}
