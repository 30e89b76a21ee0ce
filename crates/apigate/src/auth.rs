//! Who asks.

use std::sync::Arc;

use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use leaseline_core::api_user::ApiUser;
use leaseline_hub::{Hub, Realm};

use crate::reply::Trouble;
use crate::status::Status;
use crate::token::TokenKeys;

/// The enabled user for whom the request's token speaks.
pub(crate) async fn prove(
    headers: &HeaderMap,
    tokens: &TokenKeys,
    hub: &Hub,
) -> Result<Arc<ApiUser>, Trouble> {
    let token = bearer(headers)?;
    let proved = tokens.check(token, hub.now()).map_err(|_| Status::Token)?;
    let user = hub.api_user(&proved.user, proved.jti.as_deref()).await?;
    let user = user.ok_or(Status::Authentication)?;
    hub.count_user(Realm::Apigate, &user.name)?;
    Ok(user)
}

fn bearer(headers: &HeaderMap) -> Result<&str, Status> {
    let mut given = headers.get_all(AUTHORIZATION);
    let first = given.next().ok_or(Status::NoToken)?;
    if given.next().is_some() {
        return Err(Status::Header);
    }
    // A header's value has no control characters: what is ASCII in it can be seen.
    let text = std::str::from_utf8(first.as_bytes()).ok().filter(|text| text.is_ascii());
    let (scheme, token) = text.and_then(|text| text.split_once(' ')).ok_or(Status::Header)?;
    let token = token.trim_matches(' ');
    let sound = scheme.eq_ignore_ascii_case("bearer") && !token.is_empty();
    if sound { Ok(token) } else { Err(Status::Header) }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn check(values: &[&str], expected: Result<&str, Status>) {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        assert_eq!(bearer(&headers), expected, "{values:?}");
    }

    #[test]
    fn what_a_bearer_header_looks_like() {
        check(&[], Err(Status::NoToken));
        check(&["Bearer abc"], Ok("abc"));
        check(&["bEARER  abc"], Ok("abc"));
        check(&["Bearer abc", "Bearer abc"], Err(Status::Header));
        for wrong in ["", "Bearer", "Bearer ", "Basic abc", "abc", "Bearer é"] {
            check(&[wrong], Err(Status::Header));
        }
    }
}
