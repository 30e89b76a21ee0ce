//! What records are, to whom they come, what repeats of them are.

use super::*;
use crate::Timestamp;
use crate::account::AccountPart;
use crate::ids::{AccountId, CustomerId, LedgerId, RecordId};
use crate::ivr::Direction;
use crate::rating::{FoundRate, Price, RateTerms, RatedService, SmsType, Step};

fn party(text: &str) -> Party {
    Party { text: PartyText::parse(text).expect("a text"), number: None }
}

fn record(direction: Direction, report: Report) -> NewRecord {
    NewRecord {
        reporter: RecordName::parse("edge-1").expect("a name"),
        name: RecordName::parse("c1").expect("a name"),
        account: None,
        part: None,
        direction,
        from: party("+60195730424"),
        to: party("61212345678"),
        at: Timestamp::EPOCH,
        report,
    }
}

fn call(direction: Direction, bill_ms: i64, result: CallResult) -> NewRecord {
    let report = CallReport {
        reference: None,
        routed_to: None,
        answered_at: None,
        ended_at: Timestamp::EPOCH,
        duration_ms: None,
        bill_ms,
        result,
        sip_code: None,
        hangup_by: None,
    };
    record(direction, Report::Call(report))
}

fn fax(direction: Direction, code: &str) -> NewRecord {
    let report = FaxReport {
        station: None,
        pages: 3,
        speed: 14_400,
        duration_seconds: 61,
        attempt: 1,
        outcome: FaxOutcome::parse(code).expect("a code"),
    };
    record(direction, Report::Fax(report))
}

fn sms(direction: Direction, sent: bool) -> NewRecord {
    let report = SmsReport { text: "hi".into(), sent, tracking: None, sms_type: SmsType::Replies };
    record(direction, Report::Sms(report))
}

fn owner() -> AccountOwner {
    AccountOwner {
        ledger: LedgerId::new(1).expect("an id"),
        account: AccountId::new(1).expect("an id"),
        part: AccountPart::Main,
        customer: CustomerId::new(1).expect("an id"),
        deck: None,
        ivml: None,
    }
}

/// 0.01 a second, 0.15 a page, 0.09 a message.
fn rate(service: RatedService) -> FoundRate {
    let price = |dollars| Price::parse(dollars).expect("a price");
    let nothing = RateTerms::default;
    let terms = match service {
        RatedService::Voice | RatedService::VoiceIn => {
            RateTerms { steps: vec![Step::per_second(price("0.01"))], ..nothing() }
        }
        RatedService::Fax => RateTerms { per_page: Some(price("0.15")), ..nothing() },
        RatedService::Sms(_) => RateTerms { per_message: Some(price("0.09")), ..nothing() },
    };
    FoundRate { prefix: 61, rate: terms.checked(service).expect("a sound rate") }
}

#[test]
fn what_a_record_costs_its_owner() {
    let check = |record: &NewRecord, with_rate: Option<i64>, without: Option<i64>| {
        let owned = Owned {
            owner: RecordOwner::Account(owner()),
            direction: record.direction,
            priced_at: record.at,
            max_seconds: None,
            number: None,
        };
        let found = owned.priced_as(record).map(|(service, _)| rate(service));
        let owned = Ownership::Owned(owned);
        let cost = |settled: Settled| settled.charge.map(|charge| charge.cost.get());
        assert_eq!(cost(record.settled(owned, found.as_ref())), with_rate);
        let unrated = record.settled(owned, None);
        assert_eq!(unrated.flags.contains(&RecordFlag::Unpriced), without.is_none());
        assert_eq!(cost(unrated), without);
        assert_eq!(cost(record.settled(Ownership::Unknown, found.as_ref())), None, "an orphan");
    };
    let (inbound, outbound) = (Direction::Inbound, Direction::Outbound);
    let answered = |direction, bill_ms| call(direction, bill_ms, CallResult::Answered);
    check(&answered(outbound, 60_000), Some(6_000), None);
    check(&answered(outbound, 60_001), Some(6_100), None);
    check(&answered(outbound, 1), Some(100), None);
    check(&answered(outbound, 0), Some(0), Some(0));
    check(&answered(outbound, -5), Some(0), Some(0));
    check(&call(outbound, 60_000, CallResult::Failed), Some(0), Some(0));
    check(&answered(inbound, 60_000), Some(6_000), Some(0));
    check(&fax(outbound, "0"), Some(4_500), None);
    check(&fax(outbound, "316"), Some(0), Some(0));
    check(&fax(inbound, "0"), Some(0), Some(0));
    check(&sms(outbound, true), Some(900), None);
    check(&sms(outbound, false), Some(0), Some(0));
    check(&sms(inbound, true), Some(0), Some(0));
    // Longer than any ledger can pay for.
    let ages = answered(outbound, i64::MAX);
    let owned = Ownership::Owned(Owned {
        owner: RecordOwner::Account(owner()),
        direction: outbound,
        priced_at: ages.at,
        max_seconds: None,
        number: None,
    });
    let endless = ages.settled(owned, Some(&rate(RatedService::Voice)));
    assert_eq!(endless.charge.map(|charge| charge.cost.get()), Some(922_337_203_685_477_600));
}

