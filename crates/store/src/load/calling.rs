//! What a call finds besides leases: numbers that are subscribed to, and accounts that call.

use std::collections::HashMap;

use diesel::sql_types::{BigInt, Nullable, SmallInt, Text};
use leaseline_core::account::AccountPart;
use leaseline_core::call::{CallWay, CalledDid, CallingAccount, VoiceDid};
use leaseline_core::did::Assignment;
use leaseline_core::ids::AccountId;
use leaseline_core::phone::E164;
use leaseline_core::record::AccountOwner;

use super::records::owner;
use super::subscriptions::assignment;
use crate::error::StoreError;
use crate::row::{known, number};
use crate::statement::{Rows, Statement};
use crate::transaction::Tx;

/// Those of these numbers that are subscribed to for calls, with where they lead.
pub fn dids(tx: &mut Tx<'_>, numbers: &[E164]) -> Result<HashMap<E164, CalledDid>, StoreError> {
    let rows = Rows::new("number").integers(numbers.iter().map(|number| number.integer()));
    let rows: Vec<DidRow> = Statement::<DidSql>::new(DIDS).over(rows).load(tx.connection)?;
    rows.into_iter().map(did).collect()
}

type OwnerSql = (BigInt, BigInt, BigInt, Nullable<BigInt>);
/// account, customer, ledger, deck.
type OwnerRow = (i64, i64, i64, Option<i64>);
type DidSql =
    (BigInt, OwnerSql, (SmallInt, Nullable<BigInt>), (Text, Nullable<Text>, Nullable<Text>));
/// number, owner, assigned and its id, the account's user, an IVML's launch and result URLs.
type DidRow = (i64, OwnerRow, (i16, Option<i64>), (String, Option<String>, Option<String>));

fn did(
    (number, of, (assigned, assigned_id), (user, launch, result)): DidRow,
) -> Result<(E164, CalledDid), StoreError> {
    let number = known(E164::from_integer(number).ok(), "numbers")?;
    let mut owner = owner(of)?;
    let way = match assignment(assigned, assigned_id)? {
        Assignment::Nothing | Assignment::Fax(_) => None,
        Assignment::Ivr(menu) => Some(CallWay::Ivr(menu)),
        Assignment::Ivml(id) => {
            owner.ivml = Some(id);
            let launch_url = known(launch, "ivml_configurations")?.into();
            Some(CallWay::Ivml { launch_url, result_url: result.map(Into::into) })
        }
        Assignment::Sip(part) => {
            owner.part = part;
            Some(CallWay::Sip { account: user.into(), part })
        }
    };
    Ok((number, CalledDid { owner, way }))
}

/// Who calls: an account by the name it logs in by, and a part of it.
pub type Caller = (Box<str>, AccountPart);

/// Those of these accounts that may call, with their numbers for calls. A disabled one may not,
/// nor may a sub-account that was deleted.
pub fn accounts(
    tx: &mut Tx<'_>,
    callers: &[Caller],
) -> Result<HashMap<Caller, CallingAccount>, StoreError> {
    let sub = |part: &AccountPart| match part {
        AccountPart::Main => MAIN_ACCOUNT,
        AccountPart::Sub(id) => id.get(),
    };
    let rows = Rows::new("place, user_name, sub_account_id")
        .integers((0..).take(callers.len()))
        .texts(callers.iter().map(|(user, _)| &**user))
        .integers(callers.iter().map(|(_, part)| sub(part)));
    let rows: Vec<(i64, OwnerRow)> =
        Statement::<(BigInt, OwnerSql)>::new(CALLERS).over(rows).load(tx.connection)?;
    let mut accounts = HashMap::new();
    for (place, of) in rows {
        let place = usize::try_from(place).ok();
        let caller = known(place.and_then(|place| callers.get(place)), "accounts")?;
        let owner = AccountOwner { part: caller.1, ..owner(of)? };
        accounts.insert(caller.clone(), CallingAccount { owner, numbers: Vec::new() });
    }
    let ids: Vec<AccountId> = accounts.values().map(|account| account.owner.account).collect();
    let numbers = numbers(tx, &ids)?;
    for account in accounts.values_mut() {
        account.numbers = numbers.get(&account.owner.account).cloned().unwrap_or_default();
    }
    Ok(accounts)
}

/// Their numbers for calls, the ones they have had longest first.
fn numbers(
    tx: &mut Tx<'_>,
    accounts: &[AccountId],
) -> Result<HashMap<AccountId, Vec<VoiceDid>>, StoreError> {
    let mut ids: Vec<_> = accounts.iter().map(|id| id.get()).collect();
    ids.sort_unstable();
    ids.dedup();
    let rows: Vec<NumberRow> = Statement::<NumberSql>::new(NUMBERS)
        .over(Rows::new("account_id").integers(ids))
        .load(tx.connection)?;
    let mut numbers: HashMap<AccountId, Vec<VoiceDid>> = HashMap::new();
    for (account, e164, shown, (assigned, assigned_id)) in rows {
        let account = known(AccountId::new(account), "accounts")?;
        let assigned = assignment(assigned, assigned_id)?;
        let did = VoiceDid { number: number(e164, &shown)?, assigned };
        numbers.entry(account).or_default().push(did);
    }
    Ok(numbers)
}

type NumberSql = (BigInt, BigInt, Text, (SmallInt, Nullable<BigInt>));
/// account, number as an integer and as imported, assigned and its id.
type NumberRow = (i64, i64, String, (i16, Option<i64>));

const MAIN_ACCOUNT: i64 = 0;

const DIDS: &str = "
    SELECT v.number, s.account_id, a.customer_id, c.ledger_id, d.id, s.assigned, s.assigned_id,
           a.user_name, i.launch_url, i.result_url
    FROM v JOIN numbers n ON n.e164 = v.number
    JOIN did_subscriptions s ON s.number_id = n.id AND s.service = 1 AND s.ended_at IS NULL
    JOIN accounts a ON a.id = s.account_id
    JOIN customers c ON c.id = a.customer_id
    LEFT JOIN rate_decks d ON d.name = a.rate_deck
    LEFT JOIN ivml_configurations i ON s.assigned = 2 AND i.id = s.assigned_id";

const CALLERS: &str = "
    SELECT v.place, a.id, a.customer_id, c.ledger_id, d.id
    FROM v JOIN accounts a ON a.user_name = v.user_name
    JOIN customers c ON c.id = a.customer_id
    LEFT JOIN rate_decks d ON d.name = a.rate_deck
    WHERE a.enabled = 1 AND (v.sub_account_id = 0 OR EXISTS
      (SELECT 1 FROM sub_accounts t
       WHERE t.id = v.sub_account_id AND t.account_id = a.id AND t.deleted_at IS NULL))";

const NUMBERS: &str = "
    SELECT s.account_id, n.e164, n.shown, s.assigned, s.assigned_id
    FROM v JOIN did_subscriptions s ON s.account_id = v.account_id
      AND s.service = 1 AND s.ended_at IS NULL
    JOIN numbers n ON n.id = s.number_id
    ORDER BY s.account_id, s.subscribed_at, s.id";
