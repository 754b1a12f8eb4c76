//! The service throttles: which requests wait and how long, which do not, and what a pause does to the others.

mod common;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use common::held::HeldClock;
use common::runs::{PATIENCE, client, clocked, ended, finish, name, outcomes, phones};
use common::{Service, TestClock, Tested};
use graph_devices::{
    CallOptions, Client, ClientOptions, Clock, Endpoint, Event, Notice, Outcome, Progress, Run, RunOptions,
    Status, Token, UserResult,
};
use serde_json::{Value, json};

type Failed = Box<dyn std::error::Error>;

const S: fn(u64) -> Duration = Duration::from_secs;

fn start(service: &Service, clock: Arc<dyn Clock>, options: RunOptions) -> graph_devices::Result<Run> {
    let client = ClientOptions::default()
        .endpoint(Endpoint::parse(service.endpoint())?)
        .clock(clock);
    Client::new(client, Token::new("demo-token")?)?.run(options)
}

/// The id of a user by rule, as a part of the target of the action.
fn action(number: usize) -> String {
    format!("{number:012}/removeAll")
}

fn throttled(target: &str, seconds: u64) -> Value {
    json!({"match": target, "status": 429, "headers": {"retry-after": seconds.to_string()}})
}

/// The next result.
fn row(run: &Run) -> Result<UserResult, Failed> {
    loop {
        match run.next(PATIENCE)?.ok_or("no event came")? {
            Event::Result(row) => return Ok(row),
            Event::Done(summary) => return Err(format!("it is done: {summary:?}").into()),
            _ => {}
        }
    }
}

/// A run of two connections, both of which have threads, and in which users were accepted, so that both send.
fn begun(service: &Service, clock: &Arc<HeldClock>, options: RunOptions) -> Result<Run, Failed> {
    service.reset(&phones(9))?;
    let run = start(service, clock.clone(), options.connections(2)?)?;
    service.post("hold", &json!({"match": "removeAll"}))?;
    run.add_user(&name(1))?;
    assert_eq!(service.get("wait?held=1")?["reached"], true);
    // Work for a second thread is there when the first user is done.
    for number in 5..=9 {
        run.add_user(&name(number))?;
    }
    service.post("release", &json!({}))?;
    for _ in 0..6 {
        assert_eq!(row(&run)?.outcome, Outcome::Accepted);
    }
    Ok(run)
}

#[test]
fn a_refused_write_holds_up_writes_and_reads_for_as_long_as_it_asks() -> Tested {
    let (service, clock) = (Service::start()?, Arc::new(HeldClock::default()));
    let run = begun(&service, &clock, RunOptions::default())?;
    service.faults(&json!([throttled(&action(2), 30)]))?;
    run.add_user(&name(2))?;
    assert_eq!(clock.waits(1), [S(30)]);
    let before = service.log()?.len();
    run.add_user(&name(3))?;
    assert_eq!(clock.waits(2), [S(30); 2], "the read of the next user");
    clock.advance(S(29));
    assert_eq!(clock.waits(2), [S(1); 2]);
    assert_eq!(service.log()?.len(), before);
    clock.advance(S(1));
    let (rows, _) = finish(&run, [])?;
    assert!(rows.len() == 2 && rows.iter().all(|row| row.outcome == Outcome::Accepted));
    Ok(())
}

#[test]
fn a_refused_read_holds_up_writes() -> Tested {
    let (service, clock) = (Service::start()?, Arc::new(HeldClock::default()));
    let run = begun(&service, &clock, RunOptions::default())?;
    let devices = |number| format!("{}/managedDevices", name(number));
    service.post("hold", &json!({"match": devices(2)}))?;
    service.faults(&json!([throttled(&devices(3), 30)]))?;
    run.add_user(&name(2))?;
    assert_eq!(service.get("wait?held=1")?["reached"], true);
    run.add_user(&name(3))?;
    assert_eq!(clock.waits(1), [S(30)]);
    service.post("release", &json!({}))?;
    assert_eq!(clock.waits(2), [S(30); 2], "the write of the user that was read");
    assert_eq!(service.get("actions")?.as_array().map(Vec::len), Some(6));
    clock.advance(S(30));
    let (rows, _) = finish(&run, [])?;
    assert!(rows.len() == 2 && rows.iter().all(|row| row.outcome == Outcome::Accepted));
    Ok(())
}

