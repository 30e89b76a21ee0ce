//! Whether what the database holds fits together: each invariant is one question over whole
//! tables, and its answer is what breaks it. Little is assumed of the rows, and nothing is
//! repaired.

use std::fmt;

use diesel::sql_types::{BigInt, Binary};
use uuid::Uuid;

use crate::error::StoreError;
use crate::statement::Statement;
use crate::transaction::Tx;

/// So many things that break one invariant are told.
const MOST_TOLD: i64 = 100;

/// Something that holds after every commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Invariant {
    /// A ledger's entries are numbered 1, 2, 3, … up to the one it names as its last.
    EntriesWithoutGaps,
    /// Each entry's balance is the balance before it plus its amount. Where this and the next one
    /// hold, a balance is the sum of its entries.
    RunningBalance,
    /// A ledger's balance is that of its last entry; zero before the first.
    Balance,
    /// A number's turns are 1, 2, 3, … up to the one it names as its last.
    TurnsWithoutGaps,
    /// A turn of a number begins only when the lease of the turn before it is over.
    OneHolder,
    /// A number names the lease of its last turn; none before the first.
    LastHolder,
    /// A number is not free before its last lease is over.
    TakenWhileLeased,
    /// A number is on the shelf of the customer that it is reserved for, else on the general one; on
    /// none, if it is blocked or not for leases.
    RightShelf,
    /// A single lease has one member, a group lease two.
    WholeParty,
    /// There are the customer that a lease belongs to and the user who asked for it.
    LeaseOfSomebody,
    /// There are the lease and the number of each member.
    MemberOfLease,
    /// A customer has terms for both kinds of lease.
    BothTerms,
    /// It is known since when a suspended customer is.
    DatedSuspension,
    /// There is the rate deck that an account names.
    KnownRateDeck,
    /// An e-mail address belongs to whoever shows it, and to nobody else.
    EmailOfSomebody,
    /// A number that is subscribed to is one for subscriptions, names the account that has it, and
    /// the account has all of its services; one that nobody has names none.
    OneSubscriber,
    /// What a subscription is assigned to is there, of the same account and for calls that come in.
    AssignedToSomething,
    /// A subscription's months are numbered 0, 1, 2, … up to the number it names.
    MonthsWithoutGaps,
    /// A month of a subscription is booked as what it cost, in the ledger of a customer.
    MonthBooked,
    /// A record's charge is booked once, as what it cost, in the ledger of its customer or card.
    RecordBooked,
    /// A record says what happened.
    RecordReported,
    /// What is set aside on a ledger is what is set aside for its open calls, and there are as many
    /// of those as it says.
    HoldsOfCalls,
    /// A call that is waited for is paid from a ledger that there is.
    CallOfSomebody,
    /// A card's ledger is there, and is nobody else's.
    CardLedger,
    /// No two cards have the same number, and no two of a group the same PIN.
    CardAlone,
    /// A card's group is there, and its number and PIN are as long as that says.
    CardOfGroup,
    /// At most one in five PINs of a group's length is in use.
    SparsePins,
    /// A group has a price in a currency that there is.
    CardCurrency,
}

/// An invariant that does not hold, and for what. Displays as a line for people.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Broken {
    /// What should hold.
    pub invariant: Invariant,
    /// For what it does not, such as `ledger 7` or `number 60388880000`.
    pub subject: String,
}

/// What is broken, of each invariant the first hundred places. To be asked at one instant
/// ([`Session::read_at_one_instant`](crate::Session::read_at_one_instant)), as two statements see
/// two states while others write.
pub fn broken(tx: &mut Tx<'_>) -> Result<Vec<Broken>, StoreError> {
    let mut broken = Vec::new();
    for (invariant, question) in QUESTIONS {
        let subjects = question.ask(tx)?.into_iter();
        broken.extend(subjects.map(|subject| Broken { invariant: *invariant, subject }));
    }
    Ok(broken)
}

