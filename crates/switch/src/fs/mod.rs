//! FreeSWITCH's own formats: `mod_xml_curl` asks for a dialplan, `mod_json_cdr` posts what became
//! of calls.

mod cdr;
mod dialplan;

pub use cdr::{NotACall, call_in_file};
pub(crate) use cdr::{document, record};
pub(crate) use dialplan::{CONTEXT, question, undecided, xml};
