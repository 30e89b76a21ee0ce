//! What the interface looks like to tools: `docs/reference/switch.openapi.json`. That it says what
//! requests are read by, the tests hold it to, field by field. With `LEASELINE_TEST_WRITE_DOCS` set
//! the file is written anew.

use leaseline_testkit::openapi::{self, answered, answered_with};
use serde_json::{Map, Value, json};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reference/switch.openapi.json");

const ABOUT: [&str; 3] = [
    "Leaseline's interface for softswitches",
    "1",
    "JSON, or forms with the same names. Fields that nobody asks for do not matter; null is as if a \
     field were not there. Whole numbers are written without a point.",
];

/// A field of a body: its name, whether it must be there, and what it may be.
type Field = (&'static str, Need, Value);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Need {
    Must,
    May,
}

use Need::{May, Must};

/// The bodies, each with the path that it is posted to.
fn bodies() -> [(&'static str, &'static str, Vec<Field>); 5] {
    [
        ("/call/v1/authorise", "Question", question()),
        ("/call/v1/event", "Event", event()),
        ("/call/v1/cdr", "Call", call()),
        ("/records/v1/sms", "Message", message()),
        ("/records/v1/fax", "Fax", fax()),
    ]
}

fn question() -> Vec<Field> {
    vec![
        ("call_id", Must, name()),
        ("from", Must, party()),
        ("to", Must, party()),
        ("from_hidden", May, json!({ "type": "boolean" })),
        ("hops", May, whole(0, i64::MAX)),
        ("switch", May, text()),
        ("source", May, text()),
        ("at", May, whole(i64::MIN, i64::MAX)),
        ("account", May, account()),
        ("sub_id", May, whole(0, i64::MAX)),
        ("card_number", May, of_card()),
        ("pin", May, of_card()),
        ("card_callerid", May, of_card()),
    ]
}

fn event() -> Vec<Field> {
    vec![
        ("call_id", Must, name()),
        ("event", Must, json!({ "enum": ["answer", "hangup"] })),
        ("ref", May, json!({ "type": "string", "format": "uuid" })),
        ("at", May, instant()),
    ]
}

fn call() -> Vec<Field> {
    vec![
        ("call_id", Must, name()),
        ("from", Must, party()),
        ("to", Must, party()),
        ("started_at", Must, instant()),
        ("ended_at", Must, instant()),
        ("bill_ms", Must, whole(i64::MIN, i64::MAX)),
        ("result", Must, json!({ "enum": ["answered", "failed"] })),
        ("answered_at", May, instant()),
        ("duration_ms", May, whole(i64::MIN, i64::MAX)),
        ("sip_code", May, whole(i64::MIN, i64::MAX)),
        ("hangup_by", May, name()),
        ("ref", May, name()),
        ("routed_to", May, party()),
        ("direction", May, direction()),
        ("account", May, account()),
        ("sub_id", May, whole(0, i64::MAX)),
    ]
}

fn message() -> Vec<Field> {
    let types = json!({ "enum": ["replies", "masking", "tracking", "masktrack"] });
    let mut fields = reported();
    fields.extend([
        (
            "text",
            Must,
            json!({ "type": "string", "maxLength": 16_000, "pattern": "^[^\\u0000]*$" }),
        ),
        ("sent", May, json!({ "type": "boolean" })),
        ("tracking", May, json!({ "enum": ["pending", "delivered", "failed"] })),
        ("type", May, types),
    ]);
    fields
}

fn fax() -> Vec<Field> {
    let station = "^[^=@\\u0000-\\u001f\\u007f-\\u009f][^\\u0000-\\u001f\\u007f-\\u009f]*$";
    let station = json!({ "type": "string", "minLength": 1, "maxLength": 64, "pattern": station });
    let count = || whole(0, u32::MAX.into());
    let code = json!({ "type": "string", "minLength": 1, "maxLength": 64, "pattern": PARTY });
    let mut fields = reported();
    fields.extend([
        ("error_code", Must, code),
        ("pages", Must, count()),
        ("station_id", May, station),
        ("speed", May, count()),
        ("duration_s", May, count()),
        ("attempt", May, count()),
    ]);
    fields
}

