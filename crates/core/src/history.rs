//! Who held a number, and when: the answer to a complaint.
//!
//! A number's leases are its turns: 1, 2, 3, …, each from an instant on and until another, and
//! none begins before the one before it is over.

use std::time::Duration;

use crate::customer::PersonName;
use crate::ids::{CustomerId, LeaseId};
use crate::lease::LeaseKind;
use crate::subscriber::Subscriber;
use crate::timestamp::Timestamp;

/// So near to a boundary the holders on both sides of it are named: clocks of switches and of
/// people are not better than that.
pub const BOUNDARY: Duration = Duration::from_secs(2);

/// A customer, as it is named in an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedCustomer {
    /// Its id.
    pub id: CustomerId,
    /// First name.
    pub first_name: PersonName,
    /// Last name.
    pub last_name: PersonName,
}

/// A turn of a number: a lease that held it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// The how-manieth of the number.
    pub turn: i64,
    /// The lease.
    pub lease: LeaseId,
    /// Single or group.
    pub kind: LeaseKind,
    /// Whose lease it is.
    pub customer: NamedCustomer,
    /// Whom the number led to; none once that was erased.
    pub user: Option<Subscriber>,
    /// The name of the API's user who asked for the lease; none for the operator.
    pub granted_by: Option<String>,
    /// Since when it held the number.
    pub from: Timestamp,
    /// At this instant it was to be over.
    pub expires_at: Timestamp,
    /// When it was given back, if it was.
    pub released_at: Option<Timestamp>,
}

/// A number that was set aside for a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reservation {
    /// For whom.
    pub customer: NamedCustomer,
    /// Since when.
    pub from: Timestamp,
    /// Until when, if it is over.
    pub until: Option<Timestamp>,
}

/// What is known of a number round an instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Around {
    /// Turns, the last one first: the one that began last at that instant or before, those just
    /// before it and those just after.
    pub turns: Vec<Turn>,
    /// The last reservation that began at that instant or before.
    pub reservation: Option<Reservation>,
    /// The number's last turn; 0 before the first.
    pub last_turn: i64,
    /// From when on the number is free after its last turn.
    pub free_from: Timestamp,
    /// How long numbers of its pool rest after a lease.
    pub quarantine: Duration,
}

/// Who held a number at an instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhoHeldIt {
    /// What the number was.
    pub then: Then,
    /// All who held it then or within [`BOUNDARY`] of it: the one who did first, then the nearest.
    pub holders: Vec<Turn>,
}

/// What a number was at an instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Then {
    /// A lease held it: that of the first holder.
    Held,
    /// It rested after a lease. Until when is exact for the last lease; for earlier ones it is
    /// reckoned with the quarantine that its pool has today.
    Resting {
        /// Until then.
        until: Timestamp,
    },
    /// It was set aside for a customer who did not lease it then.
    Reserved(Reservation),
    /// None of these.
    Nobody,
}

/// A stretch of a number's time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// What the number was.
    pub what: StretchOf,
    /// Since when.
    pub from: Timestamp,
    /// Until when; none for a reservation that goes on.
    pub until: Option<Timestamp>,
}

/// What a number was for a stretch of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StretchOf {
    /// A lease held it.
    Turn(Turn),
    /// It rested after a lease; reckoned as [`Then::Resting`] is.
    Rest,
    /// It was set aside, leased or not.
    Reservation(NamedCustomer),
}

impl Turn {
    /// At this instant it is over.
    pub fn until(&self) -> Timestamp {
        self.released_at.unwrap_or(self.expires_at)
    }

    fn holds(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.until()
    }

    /// How far away it is; zero within and at either end. Its ends are shown in whole seconds, and
    /// whoever asks goes by what is shown: it is as near as it is or as it seems.
    fn distance(&self, at: Timestamp) -> Duration {
        let to = |from: Timestamp, until: Timestamp| {
            let before = from.micros().saturating_sub(at.micros());
            let after = at.micros().saturating_sub(until.micros());
            Duration::from_micros(u64::try_from(before.max(after)).unwrap_or(0))
        };
        let shown = |end: Timestamp| Timestamp::from_seconds(end.seconds()).unwrap_or(end);
        let (from, until) = (self.from, self.until());
        to(from, until).min(to(shown(from), shown(until)))
    }
}

