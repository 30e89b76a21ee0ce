use std::collections::HashMap;
use std::fs;
use std::time::Duration;

use leaseline_hub::Settings;

use super::*;

/// What a configuration is read from in a test: nothing of the machine it runs on.
struct Given {
    folder: tempfile::TempDir,
    sources: Sources,
}

fn given(file: &str, environment: &[(&str, &str)]) -> Given {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("leaseline.toml");
    fs::write(&path, file).unwrap();
    let mut sources = Sources::of_process("127.0.0.1:8081");
    sources.file = Some(path);
    let pairs = environment.iter().map(|(name, value)| ((*name).into(), (*value).into()));
    sources.environment = Some(pairs.collect::<HashMap<String, String>>());
    Given { folder, sources }
}

fn load(file: &str, environment: &[(&str, &str)]) -> Config {
    Config::load(&given(file, environment).sources).unwrap()
}

/// The whole report, with `FILE` for the path of the file.
fn check_refused(file: &str, environment: &[(&str, &str)], expected: &str) {
    let given = given(file, environment);
    let report = Config::load(&given.sources).unwrap_err().report();
    let path = given.folder.path().join("leaseline.toml").display().to_string();
    assert_eq!(report.replace(&path, "FILE"), expected);
}

#[test]
fn the_defaults_are_those_of_the_crates_that_they_are_for() {
    let config = load("", &[]);
    assert_eq!(config.database_url.as_str(), "sqlite://leaseline.db");
    assert_eq!(config.listen.to_string(), "127.0.0.1:8081");
    assert_eq!(config.limits.web, leaseline_web::Limits::default());
    let hub = Settings::new("sqlite://leaseline.db");
    let limits = config.limits;
    assert_eq!(
        (limits.inbox, limits.batch, limits.readers),
        (hub.inbox, hub.batch_limit, hub.readers)
    );
    assert_eq!(config.apigate.path_prefixes, ["", "/axiata"]);
    assert_eq!(config.default_region.country_code(), "60");
}

#[test]
fn later_layers_win() {
    let file =
        "listen = '127.0.0.1:1'\n[apigate]\nmax_reserve = 1\ntime_zone = 'Asia/Kuala_Lumpur'";
    let environment =
        [("LEASELINE_LISTEN", "127.0.0.1:2"), ("LEASELINE_APIGATE__MAX_RESERVE", "2")];
    let given = given(file, &environment);
    let config = Config::load(&given.sources.with_flag("listen", "127.0.0.1:3")).unwrap();
    assert_eq!(config.listen.port(), 3);
    assert_eq!(config.apigate.max_reserve, 2);
}

#[test]
fn the_environment_writes_lists_with_commas() {
    let config = load(
        "",
        &[
            ("LEASELINE_APIGATE__PATH_PREFIXES", ", /axiata, /celcom"),
            ("LEASELINE_TRUSTED_PROXIES", "10.0.0.0/8,::1"),
            ("LEASELINE_BEHIND_PROXY", "true"),
            ("LEASELINE_LIMITS__BODY_TIMEOUT", "500ms"),
            ("LEASELINE_TEST_POSTGRES", "the test suite's own"),
            ("PATH", "/bin"),
        ],
    );
    assert_eq!(config.apigate.path_prefixes, ["", "/axiata", "/celcom"]);
    assert!(config.trusted_proxies.contains([10, 1, 2, 3].into()));
    assert!(config.behind_proxy);
    assert_eq!(config.limits.web.body_timeout, Duration::from_millis(500));
}

#[test]
fn an_empty_list_of_proxies_is_empty() {
    let config = load("trusted_proxies = ['10.0.0.1']", &[("LEASELINE_TRUSTED_PROXIES", "")]);
    assert!(!config.trusted_proxies.contains([10, 0, 0, 1].into()));
}

#[test]
fn an_unknown_key_is_named_with_the_nearest_known_one() {
    check_refused(
        "[apigate]\ntimezone = 'UTC'",
        &[],
        "error: failed to understand `apigate.timezone` in FILE: there is no such key\n\
         hint: the nearest known one is `apigate.time_zone`",
    );
    check_refused(
        "time_zone = 'UTC'",
        &[],
        "error: failed to understand `time_zone` in FILE: there is no such key\n\
         hint: the nearest known one is `apigate.time_zone`",
    );
    check_refused(
        "",
        &[("LEASELINE_APIGATE_TIME_ZONE", "UTC")],
        "error: failed to understand LEASELINE_APIGATE_TIME_ZONE: there is no such key\n\
         hint: the nearest known one is LEASELINE_APIGATE__TIME_ZONE",
    );
    check_refused(
        "[jwt]\nsecretfile = 'x'",
        &[],
        "error: failed to understand `jwt.secretfile` in FILE: there is no such key\n\
         hint: the nearest known one is `jwt.secret_file`",
    );
}

