//! Secrets are planted in every facade, and then looked for wherever something is shown or kept: in
//! the clear, and as whoever wrote them down by accident would have spelt them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use leaseline_mor::hash;
use leaseline_testkit::http::{Answer, Call};
use leaseline_testkit::{Database, Kind, databases};
use serde_json::{Value, json};

use crate::place::{Place, Running};
use crate::shop::furnish;

const JWT_KEY: &str = "planted token key/of more+than=thirty-two bytes";
const MOR_KEY: &str = "planted mor key/of more+than=thirty-two bytes";
const MOR_SECRET: &str = "planted mor/secret+&";
const PASSWORD: &str = "planted pass/word+&";
const SWITCH_PASSWORD: &str = "planted switch/word+&";
const DATABASE_PASSWORD: &str = "planted-database-word";

/// Phones without their beginning, which is written in several ways.
const PHONES: [&str; 3] = ["195730424", "195730425", "195730426"];

const WORLD: &str = "
[[mor_users]]
username = 'admin'
role = 'admin'
secret = 'planted mor/secret+&'
calling_cards = true
[[accounts]]
user = 'demo'
password = 'planted pass/word+&'
customer = CUSTOMER
email = 'ops@acme.example'
first_name = 'Ada'
last_name = 'Lim'
[[switches]]
name = 'edge-1'
password = 'planted switch/word+&'
country_code = '60'
national_prefix = '0'
[[tariffs]]
id = 1
name = 'Retail'
[[lcrs]]
id = 1
name = 'Default'
[[locations]]
id = 1
name = 'Global'
";

/// A server at its most talkative, and what it was asked and said.
struct Scene {
    place: Place,
    url: String,
    server: Running,
    token: String,
    /// All but what has to show a secret.
    heard: Vec<Answer>,
}

impl Scene {
    fn on(database: &Database, format: &str) -> Self {
        let customer = furnish(database.url(), 10);
        let place = Place::empty();
        let world = WORLD.replace("CUSTOMER", &customer.to_string());
        std::fs::write(place.path().join("world.toml"), world).unwrap();
        let url = with_password(database);
        let server = place.start_with(
            &["serve"],
            &[&settings(&url)[..], &[("LEASELINE_LOG__FORMAT", format)]].concat(),
        );
        let mut scene = Self { place, url, server, token: String::new(), heard: Vec::new() };
        scene.run(&["apply", "world.toml"]);
        scene.token = scene.run(&["token", "issue", "--user", "admin"]).trim().to_owned();
        scene
    }

    fn run(&self, arguments: &[&str]) -> String {
        let done = self.place.command(arguments).envs(settings(&self.url)).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap()
    }

    fn send(&mut self, call: Call) -> String {
        match call.send(self.server.address) {
            Ok(answer) => {
                self.heard.push(answer.clone());
                answer.body
            }
            // What is not HTTP is cut off.
            Err(_) => String::new(),
        }
    }

    fn apigate(&mut self) {
        let token = self.token.clone();
        let post = |path: &str, form: &str| Call::form(&format!("/api/v1/{path}"), form);
        let phone = PHONES[0];
        let lease = format!("customer_id=1&phone=0{phone}&expiry_value=1&expiry_unit=hours");
        self.send(post("leasesingle/request", &lease).bearer(&token));
        self.send(post("leasesingle/request", &lease.replace("hours", &token)).bearer(&token));
        self.send(post("customer/view", &lease).bearer(&format!("{token}x")));
        self.send(post("customer/view", &lease).bearer(&encoded(JWT_KEY)));
        self.send(post(&format!("customer/{token}"), &token).header("Authorization", &token));
    }

    fn traitel(&mut self) {
        let (pass, phone) = (encoded(PASSWORD), PHONES[1]);
        for query in [
            format!("user=demo&pass={pass}&mode=querybalance"),
            format!("user=demo&pass={pass}&mode={pass}"),
            format!("user=demo&pass={pass}&mode=querysmscost&number={phone}&type={pass}"),
            format!("user=demo&pass={pass}&mode=addsubaccount&alias={pass}&email={pass}"),
            format!("user=demo&pass={pass}x&mode=querybalance"),
            format!("user={pass}&pass=demo&mode=querybalance"),
            format!("user=demo&pass={pass}&pass={pass}"),
            format!("user=demo&pass={pass}%zz"),
        ] {
            self.send(Call::new("GET", &format!("/accountmanager.pl?{query}")));
            self.send(Call::form("/accountmanager.pl", &query));
        }
    }

