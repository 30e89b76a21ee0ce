//! Paths, methods, media types, bodies, and the order in which they are judged.

use leaseline_testkit::http::Call;

use crate::harness::{Api, error, lease_error, on_both};

const VIEW: &str = "/api/v1/customer/view";

fn call(api: &Api, method: &str, path: &str) -> String {
    let call = Call::new(method, path).bearer(&api.token("admin"));
    api.body_of(&call.body("customer_id=1"))
}

#[test]
fn versions_operations_and_methods() {
    on_both(|api| {
        let unknown = error(3, "Invalid API requested.");
        let version = error(4, "Invalid/deprecated API version.");
        for path in ["/api/v2/customer/view", "/api/v0/x", "/axiata/api/v10/customer/view"] {
            assert_eq!(call(api, "POST", path), version, "{path}");
            assert_eq!(call(api, "GET", path), version, "{path}");
        }
        for path in [
            "/api/v1/customer/delete",
            "/api/v1/customer/view//",
            "/api/v1/leasesingle",
            "/api/v1",
            "/api/leasesingle/request",
            "/api/xyz",
            "/axiata/xyz",
            "/axiata/api/v1/customer/views",
        ] {
            assert_eq!(call(api, "POST", path), unknown, "{path}");
        }
        for method in ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"] {
            assert_eq!(call(api, method, VIEW), unknown, "{method}");
        }
        let ours = error(35, "Invalid customer account id parameter.");
        for path in [VIEW, "/api/v1/customer/view/", "/axiata/api/v1/customer/view/"] {
            assert_eq!(call(api, "POST", path), ours, "{path}");
        }
        // Letters may be written by their numbers.
        for path in ["/api/v1/customer/%76iew", "/%61xiata/api/%761/customer/view"] {
            assert_eq!(call(api, "POST", path), ours, "{path}");
        }
        assert_eq!(call(api, "POST", "/api/%76%32/customer/view"), version);
    });
}

#[test]
fn what_is_not_ours_is_not_found() {
    on_both(|api| {
        for path in ["/", "/billing/api/x", "/apiv1", "/call/v1/authorise"] {
            assert_eq!(api.send(&Call::new("POST", path)).status, 404, "{path}");
        }
    });
}

#[test]
fn the_query_string_is_ignored() {
    on_both(|api| {
        api.plain_customer();
        let missing = error(33, "Invalid 'customer id' parameter.");
        let call = Call::form(&format!("{VIEW}?customer_id=1"), "").bearer(&api.token("admin"));
        assert_eq!(api.body_of(&call), missing);
    });
}

#[test]
fn media_types() {
    on_both(|api| {
        let typed = |kinds: &[&str]| {
            let call = Call::new("POST", VIEW).bearer(&api.token("admin")).body("customer_id=1");
            let call = kinds.iter().fold(call, |call, kind| call.header("Content-Type", kind));
            api.body_of(&call)
        };
        let ours = error(35, "Invalid customer account id parameter.");
        assert_eq!(typed(&[]), ours);
        for sound in [
            "application/x-www-form-urlencoded",
            "Application/X-WWW-Form-Urlencoded; charset=UTF-8",
            "application/x-www-form-urlencoded;charset=\"us-ascii\"",
            "application/x-www-form-urlencoded; boundary=x",
        ] {
            assert_eq!(typed(&[sound]), ours, "{sound}");
        }
        let header = error(1, "Invalid HTTP header or HTTP header error.");
        for wrong in [
            "application/json",
            "text/plain",
            "multipart/form-data; boundary=x",
            "application/x-www-form-urlencoded; charset=latin1",
            "nonsense",
        ] {
            assert_eq!(typed(&[wrong]), header, "{wrong}");
        }
    });
}

#[test]
fn bodies_that_cannot_be_read() {
    on_both(|api| {
        api.plain_customer();
        let post = |body: &[u8]| {
            let call = Call::form(VIEW, "").bearer(&api.token("admin")).body(body);
            api.body_of(&call)
        };
        let wrong = error(2, "Invalid request parameter or parameter error.");
        for body in [
            b"customer_id=%zz".as_slice(),
            b"customer_id=1&x=%",
            b"customer_id=1&x=%4",
            b"customer_id=\xff",
            b"customer_id=%ff",
            b"customer_id=1&x=%00",
            b"customer_id=1&%00=x",
            b"customer_id=1&customer_id=1",
            b"customer_id=&customer_id=1",
        ] {
            assert_eq!(post(body), wrong, "{}", String::from_utf8_lossy(body));
        }
        let body = post(b"customer_id=1&x=1&x=2&first_name=a&first_name=b&&=&");
        assert!(body.starts_with(r#"{"status":0,"#), "{body}");
    });
}

#[test]
fn a_body_that_is_too_large() {
    on_both(|api| {
        for size in [65_537, 1_000_000] {
            let body = format!("customer_id=1&x={}", "x".repeat(size));
            let call = Call::form(VIEW, &body).bearer(&api.token("admin"));
            let answer = api.send(&call);
            assert_eq!(answer.status, 413);
            assert_eq!(answer.header("content-type"), Some("application/json"));
            let wrong = error(2, "Invalid request parameter or parameter error.");
            assert_eq!(answer.body, wrong);
        }
        let fits = format!("customer_id=1&x={}", "x".repeat(65_536 - 16));
        let unknown = error(35, "Invalid customer account id parameter.");
        assert_eq!(api.post("customer/view", &fits), unknown);
    });
}

#[test]
fn the_first_check_that_fails_answers() {
    on_both(|api| {
        let client = api.client("apisample", &[], false);
        let all_wrong = |path: &str| Call::new("POST", path).header("Content-Type", "text/plain");
        let check = |call: Call, expected: &str| assert_eq!(api.body_of(&call), expected);
        let body = "customer_id=%";
        check(all_wrong("/api/v2/x").body(body), &error(4, "Invalid/deprecated API version."));
        check(all_wrong("/api/v1/x").body(body), &error(3, "Invalid API requested."));
        let create = "/api/v1/customer/create";
        check(all_wrong(create).body(body), &error(14, "Access token missing."));
        let forged = all_wrong(create).body(body).bearer("a.b.c");
        check(forged, &error(13, "Invalid access token."));
        let header = error(1, "Invalid HTTP header or HTTP header error.");
        check(all_wrong(create).body(body).bearer(&client), &header);
        let wrong = error(2, "Invalid request parameter or parameter error.");
        check(Call::form(create, body).bearer(&client), &wrong);
        let role = error(6, "Authorization failure.");
        check(Call::form(create, "").bearer(&client), &role);
        let lease = "/api/v1/leasesingle/request";
        let missing = lease_error(14, "Access token missing.");
        check(Call::form(lease, ""), &missing);
        let keyed = Call::form(lease, "customer_id=1").bearer(&client);
        let phone = lease_error(15, "Invalid phone number parameter.");
        check(keyed.header("Idempotency-Key", ""), &phone);
    });
}

#[test]
fn every_answer_carries_a_request_id() {
    on_both(|api| {
        let ids: Vec<_> = (0..3)
            .map(|_| api.send(&Call::new("GET", "/api/v1/x")))
            .map(|answer| answer.header("request-id").expect("an id").to_owned())
            .collect();
        assert!(ids[0] != ids[1] && ids[1] != ids[2], "{ids:?}");
    });
}
