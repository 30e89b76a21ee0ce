//! FreeSWITCH's own formats: `mod_xml_curl` asks for a dialplan, `mod_json_cdr` posts what became
//! of calls.

mod cdr;
mod dialplan;

use leaseline_core::record::PartyText;

pub use cdr::{NotACall, call_in_file};
pub(crate) use cdr::{document, record};
pub(crate) use dialplan::{CONTEXT, question, undecided, xml};

/// Who calls, if that can be told of what stands there; nobody for the words that stand there for an
/// anonymous caller. Callers have a say in it.
fn caller(said: &str) -> Option<&str> {
    let is_nobody = ["anonymous", "unknown", "restricted", "unavailable"];
    if is_nobody.contains(&said.to_ascii_lowercase().as_str()) {
        return Some("");
    }
    PartyText::parse(said).map(|_| said)
}
