//! `leaseline rates`: putting rates into a deck, and asking what something costs.

mod import;
mod quote;
mod traced;

pub(crate) use quote::Quoted;

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use leaseline_core::Timestamp;
use leaseline_core::rating::{RatedService, SmsType, Usage};
use leaseline_hub::IanaZone;
use leaseline_service::{Config, Problem, with_hub};

use crate::answer::Answers;
use crate::ask::number;
use crate::when::When;

#[derive(Subcommand)]
pub(crate) enum RatesCommand {
    /// Gives a deck the rates of a CSV file and no others, from now on; calls that began before
    /// keep what was in force
    Import {
        /// CSV file whose header names at least `service` and `prefix`
        file: PathBuf,
        /// The deck, which is made if there is none of this name
        #[arg(long, value_name = "NAME")]
        deck: String,
        /// From when on, such as 2027-02-19T12:00:00Z, or `2027-02-19 12:00` in UTC [default: now]
        #[arg(long, value_name = "TIME", value_parser = utc)]
        at: Option<Timestamp>,
    },
    /// Says what something costs by a deck, and how that was reckoned
    Quote(Quote),
}

#[derive(Args)]
pub(crate) struct Quote {
    /// The deck
    #[arg(long, value_name = "NAME")]
    deck: String,
    #[arg(long)]
    service: ServiceArgument,
    /// The number that is called, faxed or written to; for voice_in the number that was called
    #[arg(long)]
    number: String,
    /// How long it takes
    #[arg(long, value_name = "S", default_value_t = 0, required_if_eq_any = [("service", "voice"), ("service", "voice_in")])]
    seconds: u64,
    /// How many pages a fax has
    #[arg(long, value_name = "P", default_value_t = 1)]
    pages: u64,
    /// What kind of message it is
    #[arg(long, value_name = "TYPE", required_if_eq("service", "sms"))]
    sms_type: Option<SmsTypeArgument>,
    /// When it begins, such as 2027-02-19T12:00:00Z, or `2027-02-19 12:00` in UTC [default: now]
    #[arg(long, value_name = "TIME", value_parser = utc)]
    at: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
#[value(rename_all = "snake_case")]
enum ServiceArgument {
    Voice,
    VoiceIn,
    Fax,
    Sms,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum SmsTypeArgument {
    Replies,
    Masking,
    Tracking,
    #[value(name = "masktrack")]
    MaskTrack,
}

pub(crate) async fn rates(
    config: &Config,
    command: RatesCommand,
    answers: Answers,
) -> Result<(), Problem> {
    match command {
        RatesCommand::Import { file, deck, at } => {
            let imported = import::import(config, &file, &deck, at).await?;
            answers.print(&imported)
        }
        RatesCommand::Quote(quote) => {
            let number = number(config, &quote.number)?;
            let quoted = async |hub: &_| quote::quote(hub, &quote, number.e164()).await;
            answers.print(&with_hub(config, quoted).await?)
        }
    }
}

impl Quote {
    /// The service and how much of it is used.
    fn used(&self) -> (RatedService, Usage) {
        match self.service {
            ServiceArgument::Voice => (RatedService::Voice, Usage::seconds(self.seconds)),
            ServiceArgument::VoiceIn => (RatedService::VoiceIn, Usage::seconds(self.seconds)),
            ServiceArgument::Fax => (RatedService::Fax, Usage::fax(self.pages, self.seconds)),
            ServiceArgument::Sms => {
                let sms_type = self.sms_type.unwrap_or(SmsTypeArgument::Replies);
                (RatedService::Sms(sms_type.into()), Usage::message())
            }
        }
    }
}

impl From<SmsTypeArgument> for SmsType {
    fn from(sms_type: SmsTypeArgument) -> Self {
        match sms_type {
            SmsTypeArgument::Replies => Self::Replies,
            SmsTypeArgument::Masking => Self::Masking,
            SmsTypeArgument::Tracking => Self::Tracking,
            SmsTypeArgument::MaskTrack => Self::MaskTrack,
        }
    }
}

fn utc(text: &str) -> Result<Timestamp, String> {
    let utc = IanaZone::by_name("UTC").map_err(|error| error.to_string())?;
    When::parse(text)?.instant(&utc).map_err(|why| why.to_string())
}
