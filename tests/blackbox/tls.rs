//! TLS, in every program.

use std::path::Path;
use std::process::{Command, Stdio};

use leaseline_testkit::Database;

use crate::program::Program;

fn certify(folder: &Path) {
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test"])
        .args(["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "cert.pem"])
        .current_dir(folder)
        .stderr(Stdio::null())
        .status();
    assert!(made.expect("there is an openssl").success());
}

#[test]
fn every_program_speaks_tls() {
    let folder = tempfile::tempdir().expect("a folder");
    certify(folder.path());
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (cert, key) = (path("cert.pem"), path("key.pem"));
    let variables = [("LEASELINE_TLS__CERT", cert.as_str()), ("LEASELINE_TLS__KEY", &key)];
    let database = Database::sqlite();
    for name in ["leaseline-apigate", "leaseline-mor", "leaseline-traitel", "leaseline-switch"] {
        let program = Program::start_with(name, database.url(), &variables);
        let asked = Command::new("curl")
            .args(["-sS", "--max-time", "10", "--cacert", &cert])
            .arg(format!("https://{}/readyz", program.address))
            .output();
        let asked = asked.expect("there is a curl");
        assert_eq!(String::from_utf8_lossy(&asked.stdout), "ready\n", "{name}: {asked:?}");
    }
}
