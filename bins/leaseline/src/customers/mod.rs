//! `leaseline customers`: who leases, on what terms, with what money.

mod ledger;
mod shown;
mod terms;

use clap::{Args, Subcommand, ValueEnum};
use leaseline_core::api_user::Caller;
use leaseline_core::customer::{
    ChargeMethod, CreditLimit, CustomerChange, CustomerProfile, CustomerStatus, CustomerUpdate,
    Limit, NewCustomer, PersonName, ServiceChange,
};
use leaseline_core::ids::CustomerId;
use leaseline_core::ledger::TopUpRequest;
use leaseline_core::money::Credits;
use leaseline_core::phone::Prefix;
use leaseline_hub::Hub;
use leaseline_service::{Config, Problem, with_hub};

use crate::answer::Answers;
use crate::ask::{Page, customer_id, not_done};
use ledger::{Ledger, Order};
use shown::{Customers, Details, Shown};

#[derive(Subcommand)]
pub(crate) enum CustomersCommand {
    /// Makes a customer
    Create {
        #[command(flatten)]
        profile: ProfileArguments,
        /// Opening balance
        #[arg(long, value_name = "CREDITS", default_value_t = 0, allow_negative_numbers = true)]
        credit: i64,
    },
    /// Changes what is named and nothing else
    Update {
        #[arg(value_parser = customer_id)]
        customer: CustomerId,
        #[command(flatten)]
        profile: ProfileArguments,
    },
    /// Lists customers in the order of their ids
    List {
        /// Only those after this one, the last of the page before
        #[arg(long, value_name = "ID", value_parser = customer_id)]
        after: Option<CustomerId>,
        #[command(flatten)]
        page: Page,
    },
    /// Shows a customer with what it holds
    Show {
        #[arg(value_parser = customer_id)]
        customer: CustomerId,
    },
    /// Shows a customer's ledger, the newest line first
    Ledger {
        #[arg(value_parser = customer_id)]
        customer: CustomerId,
        #[command(flatten)]
        order: Order,
        #[command(flatten)]
        page: Page,
    },
    /// Adds credit, or takes it when negative
    Topup {
        #[arg(value_parser = customer_id)]
        customer: CustomerId,
        #[arg(allow_negative_numbers = true)]
        credits: i64,
    },
    /// Suspends a customer: it can not lease or reserve
    Suspend {
        #[arg(value_parser = customer_id)]
        customer: CustomerId,
    },
    /// Lets a suspended customer lease again
    Activate {
        #[arg(value_parser = customer_id)]
        customer: CustomerId,
    },
}

