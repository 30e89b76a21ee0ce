//! `numbers list`.

use std::fmt;

use leaseline_core::ids::NumberId;
use leaseline_core::lease::LeaseKind;
use leaseline_hub::Hub;
use leaseline_hub::operator::{ListState, NumberFilter, NumberLine, NumberState, PoolStock};
use leaseline_service::{Problem, rfc3339};
use serde::Serialize;

use crate::ask::{Page, not_done};
use crate::table::{Table, cell};

/// What to list.
pub(super) struct Wanted {
    pub(super) pool: Option<String>,
    pub(super) state: Option<ListState>,
    pub(super) after: Option<NumberId>,
    pub(super) page: Page,
}

pub(super) async fn list(hub: &Hub, wanted: Wanted) -> Result<Numbers, Problem> {
    let failed = |failure| not_done("list the numbers", failure);
    let pool = match wanted.pool {
        None => None,
        Some(name) => {
            let unknown = || {
                let hint = "the names there are: leaseline numbers list --count";
                Problem::new(format!("list the numbers of {name:?}"), "there is no such pool", hint)
            };
            Some(hub.pool_named(&name).await.map_err(failed)?.ok_or_else(unknown)?)
        }
    };
    let mut filter = NumberFilter { pool, state: wanted.state, after: wanted.after };
    let (mut numbers, mut left) = (Vec::new(), wanted.page.limit);
    // Each page looks through so many and no more: however many lie between, all that fit are found.
    while left > 0 {
        let found = hub.numbers(filter, left).await.map_err(failed)?;
        left = left.saturating_sub(u32::try_from(found.lines.len()).unwrap_or(u32::MAX));
        numbers.extend(found.lines.iter().map(Line::from));
        match found.next {
            Some(next) => filter.after = Some(next),
            None => break,
        }
    }
    Ok(Numbers { numbers })
}

pub(super) async fn count(hub: &Hub) -> Result<Stock, Problem> {
    let stock = hub.stock().await;
    let stock = stock.map_err(|failure| not_done("count the numbers", failure))?;
    Ok(Stock { pools: stock.iter().map(Counts::from).collect() })
}

#[derive(Serialize)]
pub(super) struct Numbers {
    numbers: Vec<Line>,
}

/// A number as it is now.
#[derive(Serialize)]
pub(super) struct Line {
    id: i64,
    number: String,
    e164: String,
    pool: String,
    state: &'static str,
    blocked: bool,
    reserved_for: Option<i64>,
    lease: Option<String>,
    leased: i64,
    free_from: Option<String>,
}

impl From<&NumberLine> for Line {
    fn from(line: &NumberLine) -> Self {
        // What a number has there that never was leased says nothing to anybody.
        let free_from = (line.turn > 0).then(|| rfc3339::format(line.free_from));
        Self {
            id: line.id.get(),
            number: line.number.sent().to_owned(),
            e164: line.number.e164().to_string(),
            pool: line.pool.clone(),
            state: state(line),
            blocked: line.is_blocked,
            reserved_for: line.reserved_for.map(|customer| customer.get()),
            lease: line.lease.map(|lease| lease.to_string()),
            leased: line.turn,
            free_from,
        }
    }
}

/// One word. What is on no shelf without being blocked is being imported.
fn state(line: &NumberLine) -> &'static str {
    match line.state {
        NumberState::Free => "free",
        NumberState::Leased(LeaseKind::Single | LeaseKind::Group) => "leased",
        NumberState::Subscribed => "subscribed",
        NumberState::Resting => "resting",
        NumberState::Reserved => "reserved",
        NumberState::Blocked if line.is_blocked => "blocked",
        NumberState::Blocked => "importing",
    }
}

impl fmt::Display for Numbers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headings =
            ["ID", "NUMBER", "POOL", "STATE", "BLOCKED", "RESERVED FOR", "LEASE", "FREE FROM"];
        Table::new(headings).rows(self.numbers.iter().map(Line::cells)).fmt(f)
    }
}

impl Line {
    fn cells(&self) -> [String; 8] {
        [
            self.id.to_string(),
            self.number.clone(),
            self.pool.clone(),
            self.state.to_owned(),
            if self.blocked { "yes" } else { "no" }.into(),
            cell(self.reserved_for),
            cell(self.lease.as_ref()),
            cell(self.free_from.as_ref()),
        ]
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (pool {}): {}", self.number, self.pool, self.state)?;
        if self.blocked && self.state != "blocked" {
            write!(f, ", blocked")?;
        }
        match self.reserved_for {
            Some(customer) => writeln!(f, ", reserved for customer {customer}"),
            None => writeln!(f),
        }
    }
}

#[derive(Serialize)]
pub(super) struct Stock {
    pools: Vec<Counts>,
}

#[derive(Serialize)]
struct Counts {
    pool: String,
    free: u64,
    reserved: u64,
    leased: u64,
    subscribed: u64,
    resting: u64,
    blocked: u64,
    total: u64,
}

impl From<&PoolStock> for Counts {
    fn from(stock: &PoolStock) -> Self {
        let of = |state| stock.states.get(&state).copied().unwrap_or(0);
        let leased = |kind| of(NumberState::Leased(kind));
        Self {
            pool: stock.pool.clone(),
            free: of(NumberState::Free),
            reserved: of(NumberState::Reserved),
            leased: leased(LeaseKind::Single) + leased(LeaseKind::Group),
            subscribed: of(NumberState::Subscribed),
            resting: of(NumberState::Resting),
            blocked: of(NumberState::Blocked),
            total: stock.states.values().sum(),
        }
    }
}

impl fmt::Display for Stock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headings =
            ["POOL", "FREE", "RESERVED", "LEASED", "SUBSCRIBED", "RESTING", "BLOCKED", "TOTAL"];
        let cells = |counts: &Counts| {
            let Counts { pool, free, reserved, leased, subscribed, resting, blocked, total } =
                counts;
            let [free, reserved, leased] = [free, reserved, leased].map(u64::to_string);
            let [subscribed, resting] = [subscribed, resting].map(u64::to_string);
            let [blocked, total] = [blocked, total].map(u64::to_string);
            [pool.clone(), free, reserved, leased, subscribed, resting, blocked, total]
        };
        Table::new(headings).rows(self.pools.iter().map(cells)).fmt(f)
    }
}
