//! The audit log.

use leaseline_core::audit::AuditEntry;
use leaseline_core::ids::AuditId;
use leaseline_core::staff::Duty;
use maud::html;

use super::Answer;
use crate::layout::{Nav, page, pager};
use crate::sheet::{Cell, Column, Empty, Sheet, file};
use crate::visit::Visit;

pub(crate) async fn list(visit: Visit) -> Answer {
    visit.needs(Duty::ReadAudit)?;
    let before = visit.asked("before").and_then(|id| AuditId::new(id.parse().ok()?));
    let found = visit.hub().audit(before, visit.rows()).await?;
    let next = visit.last_of_many(&found).map(|entry| entry.id.to_string());
    let columns = vec![
        Column::Text("Time"),
        Column::Text("Who"),
        Column::Text("What"),
        Column::Text("To what"),
        Column::Text("Why"),
    ];
    let empty = Empty {
        what: "Nothing was done yet.",
        why: "Log-ins, changes and reveals stand here.",
        next: html! { "It fills by itself." },
    };
    let row = |AuditEntry { at, entry, .. }: &AuditEntry| {
        vec![
            Cell::at(*at),
            Cell::text(&entry.who),
            Cell::text(entry.action.name()),
            Cell::text(&entry.subject),
            Cell::text(&entry.reason),
        ]
    };
    let sheet = Sheet::new("Audit log", columns, empty).rows(found.iter().map(row));
    if let Some(file) = file(&visit, &[&sheet]) {
        return Ok(file);
    }
    let body = html! {
        p.lead { "Who did what here, when and why. What stands here is never changed and never deleted." }
        (sheet.table(&visit))
        (pager(&visit, "before", next))
    };
    Ok(page(&visit, Nav::Audit, "Audit log", body))
}
