//! The zone in which an account reads its logs.

use leaseline_core::Timestamp;
use leaseline_core::ids::AccountId;
use leaseline_store::{Tx, record};

use crate::ids::Ids;
use crate::inbox::Command;
use crate::request::{Request, Way};
use crate::zone::{IanaZone, UnknownZone};

/// Another zone for an account. The outcome is the zone, or that there is none of this name.
#[derive(Clone, Debug)]
pub struct SetTimeZone {
    /// Which account.
    pub account: AccountId,
    /// The zone's name, exactly as the IANA database has it, links included. Kept as sent.
    pub name: String,
}

impl Request for SetTimeZone {
    type Outcome = Result<IanaZone, UnknownZone>;

    fn into_command(self, way: Way<Self::Outcome>, _: &dyn Ids) -> Command {
        way.errand(self, |tx: &mut Tx<'_>, ask: &Self, _: Timestamp| {
            let zone = IanaZone::by_exact_name(&ask.name);
            if zone.is_ok() {
                record::accounts::set_time_zone(tx, ask.account, &ask.name)?;
            }
            Ok(Ok(zone))
        })
    }
}