/// What messages and faxes have in common.
fn reported() -> Vec<Field> {
    vec![
        ("record_id", Must, name()),
        ("direction", Must, direction()),
        ("from", Must, party()),
        ("to", Must, party()),
        ("at", Must, instant()),
        ("account", May, account()),
        ("sub_id", May, whole(0, i64::MAX)),
    ]
}

const PARTY: &str = "^([+*#._0-9A-Za-z-][+*#@._0-9A-Za-z-]*)?$";
const PLAIN: &str = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$";

fn party() -> Value {
    json!({ "type": "string", "maxLength": 64, "pattern": PARTY })
}

fn name() -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": 255, "pattern": PLAIN })
}

fn account() -> Value {
    json!({ "type": "string", "maxLength": 100, "pattern": PLAIN })
}

/// Other characters may stand there too, but then not so many.
fn of_card() -> Value {
    json!({ "type": "string", "maxLength": 64, "pattern": "^[ -~]*$" })
}

fn text() -> Value {
    json!({ "type": "string" })
}

fn direction() -> Value {
    json!({ "enum": ["in", "out"] })
}

fn instant() -> Value {
    whole(0, i64::MAX / 1_000_000)
}

fn whole(least: i64, most: i64) -> Value {
    json!({ "type": "integer", "minimum": least, "maximum": most })
}

fn document() -> Value {
    let basic = json!({ "type": "http", "scheme": "basic" });
    openapi::document(ABOUT, ("switch", basic), paths(), schemas())
}

fn paths() -> Vec<(String, Value)> {
    let one = |schema: &str| json!({ "$ref": format!("#/components/schemas/{schema}") });
    // What is wrong with one of several is said in its place.
    let several = |schema: &str| {
        let array = json!({ "type": "array", "maxItems": 1_000, "items": {} });
        json!({ "oneOf": [one(schema), array] })
    };
    let posted = |body: Value, responses: Value| {
        let json = json!({ "application/json": { "schema": body } });
        json!({ "requestBody": { "required": true, "content": json }, "responses": troubles(responses) })
    };
    let mut paths: Vec<_> = bodies()
        .into_iter()
        .map(|(path, schema, _)| {
            let post = match schema {
                "Question" => posted(one(schema), json!({ "200": decided() })),
                "Event" => posted(one(schema), json!({ "200": answered("it is noted", "Status") })),
                _ => posted(several(schema), taken_in()),
            };
            (path.to_owned(), json!({ "post": post }))
        })
        .collect();
    let question = &mut paths[0].1["post"];
    question["parameters"] = json!([in_query("format", text())]);
    paths[2].1["get"] = json!({
        "parameters": [in_query("call_id", name())],
        "responses": troubles(json!({ "200": answered("records as they were sent", "Calls") })),
    });
    paths.extend([dialplan(), fs_call()]);
    paths
}

fn in_query(name: &str, schema: Value) -> Value {
    json!({ "name": name, "in": "query", "schema": schema })
}

/// What else may be answered everywhere.
fn troubles(mut responses: Value) -> Value {
    let challenged = answered_with("wrong name or password", "Trouble", "WWW-Authenticate");
    responses["400"] = answered("the body cannot be read", "Trouble");
    responses["401"] = challenged;
    responses["408"] = answered("the body came too slowly", "Trouble");
    responses["413"] = answered("the body is too large", "Trouble");
    responses["422"] = answered("a field is wrong; no retry mends it", "Trouble");
    responses["503"] = answered_with("no answer; try again", "Trouble", "Retry-After");
    responses
}

fn decided() -> Value {
    let mut decided = answered("what to do with the call", "Decision");
    decided["content"]["text/plain"] = json!({ "schema": text() });
    decided
}

