//! Users of the APIs.

use leaseline_core::Timestamp;
use leaseline_core::api_user::{ApiUser, HasEveryRight, Rights, Role};
use leaseline_core::ids::{ApiUserId, CustomerId};
use leaseline_store::{StoreError, Tx, load, record};

use crate::failure::Failure;
use crate::hub::Hub;
use crate::ids::Ids;
use crate::inbox::Command;
use crate::request::{Decision, Request, Way};

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

/// Rights to be given to a user of the APIs. The outcome is the user as it is after, or why
/// nothing was given.
#[derive(Clone, Debug)]
pub struct GrantRights {
    /// Its name.
    pub name: String,
    /// Which rights.
    pub rights: Rights,
}

/// Rights to be taken from a user of the APIs. The outcome is the user as it is after, or why
/// nothing was taken.
#[derive(Clone, Debug)]
pub struct RevokeRights {
    /// Its name.
    pub name: String,
    /// Which rights.
    pub rights: Rights,
}

/// Why a user's rights stay as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotGranted {
    /// There is no user of this name.
    #[error("there is no such API user")]
    UserUnknown,
    /// There is no such customer.
    #[error("there is no customer {0}")]
    CustomerUnknown(CustomerId),
    /// It is an administrator.
    #[error(transparent)]
    HasEveryRight(#[from] HasEveryRight),
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

impl Request for GrantRights {
    type Outcome = Result<ApiUser, NotGranted>;

    fn into_command(self, way: Way<Self::Outcome>, _: &dyn Ids) -> Command {
        way.errand(self, |tx: &mut Tx<'_>, grant: &Self, _: Timestamp| {
            if let Some(unknown) = unknown_customer(tx, &grant.rights)? {
                return Ok(Ok(Err(NotGranted::CustomerUnknown(unknown))));
            }
            change_role(tx, &grant.name, |role| role.granted(&grant.rights))
        })
    }
}

impl Request for RevokeRights {
    type Outcome = Result<ApiUser, NotGranted>;

    fn into_command(self, way: Way<Self::Outcome>, _: &dyn Ids) -> Command {
        way.errand(self, |tx: &mut Tx<'_>, revoke: &Self, _: Timestamp| {
            change_role(tx, &revoke.name, |role| role.revoked(&revoke.rights))
        })
    }
}

fn change_role(
    tx: &mut Tx<'_>,
    name: &str,
    change: impl FnOnce(&Role) -> Result<Role, HasEveryRight>,
) -> Decision<Result<ApiUser, NotGranted>> {
    let Some(user) = load::users::api_user(tx, name)? else {
        return Ok(Ok(Err(NotGranted::UserUnknown)));
    };
    let role = match change(&user.role) {
        Ok(role) => role,
        Err(no) => return Ok(Ok(Err(no.into()))),
    };
    let user = ApiUser { role, ..user };
    record::users::change(tx, &user)?;
    Ok(Ok(Ok(user)))
}

fn unknown_customer(tx: &mut Tx<'_>, rights: &Rights) -> Result<Option<CustomerId>, StoreError> {
    let known = load::customers::customers(tx, &rights.customers)?;
    Ok(rights.customers.iter().copied().find(|id| !known.contains_key(id)))
}

impl Hub {
    /// At most so many users of the APIs after one (or from the first on), in the order in which
    /// they were made.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn api_users(
        &self,
        after: Option<ApiUserId>,
        limit: u32,
    ) -> Result<Vec<ApiUser>, Failure> {
        self.read(move |tx| load::users::api_users_after(tx, after, limit)).await
    }
}
