//! The standard output. A thread of its own writes, so that a reader who stalls, such as a pager, does not stall the run.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Prints something.
type Piece = Box<dyn FnOnce(&mut dyn Write) -> io::Result<()> + Send>;

/// The standard output, and the thread that prints on it.
pub(crate) struct Output(Arc<Shared>);

#[derive(Default)]
struct Shared {
    queue: Mutex<Queue>,
    changed: Condvar,
}

/// What waits, without a limit: nothing is lost for a reader who comes back.
#[derive(Default)]
struct Queue {
    waiting: VecDeque<Piece>,
    is_printing: bool,
    /// How many pieces were printed.
    printed: u64,
    /// The reader has gone.
    is_closed: bool,
    /// The reader was waited for in vain, and has not caught up since.
    is_behind: bool,
}

impl Output {
    pub(crate) fn begin(mut out: impl Write + Send + 'static) -> io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let printer = shared.clone();
        thread::Builder::new()
            .name("output".to_owned())
            .spawn(move || while printer.print_next(&mut out) {})?;
        Ok(Self(shared))
    }

    /// Prints this after what waits.
    pub(crate) fn add(&self, piece: impl FnOnce(&mut dyn Write) -> io::Result<()> + Send + 'static) {
        let mut queue = self.0.queue();
        if !queue.is_closed {
            queue.waiting.push_back(Box::new(piece));
            self.0.changed.notify_all();
        }
    }

    /// Whether everything was printed, at the latest after `within`.
    pub(crate) fn is_printed(&self, within: Duration) -> bool {
        let began = Instant::now();
        self.0.wait_while(|_| within.saturating_sub(began.elapsed()))
    }

    /// Waits a moment until everything was printed, so that what is printed elsewhere comes after it. A reader who is behind
    /// is not waited for again.
    pub(crate) fn let_catch_up(&self, moment: Duration) {
        if !self.0.queue().is_behind && !self.is_printed(moment) {
            self.0.queue().is_behind = true;
        }
    }

    /// Waits until everything was printed, or the reader has taken nothing for `patience`.
    pub(crate) fn finish(&self, patience: Duration) {
        let (mut printed, mut since) = (0, Instant::now());
        self.0.wait_while(|queue| {
            if queue.printed != printed {
                (printed, since) = (queue.printed, Instant::now());
            }
            patience.saturating_sub(since.elapsed())
        });
    }
}

impl Shared {
    /// Waits until everything was printed, for as long as `left` says. Returns whether it was.
    fn wait_while(&self, mut left: impl FnMut(&Queue) -> Duration) -> bool {
        let mut queue = self.queue();
        while queue.is_printing || !queue.waiting.is_empty() {
            let left = left(&queue);
            if left.is_zero() {
                return false;
            }
            let waited = self.changed.wait_timeout(queue, left);
            queue = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }

    /// Awaits the next piece and prints it. Returns whether the reader is still there.
    fn print_next(&self, out: &mut impl Write) -> bool {
        let mut queue = self.queue();
        let piece = loop {
            match queue.waiting.pop_front() {
                Some(piece) => break piece,
                None => queue = self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner),
            }
        };
        queue.is_printing = true;
        drop(queue);
        let printed = catch_unwind(AssertUnwindSafe(|| piece(out)));
        let mut queue = self.queue();
        queue.is_printing = false;
        queue.printed += 1;
        if !printed.is_ok_and(|printed| printed.is_ok()) {
            queue.is_closed = true;
            queue.waiting.clear();
        }
        queue.is_behind &= !queue.waiting.is_empty();
        self.changed.notify_all();
        !queue.is_closed
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
