//! IVR menus and IVML configurations (TraiTel 1.0, "IVML Management"): what answers a call
//! instead of a person.

use crate::account::ShownName;
use crate::ids::{AccountId, IvmlId, IvrMenuId};

/// Most characters of a URL.
const LONGEST_URL: usize = 2_000;

/// Which calls something is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Calls that come in: numbers can be assigned to it.
    Inbound,
    /// Calls that go out.
    Outbound,
}

/// An IVR menu. Operators make them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IvrMenu {
    /// Its id.
    pub id: IvrMenuId,
    /// Whose it is.
    pub account: AccountId,
    /// Its name, unique within the account.
    pub name: ShownName,
    /// Which calls it is for.
    pub direction: Direction,
}

/// An IVML configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ivml {
    /// Its id, which stays its own after it was deleted.
    pub id: IvmlId,
    /// Whose it is.
    pub account: AccountId,
    /// What it says.
    pub profile: IvmlProfile,
}

/// What an IVML configuration says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IvmlProfile {
    /// Its name, unique within the account.
    pub name: ShownName,
    /// Where a call's instructions are fetched.
    pub launch_url: HttpUrl,
    /// Where a call's result is sent, if anywhere.
    pub result_url: Option<HttpUrl>,
    /// Which calls it is for.
    pub direction: Direction,
}

/// A change of an IVML configuration: what is `None` stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IvmlChange {
    /// Its name.
    pub name: Option<ShownName>,
    /// Where instructions are fetched.
    pub launch_url: Option<HttpUrl>,
    /// Where results are sent, or that they are not any more.
    pub result_url: Option<Option<HttpUrl>>,
    /// Which calls it is for.
    pub direction: Option<Direction>,
}

/// An absolute URL of HTTP or HTTPS, at most 2,000 characters, without user-info; as it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpUrl(Box<str>);

/// Why an IVML configuration is not as it was asked to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IvmlNo {
    /// The account does not have the IVR service.
    #[error("the account does not have the IVR service")]
    NoIvrService,
    /// The account has no such configuration.
    #[error("the account has no such IVML configuration")]
    Unknown,
    /// Another configuration of the account has this name.
    #[error("another IVML configuration of the account has this name")]
    NameTaken,
    /// Numbers are assigned to it, and their calls would not be answered any more.
    #[error("numbers are assigned to the IVML configuration")]
    HasNumbers,
}

/// What a decision on an IVML configuration may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IvmlView {
    /// Whether the account has the IVR service.
    pub ivr: bool,
    /// Which configuration of the account has the name that is asked for.
    pub name: Option<IvmlId>,
    /// Whether numbers are assigned to the one that is to be changed.
    pub has_numbers: bool,
}

impl IvmlView {
    /// Whether a new configuration may be made.
    ///
    /// # Errors
    /// [`IvmlNo::NoIvrService`], then [`IvmlNo::NameTaken`].
    pub fn permit_new(self) -> Result<(), IvmlNo> {
        self.permit_ivr()?;
        self.permit_name(None)
    }

    /// The configuration after the change.
    ///
    /// # Errors
    /// [`IvmlNo::NoIvrService`], [`IvmlNo::Unknown`], [`IvmlNo::NameTaken`], then
    /// [`IvmlNo::HasNumbers`].
    pub fn change(self, found: Option<Ivml>, change: IvmlChange) -> Result<Ivml, IvmlNo> {
        self.permit_ivr()?;
        let ivml = found.ok_or(IvmlNo::Unknown)?;
        self.permit_name(Some(ivml.id))?;
        let profile = ivml.profile.changed(change);
        if self.has_numbers && profile.direction == Direction::Outbound {
            return Err(IvmlNo::HasNumbers);
        }
        Ok(Ivml { profile, ..ivml })
    }

    const fn permit_ivr(self) -> Result<(), IvmlNo> {
        if self.ivr { Ok(()) } else { Err(IvmlNo::NoIvrService) }
    }

    fn permit_name(self, to: Option<IvmlId>) -> Result<(), IvmlNo> {
        if self.name.is_none() || self.name == to { Ok(()) } else { Err(IvmlNo::NameTaken) }
    }
}

impl IvmlProfile {
    fn changed(self, change: IvmlChange) -> Self {
        Self {
            name: change.name.unwrap_or(self.name),
            launch_url: change.launch_url.unwrap_or(self.launch_url),
            result_url: change.result_url.unwrap_or(self.result_url),
            direction: change.direction.unwrap_or(self.direction),
        }
    }
}

