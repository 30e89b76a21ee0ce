//! What to do when it does not work.

use leaseline_hub::upkeep::UpkeepError;
use leaseline_service::Problem;

/// `what` fits after "failed to"; `not_empty` says what to do about a target that is not.
pub(super) fn problem(what: String, error: UpkeepError, not_empty: &str) -> Problem {
    let hint = match &error {
        UpkeepError::Url(_) => "write sqlite://leaseline.db or postgres://USER@HOST/DATABASE",
        UpkeepError::Store(_) => "does the database answer, and is there room on the disk?",
        UpkeepError::File(..) => "may this user read and write there, and is there room?",
        UpkeepError::Missing(_) => "name a file that is there",
        UpkeepError::Exists(_) => "choose another name, or let it give way with --force",
        UpkeepError::Same | UpkeepError::Beside(_) => "name another one",
        UpkeepError::Schema { .. } => {
            "an older schema is brought up to date by `leaseline migrate`; a newer one needs the \
             version that made it"
        }
        UpkeepError::NotEmpty(_) => not_empty,
        UpkeepError::InUse => {
            "stop every process that uses it (on PostgreSQL: every connection, a pooler's too)"
        }
        UpkeepError::SeenRecently => {
            "stop every process that uses it and wait a minute, or insist with --force"
        }
        UpkeepError::Layout(_) => "report it: the two kinds of database have to have the same",
        UpkeepError::Differs(_) => "nothing was kept; try again, and report it if it happens again",
        UpkeepError::Damaged(_) => "use an older backup",
        UpkeepError::Broken(_) => "run `leaseline check` on the original to see all of it",
    };
    Problem::new(what, error, hint)
}
