//! An inspection that is too old to act on: time has passed before the first send, and a phone may have been enrolled.

mod common;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use common::runs::{
    Ended, Folder, acted, answering, clocked, events_of, forget, id, journal, name, outcomes, phones,
};
use common::{Service, TestClock, Tested};
use graph_devices::{Client, Event, Notice, Reason, Run, RunOptions, Status, Token};
use serde_json::{Value, json};

/// Longer than an inspection is valid.
const LATER: Duration = Duration::from_secs(6 * 60);

/// All users are read together, then the token is refused for the first of them, who goes alone. Another token comes only
/// after `later`, and meanwhile these users enrol a phone.
fn asked_for_a_token(
    service: &Service,
    options: RunOptions,
    users: usize,
    later: Duration,
    enrol: &[usize],
) -> Result<Ended, Box<dyn std::error::Error>> {
    let clock = Arc::new(TestClock::today());
    let mut tenant = phones(users);
    tenant["tokens"] = json!({"demo-token": "good", "second-token": "good"});
    service.reset(&tenant)?;
    service.faults(&json!([{"match": "removeAll", "status": 401}]))?;
    let options = options.max_users(users)?.token_events(true);
    let run = clocked(service, &clock, "demo-token")?.run(options)?;
    for user in (1..=users).map(name) {
        run.add_user(&user)?;
    }
    run.end_users();
    answering(&run, |event| {
        if let Event::NeedToken { .. } = event {
            clock.advance(later);
            for user in enrol {
                enrols(service, *user)?;
            }
            run.set_token(Token::new("second-token")?)?;
        }
        Ok(())
    })
}

fn enrols(service: &Service, user: usize) -> std::io::Result<()> {
    service.post(
        &format!("users/{}/devices", name(user)),
        &json!({"operatingSystem": "iOS"}),
    )
}

fn reason(ended: &Ended, user: usize) -> Option<Reason> {
    let row = ended.rows.iter().find(|row| row.user == name(user));
    row.map(|row| row.reason)
}

#[test]
fn a_phone_that_came_while_a_token_was_awaited_is_left_to_a_person() -> Tested {
    let (service, folder) = (Service::start()?, Folder::new("stale-phone")?);
    let path = folder.file("leavers.jsonl");
    let ended = asked_for_a_token(&service, RunOptions::default().journal(&path), 2, LATER, &[2])?;
    assert_eq!(
        outcomes(&ended.rows),
        BTreeMap::from([(("accepted", ""), 1), (("skipped", "new_device"), 1)])
    );
    assert_eq!(reason(&ended, 2), Some(Reason::NewDevice));
    assert_eq!(acted(&service)?, [id(1)]);
    assert_eq!(events_of(&path, &name(2))?, ["read", "read", "result"]);
    Ok(())
}

#[test]
fn an_old_inspection_is_repeated_and_the_user_sent_once() -> Tested {
    let (service, folder) = (Service::start()?, Folder::new("stale-look")?);
    for (later, events) in [
        (LATER, &["read", "read", "sent", "result"][..]),
        (Duration::from_secs(4 * 60), &["read", "sent", "result"]),
    ] {
        let path = folder.file(&format!("after-{}.jsonl", later.as_secs()));
        let ended = asked_for_a_token(&service, RunOptions::default().journal(&path), 2, later, &[])?;
        assert_eq!(outcomes(&ended.rows), BTreeMap::from([(("accepted", ""), 2)]));
        assert_eq!(acted(&service)?, [id(1), id(2)]);
        assert_eq!(events_of(&path, &name(2))?, events, "after {later:?}");
    }
    Ok(())
}

#[test]
fn every_user_of_a_batch_is_inspected_again() -> Tested {
    let (service, folder) = (Service::start()?, Folder::new("stale-batch")?);
    let path = folder.file("leavers.jsonl");
    // More than are read in one batch.
    let options = RunOptions::default()
        .connections(1)?
        .batch_size(20)?
        .journal(&path);
    let ended = asked_for_a_token(&service, options, 16, LATER, &[3, 9])?;
    assert_eq!(
        outcomes(&ended.rows),
        BTreeMap::from([(("accepted", ""), 14), (("skipped", "new_device"), 2)])
    );
    for user in [3, 9] {
        assert_eq!(reason(&ended, user), Some(Reason::NewDevice));
        assert_eq!(
            events_of(&path, &name(user))?.last().map(String::as_str),
            Some("result")
        );
    }
    let mut sent = acted(&service)?;
    sent.sort_unstable();
    let others: Vec<_> = (1..=16).filter(|user| ![3, 9].contains(user)).map(id).collect();
    assert_eq!(sent, others, "each once");
    // The last users were read a second ago; one old inspection makes the whole batch wait.
    for user in [2, 16] {
        assert_eq!(
            events_of(&path, &name(user))?,
            ["read", "read", "sent", "result"],
            "user {user}"
        );
    }
    Ok(())
}

