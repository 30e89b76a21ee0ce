//! What the reader says about a file, in full.

use std::path::PathBuf;

use leaseline_core::region::Region;

use crate::file::File;
use crate::numbers::{Index, Input};

/// The whole of what is wrong with a file by itself; an empty text if nothing is.
fn check(text: &str, expected: &str) {
    let wrong =
        File::parse(text, PathBuf::new()).map_or_else(|fault| fault.to_string(), |_| String::new());
    assert_eq!(wrong, expected, "{text}");
}

const POOL: &str = "[[pools]]\nname = 'kl'\nregion = 'MY'\n";
const CUSTOMER: &str = "[[customers]]\nkey = 'acme'\n";
const USER: &str = "[[api_users]]\nname = 'apisample'\n";

fn check_pool(line: &str, expected: &str) {
    check(&format!("{POOL}{line}\n"), expected);
}

fn check_customer(line: &str, expected: &str) {
    check(&format!("{CUSTOMER}{line}\n"), expected);
}

fn check_user(line: &str, expected: &str) {
    check(&format!("{USER}{line}\n"), expected);
}

fn check_account(line: &str, expected: &str) {
    check(&format!("[[accounts]]\nuser = 'demo'\n{line}\n"), expected);
}

fn check_switch(line: &str, expected: &str) {
    check(&format!("[[switches]]\nname = 'edge-1'\n{line}\n"), expected);
}

#[test]
fn switches() {
    check_switch("password = 'secret'\ncountry_code = '60'\nnational_prefix = '0'", "");
    check_switch("events = true\nenabled = false\nemergency = ['999', '112']", "");
    check_switch("sources = ['any', '10.0.0.0/8', '2001:db8::/32', '192.0.2.1']", "");
    check_switch("dial_string = 'sofia/gateway/carrier/{to}'\nfax_codes = { BUSY = '316' }", "");
    let wrong = |line: &str, what: &str| {
        check_switch(line, &format!("line 3: [[switches]] \"edge-1\": {what}"));
    };
    wrong("password = ''", "`password`: it is empty");
    for network in ["10.0.0.0/33", "10.0.0.0/+8", "carrier", "10.0.0.0/"] {
        let what =
            format!("`sources`: {network:?} is neither \"any\" nor a network such as 10.0.0.0/8");
        wrong(&format!("sources = ['{network}']"), &what);
    }
    wrong("emergency = ['']", "`emergency`: \"\" cannot be dialled");
    wrong("dial_string = 'sofia/x'", "`dial_string`: \"sofia/x\" has no {to} in it");
    let what = "`fax_codes`: \"BUSY\" cannot stand for the error \"999\"";
    wrong("fax_codes = { BUSY = '999' }", what);
    wrong("fax_codes = 7", "`fax_codes`: it is not a table such as { BUSY = \"316\" }");
    wrong("event = true", "there is no key `event`; the nearest known one is `events`");
}

#[test]
fn what_is_no_toml() {
    check("", "");
    check("\n\n[[pools]\n", "line 3: unclosed array table, expected `]`");
    check("a = 'b'\na = 'c'\n", "line 2: duplicate key");
}

#[test]
fn tables() {
    check("[[customers]]\nkey = 'b'\n[[pools]]\nname = 'a'\n[[customers]]\nkey = 'a'\n", "");
    check("\n[[poolz]]\n", "line 2: there is no table `poolz`; the nearest known one is `pools`");
    check(
        "\npools = 'kl'\n",
        "line 2: `pools`: an entry is written below a line [[pools]] of its own",
    );
    check(
        "[pools]\nname = 'kl'\n",
        "line 1: `pools`: an entry is written below a line [[pools]] of its own",
    );
}

