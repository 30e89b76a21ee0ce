//! Which switch asks: HTTP Basic (RFC 7617), from the networks that the switch is known to be in.

use std::net::IpAddr;
use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::http::header::AUTHORIZATION;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use leaseline_core::switch::Switch;
use leaseline_hub::{Hub, Login, Realm};
use leaseline_web::{Network, Networks, peer};

use crate::reply::Trouble;

/// Every address.
const ANY: &str = "any";

/// The enabled switch whose name and password these are, asking from where it may.
///
/// # Errors
/// [`Trouble::Unauthorized`] for everybody else, after the same time, whatever is wrong.
pub(crate) async fn prove(
    hub: &Hub,
    request: &HttpRequest,
    trusted_proxies: &Networks,
) -> Result<Arc<Switch>, Trouble> {
    let (name, password) = credentials(request).ok_or(Trouble::Unauthorized)?;
    let source = peer::source(request, trusted_proxies);
    let found = hub.switch(&name).await?.filter(|found| found.enabled);
    let stored = found.as_ref().map(|found| &found.password);
    let login = Login::new(Realm::Switch, &name, source);
    if found.as_ref().is_some_and(|found| !may_ask_from(found, source)) {
        // Not judged, so that it does not tell whether the password is right; and not counted, so
        // that a switch is let in as soon as its address is put right.
        hub.refuse_login(&login, &password).await?;
        return Err(Trouble::Unauthorized);
    }
    match (hub.log_in(&login, stored, &password).await?, found) {
        (true, Some(switch)) => Ok(switch),
        _ => Err(Trouble::Unauthorized),
    }
}

fn credentials(request: &HttpRequest) -> Option<(String, String)> {
    let header = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = header.split_once(' ')?;
    let encoded = scheme.eq_ignore_ascii_case("basic").then(|| encoded.trim())?;
    let decoded = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    let (name, password) = decoded.split_once(':')?;
    let is_whole = !name.is_empty() && !password.is_empty() && !decoded.contains('\0');
    is_whole.then(|| (name.to_owned(), password.to_owned()))
}

fn may_ask_from(switch: &Switch, source: IpAddr) -> bool {
    match &switch.terms.sources {
        None => Networks::local().contains(source),
        Some(sources) => sources.iter().any(|allowed| {
            **allowed == *ANY
                || allowed.parse().is_ok_and(|network: Network| network.contains(source))
        }),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn credentials_are_a_name_and_a_password() {
        let check = |header: &str, expected: Option<(&str, &str)>| {
            let request = TestRequest::get().insert_header((AUTHORIZATION, header));
            let read = credentials(&request.to_http_request());
            let expected = expected.map(|(name, word)| (name.to_owned(), word.to_owned()));
            assert_eq!(read, expected, "{header}");
        };
        let basic = |text: &str| format!("Basic {}", STANDARD.encode(text));
        check(&basic("edge-1:secret"), Some(("edge-1", "secret")));
        check(&basic("edge-1:se:cret"), Some(("edge-1", "se:cret")));
        check(&basic("edge-1:secret").replace("Basic", "bAsIc"), Some(("edge-1", "secret")));
        for none in ["edge-1", ":secret", "edge-1:", "", "a\0:b"] {
            check(&basic(none), None);
        }
        for none in ["Basic", "Basic !!", "Bearer ZWRnZS0xOnNlY3JldA==", ""] {
            check(none, None);
        }
    }
}
