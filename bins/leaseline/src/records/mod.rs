//! `leaseline records`: what switches reported of calls, faxes and messages.

mod folder;
mod shown;
mod unsettled;
mod way;

use std::fmt;
use std::path::{Path, PathBuf};

use clap::{Subcommand, ValueEnum};
use leaseline_core::ids::RecordId;
use leaseline_core::record::ReviewNote;
use leaseline_core::search::RecordSearch;
use leaseline_hub::Hub;
use leaseline_hub::insight::ActivityCursor;
use leaseline_hub::records::{RecordState, ResolveRecord};
use leaseline_provision::{RecordsFile, RecordsTaken, Regions, import_records};
use leaseline_service::{Config, Problem, with_hub};
use serde::Serialize;

use crate::answer::Answers;
use crate::apply::problem;
use crate::ask::{Neighbours, Page, not_done, place, unread};
use crate::progress::Bar;
use folder::FolderTaken;
use shown::{Detailed, Records, Shown};
use unsettled::Unsettled;

#[derive(Subcommand)]
pub(crate) enum RecordsCommand {
    /// Takes in the records of a CSV file, or those that FreeSWITCH wrote into a folder; those that
    /// are there already change nothing
    Import {
        /// CSV file whose header names `kind` (call, fax or sms) and the fields of those records, or
        /// a folder of files of mod_json_cdr
        #[arg(value_name = "FILE|DIR")]
        file: PathBuf,
        /// The switch that wrote the files of the folder [default: the only one there is]
        #[arg(long, value_name = "NAME")]
        switch: Option<String>,
    },
    /// Lists records, the last ones first
    List {
        /// Only those that somebody has to look at
        #[arg(long)]
        state: Option<State>,
        /// Only those that fit all of these words, those that began last first: customer:8,
        /// kind:call, kind:fax or kind:sms, state:orphan, state:conflict or state:unpriced, age:<2h
        /// or age:>2h
        #[arg(long, value_name = "WORDS", conflicts_with = "state")]
        filter: Option<String>,
        /// Only those before this one: `older` of the page before, or its last one
        #[arg(long, value_name = "ID", value_parser = record_id)]
        before: Option<RecordId>,
        /// Only those after this one: `newer` of the page after
        #[arg(long, value_name = "ID", value_parser = record_id, requires = "filter",
              conflicts_with = "before")]
        after: Option<RecordId>,
        #[command(flatten)]
        page: Page,
    },
    /// Shows a record, all that led to its charge, and what else came by its name
    Show {
        #[arg(value_parser = record_id)]
        id: RecordId,
    },
    /// Takes a record off the lists of those that somebody has to look at; what it cost stays as it
    /// is, and it comes back if another content is sent by its name
    Resolve {
        #[arg(value_parser = record_id)]
        id: RecordId,
        /// What was found
        #[arg(long, default_value = "", value_parser = note)]
        note: ReviewNote,
    },
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum State {
    /// Belongs to nobody we know
    Orphan,
    /// Was sent again with another content
    Conflict,
    /// Has an owner who could not be charged
    Unpriced,
    /// No record at all: a call that was let through, and that nobody told of in time
    Unsettled,
}

pub(crate) async fn records(
    config: &Config,
    command: RecordsCommand,
    answers: Answers,
) -> Result<(), Problem> {
    match command {
        RecordsCommand::Import { file, switch } if file.is_dir() => {
            answers.print(&import_folder(config, &file, switch.as_deref()).await?)
        }
        RecordsCommand::Import { file, .. } => answers.print(&import(config, &file).await?),
        RecordsCommand::List { state: Some(State::Unsettled), page, .. } => {
            let list = async |hub: &Hub| {
                let found = hub.unsettled_calls(None, page.limit).await;
                found.map_err(|failure| not_done("list the calls", failure))
            };
            answers.print(&Unsettled::from(&*with_hub(config, list).await?))
        }
        RecordsCommand::List { filter: Some(words), before, after, page, .. } => {
            let search = RecordSearch::parse(&words).map_err(unread)?;
            let find = async |hub: &Hub| find(hub, search, (before, after), page).await;
            answers.print(&with_hub(config, find).await?)
        }
        RecordsCommand::List { state, before, page, .. } => {
            let list = async |hub: &Hub| {
                let state = state.and_then(State::of_records);
                let found = hub.records(state, before, page.limit).await;
                found.map_err(|failure| not_done("list the records", failure))
            };
            let found = with_hub(config, list).await?;
            let records = found.iter().map(Shown::from).collect();
            answers.print(&Records { records, neighbours: None })
        }
        RecordsCommand::Show { id } => {
            answers.print(&with_hub(config, async |hub| show(hub, id).await).await?)
        }
        RecordsCommand::Resolve { id, note } => {
            let resolve = async |hub: &Hub| resolve(hub, id, &note).await;
            answers.print(&with_hub(config, resolve).await?)
        }
    }
}

