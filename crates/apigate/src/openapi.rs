//! What the interface looks like to tools: `docs/reference/apigate.openapi.json`, made of the tables
//! that requests are read by. With `LEASELINE_TEST_WRITE_DOCS` set the test writes it anew.

use leaseline_testkit::openapi::{self, answered, answered_with};
use serde_json::{Map, Value, json};

use crate::operation::Operation;

const FILE: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reference/apigate.openapi.json");

const ABOUT: [&str; 3] = [
    "Apigate Voice northbound API",
    "2.0",
    "Every answer is HTTP 200 but for 408, 413 and 503; `status` says what became of it.",
];

fn document() -> Value {
    let paths = Operation::ALL.into_iter();
    let paths = paths.map(|operation| (format!("/api/v1/{}", operation.path()), path(operation)));
    let token = json!({ "type": "http", "scheme": "bearer", "bearerFormat": "JWT" });
    openapi::document(ABOUT, ("token", token), paths, json!({ "Answer": answer() }))
}

fn answer() -> Value {
    json!({
        "type": "object",
        "required": ["status", "description"],
        "properties": {
            "status": { "type": "integer", "minimum": 0, "maximum": 99 },
            "description": { "type": "string" },
            "lease_info": { "type": "object", "additionalProperties": { "type": "string" } },
            "reserved_numbers": { "type": "array", "items": { "type": "string" } },
        },
        "additionalProperties": { "type": "string" },
    })
}

fn path(operation: Operation) -> Value {
    let properties: Map<_, _> = operation
        .parameters()
        .iter()
        .map(|&parameter| (parameter.to_owned(), schema(parameter)))
        .collect();
    let required: Vec<_> = operation
        .parameters()
        .iter()
        .filter(|parameter| is_required(operation, parameter))
        .collect();
    let form = json!({ "type": "object", "required": required, "properties": properties });
    let body = json!({ "application/x-www-form-urlencoded": { "schema": form } });
    let responses = json!({
        "200": answered("`status` 0, or the number of what was wrong", "Answer"),
        "408": answered("the body came too slowly", "Answer"),
        "413": answered("the body is too large", "Answer"),
        "503": answered_with("too many requests; try again after a second", "Answer", "Retry-After"),
    });
    let post = json!({
        "operationId": operation.path().replace('/', "_"),
        "requestBody": { "required": true, "content": body },
        "responses": responses,
    });
    json!({ "post": post })
}

fn is_required(operation: Operation, parameter: &str) -> bool {
    let optional = ["imsi", "mcc", "mnc", "account_status", "account_credit", "max_lease"];
    match operation {
        Operation::Update => parameter == "customer_id",
        _ => !optional.iter().any(|name| parameter.starts_with(name)),
    }
}

fn schema(parameter: &str) -> Value {
    let text = |pattern: &str| json!({ "type": "string", "pattern": pattern });
    let whole = |least: i64| json!({ "type": "integer", "format": "int64", "minimum": least });
    match parameter.trim_end_matches(['1', '2']) {
        "phone" => {
            json!({ "type": "string", "pattern": "^\\+?[0-9]+$", "examples": ["0195730424"] })
        }
        "imsi" => text("^[0-9]{6,15}$"),
        "mcc" => text("^[0-9]{3}$"),
        "mnc" => text("^[0-9]{2,3}$"),
        "expiry_unit" => json!({ "enum": ["years", "months", "days", "hours", "minutes"] }),
        "reference_id" => json!({ "type": "string", "format": "uuid" }),
        "first_name" | "last_name" => {
            json!({ "type": "string", "minLength": 1, "maxLength": 100 })
        }
        "account_status" | "charge_method" => json!({ "enum": ["1", "2"] }),
        "enable_single_service" | "enable_group_service" => json!({ "enum": ["0", "1"] }),
        "credit" | "account_credit" => json!({ "type": "integer", "format": "int64" }),
        "charge_rate_single" | "charge_rate_group" | "max_lease_single" | "max_lease_group" => {
            whole(0)
        }
        "customer_id" => {
            json!({ "type": "integer", "format": "int64", "minimum": 1, "examples": [1] })
        }
        "quantity" | "expiry_value" | "charge_block_single" | "charge_block_group" => whole(1),
        other => panic!("{other} has no schema"),
    }
}

#[test]
fn the_file_is_what_the_tables_say() {
    openapi::assert_up_to_date(FILE, &document());
}
