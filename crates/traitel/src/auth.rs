//! Who asks.

use std::sync::Arc;

use actix_web::HttpRequest;
use leaseline_core::account::AccountLogin;
use leaseline_hub::{Hub, Login, Realm};
use leaseline_web::{Networks, peer};

use crate::error::Error;
use crate::intake::Parameters;

/// The enabled account whose user and password these are.
///
/// # Errors
/// [`Error::Authentication`] for everybody else, after the same time, whatever is wrong.
pub(crate) async fn prove(
    hub: &Hub,
    request: &HttpRequest,
    trusted_proxies: &Networks,
    parameters: &Parameters,
) -> Result<Arc<AccountLogin>, Error> {
    let source = peer::source(request, trusted_proxies);
    hub.count_source(source)?;
    let (Some(user), Some(pass)) = (parameters.filled("user"), parameters.filled("pass")) else {
        hub.password_matches(None, "").await?;
        return Err(Error::Authentication);
    };
    let found = hub.account_login(user).await?.filter(|found| found.account.enabled);
    let stored = found.as_ref().map(|found| &found.password);
    let login = Login::new(Realm::Traitel, user, source);
    match (hub.log_in(&login, stored, pass).await?, found) {
        (true, Some(found)) => {
            hub.count_user(Realm::Traitel, user)?;
            Ok(found)
        }
        _ => Err(Error::Authentication),
    }
}
