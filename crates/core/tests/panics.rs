//! A bug in a thread of a run: the run ends, and whoever was waiting is told so.

mod common;

use std::collections::BTreeSet;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use common::runs::{Folder, finish, name, phones};
use common::{Service, TestClock, Tested};
use graph_devices::{Client, Clock, RunOptions, Status, Stop, Token};

/// A clock that breaks once, when a run's thread asks it for the time of day for the nth time.
struct Breaks {
    clock: TestClock,
    asked: AtomicUsize,
    at: usize,
}

impl Clock for Breaks {
    fn monotonic(&self) -> Duration {
        self.clock.monotonic()
    }

    fn wall(&self) -> SystemTime {
        let is_of_a_run = std::thread::current().name() == Some("graph-devices-run");
        if is_of_a_run && self.asked.fetch_add(1, Ordering::SeqCst) == self.at {
            // As a panic does, but without a word on stderr.
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

#[test]
fn wherever_it_strikes_the_end_is_told_and_who_waits_gets_a_row() -> Tested {
    const USERS: usize = 10;
    let (service, folder) = (Service::start()?, Folder::new("panics")?);
    let mut told_by_a_row = 0;
    for at in 0..24 {
        service.reset(&phones(USERS))?;
        let clock = Breaks {
            clock: TestClock::today(),
            asked: AtomicUsize::new(0),
            at,
        };
        let options = service
            .options(&Arc::new(TestClock::today()))?
            .clock(Arc::new(clock));
        let client = Client::new(options, Token::new("demo-token")?)?;
        let journal = folder.file(&format!("{at}.jsonl"));
        let run = client.run(RunOptions::default().connections(1)?.journal(journal))?;
        let (rows, summary) = finish(&run, (1..=USERS).map(name))?;
        let users: BTreeSet<_> = rows.iter().map(|row| &row.user).collect();
        assert_eq!(users.len(), rows.len(), "told twice, at {at}");
        // Nobody but the user at hand is without a row; that one is in the journal.
        assert!(rows.len() >= USERS - 1, "{} rows at {at}", rows.len());
        let is_internal = |status: Option<Status>| status == Some(Status::Internal);
        let of_a_row = rows
            .iter()
            .any(|row| is_internal(row.error.as_ref().map(|error| error.status)));
        assert!(is_internal(summary.fatal) || of_a_row, "at {at}");
        told_by_a_row += usize::from(of_a_row);
    }
    assert!(told_by_a_row < 24, "it struck outside of a call as well");
    Ok(())
}
