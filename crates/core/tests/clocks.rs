//! Clocks that part: the machine sleeps, which the monotonic clock does not see, or the time of day is set. Earlier
//! inspections and sends then count as long ago.

mod common;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use common::runs::{Ended, Folder, acted, answering, events_of, finish, id, name, outcomes, phones};
use common::{ADELE, Service, Step, TestClock, Tested};
use graph_devices::{
    CallOptions, Client, Clock, Effect, Event, Outcome, Reason, Run, RunOptions, Status, Stop, Token, UserId,
};
use serde_json::{Value, json};

/// The user, of those read together, who enrols a phone meanwhile.
const ENROLS: usize = 9;

const HOUR: Duration = Duration::from_secs(3600);

/// A laptop closed overnight; a correction of the time; a wrong time zone.
const STEPS: [Step; 4] = [
    Step::Forward(Duration::from_secs(8 * 3600)),
    Step::Forward(Duration::from_secs(5 * 60)),
    Step::Back(Duration::from_nanos(1)),
    Step::Back(Duration::from_secs(3600)),
];

fn client(service: &Service, clock: &Arc<TestClock>) -> graph_devices::Result<Client> {
    let options = service.options(clock)?.deadline(HOUR)?;
    Client::new(options, Token::new("demo-token")?)
}

fn give(run: &Run, users: usize) -> graph_devices::Result<()> {
    for user in (1..=users).map(name) {
        run.add_user(&user)?;
    }
    run.end_users();
    Ok(())
}

fn enrols(service: &Service, user: usize) -> std::io::Result<()> {
    let phone = json!({"operatingSystem": "iOS"});
    service.post(&format!("users/{}/devices", name(user)), &phone)
}

/// All users are read together. The first is refused for the token, and while another token is awaited the clocks part, and
/// a user enrols a phone.
fn parted_between_inspection_and_send(
    service: &Service,
    options: RunOptions,
    users: usize,
    step: Step,
) -> Result<Ended, Box<dyn std::error::Error>> {
    let clock = Arc::new(TestClock::today());
    let mut tenant = phones(users);
    tenant["tokens"] = json!({"demo-token": "good", "second-token": "good"});
    service.reset(&tenant)?;
    service.faults(&json!([{"match": "removeAll", "status": 401}]))?;
    let options = options.max_users(users)?.token_events(true);
    let run = client(service, &clock)?.run(options)?;
    give(&run, users)?;
    answering(&run, |event| {
        if let Event::NeedToken { .. } = event {
            clock.advance(Duration::from_secs(1));
            clock.step(step);
            enrols(service, ENROLS)?;
            run.set_token(Token::new("second-token")?)?;
        }
        Ok(())
    })
}

#[test]
fn an_earlier_inspection_is_repeated() -> Tested {
    let (service, folder) = (Service::start()?, Folder::new("clocks-look")?);
    for (at, step) in STEPS.into_iter().enumerate() {
        for (batch_size, connections) in [(1, 16), (20, 1)] {
            const USERS: usize = 12;
            let path = folder.file(&format!("{at}-{batch_size}.jsonl"));
            let options = RunOptions::default()
                .connections(connections)?
                .batch_size(batch_size)?
                .journal(&path);
            let ended = parted_between_inspection_and_send(&service, options, USERS, step)?;
            assert_eq!(
                outcomes(&ended.rows),
                BTreeMap::from([(("accepted", ""), USERS - 1), (("skipped", "new_device"), 1)]),
                "{step:?}, {batch_size} together"
            );
            let enrolled = ended.rows.iter().find(|row| row.user == name(ENROLS));
            assert_eq!(enrolled.map(|row| row.reason), Some(Reason::NewDevice));
            assert_eq!(acted(&service)?.len(), USERS - 1, "each once");
            assert_eq!(events_of(&path, &name(2))?, ["read", "read", "sent", "result"]);
            assert_eq!(events_of(&path, &name(ENROLS))?, ["read", "read", "result"]);
        }
    }
    Ok(())
}