#[test]
fn a_value_that_is_none_is_named_with_its_place() {
    let hint = "hint: correct it, or leave it out for the default";
    let check = |file: &str, why: &str| {
        check_refused(file, &[], &format!("error: failed to understand {why}\n{hint}"));
    };
    check(
        "listen = 'here'",
        "`listen` in FILE: \"here\" is not an address and a port such as 127.0.0.1:8080",
    );
    check("behind_proxy = 1", "`behind_proxy` in FILE: 1 is neither true nor false");
    check(
        "apigate.max_reserve = 0",
        "`apigate.max_reserve` in FILE: 0 is not a whole number from 1 to 4294967295",
    );
    check(
        "apigate.path_prefixes = ['axiata']",
        "`apigate.path_prefixes` in FILE: \"axiata\" is neither empty nor a path such as \"/axiata\"",
    );
    check(
        "numbers.default_region = 'my'",
        "`numbers.default_region` in FILE: \"my\" is not the code of a region such as MY or DE",
    );
    check(
        "limits.body_timeout = 10",
        "`limits.body_timeout` in FILE: 10 is not a text in quotation marks",
    );
    check("limits.body_timeout = '0s'", "`limits.body_timeout` in FILE: it is zero");
    check(
        "log.level = 'loud'",
        "`log.level` in FILE: \"loud\" is none of off, error, warn, info, debug, trace",
    );
    check("jwt.secret = 5", "`jwt.secret` in FILE: it is not a text in quotation marks");
}

#[test]
fn a_wrong_zone_says_what_a_right_one_is() {
    let given = given("", &[("LEASELINE_APIGATE__TIME_ZONE", "Mars/Olympus")]);
    let report = Config::load(&given.sources).unwrap_err().report();
    assert!(report.starts_with("error: failed to understand LEASELINE_APIGATE__TIME_ZONE: "));
    assert!(report.contains("Asia/Kuala_Lumpur"), "{report}");
}

#[test]
fn a_file_that_is_not_toml_is_not_quoted() {
    let given = given("[jwt]\nsecret = hush-hush", &[]);
    let report = Config::load(&given.sources).unwrap_err().report();
    assert!(report.contains("line 2") && !report.contains("hush"), "{report}");
}

#[test]
fn a_file_that_was_named_has_to_be_there() {
    let mut given = given("", &[]);
    given.sources.file = Some("/nowhere/leaseline.toml".into());
    let report = Config::load(&given.sources).unwrap_err().report();
    assert!(
        report.starts_with("error: failed to read the configuration /nowhere/leaseline.toml: ")
    );
}

#[test]
fn a_secrets_twin_wins_over_an_earlier_layer_and_is_refused_beside_it() {
    let given = given("[jwt]\nsecret = 'from the file'", &[]);
    let secret = given.folder.path().join("secret");
    fs::write(&secret, "from its twin\n").unwrap();
    fs::set_permissions(&secret, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let sources = given.sources.with_flag("jwt.secret_file", &secret.display().to_string());
    match Config::load(&sources).unwrap().jwt.source {
        Some(JwtSource::Secret { secret, .. }) => assert_eq!(secret.expose(), b"from its twin"),
        other => panic!("{other:?}"),
    }
    let shown = |sources: &Sources, key: &str| {
        let settings = Config::settings(sources).unwrap();
        let found = settings.into_iter().find(|setting| setting.key == key).unwrap();
        (found.value, found.origin)
    };
    let of = |value: &str, origin: &str| (Some(value.to_owned()), Some(origin.to_owned()));
    assert_eq!(shown(&sources, "jwt.secret"), of("********", "the command line"));
    let file = secret.display().to_string();
    assert_eq!(shown(&sources, "jwt.secret_file"), of(&file, "the command line"));
    let overruled = self::given("", &[("LEASELINE_JWT__SECRET_FILE", &file)]);
    let overruled = overruled.sources.with_flag("jwt.secret", "from a flag");
    assert_eq!(shown(&overruled, "jwt.secret"), of("********", "the command line"));
    assert_eq!(shown(&overruled, "jwt.secret_file"), (None, None));
    check_refused(
        "[jwt]\nsecret = 'a'\nsecret_file = 'b'",
        &[],
        "error: failed to understand `jwt.secret` in FILE: `jwt.secret_file` is set too\n\
         hint: correct it, or leave it out for the default",
    );
}

#[test]
fn several_keys_have_different_ids() {
    let config = load(
        "[jwt]\nkeys = [{ id = 'new', secret_file = 'a' }, \
         { id = 'old', secret_file = 'b', until = 2027-02-19T12:00:00Z }]",
        &[],
    );
    match config.jwt.source {
        Some(JwtSource::Keys(keys)) => {
            assert_eq!(keys[1].until, crate::rfc3339::parse("2027-02-19T12:00:00Z").ok());
        }
        other => panic!("{other:?}"),
    }
    check_refused(
        "[jwt]\nkeys = [{ id = 'a', secret_file = 'a' }, { id = 'a', secret_file = 'b' }]",
        &[],
        "error: failed to understand `jwt.keys` in FILE: two keys have the id \"a\"\n\
         hint: correct it, or leave it out for the default",
    );
}

#[test]
fn nothing_secret_is_shown() {
    let config = load(
        "",
        &[
            ("LEASELINE_DATABASE_URL", "postgres://me:hush@db/leaseline"),
            ("LEASELINE_JWT__SECRET", "hush-hush-hush-hush-hush-hush-hush"),
        ],
    );
    assert!(!format!("{config:?}").contains("hush"));
}
