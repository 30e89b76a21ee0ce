//! MOR's interface beside the others, and `mor hash`.

use leaseline_testkit::http::Call;

use crate::place::Place;

const USERS: &str = "[[mor_users]]\nusername = 'admin'\nrole = 'admin'\nsecret = 'secret'\n";

#[test]
fn of_the_paths_under_api_mor_takes_those_of_one_segment() {
    let place = Place::empty();
    let server = place.start_with(&["serve"], &[]);
    let check = |path: &str, expected: &str| {
        let answer = Call::form(path, "").send(server.address).unwrap();
        assert!(answer.body.contains(expected), "{path}: {}", answer.body);
    };
    check("/api/cc_group_create", "<error>Access Denied</error>");
    check("/billing/api/xyz/", "<error>Unknown API method</error>");
    check("/api/xyz", "<error>Unknown API method</error>");
    for apigates in ["/api/v1", "/api/v2", "/api/v1/customer/view", "/api/a/b", "/axiata/api/xyz"] {
        check(apigates, "{\"status\":");
    }
}

#[test]
fn mor_hash_shows_what_is_hashed_and_masks_the_secret() {
    let place = Place::empty();
    std::fs::write(place.path().join("mor.toml"), USERS).unwrap();
    let applied = place.run(&["--json", "apply", "mor.toml"]);
    assert!(applied.stdout.contains("\"mor_users\":{\"admin\":1}"), "{}", applied.stdout);
    let shown = place.run(&["mor", "hash", "--name", "ab"]);
    assert_eq!(
        shown.stdout,
        "hashed: ab<secret>\nbytes:  61 62 <secret>\n\
         hash:   6934063541db8905a7e4b8da81029d61a1aed2bb\n"
    );
    let arguments = ["mor", "hash", "--method", "system_version_get", "--user", "admin"];
    let none = place.run(&arguments);
    assert!(none.stdout.contains("e5e9fa1ba31ecd1ae84f75caaa474f3a663f05f4"), "{}", none.stdout);
    let unknown = place.run(&["mor", "hash", "--name", "x", "--user", "nobody"]);
    assert!(unknown.stderr.contains("there is no such MOR user"), "{}", unknown.stderr);
}
