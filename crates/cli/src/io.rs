//! The streams: rows and JSON Lines on the standard output; questions, notices, progress and errors on the standard error.

use std::io::{self, IsTerminal as _, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anstream::{AutoStream, ColorChoice};
use graph_devices::visible;
use indicatif::ProgressBar;

use crate::args::{Global, When};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::lines::Line;
use crate::output::Output;

/// The width of a terminal that does not say how wide it is.
const USUAL_WIDTH: usize = 80;

/// How long the standard error waits for what was printed before on the standard output, so that a log has both in order.
const MOMENT: Duration = Duration::from_millis(250);

/// How long a program that was stopped waits for a reader who takes nothing.
const PATIENCE: Duration = Duration::from_secs(1);

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
    out: Output,
    err: Arc<Mutex<Errors>>,
    /// Both streams are a terminal. What is printed on it has one order, and if it stalls, it does so for both.
    is_terminal: bool,
}

/// The standard error.
struct Errors {
    stream: Box<dyn Write + Send>,
    /// What is drawn at its end, below what is printed.
    bar: Option<ProgressBar>,
}

impl Io {
    pub(crate) fn new(global: &Global) -> Result<Self, Failure> {
        let choice = match global.color {
            When::Auto => ColorChoice::Auto,
            When::Always => ColorChoice::Always,
            When::Never => ColorChoice::Never,
        };
        let out = Output::begin(AutoStream::new(io::stdout(), choice)).map_err(|error| {
            Failure::unable(format!(
                "no thread can be started, so nothing was done; raise the limit of threads or of memory: {error}"
            ))
        })?;
        let err = Errors {
            stream: Box::new(AutoStream::new(io::stderr(), choice)),
            bar: None,
        };
        Ok(Self(Arc::new(Shared {
            json: global.json,
            quiet: global.quiet,
            verbose: global.verbose,
            progress: global.progress,
            width: io::stdout().is_terminal().then(width_of_terminal),
            out,
            err: Arc::new(Mutex::new(err)),
            is_terminal: io::stdout().is_terminal() && io::stderr().is_terminal(),
        })))
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
        self.print(text.to_owned());
    }

    /// Whether the standard output has one JSON object a line.
    pub(crate) fn is_json(&self) -> bool {
        self.0.json
    }

    /// Prints a row for a person.
    pub(crate) fn row(&self, text: &str) {
        if !self.0.json && !self.0.quiet {
            self.print(text.to_owned());
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
            self.print(line.text());
        }
    }

    /// Prints something beside the answer, on the standard error.
    pub(crate) fn note(&self, text: &str) {
        if !self.0.quiet {
            self.print_error(text.to_owned());
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
        self.print_error(format!("graph-devices: {}", visible(text)));
    }

    /// Prints why a verb ended early, and returns its exit code.
    pub(crate) fn fail(&self, failure: &Failure) -> Exit {
        self.print_error(failure.text());
        self.line(&Line::of_failure(failure));
        failure.exit
    }

    /// The same for another thread that ends the program: without the standard error if that is in use, and within a moment.
    pub(crate) fn fail_at_once(&self, failure: &Failure) {
        if self.0.is_terminal || self.0.err.try_lock().is_ok() {
            self.print_error(failure.text());
        }
        self.line(&Line::of_failure(failure));
        self.0.out.is_printed(MOMENT);
    }

    /// Prints why the program ended before it got as far as its streams.
    pub(crate) fn print_failure(failure: &Failure, is_json: bool) {
        // A closed stream has no reader.
        let _ = writeln!(io::stderr(), "{}", failure.text());
        if is_json {
            Self::print_failure_line(failure);
        }
    }

    /// The last line alone, for a program.
    pub(crate) fn print_failure_line(failure: &Failure) {
        // A closed stream has no reader.
        let _ = writeln!(io::stdout(), "{}", Line::of_failure(failure).text());
    }

    /// Draws a bar from now on, or takes it away.
    pub(crate) fn set_bar(&self, bar: Option<ProgressBar>) {
        self.with_errors(|err| {
            if let Some(bar) = std::mem::replace(&mut err.bar, bar) {
                bar.finish_and_clear();
            }
        });
    }

    /// Changes what the bar shows.
    pub(crate) fn draw(&self, text: String) {
        self.with_errors(|err| {
            if let Some(bar) = &err.bar {
                bar.set_message(text);
            }
        });
    }

    /// Whether everything that was printed is with its reader, at the latest after `within`.
    pub(crate) fn is_read(&self, within: Duration) -> bool {
        self.0.out.is_printed(within)
    }

    /// Waits for the readers at the end of the program: for those of a program that was stopped only while they read.
    pub(crate) fn finish(&self, is_stopped: bool) {
        if is_stopped {
            self.0.out.finish(PATIENCE);
        } else {
            self.flush();
        }
    }

    /// Waits until everything that was printed is with its reader.
    pub(crate) fn flush(&self) {
        self.0.out.finish(Duration::MAX);
    }

    fn print(&self, mut line: String) {
        let err = self.0.is_terminal.then(|| self.0.err.clone());
        self.0.out.add(move |out| {
            // In one piece, so that a program that is killed leaves no half of a line.
            line.push('\n');
            let mut print = || out.write_all(line.as_bytes()).and_then(|()| out.flush());
            match &err {
                Some(err) => locked(err).above_bar(|_| print()),
                None => print(),
            }
        });
    }

    fn print_error(&self, text: String) {
        if !self.0.is_terminal {
            self.0.out.let_catch_up(MOMENT);
        }
        self.with_errors(move |err| {
            // Nothing is left to report a failure on.
            let _ = err.above_bar(|stream| writeln!(stream, "{text}"));
        });
    }

    /// Does something with the standard error: on a terminal in turn with the standard output, else at once.
    fn with_errors(&self, action: impl FnOnce(&mut Errors) + Send + 'static) {
        let err = self.0.err.clone();
        if self.0.is_terminal {
            self.0.out.add(move |_| {
                action(&mut locked(&err));
                Ok(())
            });
        } else {
            action(&mut locked(&err));
        }
    }
}

impl Errors {
    /// Prints something above the bar, if there is one.
    fn above_bar<T>(&mut self, print: impl FnOnce(&mut dyn Write) -> T) -> T {
        match &self.bar {
            Some(bar) => bar.suspend(|| print(&mut self.stream)),
            None => print(&mut self.stream),
        }
    }
}

fn locked(err: &Mutex<Errors>) -> MutexGuard<'_, Errors> {
    err.lock().unwrap_or_else(PoisonError::into_inner)
}

fn width_of_terminal() -> usize {
    let named = std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
    let measured = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    named
        .filter(|width| *width > 0)
        .or_else(measured)
        .unwrap_or(USUAL_WIDTH)
}
