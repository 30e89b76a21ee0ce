//! Which paths are ours, and which method they name.

use actix_web::http::Uri;
use leaseline_web::plain_path;

/// What may stand before `/api/…`.
#[derive(Clone, Debug)]
pub(crate) struct Paths(Vec<String>);

impl Paths {
    pub(crate) fn new(prefixes: &[String]) -> Self {
        Self(prefixes.iter().map(|prefix| prefix.trim_end_matches('/').to_owned()).collect())
    }

    /// What all that is ours stands under.
    pub(crate) fn scopes(&self) -> impl Iterator<Item = String> + '_ {
        self.0.iter().map(|prefix| format!("{prefix}/api"))
    }
}

/// Whether an address is below the scope.
pub(crate) fn leads_here(address: &Uri, scope: &str) -> bool {
    is_ours(&plain_path(address), scope)
}

/// Whether a path is ours: one segment below the scope, with or without a slash at the end.
/// `/api/v1` is where another API begins.
fn is_ours(path: &str, scope: &str) -> bool {
    let below = path.strip_prefix(scope).unwrap_or_default();
    let segment = segment(below);
    let is_one = !segment.is_empty() && !segment.contains('/');
    is_one && !(scope == "/api" && is_version(segment))
}

/// The segment that names the method, of what a path says below the scope.
pub(crate) fn segment(below: &str) -> &str {
    let segment = below.strip_prefix('/').unwrap_or_default();
    segment.strip_suffix('/').unwrap_or(segment)
}

fn is_version(segment: &str) -> bool {
    segment.strip_prefix('v').is_some_and(|digits| {
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, scope: &str, expected: bool) {
        assert_eq!(is_ours(path, scope), expected, "{path} below {scope}");
    }

    #[test]
    fn one_segment_is_ours() {
        for ours in ["/api/cc_group_create", "/api/cc_group_create/", "/api/v", "/api/v1x"] {
            check(ours, "/api", true);
        }
        for others in ["/api", "/api/", "/api//", "/api/a/b", "/api/a//", "/apix/a", "/other"] {
            check(others, "/api", false);
        }
    }

    #[test]
    fn a_letter_may_be_written_by_its_number() {
        let check = |address: &str, scope, expected| {
            assert_eq!(leads_here(&address.parse().unwrap(), scope), expected, "{address}");
        };
        check("/%62illing/api/cc%5Fgroup%5fcreate?a=%62", "/billing/api", true);
        check("/billing/%61pi/x/", "/billing/api", true);
        check("/billing/api/a%2Fb", "/billing/api", true);
        check("/billing%2Fapi/x", "/billing/api", false);
        check("/api/%76%31", "/api", false);
        check("/api/%zz", "/api", true);
    }

    #[test]
    fn a_version_is_another_apis() {
        for others in ["/api/v1", "/api/v1/", "/api/v22"] {
            check(others, "/api", false);
        }
        check("/billing/api/v1", "/billing/api", true);
        check("/api/1", "/api", true);
    }
}
