//! Tools for who answers questions: what a number is, what a call costs, what would become of one, and
//! which bytes prove a request to MOR's interface. Nothing is written.

use std::sync::Arc;

use leaseline_core::call::{AuthoriseRequest, CallOrigin, CallWay, Dialled};
use leaseline_core::phone::PhoneNumber;
use leaseline_core::rating::{Rated, RatedService, Usage};
use leaseline_core::record::{Party, PartyText, RecordKey, RecordKind, RecordName};
use leaseline_core::staff::Duty;
use leaseline_core::switch::{SwitchChange, SwitchTerms};
use maud::{Markup, html};

use super::Answer;
use crate::PATH;
use crate::change::Change;
use crate::layout::{Nav, alert, facts, page as framed, post, refused_page};
use crate::mask::{Mask, number_path};
use crate::shown::money;
use crate::trouble::Trouble;
use crate::visit::Visit;

/// What a tool found out, or why it could not.
type Told = Result<Markup, String>;

/// A call is simulated, and a quote given, for at most so long.
const MOST_SECONDS: u64 = 366 * 86_400;

pub(crate) async fn page(visit: Visit) -> Answer {
    visit.needs(Duty::Look)?;
    let body = tools(&visit, &|_| String::new(), "", &None).await?;
    Ok(framed(&visit, Nav::Tools, "Tools", body))
}

pub(crate) async fn ask(change: Change) -> Answer {
    let visit = &change.visit;
    visit.needs(Duty::Look)?;
    let tool = change.field("tool");
    let told = match tool {
        "phone" => phone(visit, change.field("number")),
        "quote" => quote(&change).await?,
        "call" => call(&change).await?,
        "hash" => {
            visit.needs(Duty::Diagnose)?;
            hash(&change).await?
        }
        _ => return Err(Trouble::Unreadable),
    };
    let typed = |name: &str| change.form.get(name).unwrap_or_default().to_owned();
    let is_refused = told.is_err();
    let body = tools(visit, &typed, tool, &Some(told)).await?;
    Ok(match is_refused {
        true => refused_page(visit, Nav::Tools, "Tools", body),
        false => framed(visit, Nav::Tools, "Tools", body),
    })
}

/// All tools; the one that was asked with what was typed and its answer.
async fn tools(
    visit: &Visit,
    typed: &dyn Fn(&str) -> String,
    asked: &str,
    told: &Option<Told>,
) -> Result<Markup, Trouble> {
    let decks = visit.hub().rate_decks().await?;
    let tool = |name: &'static str, title: &str, fields: Markup| {
        html! {
            section #(name) {
                h2 { (title) }
                @if let Some(told) = told.as_ref().filter(|_| asked == name) {
                    @match told { Ok(told) => div.answer { (told) }, Err(why) => (alert(why)) }
                }
                (post(visit, &format!("{PATH}/tools#{name}"), html! {
                    input type="hidden" name="tool" value=(name);
                    (fields)
                    button { "Find out" }
                }))
            }
        }
    };
    let of =
        |name: &'static str, field: &str| if asked == name { typed(field) } else { String::new() };
    let field =
        |tool: &'static str, name: &'static str, label: &'static str, hint: &'static str| {
            let (id, value) = (format!("{tool}-{name}"), of(tool, name));
            html! {
                div.field {
                    label for=(id) { (label) }
                    input id=(id) name=(name) value=(value) autocomplete="off" maxlength="500";
                    p.about { (hint) }
                }
            }
        };
    let deck = of("quote", "deck");
    Ok(html! {
        div.columns {
            (tool("phone", "Phone normaliser", field("phone", "number", "Number", "As somebody dialled or wrote it")))
            @if decks.is_empty() { (no_decks()) } @else { (tool("quote", "Rate quote", html! {
                div.field {
                    label for="quote-deck" { "Rate deck" }
                    select #quote-deck name="deck" {
                        @for known in &decks {
                            option value=(known.name) selected[*known.name == *deck] { (known.name) }
                        }
                    }
                }
                (field("quote", "number", "Number", "Where the call goes"))
                (field("quote", "seconds", "Seconds", "How long it lasts"))
            })) }
            (tool("call", "Call simulator", html! {
                (field("call", "from", "From", "Who calls"))
                (field("call", "to", "To", "The number that is dialled"))
                (field("call", "seconds", "Seconds", "How long it is connected"))
            }))
            @if let (Some(hashes), true) = (&visit.console.settings.mor_hashes, visit.may(Duty::Diagnose)) {
                (tool("hash", "MOR hash checker", html! {
                    @let method = of("hash", "method");
                    div.field {
                        label for="hash-method" { "Method" }
                        select #hash-method name="method" {
                            @for (name, hashed) in hashes.methods() {
                                option value=(name) selected[name == method] { (name) " (" (hashed.join(", ")) ")" }
                            }
                        }
                    }
                    (field("hash", "user", "User", "Whose secret it is hashed with"))
                    div.field {
                        label for="hash-parameters" { "Parameters" }
                        textarea #hash-parameters name="parameters" rows="3" spellcheck="false"
                            placeholder="name=value, one a line" { (of("hash", "parameters")) }
                    }
                    (field("hash", "hash", "Hash that was sent", "Is compared, if it is there"))
                }))
            }
        }
    })
}

fn number_of(visit: &Visit, text: &str) -> Result<PhoneNumber, String> {
    let number = PhoneNumber::parse(text, &visit.console.settings.region);
    number.map_err(|error| format!("This is not a number: {error}."))
}

fn phone(visit: &Visit, text: &str) -> Told {
    let number = number_of(visit, text)?;
    Ok(facts([
        ("Sent", html! { (number.sent()) }),
        ("Normal form", html! { "+" (number.e164()) }),
        ("In the inventory", html! { a href=(number_path(number.e164())) { "look" } }),
    ]))
}

