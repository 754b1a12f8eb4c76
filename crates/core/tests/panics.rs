//! A panic in a thread of a run: the run ends, and every waiting caller gets the error.

mod common;

use std::collections::BTreeSet;
use std::error::Error;
use std::panic::resume_unwind;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use common::runs::{Folder, acted, answering, clocked, finish, id, journal, name, phones};
use common::{Service, TestClock, Tested};
use graph_devices::{
    Client, Clock, Effect, Event, Outcome, RunOptions, Status, Stop, Summary, Token, UserResult,
};

/// A clock that panics once, when a thread of a run reads the time of day for the nth time.
struct Breaks {
    clock: TestClock,
    asked: AtomicUsize,
    at: usize,
    thread: &'static str,
}

const USERS: usize = 12;

impl Clock for Breaks {
    fn monotonic(&self) -> Duration {
        self.clock.monotonic()
    }

    fn wall(&self) -> SystemTime {
        let is_of_a_run = std::thread::current().name() == Some(self.thread);
        if is_of_a_run && self.asked.fetch_add(1, Ordering::SeqCst) == self.at {
            // Like a panic, but without a message on stderr.
            resume_unwind(Box::new("no time"));
        }
        self.clock.wall()
    }

    fn wait(&self, duration: Duration, stop: &Stop) {
        self.clock.wait(duration, stop);
    }

    fn jitter(&self) -> f64 {
        self.clock.jitter()
    }
}

/// A run with a panic at the nth read of the clock.
struct Struck {
    rows: Vec<UserResult>,
    summary: Summary,
    /// The users that the journal holds as sent, and those that it holds as read.
    sent: BTreeSet<String>,
    read: BTreeSet<String>,
}

fn struck(service: &Service, path: &Path, at: usize, options: RunOptions) -> Result<Struck, Box<dyn Error>> {
    service.reset(&phones(USERS))?;
    let clock = Breaks {
        clock: TestClock::today(),
        asked: AtomicUsize::new(0),
        at,
        thread: "graph-devices-run",
    };
    let options_of_client = service
        .options(&Arc::new(TestClock::today()))?
        .clock(Arc::new(clock));
    let client = Client::new(options_of_client, Token::new("demo-token")?)?;
    let run = client.run(options.journal(path))?;
    let (rows, summary) = finish(&run, (1..=USERS).map(name))?;
    let lines = journal(path)?;
    let users = |event: &str| {
        let of_event = lines.iter().filter(|line| line["event"] == event);
        of_event
            .filter_map(|line| line["user"].as_str().map(str::to_owned))
            .collect()
    };
    Ok(Struck {
        rows,
        summary,
        sent: users("sent"),
        read: users("read"),
    })
}

fn is_internal(status: Option<Status>) -> bool {
    status == Some(Status::Internal)
}

#[test]
fn after_a_panic_anywhere_the_end_is_reported_and_every_user_has_a_result() -> Tested {
    let (service, folder) = (Service::start()?, Folder::new("panics")?);
    let (mut in_a_row, mut in_the_end) = (0, 0);
    for (connections, batch_size) in [(1, 1), (4, 1), (1, 4), (4, 4)] {
        let mut effects = BTreeSet::new();
        for at in 0..36 {
            let path = folder.file(&format!("{connections}-{batch_size}-{at}.jsonl"));
            let options = RunOptions::default()
                .connections(connections)?
                .batch_size(batch_size)?;
            let Struck {
                rows,
                summary,
                sent,
                read,
            } = struck(&service, &path, at, options)?;
            let acted = acted(&service)?;
            let users: BTreeSet<_> = rows.iter().map(|row| &row.user).collect();
            assert_eq!((users.len(), rows.len()), (USERS, USERS), "each once, at {at}");
            for row in &rows {
                let same = rows.iter().filter(|other| other.outcome == row.outcome).count();
                assert_eq!(summary.count(row.outcome), same as u64, "at {at}");
                let number = (1..=USERS).find(|number| name(*number) == row.user);
                let was_acted_on = number.is_some_and(|number| acted.contains(&id(number)));
                let may_be = matches!(row.outcome, Outcome::Accepted | Outcome::Unknown);
                assert!(
                    may_be || !(was_acted_on || sent.contains(&row.user)),
                    "{row:?} at {at}"
                );
                assert_eq!(
                    row.effect() == Some(Effect::Possible),
                    row.outcome == Outcome::Unknown
                );
                // A user that was not read yet was not being sent.
                assert!(
                    row.outcome != Outcome::Unknown || read.contains(&row.user),
                    "{row:?} at {at}"
                );
                if is_internal(row.status()) {
                    in_a_row += 1;
                    effects.insert(row.effect().map(Effect::name));
                }
            }
            in_the_end += usize::from(is_internal(summary.ended_by));
        }
        assert_eq!(
            effects,
            BTreeSet::from([Some("none"), Some("possible")]),
            "users that were read, and users that were sent"
        );
    }
    assert!(in_a_row > 0 && in_the_end > 0, "{in_a_row} {in_the_end}");
    Ok(())
}

#[test]
fn a_verification_reports_its_end_after_a_panic() -> Tested {
    let (service, folder) = (Service::start()?, Folder::new("panics-verify")?);
    service.reset(&phones(3))?;
    let path = folder.file("leavers.jsonl");
    let clock = Arc::new(TestClock::today());
    let run = clocked(&service, &clock, "demo-token")?.run(RunOptions::default().journal(&path))?;
    finish(&run, (1..=3).map(name))?;
    let (mut struck, mut struck_at_the_end) = (0, 0);
    for at in 0..40 {
        let clock = Breaks {
            clock: TestClock::today(),
            asked: AtomicUsize::new(0),
            at,
            thread: "graph-devices-verify",
        };
        let options = service
            .options(&Arc::new(TestClock::today()))?
            .clock(Arc::new(clock));
        let run = Client::new(options, Token::new("demo-token")?)?.verify(&path, &RunOptions::default())?;
        let mut verified = 0;
        let ended = answering(&run, |event| {
            verified += usize::from(matches!(event, Event::Verified(_)));
            Ok(())
        })?;
        let is_struck = is_internal(ended.summary.ended_by);
        struck += usize::from(is_struck);
        struck_at_the_end += usize::from(is_struck && verified == 3);
    }
    assert!(
        struck > struck_at_the_end && struck_at_the_end > 0,
        "{struck} {struck_at_the_end}"
    );
    Ok(())
}