/// What is known of a customer and agreed with it.
#[derive(Args)]
pub(crate) struct ProfileArguments {
    #[arg(long, value_name = "NAME", value_parser = name)]
    first_name: Option<PersonName>,
    #[arg(long, value_name = "NAME", value_parser = name)]
    last_name: Option<PersonName>,
    #[arg(long)]
    status: Option<StatusArgument>,
    #[arg(long)]
    charge_method: Option<ChargeArgument>,
    /// Terms of single leases, such as enabled=true,block=20,rate=1,max=0
    #[arg(long, value_name = "KEY=VALUE,…", value_parser = terms::parse)]
    single: Option<ServiceChange>,
    /// Terms of group leases
    #[arg(long, value_name = "KEY=VALUE,…", value_parser = terms::parse)]
    group: Option<ServiceChange>,
    /// Most numbers in reserve; 0 is no limit
    #[arg(long, value_name = "N", value_parser = limit)]
    max_reserved: Option<Limit>,
    /// The only prefixes of phones that it may lease for, such as 60,65; none: all
    #[arg(long, value_name = "PREFIXES", value_parser = prefixes)]
    allowed_prefixes: Option<std::vec::Vec<Prefix>>,
    /// So many credits below zero a postpaid customer may go
    #[arg(long, value_name = "CREDITS", value_parser = credit_limit)]
    credit_limit: Option<CreditLimit>,
    /// Most calls at once; 0 is no limit
    #[arg(long, value_name = "N", value_parser = limit)]
    max_calls: Option<Limit>,
    /// Most credits in a day (UTC); 0 is no limit
    #[arg(long, value_name = "CREDITS", value_parser = limit)]
    max_spend_per_day: Option<Limit>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum StatusArgument {
    Active,
    Suspended,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ChargeArgument {
    Prepaid,
    Postpaid,
}

pub(crate) async fn customers(
    config: &Config,
    command: CustomersCommand,
    answers: Answers,
) -> Result<(), Problem> {
    match command {
        CustomersCommand::Create { profile, credit } => {
            let profile = new_profile(profile)?;
            let new = NewCustomer { profile, opening_balance: Credits::new(credit) };
            answers.print(&with_hub(config, async |hub| create(hub, new).await).await?)
        }
        CustomersCommand::Update { customer, profile } => {
            let change = profile.change();
            let update = async |hub: &_| update(hub, customer, change).await;
            answers.print(&with_hub(config, update).await?)
        }
        CustomersCommand::List { after, page } => {
            let list = async |hub: &Hub| {
                let found = hub.customers(after, page.limit).await;
                found.map_err(|failure| not_done("list the customers", failure))
            };
            answers.print(&Customers::new(&with_hub(config, list).await?))
        }
        CustomersCommand::Show { customer } => {
            answers.print(&with_hub(config, async |hub| details(hub, customer).await).await?)
        }
        CustomersCommand::Ledger { customer, order, page } => {
            let read = async |hub: &_| Ledger::read(hub, customer, order, page).await;
            answers.print(&with_hub(config, read).await?)
        }
        CustomersCommand::Topup { customer, credits } => {
            let top_up = async |hub: &_| top_up(hub, customer, Credits::new(credits)).await;
            answers.print(&with_hub(config, top_up).await?)
        }
        CustomersCommand::Suspend { customer } => {
            let change = status(CustomerStatus::Suspended);
            let update = async |hub: &_| update(hub, customer, change).await;
            answers.print(&with_hub(config, update).await?)
        }
        CustomersCommand::Activate { customer } => {
            let change = status(CustomerStatus::Active);
            let update = async |hub: &_| update(hub, customer, change).await;
            answers.print(&with_hub(config, update).await?)
        }
    }
}

async fn create(hub: &Hub, new: NewCustomer) -> Result<Shown, Problem> {
    let made = hub.ask(new).await;
    let id = made.map_err(|failure| not_done("make the customer", failure))?;
    shown(hub, id).await
}

async fn update(hub: &Hub, customer: CustomerId, change: CustomerChange) -> Result<Shown, Problem> {
    let caller = Caller::operator();
    let updated = hub.ask(CustomerUpdate { caller, customer, change }).await;
    updated.map_err(|failure| not_done(format!("change customer {customer}"), failure))?;
    shown(hub, customer).await
}

async fn top_up(hub: &Hub, customer: CustomerId, amount: Credits) -> Result<Shown, Problem> {
    let caller = Caller::operator();
    let booked = hub.ask(TopUpRequest { caller, customer, amount }).await;
    booked.map_err(|failure| not_done(format!("top up customer {customer}"), failure))?;
    shown(hub, customer).await
}

async fn details(hub: &Hub, customer: CustomerId) -> Result<Details, Problem> {
    let shown = shown(hub, customer).await?;
    let holdings = hub.holdings(customer).await;
    let failed = |failure| not_done(format!("show customer {customer}"), failure);
    Ok(Details::new(shown, holdings.map_err(failed)?))
}

async fn shown(hub: &Hub, customer: CustomerId) -> Result<Shown, Problem> {
    let view = hub.customer(&Caller::operator(), customer).await;
    let view = view.map_err(|failure| not_done(format!("show customer {customer}"), failure))?;
    Ok(Shown::from(&view))
}

fn new_profile(arguments: ProfileArguments) -> Result<CustomerProfile, Problem> {
    CustomerProfile::of_new(arguments.change()).map_err(|missing| {
        let hint = "a customer has --first-name, --last-name and --charge-method, and a kind of \
                    lease that is enabled has a block and a rate";
        Problem::new("make the customer", missing, hint)
    })
}

fn status(status: CustomerStatus) -> CustomerChange {
    CustomerChange { status: Some(status), ..CustomerChange::default() }
}

impl ProfileArguments {
    fn change(self) -> CustomerChange {
        CustomerChange {
            first_name: self.first_name,
            last_name: self.last_name,
            status: self.status.map(Into::into),
            charge_method: self.charge_method.map(Into::into),
            single: self.single.unwrap_or_default(),
            group: self.group.unwrap_or_default(),
            max_reserved: self.max_reserved,
            allowed_prefixes: self.allowed_prefixes,
            credit_limit: self.credit_limit,
            max_calls: self.max_calls,
            max_spend_per_day: self.max_spend_per_day,
        }
    }
}

impl From<StatusArgument> for CustomerStatus {
    fn from(status: StatusArgument) -> Self {
        match status {
            StatusArgument::Active => Self::Active,
            StatusArgument::Suspended => Self::Suspended,
        }
    }
}

impl From<ChargeArgument> for ChargeMethod {
    fn from(method: ChargeArgument) -> Self {
        match method {
            ChargeArgument::Prepaid => Self::Prepaid,
            ChargeArgument::Postpaid => Self::Postpaid,
        }
    }
}

fn name(text: &str) -> Result<PersonName, String> {
    PersonName::parse(text).ok_or_else(|| "a name is 1 to 100 characters on one line".into())
}

fn limit(text: &str) -> Result<Limit, String> {
    let limit = text.parse().ok().and_then(Limit::new);
    limit.ok_or_else(|| "a limit is a whole number from 0 on".into())
}

fn credit_limit(text: &str) -> Result<CreditLimit, String> {
    let limit = text.parse().ok().and_then(CreditLimit::new);
    limit.ok_or_else(|| "a credit limit is a whole number from 0 on".into())
}

fn prefixes(text: &str) -> Result<Vec<Prefix>, String> {
    let each = text.split(',').filter(|digits| !digits.is_empty()).map(Prefix::parse);
    each.collect::<Option<_>>().ok_or_else(|| "a prefix is 1 to 15 digits".into())
}