async fn import(config: &Config, path: &Path) -> Result<Imported, Problem> {
    let what = || format!("import {}", path.display());
    let problem = |error| problem(what(), error);
    let import = async |hub: &Hub| {
        let regions = Regions::load(hub, &config.default_region).await;
        let regions = regions.map_err(|failure| not_done(what(), failure))?;
        let file = RecordsFile::read(path, regions).map_err(problem)?;
        let mut bar = Bar::default();
        let show = |done| bar.reach("records", done, file.records());
        import_records(hub, &file, show).await.map_err(problem)
    };
    Ok(Imported::from(with_hub(config, import).await?))
}

async fn import_folder(
    config: &Config,
    path: &Path,
    switch: Option<&str>,
) -> Result<Imported, Problem> {
    let import = async |hub: &Hub| folder::import(hub, path, switch).await;
    let FolderTaken { taken, other_legs, wrong } = with_hub(config, import).await?;
    let imported = Imported { other_legs: Some(other_legs), ..Imported::from(taken) };
    if wrong.is_empty() {
        return Ok(imported);
    }
    let hint = "mend or remove them and run it again: what was taken in changes nothing then";
    let why = format!("{imported}and these are no records:\n{}", wrong.join("\n"));
    Err(Problem::new(format!("import all of {}", path.display()), why, hint))
}

async fn find(
    hub: &Hub,
    search: RecordSearch,
    (before, after): (Option<RecordId>, Option<RecordId>),
    page: Page,
) -> Result<Records, Problem> {
    let place = place(cursor(hub, before).await?, cursor(hub, after).await?);
    let found = hub.find_records(search, place, page.limit).await;
    let found = found.map_err(|failure| not_done("list the records", failure))?;
    Ok(Records {
        records: found.lines.iter().map(Shown::from).collect(),
        neighbours: Some(Neighbours::of(&found, |place| place.id().to_string())),
    })
}

/// The place of a record in a list.
async fn cursor(hub: &Hub, id: Option<RecordId>) -> Result<Option<ActivityCursor>, Problem> {
    let Some(id) = id else { return Ok(None) };
    let what = || format!("list the records from {id} on");
    let found = hub.record(id).await.map_err(|failure| not_done(what(), failure))?;
    found.map(|found| Some(found.line.cursor())).ok_or_else(|| no_such_record(what()))
}

async fn show(hub: &Hub, id: RecordId) -> Result<Detailed, Problem> {
    let what = || format!("show the record {id}");
    let found = hub.record_trail(id).await.map_err(|failure| not_done(what(), failure))?;
    found.as_ref().map(Detailed::from).ok_or_else(|| no_such_record(what()))
}

async fn resolve(hub: &Hub, record: RecordId, note: &ReviewNote) -> Result<Detailed, Problem> {
    let what = || format!("resolve the record {record}");
    let resolved = hub.ask(ResolveRecord { record, note: note.clone() }).await;
    match resolved.map_err(|failure| not_done(what(), failure))? {
        Some(_) => show(hub, record).await,
        None => Err(no_such_record(what())),
    }
}

fn no_such_record(what: String) -> Problem {
    Problem::new(what, "there is no such record", "the ids there are: leaseline records list")
}

fn note(text: &str) -> Result<ReviewNote, String> {
    let note = ReviewNote::parse(text);
    note.ok_or_else(|| "a note has at most 500 characters, and stands on one line".into())
}

fn record_id(text: &str) -> Result<RecordId, String> {
    let id = text.parse().ok().and_then(RecordId::new);
    id.ok_or_else(|| "an id is a whole number from 1 on".into())
}

impl State {
    /// The state of records that it is; none for calls without one.
    const fn of_records(self) -> Option<RecordState> {
        match self {
            Self::Orphan => Some(RecordState::Orphan),
            Self::Conflict => Some(RecordState::Conflict),
            Self::Unpriced => Some(RecordState::Unpriced),
            Self::Unsettled => None,
        }
    }
}

#[derive(Serialize)]
struct Imported {
    stored: usize,
    orphans: usize,
    duplicates: usize,
    updated: usize,
    conflicts: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    other_legs: Option<usize>,
}

impl From<RecordsTaken> for Imported {
    fn from(taken: RecordsTaken) -> Self {
        let RecordsTaken { stored, orphans, duplicates, updated, conflicts } = taken;
        Self { stored, orphans, duplicates, updated, conflicts, other_legs: None }
    }
}

impl fmt::Display for Imported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { stored, orphans, duplicates, updated, conflicts, other_legs } = self;
        writeln!(
            f,
            "{stored} stored, {orphans} of nobody we know, {duplicates} there already, {updated} \
             updated, {conflicts} kept for review"
        )?;
        other_legs
            .iter()
            .try_for_each(|legs| writeln!(f, "{legs} of calls' other legs, not billed"))
    }
}