#[test]
fn what_is_odd_is_flagged() {
    let flags = |record: NewRecord| record.settled(Ownership::Unknown, None).flags;
    let negative = call(Direction::Inbound, -1, CallResult::Answered);
    assert_eq!(flags(negative), [RecordFlag::NegativeDuration]);
    assert_eq!(flags(fax(Direction::Outbound, "555")), [RecordFlag::UnknownFaxError]);
    assert_eq!(flags(fax(Direction::Outbound, "316")), []);
}

#[test]
fn error_codes_of_faxes() {
    let check = |text: &str, expected: Option<(u16, bool)>| {
        let read = FaxOutcome::parse(text).ok();
        let read = read.map(|outcome| (outcome.code(), outcome.raw().is_some()));
        assert_eq!(read, expected, "{text:?}");
    };
    check("0", Some((0, false)));
    for known in ["001", "019", "100", "202", "316", "423", "527", "699"] {
        check(known, Some((known.parse().expect("digits"), false)));
    }
    // The error is in no table: its state stays.
    check("120", Some((100, true)));
    check("555", Some((500, true)));
    check("698", Some((600, true)));
    // No state, or one that is in no table.
    for unknown in ["000", "020", "700", "999", "5", "16", "1000", "-16", "BUSY", "+12", "00"] {
        check(unknown, Some((600, true)));
    }
    check("", None);
    check("a b", None);
    check(&"1".repeat(65), None);
}

#[test]
fn a_repeat_changes_nothing_but_how_far_a_message_is() {
    let said = ContentDigest([1; 32]);
    let known = |tracking| {
        let id = RecordId::new(1).expect("an id");
        KnownRecord { id, digest: Some(said), tracking }
    };
    let check = |before, after, expected| {
        assert_eq!(known(before).repeated(said, after), expected, "{before:?} {after:?}");
        let other = ContentDigest([2; 32]);
        assert_eq!(known(before).repeated(other, after), Repeat::Conflict);
    };
    let (pending, delivered, failed) = (Tracking::Pending, Tracking::Delivered, Tracking::Failed);
    check(None, None, Repeat::Duplicate);
    check(None, Some(pending), Repeat::Updated(pending));
    check(None, Some(failed), Repeat::Updated(failed));
    check(Some(pending), Some(pending), Repeat::Duplicate);
    check(Some(pending), Some(delivered), Repeat::Updated(delivered));
    check(Some(pending), None, Repeat::Duplicate);
    check(Some(delivered), Some(pending), Repeat::Duplicate);
    check(Some(delivered), Some(failed), Repeat::Duplicate);
    check(Some(failed), Some(delivered), Repeat::Duplicate);
}

#[test]
fn what_stands_for_a_caller() {
    let check =
        |text: &str, is_one| assert_eq!(PartyText::parse(text).is_some(), is_one, "{text:?}");
    for sound in ["", "+60195730424", "anonymous", "a.b-c_d@example.org", "*43#", "-1"] {
        check(sound, true);
    }
    for wrong in ["@a", "=1", "a b", "a=b", "é", "a\n", "a,b", "\"a\"", "sip:a"] {
        check(wrong, false);
    }
    check(&"1".repeat(64), true);
    check(&"1".repeat(65), false);
    assert_eq!(format!("{:?}", party("+60195730424").text), "…0424");
}

#[test]
fn words_tell_records_apart() {
    let one = call(Direction::Outbound, 60_000, CallResult::Answered);
    assert_eq!(one.in_words(), one.clone().in_words());
    assert_ne!(one.in_words(), NewRecord { to: party("1"), ..one.clone() }.in_words());
    let named = NewRecord { account: Some("demo".into()), ..one.clone() };
    assert_ne!(one.in_words(), named.in_words());
    let further = |tracking| {
        let mut record = sms(Direction::Outbound, true);
        if let Report::Sms(report) = &mut record.report {
            report.tracking = tracking;
        }
        record.in_words()
    };
    assert_eq!(further(None), further(Some(Tracking::Delivered)));
}
