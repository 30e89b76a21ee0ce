//! `config show`: what the layers came to, and where each value comes from.

use serde_json::{Value, json};

use crate::place::Place;

fn shown(place: &Place, key: &str) -> Value {
    let mut command = place.command(&["config", "show", "--json"]);
    let output = command
        .env("LEASELINE_DATABASE_URL", "postgres://ada:password@db/lines?password=password")
        .env("LEASELINE_JWT__SECRET", "a secret of thirty-two bytes, and more")
        .output()
        .expect("it runs");
    let text = String::from_utf8(output.stdout).expect("text");
    assert!(output.status.success() && !text.contains("password@") && !text.contains("a secret"));
    let json: Value = serde_json::from_str(&text).expect("JSON");
    let settings = json["settings"].as_array().expect("a list");
    settings.iter().find(|setting| setting["key"] == key).expect("the key").clone()
}

#[test]
fn a_value_is_shown_with_its_layer_and_a_secret_is_masked() {
    let place = Place::empty();
    std::fs::write(place.path().join("leaseline.toml"), "apigate.max_reserve = 7\n").unwrap();
    let check = |key: &str, value: Value, origin: Value| {
        let expected = json!({"key": key, "value": value, "origin": origin});
        assert_eq!(shown(&place, key), expected);
    };
    check("apigate.max_reserve", "7".into(), "leaseline.toml".into());
    check("apigate.path_prefixes", r#"["", "/axiata"]"#.into(), "the built-in defaults".into());
    check("database_url", "postgres://ada:********@db/lines".into(), "the environment".into());
    check("jwt.secret", "********".into(), "the environment".into());
    check("jwt.issuer", Value::Null, Value::Null);
    // Nothing was opened and nothing made.
    assert_eq!(place.contents(), ["leaseline.toml"]);
}