/// One user whose first request meets this fault; the clocks part in the wait after it, before which a phone is enrolled.
fn parted_in_a_wait(
    service: &Service,
    options: RunOptions,
    fault: &Value,
    step: Step,
) -> Result<Ended, Box<dyn std::error::Error>> {
    let clock = Arc::new(TestClock::today());
    service.faults(&json!([fault]))?;
    service.post("hold", &json!({"match": "removeAll", "point": "acted"}))?;
    let run = client(service, &clock)?.run(options.max_users(2)?)?;
    give(&run, 1)?;
    assert_eq!(service.get("wait?held=1")?["reached"], true);
    enrols(service, 1)?;
    clock.step_in_a_wait(step);
    service.post("release", &json!({}))?;
    answering(&run, |_| Ok(()))
}

fn previewed(service: &Service, plan: &Path) -> Tested {
    let clock = Arc::new(TestClock::today());
    let run = client(service, &clock)?.run(RunOptions::default().preview().journal(plan))?;
    finish(&run, [name(1)])?;
    Ok(())
}

#[test]
fn a_user_that_was_refused_is_inspected_again_with_a_plan_too() -> Tested {
    let (service, folder) = (Service::start()?, Folder::new("clocks-refused")?);
    let throttled = json!({"match": "removeAll", "status": 429, "headers": {"Retry-After": "1"}});
    for (at, step) in STEPS.into_iter().enumerate() {
        for planned in [false, true] {
            service.reset(&phones(1))?;
            let (path, plan) = (
                folder.file(&format!("{at}-{planned}.jsonl")),
                folder.file(&format!("{at}-{planned}.plan")),
            );
            let mut options = RunOptions::default().journal(&path);
            if planned {
                previewed(&service, &plan)?;
                options = options.plan(&plan);
            }
            let ended = parted_in_a_wait(&service, options, &throttled, step)?;
            assert_eq!(
                (ended.rows[0].reason, acted(&service)?),
                (Reason::NewDevice, vec![]),
                "{step:?}"
            );
            assert_eq!(
                events_of(&path, &name(1))?,
                ["read", "sent", "result", "read", "result"]
            );
        }
    }
    Ok(())
}

#[test]
fn an_action_that_may_have_been_applied_is_not_sent_again() -> Tested {
    let (service, folder) = (Service::start()?, Folder::new("clocks-applied")?);
    for (at, step) in STEPS.into_iter().enumerate() {
        service.reset(&phones(1))?;
        let path = folder.file(&format!("{at}.jsonl"));
        let fault = json!({"match": "removeAll", "status": 504, "act": true});
        let options = RunOptions::default().journal(&path);
        let ended = parted_in_a_wait(&service, options, &fault, step)?;
        let error = ended.rows[0].error.as_ref().ok_or("no error")?;
        assert_eq!(
            (ended.rows[0].outcome, error.status, error.effect, error.attempts),
            (Outcome::Unknown, Status::Interrupted, Effect::Possible, 1),
            "{step:?}"
        );
        assert_eq!(acted(&service)?, [id(1)]);
        assert_eq!(events_of(&path, &name(1))?, ["read", "sent", "result"]);
    }
    Ok(())
}

#[test]
fn nor_is_a_part_of_a_batch() -> Tested {
    let service = Service::start()?;
    let fault = json!([{"match": "removeAll", "in_batch": true, "status": 504, "act": true}]);
    for step in STEPS {
        service.reset(&phones(3))?;
        let clock = Arc::new(TestClock::today());
        let options = RunOptions::default().batch_size(20)?.max_users(3)?;
        let run = client(&service, &clock)?.run(options)?;
        service.faults(&fault)?;
        clock.step_in_a_wait(step);
        let (rows, _) = finish(&run, (1..=3).map(name))?;
        let row = rows.iter().find(|row| row.outcome != Outcome::Accepted);
        let error = row.and_then(|row| row.error.as_ref()).ok_or("all accepted")?;
        assert_eq!(
            (error.status, error.effect, error.attempts),
            (Status::Interrupted, Effect::Possible, 1),
            "{step:?}"
        );
        assert_eq!(acted(&service)?.len(), 3, "each once");
    }
    Ok(())
}

