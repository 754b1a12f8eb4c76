//! A result is in the journal before it is reported, and every send has an end there.

mod common;

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use common::runs::{Folder, client, finish, journal, name, outcomes, phones};
use common::{Service, TestClock, Tested};
use graph_devices::{
    Client, ClientOptions, Clock, Endpoint, Event, Reason, RunOptions, Stop, Token, WarningCode,
};
use serde_json::{Value, json};

/// A clock that can be made to hold every read of the time of day until it is answered. Every line of a journal begins with
/// such a read.
#[derive(Default)]
struct SlowStamp {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    is_slow: bool,
    asking: usize,
    leave: usize,
}

impl SlowStamp {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_slow(&self, slow: bool) {
        self.state().is_slow = slow;
        self.changed.notify_all();
    }

    /// Answers one read of the time.
    fn answer(&self) {
        let mut state = self.state();
        if state.asking > state.leave {
            state.leave += 1;
            self.changed.notify_all();
        }
    }
}

impl Clock for SlowStamp {
    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }

    fn wall(&self) -> SystemTime {
        let mut state = self.state();
        state.asking += 1;
        while state.is_slow && state.leave == 0 {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.asking -= 1;
        state.leave = state.leave.saturating_sub(1);
        SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777)
    }

    fn wait(&self, _: Duration, _: &Stop) {}

    fn jitter(&self) -> f64 {
        0.5
    }
}

fn results(lines: &[Value]) -> Vec<(&str, &str)> {
    let of_results = lines.iter().filter(|line| line["event"] == "result");
    of_results
        .map(|line| {
            (
                line["user"].as_str().unwrap_or_default(),
                line["outcome"].as_str().unwrap_or_default(),
            )
        })
        .collect()
}

#[test]
fn a_result_is_reported_after_it_was_recorded() -> Tested {
    let (service, folder, clock) = (
        Service::start()?,
        Folder::new("recorded")?,
        Arc::new(SlowStamp::default()),
    );
    service.reset(&phones(1))?;
    service.post("hold", &json!({"match": "removeAll", "point": "acted"}))?;
    let path = folder.file("leavers.jsonl");
    let options = ClientOptions::default()
        .endpoint(Endpoint::parse(service.endpoint())?)
        .clock(clock.clone());
    let run = Client::new(options, Token::new("demo-token")?)?.run(
        RunOptions::default()
            .inspect_first(false)
            .connections(1)?
            .journal(&path),
    )?;
    run.add_user(&name(1))?;
    assert_eq!(service.get("wait?held=1")?["reached"], true);
    clock.is_slow(true);
    service.post("release", &json!({}))?;
    loop {
        match run.next(Duration::from_millis(20))? {
            Some(Event::Result(row)) => {
                assert_eq!(results(&journal(&path)?), [(row.user.as_str(), "accepted")]);
                break;
            }
            Some(_) => {}
            // No result is reported until the clock answers.
            None => clock.answer(),
        }
    }
    clock.is_slow(false);
    finish(&run, [])?;
    Ok(())
}

#[test]
fn a_refused_send_that_was_stopped_leaves_no_doubt() -> Tested {
    let (service, folder) = (Service::start()?, Folder::new("stopped")?);
    service.reset(&phones(2))?;
    service.faults(&json!([{"match": "removeAll", "status": 429, "headers": {"retry-after": "60"}}]))?;
    let path = folder.file("leavers.jsonl");
    let stopping = service.options(&Arc::new(TestClock::stopping()))?;
    // The clock is behind the devices' dates, so they look new.
    let options = RunOptions::default()
        .connections(1)?
        .accept_warning(WarningCode::EnrolledToday)?
        .journal(&path);
    let run = Client::new(stopping, Token::new("demo-token")?)?.run(options)?;
    for number in 1..=2 {
        run.add_user(&name(number))?;
    }
    let (rows, _) = finish(&run, [])?;
    assert!(rows.len() == 2 && rows.iter().all(|row| row.reason == Reason::Stopped));
    let user = name(1);
    assert_eq!(
        results(&journal(&path)?),
        [(user.as_str(), "failed")],
        "as it was sent"
    );

    // The devices retired for another reason meanwhile; for a doubt that would be proof.
    for device in 1..=2 {
        let to = json!({"managementState": "retireIssued"});
        service.patch(&format!("devices/d1000000-0000-4000-8000-{device:012}"), &to)?;
    }
    let run = client(&service, "demo-token")?.run(RunOptions::default().resume(&path))?;
    let (rows, _) = finish(&run, (1..=2).map(name))?;
    assert_eq!(outcomes(&rows), [(("accepted", ""), 2)].into());
    Ok(())
}
