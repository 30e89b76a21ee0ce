//! What is changed or taken away by a command is so in every process within a second.

use std::io::Write;
use std::process::Stdio;
use std::time::{Duration, Instant};

use leaseline_mor::hash;
use leaseline_testkit::databases;
use leaseline_testkit::http::Call;
use serde_json::Value;

use crate::place::{Place, Running};
use crate::shop::furnish;

const KEYS: [(&str, &str); 4] = [
    // Who asks until it is so fails often.
    ("LEASELINE_LOGINS__FAILURES", "1000"),
    ("LEASELINE_LOGINS__SOURCE_FAILURES", "10000"),
    ("LEASELINE_JWT__SECRET", "the secret of these tests, long enough"),
    ("LEASELINE_MOR__KEY", "the key of these tests, long enough too"),
];

const USERS: &str = "
[[mor_users]]
username = 'admin'
role = 'admin'
secret = 'first secret'
[[accounts]]
user = 'demo'
password = 'first password'
customer = '1'
email = 'ops@acme.example'
first_name = 'Ada'
last_name = 'Lim'
";

/// Two processes on one database, and the command line beside them.
struct Scene {
    place: Place,
    url: String,
    servers: [Running; 2],
}

impl Scene {
    fn on(url: &str) -> Self {
        let customer = furnish(url, 1);
        let place = Place::empty();
        let users = USERS.replace("'1'", &customer.to_string());
        std::fs::write(place.path().join("users.toml"), users).unwrap();
        let start = || place.start_with(&["serve", "--database-url", url], &KEYS);
        let servers = [start(), start()];
        let scene = Self { place, url: url.to_owned(), servers };
        scene.run(&["apply", "users.toml"], "");
        scene
    }

    /// What a command answers that is given a line.
    fn run(&self, arguments: &[&str], line: &str) -> String {
        let mut command = self.place.command(arguments);
        command.args(["--database-url", &self.url]).envs(KEYS);
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = piped.spawn().unwrap();
        writeln!(child.stdin.take().unwrap(), "{line}").unwrap();
        let done = child.wait_with_output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap()
    }

    /// Both processes say so, within a second.
    fn both(&self, holds: impl Fn(&Running) -> bool) {
        let began = Instant::now();
        for server in &self.servers {
            while !holds(server) {
                assert!(began.elapsed() < Duration::from_secs(1), "not within a second");
            }
        }
    }
}

fn is_let_in(server: &Running, token: &str) -> bool {
    let call = Call::form("/api/v1/customer/view", "customer_id=1").bearer(token);
    let answer: Value = serde_json::from_str(&call.send(server.address).unwrap().body).unwrap();
    answer["status"] != 5
}

fn signs(server: &Running, secret: &str) -> bool {
    let form = format!("u=admin&hash={}", hash::hex([], secret.as_bytes()));
    let answer = Call::form("/billing/api/system_version_get", &form).send(server.address);
    answer.unwrap().body.contains("<version>")
}

fn logs_in(server: &Running, password: &str) -> bool {
    let form = format!("user=demo&pass={}&mode=querybalance", password.replace(' ', "+"));
    let answer = Call::form("/accountmanager.pl", &form).send(server.address);
    answer.unwrap().body.starts_with("Ok")
}

#[test]
fn what_is_changed_or_revoked_is_so_in_every_process_within_a_second() {
    for database in databases() {
        let scene = Scene::on(database.url());
        let issued = scene.run(&["token", "issue", "--user", "admin", "--json"], "");
        let issued: Value = serde_json::from_str(&issued).unwrap();
        let (token, jti) = (issued["token"].as_str().unwrap(), issued["jti"].as_str().unwrap());
        scene.both(|server| is_let_in(server, token));
        scene.run(&["token", "revoke", "--jti", jti], "");
        scene.both(|server| !is_let_in(server, token));

        scene.both(|server| signs(server, "first secret"));
        let changed = scene.run(&["mor", "secret", "admin", "--overlap", "1h"], "second secret");
        assert_eq!(
            changed,
            "admin has another secret; the present one counts for 3600 seconds more\n"
        );
        scene.both(|server| signs(server, "second secret") && signs(server, "first secret"));
        assert_eq!(
            scene.run(&["mor", "secret", "admin"], "third secret"),
            "admin has another secret\n"
        );
        scene.both(|server| !signs(server, "first secret"));
        scene.both(|server| signs(server, "third secret") && !signs(server, "second secret"));

        scene.both(|server| logs_in(server, "first password"));
        scene.run(&["accounts", "password", "demo"], "second password");
        scene.both(|server| logs_in(server, "second password"));
        scene.both(|server| !logs_in(server, "first password"));
    }
}
