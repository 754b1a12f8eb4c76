//! A run against the emulator: events in order, tokens on demand, stopping.

mod common;

use std::sync::Arc;
use std::time::Duration;

use common::{Service, TestClock, Tested};
use graph_devices::{Client, Event, Outcome, Reason, Run, RunOptions, Status, Summary, Token};
use serde_json::json;

const PATIENCE: Duration = Duration::from_secs(20);

fn start(
    service: &Service,
    clock: &Arc<TestClock>,
    token: &str,
    options: RunOptions,
) -> graph_devices::Result<Run> {
    Client::new(service.options(clock)?, Token::new(token)?)?.run(options)
}

/// Options for users in the order given, without reads, so that only sends are counted.
fn one_by_one() -> graph_devices::Result<RunOptions> {
    RunOptions::default().inspect_first(false).connections(1)
}

/// Every event but notices, to the end.
fn drain(run: &Run) -> graph_devices::Result<(Vec<Event>, Summary)> {
    let mut events = Vec::new();
    loop {
        match run.next(PATIENCE)? {
            Some(Event::Done(summary)) => return Ok((events, summary)),
            Some(Event::Notice(_) | Event::NeedUsers | Event::Progress(_)) => {}
            Some(event) => events.push(event),
            None => {
                return Err(graph_devices::Error::new(
                    Status::Timeout,
                    "the run has no more events",
                ));
            }
        }
    }
}

fn rows(events: &[Event]) -> Vec<(&str, Outcome, Reason)> {
    let mut rows = Vec::new();
    for event in events {
        if let Event::Result(row) = event {
            rows.push((row.user.as_str(), row.outcome, row.reason));
        }
    }
    rows
}

#[test]
fn a_run_asks_for_users_when_it_has_none() -> Tested {
    let (service, clock) = (Service::start()?, Arc::new(TestClock::default()));
    let run = start(&service, &clock, "demo-token", one_by_one()?)?;
    assert!(matches!(run.next(PATIENCE)?, Some(Event::NeedUsers)));
    run.add_user("adele@contoso.com")?;
    run.end_users();
    let (events, summary) = drain(&run)?;
    assert_eq!(
        rows(&events),
        [("adele@contoso.com", Outcome::Accepted, Reason::None)]
    );
    assert_eq!(summary.count(Outcome::Accepted), 1);
    assert_eq!(summary.ended_by, None);
    assert!(run.add_user("diego@contoso.com").is_err());
    assert!(run.next(PATIENCE).is_err());
    Ok(())
}

#[test]
fn a_slow_caller_gets_ticks_and_events_in_turn() -> Tested {
    let (service, clock) = (Service::start()?, Arc::new(TestClock::default()));
    let run = start(&service, &clock, "demo-token", one_by_one()?)?;
    let (mut progress_events, mut others) = (0, 0);
    let mut users = ["adele@contoso.com", "diego@contoso.com"].into_iter();
    while progress_events < 1_000_000 {
        // Between two reads of the clock more than a second passes, so a progress event is always due.
        clock.advance(Duration::from_millis(1100));
        match run.next(PATIENCE)? {
            Some(Event::Progress(progress)) => {
                assert!(progress.done <= progress.given);
                progress_events += 1;
            }
            Some(Event::Done(summary)) => {
                assert_eq!(summary.count(Outcome::Accepted), 2);
                assert!(
                    progress_events >= others,
                    "{progress_events} progress events beside {others} other events"
                );
                return Ok(());
            }
            Some(Event::NeedUsers) => {
                others += 1;
                match users.next() {
                    Some(user) => run.add_user(user)?,
                    None => run.end_users(),
                }
            }
            _ => others += 1,
        }
    }
    Err("there was nothing but progress events".into())
}

#[test]
fn a_user_given_twice_has_one_result_even_if_the_run_ends_early() -> Tested {
    let (service, clock) = (Service::start()?, Arc::new(TestClock::default()));
    let run = start(&service, &clock, "no-scope-token", one_by_one()?)?;
    for user in [
        "adele@contoso.com",
        "diego@contoso.com",
        "Adele@contoso.com",
        "diego@contoso.com",
    ] {
        run.add_user(user)?;
    }
    run.end_users();
    let (events, summary) = drain(&run)?;
    assert_eq!(
        rows(&events),
        [
            ("adele@contoso.com", Outcome::Failed, Reason::None),
            ("diego@contoso.com", Outcome::Skipped, Reason::Stopped),
        ]
    );
    let counts = (summary.count(Outcome::Failed), summary.count(Outcome::Skipped));
    assert_eq!((counts, summary.duplicates), ((1, 1), 2));
    Ok(())
}