fn seconds_of(text: &str) -> Result<u64, String> {
    let seconds = text.parse().ok().filter(|seconds| *seconds <= MOST_SECONDS);
    seconds.ok_or_else(|| "Write the seconds as a whole number, at most a year’s.".to_owned())
}

async fn quote(change: &Change) -> Result<Told, Trouble> {
    let visit = &change.visit;
    let read =
        || Ok((number_of(visit, change.field("number"))?, seconds_of(change.field("seconds"))?));
    let (number, seconds) = match read() {
        Ok(read) => read,
        Err(why) => return Ok(Err(why)),
    };
    let Some(deck) = visit.hub().rate_deck(change.field("deck")).await? else {
        return Ok(Err("There is no such rate deck.".to_owned()));
    };
    let rate = visit.hub().rate(deck.id, RatedService::Voice, number.e164(), visit.now).await?;
    let Some(found) = rate else {
        return Ok(Err("The deck has no rate for that number.".to_owned()));
    };
    Ok(found
        .rate
        .cost(Usage::seconds(seconds))
        .map(|rated| reckoned(&rated))
        .map_err(|error| error.to_string()))
}

/// In the place of the quote where nothing could be quoted from.
fn no_decks() -> Markup {
    html! {
        section #quote {
            h2 { "Rate quote" }
            div.empty {
                p.what { "No rate deck." }
                p { "Calls over leased numbers cost what the customer’s terms say; decks are for accounts and cards." }
                p { "One comes in by " code { "leaseline rates import" } "." }
            }
        }
    }
}

fn reckoned(rated: &Rated) -> Markup {
    html! {
        p { b { (money(rated.cost)) } ", " (rated.billed_seconds) " s billed" }
        ol.trace { @for line in rated.trace.lines() { li { (line) } } }
    }
}

async fn call(change: &Change) -> Result<Told, Trouble> {
    let (request, seconds) = match call_request(change) {
        Ok(read) => read,
        Err(why) => return Ok(Err(why)),
    };
    let simulated = change.visit.hub().simulate_call(request, seconds).await?;
    Ok(Ok(html! {
        p.sentence { @match &simulated.decided.outcome {
            Err(refusal) => { "Refused: " (refusal) "." },
            Ok(plan) => {
                (way(&plan.way))
                @match plan.max_seconds { Some(most) => { ", for at most " (most) " s" }, None => "" }
                "."
            },
        } }
        p { "Set aside: " (money(simulated.decided.hold())) }
        @if let Some(rated) = &simulated.rated { (reckoned(rated)) }
        p.note { "Nothing was written and nothing set aside." }
    }))
}

fn way(way: &CallWay) -> String {
    match way {
        CallWay::Bridge(bridge) => {
            format!("Put through to {}", Mask::Masked.text(bridge.to.as_ref()))
        }
        CallWay::Ivml { .. } => "To an application".to_owned(),
        CallWay::Ivr(menu) => format!("To the menu {menu}"),
        CallWay::Sip { account, .. } => format!("To the phones of {account}"),
    }
}

fn call_request(change: &Change) -> Result<(AuthoriseRequest, u64), String> {
    let settings = &change.visit.console.settings;
    let known = SwitchChange {
        country_code: Some(settings.region.country_code().into()),
        national_prefix: settings.region.national_prefix().map(Into::into),
        ..SwitchChange::default()
    };
    let terms = SwitchTerms::of_new(known).map(Arc::new).map_err(|error| error.to_string())?;
    let party = |text: &str| {
        let number = PhoneNumber::parse(text, &terms.region).ok().map(|number| number.e164());
        let party = PartyText::parse(text).map(|text| Party { text, number });
        party.ok_or_else(|| format!("{text:?} is nothing that a switch would send."))
    };
    let dialled = Dialled {
        from: party(change.field("from"))?,
        is_hidden: false,
        to: party(change.field("to"))?,
        hops: 0,
    };
    let name = RecordName::parse("simulation").expect("it has 1 to 255 characters");
    let request = AuthoriseRequest {
        call: RecordKey { kind: RecordKind::Call, reporter: name.clone(), name },
        dialled,
        origin: CallOrigin::Number,
        single: settings.single_caller_id,
        longest_seconds: settings.longest_seconds,
        terms,
    };
    Ok((request, seconds_of(change.field("seconds"))?))
}

async fn hash(change: &Change) -> Result<Told, Trouble> {
    let visit = &change.visit;
    let hashes = visit.console.settings.mor_hashes.clone().ok_or(Trouble::NotFound)?;
    let user = visit.hub().mor_user(change.field("user")).await?;
    let Some(secret) = user.as_ref().and_then(|user| Some(&user.secrets.as_ref()?.present)) else {
        return Ok(Err("There is no such user, or it has no secret.".to_owned()));
    };
    let lines = change.field("parameters").lines().filter(|line| !line.trim().is_empty());
    let parameters: Option<Vec<_>> = lines.map(|line| line.trim().split_once('=')).collect();
    let Some(parameters) = parameters else {
        return Ok(Err("Write each parameter as name=value, one a line.".to_owned()));
    };
    let shown = hashes.hash(change.field("method"), &parameters, secret);
    Ok(shown.map(|shown| {
        let sent = change.field("hash");
        html! {
            (facts([("Hashed", html! { code { (shown.hashed) } }), ("SHA-1", html! { code { (shown.hash) } })]))
            @if !sent.is_empty() {
                @if sent.eq_ignore_ascii_case(&shown.hash) { p { b { "The hash that was sent is right." } } }
                @else { p { b { "The hash that was sent is another one." } } }
            }
        }
    }).map_err(|why| format!("Not hashed: {why}.")))
}