impl Reservation {
    fn holds(&self, at: Timestamp) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }
}

impl Around {
    /// Who held the number at the instant that this is round.
    pub fn who(self, at: Timestamp) -> WhoHeldIt {
        let then = self.then(at);
        let mut holders = self.turns;
        holders.retain(|turn| turn.distance(at) <= BOUNDARY);
        holders.sort_by_key(|turn| (!turn.holds(at), turn.distance(at)));
        WhoHeldIt { then, holders }
    }

    /// The turns, the rests between them and these reservations, the last one first; what begins at
    /// one instant in that order.
    pub fn stretches(&self, reservations: &[Reservation]) -> Vec<Stretch> {
        let turns = self.turns.iter().enumerate().flat_map(|(place, turn)| {
            let (from, until) = (turn.until(), self.rests_until(place));
            let held = StretchOf::Turn(turn.clone());
            let held = Stretch { what: held, from: turn.from, until: Some(from) };
            let rest = Stretch { what: StretchOf::Rest, from, until: Some(until) };
            [Some(held), Some(rest).filter(|_| from < until)]
        });
        let reserved = reservations.iter().map(|it| Stretch {
            what: StretchOf::Reservation(it.customer.clone()),
            from: it.from,
            until: it.until,
        });
        let mut stretches: Vec<_> = turns.flatten().chain(reserved).collect();
        stretches.sort_by_key(|stretch| std::cmp::Reverse(stretch.from));
        stretches
    }

    fn then(&self, at: Timestamp) -> Then {
        let begun = self.turns.iter().position(|turn| turn.from <= at);
        let rest = begun.map(|place| (&self.turns[place], self.rests_until(place)));
        match (rest, &self.reservation) {
            (Some((turn, _)), _) if turn.holds(at) => Then::Held,
            (Some((_, until)), _) if at < until => Then::Resting { until },
            (_, Some(reservation)) if reservation.holds(at) => Then::Reserved(reservation.clone()),
            _ => Then::Nobody,
        }
    }

