//! `serve` and `migrate`.

use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::thread;

use leaseline_testkit::{Database, Kind};

use crate::place::Place;

/// A key for servers that share a database.
const SECRETS: [(&str, &str); 2] = [
    ("LEASELINE_JWT__SECRET", "the secret of these tests, long enough"),
    ("LEASELINE_MOR__KEY", "the key of these tests, long enough too"),
];

#[test]
fn a_server_in_an_empty_folder_is_ready_until_it_is_asked_to_stop() {
    for signal in ["-TERM", "-INT"] {
        let place = Place::empty();
        let server = place.start(&["serve"]);
        let ready = server.get("/readyz");
        assert_eq!((ready.status, ready.body.as_str()), (200, "ready\n"));
        assert_eq!(server.get("/healthz").status, 200);
        assert_eq!(server.get("/nothing/here").status, 404);
        for file in ["leaseline.db", "leaseline.db-wal", "leaseline.db.keys"] {
            let mode = std::fs::metadata(place.path().join(file)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{file} is its owner's alone");
        }
        let address = server.address;
        // Somebody who asks for nothing does not hold it up for long.
        let idle = TcpStream::connect(address).unwrap();

        let (status, log) = server.end(signal);
        drop(idle);
        assert_eq!(status.code(), Some(0), "{log}");
        let version = env!("CARGO_PKG_VERSION");
        let announced = format!("leaseline {version} listening on http://{address}");
        assert!(log.contains(&announced), "{log}");
        assert!(!log.contains("WARN") && !log.contains("ERROR"), "{log}");
        let last = log.lines().last().unwrap();
        assert!(last.contains("\"message\":\"stopped\""), "{log}");
        assert_eq!(place.contents(), ["leaseline.db", "leaseline.db.keys", "log"]);
    }
}

#[test]
fn what_a_server_made_it_finds_again() {
    let place = Place::empty();
    assert_eq!(place.start(&["serve"]).end("-TERM").0.code(), Some(0));
    let keys = std::fs::read(place.path().join("leaseline.db.keys")).unwrap();
    let again = place.start(&["serve"]);
    assert_eq!(again.get("/readyz").status, 200);
    assert_eq!(std::fs::read(place.path().join("leaseline.db.keys")).unwrap(), keys);
}

#[test]
fn with_json_the_first_line_is_a_document() {
    let place = Place::empty();
    let mut command = place.command(&["serve", "--json", "--listen", "127.0.0.1:0"]);
    let mut child = command
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut stdout = std::io::BufReader::new(child.stdout.take().unwrap());
    std::io::BufRead::read_line(&mut stdout, &mut line).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let document: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert!(document["listening"].as_str().unwrap().starts_with("http://127.0.0.1:"));
}

#[test]
fn an_address_that_is_taken_is_named_and_the_process_ends() {
    let place = Place::empty();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let done = place.run(&["serve", "--listen", &address]);
    assert_eq!((done.code, done.stdout.as_str()), (Some(1), ""));
    let expected = format!("error: failed to listen on {address}: ");
    assert!(done.stderr.contains(&expected), "{}", done.stderr);
}

#[test]
fn an_open_address_without_a_proxy_is_warned_of() {
    let place = Place::empty();
    let mut command = place.command(&["serve", "--listen", "0.0.0.0:0"]);
    let mut child = command
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let log = std::io::BufReader::new(child.stderr.take().unwrap());
    let warned = std::io::BufRead::lines(log)
        .map_while(Result::ok)
        .take_while(|line| !line.contains("listening on"))
        .any(|line| line.contains("WARN") && line.contains("behind_proxy"));
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(warned);
}

#[test]
fn postgres_without_a_configured_key_is_refused_before_it_is_asked() {
    let place = Place::empty();
    // Nobody listens on that port.
    let done = place.run(&["serve", "--database-url", "postgres://127.0.0.1:1/leaseline"]);
    assert_eq!((done.code, done.stdout.as_str()), (Some(1), ""));
    assert_eq!(
        done.stderr,
        "error: failed to find the key that API tokens are signed with: jwt.secret is not \
         configured, and only a SQLite database gets one made\n\
         hint: openssl rand -hex 32 > jwt.secret && chmod 600 jwt.secret, and for every process \
         that shares the database set LEASELINE_JWT__SECRET_FILE=jwt.secret\n"
    );
    assert!(place.contents().is_empty());
}

#[test]
fn an_empty_database_is_migrated_by_serve_on_sqlite_alone() {
    for database in Database::without_tables() {
        let place = Place::empty();
        let arguments = ["serve", "--listen", "127.0.0.1:0", "--database-url", database.url()];
        if database.kind() == Kind::Postgres {
            let done = place.command(&arguments).envs(SECRETS).output().unwrap();
            let report = String::from_utf8(done.stderr).unwrap();
            assert_eq!(done.status.code(), Some(1), "{report}");
            assert_eq!(
                report,
                "error: failed to open the database postgres://…: it is empty\n\
                 hint: leaseline migrate\n"
            );
            assert_eq!(place.run(&["migrate", "--database-url", database.url()]).code, Some(0));
        }
        let server = place.start_with(&["serve", "--database-url", database.url()], &SECRETS);
        assert_eq!(server.get("/readyz").status, 200);
        assert_eq!(server.end("-TERM").0.code(), Some(0));
    }
}

#[test]
fn a_database_of_a_later_version_is_refused() {
    // Only on PostgreSQL, where a test can write behind the product's back.
    let Some(database) = Database::postgres() else { return };
    database.psql("INSERT INTO __diesel_schema_migrations (version) VALUES ('99999999999999')");
    let place = Place::empty();
    for (command, what) in [("serve", "open"), ("migrate", "migrate")] {
        let mut command = place.command(&[command, "--database-url", database.url()]);
        let done = command.envs(SECRETS).output().unwrap();
        let expected = format!(
            "error: failed to {what} the database postgres://…: \
             its schema is newer than this version's\n\
             hint: use the version that migrated it, or a later one\n"
        );
        assert_eq!(String::from_utf8(done.stderr).unwrap(), expected);
        assert_eq!(done.status.code(), Some(1));
    }
}

#[test]
fn servers_in_one_folder_share_database_and_key() {
    let place = Place::empty();
    let first = place.start(&["serve"]);
    let keys = || std::fs::read_to_string(place.path().join("leaseline.db.keys")).unwrap();
    let made = keys();
    let others: Vec<_> = thread::scope(|scope| {
        let starts: Vec<_> = (0..3).map(|_| scope.spawn(|| place.start(&["serve"]))).collect();
        starts.into_iter().map(|start| start.join().unwrap()).collect()
    });
    let mut servers = others.iter().chain([&first]);
    assert!(servers.all(|server| server.get("/readyz").status == 200));
    assert_eq!(keys(), made);
}

#[test]
fn migrating_twice_does_nothing_the_second_time() {
    for database in Database::without_tables() {
        let place = Place::empty();
        let migrate = ["migrate", "--json", "--database-url", database.url()];
        let first: serde_json::Value = serde_json::from_str(&place.run(&migrate).stdout).unwrap();
        assert!(first["steps"].as_u64() > Some(0) && first["backup"].is_null(), "{first}");
        assert_eq!(place.run(&migrate).stdout, "{\"steps\":0,\"backup\":null}\n");
    }
}

#[test]
fn whoever_reads_no_further_has_what_he_wanted() {
    let place = Place::empty();
    let mut command = place.command(&["completions", "bash"]);
    let (out, err) = (std::process::Stdio::piped(), std::process::Stdio::piped());
    let mut child = command.stdout(out).stderr(err).spawn().unwrap();
    drop(child.stdout.take());
    let done = child.wait_with_output().unwrap();
    assert_eq!((done.status.code(), &*done.stderr), (Some(0), &b""[..]));
}
