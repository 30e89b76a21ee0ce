//! IVR menus and IVML configurations; deleted ones are not there.

use diesel::prelude::*;
use leaseline_core::account::ShownName;
use leaseline_core::ids::{AccountId, IvmlId, IvrMenuId};
use leaseline_core::ivr::{Direction, HttpUrl, Ivml, IvmlProfile, IvrMenu};

use crate::error::StoreError;
use crate::row::{Code, known};
use crate::schema::{ivml_configurations, ivr_menus};
use crate::transaction::Tx;

/// All menus of an account, in the order of their ids.
pub fn menus(tx: &mut Tx<'_>, account: AccountId) -> Result<Vec<IvrMenu>, StoreError> {
    let rows: Vec<MenuRow> = ivr_menus::table
        .filter(ivr_menus::account_id.eq(account.get()))
        .order(ivr_menus::id)
        .load(tx.connection)?;
    rows.into_iter().map(menu_of).collect()
}

/// A menu of an account.
pub fn menu(
    tx: &mut Tx<'_>,
    account: AccountId,
    id: IvrMenuId,
) -> Result<Option<IvrMenu>, StoreError> {
    let row: Option<MenuRow> = ivr_menus::table
        .find(id.get())
        .filter(ivr_menus::account_id.eq(account.get()))
        .first(tx.connection)
        .optional()?;
    row.map(menu_of).transpose()
}

/// All configurations of an account, in the order of their ids.
pub fn configurations(tx: &mut Tx<'_>, account: AccountId) -> Result<Vec<Ivml>, StoreError> {
    let rows: Vec<IvmlRow> = ivml_configurations::table
        .filter(ivml_configurations::account_id.eq(account.get()))
        .filter(ivml_configurations::deleted_at.is_null())
        .order(ivml_configurations::id)
        .select(IvmlRow::as_select())
        .load(tx.connection)?;
    rows.into_iter().map(Ivml::try_from).collect()
}

/// A configuration of an account.
pub fn configuration(
    tx: &mut Tx<'_>,
    account: AccountId,
    id: IvmlId,
) -> Result<Option<Ivml>, StoreError> {
    let row: Option<IvmlRow> = ivml_configurations::table
        .find(id.get())
        .filter(ivml_configurations::account_id.eq(account.get()))
        .filter(ivml_configurations::deleted_at.is_null())
        .select(IvmlRow::as_select())
        .first(tx.connection)
        .optional()?;
    row.map(Ivml::try_from).transpose()
}

/// The configuration of an account that has this name.
pub fn name_owner(
    tx: &mut Tx<'_>,
    account: AccountId,
    name: &ShownName,
) -> Result<Option<IvmlId>, StoreError> {
    let id: Option<i64> = ivml_configurations::table
        .filter(ivml_configurations::account_id.eq(account.get()))
        .filter(ivml_configurations::name.eq(name.as_str()))
        .filter(ivml_configurations::deleted_at.is_null())
        .select(ivml_configurations::id)
        .first(tx.connection)
        .optional()?;
    id.map(|id| known(IvmlId::new(id), IVML)).transpose()
}

const MENUS: &str = "ivr_menus";
const IVML: &str = "ivml_configurations";

/// id, account, name, direction.
type MenuRow = (i64, i64, String, i16);

fn menu_of((id, account, name, direction): MenuRow) -> Result<IvrMenu, StoreError> {
    Ok(IvrMenu {
        id: known(IvrMenuId::new(id), MENUS)?,
        account: known(AccountId::new(account), MENUS)?,
        name: known(ShownName::parse(&name), MENUS)?,
        direction: Direction::from_code(direction)?,
    })
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = ivml_configurations)]
struct IvmlRow {
    id: i64,
    account_id: i64,
    name: String,
    launch_url: String,
    result_url: Option<String>,
    direction: i16,
}

impl TryFrom<IvmlRow> for Ivml {
    type Error = StoreError;

    fn try_from(row: IvmlRow) -> Result<Self, StoreError> {
        let url = |text: &str| known(HttpUrl::parse(text), IVML);
        let profile = IvmlProfile {
            name: known(ShownName::parse(&row.name), IVML)?,
            launch_url: url(&row.launch_url)?,
            result_url: row.result_url.as_deref().map(url).transpose()?,
            direction: Direction::from_code(row.direction)?,
        };
        let id = known(IvmlId::new(row.id), IVML)?;
        Ok(Self { id, account: known(AccountId::new(row.account_id), IVML)?, profile })
    }
}
