//! What each mode does: from_wire, the hub, to_wire.

use leaseline_core::account::{Account, AccountPart};
use leaseline_core::ivr::Direction;
use leaseline_core::record::RecordKind;
use leaseline_hub::Hub;
use leaseline_hub::accounts::SetTimeZone;

use crate::error::Error;
use crate::intake::Parameters;
use crate::mode::Mode;
use crate::reply::Output;
use crate::{costs, from_wire, log, to_wire};

/// A request that was let in.
pub(crate) struct Call<'a> {
    pub(crate) hub: &'a Hub,
    pub(crate) account: &'a Account,
    pub(crate) parameters: &'a Parameters,
}

impl Call<'_> {
    pub(crate) async fn carry_out(self, mode: Mode) -> Result<Output, Error> {
        let (hub, account, parameters) = (self.hub, self.account.id, self.parameters);
        match mode {
            Mode::QueryBalance => {
                Ok(Output::line(hub.account_balance(account).await?.in_dollars()))
            }
            Mode::QuerySubAccounts => Ok(to_wire::sub_accounts(&hub.sub_accounts(account).await?)),
            Mode::AddSubAccount => {
                let request = from_wire::add_sub_account(account, parameters)?;
                Ok(Output::line(hub.ask(request).await??))
            }
            Mode::DelSubAccount => {
                let request = from_wire::delete_sub_account(account, parameters)?;
                hub.ask(request).await??;
                Ok(Output::NONE)
            }
            Mode::UpdateSubAccount => {
                let request = from_wire::update_sub_account(account, parameters)?;
                hub.ask(request).await??;
                Ok(Output::NONE)
            }
            Mode::QueryNumbers => self.numbers().await,
            Mode::AssignNumber => {
                let request = from_wire::assign_number(account, parameters)?;
                hub.ask(request).await??;
                Ok(Output::NONE)
            }
            Mode::QueryDidCountries => {
                let service = from_wire::service(parameters)?;
                Ok(to_wire::countries(&hub.did_countries(service).await?))
            }
            Mode::QueryDidCities => {
                let (service, country) = from_wire::country(parameters)?;
                Ok(to_wire::cities(&hub.did_cities(service, country).await??))
            }
            Mode::QueryDids => {
                let (service, place, quantity) = from_wire::wanted_dids(parameters)?;
                Ok(to_wire::dids(&hub.offered_dids(service, place, quantity).await??))
            }
            Mode::SubscribeDid => {
                let request = from_wire::subscribe_did(account, parameters)?;
                hub.ask(request).await??;
                Ok(Output::NONE)
            }
            Mode::ListIvr => Ok(to_wire::ivr_menus(&hub.ivr_menus(account).await?)),
            Mode::ListIvml => {
                Ok(to_wire::ivml_configurations(&hub.ivml_configurations(account).await?))
            }
            Mode::AddIvml => {
                let request = from_wire::add_ivml(account, parameters)?;
                Ok(Output::line(hub.ask(request).await??))
            }
            Mode::UpdateIvml => {
                let request = from_wire::update_ivml(account, parameters)?;
                hub.ask(request).await??;
                Ok(Output::NONE)
            }
            Mode::DeleteIvml => {
                let request = from_wire::delete_ivml(account, parameters)?;
                hub.ask(request).await??;
                Ok(Output::NONE)
            }
            Mode::LogFaxIn => log::answer(&self, RecordKind::Fax, Direction::Inbound).await,
            Mode::LogFaxOut => log::answer(&self, RecordKind::Fax, Direction::Outbound).await,
            Mode::LogVoiceIn => log::answer(&self, RecordKind::Call, Direction::Inbound).await,
            Mode::LogVoiceOut => log::answer(&self, RecordKind::Call, Direction::Outbound).await,
            Mode::LogSmsIn => log::answer(&self, RecordKind::Sms, Direction::Inbound).await,
            Mode::LogSmsOut => log::answer(&self, RecordKind::Sms, Direction::Outbound).await,
            Mode::SetTimeZone => {
                let name = from_wire::zone_name(parameters)?.to_owned();
                hub.ask(SetTimeZone { account, name: name.clone() }).await??;
                Ok(Output::line(name))
            }
            // Read anew: the account that logged in may be half a second old.
            Mode::QueryTimeZone => Ok(Output::line(hub.account(account).await?.profile.time_zone)),
            Mode::QuerySmsCost => costs::sms(&self).await,
            Mode::QueryVoiceCost => costs::voice(&self).await,
            Mode::QueryFaxCost => costs::fax(&self).await,
        }
    }

    async fn numbers(&self) -> Result<Output, Error> {
        let filter = from_wire::number_filter(self.parameters)?;
        self.know(filter.part).await?;
        let numbers = self.hub.account_numbers(self.account.id, filter).await?;
        Ok(to_wire::account_numbers(&numbers))
    }

    /// Whether the account has this part; a deleted sub-account is none any more.
    pub(crate) async fn know(&self, part: Option<AccountPart>) -> Result<(), Error> {
        let Some(AccountPart::Sub(id)) = part else { return Ok(()) };
        let found = self.hub.sub_account(self.account.id, id).await?;
        found.map(drop).ok_or(Error::SubAccount)
    }
}
