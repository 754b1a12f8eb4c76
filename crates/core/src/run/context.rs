//! What the threads of a run share, and the steps that every stage uses.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use super::decide::Rules;
use super::event::{Event, UserResult};
use super::journals::Journals;
use super::options::RunOptions;
use super::pending_approvals::PendingApprovals;
use super::permits::Permits;
use super::rate_limiter::RunRateLimiter;
use super::record;
use super::scheduler::Scheduler;
use super::seen::SeenUsers;
use super::token::RunCredential;
use crate::client::Client;
use crate::journal::{self, ReadRecord, ResultRecord};
use crate::notice::Notice;
use crate::session::Session;
use crate::status::{Effect, Outcome, Reason};

/// What the threads of a run share.
pub(super) struct RunContext {
    pub(super) client: Client,
    pub(super) options: RunOptions,
    pub(super) rules: Rules,
    pub(super) limiter: RunRateLimiter,
    pub(super) journals: Journals,
    pub(super) scheduler: Arc<Scheduler>,
    pub(super) permits: Permits,
    pub(super) seen: SeenUsers,
    pub(super) pending_approvals: Mutex<PendingApprovals>,
    pub(super) began: SystemTime,
    /// The number of users that were skipped although an earlier send may have been applied.
    pub(super) skipped_in_doubt: AtomicU64,
}

impl fmt::Debug for RunContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunContext").finish_non_exhaustive()
    }
}

impl RunContext {
    /// Runs something in a session with the run's token, rate limiter and stop.
    pub(super) fn with_session<T>(&self, work: impl FnOnce(&mut Session<'_>) -> T) -> T {
        let credential = RunCredential {
            scheduler: &self.scheduler,
            client: &self.client,
            token_events: self.options.token_events,
        };
        let mut notice = |notice| self.notify(notice);
        let mut session = self.client.session(
            self.options.call.deadline,
            &credential,
            &self.limiter,
            &self.scheduler.stop,
            &mut notice,
        );
        work(&mut session)
    }

    pub(super) fn notify(&self, notice: Notice) {
        self.scheduler.emit(Event::Notice(notice));
    }

    /// Records what was read of some users.
    pub(super) fn record_reads(&self, records: impl Iterator<Item = ReadRecord>) {
        if let Some(journal) = &self.journals.journal
            && let Err(error) = journal.read(&records.collect::<Vec<_>>())
        {
            self.scheduler.end_early(&error);
        }
    }

    /// Records the end of a request that the journal holds as sent and that will not be sent: it was refused until then, or never
    /// left.
    pub(super) fn record_unsent(&self, record: &ResultRecord) {
        if let Some(journal) = &self.journals.journal
            && let Err(error) = journal.result(record)
        {
            self.scheduler.end_early(&error);
        }
    }

    /// Records the result of a user, then reports it.
    pub(super) fn record_result(
        &self,
        mut result: UserResult,
        was_sent: bool,
        approval: Option<journal::Declined>,
    ) {
        if let Some(journal) = &self.journals.journal
            && record::should_record(&result, was_sent)
            && let Err(error) = journal.result(&record::result(&result, was_sent, approval))
        {
            self.scheduler.end_early(&error);
            result.add_detail(&format!("not in the journal: {error}"));
        }
        self.pending_approvals().add(&result);
        self.scheduler.finish(result, was_sent);
    }

    /// Notes in the result of a user that is skipped that an earlier send may have been applied.
    pub(super) fn note_doubt(&self, result: &mut UserResult, earlier: Effect) {
        // A preview reports what a run would do once it has seen that nothing was applied.
        let is_skipped = result.outcome == Outcome::Skipped && result.reason != Reason::Preview;
        if is_skipped && earlier == Effect::Possible {
            result.earlier_effect = earlier;
            result.add_detail("an earlier send may have been applied, so look at the user's devices");
            self.skipped_in_doubt.fetch_add(1, Ordering::SeqCst);
        }
    }

    pub(super) fn pending_approvals(&self) -> MutexGuard<'_, PendingApprovals> {
        self.pending_approvals
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