    /// The number and the PIN of a card that was sold.
    fn mor(&mut self) -> (String, String) {
        let signed = |values: &[&str], form: &str| {
            let values = values.iter().map(|value| value.as_bytes());
            format!("u=admin&hash={}&{form}", hash::hex(values, MOR_SECRET.as_bytes()))
        };
        let secret = encoded(MOR_SECRET);
        let group = signed(&["g"], "name=g&pin_length=20");
        self.send(Call::form("/billing/api/cc_group_create", &group));
        let (from, till) = ("1000000001", "1000000009");
        let cards = format!("card_group_id=1&cards_from={from}&cards_till={till}");
        let cards = signed(&["1", from, till], &cards);
        self.send(Call::form("/billing/api/calling_cards_create", &cards));
        let wrong = group.replace("hash=", "hash=0");
        for (path, form) in [
            ("cc_group_create", format!("{wrong}&p={secret}")),
            ("cc_group_create", format!("u={secret}&hash={secret}")),
            ("cc_group_create", signed(&[""], &format!("solo_pinless={secret}"))),
            ("calling_cards_get", signed(&[], &format!("pin={secret}&number={secret}"))),
            ("system_version_get", signed(&[], &format!("p={secret}%zz"))),
            (&*secret, secret.clone()),
        ] {
            self.send(Call::form(&format!("/billing/api/{path}"), &form));
            self.send(Call::new("GET", &format!("/billing/api/{path}?{form}")));
            let json = json!({ "u": "admin", "hash": "x", "p": MOR_SECRET, "name": form });
            let call = Call::new("POST", &format!("/api/{path}"));
            self.send(call.header("Content-Type", "application/json").body(json.to_string()));
        }
        let sale = Call::form("/billing/api/card_from_group_sell", &signed(&["1"], "id=1"));
        let sold = sale.send(self.server.address).unwrap().body;
        let of = |tag: &str| {
            let (_, rest) = sold.split_once(&format!("<{tag}>")).expect(&sold);
            rest.split('<').next().unwrap().to_owned()
        };
        (of("number"), of("pin"))
    }

    fn switch(&mut self, number: &str, pin: &str) {
        let basic = |name: &str, password: &str| {
            let text = format!("{name}:{password}");
            format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(text))
        };
        let right = basic("edge-1", SWITCH_PASSWORD);
        let [from, to, third] = PHONES.map(|phone| format!("0{phone}"));
        let base = json!({ "call_id": "c", "from": from, "to": to, "hops": 0 });
        let with = |more: &[(&str, Value)]| {
            let mut body = base.clone();
            more.iter().for_each(|(name, value)| body[*name] = value.clone());
            body.to_string()
        };
        let card = |pin: &str| with(&[("card_number", number.into()), ("pin", pin.into())]);
        let record = [
            ("started_at", 1.into()),
            ("ended_at", 2.into()),
            ("bill_ms", 3.into()),
            ("result", "answered".into()),
        ];
        let text = json!({
            "record_id": "r", "direction": "out", "account": "demo", "sub_id": 0, "from": from,
            "to": third, "at": 1, "text": "hello", "sent": true, "tracking": null,
            "type": "replies",
        });
        let bodies = [
            ("/call/v1/authorise", with(&[])),
            ("/call/v1/authorise?format=text", card(pin)),
            ("/call/v1/authorise", card(&format!("{}0", &pin[1..]))),
            ("/call/v1/authorise", card(&format!("{pin}x"))),
            ("/call/v1/authorise", with(&[("to", format!("0{}<", PHONES[2]).into())])),
            ("/call/v1/authorise", format!("{{\"call_id\": \"{pin}\", {from}")),
            ("/call/v1/event", with(&[("event", pin.into()), ("ref", pin.into())])),
            ("/call/v1/cdr", with(&record)),
            ("/call/v1/cdr", with(&[("bill_ms", from.clone().into())])),
            ("/records/v1/sms", text.to_string()),
            ("/records/v1/sms", text.to_string().replace("replies", PASSWORD)),
            ("/records/v1/fax", text.to_string()),
        ];
        for authorization in [&right, &basic("edge-1", PASSWORD), &basic(SWITCH_PASSWORD, "x")] {
            for (path, body) in &bodies {
                let call = Call::new("POST", path).header("Content-Type", "application/json");
                self.send(call.header("Authorization", authorization).body(body));
            }
        }
        let form =
            format!("Unique-ID=u&Caller-Caller-ID-Number={from}&Hunt-Destination-Number={to}");
        for (path, form) in [("dialplan", &*form), ("cdr?uuid=u", &form), ("cdr", "cdr=%7B")] {
            let call = Call::form(&format!("/call/fs/{path}"), form);
            self.send(call.header("Authorization", &right));
        }
        let path = format!("/call/v1/cdr?call_id={}", encoded(SWITCH_PASSWORD));
        self.send(Call::new("GET", &path).header("Authorization", &right));
    }
}

