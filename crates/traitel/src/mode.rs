//! The modes of operation and their parameters.

macro_rules! modes {
    ($($name:ident = $word:literal, [$($required:literal),*];)*) => {
        /// What a request asks for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Mode {
            $($name,)*
        }

        impl Mode {
            #[cfg(any(test, fuzzing))]
            pub(crate) const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Its name on the wire.
            pub(crate) const fn name(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// What must be there and not empty.
            pub(crate) const fn required(self) -> &'static [&'static str] {
                match self { $(Self::$name => &[$($required),*],)* }
            }

            fn by_lower_case_name(name: &str) -> Option<Self> {
                match name {
                    $($word => Some(Self::$name),)*
                    // So the document spells it once.
                    "querysmcost" => Some(Self::QuerySmsCost),
                    _ => None,
                }
            }
        }
    };
}

// A macro so that the table is written once, as a table.
modes! {
    QueryBalance = "querybalance", [];
    QuerySubAccounts = "querysubaccounts", [];
    AddSubAccount = "addsubaccount", ["alias"];
    DelSubAccount = "delsubaccount", ["subid"];
    UpdateSubAccount = "updatesubaccount", ["subid"];
    QueryNumbers = "querynumbers", [];
    AssignNumber = "assignnumber", ["number", "service"];
    QueryDidCountries = "querydidcountries", ["service"];
    QueryDidCities = "querydidcities", ["service", "country"];
    QueryDids = "querydids", ["service", "country", "city"];
    SubscribeDid = "subscribedid", ["service", "country", "city", "did"];
    ListIvr = "listivr", [];
    ListIvml = "listivml", [];
    AddIvml = "addivml", ["name", "launchurl", "type"];
    UpdateIvml = "updateivml", ["ivmlid"];
    DeleteIvml = "deleteivml", ["ivmlid"];
    LogFaxIn = "logfaxin", ["startdate", "enddate"];
    LogFaxOut = "logfaxout", ["startdate", "enddate"];
    LogVoiceIn = "logvoicein", ["startdate", "enddate"];
    LogVoiceOut = "logvoiceout", ["startdate", "enddate"];
    LogSmsIn = "logsmsin", ["startdate", "enddate"];
    LogSmsOut = "logsmsout", ["startdate", "enddate"];
    SetTimeZone = "settimezone", ["tz"];
    QueryTimeZone = "querytimezone", [];
    QuerySmsCost = "querysmscost", ["number", "type"];
    QueryVoiceCost = "queryvoicecost", ["number"];
    QueryFaxCost = "queryfaxcost", ["number"];
}

impl Mode {
    /// Whether it changes something when it succeeds.
    pub(crate) const fn changes(self) -> bool {
        match self {
            Self::AddSubAccount
            | Self::DelSubAccount
            | Self::UpdateSubAccount
            | Self::AssignNumber
            | Self::SubscribeDid
            | Self::AddIvml
            | Self::UpdateIvml
            | Self::DeleteIvml
            | Self::SetTimeZone => true,
            Self::QueryBalance
            | Self::QuerySubAccounts
            | Self::QueryNumbers
            | Self::QueryDidCountries
            | Self::QueryDidCities
            | Self::QueryDids
            | Self::ListIvr
            | Self::ListIvml
            | Self::LogFaxIn
            | Self::LogFaxOut
            | Self::LogVoiceIn
            | Self::LogVoiceOut
            | Self::LogSmsIn
            | Self::LogSmsOut
            | Self::QueryTimeZone
            | Self::QuerySmsCost
            | Self::QueryVoiceCost
            | Self::QueryFaxCost => false,
        }
    }

    /// The mode of this name, whatever its case.
    pub(crate) fn by_name(name: &str) -> Option<Self> {
        Self::by_lower_case_name(&name.to_ascii_lowercase())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_leads_to_its_mode() {
        assert_eq!(Mode::ALL.len(), 27);
        for mode in Mode::ALL {
            assert_eq!(Mode::by_name(mode.name()), Some(*mode));
            assert_eq!(Mode::by_name(&mode.name().to_uppercase()), Some(*mode));
        }
        assert_eq!(Mode::by_name("QuerySMCost"), Some(Mode::QuerySmsCost));
        assert_eq!(Mode::by_name("querybalance "), None);
        assert_eq!(Mode::by_name(""), None);
    }
}