#[test]
fn a_fatal_answer_before_any_success_skips_the_rest() -> Tested {
    let (service, clock) = (Service::start()?, Arc::new(TestClock::default()));
    let run = start(&service, &clock, "unlicensed-token", one_by_one()?)?;
    for user in ["not an id", "adele@contoso.com", "diego@contoso.com"] {
        run.add_user(user)?;
    }
    run.end_users();
    let (events, summary) = drain(&run)?;
    assert_eq!(
        rows(&events),
        [
            ("not an id", Outcome::Failed, Reason::None),
            ("adele@contoso.com", Outcome::Failed, Reason::None),
            ("diego@contoso.com", Outcome::Skipped, Reason::Stopped),
        ]
    );
    assert_eq!(summary.ended_by, Some(Status::NotLicensed));
    assert_eq!(service.log()?.len(), 1);
    Ok(())
}

#[test]
fn a_fatal_answer_after_a_success_needs_three_in_a_row() -> Tested {
    let (service, clock) = (Service::start()?, Arc::new(TestClock::default()));
    let refusal = json!({"status": 403, "json": {"error": {"code": "Forbidden", "message": "no"}}});
    service.faults(&json!([{"status": 204, "act": true}, refusal, refusal, refusal]))?;
    let run = start(&service, &clock, "demo-token", one_by_one()?)?;
    for user in [
        "adele@contoso.com",
        "diego@contoso.com",
        "lee@contoso.com",
        "o'brien@contoso.com",
        "$cash@contoso.com",
    ] {
        run.add_user(user)?;
    }
    run.end_users();
    let (events, summary) = drain(&run)?;
    let outcomes: Vec<_> = rows(&events).iter().map(|row| row.1).collect();
    assert_eq!(
        outcomes,
        [
            Outcome::Accepted,
            Outcome::Failed,
            Outcome::Failed,
            Outcome::Failed,
            Outcome::Skipped
        ]
    );
    assert_eq!(summary.ended_by, Some(Status::PermissionDenied));
    Ok(())
}

#[test]
fn a_stop_during_a_wait_skips_what_was_not_applied() -> Tested {
    let (service, clock) = (Service::start()?, Arc::new(TestClock::stopping()));
    service.faults(&json!([{"status": 429, "headers": {"retry-after": "60"}}]))?;
    let run = start(&service, &clock, "demo-token", one_by_one()?)?;
    for user in ["adele@contoso.com", "diego@contoso.com"] {
        run.add_user(user)?;
    }
    let (events, summary) = drain(&run)?;
    assert_eq!(
        rows(&events).iter().map(|row| (row.1, row.2)).collect::<Vec<_>>(),
        [(Outcome::Skipped, Reason::Stopped); 2]
    );
    assert_eq!(summary.count(Outcome::Skipped), 2);
    assert_eq!(service.log()?.len(), 1);
    Ok(())
}

#[test]
fn a_stop_after_a_lost_answer_leaves_the_user_unknown() -> Tested {
    let (service, clock) = (Service::start()?, Arc::new(TestClock::stopping()));
    service.faults(&json!([{"reset": "after"}]))?;
    let run = start(&service, &clock, "demo-token", one_by_one()?)?;
    run.add_user("adele@contoso.com")?;
    let (events, _) = drain(&run)?;
    assert_eq!(
        rows(&events),
        [("adele@contoso.com", Outcome::Unknown, Reason::None)]
    );
    let Some(Event::Result(row)) = events.first() else {
        return Err("no row".into());
    };
    let error = row.error.as_ref().ok_or("no error")?;
    assert_eq!(error.status, Status::Cancelled);
    assert!(error.message.contains("look at the user's devices"), "{error}");
    Ok(())
}

#[test]
fn a_run_that_was_stopped_takes_no_more_users() -> Tested {
    let (service, clock) = (Service::start()?, Arc::new(TestClock::default()));
    let run = start(&service, &clock, "demo-token", one_by_one()?)?;
    run.stop();
    let error = run.add_user("adele@contoso.com").unwrap_err();
    assert_eq!(error.status, Status::Cancelled);
    let (events, summary) = drain(&run)?;
    assert!(events.is_empty() && summary.count(Outcome::Skipped) == 0);
    Ok(())
}

#[test]
fn writes_keep_the_quota() -> Tested {
    let (service, clock) = (Service::start()?, Arc::new(TestClock::default()));
    let run = start(
        &service,
        &clock,
        "demo-token",
        one_by_one()?.write_quota(2, Duration::from_secs(20))?,
    )?;
    for user in [
        "adele@contoso.com",
        "diego@contoso.com",
        "lee@contoso.com",
        "o'brien@contoso.com",
        "$cash@contoso.com",
    ] {
        run.add_user(user)?;
    }
    run.end_users();
    let (_, summary) = drain(&run)?;
    assert_eq!(summary.count(Outcome::Accepted), 5);
    assert_eq!(clock.waits(), [Duration::from_secs(20); 2]);
    Ok(())
}
