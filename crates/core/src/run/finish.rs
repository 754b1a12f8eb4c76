//! The end of a run: what was left undone, the journal's last line, and the last event.

use std::sync::atomic::Ordering;

use super::context::RunContext;
use super::event::{Event, Summary};
use super::record;
use super::scheduler::Scheduler;
use super::thread::guarded;
use crate::notice::Notice;

/// The last event. It is emitted even after a panic: the caller waits for it.
pub(super) struct LastEvent<'a> {
    scheduler: &'a Scheduler,
    pub(super) summary: Summary,
}

impl<'a> LastEvent<'a> {
    pub(super) fn new(scheduler: &'a Scheduler, summary: Summary) -> Self {
        Self { scheduler, summary }
    }
}

impl Drop for LastEvent<'_> {
    fn drop(&mut self) {
        let summary = std::mem::take(&mut self.summary);
        self.scheduler.emit(Event::Done(summary));
    }
}

/// Finishes a run, on its last thread.
pub(super) fn finish(context: &RunContext) {
    let summary = context.scheduler.state().summary.clone();
    let mut last = LastEvent::new(&context.scheduler, summary);
    let journal = context.journals.journal.as_ref();
    let ended = guarded(|| {
        last.summary.custom_endpoint = context.client.endpoint().unknown_root();
        if last.summary.ended_by.is_none() && !context.scheduler.stop.is_raised() {
            notify_of_forgotten_users(context);
        }
        notify_of_doubts(context);
        journal.map_or(Ok(()), |journal| journal.end(&record::end(&last.summary)))
    });
    if let Err(error) = ended {
        last.summary.end(&error);
    }
    if let Some(journal) = journal {
        journal.close();
    }
}

/// They count as skipped, which does not show the doubt.
fn notify_of_doubts(context: &RunContext) {
    let count = context.skipped_in_doubt.load(Ordering::SeqCst);
    if count > 0 {
        context.notify(Notice::Run(format!(
            "{count} users were skipped and are left in doubt: an earlier send may have been applied; look at their devices, or resume"
        )));
    }
}

/// Of a run that resumed an earlier one and came to its end: the unfinished users that it was not given.
fn notify_of_forgotten_users(context: &RunContext) {
    let unfinished = context.journals.unfinished();
    let count = unfinished
        .filter(|user| !context.seen.has(user.user(), user.id()))
        .count();
    if count > 0 {
        context.notify(Notice::Run(format!(
            "{count} unfinished users in the journal were not passed to this run; pass them to finish"
        )));
    }
}
