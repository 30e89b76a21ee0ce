//! What MOR's interface needs: its users, what its card groups refer to, currencies. Decided and
//! written entry by entry: what does not fit undoes all of it.

use leaseline_core::currency::{Currency, CurrencyChange, CurrencyCode, CurrencyTerms};
use leaseline_core::customer::MissingField;
use leaseline_core::ids::{CustomerId, LcrId, LocationId, MorUserId, TariffId, TaxId};
use leaseline_core::mor_user::{MorChange, MorProfile, MorUser};
use leaseline_core::tax::TaxRate;
use leaseline_store::load::mor_items::{MorItem, MorKind};
use leaseline_store::{StoreError, Tx, load, record};

use super::carry_out::{changed, kept, made};
use super::{CustomerRef, Effect, Entered, EntryIndex, Misfit, Unfit};
use crate::vault::{Secret, Vault};

/// Entries of each kind.
#[derive(Clone, Debug, Default)]
pub struct Mor {
    /// Users.
    pub users: Vec<MorUserEntry>,
    /// Tariffs, routings, locations and taxes.
    pub items: Vec<MorItemEntry>,
    /// Currencies.
    pub currencies: Vec<CurrencyEntry>,
    /// What secrets are sealed by; needed where an entry has one.
    pub vault: Option<Vault>,
}

/// A user of MOR's interface as it is to be.
#[derive(Clone, Debug, Default)]
pub struct MorUserEntry {
    /// Its name, by which it is known.
    pub username: String,
    /// What it is and may do. Its customer is the entry's.
    pub change: MorChange,
    /// Its secret.
    pub secret: Option<Secret>,
    /// The customer whose balance is this user's.
    pub customer: Option<CustomerRef>,
}

/// A tariff, a routing, a location or a tax as it is to be.
#[derive(Clone, Debug)]
pub struct MorItemEntry {
    /// What it is, and the operator's number for it.
    pub id: MorItemId,
    /// Its name.
    pub name: Option<String>,
    /// The name of the only reseller who sees it.
    pub owner: Option<String>,
    /// A tariff's rate deck.
    pub rate_deck: Option<String>,
    /// A tax's rate.
    pub percent: Option<TaxRate>,
}

/// What the operator numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MorItemId {
    /// A tariff.
    Tariff(TariffId),
    /// A least-cost routing.
    Lcr(LcrId),
    /// A location.
    Location(LocationId),
    /// A tax.
    Tax(TaxId),
}

/// A currency as it is to be.
#[derive(Clone, Copy, Debug)]
pub struct CurrencyEntry {
    /// Its code.
    pub code: CurrencyCode,
    /// What it is.
    pub change: CurrencyChange,
}

/// What became of the entries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MorProvisioned {
    /// The users, in their order.
    pub users: Vec<Entered<MorUserId>>,
    /// So many of the other entries said anything new.
    pub changed: usize,
}

/// What an entry comes to.
type Done<T> = Result<Result<T, Unfit>, StoreError>;

/// `Ok` or out: an entry that does not fit ends it.
macro_rules! fit {
    ($unfit:expr) => {
        match $unfit {
            Ok(value) => value,
            Err(unfit) => return Ok(Err(unfit)),
        }
    };
}

/// Does all of it, unless an entry does not fit.
pub(super) fn carry_out(
    tx: &mut Tx<'_>,
    entries: &Mor,
) -> Result<Result<MorProvisioned, Misfit>, StoreError> {
    let mut done = MorProvisioned::default();
    let misfit = |entry| move |reason| Misfit { entry, reason };
    for (index, entry) in entries.users.iter().enumerate() {
        let entered = user(tx, entry, entries.vault.as_ref())?;
        done.users.push(fit!(entered.map_err(misfit(EntryIndex::MorUser(index)))));
    }
    for (index, entry) in entries.items.iter().enumerate() {
        let effect = item(tx, entry)?.map_err(misfit(EntryIndex::MorItem(index)));
        done.changed += usize::from(fit!(effect) != Effect::None);
    }
    let currencies = entries.currencies.iter().enumerate();
    let (systems, others): (Vec<_>, Vec<_>) =
        currencies.partition(|(_, entry)| entry.change.system == Some(true));
    // The one before may be told to step down by the same file.
    for (index, entry) in systems.into_iter().chain(others) {
        let effect = currency(tx, entry)?.map_err(misfit(EntryIndex::Currency(index)));
        done.changed += usize::from(fit!(effect) != Effect::None);
    }
    Ok(Ok(done))
}

