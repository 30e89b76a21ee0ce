//! IVR menus and IVML configurations made, changed and deleted.

use diesel::prelude::*;
use leaseline_core::Timestamp;
use leaseline_core::account::ShownName;
use leaseline_core::ids::{AccountId, IvmlId, IvrMenuId};
use leaseline_core::ivr::{Direction, HttpUrl, Ivml, IvmlProfile, IvrMenu};

use crate::error::StoreError;
use crate::load::subscriptions::IVML;
use crate::row::{Code, known};
use crate::schema::{ivml_configurations, ivr_menus};
use crate::statement::Statement;
use crate::transaction::Tx;

/// Makes a menu.
pub fn new_menu(
    tx: &mut Tx<'_>,
    account: AccountId,
    name: &ShownName,
    direction: Direction,
) -> Result<IvrMenuId, StoreError> {
    let id: i64 = diesel::insert_into(ivr_menus::table)
        .values((
            ivr_menus::account_id.eq(account.get()),
            ivr_menus::name.eq(name.as_str()),
            ivr_menus::direction.eq(direction.code()),
        ))
        .returning(ivr_menus::id)
        .get_result(tx.connection)?;
    known(IvrMenuId::new(id), "ivr_menus")
}

/// Writes down which calls a menu is for.
pub fn change_menu(tx: &mut Tx<'_>, menu: &IvrMenu) -> Result<(), StoreError> {
    diesel::update(ivr_menus::table.find(menu.id.get()))
        .set(ivr_menus::direction.eq(menu.direction.code()))
        .execute(tx.connection)?;
    Ok(())
}

/// Makes a configuration.
pub fn new_configuration(
    tx: &mut Tx<'_>,
    account: AccountId,
    profile: &IvmlProfile,
    now: Timestamp,
) -> Result<IvmlId, StoreError> {
    let id: i64 = diesel::insert_into(ivml_configurations::table)
        .values((
            ivml_configurations::account_id.eq(account.get()),
            ivml_configurations::created_at.eq(now.micros()),
            Columns::from(profile),
        ))
        .returning(ivml_configurations::id)
        .get_result(tx.connection)?;
    known(IvmlId::new(id), "ivml_configurations")
}

/// Writes down a configuration as it is after a change.
pub fn change_configuration(tx: &mut Tx<'_>, ivml: &Ivml) -> Result<(), StoreError> {
    diesel::update(ivml_configurations::table.find(ivml.id.get()))
        .set(Columns::from(&ivml.profile))
        .execute(tx.connection)?;
    Ok(())
}

/// Deletes a configuration: its numbers become unassigned, and its texts are gone.
pub fn delete_configuration(
    tx: &mut Tx<'_>,
    ivml: &Ivml,
    now: Timestamp,
) -> Result<(), StoreError> {
    let unassign = Statement::<()>::new(UNASSIGN).integer(ivml.account.get());
    unassign.integer(ivml.id.get()).integer(i64::from(IVML)).execute(tx.connection)?;
    let delete = Statement::<()>::new(DELETE).integer(now.micros()).integer(now.micros());
    delete.integer(ivml.id.get()).execute(tx.connection)?;
    Ok(())
}

const UNASSIGN: &str = "
    UPDATE did_subscriptions SET assigned = 0, assigned_id = NULL
    WHERE account_id = {} AND ended_at IS NULL AND assigned_id = {} AND assigned = {}";

// Another process's clock may be a little ahead of ours.
const DELETE: &str = "
    UPDATE ivml_configurations
    SET deleted_at = CASE WHEN created_at > {} THEN created_at ELSE {} END,
        name = '', launch_url = '', result_url = NULL
    WHERE id = {}";

#[derive(AsChangeset, Insertable)]
#[diesel(table_name = ivml_configurations, treat_none_as_null = true)]
struct Columns<'a> {
    name: &'a str,
    launch_url: &'a str,
    result_url: Option<&'a str>,
    direction: i16,
}

impl<'a> From<&'a IvmlProfile> for Columns<'a> {
    fn from(profile: &'a IvmlProfile) -> Self {
        Self {
            name: profile.name.as_str(),
            launch_url: profile.launch_url.as_str(),
            result_url: profile.result_url.as_ref().map(HttpUrl::as_str),
            direction: profile.direction.code(),
        }
    }
}
