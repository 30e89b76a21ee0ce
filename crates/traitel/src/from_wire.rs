//! From parameters to requests. The values are judged in the order of the document's tables; that
//! what is required is there was checked before.

use leaseline_core::account::{AccountPart, ShownName, SubAccountChange, SubAccountProfile};
use leaseline_core::did::{AccountNumberFilter, Assignment, DidPlace};
use leaseline_core::ids::AccountId;
use leaseline_core::ivr::{IvmlChange, IvmlProfile};
use leaseline_core::pool::Service;
use leaseline_hub::accounts::{
    AddIvml, AddSubAccount, AssignNumber, DeleteIvml, DeleteSubAccount, SubscribeDid, UpdateIvml,
    UpdateSubAccount,
};

use crate::error::Error;
use crate::intake::Parameters;
use crate::parameter::{self, change, free_text, optional, required};

pub(crate) fn add_sub_account(
    account: AccountId,
    parameters: &Parameters,
) -> Result<AddSubAccount, Error> {
    let alias = required(parameters, "alias", parameter::shown_name, Error::Incomplete)?;
    let email = optional(parameters, "email", parameter::email, Error::Email)?.flatten();
    let profile = SubAccountProfile {
        alias,
        email,
        first_name: free_text(parameters, "firstname")?,
        last_name: free_text(parameters, "lastname")?,
        company: free_text(parameters, "company")?,
        fax_headline: free_text(parameters, "faxheadline")?,
    };
    Ok(AddSubAccount { account, profile })
}

pub(crate) fn update_sub_account(
    account: AccountId,
    parameters: &Parameters,
) -> Result<UpdateSubAccount, Error> {
    use leaseline_core::account::FreeText;
    let id = required(parameters, "subid", parameter::sub_account, Error::SubAccount)?;
    let text = |name| change(parameters, name, FreeText::parse, Error::Incomplete);
    let email = change(parameters, "email", parameter::email, Error::Email)?;
    let change = SubAccountChange {
        alias: change(parameters, "alias", parameter::shown_name, Error::Incomplete)?,
        email,
        first_name: text("firstname")?,
        last_name: text("lastname")?,
        company: text("company")?,
        fax_headline: text("faxheadline")?,
    };
    Ok(UpdateSubAccount { account, id, change })
}

pub(crate) fn delete_sub_account(
    account: AccountId,
    parameters: &Parameters,
) -> Result<DeleteSubAccount, Error> {
    let id = required(parameters, "subid", parameter::sub_account, Error::SubAccount)?;
    Ok(DeleteSubAccount { account, id })
}

/// A service that is none has no code of its own here.
pub(crate) fn number_filter(parameters: &Parameters) -> Result<AccountNumberFilter, Error> {
    Ok(AccountNumberFilter {
        part: optional(parameters, "subid", parameter::part, Error::SubAccount)?,
        service: optional(parameters, "service", parameter::service, Error::Incomplete)?,
    })
}

pub(crate) fn assign_number(
    account: AccountId,
    parameters: &Parameters,
) -> Result<AssignNumber, Error> {
    let number = required(parameters, "number", text, Error::Did)?;
    let to = match required(parameters, "service", parameter::service, Error::Service)? {
        Service::Voice => voice_assignment(parameters)?,
        Service::Fax => {
            let part = optional(parameters, "serviceid", parameter::part, Error::SubAccount)?;
            Assignment::Fax(part.unwrap_or(AccountPart::Main))
        }
        Service::Sms => return Err(Error::Service),
    };
    Ok(AssignNumber { account, number, to })
}

/// Both are required for voice, before either is judged.
fn voice_assignment(parameters: &Parameters) -> Result<Assignment, Error> {
    let kind = parameters.filled("servicetype").ok_or(Error::Incomplete)?;
    let id = parameters.filled("serviceid").ok_or(Error::Incomplete)?;
    match kind.to_ascii_lowercase().as_str() {
        "ivr" => parameter::ivr_menu(id).map(Assignment::Ivr).ok_or(Error::Ivr),
        "ivml" => parameter::ivml(id).map(Assignment::Ivml).ok_or(Error::Ivml),
        "sip" => parameter::part(id).map(Assignment::Sip).ok_or(Error::SubAccount),
        _ => Err(Error::Service),
    }
}

pub(crate) fn service(parameters: &Parameters) -> Result<Service, Error> {
    required(parameters, "service", parameter::service, Error::Service)
}

pub(crate) fn country(parameters: &Parameters) -> Result<(Service, &str), Error> {
    Ok((service(parameters)?, filled(parameters, "country")?))
}

pub(crate) fn wanted_dids(parameters: &Parameters) -> Result<(Service, DidPlace, u32), Error> {
    let service = service(parameters)?;
    let place = place(parameters)?;
    let quantity = optional(parameters, "quantity", parameter::quantity, Error::Incomplete)?;
    Ok((service, place, quantity.unwrap_or(1)))
}

pub(crate) fn subscribe_did(
    account: AccountId,
    parameters: &Parameters,
) -> Result<SubscribeDid, Error> {
    Ok(SubscribeDid {
        account,
        service: service(parameters)?,
        place: place(parameters)?,
        did: required(parameters, "did", text, Error::Did)?,
    })
}

fn place(parameters: &Parameters) -> Result<DidPlace, Error> {
    let country = filled(parameters, "country")?.to_owned();
    Ok(DidPlace { country, city: filled(parameters, "city")?.to_owned() })
}

pub(crate) fn add_ivml(account: AccountId, parameters: &Parameters) -> Result<AddIvml, Error> {
    let result = |text: &str| parameter::url(text);
    let profile = IvmlProfile {
        name: ivml_name(parameters)?,
        launch_url: required(parameters, "launchurl", parameter::url, Error::Incomplete)?,
        result_url: optional(parameters, "resulturl", result, Error::Incomplete)?,
        direction: required(parameters, "type", parameter::direction, Error::Incomplete)?,
    };
    Ok(AddIvml { account, profile })
}

fn ivml_name(parameters: &Parameters) -> Result<ShownName, Error> {
    required(parameters, "name", parameter::shown_name, Error::Incomplete)
}

pub(crate) fn update_ivml(
    account: AccountId,
    parameters: &Parameters,
) -> Result<UpdateIvml, Error> {
    let id = required(parameters, "ivmlid", parameter::ivml, Error::Ivml)?;
    let change = IvmlChange {
        name: change(parameters, "name", parameter::shown_name, Error::Incomplete)?,
        launch_url: change(parameters, "launchurl", parameter::url, Error::Incomplete)?,
        result_url: change(parameters, "resulturl", parameter::optional_url, Error::Incomplete)?,
        direction: change(parameters, "type", parameter::direction, Error::Incomplete)?,
    };
    Ok(UpdateIvml { account, id, change })
}

pub(crate) fn delete_ivml(
    account: AccountId,
    parameters: &Parameters,
) -> Result<DeleteIvml, Error> {
    let id = required(parameters, "ivmlid", parameter::ivml, Error::Ivml)?;
    Ok(DeleteIvml { account, id })
}

pub(crate) fn zone_name(parameters: &Parameters) -> Result<&str, Error> {
    filled(parameters, "tz")
}

fn filled<'a>(parameters: &'a Parameters, name: &str) -> Result<&'a str, Error> {
    parameters.filled(name).ok_or(Error::Incomplete)
}

/// A number as it is listed, or in its international form.
fn text(text: &str) -> Option<String> {
    Some(parameter::without_plus(text).to_owned())
}
