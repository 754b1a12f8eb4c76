//! Runs of many users: the caller adds users and takes events, and threads of the run send.
//!
//! Three floors, and each uses only those below:
//!
//! 1. [`worker`]: the loop of a thread. It takes a task from the [`scheduler`], hands its users to a stage, and places them by what
//!    that returns.
//! 2. The stages [`prepare`] ([`inspect`], [`decide`]) and [`send`]. They return what happened to each user and move none.
//! 3. [`context`]: what the threads share. It opens sessions, and records a result before it is reported.

mod applied;
mod context;
mod counts;
mod decide;
mod event;
mod event_queue;
mod finish;
mod identify;
mod in_progress;
mod inspect;
mod journals;
mod limits;
mod options;
mod pending_approvals;
mod permits;
mod prepare;
mod protected_users;
mod rate;
mod rate_limiter;
mod record;
mod scheduler;
mod seen;
mod send;
mod stop_rules;
mod task;
mod thread;
mod token;
mod verify;
mod worker;

use std::fmt;
use std::path::Path;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use context::RunContext;
use decide::Rules;
pub use event::{Event, EventKind, Progress, Summary, UserResult, Verification};
use journals::Journals;
pub use options::RunOptions;
use pending_approvals::PendingApprovals;
use permits::Permits;
use protected_users::ProtectedUsers;
use rate_limiter::RunRateLimiter;
use scheduler::Scheduler;
use seen::SeenUsers;
use verify::{Scope, Verifier};
use worker::Worker;

use crate::client::Client;
use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::journal::history::History;
use crate::journal::{Journal, Mode, Retention};
use crate::notice::Notice;
use crate::status::Status;
use crate::token::{Token, TokenFacts};

/// A run of many users, with one journal.
///
/// Add users, end them, and take events until [`Event::Done`]. For each user, the run
///
/// 1. reads the user and the devices,
/// 2. checks limits, exclusions, plan and journal,
/// 3. records in the journal that it is about to send,
/// 4. sends,
/// 5. records the answer,
/// 6. reports the result as an [`Event::Result`].
///
/// Results come in the order in which users are finished. With one connection that is the order given.
///
/// An answer that every user would meet ([`is_fatal`](Error::is_fatal), or the page of a proxy or gateway) ends the run if it comes
/// before any user was accepted, or three times in a row. A failing service, timeouts and lost connections end it the third time in
/// a row. The users that are left are skipped. Until the first user is accepted, users are sent one after the other. A run
/// without users is an error.
///
/// A user that is given twice has one result. Memory: 32 bytes for a name and its object id, doubled while the table grows; of a
/// resumed journal some 210 bytes for each user who is done, 330 for each other, and 430 for each device of those.
///
/// The threads of a run have stacks of 512 KiB, on which your [`Credential`](crate::Credential) is called for tokens.
///
/// Dropping a run stops it without waiting. Requests in flight are still recorded in the journal, but their results are not
/// reported: take the events to the end if you need them.
pub struct Run {
    scheduler: Arc<Scheduler>,
    /// Whether the last event that was taken is a progress report.
    was_progress: Mutex<bool>,
    clock: Arc<dyn Clock>,
}

impl fmt::Debug for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Run")
            .field("tenant", &self.scheduler.tenant)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Starts a [`Run`].
    ///
    /// Returns [`Status::Journal`] if the journal or the plan cannot be used; then nothing is sent.
    pub fn run(&self, options: RunOptions) -> Result<Run> {
        Run::start(self.clone(), options)
    }

    /// Starts a verification of the devices in a journal, also days after its run. Users come from the journal, events are
    /// [`Event::Verified`], and each is appended to the journal. Accepted is not yet retired: a device retires when it next checks
    /// in, and the verdict `gone` shows that it has.
    pub fn verify(&self, journal: &Path, options: &RunOptions) -> Result<Run> {
        Run::start_verification(self.clone(), journal, options, Scope::All)
    }

    /// Starts a verification as [`Client::verify`] does, without the users all of whose devices were gone at their newest
    /// verification.
    pub fn verify_remaining(&self, journal: &Path, options: &RunOptions) -> Result<Run> {
        Run::start_verification(self.clone(), journal, options, Scope::Remaining)
    }

    /// Returns [`Status::Journal`] if journals are about another service or tenant than this client, as a resume from them
    /// would. Names and object ids say nothing there.
    pub fn same_service(&self, history: &History) -> Result<()> {
        let token = self.credential().token()?.facts();
        let options = RunOptions::default();
        history.same_service(&record::run(
            &options,
            Mode::Preview,
            self.endpoint(),
            &token,
            None,
        ))
    }
}

