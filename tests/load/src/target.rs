//! Where a server is.

use std::net::{SocketAddr, ToSocketAddrs};
use std::str::FromStr;

/// A server's address and what stands before its paths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// Where to connect to.
    pub(crate) address: SocketAddr,
    /// What the `Host` header says.
    pub(crate) host: String,
    /// Before every path; empty, or with a leading slash and without one at its end.
    pub(crate) prefix: String,
}

impl From<SocketAddr> for Target {
    fn from(address: SocketAddr) -> Self {
        Self { address, host: address.to_string(), prefix: String::new() }
    }
}

impl FromStr for Target {
    type Err = String;

    fn from_str(url: &str) -> Result<Self, String> {
        let rest = url.strip_prefix("http://").ok_or("only http:// can be measured")?;
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let with_port = if host.contains(':') { host.to_owned() } else { format!("{host}:80") };
        let found = with_port.to_socket_addrs().map_err(|error| error.to_string())?.next();
        let path = path.trim_end_matches('/');
        let prefix = if path.is_empty() { String::new() } else { format!("/{path}") };
        Ok(Self { address: found.ok_or("no such host")?, host: host.to_owned(), prefix })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(url: &str, expected: Option<(&str, &str, &str)>) {
        let found = url.parse::<Target>().ok();
        let found = found.map(|it| (it.address.to_string(), it.host, it.prefix));
        let expected = expected.map(|(at, host, path)| (at.into(), host.into(), path.into()));
        assert_eq!(found, expected, "{url}");
    }

    #[test]
    fn a_url_names_host_port_and_prefix() {
        check("http://127.0.0.1:8080", Some(("127.0.0.1:8080", "127.0.0.1:8080", "")));
        check("http://127.0.0.1:8080/", Some(("127.0.0.1:8080", "127.0.0.1:8080", "")));
        check("http://127.0.0.1/axiata/", Some(("127.0.0.1:80", "127.0.0.1", "/axiata")));
        check("https://127.0.0.1", None);
        check("127.0.0.1:8080", None);
    }
}
