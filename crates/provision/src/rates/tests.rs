//! What the readers of rates say, in full, and what they make of what is sound.

use std::path::PathBuf;

use leaseline_core::rating::{RateEntry, Usage};

use super::RatesFile;
use crate::error::Error;
use crate::file::File;

const HEADER: &str = "service,prefix,connect_fee,from_second,price,per_seconds,increment,counting,\
                      minimum,rounding,decimals,max_cost,per_page,sms_type,valid_from,valid_till\n";

fn read(text: &str) -> Result<Vec<RateEntry>, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rates.csv");
    std::fs::write(&path, text).unwrap();
    RatesFile::read(&path).map(|file| file.0).map_err(|error| match error {
        Error::Unreadable { .. } => "unreadable".into(),
        other => other.to_string(),
    })
}

/// What is wrong with these lines below the full header.
fn check(lines: &str, expected: &str) {
    assert_eq!(read(&format!("{HEADER}{lines}")), Err(expected.to_owned()), "{lines}");
}

/// What a call of so many seconds costs by each rate.
fn costs(entries: &[RateEntry], usage: Usage) -> Vec<String> {
    let cost = |entry: &RateEntry| entry.rate.cost(usage).unwrap().cost.in_dollars().to_string();
    entries.iter().map(cost).collect()
}

#[test]
fn a_file_of_sound_rates() {
    let sound = "voice,61,0.15,0,0.05,60,1,,,up,2,,,,,\n\
                 voice,49,0.4,60,0.1,60,1,,,,,,,,,\n\
                 voice,49,0.4,0,0.2,60,60,,,,,,,,,\n\
                 voice,44,,0,0.6,60,12,from_zero,30,half_up,4,1.5,,,2027-01-01,2027-02-01T00:00:00Z\n";
    let entries = read(&format!("{HEADER}{sound}")).unwrap();
    let prefixes: Vec<_> = entries.iter().map(|entry| entry.key.prefix()).collect();
    assert_eq!(prefixes, [44, 49, 61]);
    assert_eq!(costs(&entries, Usage::seconds(24)), ["0.3000", "0.6000", "0.1700"]);
    let [british, german, _] = entries.as_slice() else { panic!("three rates") };
    assert_eq!(german.rate.terms().steps.len(), 2);
    let valid = [british.key.valid_from, british.valid_till].map(|at| at.unwrap().seconds());
    assert_eq!(valid, [1_798_761_600, 1_801_440_000]);

    let others = "service,prefix,price,sms_type,connect_fee,per_page\n\
                  sms,61,0.09,replies,,\nsms,61,0.19,masktrack,,\nfax,61,,,0.02,0.15\n";
    let others = read(others).unwrap();
    assert_eq!(
        costs(&others, Usage { seconds: 0, pages: 2, messages: 1 }),
        ["0.3200", "0.0900", "0.1900"]
    );
}

#[test]
fn a_header_that_is_wrong() {
    let check = |text: &str, expected: &str| assert_eq!(read(text), Err(expected.to_owned()));
    check("", "line 1: there is no column \"service\"");
    check("service,price\n", "line 1: there is no column \"prefix\"");
    check(
        "service,prefix,prize\n",
        "line 1: there is no column \"prize\"; the nearest known one is \"price\"",
    );
    check("service,prefix,price,price\n", "line 1: a column is there twice");
    check("service,prefix\n", "line 1: there are no rates in it");
    check("service,prefix\nvoice\n", "line 2: the header has 2 columns, this line has 1");
}

#[test]
fn a_cell_that_is_wrong_is_named_by_line_and_column() {
    let voice = "voice,61,,0,0.05,60,1,,,,,,,,,\n";
    let line_3 = |line: &str, expected: &str| {
        check(&format!("{voice}{line}\n"), &format!("line 3: column {expected}"));
    };
    line_3(",62,,0,1,1,1,,,,,,,,,", "service: it is missing");
    line_3("voise,62,,0,1,1,1,,,,,,,,,", "service: \"voise\" is none of voice, voice_in, fax, sms");
    line_3("voice,+62,,0,1,1,1,,,,,,,,,", "prefix: \"+62\" is not 1 to 15 digits");
    line_3("voice,062,,0,1,1,1,,,,,,,,,", "prefix: no international number begins with 0");
    let no_amount = "is not an amount in dollars with at most 9 decimals";
    line_3("voice,62,-1,0,1,1,1,,,,,,,,,", &format!("connect_fee: \"-1\" {no_amount}"));
    line_3(
        "voice,62,,0,0.0000000001,1,1,,,,,,,,,",
        &format!("price: \"0.0000000001\" {no_amount}"),
    );
    line_3("voice,62,,0,,60,1,,,,,,,,,", "price: it is missing");
    line_3("voice,62,,,,,,,,,,,,,,", "price: it has no price");
    line_3("voice,62,,0,1,,1,,,,,,,,,", "per_seconds: it is missing");
    line_3("voice,62,,0,1,1,0,,,,,,,,,", "increment: \"0\" is not a number of seconds from 1 on");
    line_3("voice,62,,-1,1,1,1,,,,,,,,,", "from_second: \"-1\" is not a number of seconds");
    line_3("voice,62,,5,1,1,1,,,,,,,,,", "from_second: no step begins at second 0");
    line_3(
        "voice,62,,0,1,1,1,zero,,,,,,,,",
        "counting: \"zero\" is neither after_first nor from_zero",
    );
    line_3("voice,62,,0,1,1,1,,30,,,,,,,", "minimum: only what is counted from_zero has a minimum");
    line_3("voice,62,,0,1,1,1,,,half,,,,,,", "rounding: \"half\" is none of up, half_up, down");
    line_3("voice,62,,0,1,1,1,,,,5,,,,,", "decimals: a cost has 0 to 4 decimals");
    line_3("voice,62,,0,1,1,1,,,,x,,,,,", "decimals: \"x\" is not a number of decimals, 0 to 4");
    line_3(
        "voice,62,,0,1,1,1,,,,2,0.555,,,,",
        "max_cost: the maximum has more decimals than the cost",
    );
    line_3("voice,62,,0,1,1,1,,,,,,0.1,,,", "per_page: only a fax has pages");
    line_3("voice,62,,0,1,1,1,,,,,,,replies,,", "sms_type: only a message has a type");
    line_3("sms,62,,,1,,,,,,,,,,,", "sms_type: it is missing");
    line_3(
        "sms,62,,,1,,,,,,,,,plain,,",
        "sms_type: \"plain\" is none of replies, masking, tracking, masktrack",
    );
    line_3("sms,62,,9,1,60,,,,,,,,replies,,", "from_second: a message has no duration");
    line_3(
        "voice,62,,0,1,1,1,,,,,,,,soon,",
        "valid_from: \"soon\" is neither an instant such as 2027-02-19T12:00:00Z nor a day",
    );
    line_3(
        "voice,62,,0,1,1,1,,,,,,,,2027-01-01,2027-01-01",
        "valid_till: it does not lie after valid_from",
    );
    line_3(
        "voice,62,,0,9223372036,1,1,,,,,,,,,",
        "price: a call of a year would cost more than can be booked",
    );
}