impl HttpUrl {
    /// Reads a URL; `None` when it is not absolute, of another scheme, too long, has user-info,
    /// or a character that no URL has.
    pub fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        let is_http = ["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known));
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let sound = is_http
            && text.chars().count() <= LONGEST_URL
            && text.chars().all(may_stand_in_a_url)
            && is_host_and_port(authority);
        sound.then(|| Self(text.into()))
    }

    /// The URL as it was sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Letters of other scripts may: clients send them as they are shown.
fn may_stand_in_a_url(char: char) -> bool {
    let never = matches!(char, '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}');
    !never && !char.is_whitespace() && !char.is_control()
}

/// A host, or an IPv6 address in brackets, and perhaps a port; no user-info.
fn is_host_and_port(authority: &str) -> bool {
    if let Some(rest) = authority.strip_prefix('[') {
        let Some((address, port)) = rest.split_once(']') else { return false };
        let port = port.strip_prefix(':').map_or(port.is_empty(), is_port);
        return address.parse::<std::net::Ipv6Addr>().is_ok() && port;
    }
    let (host, port) = authority.split_once(':').unwrap_or((authority, ""));
    let dotted = |char: char| char.is_alphanumeric() || matches!(char, '.' | '-' | '_');
    host.chars().any(char::is_alphanumeric) && host.chars().all(dotted) && is_port(port)
}

/// Digits of at most 65535; an empty port is none.
fn is_port(port: &str) -> bool {
    port.bytes().all(|byte| byte.is_ascii_digit())
        && (port.is_empty() || port.parse::<u16>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_absolute_http_without_user_info() {
        let check = |text: &str, sound: bool| {
            assert_eq!(HttpUrl::parse(text).is_some(), sound, "{text:?}");
        };
        for sound in [
            "http://acme.example",
            "https://acme.example/launch?call=1&x=%20#top",
            "HTTPS://ACME.example:8443/",
            "http://10.0.0.1:80/a",
            "http://[::1]:8080/a",
            "http://localhost/",
            "http://bücher.example/",
            "http://acme.example/a@b",
        ] {
            check(sound, true);
        }
        for wrong in [
            "",
            "acme.example",
            "/launch",
            "//acme.example/",
            "ftp://acme.example/",
            "javascript:alert(1)",
            "http:acme.example",
            "http://",
            "http:///launch",
            "http://?x",
            "http://user@acme.example/",
            "http://user:pass@acme.example/",
            "http://@acme.example/",
            "http://acme.example:port/",
            "http://acme.example:65536/",
            "http://acme.example/a b",
            "http://acme.example/\n",
            "http://[::1",
            "http://[zz]/",
            "=http://acme.example/",
        ] {
            check(wrong, false);
        }
        let long = |length: usize| format!("http://a.example/{}", "x".repeat(length - 17));
        check(&long(2_000), true);
        check(&long(2_001), false);
    }

    #[test]
    fn what_stands_against_a_configuration() {
        let id = |id| IvmlId::new(id).expect("from 1 on");
        let mine = Ivml {
            id: id(1),
            account: AccountId::new(1).expect("from 1 on"),
            profile: IvmlProfile {
                name: ShownName::parse("menu").expect("a name"),
                launch_url: HttpUrl::parse("http://a.example").expect("a URL"),
                result_url: None,
                direction: Direction::Inbound,
            },
        };
        let outbound = IvmlChange { direction: Some(Direction::Outbound), ..IvmlChange::default() };
        let check = |view: IvmlView, [new, change]: [Option<IvmlNo>; 2]| {
            assert_eq!(view.permit_new().err(), new, "{view:?}");
            let changed = view.change(Some(mine.clone()), outbound.clone());
            assert_eq!(changed.err(), change, "{view:?}");
        };
        let clear = IvmlView { ivr: true, name: None, has_numbers: false };
        let (taken, busy) = (Some(IvmlNo::NameTaken), Some(IvmlNo::HasNumbers));
        check(clear, [None, None]);
        check(IvmlView { ivr: false, ..clear }, [Some(IvmlNo::NoIvrService); 2]);
        check(IvmlView { name: Some(id(1)), ..clear }, [taken, None]);
        check(IvmlView { name: Some(id(2)), has_numbers: true, ..clear }, [taken, taken]);
        check(IvmlView { has_numbers: true, ..clear }, [None, busy]);
        assert_eq!(clear.change(None, outbound.clone()), Err(IvmlNo::Unknown));
        let named = IvmlView { has_numbers: true, ..clear };
        assert!(named.change(Some(mine.clone()), IvmlChange::default()).is_ok());
    }
}
