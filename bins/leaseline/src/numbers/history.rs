//! `numbers history`, and turns and reservations as answers show them.

use std::fmt;

use leaseline_core::history::{NamedCustomer, Reservation, Turn};
use leaseline_core::lease::LeaseKind;
use leaseline_core::phone::PhoneNumber;
use leaseline_hub::Hub;
use leaseline_service::{Problem, rfc3339};
use serde::Serialize;

use super::list::Line;
use crate::ask::{Page, not_done, not_ours};
use crate::table::{Table, cell};

pub(super) async fn history(
    hub: &Hub,
    number: &PhoneNumber,
    before: Option<i64>,
    page: Page,
) -> Result<History, Problem> {
    let what = || format!("show the history of {}", number.sent());
    let found = hub.number_history(number.e164(), before, page.limit).await;
    let found = found.map_err(|failure| not_done(what(), failure))?;
    let found = found.ok_or_else(|| not_ours(what()))?;
    Ok(History {
        number: Line::from(&found.number),
        turns: found.turns.iter().map(ShownTurn::from).collect(),
        next_before: found.next,
        reservations: found.reservations.iter().map(ShownReservation::from).collect(),
    })
}

#[derive(Serialize)]
pub(super) struct History {
    number: Line,
    turns: Vec<ShownTurn>,
    next_before: Option<i64>,
    reservations: Vec<ShownReservation>,
}

/// A customer by its id and name.
#[derive(Serialize)]
pub(super) struct ShownCustomer {
    id: i64,
    name: String,
}

/// A lease that held the number.
#[derive(Serialize)]
pub(super) struct ShownTurn {
    turn: i64,
    lease: String,
    kind: &'static str,
    customer: ShownCustomer,
    /// None once it was erased.
    phone: Option<String>,
    granted_by: Option<String>,
    from: String,
    until: String,
    expires: String,
    released: Option<String>,
}

/// When it was in whose reserve.
#[derive(Serialize)]
pub(super) struct ShownReservation {
    customer: ShownCustomer,
    from: String,
    until: Option<String>,
}

impl From<&NamedCustomer> for ShownCustomer {
    fn from(customer: &NamedCustomer) -> Self {
        let name = format!("{} {}", customer.first_name.as_str(), customer.last_name.as_str());
        Self { id: customer.id.get(), name }
    }
}

impl From<&Turn> for ShownTurn {
    fn from(turn: &Turn) -> Self {
        Self {
            turn: turn.turn,
            lease: turn.lease.to_string(),
            kind: kind(turn.kind),
            customer: ShownCustomer::from(&turn.customer),
            phone: turn.user.as_ref().map(|user| user.phone().sent().to_owned()),
            granted_by: turn.granted_by.clone(),
            from: rfc3339::format(turn.from),
            until: rfc3339::format(turn.until()),
            expires: rfc3339::format(turn.expires_at),
            released: turn.released_at.map(rfc3339::format),
        }
    }
}

impl From<&Reservation> for ShownReservation {
    fn from(reservation: &Reservation) -> Self {
        Self {
            customer: ShownCustomer::from(&reservation.customer),
            from: rfc3339::format(reservation.from),
            until: reservation.until.map(rfc3339::format),
        }
    }
}

impl ShownReservation {
    pub(super) const fn customer(&self) -> &ShownCustomer {
        &self.customer
    }
}

/// A kind of lease in a word.
pub(crate) const fn kind(kind: LeaseKind) -> &'static str {
    match kind {
        LeaseKind::Single => "single",
        LeaseKind::Group => "group",
    }
}

impl fmt::Display for ShownCustomer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.id, self.name)
    }
}

impl ShownTurn {
    /// The sentence of a complaint's answer.
    pub(super) fn sentence(&self) -> String {
        let end = if self.released.is_some() { "given back" } else { "expiry" };
        let asked = match &self.granted_by {
            Some(user) => format!("asked for by {user}"),
            None => "asked for by the operator".into(),
        };
        let phone = self.phone.as_deref().unwrap_or("a phone that was erased");
        let Self { customer, kind, lease, from, until, .. } = self;
        format!(
            "customer {customer} from {from} until {until} ({end}), for {phone}, {kind} lease \
             {lease}, {asked}"
        )
    }

    fn cells(&self) -> [String; 8] {
        [
            self.turn.to_string(),
            self.from.clone(),
            self.until.clone(),
            if self.released.is_some() { "released" } else { "expires" }.into(),
            self.customer.to_string(),
            cell(self.phone.as_ref()),
            cell(self.granted_by.as_ref()),
            self.lease.clone(),
        ]
    }
}

impl fmt::Display for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.number.fmt(f)?;
        let headings = ["TURN", "FROM", "UNTIL", "END", "CUSTOMER", "PHONE", "BY", "LEASE"];
        Table::new(headings).rows(self.turns.iter().map(ShownTurn::cells)).fmt(f)?;
        if let Some(turn) = self.next_before {
            writeln!(f, "there are earlier ones: --before {turn}")?;
        }
        let cells = |reservation: &ShownReservation| {
            let ShownReservation { customer, from, until } = reservation;
            [from.clone(), cell(until.as_ref()), customer.to_string()]
        };
        let reserved = self.reservations.iter().map(cells);
        Table::new(["RESERVED FROM", "UNTIL", "FOR CUSTOMER"]).rows(reserved).fmt(f)
    }
}
