//! The committed table of regions is the one in libphonenumber's metadata, row by row.

use leaseline_core::region::Region;
use phonenumber::metadata::DATABASE;

#[test]
fn the_table_has_every_country_of_the_metadata_and_no_other() {
    let drifted: Vec<String> = alpha2_codes()
        .filter_map(|code| {
            let (ours, theirs) = (in_our_table(&code), in_the_metadata(&code));
            (ours != theirs).then(|| format!("{code}: have {ours:?}, want {theirs:?}"))
        })
        .collect();
    assert!(drifted.is_empty(), "correct crates/core/src/region.rs:\n{}", drifted.join("\n"));
}

/// Guards the test above: what it does not ask for is no country.
#[test]
fn every_country_of_the_metadata_has_an_alpha2_code() {
    let codes: Vec<String> = alpha2_codes().collect();
    let others: Vec<&str> = DATABASE
        .iter()
        .map(|it| it.id())
        .filter(|id| !codes.iter().any(|code| code == id))
        .collect();
    assert!(others.iter().all(|id| id.bytes().all(|byte| byte.is_ascii_digit())), "{others:?}");
}

type Row = Option<(String, Option<String>)>;

fn in_our_table(code: &str) -> Row {
    let region = Region::by_code(code)?;
    Some((region.country_code().to_owned(), region.national_prefix().map(str::to_owned)))
}

fn in_the_metadata(code: &str) -> Row {
    let metadata = DATABASE.by_id(code)?;
    Some((metadata.country_code().to_string(), metadata.national_prefix().map(str::to_owned)))
}

fn alpha2_codes() -> impl Iterator<Item = String> {
    ('A'..='Z').flat_map(|first| ('A'..='Z').map(move |second| format!("{first}{second}")))
}