fn user(tx: &mut Tx<'_>, entry: &MorUserEntry, vault: Option<&Vault>) -> Done<Entered<MorUserId>> {
    let customer = match &entry.customer {
        Some(reference) => Some(fit!(customer(tx, reference)?)),
        None => None,
    };
    let change = MorChange { customer, ..entry.change };
    let mut entered = match load::mor_users::mor_user(tx, &entry.username)? {
        Some(found) => changed_user(tx, found, change)?,
        None => {
            let role = fit!(change.role.ok_or(Unfit::Missing(MissingField("role"))));
            let profile = MorProfile::of_new(role).changed(change);
            made(record::mor_users::new_mor_user(tx, &entry.username, &profile)?)
        }
    };
    let Some(secret) = &entry.secret else { return Ok(Ok(entered)) };
    let vault = fit!(vault.ok_or(Unfit::NoVault));
    if !is_kept(tx, entry, secret, vault)? {
        let sealed = vault.seal(&entry.username, secret);
        record::mor_users::secret(tx, entered.id, &sealed, None)?;
        if entered.effect == Effect::None {
            entered.effect = Effect::Changed;
        }
    }
    Ok(Ok(entered))
}

fn changed_user(
    tx: &mut Tx<'_>,
    found: MorUser,
    change: MorChange,
) -> Result<Entered<MorUserId>, StoreError> {
    let profile = found.profile.changed(change);
    if profile == found.profile {
        return Ok(kept(found.id));
    }
    record::mor_users::change(tx, &MorUser { profile, ..found.clone() })?;
    Ok(changed(found.id))
}

/// Whether a user's own secret is this one. Two seals of one secret differ, so it is opened.
fn is_kept(
    tx: &mut Tx<'_>,
    entry: &MorUserEntry,
    secret: &Secret,
    vault: &Vault,
) -> Result<bool, StoreError> {
    let Some(user) = load::mor_users::mor_user(tx, &entry.username)? else { return Ok(false) };
    let kept = load::mor_users::secrets(tx, &user)?.map(|secrets| secrets.present);
    let own = kept.filter(|kept| kept.username == entry.username);
    Ok(own.and_then(|kept| vault.open(&kept)).as_ref() == Some(secret))
}

fn customer(tx: &mut Tx<'_>, reference: &CustomerRef) -> Done<CustomerId> {
    let found = match reference {
        CustomerRef::Key(key) => load::customers::ids_by_key(tx, &[key])?.remove(key),
        CustomerRef::Id(id) => {
            load::customers::customers(tx, &[*id])?.remove(id).map(|view| view.customer.id)
        }
    };
    Ok(found.ok_or_else(|| Unfit::NoCustomer(reference.clone())))
}

fn item(tx: &mut Tx<'_>, entry: &MorItemEntry) -> Done<Effect> {
    let (kind, id) = match entry.id {
        MorItemId::Tariff(id) => (MorKind::Tariff, id.get()),
        MorItemId::Lcr(id) => (MorKind::Lcr, id.get()),
        MorItemId::Location(id) => (MorKind::Location, id.get()),
        MorItemId::Tax(id) => (MorKind::Tax, id.get()),
    };
    let owner = match &entry.owner {
        Some(name) => Some(fit!(owner(tx, name)?)),
        None => None,
    };
    if let Some(deck) = &entry.rate_deck
        && load::rates::deck(tx, deck)?.is_none()
    {
        return Ok(Err(Unfit::NoRateDeck(deck.clone())));
    }
    let found = load::mor_items::item(tx, kind, id)?;
    let after = item_after(entry, kind, found.clone(), owner).map_err(Unfit::from);
    let after = fit!(after);
    if found.as_ref() == Some(&after) {
        return Ok(Ok(Effect::None));
    }
    record::mor_items::put(tx, kind, id, &after)?;
    Ok(Ok(if found.is_some() { Effect::Changed } else { Effect::Made }))
}

fn item_after(
    entry: &MorItemEntry,
    kind: MorKind,
    found: Option<MorItem>,
    owner: Option<MorUserId>,
) -> Result<MorItem, MissingField> {
    let percent = entry.percent.map(TaxRate::units);
    if let Some(found) = found {
        return Ok(MorItem {
            name: entry.name.clone().unwrap_or(found.name),
            owner: owner.or(found.owner),
            rate_deck: entry.rate_deck.clone().or(found.rate_deck),
            percent: percent.or(found.percent),
        });
    }
    if kind == MorKind::Tax && percent.is_none() {
        return Err(MissingField("percent"));
    }
    let name = entry.name.clone().ok_or(MissingField("name"))?;
    Ok(MorItem { name, owner, rate_deck: entry.rate_deck.clone(), percent })
}

fn owner(tx: &mut Tx<'_>, name: &str) -> Done<MorUserId> {
    let found = load::mor_users::mor_user(tx, name)?;
    Ok(found.map(|user| user.id).ok_or_else(|| Unfit::NoOwner(name.to_owned())))
}

fn currency(tx: &mut Tx<'_>, entry: &CurrencyEntry) -> Done<Effect> {
    let found = load::currencies::currency(tx, entry.code)?;
    let before = found.map_or(CurrencyTerms::NEW, |found| found.terms);
    let terms = before.changed(entry.change);
    if (terms.system && !terms.active) || (before.system && !terms.system) {
        return Ok(Err(Unfit::SystemCurrency));
    }
    if found.is_some() && terms == before {
        return Ok(Ok(Effect::None));
    }
    record::currencies::put(tx, &Currency { code: entry.code, terms })?;
    Ok(Ok(if found.is_some() { Effect::Changed } else { Effect::Made }))
}
