//! Sets of addresses, written as CIDR.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// A text that is no network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("read the network {0:?}: expected an address, or an address/prefix like 10.0.0.0/8")]
pub struct BadNetwork(String);

/// One network: `10.0.0.0/8`, `2001:db8::/32`, or a lone address, which is a network of one.
///
/// Bits beyond the prefix do not count: `10.1.2.3/8` is `10.0.0.0/8`. An IPv4 address that is
/// written as IPv6 (`::ffff:10.0.0.1`) is the IPv4 address, in networks and in what is looked up,
/// for that is how a socket that listens on `[::]` shows its IPv4 clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Network {
    first: IpAddr,
    prefix_bits: u8,
}

impl Network {
    /// Whether `address` lies in this network. No IPv4 address lies in an IPv6 network.
    pub fn contains(&self, address: IpAddr) -> bool {
        masked(address.to_canonical(), self.prefix_bits) == Some(self.first)
    }
}

impl FromStr for Network {
    type Err = BadNetwork;

    fn from_str(text: &str) -> Result<Self, BadNetwork> {
        parsed(text).ok_or_else(|| BadNetwork(text.to_owned()))
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first, self.prefix_bits)
    }
}

/// A list of networks; empty unless filled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Networks(Vec<Network>);

impl Networks {
    /// Loopback and the private ranges (RFC 1918, RFC 4193).
    pub fn local() -> Self {
        let v4 = [
            ([127, 0, 0, 0], 8),
            ([10, 0, 0, 0], 8),
            ([172, 16, 0, 0], 12),
            ([192, 168, 0, 0], 16),
        ];
        let v4 = v4.map(|(first, bits)| (IpAddr::from(first), bits));
        let v6 = [(Ipv6Addr::LOCALHOST, 128), (Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7)];
        let v6 = v6.map(|(first, bits)| (IpAddr::from(first), bits));
        v4.into_iter()
            .chain(v6)
            .map(|(first, prefix_bits)| Network { first, prefix_bits })
            .collect()
    }

    /// Whether `address` lies in one of them.
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(address))
    }
}

impl FromIterator<Network> for Networks {
    fn from_iter<I: IntoIterator<Item = Network>>(networks: I) -> Self {
        Self(networks.into_iter().collect())
    }
}

fn parsed(text: &str) -> Option<Network> {
    let (address, prefix) = match text.split_once('/') {
        Some((address, prefix)) => (address, Some(prefix)),
        None => (text, None),
    };
    let address: IpAddr = address.parse().ok()?;
    let prefix_bits = match prefix {
        None => width(address),
        // No sign and no leading zero, which `parse` alone would let pass.
        Some(digits) if is_plain(digits) => digits.parse().ok()?,
        Some(_) => return None,
    };
    canonical(address, prefix_bits)
}

fn is_plain(digits: &str) -> bool {
    digits == "0" || (!digits.starts_with(['0', '+']))
}

/// `::ffff:10.0.0.0/104` becomes `10.0.0.0/8`.
fn canonical(address: IpAddr, prefix_bits: u8) -> Option<Network> {
    let canonical = address.to_canonical();
    let mapped_bits = width(address) - width(canonical);
    let (address, prefix_bits) = match prefix_bits.checked_sub(mapped_bits) {
        Some(bits) => (canonical, bits),
        None => (address, prefix_bits),
    };
    Some(Network { first: masked(address, prefix_bits)?, prefix_bits })
}

fn width(address: IpAddr) -> u8 {
    match address {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    }
}

/// The network's first address; none when the address has fewer bits than the prefix.
fn masked(address: IpAddr, prefix_bits: u8) -> Option<IpAddr> {
    let host_bits = u32::from(width(address).checked_sub(prefix_bits)?);
    Some(match address {
        IpAddr::V4(v4) => {
            let mask = u32::MAX.checked_shl(host_bits).unwrap_or(0);
            Ipv4Addr::from_bits(v4.to_bits() & mask).into()
        }
        IpAddr::V6(v6) => {
            let mask = u128::MAX.checked_shl(host_bits).unwrap_or(0);
            Ipv6Addr::from_bits(v6.to_bits() & mask).into()
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(network: &str, address: &str, expected: bool) {
        let read: Network = network.parse().unwrap();
        assert_eq!(read.contains(address.parse().unwrap()), expected, "{address} in {network}");
    }

    #[test]
    fn an_address_is_in_its_network_and_in_no_other() {
        check("10.0.0.0/8", "10.255.0.1", true);
        check("10.0.0.0/8", "11.0.0.1", false);
        check("10.1.2.3/8", "10.9.9.9", true);
        check("10.1.2.3", "10.1.2.3", true);
        check("10.1.2.3", "10.1.2.4", false);
        check("0.0.0.0/0", "203.0.113.1", true);
        check("0.0.0.0/0", "2001:db8::1", false);
        check("::/0", "2001:db8::1", true);
        check("::/0", "203.0.113.1", false);
        check("2001:db8::/33", "2001:db8:7fff::1", true);
        check("2001:db8::/33", "2001:db8:8000::1", false);
        check("::1", "::1", true);
        check("10.0.0.0/8", "::ffff:10.0.0.1", true);
        check("::ffff:10.0.0.0/104", "10.1.2.3", true);
        check("::ffff:10.0.0.0/104", "11.1.2.3", false);
        check("::ffff:10.0.0.1", "10.0.0.1", true);
        check("10.0.0.0/8", "2001:db8::1", false);
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for text in [
            "",
            "/",
            "10.0.0.0/",
            "10.0.0.0/33",
            "::/129",
            "10.0.0.0/+8",
            "10.0.0.0/08",
            "10.0.0/8",
            "10.0.0.0/8/8",
            "localhost",
            "10.0.0.0 /8",
            "256.0.0.1",
            "any",
        ] {
            assert_eq!(text.parse::<Network>(), Err(BadNetwork(text.to_owned())));
        }
    }

    #[test]
    fn a_network_is_shown_as_it_counts() {
        let shown = |text: &str| text.parse::<Network>().unwrap().to_string();
        assert_eq!(shown("10.1.2.3/8"), "10.0.0.0/8");
        assert_eq!(shown("::ffff:10.0.0.0/104"), "10.0.0.0/8");
        assert_eq!(shown("::1"), "::1/128");
    }

    #[test]
    fn local_means_loopback_and_private() {
        let is_local = |text: &str| Networks::local().contains(text.parse().unwrap());
        for address in ["127.0.0.1", "10.1.1.1", "172.31.0.1", "192.168.1.1", "::1", "fd00::1"] {
            assert!(is_local(address), "{address}");
        }
        for address in ["172.32.0.1", "8.8.8.8", "2001:db8::1", "fe80::1", "0.0.0.0"] {
            assert!(!is_local(address), "{address}");
        }
    }
}
