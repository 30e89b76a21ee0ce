//! A bar on a terminal, and nothing elsewhere.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use leaseline_hub::upkeep::Progress;

const BAR: &str = "{msg} {wide_bar} {human_pos}/{human_len} rows, {eta} left";
const SPINNER: &str = "{msg} {spinner} {elapsed}";

/// How far some work is. Gone from the terminal when dropped.
pub(crate) struct Bar(ProgressBar);

impl Bar {
    /// For work that says `what`, such as "copying", until it hears of rows.
    pub(crate) fn new(what: &'static str) -> Self {
        // The target draws on a terminal only.
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        bar.set_style(style(SPINNER));
        bar.set_message(what);
        Self(bar)
    }

    /// Takes note of rows of which nobody knows how many there will be.
    pub(crate) fn count(&self, what: &str, rows: usize) {
        self.0.set_message(format!("{what}, {rows} rows so far"));
        self.0.tick();
    }

    /// Takes note of rows.
    pub(crate) fn show(&self, progress: Progress) {
        if self.0.length().is_none() {
            self.0.set_style(style(BAR));
            self.0.set_length(progress.of);
        }
        self.0.set_position(progress.rows);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).expect("the templates above are sound")
}
