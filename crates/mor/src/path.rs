//! Which paths are ours, and which method they name.

/// What may stand before `/api/…`.
#[derive(Clone, Debug)]
pub(crate) struct Paths(Vec<String>);

impl Paths {
    pub(crate) fn new(prefixes: &[String]) -> Self {
        Self(prefixes.iter().map(|prefix| prefix.trim_end_matches('/').to_owned()).collect())
    }

    /// Patterns of all that is ours, with and without a slash at the end.
    pub(crate) fn patterns(&self) -> impl Iterator<Item = String> + '_ {
        let ends = ["", "/"];
        self.0
            .iter()
            .flat_map(move |prefix| ends.map(|end| format!("{prefix}/api/{{method:[^/]+}}{end}")))
    }
}

/// Whether a path that fits a pattern is ours: `/api/v1` is where another API begins.
pub(crate) fn is_ours(path: &str) -> bool {
    let segment = path.strip_prefix("/api/").map(|rest| rest.trim_end_matches('/'));
    let digits = segment.and_then(|segment| segment.strip_prefix('v'));
    !digits.is_some_and(|digits| {
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_another_apis() {
        for ours in ["/api/cc_group_create", "/api/v", "/api/v1x", "/billing/api/v1", "/api/1"] {
            assert!(is_ours(ours), "{ours}");
        }
        for others in ["/api/v1", "/api/v1/", "/api/v22"] {
            assert!(!is_ours(others), "{others}");
        }
    }
}
