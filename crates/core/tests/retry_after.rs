//! The service asks to slow down: who waits, how long, and who does not.

mod common;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use common::runs::{PATIENCE, client, clocked, ended, finish, name, outcomes, phones};
use common::{Service, TestClock, Tested};
use graph_devices::{Event, Notice, Outcome, Row, RunOptions, Status, Tick};
use serde_json::{Value, json};

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
            RunOptions::default().read(false).batch_size(20)?.connections(1)?,
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
        .read(false)
        .connections(1)?
        .batch_size(20)?
        .max_users(41)?
        .quota(100, Duration::from_secs(20))?;
    let run = clocked(&service, &clock, "demo-token")?.run(options)?;
    let (rows, _) = finish(&run, (1..=41).map(name))?;
    assert_eq!(outcomes(&rows), BTreeMap::from([(("accepted", ""), 41)]));
    // Had its twenty counted, they would have filled what is tried for after a refusal, and the window been waited for.
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
        let options = RunOptions::default().read(false).connections(1)?;
        let run = clocked(&service, &clock, "demo-token")?.run(options)?;
        let ended = ended(&run, (1..=4).map(name))?;
        let row: &Row = ended.rows.get(accepted).ok_or("no row")?;
        let error = row.error.as_ref().ok_or("no error")?;
        assert_eq!(
            (row.outcome, error.status, error.retry_after),
            (Outcome::Failed, Status::Throttled, Some(Duration::from_secs(301)))
        );
        assert_eq!(ended.summary.fatal, Some(Status::Throttled));
        assert_eq!(
            outcomes(&ended.rows).get(&("skipped", "stopped")),
            Some(&(3 - accepted))
        );
        assert!(clock.real_waits().is_empty(), "nobody waits");
        assert_eq!(service.log()?.len(), accepted + 1);
    }
    Ok(())
}

#[test]
fn it_is_told_how_far_a_run_is_while_everybody_waits() -> Tested {
    let service = Service::start()?;
    service.reset(&phones(3))?;
    service.faults(&json!([{"match": "removeAll", "status": 429, "headers": {"Retry-After": "3"}}]))?;
    let run = client(&service, "demo-token")?.run(RunOptions::default().max_users(4)?)?;
    for user in [name(1), name(2), name(1), name(3)] {
        run.add_user(&user)?;
    }
    run.end_users();
    let tick = loop {
        match run.next(PATIENCE)?.ok_or("no event")? {
            Event::Tick(tick) => break tick,
            Event::Notice(Notice::Sending { attempt: 2, .. }) => return Err("the pause is over".into()),
            Event::Row(row) => return Err(format!("nobody waited: {row:?}").into()),
            _ => {}
        }
    };
    let Tick {
        done,
        given,
        remaining,
        ..
    } = tick;
    assert_eq!(
        (done, given, remaining),
        (0, 3, None),
        "who was given twice counts once"
    );
    let (rows, summary) = finish(&run, [])?;
    assert_eq!((rows.len(), summary.duplicates), (3, 1));
    Ok(())
}