impl Run {
    fn start(client: Client, options: RunOptions) -> Result<Self> {
        let options = options.checked()?;
        let token = client.credential().token()?.facts();
        let clock = client.options().clock.clone();
        let journals = Journals::open(&client, &options, &token)?;
        let (run, scheduler) = Self::new(&client, &options, &token);
        for notice in journals.notices() {
            scheduler.emit(Event::Notice(Notice::Run(notice.to_owned())));
        }
        let protected = ProtectedUsers::new(
            &options,
            token,
            [journals.resumed.as_ref(), journals.plan.as_ref()],
        );
        let pending_approvals = journals.resumed.as_ref().map(PendingApprovals::of);
        Worker::start(RunContext {
            rules: Rules::new(&options, protected),
            limiter: RunRateLimiter::new(clock.clone(), &options, options.max_users == Some(1)),
            journals,
            scheduler,
            permits: Permits::default(),
            seen: SeenUsers::default(),
            pending_approvals: Mutex::new(pending_approvals.unwrap_or_default()),
            began: clock.wall(),
            skipped_in_doubt: AtomicU64::new(0),
            client,
            options,
        })
        .map_err(|error| no_thread(&error))?;
        Ok(run)
    }

    fn start_verification(
        client: Client,
        journal: &Path,
        options: &RunOptions,
        scope: Scope,
    ) -> Result<Self> {
        let token = client.credential().token()?.facts();
        let clock = client.options().clock.clone();
        let header = record::run(options, Mode::Verify, client.endpoint(), &token, None);
        let (journal, journal_state) = Journal::resume(journal, &header, clock.clone(), Retention::All)?;
        let (run, scheduler) = Self::new(&client, options, &token);
        if let Some(notice) = journal_state.notice() {
            scheduler.emit(Event::Notice(Notice::Run(notice.to_owned())));
        }
        let verifier = Verifier {
            limiter: RunRateLimiter::new(clock, options, false),
            token_events: options.token_events,
            client,
            journal,
            journal_state,
            scope,
            scheduler,
        };
        verifier.start().map_err(|error| no_thread(&error))?;
        Ok(run)
    }

    fn new(client: &Client, options: &RunOptions, token: &TokenFacts) -> (Self, Arc<Scheduler>) {
        let clock = client.options().clock.clone();
        let patience = options.call.deadline.unwrap_or(client.options().deadline);
        let scheduler = Arc::new(Scheduler::new(
            options,
            token.tenant.clone(),
            clock.clone(),
            patience,
        ));
        let run = Self {
            scheduler: scheduler.clone(),
            was_progress: Mutex::new(false),
            clock,
        };
        (run, scheduler)
    }

    /// Adds a user. A malformed user id gets a failed result, so that one bad line does not stop the others.
    ///
    /// Returns [`Status::Cancelled`] once the run was stopped, and [`Status::InvalidArgument`] once the users have ended, or for a
    /// verification, whose users are the journal's.
    pub fn add_user(&self, user: &str) -> Result<()> {
        self.scheduler.add_user(user)
    }

    /// Ends the users: none follows.
    pub fn end_users(&self) {
        self.scheduler.end_users();
    }

    /// Returns the next event, or `None` if there is none within `wait`. Call it from one thread at a time.
    pub fn next(&self, wait: Duration) -> Result<Option<Event>> {
        let mut was_progress = self.was_progress.lock().unwrap_or_else(PoisonError::into_inner);
        let began = self.clock.monotonic();
        let mut left = wait;
        while !self.scheduler.is_over() {
            let now = self.clock.monotonic();
            let until_progress = self.scheduler.until_progress(now);
            // Progress and other events take turns, so that a slow caller gets both.
            if until_progress.is_zero() && !*was_progress {
                *was_progress = true;
                return Ok(Some(Event::Progress(self.scheduler.report_progress(now))));
            }
            left = left.min(wait.saturating_sub(now.saturating_sub(began)));
            let patience = left.min(until_progress);
            match self.scheduler.next_event(patience) {
                Some(event) => {
                    *was_progress = false;
                    if !self.scheduler.is_void(&event) {
                        return Ok(Some(event));
                    }
                }
                None if until_progress.is_zero() => *was_progress = false,
                None => {
                    left = left.saturating_sub(patience);
                    if left.is_zero() {
                        return Ok(None);
                    }
                }
            }
        }
        Err(Error::invalid_argument(
            "the run is done and has no more events; start another one for more users",
        ))
    }

    /// Sets the token that [`Event::NeedToken`] asks for. A token of another tenant than the run's is refused.
    pub fn set_token(&self, token: Token) -> Result<()> {
        let token = token.of_tenant(self.scheduler.tenant.as_deref(), Status::InvalidArgument)?;
        self.scheduler.state().token.current = Some(token);
        self.scheduler.wake();
        Ok(())
    }

    /// Stops the run, from any thread. Requests in flight are awaited, recorded and reported; waits end at once; the users that are
    /// left are skipped.
    pub fn stop(&self) {
        self.scheduler.stop.raise();
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        self.scheduler.drop_run();
    }
}

/// The error of a run whose first thread the system refuses. Nothing was sent.
fn no_thread(error: &std::io::Error) -> Error {
    Error::new(
        Status::ConnectionFailed,
        format!(
            "no thread can be started, so nothing was sent; raise the limit of threads or of memory: {error}"
        ),
    )
}
