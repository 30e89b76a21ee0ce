//! Secrets of users of MOR's interface, changed while clients still use the old ones.

use std::time::Duration;

use leaseline_core::Timestamp;
use leaseline_core::mor_user::MorUser;
use leaseline_store::load::mor_users::SealedSecret;
use leaseline_store::{StoreError, Tx, load, record};

use crate::ids::Ids;
use crate::inbox::Command;
use crate::request::{Request, Way};
use crate::vault::{Secret, Vault};

/// Another secret for a user of MOR's interface. The outcome says whether there is such a user.
#[derive(Clone, Debug)]
pub struct SetMorSecret {
    /// The user's name.
    pub username: String,
    /// The secret.
    pub secret: Secret,
    /// What it is sealed by.
    pub vault: Vault,
    /// For so long the present one counts too; one before that no longer does.
    pub overlap: Duration,
}

impl Request for SetMorSecret {
    type Outcome = bool;

    fn into_command(self, way: Way<bool>, _: &dyn Ids) -> Command {
        way.errand(self, |tx: &mut Tx<'_>, ask: &Self, now: Timestamp| {
            let Some(user) = load::mor_users::mor_user(tx, &ask.username)? else {
                return Ok(Ok(false));
            };
            let present = own_secret(tx, &user)?.filter(|_| !ask.overlap.is_zero());
            let former = present.as_ref().map(|own| (own, now.saturating_add(ask.overlap)));
            let sealed = ask.vault.seal(&ask.username, &ask.secret);
            record::mor_users::secret(tx, user.id, &sealed, former)?;
            Ok(Ok(true))
        })
    }
}

/// The user's present secret, unless it is another one's.
fn own_secret(tx: &mut Tx<'_>, user: &MorUser) -> Result<Option<SealedSecret>, StoreError> {
    let present = load::mor_users::secrets(tx, user)?.map(|secrets| secrets.present);
    Ok(present.filter(|present| present.username == user.username))
}