#[test]
fn nor_is_an_answer_that_was_lost_meanwhile() -> Tested {
    let service = Service::start()?;
    for step in STEPS {
        service.reset(&phones(1))?;
        service.faults(&json!([{"match": "removeAll", "reset": "after"}]))?;
        service.post("hold", &json!({"match": "removeAll", "point": "acted"}))?;
        let clock = Arc::new(TestClock::today());
        let run = client(&service, &clock)?.run(RunOptions::default().max_users(2)?)?;
        give(&run, 1)?;
        assert_eq!(service.get("wait?held=1")?["reached"], true);
        clock.step(step);
        service.post("release", &json!({}))?;
        let ended = answering(&run, |_| Ok(()))?;
        let error = ended.rows[0].error.as_ref().ok_or("no error")?;
        assert_eq!(
            (ended.rows[0].outcome, error.status, error.attempts),
            (Outcome::Unknown, Status::Interrupted, 1),
            "{step:?}"
        );
        assert!(clock.real_waits().is_empty());
    }
    Ok(())
}

#[test]
fn a_single_call_does_not_repeat_it_either() -> Tested {
    let service = Service::start()?;
    for step in STEPS {
        let clock = Arc::new(TestClock::today());
        service.faults(&json!([{"match": "removeAll", "status": 504, "act": true}]))?;
        clock.step_in_a_wait(step);
        let adele = UserId::parse(ADELE)?;
        let result = client(&service, &clock)?.remove_all_devices(&adele, &CallOptions::default());
        let error = result.err().ok_or("accepted")?;
        assert_eq!(
            (error.status, error.effect, error.attempts),
            (Status::Interrupted, Effect::Possible, 1),
            "{step:?}"
        );
    }
    Ok(())
}

/// A clock whose time of day advances by a night at its nth read after the user was read.
struct Sleeps {
    clock: TestClock,
    asked: AtomicUsize,
    at: usize,
    path: PathBuf,
}

impl Clock for Sleeps {
    fn monotonic(&self) -> Duration {
        self.clock.monotonic()
    }

    fn wall(&self) -> SystemTime {
        let time = self.clock.wall();
        let is_read =
            std::fs::read_to_string(&self.path).is_ok_and(|text| text.contains(r#""event":"read""#));
        if is_read && self.asked.fetch_add(1, Ordering::SeqCst) == self.at {
            self.clock.step(STEPS[0]);
        }
        time
    }

    fn wait(&self, duration: Duration, stop: &Stop) {
        self.clock.wait(duration, stop);
    }

    fn jitter(&self) -> f64 {
        self.clock.jitter()
    }
}

#[test]
fn each_send_has_its_own_inspection_wherever_the_machine_sleeps() -> Tested {
    let (service, folder) = (Service::start()?, Folder::new("clocks-disk")?);
    let mut while_written_down = 0;
    for at in 0..8 {
        service.reset(&phones(1))?;
        let path = folder.file(&format!("{at}.jsonl"));
        let clock = Sleeps {
            clock: TestClock::today(),
            asked: AtomicUsize::new(0),
            at,
            path: path.clone(),
        };
        let options = service
            .options(&Arc::new(TestClock::today()))?
            .clock(Arc::new(clock));
        let client = Client::new(options, Token::new("demo-token")?)?;
        let run = client.run(RunOptions::default().max_users(2)?.journal(&path))?;
        let (rows, _) = finish(&run, [name(1)])?;
        assert_eq!(outcomes(&rows), BTreeMap::from([(("accepted", ""), 1)]));
        assert_eq!(acted(&service)?, [id(1)]);
        let events = events_of(&path, &name(1))?.join(" ");
        assert!(
            [
                "read sent result",
                "read read sent result",
                "read sent result read sent result"
            ]
            .contains(&events.as_str()),
            "{events}"
        );
        while_written_down += usize::from(events.starts_with("read sent result read"));
    }
    assert!(
        while_written_down > 0,
        "what never left has its end in the journal"
    );
    Ok(())
}
