//! How long each page of the console takes on a grown database, over HTTP.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use actix_web::rt::System;
use leaseline_console::{Settings, set_up_path};
use leaseline_core::call::SingleCallerId;
use leaseline_core::search::{LeaseSearch, RecordSearch};
use leaseline_core::staff::{StaffName, StaffRole};
use leaseline_hub::Hub;
use leaseline_hub::insight::Place;
use leaseline_hub::staff::{AddStaff, MakeLink, StaffToken};
use leaseline_web::{Limits, Shell, Stop, shell};

use crate::look::{TIMES, tell};
use crate::world::region;
use crate::{Failure, Verdict};

/// Who looks. The password is of a server that lives for a measurement on loopback.
const NAME: &str = "load";
const PASSWORD: &str = "a+quiet+horse+in+the+rain";

/// Serves the console, logs in, and says how long each page takes; bad if one takes so long or longer
/// in the median.
pub(crate) async fn measure(hub: &Hub, most: Duration) -> Result<Verdict, Failure> {
    let server = Served::start(hub)?;
    let browser = log_in(hub, server.address).await?;
    let mut verdict = Verdict::Good;
    for path in paths(hub).await? {
        let mut took = Vec::new();
        for _ in 0..TIMES {
            let began = Instant::now();
            let answer = browser.get(&path)?;
            took.push(began.elapsed());
            if !SHOWN.iter().any(|status| answer.starts_with(status)) {
                return Err(format!("show {path}: {}", answer.lines().next().unwrap_or("-")).into());
            }
        }
        let median = tell(&format!("page {path}"), took);
        if median >= most && !path.contains(FILE) {
            eprintln!("{path} takes {median:.0?}, and a page may take {most:.0?}");
            verdict = Verdict::Bad;
        }
    }
    server.stop()?;
    Ok(verdict)
}

/// A page, or the way to the only thing that was found.
const SHOWN: [&str; 2] = ["HTTP/1.1 200", "HTTP/1.1 303"];

/// What is a file of thousands of rows and no page.
const FILE: &str = "format=csv";

/// Each page, and each list by the filters that take longest.
async fn paths(hub: &Hub) -> Result<Vec<String>, Failure> {
    let active = LeaseSearch::parse("state:active", &region())?;
    let lease =
        hub.find_leases(active, Place::Newest, 1).await?.lines.pop().ok_or("find a lease")?;
    let record = hub.find_records(RecordSearch::default(), Place::Newest, 1).await?;
    let record = record.lines.first().ok_or("find a record")?.id;
    let of_things = [
        format!("/leases/{}", lease.lease.id),
        format!("/leases/{}/release", lease.lease.id),
        format!("/calls/{record}"),
    ];
    let paths = PATHS.iter().map(|path| (*path).to_owned()).chain(of_things);
    Ok(paths.map(|path| format!("/console{path}")).collect())
}

const PATHS: [&str; 51] = [
    "",
    "?span=90d",
    "/who",
    "/search?q=0380000007",
    "/leases",
    "/leases?q=state:active",
    "/leases?q=exp:%3C1h",
    "/leases?q=state:expired",
    "/leases?q=kind:group",
    "/leases?q=customer:8+state:active",
    "/leases?q=customer:8+kind:group",
    "/leases?q=0380000007",
    "/leases?q=038+state:active",
    "/leases?format=csv",
    "/numbers",
    "/numbers?state=free",
    "/numbers?state=reserved",
    "/numbers?state=blocked",
    "/numbers?pool=load&state=quarantine",
    "/numbers?format=csv",
    "/numbers/60380000007",
    "/numbers/import",
    "/customers",
    "/customers/1",
    "/customers/1?span=90d",
    "/customers/1/status",
    "/customers/1?format=csv",
    "/calls",
    "/calls?q=customer:8",
    "/calls?q=kind:fax",
    "/calls?q=customer:8+kind:fax",
    "/calls?q=state:orphan",
    "/calls?q=age:%3C2h",
    "/calls?format=csv",
    "/requests",
    "/requests?q=customer:8",
    "/requests?q=effect:failed",
    "/requests?q=status:999",
    "/requests?q=customer:8+status:999",
    "/requests?q=facade:mor",
    "/requests?q=age:%3C2h",
    "/requests?format=csv",
    "/health",
    "/audit",
    "/accounts",
    "/accounts/1",
    "/cards",
    "/cards/1",
    "/tools",
    "/customers?after=10",
    "/leases?q=state:released",
];

/// The console on loopback, on a thread of its own.
struct Served {
    address: SocketAddr,
    stop: Stop,
    thread: JoinHandle<std::io::Result<()>>,
}

impl Served {
    fn start(hub: &Hub) -> Result<Self, Failure> {
        let limits = Limits::default();
        let listener = shell::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), &limits)?;
        let address = listener.local_addr()?;
        let stop = Stop::new();
        let settings = Settings {
            behind_tls: false,
            trusted_proxies: Default::default(),
            limits,
            region: region(),
            single_caller_id: SingleCallerId::Caller,
            longest_seconds: None,
            mor_hashes: None,
        };
        let routes = leaseline_console::routes(hub.clone(), settings);
        let shell = Shell { limits, ..Shell::new(stop.clone()) };
        let thread =
            std::thread::spawn(move || System::new().block_on(shell.serve(vec![listener], routes)));
        Ok(Self { address, stop, thread })
    }

    fn stop(self) -> Result<(), Failure> {
        self.stop.ask();
        Ok(self.thread.join().map_err(|_| "serve to the end")??)
    }
}

/// Somebody who is logged in.
struct Browser {
    address: SocketAddr,
    cookie: String,
}

/// As a person does it: a password by a link, then the log-in.
async fn log_in(hub: &Hub, address: SocketAddr) -> Result<Browser, Failure> {
    let name = StaffName::parse(NAME).ok_or("name somebody")?;
    // Who was there before is given another link.
    let _ = hub.ask(AddStaff { name, role: StaffRole::Admin, by: NAME.into() }).await?;
    let link = StaffToken::fresh()?;
    let make = MakeLink { name: NAME.into(), token: link.clone(), by: NAME.into() };
    hub.ask(make).await?.map_err(|_| "make a link")?;
    let browser = Browser { address, cookie: String::new() };
    let set_up = set_up_path(&link);
    browser.get(&set_up)?;
    let form = format!("link={}&password={PASSWORD}&again={PASSWORD}", link.expose());
    browser.post("/console/set-up", &form)?;
    let answer = browser.post("/console/log-in", &format!("name={NAME}&password={PASSWORD}"))?;
    let cookie = answer.lines().find_map(|line| line.strip_prefix("set-cookie: "));
    let cookie = cookie.and_then(|set| set.split(';').next()).ok_or("log in")?;
    Ok(Browser { address, cookie: cookie.to_owned() })
}

impl Browser {
    fn get(&self, path: &str) -> Result<String, Failure> {
        self.exchange("GET", path, "")
    }

    fn post(&self, path: &str, form: &str) -> Result<String, Failure> {
        self.exchange("POST", path, form)
    }

    /// An answer, head and all.
    fn exchange(&self, method: &str, path: &str, form: &str) -> Result<String, Failure> {
        let mut stream = TcpStream::connect(self.address)?;
        let (cookie, length) = (&self.cookie, form.len());
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nCookie: {cookie}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{form}"
        );
        stream.write_all(request.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    }
}