/// A question for the ids of what breaks an invariant, in their order.
enum Question {
    Ledgers(&'static str),
    Customers(&'static str),
    Accounts(&'static str),
    Subscriptions(&'static str),
    /// By their digits: nobody knows a number by its id.
    Numbers(&'static str),
    Leases(&'static str),
    Calls(&'static str),
    Cards(&'static str),
    CardGroups(&'static str),
    Records(&'static str),
}

impl Question {
    #[cfg(test)]
    const fn text(&self) -> &'static str {
        match self {
            Self::Ledgers(text)
            | Self::Customers(text)
            | Self::Accounts(text)
            | Self::Subscriptions(text)
            | Self::Numbers(text)
            | Self::Leases(text)
            | Self::Calls(text)
            | Self::Cards(text)
            | Self::CardGroups(text)
            | Self::Records(text) => text,
        }
    }

    fn ask(&self, tx: &mut Tx<'_>) -> Result<Vec<String>, StoreError> {
        match self {
            Self::Ledgers(text) => integers(tx, "ledger", text),
            Self::Customers(text) => integers(tx, "customer", text),
            Self::Accounts(text) => integers(tx, "account", text),
            Self::Subscriptions(text) => integers(tx, "subscription", text),
            Self::Records(text) => integers(tx, "record", text),
            Self::Numbers(text) => integers(tx, "number", text),
            Self::Leases(text) => references(tx, "lease", text),
            Self::Calls(text) => references(tx, "call", text),
            Self::Cards(text) => integers(tx, "card", text),
            Self::CardGroups(text) => integers(tx, "card group", text),
        }
    }
}

fn integers(tx: &mut Tx<'_>, noun: &str, text: &'static str) -> Result<Vec<String>, StoreError> {
    let asked = Statement::<BigInt>::new(text).integer(MOST_TOLD);
    let ids: Vec<i64> = asked.load(tx.connection)?;
    Ok(ids.iter().map(|id| format!("{noun} {id}")).collect())
}

fn references(tx: &mut Tx<'_>, noun: &str, text: &'static str) -> Result<Vec<String>, StoreError> {
    let asked = Statement::<Binary>::new(text).integer(MOST_TOLD);
    let ids: Vec<Vec<u8>> = asked.load(tx.connection)?;
    Ok(ids.iter().map(|id| reference(noun, id)).collect())
}

fn reference(noun: &str, id: &[u8]) -> String {
    match Uuid::from_slice(id) {
        Ok(uuid) => format!("{noun} {}", uuid.as_hyphenated()),
        Err(_) => format!("{noun} {id:02x?}"),
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.subject, self.invariant.breach())
    }
}

impl Invariant {
    /// What is so where it does not hold.
    const fn breach(self) -> &'static str {
        match self {
            Self::EntriesWithoutGaps => "its entries are not numbered from 1 to its last",
            Self::RunningBalance => "an entry's balance is not the one before it plus its amount",
            Self::Balance => "its balance is not that of its last entry",
            Self::TurnsWithoutGaps => "its leases are not numbered from 1 to its last turn",
            Self::OneHolder => "a lease of it began before the one before was over",
            Self::LastHolder => "it does not name the lease of its last turn",
            Self::TakenWhileLeased => "it is free before its last lease is over",
            Self::RightShelf => "it is not on the shelf where it belongs",
            Self::WholeParty => "it has not as many members as its kind asks for",
            Self::LeaseOfSomebody => "its customer or the user who asked for it is missing",
            Self::MemberOfLease => "the lease itself or a number of it is missing",
            Self::BothTerms => "it lacks the terms for single or for group leases",
            Self::DatedSuspension => "it is suspended, but nobody knows since when",
            Self::KnownRateDeck => "its rate deck is missing",
            Self::EmailOfSomebody => "an e-mail address of it is not kept as its own",
            Self::OneSubscriber => "it does not belong to the one account that subscribes to it",
            Self::AssignedToSomething => "what it is assigned to is not there",
            Self::MonthsWithoutGaps => "its months are not numbered from 0 to its last",
            Self::MonthBooked => "a month of it is not booked as what it cost",
            Self::RecordBooked => "its charge is not booked as what it cost",
            Self::RecordReported => "what happened is missing",
            Self::HoldsOfCalls => "what is set aside is not what its open calls need",
            Self::CallOfSomebody => "nobody pays for it",
            Self::CardLedger => "its ledger is missing, or somebody else's too",
            Self::CardAlone => "another card has its number, or its PIN in its group",
            Self::CardOfGroup => "its number or its PIN has not the length that its group says",
            Self::SparsePins => "it has more cards than a fifth of its PINs",
            Self::CardCurrency => "there is no such currency",
        }
    }
}

const QUESTIONS: &[(Invariant, Question)] = &[
    (Invariant::EntriesWithoutGaps, Question::Ledgers(ENTRIES_WITH_GAPS)),
    (Invariant::RunningBalance, Question::Ledgers(WRONG_RUNNING_BALANCE)),
    (Invariant::Balance, Question::Ledgers(WRONG_BALANCE)),
    (Invariant::TurnsWithoutGaps, Question::Numbers(TURNS_WITH_GAPS)),
    (Invariant::OneHolder, Question::Numbers(TWO_HOLDERS)),
    (Invariant::LastHolder, Question::Numbers(WRONG_LAST_HOLDER)),
    (Invariant::TakenWhileLeased, Question::Numbers(FREE_WHILE_LEASED)),
    (Invariant::RightShelf, Question::Numbers(WRONG_SHELF)),
    (Invariant::WholeParty, Question::Leases(TORN_PARTY)),
    (Invariant::LeaseOfSomebody, Question::Leases(LEASE_OF_NOBODY)),
    (Invariant::MemberOfLease, Question::Leases(MEMBER_OF_NOTHING)),
    (Invariant::BothTerms, Question::Customers(MISSING_TERMS)),
    (Invariant::DatedSuspension, Question::Customers(UNDATED_SUSPENSION)),
    (Invariant::KnownRateDeck, Question::Accounts(UNKNOWN_RATE_DECK)),
    (Invariant::EmailOfSomebody, Question::Accounts(WRONG_EMAIL)),
    (Invariant::OneSubscriber, Question::Numbers(WRONG_SUBSCRIBER)),
    (Invariant::AssignedToSomething, Question::Subscriptions(ASSIGNED_TO_NOTHING)),
    (Invariant::MonthsWithoutGaps, Question::Subscriptions(MONTHS_WITH_GAPS)),
    (Invariant::MonthBooked, Question::Subscriptions(MONTH_NOT_BOOKED)),
    (Invariant::RecordBooked, Question::Records(RECORD_NOT_BOOKED)),
    (Invariant::RecordReported, Question::Records(RECORD_WITHOUT_REPORT)),
    (Invariant::HoldsOfCalls, Question::Ledgers(LEDGER_WITH_OTHER_HOLDS)),
    (Invariant::CallOfSomebody, Question::Calls(CALL_OF_NOBODY)),
    (Invariant::CardLedger, Question::Cards(CARD_WITHOUT_LEDGER)),
    (Invariant::CardAlone, Question::Cards(CARD_TWICE)),
    (Invariant::CardOfGroup, Question::Cards(CARD_OF_ANOTHER_SIZE)),
    (Invariant::SparsePins, Question::CardGroups(CROWDED_PINS)),
    (Invariant::CardCurrency, Question::CardGroups(UNKNOWN_CURRENCY)),
];

// Ledger by ledger, along the entries' index, and so wherever a whole is compared with its parts:
// SQLite would walk a table of all sums for each one.
const ENTRIES_WITH_GAPS: &str = "
    SELECT l.id FROM ledgers l
    WHERE l.last_seq <> (SELECT count(*) FROM ledger_entries e WHERE e.ledger_id = l.id)
       OR l.last_seq <> COALESCE((SELECT max(e.seq) FROM ledger_entries e
                                  WHERE e.ledger_id = l.id), 0)
    ORDER BY l.id LIMIT {}";

// NUMERIC, as a damaged sum may not fit: PostgreSQL would give up the whole check. An entry
// after a gap has no balance before it; the gap itself is told by another question.
const WRONG_RUNNING_BALANCE: &str = "
    SELECT DISTINCT e.ledger_id FROM ledger_entries e
    LEFT JOIN ledger_entries b ON b.ledger_id = e.ledger_id AND b.seq = e.seq - 1
    WHERE (b.seq IS NOT NULL OR e.seq = 1)
      AND e.balance_after <> CAST(COALESCE(b.balance_after, 0) AS NUMERIC) + e.amount
    ORDER BY e.ledger_id LIMIT {}";

const WRONG_BALANCE: &str = "
    SELECT l.id FROM ledgers l
    LEFT JOIN ledger_entries e ON e.ledger_id = l.id AND e.seq = l.last_seq
    WHERE l.balance <> COALESCE(e.balance_after, 0)
    ORDER BY l.id LIMIT {}";

const TURNS_WITH_GAPS: &str = "
    SELECT n.e164 FROM numbers n
    WHERE n.turn <> (SELECT count(*) FROM lease_members m WHERE m.number_id = n.id)
       OR n.turn <> COALESCE((SELECT max(m.turn) FROM lease_members m
                              WHERE m.number_id = n.id), 0)
    ORDER BY n.e164 LIMIT {}";

const TWO_HOLDERS: &str = "
    SELECT DISTINCT n.e164 FROM lease_members later
    JOIN lease_members earlier
      ON earlier.number_id = later.number_id AND earlier.turn = later.turn - 1
    JOIN leases after ON after.id = later.lease_id
    JOIN leases before ON before.id = earlier.lease_id
    JOIN numbers n ON n.id = later.number_id
    WHERE after.granted_at < COALESCE(before.released_at, before.expires_at)
    ORDER BY n.e164 LIMIT {}";

const WRONG_LAST_HOLDER: &str = "
    SELECT n.e164 FROM numbers n
    LEFT JOIN lease_members m ON m.number_id = n.id AND m.turn = n.turn
    WHERE n.lease_id IS DISTINCT FROM m.lease_id
    ORDER BY n.e164 LIMIT {}";

// Not exactly a quarantine later: a pool's quarantine may have been another one then.
const FREE_WHILE_LEASED: &str = "
    SELECT n.e164 FROM numbers n JOIN leases l ON l.id = n.lease_id
    WHERE n.free_from < COALESCE(l.released_at, l.expires_at)
    ORDER BY n.e164 LIMIT {}";

const WRONG_SHELF: &str = "
    SELECT n.e164 FROM numbers n JOIN pools p ON p.id = n.pool_id
    LEFT JOIN reservations r ON r.number_id = n.id AND r.unreserved_at IS NULL
    WHERE n.shelf IS DISTINCT FROM
      CASE WHEN n.blocked = 1 OR p.purpose <> 1 THEN NULL ELSE COALESCE(r.customer_id, 0) END
    ORDER BY n.e164 LIMIT {}";

// The code of a kind is its number of members.
const TORN_PARTY: &str = "
    SELECT l.id FROM leases l
    WHERE l.kind <> (SELECT count(*) FROM lease_members m WHERE m.lease_id = l.id)
       OR l.kind <> COALESCE((SELECT max(m.position) FROM lease_members m
                              WHERE m.lease_id = l.id), 0)
    ORDER BY l.id LIMIT {}";

const LEASE_OF_NOBODY: &str = "
    SELECT l.id FROM leases l
    WHERE NOT EXISTS (SELECT 1 FROM customers c WHERE c.id = l.customer_id)
       OR l.granted_by <> 0
         AND NOT EXISTS (SELECT 1 FROM api_users u WHERE u.id = l.granted_by)
    ORDER BY l.id LIMIT {}";

const MEMBER_OF_NOTHING: &str = "
    SELECT DISTINCT m.lease_id FROM lease_members m
    WHERE NOT EXISTS (SELECT 1 FROM leases l WHERE l.id = m.lease_id)
       OR NOT EXISTS (SELECT 1 FROM numbers n WHERE n.id = m.number_id)
    ORDER BY m.lease_id LIMIT {}";

const MISSING_TERMS: &str = "
    SELECT c.id FROM customers c
    WHERE (SELECT count(*) FROM customer_services s WHERE s.customer_id = c.id) <> 2
    ORDER BY c.id LIMIT {}";

const UNDATED_SUSPENSION: &str = "
    SELECT c.id FROM customers c WHERE c.status = 2 AND c.suspended_at IS NULL
    ORDER BY c.id LIMIT {}";

const UNKNOWN_RATE_DECK: &str = "
    SELECT a.id FROM accounts a
    WHERE a.rate_deck IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM rate_decks d WHERE d.name = a.rate_deck)
    ORDER BY a.id LIMIT {}";

// The key is the address in lower case, which the databases do not agree on: the counts have to do.
const WRONG_EMAIL: &str = "
    SELECT account_id FROM (
      SELECT e.account_id AS account_id, 1 AS kept FROM account_emails e
      UNION ALL SELECT s.account_id, -1 FROM sub_accounts s WHERE s.email IS NOT NULL
      UNION ALL SELECT a.id, -1 FROM accounts a WHERE a.email IS NOT NULL) counted
    GROUP BY account_id HAVING sum(kept) <> 0
    UNION
    SELECT e.account_id FROM account_emails e
    LEFT JOIN accounts a ON a.id = e.account_id
    LEFT JOIN sub_accounts s ON s.id = e.sub_account_id
    WHERE e.sub_account_id IS NULL AND a.email IS NULL
       OR e.sub_account_id IS NOT NULL AND (s.email IS NULL OR s.account_id <> e.account_id)
    ORDER BY account_id LIMIT {}";

const WRONG_SUBSCRIBER: &str = "
    SELECT n.e164 FROM numbers n LEFT JOIN pools p ON p.id = n.pool_id
    WHERE n.account_id IS DISTINCT FROM
          (SELECT min(s.account_id) FROM did_subscriptions s
           WHERE s.number_id = n.id AND s.ended_at IS NULL)
       OR n.account_id IS DISTINCT FROM
          (SELECT max(s.account_id) FROM did_subscriptions s
           WHERE s.number_id = n.id AND s.ended_at IS NULL)
       OR n.account_id IS NOT NULL AND p.purpose <> 2
    ORDER BY n.e164 LIMIT {}";

const ASSIGNED_TO_NOTHING: &str = "
    SELECT s.id FROM did_subscriptions s
    WHERE s.assigned = 1
      AND NOT EXISTS (SELECT 1 FROM ivr_menus m WHERE m.id = s.assigned_id
                      AND m.account_id = s.account_id AND m.direction = 1)
       OR s.assigned = 2
      AND NOT EXISTS (SELECT 1 FROM ivml_configurations c WHERE c.id = s.assigned_id
                      AND c.account_id = s.account_id AND c.direction = 1
                      AND c.deleted_at IS NULL)
       OR s.assigned IN (3, 4) AND s.assigned_id <> 0
      AND NOT EXISTS (SELECT 1 FROM sub_accounts a WHERE a.id = s.assigned_id
                      AND a.account_id = s.account_id AND a.deleted_at IS NULL)
    ORDER BY s.id LIMIT {}";

const MONTHS_WITH_GAPS: &str = "
    SELECT s.id FROM did_subscriptions s
    WHERE s.months <> (SELECT count(*) FROM did_fees f WHERE f.subscription_id = s.id)
       OR s.months - 1 <> COALESCE((SELECT max(f.month) FROM did_fees f
                                    WHERE f.subscription_id = s.id), 0)
    ORDER BY s.id LIMIT {}";

const MONTH_NOT_BOOKED: &str = "
    SELECT DISTINCT f.subscription_id FROM did_fees f
    LEFT JOIN did_subscriptions s ON s.id = f.subscription_id
    LEFT JOIN ledger_entries e ON e.source = f.source
    WHERE s.id IS NULL
       OR f.amount <> s.monthly_fee + CASE WHEN f.month = 0 THEN s.setup_fee ELSE 0 END
       OR f.amount > 0
          AND (e.source IS NULL OR e.amount <> -f.amount
               OR e.kind <> CASE WHEN f.month = 0 THEN 4 ELSE 5 END)
    ORDER BY f.subscription_id LIMIT {}";

const RECORD_NOT_BOOKED: &str = "
    SELECT r.id FROM records r LEFT JOIN customers c ON c.id = r.customer_id
    LEFT JOIN cards k ON k.id = r.card_id
    LEFT JOIN ledger_entries e ON e.source = r.charge_source
    WHERE r.charge_source IS NOT NULL
      AND (e.ledger_id IS DISTINCT FROM COALESCE(k.ledger_id, c.ledger_id)
           OR e.amount IS DISTINCT FROM -r.charge)
    ORDER BY r.id LIMIT {}";

// The codes of kinds: 1 calls, 2 faxes, 3 messages.
const RECORD_WITHOUT_REPORT: &str = "
    SELECT r.id FROM records r
    WHERE CASE r.kind
          WHEN 1 THEN (SELECT count(*) FROM call_reports d WHERE d.record_id = r.id)
          WHEN 2 THEN (SELECT count(*) FROM fax_reports d WHERE d.record_id = r.id)
          ELSE (SELECT count(*) FROM sms_reports d WHERE d.record_id = r.id) END <> 1
    ORDER BY r.id LIMIT {}";

const LEDGER_WITH_OTHER_HOLDS: &str = "
    SELECT l.id FROM ledgers l
    WHERE l.held <> COALESCE((SELECT sum(c.hold) FROM calls c
                              WHERE c.ledger_id = l.id AND c.state = 1), 0)
       OR l.open_calls <> (SELECT count(*) FROM calls c
                           WHERE c.ledger_id = l.id AND c.state = 1)
    ORDER BY l.id LIMIT {}";

const CALL_OF_NOBODY: &str = "
    SELECT c.id FROM calls c
    WHERE c.state = 1 AND (NOT EXISTS (SELECT 1 FROM ledgers l WHERE l.id = c.ledger_id)
          OR COALESCE(c.customer_id, c.card_id) IS NULL)
    ORDER BY c.id LIMIT {}";

// Two cards with one ledger tell both.
const CARD_WITHOUT_LEDGER: &str = "
    SELECT c.id FROM cards c
    WHERE NOT EXISTS (SELECT 1 FROM ledgers l WHERE l.id = c.ledger_id)
       OR EXISTS (SELECT 1 FROM customers u WHERE u.ledger_id = c.ledger_id)
       OR EXISTS (SELECT 1 FROM cards o WHERE o.ledger_id = c.ledger_id AND o.id <> c.id)
    ORDER BY c.id LIMIT {}";

const CARD_TWICE: &str = "
    SELECT c.id FROM cards c
    WHERE EXISTS (SELECT 1 FROM cards o WHERE o.number = c.number AND o.id <> c.id)
       OR EXISTS (SELECT 1 FROM cards o
                  WHERE o.group_id = c.group_id AND o.pin = c.pin AND o.id <> c.id)
    ORDER BY c.id LIMIT {}";

const CARD_OF_ANOTHER_SIZE: &str = "
    SELECT c.id FROM cards c LEFT JOIN card_groups g ON g.id = c.group_id
    WHERE g.id IS NULL OR length(c.number) <> g.number_length OR length(c.pin) <> g.pin_length
    ORDER BY c.id LIMIT {}";

// Where a PIN has more digits than a BIGINT, no number of cards is too many.
const CROWDED_PINS: &str = "
    SELECT g.id FROM card_groups g
    WHERE g.pin_length <= 17
      AND (SELECT count(*) FROM cards c WHERE c.group_id = g.id) * 5
          > CAST('1' || substr('00000000000000000', 1, CAST(g.pin_length AS INTEGER)) AS BIGINT)
    ORDER BY g.id LIMIT {}";

const UNKNOWN_CURRENCY: &str = "
    SELECT g.id FROM card_groups g
    WHERE g.currency <> 'USD' AND NOT EXISTS (SELECT 1 FROM currencies c WHERE c.code = g.currency)
    ORDER BY g.id LIMIT {}";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Planner;

    #[test]
    fn no_question_walks_a_table_for_each_row_of_another() {
        let mut planner = Planner::new();
        for (invariant, question) in QUESTIONS {
            let statement = Statement::<BigInt>::new(question.text()).integer(MOST_TOLD);
            let plan = planner.plan(&statement);
            assert!(plan.walks_each_table_once(), "{invariant:?}: {plan:?}");
        }
    }
}
