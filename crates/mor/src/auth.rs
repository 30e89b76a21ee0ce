//! Who asks.

use std::net::IpAddr;

use leaseline_core::mor_user::MorCaller;
use leaseline_hub::{Hub, Login, Realm, Sealed, Secret, Vault};

use crate::hash;
use crate::intake::Parameters;
use crate::method::Method;
use crate::reply::{Said, Trouble};

const DENIED: Said = Said("Access Denied");
pub(crate) const INCORRECT_HASH: Said = Said("Incorrect hash");
const NOT_AUTHORIZED: Said = Said("You are not authorized to use this functionality");

/// The enabled user who sent a request, has proved it by the hash, and may use the method.
pub(crate) async fn prove(
    hub: &Hub,
    vault: &Vault,
    method: Method,
    parameters: &Parameters,
    source: IpAddr,
) -> Result<MorCaller, Trouble> {
    hub.count_source(source)?;
    let username = parameters.text("u").ok_or(DENIED)?;
    let identity = hub.mor_user(&username).await?.ok_or(DENIED)?;
    let caller = identity.user.caller().ok_or(DENIED)?;
    let sent = parameters.bytes("hash").filter(|hash| !hash.is_empty()).ok_or(INCORRECT_HASH)?;
    let login = Login::new(Realm::Mor, &username, source);
    // Whoever is held off is checked all the same, so that it takes as long.
    let is_right = is_proved(vault, &identity.secrets_at(hub.now()), method, parameters, sent);
    if !hub.may_log_in(&login).await? {
        hub.login_held_off(&login).await?;
        return Err(INCORRECT_HASH.into());
    }
    if !is_right {
        hub.login_failed(&login).await?;
        return Err(INCORRECT_HASH.into());
    }
    hub.remember_login(&login);
    hub.count_user(Realm::Mor, &username)?;
    if method.is_of_calling_cards() && !identity.user.profile.calling_cards {
        return Err(NOT_AUTHORIZED.into());
    }
    Ok(caller)
}

/// Every secret that counts is tried, so that nothing tells which one was right. Who has none is
/// tried with an empty one, which proves nothing.
fn is_proved(
    vault: &Vault,
    counting: &[&Sealed],
    method: Method,
    parameters: &Parameters,
    sent: &[u8],
) -> bool {
    let mut secrets: Vec<_> = counting.iter().filter_map(|sealed| vault.open(sealed)).collect();
    if secrets.is_empty() {
        secrets.push(Secret::new(Vec::new()));
    }
    secrets.iter().fold(false, |is_right, secret| {
        is_right | hash::proves(sent, parameters.hashed(method.hashed()), secret.expose())
    })
}
