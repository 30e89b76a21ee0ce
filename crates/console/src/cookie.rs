//! The two cookies of the console, as RFC 6265 writes them. Their values are plain letters and digits.

use actix_web::HttpResponse;
use actix_web::http::header::{COOKIE, HeaderMap, HeaderValue, SET_COOKIE};

use crate::PATH;
use crate::console::Console;

/// A cookie's value, if the browser sent it. Of several of one name none counts: one of them may be
/// somebody else's.
pub(crate) fn read<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let sent = headers.get_all(COOKIE).filter_map(|header| header.to_str().ok());
    let pairs = sent.flat_map(|header| header.split(';'));
    let mut values = pairs.filter_map(|pair| {
        let (known, value) = pair.trim().split_once('=')?;
        (known == name).then_some(value)
    });
    let value = values.next()?;
    values.next().is_none().then_some(value)
}

/// A cookie of the session: none with an empty value, which ends it.
pub(crate) fn session(console: &Console, value: &str) -> String {
    let (path, secure) = if console.settings.behind_tls { ("/", "; Secure") } else { (PATH, "") };
    let end = if value.is_empty() { "; Max-Age=0" } else { "" };
    format!("{}={value}; Path={path}; HttpOnly; SameSite=Lax{secure}{end}", console.cookie())
}

/// A cookie that says how pages look, for a year.
pub(crate) fn look(name: &str, value: &str) -> String {
    format!("{name}={value}; Path={PATH}; HttpOnly; SameSite=Lax; Max-Age=31536000")
}

/// Sends a cookie with an answer.
pub(crate) fn send(answer: &mut HttpResponse, cookie: &str) {
    let cookie = HeaderValue::from_str(cookie).expect("a cookie of ours is plain text");
    answer.headers_mut().append(SET_COOKIE, cookie);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_read_by_its_whole_name_and_once() {
        let check = |sent: &[&str], expected: Option<&str>| {
            let mut headers = HeaderMap::new();
            for sent in sent {
                headers.append(COOKIE, HeaderValue::from_str(sent).unwrap());
            }
            assert_eq!(read(&headers, "leaseline"), expected, "{sent:?}");
        };
        check(&["leaseline=a"], Some("a"));
        check(&["x=1; leaseline=a; y=2"], Some("a"));
        check(&["x=1", "leaseline=a"], Some("a"));
        check(&["xleaseline=a", "leaseline-theme=dark"], None);
        check(&["leaseline=a; leaseline=b"], None);
        check(&["leaseline=a", "leaseline=b"], None);
        check(&[], None);
    }
}
