//! A world in which people's phones are in every place where one can be.

use std::time::Duration;

use leaseline_core::call::CallDecided;
use leaseline_core::ids::CustomerId;
use leaseline_core::ivr::Direction;
use leaseline_core::lease::{LeaseGranted, LeaseRequest, Party as Users};
use leaseline_core::phone::{E164, PhoneNumber};
use leaseline_core::rating::SmsType;
use leaseline_core::record::{
    FaxOutcome, FaxReport, Intake, NewRecord, Party, PartyText, RecordName, Report, SmsReport,
};
use leaseline_core::region::Region;
use leaseline_core::retention::RetentionTerms;
use leaseline_core::subscriber::{Imsi, Mcc, Mnc, Network, Subscriber};
use leaseline_hub::retention::Retained;
use leaseline_hub::upkeep::{Existing, Sums, back_up, verify};
use leaseline_hub::{Clock, Idempotency, Settled};
use leaseline_testkit::{Call, Database, Edge, ManualClock, World, phone, profile};

pub(crate) const DAY: Duration = Duration::from_secs(86_400);

/// The user of a lease by itself, with an IMSI, and both of a group.
pub(crate) const DRIVER: &str = "0195730424";
const IMSI: &str = "502190123456789";
const FIRST: &str = "0125740183";
const SECOND: &str = "0125740184";
/// Who called, who called and was refused, whose call has no record, and where a call went.
pub(crate) const CALLER: &str = "+60161112223";
const REFUSED: &str = "+60164445556";
pub(crate) const UNSETTLED: &str = "+60163334445";
const ROUTED_TO: &str = "60171234567";
/// Who is said to have called by a record that came twice, and by that alone.
const CONTRADICTED: &str = "+60169998887";
const SENDER: &str = "61291234567";
const MESSAGE: &str = "meet me at the bridge";
const STATION: &str = "+61 2 9876 5432";
const ANSWERED: &str = "0187776665";

/// Everything that must be gone.
pub(crate) const ALL: [&str; 13] = [
    DRIVER,
    IMSI,
    FIRST,
    SECOND,
    CALLER,
    REFUSED,
    UNSETTLED,
    ROUTED_TO,
    CONTRADICTED,
    SENDER,
    MESSAGE,
    STATION,
    ANSWERED,
];

pub(crate) struct Scene {
    pub(crate) clock: ManualClock,
    pub(crate) world: World,
    pub(crate) customer: CustomerId,
    pub(crate) edge: Edge,
    /// The number of the lease by itself.
    pub(crate) number: PhoneNumber,
    pub(crate) lease: LeaseGranted,
    /// The call without a record.
    pub(crate) unsettled: CallDecided,
}

impl Scene {
    /// Two leases for an hour, one more that was asked for under a key; calls, a fax and a message.
    pub(crate) async fn on(database: &Database) -> Self {
        let clock = ManualClock::new();
        let world = World::new(database.hub(&clock)).await;
        let customer = world.customer_with(profile(), 10_000).await;
        world.account("demo", customer).await;
        world.numbers(6).await;
        let mut asked = world.single(customer, DRIVER);
        asked.party = Users::single(with_imsi(DRIVER));
        let lease = world.lease(asked).await.unwrap();
        world.lease(world.group(customer, FIRST, SECOND)).await.unwrap();
        repeatable(&world, world.single(customer, DRIVER)).await;
        let number = lease.lease.members[0].number.clone();
        let edge = Edge::new("edge-1", false);
        let unsettled = edge.question(call("unsettled", UNSETTLED, &number));
        let unsettled = world.authorise(unsettled).await.unwrap();
        let scene = Self { clock, world, customer, edge, number, lease, unsettled };
        scene.calls().await;
        scene.fax_and_message().await;
        scene
    }

    /// A call with a record, that came twice with different contents; and one that was refused.
    async fn calls(&self) {
        let Self { world, edge, number, .. } = self;
        let settled = call("settled", CALLER, number);
        let decided = world.authorise(edge.question(settled)).await.unwrap();
        let report = |by| edge.report(by, Some(&decided), self.clock.now(), 61_000);
        let mut first = report(settled);
        if let Report::Call(call) = &mut first.report {
            call.routed_to = Some(party(ROUTED_TO));
        }
        assert_eq!(world.record(first).await, Ok(Intake::Stored));
        for contradicted in [CONTRADICTED, REFUSED] {
            let again = report(call("settled", contradicted, number));
            assert_eq!(world.record(again).await, Ok(Intake::Conflict));
        }
        let refused = Call { name: "refused", from: REFUSED, to: "0399999999" };
        assert!(world.authorise(edge.question(refused)).await.unwrap().outcome.is_err());
    }