#[test]
fn a_long_pause_makes_an_inspection_old() -> Tested {
    let (service, clock) = (Service::start()?, Arc::new(TestClock::today()));
    service.reset(&phones(2))?;
    service.faults(&json!([{"match": "removeAll", "status": 429, "headers": {"Retry-After": "360"}}]))?;
    service.post("hold", &json!({"match": "removeAll", "point": "acted"}))?;
    let options = service.options(&clock)?.deadline(Duration::from_secs(3600))?;
    let client = Client::new(options, Token::new("demo-token")?)?;
    let run = client.run(RunOptions::default().max_users(2)?)?;
    for user in [name(1), name(2)] {
        run.add_user(&user)?;
    }
    run.end_users();
    assert_eq!(service.get("wait?held=1")?["reached"], true);
    enrols(&service, 2)?;
    service.post("release", &json!({}))?;
    let ended = answering(&run, |_| Ok(()))?;
    assert_eq!(clock.real_waits(), [LATER]);
    assert_eq!(reason(&ended, 2), Some(Reason::NewDevice));
    assert_eq!(acted(&service)?, [id(1)]);
    Ok(())
}

/// So many users by the test's clock, in the order given, with an hour for each call.
fn resumed_in_order(
    service: &Service,
    users: usize,
    options: RunOptions,
) -> Result<(Run, Arc<TestClock>), Box<dyn std::error::Error>> {
    let clock = Arc::new(TestClock::today());
    let options_of_client = service.options(&clock)?.deadline(Duration::from_secs(3600))?;
    let client = Client::new(options_of_client, Token::new("demo-token")?)?;
    let run = client.run(options.connections(1)?)?;
    for user in (1..=users).map(name) {
        run.add_user(&user)?;
    }
    run.end_users();
    Ok((run, clock))
}

/// The same for a new tenant with these faults.
fn in_order(
    service: &Service,
    users: usize,
    options: RunOptions,
    faults: &Value,
) -> Result<(Run, Arc<TestClock>), Box<dyn std::error::Error>> {
    service.reset(&phones(users))?;
    service.faults(faults)?;
    resumed_in_order(service, users, options)
}

/// Fails rather than continuing forever.
fn within(run: &Run, sendings: usize) -> Result<Ended, Box<dyn std::error::Error>> {
    let mut seen = 0;
    let (mut rows, mut notices) = (Vec::new(), Vec::new());
    loop {
        match run.next(Duration::from_secs(30))? {
            Some(Event::Done(summary)) => {
                return Ok(Ended {
                    rows,
                    notices,
                    sendings: seen,
                    summary,
                });
            }
            Some(Event::Result(row)) => rows.push(row),
            Some(Event::Notice(Notice::Run(text))) => notices.push(text),
            Some(Event::Notice(Notice::Sending { .. })) => seen += 1,
            Some(_) => {}
            None => return Err("no event came".into()),
        }
        if seen > sendings {
            run.stop();
            return Err(format!("it sends without end: {seen}").into());
        }
    }
}

#[test]
fn attempts_are_counted_across_looks() -> Tested {
    let service = Service::start()?;
    let throttled =
        json!([{"match": "removeAll", "status": 429, "headers": {"Retry-After": "360"}, "times": 99}]);
    let (run, _) = in_order(&service, 1, RunOptions::default().max_users(2)?, &throttled)?;
    let ended = within(&run, 60)?;
    let error = ended.rows[0].error.as_ref().ok_or("no error")?;
    assert_eq!((error.status, error.attempts), (Status::Throttled, 5));
    Ok(())
}

#[test]
fn a_refusal_before_a_second_inspection_has_its_end_in_the_journal() -> Tested {
    let (service, folder) = (Service::start()?, Folder::new("stale-refused")?);
    let throttled = json!([{"match": "removeAll", "status": 429, "headers": {"Retry-After": "360"}}]);
    let path = folder.file("leavers.jsonl");
    let options = RunOptions::default().max_users(2)?.journal(&path);
    let (run, _) = in_order(&service, 1, options, &throttled)?;
    let ended = within(&run, 60)?;
    assert_eq!(outcomes(&ended.rows), BTreeMap::from([(("accepted", ""), 1)]));
    assert_eq!(
        events_of(&path, &name(1))?,
        ["read", "sent", "result", "read", "sent", "result"]
    );
    let lines = journal(&path)?;
    let results: Vec<_> = lines
        .iter()
        .filter(|line| line["event"] == "result")
        .map(|line| (&line["outcome"], &line["effect"]))
        .collect();
    assert_eq!(
        results,
        [
            (&json!("failed"), &json!("none")),
            (&json!("accepted"), &Value::Null)
        ]
    );

    // The run was killed once the second request had been sent. That one is a doubt, which the refusal of the first does
    // not resolve.
    let mut seen = 0;
    forget(&path, |line| {
        seen += usize::from(line["event"] == "result");
        line["event"] == "end" || (line["event"] == "result" && seen == 2)
    })?;
    service.faults(&json!([{"match": "managedDevices", "status": 500, "times": 99}]))?;
    let (run, _) = resumed_in_order(&service, 1, RunOptions::default().max_users(2)?.resume(&path))?;
    let ended = within(&run, 60)?;
    assert_eq!(outcomes(&ended.rows), BTreeMap::from([(("unknown", ""), 1)]));
    Ok(())
}

#[test]
fn a_user_that_waits_longer_than_an_inspection_is_valid_is_sent() -> Tested {
    let service = Service::start()?;
    let options = RunOptions::default().write_quota(1, Duration::from_secs(400))?;
    let (run, clock) = in_order(&service, 3, options, &json!([]))?;
    let ended = within(&run, 60)?;
    assert_eq!(outcomes(&ended.rows), BTreeMap::from([(("accepted", ""), 3)]));
    // A request that was not sent takes no room in the window.
    assert!(clock.real_waits().iter().sum::<Duration>() < Duration::from_secs(3 * 400));
    Ok(())
}