#[test]
fn names() {
    check("[[pools]]\nregion = 'MY'\n", "line 1: [[pools]] #1: `name` is missing");
    check(
        "[[pools]]\nname = 'a'\n[[pools]]\nname = 7\n",
        "line 4: [[pools]] #2: `name`: 7 is not a text in quotation marks",
    );
    check(
        "[[customers]]\nkey = ''\n",
        "line 2: [[customers]] #1: `key`: \"\" is not 1 to 100 characters, none of them a control \
         character",
    );
    check(
        "[[pools]]\nname = 'a'\n\n[[pools]]\nname = 'a'\n",
        "line 4: [[pools]] \"a\": it is there twice, first in line 1",
    );
}

#[test]
fn unknown_keys() {
    check_pool(
        "quarantaine = '0s'",
        "line 4: [[pools]] \"kl\": there is no key `quarantaine`; \
         the nearest known one is `quarantine`",
    );
    check_pool(
        "range = { first = '0388880000', count = 1, step = 2 }",
        "line 4: [[pools]] \"kl\": there is no key `range.step`; \
         the nearest known one is `range.count`",
    );
    check_customer(
        "single = { enabled = true, blok = 1 }",
        "line 3: [[customers]] \"acme\": there is no key `single.blok`; \
         the nearest known one is `single.block`",
    );
    check_user(
        "customer = []",
        "line 3: [[api_users]] \"apisample\": there is no key `customer`; \
         the nearest known one is `customers`",
    );
}

#[test]
fn pools() {
    check_pool("services = ['voice', 'sms']\nsetup_fee = 0\nquarantine = '36525d'", "");
    let wrong = |line: &str, expected: &str| {
        check_pool(line, &format!("line 4: [[pools]] \"kl\": {expected}"));
    };
    wrong("purpose = 'did '", "`purpose`: \"did \" is neither \"lease\" nor \"did\"");
    wrong("services = ['fone']", "`services`: \"fone\" is none of \"voice\", \"fax\", \"sms\"");
    wrong("services = 'voice'", "`services`: it is not a list in brackets");
    wrong("setup_fee = -1", "`setup_fee`: -1 is not at least 0");
    wrong("monthly_fee = 0.5", "`monthly_fee`: 0.5 is not a whole number of 64 bits");
    wrong(
        "quarantine = '1w'",
        "`quarantine`: \"1w\" is not a duration such as 500ms, 10s, 15m, 24h or 90d",
    );
    wrong("quarantine = '36526d'", "`quarantine`: it is longer than a century");
    wrong("range = 7", "`range`: it is not a table such as { enabled = true }");
    wrong("range = { count = 1 }", "`range.first` is missing");
    wrong("range = { first = '1', count = 0 }", "`range.count`: 0 is not at least 1");
    check(
        "[[pools]]\nname = 'kl'\nregion = 'my'\n",
        "line 3: [[pools]] \"kl\": `region`: \"my\" is not the code of a region such as MY or DE",
    );
}

#[test]
fn customers() {
    check_customer("credit = -5\nallowed_prefixes = ['60']\nstatus = 'suspended'", "");
    let wrong = |line: &str, expected: &str| {
        check_customer(line, &format!("line 3: [[customers]] \"acme\": {expected}"));
    };
    wrong(
        "charge_method = 'prepayed'",
        "`charge_method`: \"prepayed\" is neither \"prepaid\" nor \"postpaid\"",
    );
    wrong("status = 2", "`status`: 2 is not a text in quotation marks");
    wrong(
        "credit = 9223372036854775808",
        "`credit`: 9223372036854775808 is not a whole number of 64 bits",
    );
    wrong("max_calls = -1", "`max_calls`: -1 is not at least 0");
    wrong("credit_limit = -1", "`credit_limit`: -1 is not at least 0");
    wrong("allowed_prefixes = ['+60']", "`allowed_prefixes`: \"+60\" is not 1 to 15 digits");
    wrong("single = { enabled = 1 }", "`single.enabled`: 1 is neither true nor false");
    wrong("group = { block = 0 }", "`group.block`: 0 is not at least 1 second");
    check_customer(
        "allowed_prefixes = [\n  '60',\n  '6x',\n]",
        "line 5: [[customers]] \"acme\": `allowed_prefixes`: \"6x\" is not 1 to 15 digits",
    );
}

