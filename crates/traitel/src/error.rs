//! The table of errors ("API Error Codes"), and what each no of the core is in it.

use leaseline_core::Refusal;
use leaseline_core::account::SubAccountNo;
use leaseline_core::did::{AssignNo, NoSuchPlace, SubscribeNo};
use leaseline_core::ivr::IvmlNo;
use leaseline_hub::{Failure, UnknownZone};

macro_rules! errors {
    ($($name:ident = $code:literal, $text:literal;)*) => {
        /// An error of the table.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Error {
            $($name,)*
        }

        impl Error {
            /// Its number, three digits.
            pub(crate) const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// Its text.
            pub(crate) const fn text(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

// A macro so that the table is written once, as a table.
errors! {
    Unavailable = "001", "Service Unavailable.";
    Authentication = "002", "Authentication failed.";
    EmailTaken = "101", "Email address already registered elsewhere.";
    AliasTaken = "102", "Alias already registered.";
    Email = "104", "Invalid email address.";
    SubAccount = "105", "Invalid sub-account ID.";
    Service = "107", "Invalid service.";
    ServiceMissing = "108", "Service not available.";
    Ivr = "109", "Invalid IVR ID.";
    Ivml = "110", "Invalid IVML ID.";
    Country = "111", "Invalid country.";
    City = "112", "Invalid city.";
    Did = "113", "Invalid DID.";
    DidTaken = "114", "DID not available.";
    NoIvr = "115", "No subscription to IVR.";
    NameTaken = "116", "Duplicate name.";
    EndDate = "117", "Invalid end date.";
    StartDate = "118", "Invalid start date.";
    Zone = "119", "Invalid timezone.";
    Destination = "120", "Invalid destination number.";
    Incomplete = "200", "Incomplete request.";
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(refusal) => refusal.into(),
            Failure::Overloaded | Failure::Locked | Failure::Unavailable => Self::Unavailable,
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            // Of all that an account can ask for, only a subscription is booked.
            Refusal::AmountOverflow => Self::DidTaken,
            // Said to those who lease numbers or sell cards, of whom none asks here.
            Refusal::NotYourCustomer
            | Refusal::CustomerUnknown
            | Refusal::CustomerSuspended
            | Refusal::ServiceNotEnabled(_)
            | Refusal::PhoneIsOurs
            | Refusal::PrefixNotAllowed
            | Refusal::LeaseLimitReached(_)
            | Refusal::PhoneLeaseLimitReached
            | Refusal::NoFreeNumber
            | Refusal::ReserveLimitReached
            | Refusal::LeaseUnknown
            | Refusal::ExpiryTooFar
            | Refusal::Card(_)
            | Refusal::KeyReused => Self::Unavailable,
        }
    }
}

impl From<SubAccountNo> for Error {
    fn from(no: SubAccountNo) -> Self {
        match no {
            SubAccountNo::Unknown => Self::SubAccount,
            SubAccountNo::EmailTaken => Self::EmailTaken,
            SubAccountNo::AliasTaken => Self::AliasTaken,
        }
    }
}

impl From<AssignNo> for Error {
    fn from(no: AssignNo) -> Self {
        match no {
            AssignNo::NotYours => Self::Did,
            AssignNo::NotForThisService => Self::ServiceMissing,
            AssignNo::IvrUnknown => Self::Ivr,
            AssignNo::IvmlUnknown => Self::Ivml,
            AssignNo::SubAccountUnknown => Self::SubAccount,
        }
    }
}

impl From<NoSuchPlace> for Error {
    fn from(no: NoSuchPlace) -> Self {
        match no {
            NoSuchPlace::Country => Self::Country,
            NoSuchPlace::City => Self::City,
        }
    }
}

impl From<SubscribeNo> for Error {
    fn from(no: SubscribeNo) -> Self {
        match no {
            SubscribeNo::Place(place) => place.into(),
            SubscribeNo::DidUnknown => Self::Did,
            SubscribeNo::NotAvailable => Self::DidTaken,
        }
    }
}

impl From<IvmlNo> for Error {
    fn from(no: IvmlNo) -> Self {
        match no {
            IvmlNo::NoIvrService => Self::NoIvr,
            IvmlNo::Unknown => Self::Ivml,
            IvmlNo::NameTaken => Self::NameTaken,
            IvmlNo::HasNumbers => Self::Incomplete,
        }
    }
}

impl From<UnknownZone> for Error {
    fn from(_: UnknownZone) -> Self {
        Self::Zone
    }
}
