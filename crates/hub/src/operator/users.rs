//! Users of the APIs.

use leaseline_core::Timestamp;
use leaseline_core::api_user::Role;
use leaseline_core::ids::ApiUserId;
use leaseline_store::{Tx, load, record};

use crate::ids::Ids;
use crate::inbox::Command;
use crate::request::{Request, Way};

/// A user of the APIs, to be made.
#[derive(Clone, Debug)]
pub struct NewApiUser {
    /// Its name, unique.
    pub name: String,
    /// What it may do.
    pub role: Role,
}

/// A user of the APIs to be enabled or disabled. The outcome says whether there is such a user.
#[derive(Clone, Debug)]
pub struct EnableApiUser {
    /// Its name.
    pub name: String,
    /// Whether it may do anything.
    pub enabled: bool,
}

impl Request for NewApiUser {
    type Outcome = ApiUserId;

    fn into_command(self, way: Way<ApiUserId>, _: &dyn Ids) -> Command {
        way.errand(self, |tx: &mut Tx<'_>, new: &Self, _: Timestamp| {
            record::users::new_api_user(tx, &new.name, &new.role).map(Ok)
        })
    }
}

impl Request for EnableApiUser {
    type Outcome = bool;

    fn into_command(self, way: Way<bool>, _: &dyn Ids) -> Command {
        way.errand(self, |tx: &mut Tx<'_>, change: &Self, _: Timestamp| {
            let Some(user) = load::users::api_user(tx, &change.name)? else {
                return Ok(Ok(false));
            };
            record::users::set_enabled(tx, &user, change.enabled)?;
            Ok(Ok(true))
        })
    }
}
