//! The console of the real program: it is asked what the command line is asked, and answers the same; and
//! the keys of one door fit no other.

use std::process::Command;
use std::time::Duration;

use leaseline_core::ids::{CustomerId, LeaseId};
use leaseline_core::lease::LeaseGranted;
use leaseline_hub::{Clock, Hub, Settings, SystemClock};
use leaseline_testkit::http::{Answer, Call};
use leaseline_testkit::{Call as Rung, Database, Edge, World, databases, profile};
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::program::{Program, binary, token};

/// Questions have whole seconds, and a lease begins between two of them.
const MINUTE: Duration = Duration::from_secs(60);

const PASSWORD: &str = "correct+horse+battery";

/// What there is to ask about.
struct Scene {
    customer: CustomerId,
    leases: Vec<LeaseId>,
    number: String,
    /// While the first lease held the number.
    then: String,
}

/// A lease that was given back, another one, a call and a top-up.
fn scene(database: &Database) -> Scene {
    Runtime::new().unwrap().block_on(async {
        let hub = Hub::open(Settings::new(database.url())).unwrap();
        let world = World::new(hub).await;
        let number = world.numbers(2).await.remove(0);
        let customer = world.customer_with(profile(), 1_000_000).await;
        let first = world.lease(world.single(customer, "0195730424")).await.unwrap();
        let call = Rung { name: "one", from: "+60195730499", to: number.sent() };
        let report = Edge::new("edge-1", false).report(call, None, SystemClock.now(), 21_000);
        world.record(report).await.unwrap();
        let second = world.lease(world.single(customer, "0195730425")).await.unwrap();
        world.release(&second).await.unwrap();
        world.top_up(customer, 2_500).await.unwrap();
        world.hub.close().await;
        let id = |granted: &LeaseGranted| granted.lease.id;
        let then = leaseline_service::rfc3339::format(SystemClock.now().saturating_add(MINUTE));
        Scene {
            customer,
            leases: vec![id(&second), id(&first)],
            number: number.sent().into(),
            then,
        }
    })
}

/// What the command line answers.
fn told(database: &Database, arguments: &[&str]) -> Value {
    let output = Command::new(binary("leaseline"))
        .args(["--json", "--database-url", database.url()])
        .args(arguments)
        .output()
        .unwrap();
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Somebody who is logged in.
struct Browser<'a> {
    program: &'a Program,
    cookie: String,
}

impl<'a> Browser<'a> {
    fn log_in(program: &'a Program, database: &Database) -> Self {
        told(database, &["admin", "add", "anna", "--role", "admin"]);
        let link = told(database, &["admin", "link", "anna"])["link"].as_str().unwrap().to_owned();
        let link = link.split_once("link=").unwrap().1;
        let form = format!("link={link}&password={PASSWORD}&again={PASSWORD}");
        let set_up = Call::form("/console/set-up", &form).send(program.address).unwrap();
        assert_eq!(set_up.status, 303, "{set_up:?}");
        let form = format!("name=anna&password={PASSWORD}");
        let answer = Call::form("/console/log-in", &form).send(program.address).unwrap();
        let cookie = answer.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
        Self { program, cookie }
    }

    fn get(&self, path: &str) -> Answer {
        let call = Call::new("GET", path).header("Cookie", &self.cookie);
        call.send(self.program.address).unwrap()
    }

    /// A file's lines without the heading, each in its cells.
    fn file(&self, path: &str) -> Vec<Vec<String>> {
        let body = self.get(path).body;
        let cells = |line: &str| line.split(',').map(str::to_owned).collect();
        body.lines().skip(1).map(cells).collect()
    }

    fn post(&self, path: &str, form: &str) -> Answer {
        let page = self.get("/console").body;
        let (_, after) = page.split_once("name=\"token\" value=\"").unwrap();
        let form = format!("token={}&{form}", after.split('"').next().unwrap());
        let call = Call::form(path, &form).header("Cookie", &self.cookie);
        call.send(self.program.address).unwrap()
    }
}

#[test]
fn the_console_and_the_command_line_answer_the_same() {
    for database in databases() {
        let scene = scene(&database);
        let program = Program::combined(database.url());
        let browser = Browser::log_in(&program, &database);
        the_same_leases(&database, &browser, &scene);
        the_same_ledger(&database, &browser, &scene);
        the_same_holder(&database, &browser, &scene);
        the_same_way_of_a_call(&database, &browser);
    }
}

