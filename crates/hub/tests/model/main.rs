//! Random requests, one at a time, to a hub and to the model: every answer is the same, on both
//! databases. A failure stays as a case in `main.regressions`.

#![allow(clippy::unwrap_used, reason = "in a test, what goes wrong is its failure")]

mod command;
mod run;

use leaseline_testkit::Database;
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;

use crate::command::{Command, command};
use crate::run::Run;

proptest! {
    #![proptest_config(cases(24))]

    #[test]
    fn on_sqlite_the_hub_answers_as_the_model_does(commands in commands()) {
        compare(Database::sqlite(), &commands);
    }
}

proptest! {
    // Fewer, as a database takes longer to make.
    #![proptest_config(cases(8))]

    #[test]
    fn on_postgresql_the_hub_answers_as_the_model_does(commands in commands()) {
        let database = Database::postgres().map(Database::without_waiting_for_the_disk);
        database.into_iter().for_each(|database| compare(database, &commands));
    }
}

fn cases(cases: u32) -> ProptestConfig {
    let kept = FileFailurePersistence::WithSource("regressions");
    ProptestConfig {
        cases,
        max_shrink_iters: 200,
        failure_persistence: Some(Box::new(kept)),
        ..ProptestConfig::default()
    }
}

fn commands() -> impl Strategy<Value = Vec<Command>> {
    proptest::collection::vec(command(), 1..60)
}

fn compare(database: Database, commands: &[Command]) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime can be made").block_on(async {
        let mut run = Run::start(&database).await;
        for command in commands {
            run.step(command).await;
        }
        run.look_at_everything().await;
        run.lease_all_that_is_left().await;
        run.end().await;
    });
    database.assert_sound();
}
