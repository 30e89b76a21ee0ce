//! TLS: certificates made for the moment, asked with curl.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::place::{Place, Running};

const TLS: [(&str, &str); 4] = [
    ("LEASELINE_TLS__CERT", "cert.pem"),
    ("LEASELINE_TLS__KEY", "key.pem"),
    ("LEASELINE_LOG__FORMAT", "text"),
    ("LEASELINE_LOG__LEVEL", "trace"),
];

/// Makes a certificate of this name for 127.0.0.1, and its key.
pub(crate) fn certify(folder: &Path, name: &str) {
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"])
        .args(["-nodes", "-days", "2", "-subj", &format!("/CN={name}")])
        .args(["-addext", "subjectAltName=IP:127.0.0.1"])
        .args(["-keyout", "key.pem", "-out", "cert.pem"])
        .current_dir(folder)
        .stderr(Stdio::null())
        .status();
    assert!(made.unwrap().success());
    // The one that a client trusts, kept where a new one does not overwrite it.
    fs::copy(folder.join("cert.pem"), folder.join(format!("{name}.pem"))).unwrap();
    fs::copy(folder.join("key.pem"), folder.join(format!("{name}.key"))).unwrap();
}

/// What `curl` hears at `/healthz` when it trusts only the certificate of this name.
fn ask(place: &Place, server: &Running, trusted: &str, more: &[&str]) -> Option<String> {
    let url = format!("https://{}/healthz", server.address);
    let asked = Command::new("curl")
        .args(["-sS", "--max-time", "10", "--cacert", &format!("{trusted}.pem")])
        .args(more)
        .arg(url)
        .current_dir(place.path())
        .stderr(Stdio::null())
        .output()
        .unwrap();
    asked.status.success().then(|| String::from_utf8(asked.stdout).unwrap())
}

/// Asks for a new look at the files, and waits until the log says what came of it.
fn reload(place: &Place, server: &Running, expected: &str) {
    let log = place.path().join("log");
    let before = fs::read_to_string(&log).unwrap().len();
    server.signal("-HUP");
    let logged = || fs::read_to_string(&log).unwrap().split_off(before);
    let mut logs = std::iter::repeat_with(logged).take(100_000);
    let found = logs.find(|log| log.lines().any(|line| line.contains(expected)));
    assert!(found.is_some(), "{expected:?} is not in {}", logged());
}

