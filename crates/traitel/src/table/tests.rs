use std::process::{Command, Output};

use proptest::prelude::*;

use super::*;

fn row(cells: &[&str]) -> String {
    cells.iter().fold(Row::default(), |row, cell| row.cell(cell)).end()
}

#[test]
fn only_what_needs_quotes_has_them() {
    let check = |cells: &[&str], expected| assert_eq!(row(cells), expected, "{cells:?}");
    check(&["1", "Ada", "Lim"], "1,Ada,Lim\n");
    check(&["", "", ""], ",,\n");
    check(&["a,b", "c\"d", "e\nf", "g\rh"], "\"a,b\",\"c\"\"d\",\"e\nf\",\"g\rh\"\n");
    check(&[" a", "b ", " "], "\" a\",\"b \",\" \"\n");
    check(&["a b", "=x", "é"], "a b,=x,é\n");
}

#[test]
fn a_message_is_one_line() {
    let check = |text, expected| assert_eq!(without_line_breaks(text), expected);
    check("a\nb\rc\r\nd", "a\\nb\\nc\\nd");
    check("a\\nb", "a\\nb");
    check("\n\r", "\\n\\n");
}

proptest! {
    #[test]
    fn a_reader_of_csv_sees_the_same_cells(
        cells in prop::collection::vec("[ -~\r\n\té]{0,8}", 2..6)
    ) {
        let line = row(&cells.iter().map(String::as_str).collect::<Vec<_>>());
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(line.as_bytes());
        let read: Vec<csv::StringRecord> = reader.records().map(|row| row.unwrap()).collect();
        prop_assert_eq!(read.len(), 1);
        prop_assert_eq!(read[0].iter().collect::<Vec<_>>(), cells);
    }
}

/// Writes each row it reads as its cells in hexadecimal.
const PYTHON: &str = "
import csv, sys
with open(sys.argv[1], newline='', encoding='utf-8') as lines:
    for row in csv.reader(lines):
        print(' '.join(cell.encode().hex() or '-' for cell in row))
";

/// Cells that readers of CSV trip over.
const HARD: [&str; 10] =
    ["", "plain", "a,b", "say \"hi\"", "\"", "two\nlines", "cr\rcr\n", " blank ", "=1+1", "Zoë 😀"];

#[test]
fn other_readers_see_the_same_cells() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rows.csv");
    let rows = HARD.iter().flat_map(|one| HARD.map(|other| [*one, other, "end"]));
    let rows: Vec<_> = rows.collect();
    let lines: String = rows.iter().map(|cells| row(cells)).collect();
    std::fs::write(&file, lines).unwrap();
    let hex = |cell: &str| match cell.bytes().map(|byte| format!("{byte:02x}")).collect::<String>()
    {
        empty if empty.is_empty() => "-".to_owned(),
        hex => hex,
    };
    let expected: String = rows.iter().map(|cells| cells.map(hex).join(" ") + "\n").collect();
    let file = file.to_str().unwrap();
    if let Some(read) = run("python3", &["-c", PYTHON, file]) {
        assert_eq!(read, expected);
    }
    let import = format!(".import --csv {file} rows");
    let cells = ["a", "b", "c"]
        .map(|column| format!("CASE {column} WHEN '' THEN '-' ELSE lower(hex({column})) END"));
    let select = format!("SELECT {} FROM rows ORDER BY rowid", cells.join(" || ' ' || "));
    let commands = [":memory:", "CREATE TABLE rows (a, b, c)", &import, &select];
    if let Some(read) = run("sqlite3", &commands) {
        assert_eq!(read, expected);
    }
}

/// What a program prints; none where it is not installed, which it is wherever it counts.
fn run(program: &str, arguments: &[&str]) -> Option<String> {
    let Ok(Output { status, stdout, .. }) = Command::new(program).args(arguments).output() else {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "CI=true, but no {program}");
        eprintln!("there is no {program}: its reading WAS NOT COMPARED");
        return None;
    };
    assert!(status.success(), "{program}");
    Some(String::from_utf8(stdout).unwrap())
}
