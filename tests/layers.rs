//! Who may use whom, held over the manifests of the workspace. See docs/ARCHITECTURE.md.

use std::process::Command;

use serde_json::Value;

/// The whole rule. What a room may use is what its code may name; its own tests may use
/// [`TESTKIT`] and [`PROVISION`] besides.
#[rustfmt::skip] // a room a line
const ROOMS: &[Room] = &[
    room("leaseline-core", Uses::Only(&[])),
    room("leaseline-store", Uses::Only(&["leaseline-core"])),
    room("leaseline-hub", Uses::Only(&["leaseline-core", "leaseline-store"])),
    room("leaseline-web", Uses::Only(&[])),
    room("leaseline-apigate", ADAPTER),
    room("leaseline-mor", ADAPTER),
    room("leaseline-traitel", ADAPTER),
    room("leaseline-switch", ADAPTER),
    // Its import page reads the CSV files that the command line reads.
    room("leaseline-console", Uses::Only(&["leaseline-core", "leaseline-hub", "leaseline-web", PROVISION])),
    room("leaseline-service", Uses::Only(&["leaseline-core", "leaseline-hub", "leaseline-web"])),
    room(PROVISION, Uses::Only(&["leaseline-core", "leaseline-hub"])),
    room(TESTKIT, Uses::Only(&["leaseline-core", "leaseline-hub", "leaseline-web"])),
    room("leaseline", Uses::Anything),
    room("leaseline-apigate-server", Uses::Anything),
    room("leaseline-mor-server", Uses::Anything),
    room("leaseline-traitel-server", Uses::Anything),
    room("leaseline-switch-server", Uses::Anything),
    room("leaseline-tests", Uses::Anything),
    room("leaseline-load", Uses::Anything),
];

/// A facade or the switch: never the store, never one another.
const ADAPTER: Uses = Uses::Only(&["leaseline-core", "leaseline-hub", "leaseline-web"]);

/// A facade's tests set up their world as an operator does.
const PROVISION: &str = "leaseline-provision";

/// Nobody's code depends on it; everybody's tests may.
const TESTKIT: &str = "leaseline-testkit";

/// What only the store may name, in its tests too.
const STORE: &str = "leaseline-store";
const STORES_OWN: &[&str] = &["diesel", "diesel_migrations", "libsqlite3-sys", "pq-sys", "r2d2"];

#[test]
fn every_crate_uses_only_what_its_layer_may() {
    let broken = violations(&workspace());
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

struct Room {
    name: &'static str,
    uses: Uses,
}

enum Uses {
    Only(&'static [&'static str]),
    /// A binary or a package of tests. Whom it may not be used by, the other rooms' lists say.
    Anything,
}

const fn room(name: &'static str, uses: Uses) -> Room {
    Room { name, uses }
}

struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

struct Dependency {
    name: String,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Normal and build dependencies: the code.
    Code,
    Tests,
}

/// One sentence for each thing that is not as [`ROOMS`] has it.
fn violations(packages: &[Package]) -> Vec<String> {
    packages.iter().flat_map(violations_of).collect()
}

fn violations_of(package: &Package) -> Vec<String> {
    let name = &package.name;
    let Some(room) = ROOMS.iter().find(|room| room.name == name) else {
        return vec![format!("{name} is in no layer: add it to ROOMS in tests/layers.rs")];
    };
    let why_not = |dependency| Some(format!("{name} -> {}", forbidden(room, dependency)?));
    package.dependencies.iter().filter_map(why_not).collect()
}

/// The end of the sentence "this room -> …", or nothing if the room may use it.
fn forbidden(room: &Room, Dependency { name, kind }: &Dependency) -> Option<String> {
    if STORES_OWN.contains(&name.as_str()) {
        return (room.name != STORE).then(|| format!("{name}: only {STORE} may name it"));
    }
    if name == TESTKIT {
        return (*kind == Kind::Code).then(|| format!("{name}: it is for [dev-dependencies] only"));
    }
    if name == PROVISION && *kind == Kind::Tests {
        return None;
    }
    match room.uses {
        Uses::Only(list) if is_ours(name) && !list.contains(&name.as_str()) => {
            Some(format!("{name}: it may use {}", listed(list)))
        }
        Uses::Only(_) | Uses::Anything => None,
    }
}

fn is_ours(name: &str) -> bool {
    name == "leaseline" || name.starts_with("leaseline-")
}

fn listed(names: &[&str]) -> String {
    if names.is_empty() {
        "none of our crates".into()
    } else {
        format!("only {}", names.join(", "))
    }
}