/// A client that keeps its connection open: what it is told to send and what it hears.
fn keep_open(place: &Place, server: &Running, trusted: &str) -> Child {
    Command::new("openssl")
        .args(["s_client", "-quiet", "-verify_return_error", "-CAfile"])
        .args([&format!("{trusted}.pem"), "-connect", &server.address.to_string()])
        .current_dir(place.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn ask_again(client: &mut Child) -> String {
    let request = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
    client.stdin.as_mut().unwrap().write_all(request).unwrap();
    let (mut heard, mut buffer) = (String::new(), [0; 1_024]);
    while !heard.ends_with("ok\n") {
        let count = client.stdout.as_mut().unwrap().read(&mut buffer).unwrap();
        assert!(count > 0, "cut after {heard:?}");
        heard.push_str(std::str::from_utf8(&buffer[..count]).unwrap());
    }
    heard
}

#[test]
fn a_certificate_is_replaced_without_a_restart_and_without_cutting_anybody_off() {
    let place = Place::empty();
    certify(place.path(), "first");
    let server = place.start_with(&["serve"], &TLS);
    assert_eq!(ask(&place, &server, "first", &[]).as_deref(), Some("ok\n"));
    assert!(ask(&place, &server, "first", &["--tls-max", "1.2"]).is_some());
    assert!(ask(&place, &server, "first", &["--tls-max", "1.1"]).is_none());
    let mut kept = keep_open(&place, &server, "first");
    assert!(ask_again(&mut kept).starts_with("HTTP/1.1 200 OK\r\n"));

    certify(place.path(), "second");
    assert!(ask(&place, &server, "second", &[]).is_none(), "nobody asked for the new one");
    reload(&place, &server, "reloaded the certificate");
    assert!(ask(&place, &server, "second", &[]).is_some());
    assert!(ask(&place, &server, "first", &[]).is_none());
    assert!(ask_again(&mut kept).starts_with("HTTP/1.1 200 OK\r\n"));

    let key = place.path().join("key.pem");
    fs::write(&key, "hush: no key").unwrap();
    reload(&place, &server, "kept the certificate as it was");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    reload(&place, &server, "kept the certificate as it was");
    fs::write(place.path().join("leaseline.toml"), "unknown = 7").unwrap();
    reload(&place, &server, "kept the configuration as it was");
    assert!(ask(&place, &server, "second", &[]).is_some());
    assert!(ask_again(&mut kept).starts_with("HTTP/1.1 200 OK\r\n"));

    kept.kill().unwrap();
    kept.wait().unwrap();
    let (status, log) = server.end("-TERM");
    assert_eq!(status.code(), Some(0), "{log}");
    let key = fs::read_to_string(place.path().join("first.key")).unwrap();
    let mut lines = key.lines().filter(|line| !line.starts_with('-'));
    assert!(lines.all(|line| !log.contains(&line[..16])), "{log}");
    assert!(!log.contains("hush") && !log.contains("tokens travel unencrypted"), "{log}");
}

#[test]
fn whoever_does_not_speak_tls_is_counted_and_holds_nothing_up() {
    let place = Place::empty();
    certify(place.path(), "first");
    let server = place.start_with(&["serve"], &TLS);
    let plain = leaseline_testkit::http::Call::new("GET", "/healthz").send(server.address);
    assert!(plain.is_err(), "{plain:?}");
    let silent = TcpStream::connect(server.address).unwrap();
    let url = format!("https://{}/metrics", server.address);
    let mut scrape = Command::new("curl");
    scrape.args(["-sS", "--cacert", "first.pem", &url]).current_dir(place.path());
    let scrape = String::from_utf8(scrape.output().unwrap().stdout).unwrap();
    assert!(scrape.contains("\nleaseline_tls_handshakes_failed_total 1\n"));
    // It stops all the same, though somebody has not begun to speak.
    let (status, log) = server.end("-TERM");
    assert_eq!(status.code(), Some(0), "{log}");
    drop(silent);
}

#[test]
fn what_cannot_be_presented_is_refused_at_the_start() {
    let check = |prepare: &dyn Fn(&Path), variables: &[(&str, &str)], expected: &str| {
        let place = Place::empty();
        certify(place.path(), "first");
        prepare(place.path());
        let mut command = place.command(&["serve", "--listen", "127.0.0.1:0"]);
        let done = command.envs(variables.iter().copied()).output().unwrap();
        let report = String::from_utf8(done.stderr).unwrap();
        assert_eq!(done.status.code(), Some(1), "{report}");
        assert!(report.contains(expected), "{report}");
        assert!(!place.contents().contains(&"leaseline.db".to_owned()), "{:?}", place.contents());
    };
    let write = |name: &'static str, text: &'static str| {
        move |folder: &Path| fs::write(folder.join(name), text).unwrap()
    };
    let present = "error: failed to present the certificate cert.pem with the key key.pem: ";
    let because = |why: &str| format!("{present}{why}");
    check(&write("cert.pem", ""), &TLS, &because("there is no certificate in it"));
    check(&write("key.pem", "hush"), &TLS, &because("there is no private key in it"));
    let another_key = |folder: &Path| {
        let first = fs::read(folder.join("first.pem")).unwrap();
        certify(folder, "second");
        fs::write(folder.join("cert.pem"), first).unwrap();
    };
    check(&another_key, &TLS, &because("the private key is not the certificate's"));
    let open = |folder: &Path| {
        fs::set_permissions(folder.join("key.pem"), fs::Permissions::from_mode(0o644)).unwrap();
    };
    check(&open, &TLS, "failed to trust key.pem: it holds a secret and is open to others");
    let gone = |folder: &Path| fs::remove_file(folder.join("cert.pem")).unwrap();
    check(&gone, &TLS, "failed to read the certificate in cert.pem: ");
    let alone = "error: failed to understand `tls.cert`: `tls.key` is not set";
    check(&|_| {}, &TLS[..1], alone);
}
