//! Many users: a run is driven by its caller, and threads of its own do the sending.
//!
//! One way through: users -> [`board`] -> [`intake`] ([`look`], [`decide`]) -> [`send`] -> journal -> events.

mod board;
mod decide;
mod ending;
mod engine;
mod event;
mod hand;
mod intake;
mod look;
mod options;
mod pacer;
mod people;
mod queue;
mod rate;
mod record;
mod send;
mod token;
mod verify;

use std::fmt;
use std::path::Path;
use std::sync::atomic::AtomicU64;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use board::Board;
use decide::Rules;
use engine::Engine;
pub use event::{Event, EventKind, Progress, Summary, UserResult, Verification};
use look::Permits;
pub use options::RunOptions;
use pacer::Pacer;
use people::People;
use queue::Queue;
use verify::Verifier;

use crate::client::Client;
use crate::clock::{Clock, Stop};
use crate::error::{Error, Result};
use crate::journal::{self, History, Journal, Keep, Mode, Plan, Role, RunRecord};
use crate::status::Status;
use crate::token::{Token, TokenFacts};

/// Many users, one record.
///
/// Add users, end them, and take events until [`Event::Done`]. For each user the run reads who it is and which devices
/// there are, holds them against limits, exclusions, plan and journal, writes down that it is about to send, sends, writes
/// down what came of it, and only then tells it as an [`Event::Result`]. Rows come in the order in which users are done, which
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
    board: Arc<Board>,
    events: Mutex<Events>,
    clock: Arc<dyn Clock>,
}

struct Events {
    receiver: Receiver<Event>,
    /// The last event that was taken is a progress event.
    reported: bool,
}

impl fmt::Debug for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Run")
            .field("tenant", &self.board.tenant)
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
        Run::verify(self.clone(), journal, options)
    }
}

impl Run {
    fn start(client: Client, options: RunOptions) -> Result<Self> {
        let options = options.checked()?;
        let token = client.credential().token()?.facts();
        let clock = client.options().clock.clone();
        let plan = options
            .plan
            .as_deref()
            .map(|path| journal::load(path, Keep::All))
            .transpose()?;
        let planned = plan
            .as_ref()
            .zip(options.plan.as_deref())
            .map(|(plan, path)| planned(plan, path))
            .transpose()?;
        let mode = if options.preview { Mode::Preview } else { Mode::Run };
        let header = record::run(&options, mode, client.endpoint(), &token, planned);
        if let Some((plan, path)) = plan.as_ref().zip(options.plan.as_deref()) {
            plan.last_run().record.same_service(&header, Role::Plan, path)?;
            held_to_exclusions(plan, path, &header)?;
        }
        let (journal, history) = match (&options.journal, &options.resume) {
            (None, None) => (None, None),
            (Some(path), _) => (Some(Journal::create(path, &header, clock.clone())?), None),
            (None, Some(path)) => {
                let (journal, history) = Journal::resume(path, &header, clock.clone(), Keep::Unsettled)?;
                (Some(journal), Some(history))
            }
        };
        let (run, board) = Self::over(&client, &options, &token);
        board.tell_of([plan.as_ref(), history.as_ref()]);
        let people = People::new(&options, token, [history.as_ref(), plan.as_ref()]);
        let engine = Arc::new(Engine {
            queue: Mutex::new(history.as_ref().map(Queue::of).unwrap_or_default()),
            rules: Rules::new(&options, people),
            pacer: Pacer::new(clock.clone(), &options, options.max_users == Some(1)),
            journal,
            history,
            plan,
            board: board.clone(),
            permits: Permits::default(),
            began: clock.wall(),
            skipped_in_doubt: AtomicU64::new(0),
            client,
            options,
        });
        engine.begin().map_err(|error| no_thread(&error))?;
        Ok(run)
    }

