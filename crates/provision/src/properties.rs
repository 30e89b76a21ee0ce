//! What holds whatever stands in a file. The tests below try it with some inputs, the targets in
//! `fuzz/` with very many; no ordinary build has this module.

use std::path::{Path, PathBuf};

use leaseline_core::region::Region;

use crate::csv_file;
use crate::error::{Error, Fault};
use crate::file::File;
use crate::numbers::{Index, Input};
use crate::spot::Spot;

pub use crate::rates::properties::rates;
pub use crate::records::properties::records;

/// So many numbers of a range are counted out.
const MOST_COUNTED: usize = 1_000;

/// Numbers that are read are the same when they are written and read again; what the reader that
/// stops finds wrong the one that goes on finds too, and no whole number stands in it.
pub fn numbers(text: &str) {
    let malaysia = Region::by_code("MY").expect("in the table");
    let report = csv_file::report(text, &malaysia);
    for fault in &report.faults {
        is_in_place(text, fault);
        is_discreet(fault);
    }
    let told: Vec<_> = report.faults.iter().map(ToString::to_string).collect();
    match first_fault(text, &malaysia) {
        Some(first) => assert!(told.contains(&first), "{first} {told:?}"),
        None => assert_eq!(told, [""; 0]),
    }
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["city", "number", "country"]).expect("into memory");
    for (new, _) in &report.numbers {
        let place = new.place.as_deref().cloned().unwrap_or_default();
        let texts = [place.city, Some(new.number.sent().to_owned()), place.country];
        writer.write_record(texts.map(Option::unwrap_or_default)).expect("into memory");
    }
    let written = writer.into_inner().expect("memory takes what is written");
    let again = csv_file::report(str::from_utf8(&written).expect("of texts"), &malaysia);
    assert_eq!(again.faults, []);
    let numbers = |report: csv_file::Report| report.numbers.into_iter().map(|(new, _)| new);
    assert!(numbers(again).eq(numbers(report)), "{text:?}");
}

fn first_fault(text: &str, region: &Region) -> Option<String> {
    let mut input = Input::of_nothing();
    let read = csv_file::read_from(text.as_bytes(), Path::new(""), region, Spot::Here, &mut input);
    let indexed = read.and_then(|()| Ok(Index::of(vec![input])?));
    indexed.err().map(|error| error.to_string())
}

/// A provisioning file is read or says in which line it is wrong, and so do the numbers of its
/// pools.
pub fn file(text: &str) {
    let malaysia = Region::by_code("MY").expect("in the table");
    let file = match File::parse(text, PathBuf::new()) {
        Ok(file) => file,
        Err(fault) => return is_in_place(text, &fault),
    };
    let is_short = |count: usize| count <= MOST_COUNTED;
    let pools = file.pools.iter().filter(|pool| pool.csv.is_none());
    for pool in pools.filter(|it| it.range.as_ref().is_none_or(|it| is_short(it.value.count))) {
        match Input::of_entry(pool, Path::new(""), &malaysia) {
            Ok(_) => {}
            Err(Error::Wrong(fault)) => is_in_place(text, &fault),
            Err(other) => panic!("{other}"),
        }
    }
}

/// The line is one of the text, or the end of it.
pub(crate) fn is_in_place(text: &str, fault: &Fault) {
    let lines = text.lines().count();
    assert!((1..=lines + 1).contains(&fault.line), "{fault} of {lines}");
}

/// No whole number stands in what is wrong.
pub(crate) fn is_discreet(fault: &Fault) {
    let told = fault.to_string();
    let longest = told.split(|it: char| !it.is_ascii_digit()).map(str::len).max();
    assert!(longest.is_none_or(|digits| digits < 7), "{told}");
}

/// What was read; what is wrong with it is in its place, and nothing else went wrong.
pub(crate) fn judged<T>(text: &str, read: Result<T, Error>) -> Option<T> {
    match read {
        Ok(read) => Some(read),
        Err(Error::Wrong(fault)) => {
            is_in_place(text, &fault);
            None
        }
        Err(other) => panic!("{other}"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers(
            header in "number(,country)?(,city)?|city,number|\\PC{0,8}",
            lines in vec("[+]?[0-9]{6,12}(,[A-Za-z \"]{0,5}){0,2}|\\PC{0,12}", 0..6),
        ) {
            super::numbers(&format!("{header}\n{}\n", lines.join("\n")));
        }

        #[test]
        fn rates(lines in vec(
            "(voice|voice_in|fax|sms|x),[0-9]{0,4},[0-9]{0,2}([.][0-9]{1,10})?,[0-9]{0,3},[0-9]{0,3},\
             (replies|),(2026-01-0[0-9]|2026-01-01T00:00:00Z|),(up|down|),[0-9]?",
            0..6,
        )) {
            const HEADER: &str = "service,prefix,price,per_seconds,increment,sms_type,valid_from,rounding,decimals";
            super::rates(&format!("{HEADER}\n{}\n", lines.join("\n")));
        }

        #[test]
        fn records(lines in vec(
            "(call|fax|sms|60195730424),[+]?[0-9]{0,12},[0-9]{0,12},[a-z]{0,3},[a-z]{0,3},[0-9]{0,10},\
             [0-9]{0,10},-?[0-9]{0,6},(answered|failed|),(in|out|),[0-9]{0,3},[0-9]{0,2},\"\\PC{0,5}",
            0..6,
        )) {
            const HEADER: &str = "kind,from,to,call_id,record_id,started_at,ended_at,bill_ms,result,\
                                  direction,error_code,pages,text";
            super::records(&format!("{HEADER}\n{}\n", lines.join("\n")));
        }

        #[test]
        fn files(keys in vec(
            "[a-z_]{1,8} = ([0-9]{1,20}|'[0-9+]{0,20}'|\"\\PC{0,6}\"|true|\\[\\])|\
             \\[\\[(pools|customers|rate_decks|switches)\\]\\]|\
             name = '[a-z]{1,3}'|range = \\{ first = '[+]?[0-9]{1,20}', count = [0-9]{1,3} \\}|\
             numbers = \\['[0-9]{1,11}'\\]",
            0..8,
        )) {
            super::file(&keys.join("\n"));
        }

        #[test]
        fn any_text(text in any::<String>()) {
            super::numbers(&text);
            super::rates(&text);
            super::records(&text);
            super::file(&text);
        }
    }
}
