//! Which paths are ours, and what they lead to.

use actix_web::http::Method;

use crate::operation::Operation;
use crate::status::Status;

/// The version that there is.
const VERSION: &str = "v1";

/// What may stand before `/api/…`.
#[derive(Clone, Debug)]
pub(crate) struct Paths {
    prefixes: Vec<String>,
}

impl Paths {
    /// The longest prefix is tried first, so that an empty one does not hide the others.
    pub(crate) fn new(prefixes: &[String]) -> Self {
        let mut prefixes: Vec<_> =
            prefixes.iter().map(|prefix| prefix.trim_end_matches('/').to_owned()).collect();
        prefixes.sort_by_key(|prefix| std::cmp::Reverse(prefix.len()));
        prefixes.dedup();
        Self { prefixes }
    }

    /// What all that is ours stands under: a prefix of our own, and `/api` where it is empty.
    pub(crate) fn scopes(&self) -> impl Iterator<Item = &str> {
        self.prefixes.iter().map(|prefix| if prefix.is_empty() { "/api" } else { prefix })
    }

    /// The operation that is asked for.
    pub(crate) fn operation(&self, method: &Method, path: &str) -> Result<Operation, Status> {
        let ours = self.prefixes.iter().find_map(|prefix| path.strip_prefix(prefix.as_str()));
        let rest = ours.and_then(|path| path.strip_prefix("/api/")).ok_or(Status::UnknownApi)?;
        let (version, rest) = rest.split_once('/').unwrap_or((rest, ""));
        if is_version(version) && version != VERSION {
            return Err(Status::Version);
        }
        let named = Operation::at(rest.strip_suffix('/').unwrap_or(rest));
        let known = named.filter(|_| version == VERSION && method == Method::POST);
        known.ok_or(Status::UnknownApi)
    }
}

fn is_version(segment: &str) -> bool {
    let digits = segment.strip_prefix('v');
    digits.is_some_and(|digits| {
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use leaseline_core::lease::LeaseKind;

    use super::*;

    fn check(path: &str, expected: Result<Operation, Status>) {
        let paths = Paths::new(&[String::new(), "/axiata".to_owned()]);
        assert_eq!(paths.operation(&Method::POST, path), expected, "{path}");
    }

    #[test]
    fn where_a_path_leads() {
        let single = Ok(Operation::Request(LeaseKind::Single));
        check("/api/v1/leasesingle/request", single);
        check("/axiata/api/v1/leasesingle/request", single);
        check("/api/v1/leasesingle/request/", single);
        check("/api/v1/customer/topup", Ok(Operation::TopUp));
        for path in ["/api/v2/leasesingle/request", "/api/v01/x", "/api/v0", "/axiata/api/v10/"] {
            check(path, Err(Status::Version));
        }
        for path in [
            "/api/v1/leasesingle/request//",
            "/api/v1/leasesingle",
            "/api/v1/",
            "/api/v1",
            "/api/leasesingle/request",
            "/api/V1/leasesingle/request",
            "/axiata/x",
            "/axiata/",
            "/api/v/leasesingle/request",
            "/api/",
            "/api/v1//leasesingle/request",
            "/api/v1/LeaseSingle/request",
        ] {
            check(path, Err(Status::UnknownApi));
        }
    }

    #[test]
    fn only_posts_lead_anywhere() {
        let paths = Paths::new(&[String::new()]);
        let get = paths.operation(&Method::GET, "/api/v1/customer/view");
        assert_eq!(get, Err(Status::UnknownApi));
        assert_eq!(paths.operation(&Method::GET, "/api/v2/x"), Err(Status::Version));
    }
}
