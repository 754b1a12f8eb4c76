//! Users in, events out: a run is driven by its caller, and its own thread does the sending.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::call::Notice;
use crate::client::Client;
use crate::clock::Stop;
use crate::credential::Credential;
use crate::error::{Error, Result};
use crate::options::CallOptions;
use crate::receipt::Receipt;
use crate::status::{Effect, Outcome, Reason, Status};
use crate::token::Token;
use crate::user_id::UserId;

/// How long the run's thread sleeps at most before it looks at its stop flag, which a signal handler may have raised.
const LOOK: Duration = Duration::from_millis(50);

/// After this many fatal answers in a row a run ends even if users were accepted before.
const FATAL_IN_A_ROW: u32 = 3;

/// Options of a [`Run`]. Start from `RunOptions::default()`.
#[derive(Clone, Debug, Default)]
pub struct RunOptions {
    /// Options of every call.
    pub call: CallOptions,
    /// Whether the caller answers [`Event::NeedToken`]. If not, the client's credential is asked.
    pub supplies_tokens: bool,
}

/// What a run has to tell.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event {
    /// A user is done.
    Row(Row),
    /// The run is out of users: add some or end them.
    NeedUsers,
    /// The service refused the token: set another, or stop the run.
    NeedToken {
        /// What the new token must meet: a JSON object as text.
        claims: Option<String>,
    },
    /// Something for a log.
    Notice(Notice),
    /// The last event.
    Done(Summary),
}

/// The outcome of one user.
#[derive(Debug)]
#[non_exhaustive]
pub struct Row {
    /// The user as given.
    pub user: String,
    /// What is known of the user.
    pub outcome: Outcome,
    /// Why the user was skipped.
    pub reason: Reason,
    /// For an accepted user.
    pub receipt: Option<Receipt>,
    /// For a user that was not accepted, unless skipped before anything was tried.
    pub error: Option<Error>,
}

/// The counts of a run. Accepted is not yet retired.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    counts: [u64; Outcome::COUNT],
    /// The status that ended the run because every user would meet it.
    pub fatal: Option<Status>,
}

impl Summary {
    /// How many users came to an outcome.
    pub fn count(&self, outcome: Outcome) -> u64 {
        self.counts.get(outcome as usize).copied().unwrap_or_default()
    }
}

/// Many users, one call after the other, in the order given.
///
/// Add users, end them, and take events until [`Event::Done`]. An answer that every user would meet
/// ([`is_fatal`](Error::is_fatal)) ends the run when it comes before any user was accepted or three times in a row; the
/// users left are then skipped. Dropping a run stops it without waiting: the call in flight ends by itself and its outcome
/// is lost, so take the events to the end where that matters.
#[derive(Debug)]
pub struct Run {
    shared: Arc<Shared>,
    events: Mutex<Receiver<Event>>,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    stop: Stop,
}

#[derive(Debug, Default)]
struct State {
    users: VecDeque<String>,
    ended: bool,
    token: Option<Token>,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until `take` finds something or the run is stopped.
    fn wait_for<T>(&self, mut take: impl FnMut(&mut State) -> Option<T>) -> Option<T> {
        let mut state = self.state();
        loop {
            if let Some(found) = take(&mut state) {
                return Some(found);
            }
            if self.stop.is_raised() {
                return None;
            }
            state = self
                .changed
                .wait_timeout(state, LOOK)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }
}

impl Client {
    /// Starts a run: users in, events out. See [`Run`].
    pub fn run(&self, options: RunOptions) -> Result<Run> {
        Run::start(self.clone(), options)
    }
}

impl Run {
    fn start(client: Client, options: RunOptions) -> Result<Self> {
        let shared = Arc::new(Shared::default());
        let (sender, receiver) = channel();
        let worker = Worker {
            client,
            options,
            shared: shared.clone(),
            events: sender,
            summary: Summary::default(),
            fatal_in_a_row: 0,
        };
        std::thread::Builder::new()
            .name("graph-devices-run".into())
            .spawn(move || worker.work())
            .map_err(|error| Error::new(Status::Internal, format!("no thread for the run: {error}")))?;
        Ok(Self {
            shared,
            events: Mutex::new(receiver),
        })
    }

    /// Adds a user. A text that is no user id becomes a failed row, so that one bad line does not lose the others.
    pub fn add_user(&self, user: &str) -> Result<()> {
        let mut state = self.shared.state();
        if state.ended {
            return Err(Error::invalid_argument("the users of this run have ended"));
        }
        state.users.push_back(user.to_owned());
        self.shared.changed.notify_all();
        Ok(())
    }

    /// Says that no user follows.
    pub fn end_users(&self) {
        self.shared.state().ended = true;
        self.shared.changed.notify_all();
    }