fn workspace() -> Vec<Package> {
    list(&metadata()["packages"]).iter().map(package).collect()
}

fn metadata() -> Value {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo is there: it built this test");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("cargo writes JSON")
}

fn package(metadata: &Value) -> Package {
    let dependencies = list(&metadata["dependencies"]).iter().map(dependency).collect();
    Package { name: text(&metadata["name"]), dependencies }
}

fn dependency(metadata: &Value) -> Dependency {
    let kind = if metadata["kind"] == "dev" { Kind::Tests } else { Kind::Code };
    Dependency { name: text(&metadata["name"]), kind }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("cargo metadata documents an array here")
}

fn text(value: &Value) -> String {
    value.as_str().expect("cargo metadata documents a string here").to_owned()
}

/// A program that is built without its tests has nothing in it that fails on purpose.
#[test]
fn only_tests_have_the_store_fail_on_purpose() {
    let metadata = metadata();
    let packages = list(&metadata["packages"]).iter();
    let dependencies = packages.flat_map(|package| list(&package["dependencies"]));
    let asks =
        |it: &&Value| it["name"] == STORE && list(&it["features"]).contains(&"faults".into());
    let kinds: Vec<_> = dependencies.filter(asks).map(|it| &it["kind"]).collect();
    assert_eq!(kinds, ["dev"]);
}

#[test]
fn the_workspace_is_seen() {
    let packages = workspace();
    let hub = packages.iter().find(|package| package.name == "leaseline-hub").unwrap();
    let uses = |name, kind| hub.dependencies.iter().any(|it| it.name == name && it.kind == kind);
    assert!(uses("leaseline-store", Kind::Code));
    assert!(uses(TESTKIT, Kind::Tests));
}

#[test]
fn a_planted_violation_is_caught() {
    use Kind::{Code, Tests};
    let check = |name: &str, dependency: &str, kind, expected: Option<&str>| {
        let dependency = Dependency { name: dependency.to_owned(), kind };
        let planted = Package { name: name.to_owned(), dependencies: vec![dependency] };
        assert_eq!(violations(&[planted]), Vec::from_iter(expected));
    };
    check("leaseline-core", "thiserror", Code, None);
    check("leaseline-core", "leaseline-testkit", Tests, None);
    check("leaseline-hub", "leaseline-store", Code, None);
    check("leaseline-store", "diesel", Code, None);
    check("leaseline", "leaseline-store", Code, None);
    check("leaseline-load", "leaseline-testkit", Tests, None);
    check(
        "leaseline-core",
        "leaseline-store",
        Code,
        Some("leaseline-core -> leaseline-store: it may use none of our crates"),
    );
    check(
        "leaseline-apigate",
        "leaseline-store",
        Code,
        Some(
            "leaseline-apigate -> leaseline-store: \
             it may use only leaseline-core, leaseline-hub, leaseline-web",
        ),
    );
    check(
        "leaseline-apigate",
        "leaseline-mor",
        Tests,
        Some(
            "leaseline-apigate -> leaseline-mor: \
             it may use only leaseline-core, leaseline-hub, leaseline-web",
        ),
    );
    check(
        "leaseline-provision",
        "leaseline",
        Code,
        Some("leaseline-provision -> leaseline: it may use only leaseline-core, leaseline-hub"),
    );
    check(
        "leaseline",
        "leaseline-testkit",
        Code,
        Some("leaseline -> leaseline-testkit: it is for [dev-dependencies] only"),
    );
    check(
        "leaseline-hub",
        "diesel",
        Tests,
        Some("leaseline-hub -> diesel: only leaseline-store may name it"),
    );
    check(
        "leaseline",
        "pq-sys",
        Code,
        Some("leaseline -> pq-sys: only leaseline-store may name it"),
    );
    check(
        "leaseline-fax",
        "serde",
        Code,
        Some("leaseline-fax is in no layer: add it to ROOMS in tests/layers.rs"),
    );
}

#[test]
fn every_violation_is_named_at_once() {
    let code = |name: &str| Dependency { name: name.to_owned(), kind: Kind::Code };
    let packages = [
        Package {
            name: "leaseline-web".into(),
            dependencies: vec![code("leaseline-hub"), code("r2d2")],
        },
        Package { name: "unheard-of".into(), dependencies: vec![] },
    ];
    assert_eq!(
        violations(&packages),
        [
            "leaseline-web -> leaseline-hub: it may use none of our crates",
            "leaseline-web -> r2d2: only leaseline-store may name it",
            "unheard-of is in no layer: add it to ROOMS in tests/layers.rs",
        ],
    );
}
