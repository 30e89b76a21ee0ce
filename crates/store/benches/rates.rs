//! How long it takes to find a number's rate in a deck of 200,000 prefixes on SQLite:
//! `cargo bench -p leaseline-store --bench rates`.

#![allow(clippy::unwrap_used, reason = "what goes wrong is the end of a measurement")]

use divan::Bencher;
use leaseline_core::Timestamp;
use leaseline_core::ids::RateDeckId;
use leaseline_core::phone::{E164, Prefix};
use leaseline_core::rating::{Price, RateEntry, RateKey, RateTerms, RatedService, Step, Usage};
use leaseline_store::load::rates::WantedRate;
use leaseline_store::{Session, Store, load, record};
use tempfile::TempDir;

/// Prefixes of six digits, and those of one to five before them: 222,222 in all.
const FIRST: i64 = 100_000;
const COUNT: i64 = 200_000;
const NOW: Timestamp = Timestamp::from_micros(1);

fn main() {
    divan::main();
}

struct Deck {
    session: Session,
    deck: RateDeckId,
    _folder: TempDir,
}

impl Deck {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::from_url(&format!("sqlite://{}/b.db", folder.path().display())).unwrap();
        let mut session = store.connect().unwrap();
        session.migrate(&store).unwrap();
        let mut prefixes: Vec<_> = (FIRST..FIRST + COUNT).collect();
        (1..6).for_each(|digits| {
            prefixes.extend((FIRST..FIRST + COUNT).map(|it| it / 10_i64.pow(digits)))
        });
        prefixes.sort_unstable();
        prefixes.dedup();
        let rates: Vec<_> = prefixes.into_iter().map(rate).collect();
        let filled = session.write(|tx| {
            let deck = record::rates::new_deck(tx, "bench")?;
            let version = record::rates::begin_version(tx, deck, &[], NOW)?;
            for piece in rates.chunks(record::rates::MOST_AT_ONCE) {
                record::rates::stage(tx, version, piece)?;
            }
            record::rates::set_live(tx, version, Timestamp::EPOCH)?;
            Ok(deck)
        });
        let deck = filled.ok().unwrap();
        Self { session, deck, _folder: folder }
    }

    fn wanted(&self, count: i64) -> Vec<WantedRate> {
        let number = |nth: i64| E164::from_integer((FIRST + nth * 7_919 % COUNT) * 100_000 + nth);
        let (deck, service) = (self.deck, RatedService::Voice);
        (0..count)
            .map(|nth| WantedRate { deck, service, number: number(nth).unwrap(), at: NOW })
            .collect()
    }
}

fn rate(prefix: i64) -> RateEntry {
    let steps = vec![Step::per_minute(Price::new(60_000_000).unwrap())];
    let terms = RateTerms { steps, ..RateTerms::default() };
    let prefix = Prefix::parse(&prefix.to_string()).unwrap();
    let key = RateKey::new(RatedService::Voice, &prefix, None).unwrap();
    RateEntry { key, valid_till: None, rate: terms.checked(RatedService::Voice).unwrap() }
}

/// One number at a time.
#[divan::bench]
fn one(bencher: Bencher<'_, '_>) {
    let mut deck = Deck::new();
    let wanted = deck.wanted(10_000);
    let mut next = wanted.iter().cycle();
    bencher.bench_local(|| {
        let wanted = next.next().unwrap();
        let found = load::rates::rates(&mut deck.session.read(), &[*wanted]).unwrap();
        assert!(found[0].is_some());
    });
}

/// A thousand numbers in one statement.
#[divan::bench]
fn a_thousand(bencher: Bencher<'_, '_>) {
    let mut deck = Deck::new();
    let wanted = deck.wanted(1_000);
    bencher.bench_local(|| {
        let found = load::rates::rates(&mut deck.session.read(), &wanted).unwrap();
        assert!(found.iter().all(Option::is_some));
    });
}

/// The cost of a call by a rate that was found.
#[divan::bench]
fn cost(bencher: Bencher<'_, '_>) {
    let entry = rate(61);
    bencher.bench_local(|| entry.rate.cost(Usage::seconds(divan::black_box(754))).unwrap().cost);
}
