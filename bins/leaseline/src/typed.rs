//! Secrets that an operator types: on the command line everybody could read them.

use std::io::{self, BufRead, Read};

use leaseline_service::Problem;

/// Most bytes of a secret.
const LONGEST: u64 = 1_024;

/// A line of standard input, without its end: `what` it is, and the `command` that wants it.
pub(crate) fn secret_line(what: &str, command: &str) -> Result<String, Problem> {
    let hint = format!("write it as a line to standard input, such as: {command} < FILE");
    let doing = format!("read the {what}");
    let mut line = String::new();
    let read = io::stdin().lock().take(LONGEST + 2).read_line(&mut line);
    read.map_err(|error| Problem::new(&*doing, error, &*hint))?;
    let secret = line.trim_end_matches(['\n', '\r']);
    let length = u64::try_from(secret.len()).unwrap_or(u64::MAX);
    if secret.is_empty() || length > LONGEST {
        return Err(Problem::new(doing, format!("it is not 1 to {LONGEST} bytes long"), hint));
    }
    Ok(secret.to_owned())
}