    /// Until when the number rests after the turn at this place.
    fn rests_until(&self, place: usize) -> Timestamp {
        let turn = &self.turns[place];
        if turn.turn == self.last_turn {
            return self.free_from;
        }
        let rested = turn.until().saturating_add(self.quarantine);
        let next = place.checked_sub(1).and_then(|next| self.turns.get(next));
        next.map_or(rested, |next| rested.min(next.from))
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::phone::{E164, PhoneNumber};

    const SECOND: i64 = 1_000_000;

    fn at(micros: i64) -> Timestamp {
        Timestamp::from_micros(micros)
    }

    fn customer(id: i64) -> NamedCustomer {
        let name = |text| PersonName::parse(text).expect("a name");
        let id = CustomerId::new(id).expect("at least 1");
        NamedCustomer { id, first_name: name("Acme"), last_name: name("Rides") }
    }

    fn turn(turn: i64, from: i64, until: i64) -> Turn {
        let phone = PhoneNumber::from_parts("0", E164::from_integer(60_195_730_424).expect("one"));
        Turn {
            turn,
            lease: LeaseId::new(Uuid::from_u128(u128::from(turn.unsigned_abs()))),
            kind: LeaseKind::Single,
            customer: customer(turn),
            user: Subscriber::new(phone, None, None).ok(),
            granted_by: None,
            from: at(from),
            expires_at: at(i64::MAX),
            released_at: Some(at(until)),
        }
    }

    /// Two turns, 10 s to 20 s and 30 s to 40 s, and a rest of 5 s; reserved from 25 s to 60 s.
    fn around() -> Around {
        Around {
            turns: vec![turn(2, 30 * SECOND, 40 * SECOND), turn(1, 10 * SECOND, 20 * SECOND)],
            reservation: Some(Reservation {
                customer: customer(8),
                from: at(25 * SECOND),
                until: Some(at(60 * SECOND)),
            }),
            last_turn: 2,
            free_from: at(45 * SECOND),
            quarantine: Duration::from_secs(5),
        }
    }

    fn check(instant: i64, then: Then, holders: &[i64]) {
        let who = around().who(at(instant));
        let turns: Vec<_> = who.holders.iter().map(|turn| turn.turn).collect();
        assert_eq!((who.then, turns.as_slice()), (then, holders), "at {instant}");
    }

    #[test]
    fn each_instant_has_one_answer_and_boundaries_name_both_sides() {
        let reserved = || Then::Reserved(around().reservation.expect("it is reserved"));
        check(0, Then::Nobody, &[]);
        check(8 * SECOND - 1, Then::Nobody, &[]);
        check(8 * SECOND, Then::Nobody, &[1]);
        check(10 * SECOND - 1, Then::Nobody, &[1]);
        check(10 * SECOND, Then::Held, &[1]);
        check(20 * SECOND - 1, Then::Held, &[1]);
        check(20 * SECOND, Then::Resting { until: at(25 * SECOND) }, &[1]);
        check(22 * SECOND + 1, Then::Resting { until: at(25 * SECOND) }, &[]);
        check(25 * SECOND, reserved(), &[]);
        check(29 * SECOND, reserved(), &[2]);
        check(30 * SECOND, Then::Held, &[2]);
        check(45 * SECOND - 1, Then::Resting { until: at(45 * SECOND) }, &[]);
        check(45 * SECOND, reserved(), &[]);
        check(60 * SECOND, Then::Nobody, &[]);
    }

    #[test]
    fn a_rest_ends_when_the_next_turn_begins() {
        let mut around = around();
        around.quarantine = Duration::from_secs(3_600);
        let who = around.who(at(20 * SECOND));
        assert_eq!(who.then, Then::Resting { until: at(30 * SECOND) });
    }

    #[test]
    fn the_one_who_held_it_comes_before_a_nearer_one() {
        let mut around = around();
        around.turns[1] = turn(1, 10 * SECOND, 30 * SECOND);
        let turns = |around: Around, instant| -> Vec<i64> {
            around.who(at(instant)).holders.iter().map(|turn| turn.turn).collect()
        };
        assert_eq!(turns(around.clone(), 30 * SECOND), [2, 1]);
        assert_eq!(turns(around.clone(), 30 * SECOND - 1), [1, 2]);
        assert_eq!(turns(around, 32 * SECOND), [2, 1]);
    }

    #[test]
    fn a_turn_that_ended_when_it_began_held_nothing() {
        let mut around = around();
        around.turns[1] = turn(1, 30 * SECOND, 30 * SECOND);
        let who = around.who(at(30 * SECOND));
        assert_eq!(who.then, Then::Held);
        assert_eq!(who.holders[0].turn, 2);
    }

    #[test]
    fn the_time_of_a_number_is_told_in_stretches() {
        let around = around();
        let reservations: Vec<_> = around.reservation.iter().cloned().collect();
        let told = around.stretches(&reservations).into_iter().map(|stretch| {
            let what = match stretch.what {
                StretchOf::Turn(turn) => format!("turn {}", turn.turn),
                StretchOf::Rest => "rest".to_owned(),
                StretchOf::Reservation(customer) => format!("for {}", customer.id),
            };
            let second = |at: Timestamp| at.micros() / SECOND;
            (what, second(stretch.from), stretch.until.map(second))
        });
        let expected = [
            ("rest", 40, Some(45)),
            ("turn 2", 30, Some(40)),
            ("for 8", 25, Some(60)),
            ("rest", 20, Some(25)),
            ("turn 1", 10, Some(20)),
        ];
        let expected = expected.map(|(what, from, until)| (what.to_owned(), from, until));
        assert_eq!(told.collect::<Vec<_>>(), expected);
    }
}
