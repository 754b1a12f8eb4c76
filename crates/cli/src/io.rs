//! The streams: rows and JSON Lines on the standard output; questions, notices, progress and errors on the standard error.

use std::io::{self, IsTerminal as _, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anstream::{AutoStream, ColorChoice};
use graph_devices::visible;
use indicatif::ProgressBar;

use crate::args::{Global, When};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::lines::Line;

/// The width of a terminal that does not say how wide it is.
const USUAL_WIDTH: usize = 80;

/// Where everything is printed. Clones share the streams.
#[derive(Clone)]
pub(crate) struct Io(Arc<Shared>);

struct Shared {
    json: bool,
    quiet: bool,
    verbose: u8,
    progress: When,
    /// Absent if the output is no terminal.
    width: Option<usize>,
    streams: Mutex<Streams>,
}

struct Streams {
    /// `None` once its reader has gone.
    out: Option<Box<dyn Write + Send>>,
    err: Box<dyn Write + Send>,
    /// What is drawn at the end of the standard error, below what is printed.
    bar: Option<ProgressBar>,
}

impl Io {
    pub(crate) fn new(global: &Global) -> Self {
        let choice = match global.color {
            When::Auto => ColorChoice::Auto,
            When::Always => ColorChoice::Always,
            When::Never => ColorChoice::Never,
        };
        let width = io::stdout().is_terminal().then(width_of_terminal);
        Self(Arc::new(Shared {
            json: global.json,
            quiet: global.quiet,
            verbose: global.verbose,
            progress: global.progress,
            width,
            streams: Mutex::new(Streams {
                out: Some(Box::new(AutoStream::new(io::stdout(), choice))),
                err: Box::new(AutoStream::new(io::stderr(), choice)),
                bar: None,
            }),
        }))
    }

    /// The width that rows are cut to; absent where rows are whole.
    pub(crate) fn width(&self) -> Option<usize> {
        self.0.width
    }

    pub(crate) fn progress(&self) -> When {
        self.0.progress
    }

    /// Whether the standard error is a terminal.
    pub(crate) fn can_draw() -> bool {
        io::stderr().is_terminal()
    }

    /// Prints an answer that has the same form for persons and programs.
    pub(crate) fn answer(&self, text: &str) {
        self.streams().print(text);
    }

    /// Whether the standard output has one JSON object a line.
    pub(crate) fn is_json(&self) -> bool {
        self.0.json
    }

    /// Prints a row for a person.
    pub(crate) fn row(&self, text: &str) {
        if !self.0.json && !self.0.quiet {
            self.streams().print(text);
        }
    }

    /// Prints some rows.
    pub(crate) fn rows(&self, rows: &[String]) {
        for row in rows {
            self.row(row);
        }
    }

    /// Prints a line for a program.
    pub(crate) fn line(&self, line: &Line) {
        if self.0.json {
            self.streams().print(&line.text());
        }
    }

    /// Prints something beside the answer, on the standard error.
    pub(crate) fn note(&self, text: &str) {
        if !self.0.quiet {
            self.streams().print_error(text);
        }
    }

    /// Prints something beside the answer that only `-v`, or at 2 only `-vv`, asks for.
    pub(crate) fn detail(&self, level: u8, text: &str) {
        if self.0.verbose >= level {
            self.note(text);
        }
    }

    /// Prints an error, on the standard error.
    pub(crate) fn error(&self, text: &str) {
        self.streams()
            .print_error(&format!("graph-devices: {}", visible(text)));
    }

    /// Prints why a verb ended early, and returns its exit code.
    pub(crate) fn fail(&self, failure: &Failure) -> Exit {
        self.streams().fail(failure, self.0.json);
        failure.exit
    }

    /// The same for another thread that ends the program: without what is being printed at this moment.
    pub(crate) fn fail_at_once(&self, failure: &Failure) {
        if let Ok(mut streams) = self.0.streams.try_lock() {
            streams.fail(failure, self.0.json);
        }
    }

    /// Prints the last line for a program that has not got as far as its options.
    pub(crate) fn print_failure_line(failure: &Failure) {
        // A closed stream has no reader.
        let _ = writeln!(io::stdout(), "{}", Line::of_failure(failure).text());
    }

    /// Draws a bar from now on, or takes it away.
    pub(crate) fn set_bar(&self, bar: Option<ProgressBar>) {
        let mut streams = self.streams();
        if let Some(bar) = std::mem::replace(&mut streams.bar, bar) {
            bar.finish_and_clear();
        }
    }

    fn streams(&self) -> MutexGuard<'_, Streams> {
        self.0.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Streams {
    fn fail(&mut self, failure: &Failure, is_json: bool) {
        self.print_error(&format!("graph-devices: {}", visible(&failure.message)));
        if let Some(next) = &failure.next {
            self.print_error(&format!("go on with: {next}"));
        }
        if is_json {
            self.print(&Line::of_failure(failure).text());
        }
    }

    fn print(&mut self, text: &str) {
        let Some(out) = &mut self.out else { return };
        // In one piece, so that a program that is killed leaves no half of a line.
        let line = format!("{text}\n");
        let mut print = || out.write_all(line.as_bytes()).and_then(|()| out.flush());
        let printed = match &self.bar {
            Some(bar) => bar.suspend(print),
            None => print(),
        };
        if printed.is_err() {
            self.out = None;
        }
    }

    fn print_error(&mut self, text: &str) {
        let err = &mut self.err;
        let mut print = || writeln!(err, "{text}");
        // Nothing is left to report it on.
        let _ = match &self.bar {
            Some(bar) => bar.suspend(print),
            None => print(),
        };
    }
}

fn width_of_terminal() -> usize {
    let named = std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
    let measured = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    named
        .filter(|width| *width > 0)
        .or_else(measured)
        .unwrap_or(USUAL_WIDTH)
}