#[test]
fn a_step_that_is_wrong_is_named_by_its_own_line() {
    check(
        "voice,61,,0,1,60,60,,,,,,,,,\nvoice,62,,0,1,1,1,,,,,,,,,\nvoice,61,,90,1,60,1,,,,,,,,,\n",
        "line 4: column from_second: second 90 is not reached by whole increments of 60 s of the \
         step before it",
    );
    check(
        "voice,61,,0,1,60,60,,,,,,,,,\nvoice,61,,0,2,60,60,,,,,,,,,\n",
        "line 3: column from_second: two steps begin at second 0",
    );
    check(
        "voice,61,0.1,0,1,60,60,,,up,,,,,,\nvoice,61,0.1,60,2,60,60,,,down,,,,,,\n",
        "line 3: column rounding: the rate begins in line 2 and says something else there",
    );
    check(
        "sms,61,,,1,,,,,,,,,replies,,\nsms,61,,,1,,,,,,,,,replies,,\n",
        "line 3: column prefix: the rate is there already, in line 2",
    );
}

const DECK: &str = "[[rate_decks]]\nname = 'standard'\n";

/// What is wrong with the rates of an entry.
fn check_inline(rates: &str, expected: &str) {
    let text = format!("{DECK}rates = [\n{rates}\n]\n");
    let wrong = File::parse(&text, PathBuf::new()).map(drop).map_err(|fault| fault.to_string());
    assert_eq!(wrong, Err(format!("line 4: [[rate_decks]] \"standard\": {expected}")), "{rates}");
}

#[test]
fn shorter_ways_to_write_a_rate() {
    let text = format!(
        "{DECK}rates = [
         {{ service = 'voice', prefix = '61', connect_fee = '0.10', per_minute = '0.06' }},
         {{ service = 'voice', prefix = '62', per_second = '0.0025', decimals = 2 }},
         {{ service = 'voice', prefix = '63', rounding = 'up', steps = [
           {{ from_second = 0, price = '0.2', per_seconds = 60, increment = 60 }},
           {{ from_second = 60, price = '0.1', per_seconds = 60, increment = 1 }} ] }},
         {{ service = 'fax', prefix = '61', connect_fee = '0.02', per_page = '0.15' }},
         {{ service = 'sms', prefix = '61', sms_type = 'replies', price = '0.09' }}]\n"
    );
    let file = File::parse(&text, PathBuf::new()).unwrap();
    let entries = file.rate_decks[0].rates(&PathBuf::new()).unwrap();
    let usage = Usage { seconds: 61, pages: 1, messages: 1 };
    assert_eq!(costs(&entries, usage), ["0.2200", "0.1500", "0.2017", "0.1700", "0.0900"]);
}

#[test]
fn what_is_wrong_with_a_rate_of_an_entry() {
    let one = "`rates.prize`; the nearest known one is `rates.price`";
    check_inline(
        "{ service = 'voice', prefix = '61', prize = '1' }",
        &format!("there is no key {one}"),
    );
    check_inline(
        "{ service = 'voice', prefix = '61', per_minute = 0.06 }",
        "`rates.per_minute`: 0.06 is not a text in quotation marks",
    );
    check_inline(
        "{ service = 'voice', prefix = '61', per_minute = '0.06', per_second = '1' }",
        "a rate has one of price, per_second, per_minute and steps",
    );
    check_inline(
        "{ service = 'voice', prefix = '61', per_minute = '0.06', increment = 1 }",
        "per_second and per_minute have an increment of their own: write price instead",
    );
    check_inline(
        "{ service = 'voice', prefix = '61', per_minute = 'free' }",
        "column price: \"free\" is not an amount in dollars with at most 9 decimals",
    );
    check_inline("{ service = 'voice', prefix = '61' }", "column price: it has no price");
}
