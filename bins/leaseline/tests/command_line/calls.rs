//! `calls simulate`, calls without records, and what FreeSWITCH wrote into a folder.

use leaseline_hub::{Hub, Settings};
use leaseline_testkit::{Call, Edge, World, profile};
use tokio::runtime::Runtime;

use crate::place::Place;

const WORLD: &str = r#"
[[switches]]
name = "edge-1"
password = "edge-1-secret"
country_code = "60"
national_prefix = "0"
"#;

const DRIVER: &str = "0125740183";

/// A folder with a database in which `0388880000` is leased by a customer with a thousand credits.
fn place(inside: impl AsyncFn(&World)) -> Place {
    let place = Place::empty();
    std::fs::write(place.path().join("world.toml"), WORLD).unwrap();
    let applied = place.run(&["apply", "world.toml"]);
    assert_eq!(applied.code, Some(0), "{}", applied.stderr);
    let url = format!("sqlite://{}", place.path().join("leaseline.db").display());
    Runtime::new().unwrap().block_on(async {
        let world = World::new(Hub::open(Settings::new(&url)).unwrap()).await;
        world.numbers(1).await;
        let customer = world.customer_with(profile(), 1_000).await;
        world.lease(world.single(customer, DRIVER)).await.unwrap();
        inside(&world).await;
        world.hub.close().await;
    });
    place
}

#[test]
fn a_call_is_simulated_and_changes_nothing() {
    let place = place(async |_| {});
    let simulate = |number: &str, more: &[&str]| {
        let arguments = ["calls", "simulate", number, "--from", "0195730424", "--seconds", "61"];
        let done = place.run(&[&arguments[..], more].concat());
        assert_eq!(done.code, Some(0), "{}", done.stderr);
        done.stdout
    };
    let told = "action: bridge\ncaller_id: 0195730424\nmax_seconds: 7200\nprivacy: false\n\
                to: 0125740183\nset aside: 360 credits\n\
                4 blocks of 20 s at 0.0001: 0.0004\ncost 0.0004, 80 s billed\n";
    assert_eq!(simulate("0388880000", &[]), told);
    assert_eq!(simulate("60388880000", &["--switch", "edge-1"]), told);
    let json = concat!(
        r#"{"decision":{"action":"bridge","caller_id":"0195730424","max_seconds":7200,"#,
        r#""privacy":true,"ref":"00000000-0000-0000-0000-000000000000","to":"0125740183"},"#,
        r#""hold":360,"cost":"0.0004","billed_seconds":80,"trace":[{"step":"blocks","blocks":4,"#,
        r#""block_seconds":20,"rate":"0.0001","cost":"0.0004"}]}"#,
        "\n"
    );
    assert_eq!(simulate("0388880000", &["--hidden", "--json"]), json);
    let refused = "action: reject\nreason: no such number\nsip_code: 404\nset aside: 0 credits\n";
    assert_eq!(simulate("0388880001", &[]), refused);
    let done = place.run(&["records", "list", "--state", "unsettled", "--json"]);
    assert_eq!(done.stdout, "{\"calls\":[]}\n");
    let nobody = ["calls", "simulate", "1", "--from", "", "--seconds", "1", "--switch", "edge-2"];
    let done = place.run(&nobody);
    let error = "error: failed to simulate the call: there is no switch \"edge-2\"\n\
                 hint: switches come in by `leaseline apply` ([[switches]])\n";
    assert_eq!((done.code, done.stderr.as_str()), (Some(1), error));
}

#[test]
fn a_call_without_a_record_is_listed() {
    // Decided on long ago: the clock of the process that decided stood still.
    let place = place(async |world| {
        let edge = Edge::new("edge-1", true);
        let question = edge.question(Call { name: "c1", from: "0195730424", to: "0388880000" });
        let decided = world.authorise(question).await.unwrap();
        let event = leaseline_core::call::CallEvent {
            switch: edge.switch(),
            call: edge.key("c1"),
            reference: Some(decided.id),
            happening: leaseline_core::call::CallHappening::Hangup,
            at: world.hub.now(),
        };
        world.hub.ask(event).await.unwrap();
    });
    let done = place.run(&["records", "list", "--state", "unsettled", "--json"]);
    let calls: serde_json::Value = serde_json::from_str(&done.stdout).unwrap();
    let call = &calls["calls"][0];
    let named = ["switch", "call_id", "from", "to"].map(|name| call[name].as_str().unwrap());
    assert_eq!(named, ["edge-1", "c1", "0195730424", "0388880000"]);
    assert_eq!((call["customer"].as_i64(), call["hold"].as_i64()), (Some(1), Some(360)));
    let done = place.run(&["records", "list", "--state", "unsettled"]);
    assert_eq!(done.stdout.lines().count(), 2, "{}", done.stdout);
}

#[test]
fn a_folder_of_freeswitchs_is_taken_in_once() {
    let place = place(async |_| {});
    let folder = place.path().join("cdrs");
    std::fs::create_dir(&folder).unwrap();
    let cdr = |uuid: &str, direction: &str, to: &str| {
        let text = format!(
            "{{\"variables\":{{\"direction\":\"{direction}\",\"uuid\":\"{uuid}\",\"start_epoch\":\
             \"1000000000\",\"answer_epoch\":\"1000000000\",\"end_epoch\":\"1000000060\",\
             \"billmsec\":\"60000\"}},\"callflow\":[{{\"caller_profile\":{{\"caller_id_number\":\
             \"0195730424\",\"destination_number\":\"{to}\"}}}}]}}"
        );
        std::fs::write(folder.join(format!("a_{uuid}.cdr.json")), text).unwrap();
    };
    cdr("u1", "inbound", "0388880000");
    cdr("u2", "outbound", "0125740183");
    std::fs::write(folder.join("notes.txt"), "no record").unwrap();
    let import = |more: &[&str]| place.run(&[&["records", "import", "cdrs"][..], more].concat());
    let second = "[[switches]]\nname = 'edge-2'\npassword = 'x'\ncountry_code = '60'\n";
    std::fs::write(place.path().join("second.toml"), second).unwrap();
    assert_eq!(place.run(&["apply", "second.toml"]).code, Some(0));
    let nobodys = import(&[]);
    let error = "error: failed to import cdrs: nobody knows whose files these are\n\
                 hint: name the switch: --switch NAME\n";
    assert_eq!((nobodys.code, nobodys.stderr.as_str()), (Some(1), error));
    // The number was leased after that call, which is therefore nobody's.
    let told = |stored, duplicates| {
        format!(
            "{{\"stored\":0,\"orphans\":{stored},\"duplicates\":{duplicates},\"updated\":0,\
             \"conflicts\":0,\"other_legs\":1}}\n"
        )
    };
    let edge = ["--switch", "edge-1", "--json"];
    assert_eq!(import(&edge).stdout, told(1, 0));
    assert_eq!(import(&edge).stdout, told(0, 1));
    std::fs::write(folder.join("b.json"), "{").unwrap();
    let done = import(&edge);
    assert_eq!(done.code, Some(1));
    assert!(done.stderr.contains("b.json: it is no record of mod_json_cdr"), "{}", done.stderr);
}
