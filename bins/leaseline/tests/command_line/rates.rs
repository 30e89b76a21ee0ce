//! `rates import` and `rates quote`.

use crate::place::Place;

const CSV: &str = "service,prefix,connect_fee,from_second,price,per_seconds,increment,counting,\
                   minimum,rounding,decimals,max_cost,per_page,sms_type,valid_from,valid_till\n\
                   voice,61,0.15,0,0.05,60,1,,,up,2,,,,,\n\
                   voice_in,61,,0,0.6,60,12,from_zero,30,,,,,,,\n\
                   fax,61,0.02,,,,,,,,,,0.15,,,\n\
                   sms,61,,,0.09,,,,,,,,,replies,,\n";

fn place() -> Place {
    let place = Place::with_user("admin");
    std::fs::write(place.path().join("rates.csv"), CSV).unwrap();
    place
}

const IMPORT: [&str; 6] = ["rates", "import", "rates.csv", "--deck", "standard", "--json"];

fn quote<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    let first = ["rates", "quote", "--deck", "standard", "--number", "+61212345678"];
    [first.as_slice(), arguments].concat()
}

#[test]
fn what_is_imported_is_quoted_with_its_trace() {
    let place = place();
    let imported = place.run(&IMPORT);
    let expected = "{\"deck\":\"standard\",\"rates\":4,\"from\":null}\n";
    assert_eq!(imported.stdout, expected, "{}", imported.stderr);
    let check = |arguments: &[&str], expected: &str| {
        let done = place.run(&quote(arguments));
        assert_eq!((done.code, done.stdout.as_str()), (Some(0), expected), "{}", done.stderr);
    };
    check(
        &["--service", "voice", "--seconds", "24", "--json"],
        "{\"cost\":\"0.1700\",\"billed_seconds\":24,\"trace\":[\
         {\"step\":\"connect_fee\",\"price\":\"0.15\"},\
         {\"step\":\"time\",\"from_second\":0,\"seconds\":24,\"increment\":1,\"price\":\"0.05\",\
         \"per_seconds\":60},\
         {\"step\":\"rounded\",\"exact\":\"0.17\",\"rounding\":\"up\",\"decimals\":2,\
         \"cost\":\"0.1700\"}]}\n",
    );
    check(
        &["--service", "voice", "--seconds", "24"],
        "connect fee 0.15\n\
         from second 0: 24 s in increments of 1 s at 0.05 per 60 s\n\
         0.17 rounded up to 2 decimals: 0.1700\n\
         cost 0.1700, 24 s billed\n",
    );
    check(
        &["--service", "voice_in", "--seconds", "31", "--json"],
        "{\"cost\":\"0.3600\",\"billed_seconds\":36,\"trace\":[\
         {\"step\":\"counted\",\"seconds\":31,\"minimum\":30,\"billed_seconds\":36},\
         {\"step\":\"time\",\"from_second\":0,\"seconds\":36,\"increment\":12,\"price\":\"0.6\",\
         \"per_seconds\":60},\
         {\"step\":\"rounded\",\"exact\":\"0.36\",\"rounding\":\"half_up\",\"decimals\":4,\
         \"cost\":\"0.3600\"}]}\n",
    );
    check(&["--service", "voice", "--seconds", "0"], "cost 0.0000, 0 s billed\n");
    check(
        &["--service", "fax", "--pages", "3", "--seconds", "60"],
        "connect fee 0.02\n3 pages at 0.15\n0.47 rounded half up to 4 decimals: 0.4700\n\
         cost 0.4700, 0 s billed\n",
    );
    check(
        &["--service", "sms", "--sms-type", "replies"],
        "message 0.09\n0.09 rounded half up to 4 decimals: 0.0900\ncost 0.0900, 0 s billed\n",
    );
}

#[test]
fn an_earlier_version_can_be_asked() {
    let place = place();
    place.run(&IMPORT);
    let dearer = CSV.replace("0.05,60", "0.5,60");
    std::fs::write(place.path().join("rates.csv"), dearer).unwrap();
    let at = ["--at", "2027-02-19 12:00"];
    let imported = place.run(&[&IMPORT[..], &at].concat());
    let expected = "{\"deck\":\"standard\",\"rates\":4,\"from\":\"2027-02-19T12:00:00Z\"}\n";
    assert_eq!(imported.stdout, expected, "{}", imported.stderr);
    let check = |at: &str, expected: &str| {
        let done = place.run(&quote(&["--service", "voice", "--seconds", "60", "--at", at]));
        assert_eq!(done.stdout.lines().last(), Some(expected), "{}", done.stderr);
    };
    check("2027-02-19T11:59:59Z", "cost 0.2000, 60 s billed");
    check("2027-02-19T12:00:00Z", "cost 0.6500, 60 s billed");
}

#[test]
fn what_cannot_be_quoted_or_imported() {
    let place = place();
    let check = |arguments: &[&str], code, expected: &str| {
        let done = place.run(arguments);
        assert_eq!((done.code, done.stdout.as_str()), (Some(code), ""), "{}", done.stderr);
        assert!(done.stderr.starts_with(expected), "{}", done.stderr);
    };
    let voice = ["--service", "voice", "--seconds", "9"];
    check(
        &quote(&voice),
        1,
        "error: failed to quote by the deck \"standard\": there is no such deck\n\
         hint: decks are made by `leaseline rates import`\n",
    );
    place.run(&IMPORT);
    let elsewhere = ["rates", "quote", "--deck", "standard", "--number", "+4912345678"];
    check(
        &[&elsewhere[..], &voice].concat(),
        1,
        "error: failed to quote by the deck \"standard\": it has no rate for that number then\n",
    );
    check(&quote(&["--service", "sms"]), 2, "error: the following required arguments");
    check(&quote(&["--service", "voice"]), 2, "error: the following required arguments");
    std::fs::write(place.path().join("rates.csv"), "service,prefix\nvoice,x\n").unwrap();
    check(
        &IMPORT,
        1,
        "error: failed to import rates.csv: line 2: column prefix: \"x\" is not 1 to 15 digits\n\
         hint: correct it; nothing was changed\n",
    );
}