fn taken_in() -> Value {
    let statuses = json!({ "oneOf": [
        { "$ref": "#/components/schemas/Status" },
        { "type": "array", "items": { "$ref": "#/components/schemas/Status" } },
    ] });
    json!({
        "200": {
            "description": "it was there before; or what became of each of several",
            "content": { "application/json": { "schema": statuses } },
        },
        "201": answered("written down and charged", "Status"),
        "202": answered("written down; nobody knows whose it is", "Status"),
    })
}

/// `mod_xml_curl` sends many more fields.
fn dialplan() -> (String, Value) {
    const ASKED: [&str; 8] = [
        "Unique-ID",
        "Caller-Caller-ID-Number",
        "Hunt-Caller-ID-Number",
        "Caller-Destination-Number",
        "Hunt-Destination-Number",
        "Caller-Context",
        "Caller-Privacy-Hide-Number",
        "Caller-Network-Addr",
    ];
    let fields: Map<_, _> = ASKED.map(|name| (name.to_owned(), text())).into_iter().collect();
    let form = json!({ "type": "object", "properties": fields });
    let content = json!({ "application/x-www-form-urlencoded": { "schema": form } });
    let plan = json!({ "description": "a dialplan, which may refuse", "content": { "text/xml": { "schema": text() } } });
    let responses = troubles(json!({ "200": plan }));
    let post = json!({ "requestBody": { "content": content }, "responses": responses });
    ("/call/fs/dialplan".to_owned(), json!({ "post": post }))
}

fn fs_call() -> (String, Value) {
    let content = json!({ "application/json": { "schema": { "type": "object" } } });
    let responses = troubles(json!({ "200": answered("what became of it", "Status") }));
    let post =
        json!({ "requestBody": { "required": true, "content": content }, "responses": responses });
    ("/call/fs/cdr".to_owned(), json!({ "post": post }))
}

fn schemas() -> Value {
    let bodies = bodies().into_iter().map(|(_, name, fields)| (name.to_owned(), body(fields)));
    let mut schemas: Map<_, _> = bodies.collect();
    let statuses =
        ["ok", "stored", "orphan", "duplicate", "updated", "conflict", "dropped", "invalid"];
    let status = json!({ "status": { "enum": statuses }, "error": text() });
    schemas.insert("Status".into(), object(&["status"], status));
    schemas.insert("Trouble".into(), object(&["error"], json!({ "error": text() })));
    let calls = json!({
        "count": whole(0, i64::MAX),
        "cdrs": { "type": "array", "items": { "$ref": "#/components/schemas/Call" } },
    });
    schemas.insert("Calls".into(), object(&["count", "cdrs"], calls));
    schemas.insert("Decision".into(), decision());
    schemas.into()
}

fn body(fields: Vec<Field>) -> Value {
    let must: Vec<_> = fields.iter().filter(|it| it.1 == Must).map(|it| it.0).collect();
    // A text that may be missing is so when it is empty.
    let may = |schema: &Value| match schema["type"].as_str() {
        Some("integer" | "boolean") => json!({ "anyOf": [schema, { "type": "null" }] }),
        _ => json!({ "anyOf": [schema, { "const": "" }, { "type": "null" }] }),
    };
    let properties: Map<_, _> = fields
        .iter()
        .map(|(name, need, schema)| {
            let schema = if *need == Must { schema.clone() } else { may(schema) };
            ((*name).to_owned(), schema)
        })
        .collect();
    json!({ "type": "object", "required": must, "properties": properties })
}

fn object(required: &[&str], properties: Value) -> Value {
    json!({
        "type": "object",
        "required": required,
        "properties": properties,
        "additionalProperties": false,
    })
}