#[test]
fn a_refusal_inside_a_batch_pauses_all_requests() -> Tested {
    let (service, clock) = (Service::start()?, Arc::new(HeldClock::default()));
    let run = begun(&service, &clock, RunOptions::default().batch_size(2)?)?;
    let mut refused = throttled(&action(2), 30);
    refused["in_batch"] = json!(true);
    service.faults(&json!([refused]))?;
    // They go together, since the second is given before the first is read.
    service.post("hold", &json!({"match": name(2)}))?;
    run.add_user(&name(2))?;
    run.add_user(&name(3))?;
    service.post("release", &json!({}))?;
    assert_eq!(clock.waits(1), [S(30)], "the refused user");
    assert_eq!(row(&run)?.user, name(3));
    let before = service.log()?.len();
    run.add_user(&name(4))?;
    assert_eq!(clock.waits(2), [S(30); 2]);
    assert_eq!(service.log()?.len(), before);
    clock.advance(S(30));
    let (rows, _) = finish(&run, [])?;
    assert!(rows.len() == 2 && rows.iter().all(|row| row.outcome == Outcome::Accepted));
    Ok(())
}

#[test]
fn a_pause_of_five_minutes_ends_a_doubt_that_was_to_be_sent_again() -> Tested {
    let (service, clock) = (Service::start()?, Arc::new(HeldClock::default()));
    let patient = RunOptions::default().call(CallOptions::default().deadline(S(3600))?);
    let run = begun(&service, &clock, patient)?;
    service.faults(&json!([{"match": action(2), "reset": "after"}, throttled(&action(3), 400)]))?;
    run.add_user(&name(2))?;
    let soon = Duration::from_millis(500);
    assert_eq!(clock.waits(1), [soon], "to send again what was lost");
    run.add_user(&name(3))?;
    assert_eq!(clock.waits(2), [soon, S(400)]);
    clock.advance(soon);
    let left = S(400).saturating_sub(soon);
    assert_eq!(clock.waits(2), [left, left]);
    clock.advance(left);
    let (mut rows, _) = finish(&run, [])?;
    rows.sort_by(|one, other| one.user.cmp(&other.user));
    let reported: Vec<_> = rows
        .iter()
        .map(|row| (row.outcome, row.error.as_ref().map(|error| error.status)))
        .collect();
    assert_eq!(
        reported,
        [
            (Outcome::Unknown, Some(Status::Interrupted)),
            (Outcome::Accepted, None)
        ]
    );
    let actions = service.get("actions")?;
    let times = |number: usize| {
        let id = format!("11000000-0000-4000-8000-{number:012}");
        let actions = actions.as_array().into_iter().flatten();
        actions.filter(|action| action["user"] == id).count()
    };
    assert_eq!((times(2), times(3)), (1, 2));
    Ok(())
}

#[test]
fn the_pace_of_a_run_does_not_eat_the_deadline_of_a_user() -> Tested {
    let (service, clock) = (Service::start()?, Arc::new(TestClock::default()));
    service.reset(&phones(2))?;
    service.faults(&json!([{"match": name(2), "status": 503}]))?;
    let options = RunOptions::default()
        .inspect_first(false)
        .connections(1)?
        .write_quota(1, S(20))?
        .call(CallOptions::default().deadline(S(10))?);
    let (rows, _) = finish(&start(&service, clock, options)?, (1..=2).map(name))?;
    let reported: Vec<_> = rows
        .iter()
        .map(|row| {
            row.receipt
                .as_ref()
                .map(|receipt| (receipt.attempts, receipt.elapsed))
        })
        .collect();
    assert_eq!(reported, [Some((1, S(0))), Some((2, Duration::from_millis(500)))]);
    Ok(())
}

/// Refusals inside a batch, each of which asks for so many seconds.
fn refusals(part: &str, seconds: &[u64]) -> Value {
    let refusal = |seconds: &u64| json!({"match": part, "in_batch": true, "status": 429, "headers": {"Retry-After": seconds.to_string()}});
    seconds.iter().map(refusal).collect()
}