    fn verify(client: Client, journal: &Path, options: &RunOptions) -> Result<Self> {
        let token = client.credential().token()?.facts();
        let clock = client.options().clock.clone();
        let header = record::run(options, Mode::Verify, client.endpoint(), &token, None);
        let (journal, history) = Journal::resume(journal, &header, clock.clone(), Keep::All)?;
        let (run, board) = Self::over(&client, options, &token);
        board.tell_of([Some(&history)]);
        let verifier = Verifier {
            pacer: Pacer::new(clock, options, false),
            token_events: options.token_events,
            client,
            journal,
            history,
            board,
        };
        verifier.begin().map_err(|error| no_thread(&error))?;
        Ok(run)
    }

    fn over(client: &Client, options: &RunOptions, token: &TokenFacts) -> (Self, Arc<Board>) {
        let (sender, receiver) = channel();
        let clock = client.options().clock.clone();
        let patience = options.call.deadline.unwrap_or(client.options().deadline);
        let board = Arc::new(Board::new(
            options,
            token.tenant.clone(),
            sender,
            clock.clone(),
            patience,
        ));
        let run = Self {
            board: board.clone(),
            events: Mutex::new(Events {
                receiver,
                reported: false,
            }),
            clock,
        };
        (run, board)
    }

    /// Adds a user. A text that is no user id becomes a failed row, so that one bad line does not lose the others.
    /// [`Status::Cancelled`] once the run was stopped, [`Status::InvalidArgument`] once the users have ended, and for a
    /// verification, whose users are the journal's.
    pub fn add_user(&self, user: &str) -> Result<()> {
        self.board.add_user(user)
    }

    /// Says that no user follows.
    pub fn end_users(&self) {
        self.board.end_users();
    }

    /// The next event, or `None` if there is none within `wait`. Call it from one thread at a time.
    pub fn next(&self, wait: Duration) -> Result<Option<Event>> {
        let mut events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        let asked = self.clock.monotonic();
        let mut left = wait;
        while !self.board.is_over() {
            let now = self.clock.monotonic();
            let until_progress = self.board.until_progress(now);
            // Ticks and events take turns, so that a slow caller gets both.
            if until_progress.is_zero() && !events.reported {
                events.reported = true;
                return Ok(Some(Event::Progress(self.board.progress(now))));
            }
            left = left.min(wait.saturating_sub(now.saturating_sub(asked)));
            let patience = left.min(until_progress);
            match events.receiver.recv_timeout(patience) {
                Ok(event) => {
                    events.reported = false;
                    if self.board.taken(&event) {
                        return Ok(Some(event));
                    }
                }
                Err(_) if until_progress.is_zero() => events.reported = false,
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
        let token = token.of_tenant(self.board.tenant.as_deref(), Status::InvalidArgument)?;
        self.board.state().token = Some(token);
        self.board.notify();
        Ok(())
    }

    /// Asks the run to stop, from any thread: what is in flight is awaited, recorded and told as its row, waits end at
    /// once, the users left are skipped.
    pub fn stop(&self) {
        self.board.stop.raise();
    }

    /// The flag behind [`Run::stop`]; raising it is safe in a signal handler.
    pub fn stop_flag(&self) -> Stop {
        self.board.stop.clone()
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        self.board.dropped();
    }
}

/// The preview that a plan holds.
fn planned(plan: &History, path: &Path) -> Result<Plan> {
    let preview = plan.preview().ok_or_else(|| {
        Error::new(
            Status::Journal,
            format!(
                "{} holds no preview, so it is no plan; name the journal of a preview",
                path.display()
            ),
        )
        .of_file(path, None)
    })?;
    Ok(Plan {
        run: preview.id.clone(),
        path: path.display().to_string(),
    })
}

/// Who was excluded when the plan was shown stays so: whoever leaves out the exclusions forgot them.
fn held_to_exclusions(plan: &History, path: &Path, newcomer: &RunRecord) -> Result<()> {
    let preview = plan.preview().map(|preview| &preview.record);
    match preview.and_then(|preview| preview.missing_exclusions(newcomer)) {
        None => Ok(()),
        Some(missing) => Err(Error::new(
            Status::Journal,
            format!(
                "the plan {} {missing}; pass the same exclusions, or make another preview",
                path.display()
            ),
        )),
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
