//! The question before anything is sent. It is asked on the terminal itself, so that the list can be the standard input.

use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use crate::io::Io;
use crate::signals::Watch;

/// How long an answer is awaited before signals are checked.
const CHECK: Duration = Duration::from_millis(50);

const INPUT: &str = if cfg!(windows) { "CONIN$" } else { "/dev/tty" };
const OUTPUT: &str = if cfg!(windows) { "CONOUT$" } else { "/dev/tty" };

/// The terminal of the process.
pub(crate) struct Terminal {
    input: File,
    output: File,
}

impl Terminal {
    /// Opens it; `None` if the process has none.
    pub(crate) fn open() -> Option<Self> {
        // The console of Windows is opened for both, or its mode cannot be read.
        let input = OpenOptions::new().read(true).write(true).open(INPUT).ok()?;
        let output = OpenOptions::new().write(true).open(OUTPUT).ok()?;
        Some(Self { input, output })
    }

    /// Asks once everything that was printed is with its reader, and returns the line that was typed. `None` at the end of
    /// input, or when a signal arrives: both are a no.
    pub(crate) fn ask(mut self, question: &str, watch: &Watch, io: &Io) -> Option<String> {
        while !io.is_read(CHECK) {
            if watch.received().is_some() {
                return None;
            }
        }
        write!(self.output, "{question}").ok()?;
        self.output.flush().ok()?;
        let (sender, receiver) = channel();
        let input = self.input;
        // A read cannot be broken off: after a signal the thread is left to the end of the process.
        thread::spawn(move || {
            let mut line = String::new();
            let read = BufReader::new(input).read_line(&mut line);
            let answered = read.is_ok_and(|bytes| bytes > 0);
            let _ = sender.send(answered.then_some(line));
        });
        loop {
            match receiver.recv_timeout(CHECK) {
                Ok(line) => return line.map(|line| line.trim().to_owned()),
                Err(RecvTimeoutError::Timeout) if watch.received().is_none() => {}
                Err(_) => {
                    let _ = writeln!(self.output);
                    return None;
                }
            }
        }
    }
}
