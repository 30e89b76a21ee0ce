//! The status table (section 11) and what each refusal and failure is in it.

use leaseline_core::Refusal;
use leaseline_core::lease::LeaseKind;
use leaseline_hub::Failure;

macro_rules! statuses {
    ($($name:ident = $code:literal, $text:literal;)*) => {
        /// A status of the table. 7 and 9 are missing: there is no signature and no whitelist.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Status {
            $($name,)*
        }

        impl Status {
            /// Its number.
            pub(crate) const fn code(self) -> u8 {
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
statuses! {
    Success = 0, "Success";
    Header = 1, "Invalid HTTP header or HTTP header error.";
    Request = 2, "Invalid request parameter or parameter error.";
    UnknownApi = 3, "Invalid API requested.";
    Version = 4, "Invalid/deprecated API version.";
    Authentication = 5, "Authentication failure.";
    Authorization = 6, "Authorization failure.";
    PhoneFormat = 8, "Invalid phone number format.";
    Reference = 10, "Invalid reference id.";
    Resources = 11, "Insufficient resources.";
    UserLeases = 12, "Too many leases exist for same user.";
    Token = 13, "Invalid access token.";
    NoToken = 14, "Access token missing.";
    PhoneParameter = 15, "Invalid phone number parameter.";
    ImsiParameter = 16, "Invalid IMSI parameter.";
    MccParameter = 17, "Invalid MCC parameter.";
    MncParameter = 18, "Invalid MNC parameter.";
    ReferenceParameter = 19, "Invalid reference id parameter.";
    FirstName = 20, "Invalid first name parameter.";
    LastName = 21, "Invalid last name parameter.";
    AccountState = 22, "Invalid account status parameter.";
    AccountCredit = 23, "Invalid account credit parameter.";
    ChargeMethod = 24, "Invalid charge method parameter.";
    EnableSingle = 25, "Invalid 'enable single service' parameter.";
    BlockSingle = 26, "Invalid 'charge block single' parameter.";
    RateSingle = 27, "Invalid 'charge rate single' parameter.";
    EnableGroup = 28, "Invalid 'enable group service' parameter.";
    BlockGroup = 29, "Invalid 'charge block group' parameter.";
    RateGroup = 30, "Invalid 'charge rate group' parameter.";
    MaxSingle = 31, "Invalid 'max lease single' parameter.";
    MaxGroup = 32, "Invalid 'max lease group' parameter.";
    CustomerParameter = 33, "Invalid 'customer id' parameter.";
    Credit = 34, "Invalid 'credit' parameter.";
    Customer = 35, "Invalid customer account id parameter.";
    Quantity = 36, "Invalid 'quantity' parameter.";
    Account = 37, "Account status does not permit the requested operation.";
    Busy = 38, "Lock is busy, try again later.";
    SingleLimit = 39, "Reached max allowed single lease.";
    GroupLimit = 40, "Reached max allowed group lease.";
    ExpiryValue = 41, "Invalid 'expiry value' parameter.";
    ExpiryUnit = 42, "Invalid 'expiry unit' parameter.";
    Internal = 99, "Internal/system error.";
}

impl From<Refusal> for Status {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotYourCustomer | Refusal::ServiceNotEnabled(_) => Self::Authorization,
            Refusal::CustomerUnknown => Self::Customer,
            Refusal::CustomerSuspended => Self::Account,
            Refusal::PhoneIsOurs | Refusal::PrefixNotAllowed => Self::PhoneFormat,
            Refusal::LeaseLimitReached(LeaseKind::Single) => Self::SingleLimit,
            Refusal::LeaseLimitReached(LeaseKind::Group) => Self::GroupLimit,
            Refusal::PhoneLeaseLimitReached => Self::UserLeases,
            Refusal::NoFreeNumber | Refusal::ReserveLimitReached => Self::Resources,
            Refusal::LeaseUnknown => Self::Reference,
            Refusal::ExpiryTooFar => Self::ExpiryValue,
            Refusal::AmountOverflow => Self::Credit,
            // No request of this API makes or sells cards.
            Refusal::Card(_) => Self::Request,
            Refusal::KeyReused => Self::Request,
        }
    }
}

impl From<Failure> for Status {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(refusal) => refusal.into(),
            Failure::Overloaded | Failure::Locked => Self::Busy,
            Failure::Unavailable => Self::Internal,
        }
    }
}
