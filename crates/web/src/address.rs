//! A request's address.

use std::borrow::Cow;

use actix_web::dev::Url;
use actix_web::http::Uri;

/// The path, with letters that are written by their numbers (`%62` for `b`) as what they are: to
/// whoever serves the documents' paths they are the same (RFC 3986, section 6.2.2.2). What has a
/// meaning of its own in a path, as `%2F`, stays as it is written.
///
/// ```
/// let address = "/%61pi/x%2Fy".parse().expect("an address");
/// assert_eq!(leaseline_web::plain_path(&address), "/api/x%2Fy");
/// ```
pub fn plain_path(address: &Uri) -> Cow<'_, str> {
    match address.path() {
        path if path.contains('%') => Url::new(address.clone()).path().to_owned().into(),
        path => path.into(),
    }
}
