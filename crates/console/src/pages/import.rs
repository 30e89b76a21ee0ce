//! Importing numbers: looked at first, line by line; then all of them or none.

use leaseline_core::audit::AuditAction;
use leaseline_core::staff::Duty;
use leaseline_provision::{CheckedNumbers, Error, Fault, Imported, check_numbers};
use maud::{Markup, html};

use super::Answer;
use crate::PATH;
use crate::change::Change;
use crate::layout::{Field, Nav, alert, done, page as framed, post, refused_page};
use crate::sheet::{Cell, Column, Empty, Sheet};
use crate::shown::count;
use crate::trouble::Trouble;
use crate::visit::Visit;

const TITLE: &str = "Import numbers";

/// So many lines that are wrong are told of.
const MOST_FAULTS: usize = 200;

/// What was typed.
#[derive(Default)]
struct Typed<'a> {
    pool: &'a str,
    csv: &'a str,
    reason: &'a str,
}

/// What came of it.
enum Outcome {
    /// Lines that are wrong; nothing was written.
    Faults(Vec<Fault>, usize),
    /// Nothing is wrong with the lines, and nothing was written.
    Refused(String),
    /// What an import would do.
    Planned(Imported),
    /// What the import did.
    Done(Imported),
}

pub(crate) async fn page(visit: Visit) -> Answer {
    visit.needs(Duty::ImportNumbers)?;
    let typed = Typed { pool: visit.asked("pool").unwrap_or_default(), ..Typed::default() };
    let body = form(&visit, &typed).await?;
    Ok(framed(&visit, Nav::Numbers, TITLE, body))
}

async fn form(visit: &Visit, typed: &Typed<'_>) -> Result<Markup, Trouble> {
    let pools = visit.hub().pool_names().await?;
    Ok(html! {
        p.lead {
            "A CSV with the header " code { "number" } " or " code { "number,country,city" }
            ". All of it is imported, or nothing when a line is wrong."
        }
        (post(visit, &format!("{PATH}/numbers/import"), html! {
            div.field {
                label for="f-pool" { "Pool" }
                select #f-pool name="pool" {
                    @for (_, pool) in &pools {
                        option value=(pool) selected[pool == typed.pool] { (pool) }
                    }
                }
            }
            div.field {
                label for="f-csv" { "Numbers" }
                textarea #f-csv name="csv" rows="12" spellcheck="false" placeholder="number\n0388880000" { (typed.csv) }
                p.about { "Paste the file’s text. " span.file-slot data-file="f-csv" {} }
            }
            (Field::text("reason", "Reason", typed.reason).hint("For the audit log; not needed for a dry run").html())
            p.buttons {
                button.main name="do" value="dry-run" { "Dry run" }
                button name="do" value="import" { "Import" }
                button name="do" value="report" { "Wrong lines as CSV" }
            }
        }))
    })
}

pub(crate) async fn import(change: Change) -> Answer {
    let visit = &change.visit;
    visit.needs(Duty::ImportNumbers)?;
    let csv = change.form.get("csv").unwrap_or_default();
    let typed = Typed { pool: change.field("pool"), csv, reason: change.field("reason") };
    let outcome = outcome(visit, &typed, change.field("do") == "import").await?;
    if let (Outcome::Faults(faults, _), "report") = (&outcome, change.field("do")) {
        return Ok(fault_sheet(faults).csv());
    }
    let is_refused = matches!(outcome, Outcome::Faults(..) | Outcome::Refused(_));
    let kept = match outcome {
        Outcome::Done(_) => Typed { pool: typed.pool, ..Typed::default() },
        _ => typed,
    };
    let body = html! { (told(&outcome)) (form(visit, &kept).await?) };
    Ok(match is_refused {
        true => refused_page(visit, Nav::Numbers, TITLE, body),
        false => framed(visit, Nav::Numbers, TITLE, body),
    })
}

async fn outcome(visit: &Visit, typed: &Typed<'_>, for_real: bool) -> Result<Outcome, Trouble> {
    let Some(pool) = visit.hub().pool(typed.pool).await? else {
        return Ok(Outcome::Refused("There is no such pool.".into()));
    };
    let checked = check_numbers(typed.csv, &pool.terms.region.region());
    let elsewhere = checked.elsewhere(visit.hub(), &pool).await?;
    let sound = checked.count().saturating_sub(elsewhere.len());
    let mut faults = [checked.faults(), &elsewhere].concat();
    if !faults.is_empty() {
        faults.sort_by_key(|fault| fault.line);
        return Ok(Outcome::Faults(faults, sound));
    }
    if checked.count() == 0 {
        return Ok(Outcome::Refused("There is no number in it.".into()));
    }
    if for_real && typed.reason.is_empty() {
        return Ok(Outcome::Refused("Say why.".into()));
    }
    if !for_real {
        let planned = checked.plan(visit.hub(), &pool).await.map(Outcome::Planned);
        return planned.or_else(|error| not_carried_out(error, &checked));
    }
    let subject = format!("pool {}: {} numbers", pool.name, checked.count());
    visit.audit(AuditAction::ImportNumbers, &subject, typed.reason).await?;
    match checked.import(visit.hub(), &pool).await {
        Ok(imported) => Ok(Outcome::Done(imported)),
        Err(error) => {
            let outcome = not_carried_out(error, &checked)?;
            visit.audit_not_done(AuditAction::ImportNumbers, &subject, typed.reason).await?;
            Ok(outcome)
        }
    }
}

fn not_carried_out(error: Error, checked: &CheckedNumbers) -> Result<Outcome, Trouble> {
    match error {
        Error::Failed(failure) => Err(failure.into()),
        Error::Wrong(fault) => Ok(Outcome::Faults(vec![fault], checked.count().saturating_sub(1))),
        other => Ok(Outcome::Refused(format!("Not imported: {other}."))),
    }
}

fn told(outcome: &Outcome) -> Markup {
    match outcome {
        Outcome::Refused(why) => alert(why),
        Outcome::Planned(Imported { numbers, added }) => done(&format!(
            "Dry run: {} numbers, {} of them new. Nothing was written.",
            many(*numbers),
            many(*added)
        )),
        Outcome::Done(Imported { numbers, added }) => {
            done(&format!("Imported: {} numbers, {} of them new.", many(*numbers), many(*added)))
        }
        Outcome::Faults(faults, sound) => html! {
            (alert(&format!(
                "{} lines are wrong, {} are sound. Nothing was written: mend them and try again.",
                many(faults.len()), many(*sound)
            )))
            (fault_sheet(faults).answer())
        },
    }
}

fn fault_sheet(faults: &[Fault]) -> Sheet {
    let columns = vec![Column::Text("Line"), Column::Text("What is wrong")];
    let empty = Empty { what: "Nothing is wrong.", why: "", next: html! {} };
    let rows = faults.iter().take(MOST_FAULTS).map(|fault| {
        let line = i64::try_from(fault.line).unwrap_or(i64::MAX);
        let text = fault.to_string();
        let what = text.split_once(": ").map_or(text.as_str(), |(_, what)| what).to_owned();
        vec![Cell::number(line), Cell::text(what)]
    });
    Sheet::new("Lines that are wrong", columns, empty).rows(rows)
}

fn many(number: usize) -> String {
    count(u64::try_from(number).unwrap_or(u64::MAX))
}
