//! How far a run is: a bar at the end of the standard error on a terminal, elsewhere a line a minute.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use graph_devices::{Notice, Outcome, Progress, Status, UserResult};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::args::When;
use crate::io::Io;
use crate::lines::Line;
use crate::rows::thousands;

const MINUTE: Duration = Duration::from_secs(60);

/// The progress of one run.
pub(crate) struct Bar {
    /// What the run does, such as `retiring`.
    doing: &'static str,
    total: u64,
    /// It is drawn, and not printed line by line.
    is_drawn: bool,
    /// When the last line was printed, where nothing is drawn.
    printed: Option<Instant>,
    counts: BTreeMap<usize, u64>,
    last: Progress,
    /// The end of a pause that the service asked for.
    paused_until: Option<Instant>,
}

impl Bar {
    /// Begins to show the progress over so many users; 0 if they are not known yet.
    pub(crate) fn begin(doing: &'static str, total: usize, io: &Io) -> Self {
        let draws = match io.progress() {
            When::Auto => Io::can_draw(),
            When::Always => true,
            When::Never => false,
        };
        let mut bar = Self {
            doing,
            total: total as u64,
            is_drawn: draws && Io::can_draw(),
            printed: None,
            counts: BTreeMap::new(),
            last: Progress::default(),
            paused_until: None,
        };
        io.set_bar(bar.is_drawn.then(drawn));
        if total > 0 {
            bar.show(io);
        }
        bar
    }

    /// Counts a user that is done.
    pub(crate) fn count(&mut self, result: &UserResult) {
        *self.counts.entry(result.outcome as usize).or_default() += 1;
    }

    /// Keeps the end of a pause.
    pub(crate) fn notice(&mut self, notice: &Notice) {
        if let Notice::Waiting {
            status: Status::Throttled,
            wait,
            ..
        } = notice
        {
            self.paused_until = Instant::now().checked_add(*wait).max(self.paused_until);
        }
    }

    /// Shows the progress.
    pub(crate) fn progress(&mut self, progress: &Progress, io: &Io) {
        self.last = progress.clone();
        // The users of a verification are the journal's, which core counts.
        self.total = self.total.max(progress.given);
        if io.progress() == When::Always {
            io.line(&Line::Progress {
                done: progress.done,
                total: self.total,
                users_per_hour: progress.users_per_hour,
                remaining_s: self.remaining().map(|left| left.as_secs()),
            });
        }
        self.show(io);
    }

    /// Shows the end.
    pub(crate) fn end(&mut self, io: &Io) {
        io.set_bar(None);
        if !self.is_drawn && self.printed.is_some_and(|begun| begun.elapsed() > MINUTE) {
            self.printed = None;
            self.show(io);
        }
    }

    fn show(&mut self, io: &Io) {
        if self.is_drawn {
            io.draw(self.text());
        } else if io.progress() != When::Never && self.printed.is_none_or(|last| last.elapsed() >= MINUTE) {
            self.printed = Some(Instant::now());
            io.note(&self.text());
        }
    }

    fn text(&self) -> String {
        let done = self.last.done.min(self.total);
        let part = done * 100 / self.total.max(1);
        let mut parts = vec![
            self.doing.to_owned(),
            format!("{} / {}", thousands(done), thousands(self.total)),
            format!("{part} %"),
        ];
        let paused = self
            .paused_until
            .map(|until| until.saturating_duration_since(Instant::now()))
            .filter(|left| !left.is_zero());
        match paused {
            Some(left) => parts.push(format!(
                "the service asks for a pause (429); going on in {} s",
                left.as_secs() + 1
            )),
            None => parts.extend(self.pace()),
        }
        for outcome in Outcome::all() {
            if let Some(count) = self.counts.get(&(*outcome as usize)) {
                parts.push(format!("{} {}", outcome.name(), thousands(*count)));
            }
        }
        parts.join("  ")
    }

    /// The rate and the time left.
    fn pace(&self) -> Option<String> {
        let left = self.remaining()?;
        let minutes = left.as_secs().div_ceil(60);
        let rate = self.last.users_per_hour;
        Some(if minutes > 1 {
            format!("{} an hour, about {minutes} min left", thousands(rate))
        } else {
            format!("{} an hour", thousands(rate))
        })
    }

    /// The time for the rest of the list: core knows the users only as far as it has asked for them.
    fn remaining(&self) -> Option<Duration> {
        let left = self.total.saturating_sub(self.last.done);
        let rate = self.last.users_per_hour;
        (rate > 0 && self.last.done > 0).then(|| Duration::from_secs(left.saturating_mul(3600) / rate))
    }
}

fn drawn() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{wide_msg}");
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