fn decision() -> Value {
    let or_none = |schema: Value| json!({ "anyOf": [schema, { "type": "null" }] });
    let seconds = || or_none(whole(1, i64::MAX));
    let way = |action: &str, required: &[&str], properties: Value| {
        let mut way = object(&[&["action", "ref"], required].concat(), properties);
        way["properties"]["action"] = json!({ "const": action });
        way["properties"]["ref"] = json!({ "type": "string", "format": "uuid" });
        way
    };
    let announce = object(
        &["balance", "minutes"],
        json!({ "balance": text(), "minutes": or_none(whole(0, i64::MAX)) }),
    );
    json!({ "oneOf": [
        way("bridge", &["to", "caller_id", "privacy", "max_seconds"], json!({
            "to": text(),
            "caller_id": or_none(text()),
            "privacy": { "type": "boolean" },
            "max_seconds": seconds(),
            "announce": announce,
        })),
        way("reject", &["sip_code", "reason"], json!({
            "sip_code": { "enum": [402, 403, 404, 433, 480, 482] },
            "reason": text(),
        })),
        way("ivml", &["launch_url", "result_url", "max_seconds"], json!({
            "launch_url": text(),
            "result_url": or_none(text()),
            "max_seconds": seconds(),
        })),
        way("ivr", &["ivr_id", "max_seconds"], json!({
            "ivr_id": whole(1, i64::MAX),
            "max_seconds": seconds(),
        })),
        way("sip", &["account", "sub_id", "max_seconds"], json!({
            "account": text(),
            "sub_id": whole(0, i64::MAX),
            "max_seconds": seconds(),
        })),
    ] })
}

#[test]
fn the_file_is_what_the_fields_say() {
    openapi::assert_up_to_date(FILE, &document());
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::intake::Fields;
    use crate::properties::{FIELDS, judge};
    use crate::reply::WrongField;

    /// As `judge` tells the bodies apart.
    const WHICH: [u8; 5] = [0, 1, 2, 4, 3];

    /// Something that a field may be.
    fn sound(field: &Field) -> Value {
        match (field.0, &field.2) {
            ("from" | "to" | "routed_to", _) => "0195730424".into(),
            ("error_code", _) => "0".into(),
            ("ref", _) => "902493a9-ca64-4d79-9075-002def32a261".into(),
            (_, schema) if schema["enum"].is_array() => schema["enum"][0].clone(),
            (_, schema) if schema["type"] == "integer" => 1.into(),
            (_, schema) if schema["type"] == "boolean" => true.into(),
            _ => "x".into(),
        }
    }

    fn told(which: u8, body: &Map<String, Value>) -> Result<(), WrongField> {
        judge(which, &Fields::Json(body.clone()))
    }

    #[test]
    fn each_field_is_read_and_those_that_must_be_there_are_missed() {
        for ((path, _, fields), which) in bodies().into_iter().zip(WHICH) {
            let must = fields.iter().filter(|field| field.1 == Must);
            let whole: Map<_, _> = must.map(|field| (field.0.to_owned(), sound(field))).collect();
            assert_eq!(told(which, &whole), Ok(()), "{path}");
            for field in &fields {
                let mut body = whole.clone();
                body.insert(field.0.to_owned(), json!([]));
                // A PIN alone is no card.
                body.insert(
                    "card_number".to_owned(),
                    body.get("card_number").cloned().unwrap_or("1".into()),
                );
                assert_eq!(told(which, &body).map_err(|wrong| wrong.name), Err(field.0), "{path}");
                let mut body = whole.clone();
                body.remove(field.0);
                let missed = told(which, &body).map_err(|wrong| wrong.to_string());
                let expected = format!("{}: it is missing", field.0);
                assert_eq!(missed, if field.1 == Must { Err(expected) } else { Ok(()) }, "{path}");
            }
        }
    }

    #[test]
    fn no_field_is_read_that_is_not_there() {
        let described = bodies().into_iter().flat_map(|(_, _, fields)| fields);
        let described: BTreeSet<_> = described.map(|field| field.0).chain(["body"]).collect();
        assert_eq!(described, FIELDS.into_iter().collect());
    }
}