#[test]
fn several_refused_parts_of_a_batch_are_one_pause() -> Tested {
    let service = Service::start()?;
    for (part, options) in [
        ("managedDevices", RunOptions::default().preview().connections(2)?),
        (
            "removeAll",
            RunOptions::default()
                .inspect_first(false)
                .batch_size(20)?
                .connections(1)?,
        ),
    ] {
        let clock = Arc::new(TestClock::today());
        service.reset(&phones(6))?;
        service.faults(&refusals(part, &[3, 7, 5]))?;
        let run = clocked(&service, &clock, "demo-token")?.run(options.max_users(6)?)?;
        let (rows, _) = finish(&run, (1..=6).map(name))?;
        assert_eq!(outcomes(&rows).values().collect::<Vec<_>>(), [&6], "{rows:?}");
        assert_eq!(clock.real_waits(), [Duration::from_secs(7)], "{part}");
    }
    Ok(())
}

#[test]
fn a_refused_batch_takes_no_room_in_the_window() -> Tested {
    let (service, clock) = (Service::start()?, Arc::new(TestClock::default()));
    service.reset(&phones(41))?;
    service.faults(&json!([
        {"match": "$batch"},
        {"match": "$batch", "status": 429, "headers": {"Retry-After": "5"}},
    ]))?;
    let options = RunOptions::default()
        .inspect_first(false)
        .connections(1)?
        .batch_size(20)?
        .max_users(41)?
        .write_quota(100, Duration::from_secs(20))?;
    let run = clocked(&service, &clock, "demo-token")?.run(options)?;
    let (rows, _) = finish(&run, (1..=41).map(name))?;
    assert_eq!(outcomes(&rows), BTreeMap::from([(("accepted", ""), 41)]));
    // If its twenty requests had counted, they would have filled the reduced window, and the run would have waited for it.
    assert_eq!(clock.real_waits(), [Duration::from_secs(5)]);
    Ok(())
}

#[test]
fn a_wait_that_no_call_would_wait_for_ends_the_run() -> Tested {
    let service = Service::start()?;
    let refusal = json!({"match": "removeAll", "status": 429, "headers": {"Retry-After": "301"}});
    for accepted in [0, 1] {
        let clock = Arc::new(TestClock::default());
        service.reset(&phones(4))?;
        let mut faults = vec![json!({"match": "removeAll"}); accepted];
        faults.push(refusal.clone());
        service.faults(&json!(faults))?;
        let options = RunOptions::default().inspect_first(false).connections(1)?;
        let run = clocked(&service, &clock, "demo-token")?.run(options)?;
        let ended = ended(&run, (1..=4).map(name))?;
        let row: &UserResult = ended.rows.get(accepted).ok_or("no row")?;
        let error = row.error.as_ref().ok_or("no error")?;
        assert_eq!(
            (row.outcome, error.status, error.retry_after),
            (Outcome::Failed, Status::Throttled, Some(Duration::from_secs(301)))
        );
        assert_eq!(ended.summary.ended_by, Some(Status::Throttled));
        assert_eq!(
            outcomes(&ended.rows).get(&("skipped", "stopped")),
            Some(&(3 - accepted))
        );
        assert!(clock.real_waits().is_empty(), "no request waits");
        assert_eq!(service.log()?.len(), accepted + 1);
    }
    Ok(())
}

#[test]
fn progress_is_reported_while_every_thread_waits() -> Tested {
    let service = Service::start()?;
    service.reset(&phones(3))?;
    service.faults(&json!([{"match": "removeAll", "status": 429, "headers": {"Retry-After": "3"}}]))?;
    let run = client(&service, "demo-token")?.run(RunOptions::default().max_users(4)?)?;
    for user in [name(1), name(2), name(1), name(3)] {
        run.add_user(&user)?;
    }
    run.end_users();
    let progress = loop {
        match run.next(PATIENCE)?.ok_or("no event")? {
            Event::Progress(progress) => break progress,
            Event::Notice(Notice::Sending { attempt: 2, .. }) => return Err("the pause is over".into()),
            Event::Result(row) => return Err(format!("no request waited: {row:?}").into()),
            _ => {}
        }
    };
    let Progress {
        done,
        given,
        remaining,
        ..
    } = progress;
    assert_eq!(
        (done, given, remaining),
        (0, 3, None),
        "a user that was given twice counts once"
    );
    let (rows, summary) = finish(&run, [])?;
    assert_eq!((rows.len(), summary.duplicates), (3, 1));
    Ok(())
}
