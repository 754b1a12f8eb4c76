//! Ctrl-C, SIGTERM and hang-ups. Outside a run they end the program at once; a run watches for them and ends in order.

use std::process;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::io::Io;

/// The time that a watcher has to leave after its second signal.
const GRACE: Duration = Duration::from_millis(500);

/// The signals of the process.
pub(crate) struct Signals {
    is_watched: Arc<Mutex<bool>>,
    received: Mutex<Receiver<Exit>>,
}

impl Signals {
    /// Takes over the signals that stop a program, except those that the process was started to ignore.
    pub(crate) fn take_over(io: &Io) -> Self {
        let (sender, receiver) = channel();
        let is_watched = Arc::new(Mutex::new(false));
        let handler = Handler {
            is_watched: is_watched.clone(),
            sender,
            io: io.clone(),
            first: None,
        };
        if let Err(error) = platform::listen(handler) {
            io.note(&format!(
                "signals cannot be taken over: {error}; Ctrl-C ends the program at once, and a run can be resumed"
            ));
        }
        Self {
            is_watched,
            received: Mutex::new(receiver),
        }
    }

    /// From now on, until the watch is dropped, signals are left to it.
    pub(crate) fn watch(&self) -> Watch<'_> {
        *locked(&self.is_watched) = true;
        Watch(self)
    }

    /// The exit code of a signal that was left to a watch, and that it has not taken.
    pub(crate) fn received(&self) -> Option<Exit> {
        locked(&self.received).try_recv().ok()
    }
}

/// Signals are left to its owner.
pub(crate) struct Watch<'a>(&'a Signals);

impl Watch<'_> {
    /// The exit code of a signal that has arrived since the last call.
    pub(crate) fn received(&self) -> Option<Exit> {
        self.0.received()
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        *locked(&self.0.is_watched) = false;
    }
}

/// What the thread of the signals does with each.
struct Handler {
    is_watched: Arc<Mutex<bool>>,
    sender: Sender<Exit>,
    io: Io,
    /// When the first signal was passed on.
    first: Option<Instant>,
}

impl Handler {
    /// A signal that arrives twice at once, as from a terminal and from a parent process, is one, also if the watch that took
    /// it has ended meanwhile.
    fn handle(&mut self, exit: Exit) {
        if self.first.is_some_and(|first| first.elapsed() < GRACE) {
            return;
        }
        if !self.pass_on(exit) {
            self.leave(exit);
        }
        if self.first.replace(Instant::now()).is_some() {
            // The watcher prints how to go on; it is not waited for if it cannot.
            thread::sleep(GRACE);
            self.leave(exit);
        }
    }

    /// Passes a signal on to the watch, if there is one. A watch that ends meanwhile leaves it to [`Signals::received`].
    fn pass_on(&self, exit: Exit) -> bool {
        let is_watched = locked(&self.is_watched);
        *is_watched && self.sender.send(exit).is_ok()
    }

    fn leave(&self, exit: Exit) {
        self.io.fail_at_once(&Failure::new(exit, "stopped"));
        process::exit(exit.code().into());
    }
}

fn locked<T>(value: &Mutex<T>) -> MutexGuard<'_, T> {
    value.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(unix)]
mod platform {
    use std::io;
    use std::thread;

    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;

    use super::Handler;
    use crate::exit::Exit;

    pub(super) fn listen(mut handler: Handler) -> io::Result<()> {
        let ours = [SIGINT, SIGTERM, SIGHUP]
            .into_iter()
            .filter(|signal| !is_ignored(*signal));
        let mut signals = Signals::new(ours)?;
        thread::Builder::new().name("signals".to_owned()).spawn(move || {
            for signal in signals.forever() {
                handler.handle(match signal {
                    SIGTERM => Exit::Terminated,
                    _ => Exit::Interrupted,
                });
            }
        })?;
        Ok(())
    }

    /// Whether the process was started with this signal ignored, as `nohup` does. Linux says so; elsewhere none counts as
    /// ignored.
    fn is_ignored(signal: i32) -> bool {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
            .is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
    }
}

#[cfg(windows)]
mod platform {
    use std::io;

    use super::Handler;
    use crate::exit::Exit;

    pub(super) fn listen(mut handler: Handler) -> io::Result<()> {
        ctrlc::set_handler(move || handler.handle(Exit::Interrupted)).map_err(io::Error::other)
    }
}
