//! Where a request comes from.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use actix_web::HttpRequest;
use actix_web::http::header::{HeaderMap, HeaderName};

use crate::Networks;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The address that a request is counted under: its peer, or, when the peer is a trusted proxy,
/// the last address of `X-Forwarded-For` (all such headers, in order) that is none.
///
/// Only what trusted proxies wrote is believed: the list is read from its end, and an entry that is
/// no address ends the reading. When that leaves nothing, it is the peer. IPv4 addresses are IPv4,
/// however they were written. A request without a peer, which no socket gives, is from `0.0.0.0`.
pub fn source(request: &HttpRequest, trusted: &Networks) -> IpAddr {
    let peer = request.peer_addr().map_or(Ipv4Addr::UNSPECIFIED.into(), |peer| peer.ip());
    let peer = peer.to_canonical();
    if trusted.contains(peer) {
        forwarded(request.headers(), trusted).unwrap_or(peer)
    } else {
        peer
    }
}

fn forwarded(headers: &HeaderMap, trusted: &Networks) -> Option<IpAddr> {
    // A header that is not text counts as one entry that is no address.
    let values: Vec<&str> =
        headers.get_all(FORWARDED_FOR).map(|value| value.to_str().unwrap_or_default()).collect();
    let entries = values.iter().rev().flat_map(|value| value.rsplit(','));
    entries.map_while(address).find(|entry| !trusted.contains(*entry))
}

/// An entry as proxies write it: an address, perhaps with a port, IPv6 perhaps in brackets.
fn address(entry: &str) -> Option<IpAddr> {
    let entry = entry.trim();
    let bare = entry.strip_prefix('[').and_then(|entry| entry.strip_suffix(']')).unwrap_or(entry);
    let address = bare.parse().or_else(|_| entry.parse::<SocketAddr>().map(|entry| entry.ip()));
    address.ok().map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;
    use actix_web::test::TestRequest;

    use super::*;

    fn check(peer: &str, forwarded: &[&[u8]], expected: &str) {
        let trusted: Networks =
            ["10.0.0.0/8", "::1"].map(|text| text.parse().unwrap()).into_iter().collect();
        let mut request =
            TestRequest::default().peer_addr(SocketAddr::new(peer.parse().unwrap(), 9));
        for value in forwarded {
            let value = HeaderValue::from_bytes(value).unwrap();
            request = request.append_header((FORWARDED_FOR, value));
        }
        let found = source(&request.to_http_request(), &trusted);
        assert_eq!(found, expected.parse::<IpAddr>().unwrap(), "{peer} {forwarded:?}");
    }

    #[test]
    fn only_trusted_proxies_may_name_another_source() {
        check("203.0.113.9", &[], "203.0.113.9");
        check("203.0.113.9", &[b"198.51.100.1"], "203.0.113.9");
        check("10.0.0.1", &[], "10.0.0.1");
        check("10.0.0.1", &[b"198.51.100.1"], "198.51.100.1");
        check("::ffff:10.0.0.1", &[b"198.51.100.1"], "198.51.100.1");
        check("::1", &[b"2001:db8::7"], "2001:db8::7");
        check("10.0.0.1", &[b"1.1.1.1, 198.51.100.1"], "198.51.100.1");
        check("10.0.0.1", &[b"1.1.1.1, 198.51.100.1, 10.0.0.2,10.0.0.3"], "198.51.100.1");
        check("10.0.0.1", &[b"1.1.1.1", b"198.51.100.1, 10.0.0.2", b"10.0.0.3"], "198.51.100.1");
        check("10.0.0.1", &[b"10.0.0.2, 10.0.0.3"], "10.0.0.1");
        check("10.0.0.1", &[b"198.51.100.1:4711"], "198.51.100.1");
        check("10.0.0.1", &[b"[2001:db8::7]:4711"], "2001:db8::7");
        check("10.0.0.1", &[b"[2001:db8::7]"], "2001:db8::7");
        check("10.0.0.1", &[b"::ffff:198.51.100.1"], "198.51.100.1");
        check("10.0.0.1", &[b"1.1.1.1, unknown"], "10.0.0.1");
        check("10.0.0.1", &[b"1.1.1.1, unknown, 10.0.0.2"], "10.0.0.1");
        check("10.0.0.1", &[b"1.1.1.1", b"\xFF", b"10.0.0.2"], "10.0.0.1");
        check("10.0.0.1", &[b""], "10.0.0.1");
    }
}