/// The environment of every process of the scene.
fn settings(url: &str) -> [(&str, &str); 5] {
    [
        ("LEASELINE_DATABASE_URL", url),
        ("LEASELINE_JWT__SECRET", JWT_KEY),
        ("LEASELINE_MOR__KEY", MOR_KEY),
        ("LEASELINE_LOG__LEVEL", "trace"),
        ("LEASELINE_LOGINS__FAILURES", "1000"),
    ]
}

/// The database's URL with a password, which the tests' server does not ask for.
fn with_password(database: &Database) -> String {
    match database.kind() {
        Kind::Sqlite => database.url().to_owned(),
        Kind::Postgres => {
            let (scheme, rest) = database.url().split_once("://").unwrap();
            let (user, place) = rest.split_once('@').unwrap();
            let user = user.split(':').next().unwrap();
            format!("{scheme}://{user}:{DATABASE_PASSWORD}@{place}")
        }
    }
}

/// Every byte that may be, as a form's value.
fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b' ' => "+".to_owned(),
        byte if byte.is_ascii_alphanumeric() || byte == b'-' => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

/// How a secret may have been spelt.
fn spellings(secret: &str) -> Vec<String> {
    let each = |spell: fn(u8) -> String| secret.bytes().map(spell).collect::<String>();
    let mut spellings = vec![
        secret.to_owned(),
        secret.escape_default().to_string(),
        secret.replace('&', "&amp;"),
        encoded(secret),
        encoded(secret).replace('+', "%20"),
        each(|byte| format!("%{byte:02x}")),
        each(|byte| format!("{byte:02x}")),
        each(|byte| format!("{byte:02X}")),
        format!("{:?}", secret.as_bytes()).trim_matches(['[', ']']).to_owned(),
    ];
    // Wherever it stands in what was encoded: the letters that its neighbours have no part in.
    spellings.extend((0..3).map(|before| {
        let text = format!("{}{secret}", &"xxx"[..before]);
        let encoded = STANDARD_NO_PAD.encode(text);
        encoded[[0, 2, 3][before]..encoded.len() - 2].to_owned()
    }));
    spellings
}

fn assert_hidden<'a>(secrets: impl IntoIterator<Item = &'a str>, place: &str, text: &str) {
    for secret in secrets {
        for spelling in spellings(secret) {
            let found = text.find(&spelling).map(|at| {
                let begin = text.floor_char_boundary(at.saturating_sub(200));
                &text[begin..text.ceil_char_boundary(at + 200)]
            });
            assert_eq!(found, None, "{secret:?} is in {place} as {spelling:?}");
        }
    }
}

#[test]
fn what_was_planted_is_nowhere_to_be_found() {
    for (database, format) in databases().zip(["json", "text"]) {
        let mut scene = Scene::on(&database, format);
        scene.apigate();
        scene.traitel();
        let (number, pin) = scene.mor();
        scene.switch(&number, &pin);
        let heard = |ok: fn(&str) -> bool| scene.heard.iter().any(|answer| ok(&answer.body));
        assert!(heard(|body| body.contains("lease_info\":{\"")), "a lease was granted");
        assert!(heard(|body| body.starts_with("Ok\n")), "an account logged in");
        assert!(heard(|body| body.contains("<success>")), "cards were made");
        assert!(heard(|body| body.contains("\"action\"")), "a call was decided");

        let (_, signature) = scene.token.rsplit_once('.').unwrap();
        let kept =
            [JWT_KEY, MOR_KEY, MOR_SECRET, PASSWORD, SWITCH_PASSWORD, DATABASE_PASSWORD, signature];
        let with_pin = || kept.into_iter().chain([&*pin]);
        for answer in &scene.heard {
            assert_hidden(with_pin(), "an answer", &format!("{answer:?}{}", answer.body));
        }
        let metrics = scene.server.get("/metrics").body;
        assert_hidden(with_pin().chain(PHONES), "the metrics", &metrics);
        for arguments in [&["config", "show"][..], &["config", "show", "--json"]] {
            assert_hidden(with_pin(), "the configuration", &scene.run(arguments));
        }
        scene.run(&["db", "backup", "backup.db"]);
        let mut files = vec![scene.place.path().join("backup.db")];
        if let Some(file) = database.url().strip_prefix("sqlite://") {
            files.extend([file.into(), format!("{file}-wal").into()]);
        }
        for file in files {
            let bytes = std::fs::read(&file).unwrap_or_default();
            assert_hidden(kept, "the database", &String::from_utf8_lossy(&bytes));
        }
        let Scene { server, .. } = scene;
        let (_, log) = server.end("-TERM");
        assert!(log.lines().count() > scene.heard.len(), "{log}");
        assert_hidden(with_pin().chain(PHONES).chain([&*scene.token]), "the log", &log);
    }
}
