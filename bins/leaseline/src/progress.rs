//! A bar for what takes long, on a terminal only.

use indicatif::{ProgressBar, ProgressStyle};
use leaseline_provision::Progress;

const STYLE: &str = "{msg} {wide_bar} {human_pos} of {human_len}, {eta} left";

/// How far an import is. It draws on standard error if that is a terminal, and is gone when
/// dropped.
#[derive(Default)]
pub(crate) struct Bar(Option<ProgressBar>);

impl Bar {
    pub(crate) fn show(&mut self, Progress { pool, done, of }: Progress<'_>) {
        self.reach(format!("numbers for {pool:?}"), done, of);
    }

    /// So many of so many of something.
    pub(crate) fn reach(&mut self, what: impl Into<String>, done: usize, of: usize) {
        let bar = self.0.get_or_insert_with(empty);
        bar.set_message(what.into());
        bar.set_length(count(of));
        bar.set_position(count(done));
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

/// It finds out by itself whether there is a terminal.
fn empty() -> ProgressBar {
    let style = ProgressStyle::with_template(STYLE).expect("the template is a constant");
    ProgressBar::new(0).with_style(style)
}

fn count(numbers: usize) -> u64 {
    u64::try_from(numbers).unwrap_or(u64::MAX)
}
