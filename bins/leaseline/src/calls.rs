//! `leaseline calls simulate`: what would become of a call, without a switch.

use std::fmt;
use std::sync::Arc;

use clap::Subcommand;
use leaseline_core::call::{AuthoriseRequest, CallOrigin, Dialled};
use leaseline_core::phone::PhoneNumber;
use leaseline_core::record::{Party, PartyText, RecordKey, RecordKind, RecordName};
use leaseline_core::region::Region;
use leaseline_core::switch::{SwitchChange, SwitchTerms};
use leaseline_hub::Hub;
use leaseline_hub::calls::Simulated;
use leaseline_service::{Config, Problem, with_hub};
use serde::Serialize;
use serde_json::Value;

use crate::answer::Answers;
use crate::ask::not_done;
use crate::rates::Quoted;

/// What a call is called that is none.
const SIMULATION: &str = "simulation";

#[derive(Subcommand)]
pub(crate) enum CallsCommand {
    /// Says what would be decided now on a call, and what it would cost; nothing is written
    Simulate {
        /// The number that is dialled
        number: String,
        /// Who calls; empty for nobody
        #[arg(long, value_name = "NUMBER")]
        from: String,
        /// For how many seconds it is connected
        #[arg(long, value_name = "S")]
        seconds: u64,
        /// The caller hides its number
        #[arg(long)]
        hidden: bool,
        /// The switch that asks, whose region and emergency numbers count [default: none, numbers
        /// are read in numbers.default_region]
        #[arg(long, value_name = "NAME")]
        switch: Option<String>,
    },
}

/// A call that might be.
struct Call {
    number: String,
    from: String,
    seconds: u64,
    hidden: bool,
    switch: Option<String>,
}

pub(crate) async fn calls(
    config: &Config,
    command: CallsCommand,
    answers: Answers,
) -> Result<(), Problem> {
    let CallsCommand::Simulate { number, from, seconds, hidden, switch } = command;
    let call = Call { number, from, seconds, hidden, switch };
    let told = with_hub(config, async |hub: &Hub| simulate(hub, config, &call).await).await?;
    answers.print(&told)
}

async fn simulate(hub: &Hub, config: &Config, call: &Call) -> Result<Told, Problem> {
    let what = "simulate the call";
    let terms = match &call.switch {
        None => anywhere(&config.default_region)?,
        Some(name) => {
            let found = hub.switch(name).await.map_err(|failure| not_done(what, failure))?;
            let hint = "switches come in by `leaseline apply` ([[switches]])";
            let why = || format!("there is no switch {name:?}");
            Arc::clone(&found.ok_or_else(|| Problem::new(what, why(), hint))?.terms)
        }
    };
    let request = request(config, call, terms)?;
    let simulated = hub.simulate_call(request, call.seconds).await;
    Ok(Told::from(&simulated.map_err(|failure| not_done(what, failure))?))
}

/// A switch of which nothing is known but where it is.
fn anywhere(region: &Region) -> Result<Arc<SwitchTerms>, Problem> {
    let change = SwitchChange {
        country_code: Some(region.country_code().into()),
        national_prefix: region.national_prefix().map(Into::into),
        ..SwitchChange::default()
    };
    let terms = SwitchTerms::of_new(change);
    terms.map(Arc::new).map_err(|error| Problem::new("simulate the call", error, "name a --switch"))
}

fn request(
    config: &Config,
    call: &Call,
    terms: Arc<SwitchTerms>,
) -> Result<AuthoriseRequest, Problem> {
    let party = |text: &str| {
        let number = PhoneNumber::parse(text, &terms.region).ok();
        let number = number.map(|number| number.e164());
        let sound = PartyText::parse(text).map(|text| Party { text, number });
        let hint = "a switch sends at most 64 of + 0-9 * # A-Z a-z @ . _ -";
        sound.ok_or_else(|| Problem::new("read the number", "it is none of a switch's", hint))
    };
    let name = RecordName::parse(SIMULATION).expect("it has 1 to 255 characters");
    Ok(AuthoriseRequest {
        call: RecordKey { kind: RecordKind::Call, reporter: name.clone(), name },
        dialled: Dialled {
            from: party(&call.from)?,
            is_hidden: call.hidden,
            to: party(&call.number)?,
            hops: 0,
        },
        origin: CallOrigin::Number,
        single: config.switch.single_caller_id,
        longest_seconds: config.switch.max_call_seconds,
        terms,
    })
}

/// What would become of a call: the decision as a switch would read it, and the cost.
#[derive(Serialize)]
struct Told {
    decision: Value,
    hold: i64,
    #[serde(flatten)]
    quoted: Option<Quoted>,
}

impl From<&Simulated> for Told {
    fn from(simulated: &Simulated) -> Self {
        Self {
            decision: leaseline_switch::decision(&simulated.decided),
            hold: simulated.decided.hold().get(),
            quoted: simulated.rated.as_ref().map(Quoted::from),
        }
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields = self.decision.as_object().into_iter().flatten();
        for (name, value) in fields.filter(|(name, _)| *name != "ref") {
            match value {
                Value::String(text) => writeln!(f, "{name}: {text}")?,
                Value::Null => writeln!(f, "{name}: none")?,
                other => writeln!(f, "{name}: {other}")?,
            }
        }
        writeln!(f, "set aside: {} credits", self.hold)?;
        self.quoted.iter().try_for_each(|quoted| write!(f, "{quoted}"))
    }
}