#[test]
fn api_users() {
    check_user("role = 'client'\ncustomers = ['acme', 7]\nrights = ['topup']\nenabled = false", "");
    let wrong = |line: &str, expected: &str| {
        check_user(line, &format!("line 3: [[api_users]] \"apisample\": {expected}"));
    };
    wrong("role = 'root'", "`role`: \"root\" is neither \"client\" nor \"admin\"");
    wrong("rights = ['all']", "`rights`: \"all\" is not \"topup\"");
    wrong("customers = [0]", "`customers`: 0 is not at least 1");
    wrong("customers = [true]", "`customers`: true is neither a key nor an id");
}

/// What is wrong with the numbers of a file, with a CSV file beside it.
fn check_numbers(text: &str, csv: &str, expected: &str) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("n.csv"), csv).unwrap();
    let file = File::parse(text, folder.path().to_owned()).unwrap();
    let malaysia = Region::by_code("MY").unwrap();
    let inputs = file.pools.iter().map(|pool| Input::of_entry(pool, &file.folder, &malaysia));
    let wrong = inputs.collect::<Result<_, _>>().and_then(|inputs| Ok(Index::of(inputs)?));
    let wrong = wrong.map_or_else(|error| error.to_string(), |_| String::new());
    assert_eq!(wrong, expected, "{text}{csv}");
}

#[test]
fn ranges_and_lists() {
    let check = |line: &str, expected: &str| {
        check_numbers(&format!("{POOL}{line}\n"), "", expected);
    };
    check("range = { first = '0388880000', count = 1000 }", "");
    check("range = { first = '+60388889998', count = 2 }", "");
    check("numbers = ['0388880000', '0388880001']", "");
    check(
        "range = { first = '18446744073709551615', count = 2 }",
        "line 4: [[pools]] \"kl\": \"…1615\" is not a telephone number of 7 to 15 digits",
    );
    check(
        "range = { first = '9999998', count = 3 }",
        "line 4: [[pools]] \"kl\": `range`: it ends with more digits than it begins with",
    );
    check(
        "range = { first = '038888000x', count = 3 }",
        "line 4: [[pools]] \"kl\": \"…000x\" is not a telephone number of 7 to 15 digits",
    );
    check(
        "numbers = [\n '0388880000',\n '0388']",
        "line 6: [[pools]] \"kl\": \"…0388\" is not a telephone number of 7 to 15 digits",
    );
    check(
        "range = { first = '1', count = 20000000 }",
        "line 4: [[pools]] \"kl\": `range.count`: 20000000 is more than 10000000",
    );
}

#[test]
fn csv_files() {
    let check = |csv: &str, expected: &str| {
        check_numbers(&format!("{POOL}csv = 'n.csv'\n"), csv, expected);
    };
    check("number\n0388880000\n", "");
    check("number,country,city\n0388880000,Malaysia,\n0388880001,,\"Kuala Lumpur\"\n", "");
    check("city,number\r\n\r\nIpoh,0388880000\r\n", "");
    let wrong = |csv: &str, expected: &str| {
        check(csv, &format!("line 4: [[pools]] \"kl\": {expected}"));
    };
    wrong("", "line 1 of n.csv: there is no column \"number\"");
    wrong(
        "numbers\n0388880000\n",
        "line 1 of n.csv: there is no column \"numbers\"; the nearest known one is \"number\"",
    );
    wrong(
        "0388880000\n0388880001\n",
        "line 1 of n.csv: there is no column \"…0000\"; the nearest known one is \"number\"",
    );
    wrong("number,number\n", "line 1 of n.csv: a column is there twice");
    wrong(
        "number\n0388880000\n0388\n",
        "line 3 of n.csv: \"…0388\" is not a telephone number of 7 to 15 digits",
    );
    wrong(
        "number,city\n0388880000,a\n0388880001\n",
        "line 3 of n.csv: the header has 2 columns, this line has 1",
    );
    wrong(
        "number,city\n0388880000,a\tb\n",
        "line 2 of n.csv: a place is at most 100 characters, none of them a control character",
    );
    wrong(
        "number\n0388880000\n0388880001\n+60388880000\n",
        "line 4 of n.csv: …0000 is there twice, first in line 2 of n.csv",
    );
}

