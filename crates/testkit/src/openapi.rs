//! What descriptions of our interfaces for tools (OpenAPI 3.1) have in common, and how they are
//! held to their files.

use serde_json::{Map, Value, json};

/// A description: `about` is its title, version and description, `paths` has an entry for each path.
pub fn document(
    about: [&str; 3],
    security: (&str, Value),
    paths: impl IntoIterator<Item = (String, Value)>,
    schemas: Value,
) -> Value {
    let [title, version, description] = about;
    let (name, scheme) = security;
    json!({
        "openapi": "3.1.0",
        "info": { "title": title, "version": version, "description": description },
        "security": [{ name: [] }],
        "paths": paths.into_iter().collect::<Map<_, _>>(),
        "components": { "securitySchemes": { name: scheme }, "schemas": schemas },
    })
}

/// An answer in JSON, by one of the document's schemas.
pub fn answered(description: &str, schema: &str) -> Value {
    let schema = json!({ "$ref": format!("#/components/schemas/{schema}") });
    json!({ "description": description, "content": { "application/json": { "schema": schema } } })
}

/// The same with a header that is always there.
pub fn answered_with(description: &str, schema: &str, header: &str) -> Value {
    let mut answer = answered(description, schema);
    answer["headers"] = json!({ header: { "required": true, "schema": { "type": "string" } } });
    answer
}

/// Holds a file against what it is made of. With `LEASELINE_TEST_WRITE_DOCS` set it is written anew.
///
/// # Panics
/// When they differ.
pub fn assert_up_to_date(file: &str, document: &Value) {
    let expected = format!("{document:#}\n");
    if std::env::var_os("LEASELINE_TEST_WRITE_DOCS").is_some() {
        std::fs::write(file, &expected).expect("a file that can be written");
    }
    let found = std::fs::read_to_string(file).expect("a file that can be read");
    assert!(found == expected, "{file} is not up to date");
}