    async fn fax_and_message(&self) {
        let fax = FaxReport {
            station: RecordName::parse(STATION),
            pages: 2,
            speed: 9_600,
            duration_seconds: 60,
            attempt: 1,
            outcome: FaxOutcome::parse("0").unwrap(),
        };
        let message = SmsReport {
            text: MESSAGE.into(),
            sent: true,
            tracking: None,
            sms_type: SmsType::Replies,
        };
        for (name, report) in [("fax", Report::Fax(fax)), ("message", Report::Sms(message))] {
            assert_eq!(self.world.record(self.incoming(name, report)).await, Ok(Intake::Stored));
        }
    }

    fn incoming(&self, name: &str, report: Report) -> NewRecord {
        NewRecord {
            reporter: RecordName::parse("edge-1").unwrap(),
            name: RecordName::parse(name).unwrap(),
            account: Some("demo".into()),
            part: None,
            direction: Direction::Inbound,
            from: party(SENDER),
            to: party("61299999999"),
            at: self.clock.now(),
            report,
        }
    }

    /// One run with the default terms.
    pub(crate) async fn retain(&self) -> Retained {
        retain(&self.world).await
    }
}

pub(crate) async fn retain(world: &World) -> Retained {
    world.hub.retain(RetentionTerms::default(), &mut |_| ()).await.unwrap()
}

pub(crate) fn call<'a>(name: &'a str, from: &'a str, number: &'a PhoneNumber) -> Call<'a> {
    Call { name, from, to: number.sent() }
}

fn with_imsi(sent: &str) -> Subscriber {
    let network = Network { mcc: Mcc::parse("502").unwrap(), mnc: Mnc::parse("19").unwrap() };
    Subscriber::new(phone(sent), Imsi::parse(IMSI), Some(network)).unwrap()
}

async fn repeatable(world: &World, request: LeaseRequest) {
    let user = world.admin.user().unwrap();
    let answer = |_: &LeaseGranted| format!("the lease of {ANSWERED}");
    let key = Idempotency::new(user, "lease", "key".into(), vec![1], answer);
    let settled = world.hub.ask_once(request, key).await.unwrap();
    assert!(matches!(settled, Settled::Fresh(_)));
}

fn party(text: &str) -> Party {
    Party { text: PartyText::parse(text).unwrap(), number: E164::parse(text).ok() }
}

/// All that is in a database, as a file without a free byte.
pub(crate) fn contents(database: &Database) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("contents.db");
    back_up(database.url(), &file, Existing::Refused, &mut |_| ()).unwrap();
    std::fs::read(&file).unwrap()
}

/// The ledgers but for what was set aside, and how many rows there are of what stays.
pub(crate) fn sums(database: &Database) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sums.db");
    back_up(database.url(), &file, Existing::Refused, &mut |_| ()).unwrap();
    let told = |mut table: Sums| {
        table.columns.retain(|(name, _)| !["held", "open_calls"].contains(&name.as_str()));
        match table.table.as_str() {
            "ledgers" | "ledger_entries" | "leases" | "numbers" => format!("{table:?}"),
            _ => table.to_string(),
        }
    };
    let goes = |table: &Sums| {
        ["calls", "idempotency_keys", "retention_marks", "writers"].contains(&table.table.as_str())
    };
    let tables = verify(&file).unwrap().into_iter();
    tables.filter(|table| !goes(table)).map(told).collect()
}

/// Those of these texts that are somewhere among bytes: as texts, or as the number that a telephone
/// is, which SQLite keeps in six bytes.
pub(crate) fn found<'a>(bytes: &[u8], texts: &[&'a str]) -> Vec<&'a str> {
    let malaysia = Region::by_code("MY").unwrap();
    let is_there = |wanted: &[u8]| bytes.windows(wanted.len()).any(|window| window == wanted);
    let is_found = |text: &&str| {
        let number = PhoneNumber::parse(text, &malaysia).ok();
        let number = number.map(|number| number.e164().integer().to_be_bytes());
        is_there(text.as_bytes()) || number.is_some_and(|number| is_there(&number[2..]))
    };
    texts.iter().copied().filter(is_found).collect()
}
