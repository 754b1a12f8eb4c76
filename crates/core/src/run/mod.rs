//! Many users: a run is driven by its caller, and threads of its own do the sending.
//!
//! One way through: users -> [`scheduler`] -> [`prepare`] ([`inspect`], [`decide`]) -> [`send`] -> journal -> events.

mod context;
mod counts;
mod decide;
mod event;
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
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use context::RunContext;
use decide::Rules;
pub use event::{Event, EventKind, Row, Summary, Tick, Verification};
use journals::Journals;
pub use options::RunOptions;
use pending_approvals::PendingApprovals;
use permits::Permits;
use protected_users::ProtectedUsers;
use rate_limiter::RunRateLimiter;
use scheduler::Scheduler;
use seen::SeenUsers;
use verify::Verifier;
use worker::Worker;

use crate::client::Client;
use crate::clock::{Clock, Stop};
use crate::error::{Error, Result};
use crate::journal::{Journal, Mode, Retention};
use crate::notice::Notice;
use crate::status::Status;
use crate::token::{Token, TokenFacts};

/// Many users, one record.
///
/// Add users, end them, and take events until [`Event::Done`]. For each user the run reads who it is and which devices
/// there are, holds them against limits, exclusions, plan and journal, writes down that it is about to send, sends, writes
/// down what came of it, and only then tells it as an [`Event::Row`]. Rows come in the order in which users are done, which
/// with one connection is the order given.
///
/// An answer that every user would meet ([`is_fatal`](Error::is_fatal), or a page of something in between) ends the run when it
/// comes before any user was accepted or three times in a row; a failing service, timeouts and lost connections end it the third
/// time in a row. The users left are then skipped. As long as nobody was accepted, users are sent one
/// after the other. No users at all is an error.
///
/// A user that was given twice is told once. That takes 32 bytes for a name and its object id, doubled while the table
/// grows; a resumed journal takes some 330 bytes for each of its users, and 430 for each device of one who is not done.
///
/// Its threads have stacks of 512 KiB, on which a [`Credential`](crate::Credential) of yours is asked for tokens.
///
/// Dropping a run stops it without waiting: what is in flight is still recorded in its journal, but told to nobody, so take
/// the events to the end where that matters.
pub struct Run {
    scheduler: Arc<Scheduler>,
    events: Mutex<Events>,
    clock: Arc<dyn Clock>,
}

struct Events {
    receiver: Receiver<Event>,
    /// The last event that was taken is a tick.
    was_progress: bool,
}

impl fmt::Debug for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Run")
            .field("tenant", &self.scheduler.tenant)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Starts a run: users in, events out. See [`Run`].
    ///
    /// What is wrong with a journal or a plan is told here, before anything is sent.
    pub fn run(&self, options: RunOptions) -> Result<Run> {
        Run::start(self.clone(), options)
    }

    /// Starts a look at what became of the devices that a journal's run saw; also days later. Users come from the journal,
    /// events are [`Event::Verified`], and each is appended to the journal. Accepted is not yet retired: a device retires
    /// when it next checks in, and `gone` is what tells that it has.
    pub fn verify(&self, journal: &Path, options: &RunOptions) -> Result<Run> {
        Run::start_verification(self.clone(), journal, options)
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

    fn start_verification(client: Client, journal: &Path, options: &RunOptions) -> Result<Self> {
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
            supplies_tokens: options.supplies_tokens,
            client,
            journal,
            journal_state,
            scheduler,
        };
        verifier.start().map_err(|error| no_thread(&error))?;
        Ok(run)
    }

    fn new(client: &Client, options: &RunOptions, token: &TokenFacts) -> (Self, Arc<Scheduler>) {
        let (sender, receiver) = channel();
        let clock = client.options().clock.clone();
        let patience = options.call.deadline.unwrap_or(client.options().deadline);
        let scheduler = Arc::new(Scheduler::new(
            options,
            token.tenant.clone(),
            sender,
            clock.clone(),
            patience,
        ));
        let run = Self {
            scheduler: scheduler.clone(),
            events: Mutex::new(Events {
                receiver,
                was_progress: false,
            }),
            clock,
        };
        (run, scheduler)
    }

    /// Adds a user. A text that is no user id becomes a failed row, so that one bad line does not lose the others.
    /// [`Status::Cancelled`] once the run was stopped, [`Status::InvalidArgument`] once the users have ended, and for a
    /// verification, whose users are the journal's.
    pub fn add_user(&self, user: &str) -> Result<()> {
        self.scheduler.add_user(user)
    }

    /// Says that no user follows.
    pub fn end_users(&self) {
        self.scheduler.end_users();
    }

    /// The next event, or `None` if there is none within `wait`. Call it from one thread at a time.
    pub fn next(&self, wait: Duration) -> Result<Option<Event>> {
        let mut events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        let asked = self.clock.monotonic();
        let mut left = wait;
        while !self.scheduler.is_over() {
            let now = self.clock.monotonic();
            let until_progress = self.scheduler.until_progress(now);
            // Ticks and events take turns, so that a slow caller gets both.
            if until_progress.is_zero() && !events.was_progress {
                events.was_progress = true;
                return Ok(Some(Event::Tick(self.scheduler.report_progress(now))));
            }
            left = left.min(wait.saturating_sub(now.saturating_sub(asked)));
            let patience = left.min(until_progress);
            match events.receiver.recv_timeout(patience) {
                Ok(event) => {
                    events.was_progress = false;
                    if self.scheduler.event_taken(&event) {
                        return Ok(Some(event));
                    }
                }
                Err(_) if until_progress.is_zero() => events.was_progress = false,
                Err(_) => {
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

    /// Answers [`Event::NeedToken`]. A token of another tenant than the run's is refused.
    pub fn set_token(&self, token: Token) -> Result<()> {
        let token = token.of_tenant(self.scheduler.tenant.as_deref(), Status::InvalidArgument)?;
        self.scheduler.state().token = Some(token);
        self.scheduler.wake();
        Ok(())
    }

    /// Asks the run to stop, from any thread: what is in flight is awaited, recorded and told as its row, waits end at
    /// once, the users left are skipped.
    pub fn stop(&self) {
        self.scheduler.stop.raise();
    }

    /// The flag behind [`Run::stop`]; raising it is safe in a signal handler.
    pub fn stop_flag(&self) -> Stop {
        self.scheduler.stop.clone()
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        self.scheduler.drop_run();
    }
}

/// It is the system's refusal, and nothing was sent: no bug, and no doubt.
fn no_thread(error: &std::io::Error) -> Error {
    Error::new(
        Status::ConnectionFailed,
        format!(
            "no thread can be started, so nothing was sent; raise the limit of threads or of memory: {error}"
        ),
    )
}
