//! Every how-to and reference page, as printed: the `sh` blocks of a page are one script, run in an
//! empty folder with our programs in the path. Only the port is another, so that pages do not meet.
//! What a reference page shows under a block (`text`) is what the block prints.

use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::program::binary;

const PRINTED: &str = "127.0.0.1:8080";

/// What a script says that got there.
const END: &str = "and that is the end of the page";

#[test]
fn every_how_to_page_works_as_printed() {
    for page in pages("how-to") {
        let text = std::fs::read_to_string(&page).expect("text");
        let script = script(&text);
        if !script.is_empty() {
            run(&page, &script);
        }
    }
}

#[test]
fn every_reference_page_shows_what_is_printed() {
    for page in pages("reference") {
        let text = std::fs::read_to_string(&page).expect("text");
        run(&page, &compared(&text));
    }
}

/// The lines of the page's `sh` blocks; those with a `text` block under them have to print it.
fn compared(page: &str) -> String {
    let blocks = page.split("```sh\n").skip(1).map(|block| {
        let (commands, rest) = block.split_once("```").expect("a block has an end");
        let shown = rest
            .trim_start()
            .strip_prefix("```text\n")
            .map(|shown| shown.split_once("```").expect("a block has an end").0);
        match shown {
            Some(shown) => format!(
                "{{\n{commands}}} > .printed\ncat > .shown <<'{END}'\n{shown}{END}\n\
                 diff .shown .printed >&2\n"
            ),
            None => commands.to_owned(),
        }
    });
    blocks.collect()
}

/// The pages of a folder, in their order.
fn pages(folder: &str) -> Vec<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs").join(folder);
    let pages = std::fs::read_dir(folder).expect("there are pages");
    let mut pages: Vec<_> = pages.map(|entry| entry.expect("a page").path()).collect();
    pages.sort();
    pages
}

/// The lines of the page's `sh` blocks.
fn script(page: &str) -> String {
    let blocks = page.split("```sh\n").skip(1);
    blocks.map(|block| block.split("```").next().expect("a block has an end")).collect()
}

/// Runs a script in a process group of its own, so that what it leaves in the background ends with
/// it.
fn run(page: &Path, script: &str) {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let free = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr());
    let address = free.expect("a free port").to_string();
    let programs = binary("leaseline").parent().expect("a folder").display().to_string();
    let path = std::env::var("PATH").expect("there is a path");
    let script = script.replace(PRINTED, &address);
    let script = format!("trap 'kill 0' EXIT\n{script}\necho '{END}'");
    let output = Command::new("bash")
        .args(["-e", "-u", "-o", "pipefail", "-c", &script])
        .current_dir(folder.path())
        .env("PATH", format!("{programs}:{path}"))
        .env("LEASELINE_LISTEN", &address)
        .stdin(Stdio::null())
        .process_group(0)
        .output()
        .expect("there is a shell");
    let said = String::from_utf8_lossy(&output.stderr);
    let printed = String::from_utf8_lossy(&output.stdout);
    // `kill 0` ends the script's own shell too, so its status says nothing.
    assert!(printed.trim_end().ends_with(END), "{}:\n{printed}\n{said}", page.display());
}