fn the_same_leases(database: &Database, browser: &Browser<'_>, scene: &Scene) {
    for (filter, expected) in [("", &scene.leases[..]), ("state:active", &scene.leases[1..])] {
        let listed = told(database, &["leases", "list", "--filter", filter]);
        let listed: Vec<_> = listed["leases"].as_array().unwrap().iter().collect();
        let shown = browser.file(&format!("/console/leases?q={filter}&format=csv"));
        assert_eq!(listed.len(), expected.len());
        for ((lease, line), id) in listed.iter().zip(&shown).zip(expected) {
            assert_eq!(lease["reference"], id.to_string());
            assert_eq!(line[0], id.to_string());
            let state = ["released", "active"][usize::from(lease["active"] == true)];
            assert_eq!((&*line[1], &*line[2]), (state, lease["kind"].as_str().unwrap()));
            assert_eq!(lease["members"][0]["number"], *line[4]);
        }
        assert_eq!(shown.len(), expected.len());
    }
}

fn the_same_ledger(database: &Database, browser: &Browser<'_>, scene: &Scene) {
    let customer = scene.customer.to_string();
    let ledger = told(database, &["customers", "ledger", &customer]);
    let entries = ledger["entries"].as_array().unwrap();
    let shown = browser.file(&format!("/console/customers/{customer}?format=csv"));
    assert_eq!((entries.len(), shown.len()), (3, 3));
    for (entry, line) in entries.iter().zip(shown) {
        let figures = [&entry["seq"], &entry["amount"], &entry["balance_after"]];
        let figures = figures.map(ToString::to_string);
        assert_eq!(figures, [line[0].clone(), line[3].clone(), line[4].clone()]);
    }
}

fn the_same_holder(database: &Database, browser: &Browser<'_>, scene: &Scene) {
    let who = told(database, &["numbers", "who", &scene.number, "--at", &scene.then]);
    let form = format!(
        "number={}&time={}&zone=UTC&reason=ticket+1&format=json",
        scene.number,
        &scene.then[..19]
    );
    let shown: Value = serde_json::from_str(&browser.post("/console/who", &form).body).unwrap();
    assert_eq!((&who["answer"], &shown["answer"]), (&"held".into(), &"held".into()));
    let (told, shown) = (&who["holders"][0], &shown["holders"][0]);
    assert_eq!(shown["lease"], scene.leases[1].to_string());
    assert_eq!((&told["lease"], &told["phone"]), (&shown["lease"], &shown["phone"]));
    assert_eq!(told["customer"]["id"], shown["customer"]);
}

fn the_same_way_of_a_call(database: &Database, browser: &Browser<'_>) {
    let record = told(database, &["records", "show", "1"]);
    let page = browser.get("/console/calls/1").body;
    let (number, lease) = (record["number"].as_str().unwrap(), record["lease"].as_str().unwrap());
    let entry = &record["entry"];
    for part in [number.to_owned(), lease.to_owned(), format!("line {}", entry["seq"])] {
        assert!(page.contains(&part), "{part}: {page}");
    }
    assert!(page.contains(&format!(">{}<", entry["amount"])), "{entry}: {page}");
}

#[test]
fn the_keys_of_one_door_fit_no_other() {
    let database = Database::sqlite();
    scene(&database);
    let program = Program::combined(database.url());
    let browser = Browser::log_in(&program, &database);
    let session = browser.cookie.split_once('=').unwrap().1;
    let api = |call: Call| call.send(program.address).unwrap().body;
    let view = || Call::form("/api/v1/customer/view", "customer_id=1");
    assert!(api(view().bearer(&token())).contains("\"status\":0"));
    for strange in [view().header("Cookie", &browser.cookie), view().bearer(session)] {
        let answer = api(strange);
        assert!(!answer.contains("\"status\":0"), "it authenticates nobody: {answer}");
    }
    let console = |call: Call| call.send(program.address).unwrap().status;
    assert_eq!(console(Call::new("GET", "/console").bearer(&token())), 303);
    let planted = format!("leaseline={}", token());
    assert_eq!(console(Call::new("GET", "/console").header("Cookie", &planted)), 303);
}
