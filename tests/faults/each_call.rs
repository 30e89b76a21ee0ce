//! One call of the store after another fails.

use leaseline_store::faults::Fails;
use leaseline_testkit::http::{Answer, Call};
use leaseline_testkit::{Database, Kind, databases};

use crate::api::Api;

/// An operation has at most so many calls.
const MOST_CALLS: usize = 100;

/// An operation of a facade.
pub(crate) struct Operation {
    pub(crate) name: &'static str,
    /// What it needs beforehand, each time; the nth time. The request is made of its outcome.
    pub(crate) before: fn(&Api, usize) -> String,
    /// The request, which never is the same twice.
    pub(crate) call: fn(&str, usize) -> Call,
    /// What a success has in it.
    pub(crate) success: &'static str,
}

/// Nothing is needed beforehand.
pub(crate) fn nothing(_: &Api, _: usize) -> String {
    String::new()
}

/// What there is in the database, but for where its writers are.
type Contents = Vec<String>;

struct Run<'a> {
    api: &'a Api,
    database: &'a Database,
    operation: &'a Operation,
    is_away: fn(&Answer) -> bool,
    /// So many rows more there are after a success.
    rows: isize,
    nth: usize,
}

/// Has every call of every operation fail.
pub(crate) fn check_every_operation(operations: &[Operation], is_away: fn(&Answer) -> bool) {
    for database in databases().map(Database::without_waiting_for_the_disk) {
        let api = Api::start(&database);
        let mut faults = 0;
        for operation in operations {
            let run = Run { api: &api, database: &database, operation, is_away, rows: 0, nth: 0 };
            faults += run.check();
        }
        drop(api);
        database.assert_sound();
        eprintln!("{:?}: {faults} calls failed on purpose", database.kind());
    }
}

impl Run<'_> {
    /// How many failures there were.
    fn check(mut self) -> usize {
        self.measure();
        // Trying again is the hub's, whatever the database; the long form has it on both.
        let is_long = std::env::var_os("LEASELINE_TEST_TORTURE_FAULTS").is_some();
        let once = is_long || self.database.kind() == Kind::Sqlite;
        let once = if once { self.fail_each_once() } else { 0 };
        once + self.fail_from_each_on()
    }

    fn measure(&mut self) {
        // What is remembered for a while is remembered from here on.
        self.succeed();
        let prepared = self.prepare();
        let before = self.contents();
        let (answer, _) = self.ask(&prepared, Fails::Never);
        self.assert_success(&answer, 0);
        self.rows = difference(&before, &self.contents());
    }

    /// One that fails once is tried again: nobody notices.
    fn fail_each_once(&mut self) -> usize {
        for call in 1..MOST_CALLS {
            let prepared = self.prepare();
            let before = self.contents();
            let (answer, fired) = self.ask(&prepared, Fails::Once(call));
            self.assert_success(&answer, call);
            self.assert_done_once(&before, call);
            if fired.failed == 0 {
                return call - 1;
            }
        }
        panic!("{} calls the store without an end", self.operation.name);
    }

    /// The store goes away at one of the calls: nothing was done, or nobody can say; if it was the
    /// answer to a commit that was lost, all of it.
    fn fail_from_each_on(&mut self) -> usize {
        for call in 1..MOST_CALLS {
            let prepared = self.prepare();
            let before = self.contents();
            let (answer, fired) = self.ask(&prepared, Fails::From(call));
            let after = self.contents();
            if fired.failed == 0 {
                self.assert_success(&answer, call);
                return call - 1;
            }
            // An answer that needed nothing of what failed may be a success.
            let is_away = (self.is_away)(&answer);
            assert!(is_away || self.is_success(&answer), "{}: {answer:?}", self.told(call));
            if is_away && after == before {
                let again = self.api.send(&(self.operation.call)(&prepared, self.nth));
                self.assert_success(&again, call);
            } else {
                assert!(!is_away || fired.lost_a_commit, "{}", self.told(call));
                self.assert_done_once(&before, call);
                self.succeed();
            }
        }
        panic!("{} calls the store without an end", self.operation.name);
    }

    fn prepare(&mut self) -> String {
        self.nth = self.api.next();
        (self.operation.before)(self.api, self.nth)
    }

    fn ask(&self, prepared: &str, fails: Fails) -> (Answer, leaseline_store::faults::Fired) {
        let call = (self.operation.call)(prepared, self.nth);
        self.api.faults.plan(fails);
        let answer = self.api.send(&call);
        (answer, self.api.faults.end())
    }

    fn succeed(&mut self) {
        let prepared = self.prepare();
        let (answer, _) = self.ask(&prepared, Fails::Never);
        self.assert_success(&answer, 0);
    }

    fn is_success(&self, answer: &Answer) -> bool {
        answer.body.contains(self.operation.success)
    }

    fn assert_success(&self, answer: &Answer, call: usize) {
        assert!(self.is_success(answer), "{}: {answer:?}", self.told(call));
    }

    /// There is as much more as after any success.
    fn assert_done_once(&self, before: &Contents, call: usize) {
        let after = self.contents();
        let is_new = |row: &&String| before.binary_search(row).is_err();
        let new: Vec<_> = after.iter().filter(is_new).collect();
        assert_eq!(difference(before, &after), self.rows, "{}: {new:#?}", self.told(call));
    }

    fn told(&self, call: usize) -> String {
        let Operation { name, .. } = self.operation;
        format!("{name} on {:?} with call {call} failing", self.database.kind())
    }

    fn contents(&self) -> Contents {
        self.database.contents(&self.api.tables)
    }
}

fn difference(before: &Contents, after: &Contents) -> isize {
    let count = |contents: &Contents| isize::try_from(contents.len()).unwrap();
    count(after) - count(before)
}