    /// The next event, or `None` if there is none within `wait`. Call it from one thread at a time.
    pub fn next(&self, wait: Duration) -> Result<Option<Event>> {
        let events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match events.recv_timeout(wait) {
                Ok(Event::NeedUsers) if self.is_fed() => {}
                Ok(event) => return Ok(Some(event)),
                Err(RecvTimeoutError::Timeout) => return Ok(None),
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(Error::invalid_argument("the run is done and has no more events"));
                }
            }
        }
    }

    /// Answers [`Event::NeedToken`].
    pub fn set_token(&self, token: Token) {
        self.shared.state().token = Some(token);
        self.shared.changed.notify_all();
    }

    /// Asks the run to stop, from any thread: the call in flight is told as its row, waits end at once, the users left
    /// are skipped.
    pub fn stop(&self) {
        self.shared.stop.raise();
    }

    /// The flag behind [`Run::stop`]; raising it is safe in a signal handler.
    pub fn stop_flag(&self) -> Stop {
        self.shared.stop.clone()
    }

    fn is_fed(&self) -> bool {
        let state = self.shared.state();
        state.ended || !state.users.is_empty()
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The run's own thread.
struct Worker {
    client: Client,
    options: RunOptions,
    shared: Arc<Shared>,
    events: Sender<Event>,
    summary: Summary,
    fatal_in_a_row: u32,
}

impl Worker {
    fn work(mut self) {
        while let Some(user) = self.next_user() {
            if self.shared.stop.is_raised() || self.summary.fatal.is_some() {
                self.tell(Row {
                    user,
                    outcome: Outcome::Skipped,
                    reason: Reason::Stopped,
                    receipt: None,
                    error: None,
                });
                continue;
            }
            let result = catch_unwind(AssertUnwindSafe(|| self.perform(&user))).unwrap_or_else(|_| {
                let mut error = Error::new(Status::Internal, Status::Internal.message());
                error.effect = Effect::Possible;
                Err(error)
            });
            self.note_fatal(&result);
            self.tell(row(user, result));
        }
        self.shared.state().ended = true;
        self.send(Event::Done(self.summary.clone()));
    }

    /// The next user; none once the users have ended, or the run is stopped and those it has are told.
    fn next_user(&self) -> Option<String> {
        let (user, ended) = {
            let mut state = self.shared.state();
            (state.users.pop_front(), state.ended)
        };
        if user.is_some() || ended {
            return user;
        }
        self.send(Event::NeedUsers);
        self.shared.wait_for(|state| match state.users.pop_front() {
            Some(user) => Some(Some(user)),
            None => state.ended.then_some(None),
        })?
    }

    fn perform(&self, user: &str) -> Result<Receipt> {
        let user = UserId::parse(user)?;
        let credential = RunCredential { worker: self };
        self.client.perform(
            &user,
            &self.options.call,
            &credential,
            &self.shared.stop,
            &mut |notice| {
                self.send(Event::Notice(notice));
            },
        )
    }

    fn note_fatal(&mut self, result: &Result<Receipt>) {
        let fatal = result
            .as_ref()
            .err()
            .filter(|error| error.is_fatal())
            .map(|error| error.status);
        self.fatal_in_a_row = if fatal.is_some() {
            self.fatal_in_a_row + 1
        } else {
            0
        };
        if self.summary.count(Outcome::Accepted) == 0 || self.fatal_in_a_row >= FATAL_IN_A_ROW {
            self.summary.fatal = fatal;
        }
    }

    fn tell(&mut self, row: Row) {
        if let Some(count) = self.summary.counts.get_mut(row.outcome as usize) {
            *count += 1;
        }
        self.send(Event::Row(row));
    }

    /// A run that was dropped has nobody to tell.
    fn send(&self, event: Event) {
        let _ = self.events.send(event);
    }
}

fn row(user: String, result: Result<Receipt>) -> Row {
    match result {
        Ok(receipt) => Row {
            user,
            outcome: Outcome::Accepted,
            reason: Reason::None,
            receipt: Some(receipt),
            error: None,
        },
        Err(error) if error.status == Status::Cancelled && error.effect == Effect::None => Row {
            user,
            outcome: Outcome::Skipped,
            reason: Reason::Stopped,
            receipt: None,
            error: Some(error),
        },
        Err(error) => Row {
            user,
            outcome: error.outcome(),
            reason: Reason::None,
            receipt: None,
            error: Some(error),
        },
    }
}

/// The token last set on the run, else the client's; another one from the run's caller where it supplies them.
struct RunCredential<'a> {
    worker: &'a Worker,
}

impl Credential for RunCredential<'_> {
    fn token(&self) -> Result<Token> {
        match &self.worker.shared.state().token {
            Some(token) => Ok(token.clone()),
            None => self.worker.client.credential().token(),
        }
    }

    fn renew(&self, refused: &Token, claims: Option<&str>) -> Result<Option<Token>> {
        if !self.worker.options.supplies_tokens {
            return self.worker.client.credential().renew(refused, claims);
        }
        self.worker.shared.state().token = None;
        self.worker.send(Event::NeedToken {
            claims: claims.map(str::to_owned),
        });
        Ok(self.worker.shared.wait_for(|state| state.token.clone()))
    }
}
