//! Processes on one database, and clients that go from one that is gone to the next.

use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use leaseline_testkit::Database;

use crate::crash::books::Scene;
use crate::crash::load::{self, Known, Progress};
use crate::program::Program;

const CLIENTS: usize = 16;

pub(crate) struct Fleet {
    processes: Vec<Program>,
}

impl Fleet {
    pub(crate) fn start(database: &Database, processes: usize) -> Self {
        Self::start_at(database.url(), processes)
    }

    pub(crate) fn start_at(database_url: &str, processes: usize) -> Self {
        let start = |_| Program::combined(database_url);
        Self { processes: (0..processes).map(start).collect() }
    }

    pub(crate) fn wait_until_ready(&self, patience: Duration) {
        self.processes.iter().for_each(|process| process.wait_until_ready(patience));
    }

    /// Has clients work until enough was answered, then ends the processes under them: of
    /// several, the first when half of it was.
    pub(crate) fn work_until(
        self,
        scene: &Scene,
        round: usize,
        answers: usize,
        end: impl Fn(Program),
    ) -> Known {
        let addresses = self.addresses();
        self.work(scene, round, &addresses, |mut processes, progress| {
            if processes.len() > 1 {
                progress.wait_for(answers / 2);
                end(processes.remove(0));
            }
            progress.wait_for(answers);
            processes.into_iter().for_each(&end);
        })
    }

    /// Has clients work at two processes, of which the first stands still for a while, until the
    /// second has answered enough meanwhile and both have afterwards.
    pub(crate) fn work_while_one_stands_still(
        self,
        scene: &Scene,
        answers: usize,
        span: Duration,
    ) -> Known {
        let addresses = self.addresses();
        self.work(scene, 0, &addresses, |processes, progress| {
            progress.wait_for(answers);
            processes[0].freeze();
            let frozen_at = Instant::now();
            let before = progress.answered();
            while frozen_at.elapsed() < span {
                thread::yield_now();
            }
            let meanwhile = progress.answered() - before;
            eprintln!("{meanwhile} answers while one stood still for {span:?}");
            assert!(meanwhile > answers, "only {meanwhile} answers meanwhile");
            processes[0].thaw();
            processes[0].wait_until_ready(Duration::from_secs(5));
            progress.wait_for(progress.answered() + answers);
            processes.into_iter().for_each(Program::kill);
        })
    }

    /// Has clients work while something happens to the store so often, each time after so many
    /// more answers, and for as many again afterwards.
    pub(crate) fn work_through(
        self,
        scene: &Scene,
        answers: usize,
        times: usize,
        happens: impl Fn(&Program),
    ) -> Known {
        let addresses = self.addresses();
        self.work(scene, 0, &addresses, |processes, progress| {
            for _ in 0..times {
                progress.wait_for(progress.answered() + answers);
                happens(&processes[0]);
            }
            progress.wait_for(progress.answered() + answers);
            processes.iter().for_each(|process| process.wait_until_ready(Duration::from_secs(5)));
            processes.into_iter().for_each(Program::kill);
        })
    }

    fn work(
        self,
        scene: &Scene,
        round: usize,
        addresses: &[SocketAddr],
        conduct: impl FnOnce(Vec<Program>, &Progress),
    ) -> Known {
        let known = Mutex::new(Known::default());
        let progress = Progress(AtomicUsize::new(0));
        thread::scope(|scope| {
            for nth in 0..CLIENTS {
                let (known, progress) = (&known, &progress);
                let name = format!("{round}-{nth}");
                let (before, after) = addresses.split_at(nth % addresses.len());
                let addresses = [after, before].concat();
                scope.spawn(move || load::work(scene, &name, &addresses, known, progress));
            }
            conduct(self.processes, &progress);
        });
        known.into_inner().expect("no panic")
    }

    /// Asks for all of it once more: what was answered is answered in the same words, and what was
    /// not is done.
    pub(crate) fn ask_again(&self, known: &Known) {
        let address = self.addresses()[0];
        let next = AtomicUsize::new(0);
        thread::scope(|scope| {
            for _ in 0..CLIENTS {
                scope.spawn(|| {
                    while let Some((asked, answer)) =
                        known.done.get(next.fetch_add(1, Ordering::AcqRel))
                    {
                        asked.check_again(address, answer);
                    }
                });
            }
        });
        known.unknown.iter().for_each(|asked| drop(asked.insist(address)));
    }

    fn addresses(&self) -> Vec<SocketAddr> {
        self.processes.iter().map(|process| process.address).collect()
    }
}