#[test]
fn a_number_is_in_one_pool() {
    let csv = "number\n0388880001\n";
    check_numbers(
        &format!("{POOL}csv = 'n.csv'\nnumbers = ['60388880001']\n"),
        csv,
        "line 4: [[pools]] \"kl\": line 2 of n.csv: …0001 is there twice, first in line 5",
    );
    check_numbers(
        &format!("{POOL}csv = 'n.csv'\n[[pools]]\nname = 'b'\nnumbers = ['0388880001']\n"),
        csv,
        "line 7: [[pools]] \"b\": …0001 is there twice, first in line 2 of n.csv ([[pools]] \"kl\")",
    );
}

#[test]
fn a_csv_file_that_is_not_there() {
    check_numbers(
        &format!("{POOL}csv = 'no.csv'\n"),
        "",
        "line 4: [[pools]] \"kl\": no.csv can not be read: No such file or directory (os error 2)",
    );
}

#[test]
fn accounts() {
    check_account("", "");
    check_account(
        "password = 'demo-pass'\ncustomer = 'acme'\nemail = 'ops@acme.example'\n\
         first_name = 'Ada'\nlast_name = ''\ntime_zone = 'Australia/Sydney'\nivr = true\n\
         rate_deck = 'standard'\nenabled = false\n\
         ivr_menus = [{ name = 'Main menu' }, { name = 'Sales', outbound = true }]",
        "",
    );
    let wrong = |what: &str| format!("line 3: [[accounts]] \"demo\": {what}");
    check_account("email = 'ops'", &wrong("`email`: \"ops\" is not an e-mail address"));
    let no_text = "has more than 200 characters, or would run as a formula in a spreadsheet";
    check_account("last_name = '=1'", &wrong(&format!("`last_name`: \"=1\" {no_text}")));
    check_account(
        "time_zone = 'sydney'",
        &wrong(
            "`time_zone`: no time zone is called \"sydney\": use an IANA name such as \"UTC\" or \
             \"Asia/Kuala_Lumpur\"",
        ),
    );
    check_account("ivr_menus = [{ outbound = true }]", &wrong("`ivr_menus.name` is missing"));
    check_account(
        "ivr_menus = [{ name = 'a' }, { name = 'a' }]",
        "line 1: [[accounts]] \"demo\": `ivr_menus`: \"a\" is there twice",
    );
}

#[test]
fn a_wrong_password_is_not_repeated() {
    check_account("password = ''", "line 3: [[accounts]] \"demo\": `password`: it is empty");
    check_account(
        "password = 12345678",
        "line 3: [[accounts]] \"demo\": `password`: it is not a text in quotation marks",
    );
    check_account(
        "password_hash = 'demo-pass'",
        "line 3: [[accounts]] \"demo\": `password_hash`: it is not an Argon2id hash such as \
         $argon2id$v=19$m=19456,t=2,p=1$…",
    );
    let both = "password = 'a'\npassword_hash = '$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$iWh06vD8Fy27wf9npn6FXW'";
    check_account(
        both,
        "line 1: [[accounts]] \"demo\": it has both `password` and `password_hash`",
    );
    let file = File::parse("[[accounts]]\nuser = 'demo'\npassword = 'demo-pass'\n", PathBuf::new());
    assert!(!format!("{file:?}").contains("demo-pass"));
}
