//! Several users in one request: each is judged alone, and a user that is sent again continues the attempts of the batch.

mod common;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use common::runs::{
    Ended, Folder, PATIENCE, client, clocked, ended, finish, journal, name, outcomes, phones,
};
use common::{Service, TestClock, Tested};
use graph_devices::{Client, Outcome, RunOptions, Status, Token, UserResult};
use serde_json::{Value, json};

#[test]
fn a_batch_judges_each_of_its_users_alone() -> Tested {
    let service = Service::start()?;
    service.reset(&phones(60))?;
    service.faults(&json!([
        {"match": "removeAll", "in_batch": true, "status": 429, "headers": {"Retry-After": "0"}, "times": 3},
        {"match": "removeAll", "in_batch": true, "status": 403, "times": 2},
        {"match": "removeAll", "in_batch": true, "status": 504, "act": true, "times": 2},
    ]))?;
    let options = RunOptions::default()
        .write_quota(10_000, PATIENCE)?
        .batch_size(20)?
        .connections(2)?;
    let run = client(&service, "demo-token")?.run(options)?;
    let (rows, _) = finish(&run, (1..=60).map(name))?;
    assert_eq!(
        outcomes(&rows),
        BTreeMap::from([(("accepted", ""), 58), (("failed", ""), 2)])
    );
    let batched = service
        .log()?
        .iter()
        .filter(|entry| entry["requests"].is_array())
        .count();
    assert!(batched >= 6, "{batched} batches");
    Ok(())
}

#[test]
fn a_batch_that_cannot_be_read_leaves_its_users_unknown() -> Tested {
    let service = Service::start()?;
    service.reset(&phones(21))?;
    let options = RunOptions::default()
        .write_quota(10_000, PATIENCE)?
        .batch_size(20)?
        .connections(1)?
        .inspect_first(false);
    let run = client(&service, "demo-token")?.run(options)?;
    service.faults(&json!([
        {"match": "$batch", "status": 200, "body": "{\"responses\":[{\"id\":\"0\",\"status\":204},<html>", "act": true},
    ]))?;
    let (rows, _) = finish(&run, (1..=21).map(name))?;
    assert_eq!(
        outcomes(&rows),
        BTreeMap::from([(("accepted", ""), 1), (("unknown", ""), 20)])
    );
    Ok(())
}

#[test]
fn a_user_that_a_batch_does_not_answer_is_unknown() -> Tested {
    let service = Service::start()?;
    service.reset(&phones(21))?;
    let options = || -> graph_devices::Result<RunOptions> {
        RunOptions::default()
            .write_quota(10_000, PATIENCE)?
            .connections(1)?
            .inspect_first(false)
            .batch_size(20)
    };
    // Of twenty users one is answered.
    let one = json!({"responses": [{"id": "0", "status": 204}]}).to_string();
    service.faults(&json!([{"match": "$batch", "status": 200, "body": one, "act": true}]))?;
    let run = client(&service, "demo-token")?.run(options()?)?;
    let (rows, _) = finish(&run, (1..=21).map(name))?;
    assert_eq!(
        outcomes(&rows),
        BTreeMap::from([(("accepted", ""), 2), (("unknown", ""), 19)])
    );

    // The first answer is lost behind a gateway, and then one user is refused: the doubt about that user stays.
    service.reset(&phones(21))?;
    service.faults(&json!([
        {"match": "$batch", "status": 504, "act": false},
        {"match": "removeAll", "in_batch": true, "status": 403},
        {"match": "removeAll", "in_batch": true, "status": 503},
    ]))?;
    let run = client(&service, "demo-token")?.run(options()?)?;
    let (rows, _) = finish(&run, (1..=21).map(name))?;
    assert_eq!(
        outcomes(&rows),
        BTreeMap::from([(("accepted", ""), 20), (("unknown", ""), 1)])
    );
    Ok(())
}

/// Three users by the test's clock, the last two in one batch, with a minute for each call.
fn three(service: &Service, faults: &Value) -> Result<(Ended, Arc<TestClock>), Box<dyn std::error::Error>> {
    let clock = Arc::new(TestClock::default());
    service.reset(&phones(3))?;
    service.faults(faults)?;
    let options = service.options(&clock)?.deadline(Duration::from_secs(60))?;
    let client = Client::new(options, Token::new("demo-token")?)?;
    let options = RunOptions::default().inspect_first(false).connections(1)?;
    let run = client.run(options.batch_size(2)?.max_users(3)?)?;
    Ok((ended(&run, (1..=3).map(name))?, clock))
}

/// A failing service, for one user of a batch or for that user alone.
fn fails(user: usize, in_batch: bool, retry_after: &str) -> Value {
    json!({
        "match": format!("{}/removeAll", name(user)),
        "in_batch": in_batch,
        "status": 503,
        "headers": {"retry-after": retry_after},
    })
}

/// How often a user was tried, and how long that took in seconds.
fn tries(row: &UserResult) -> Option<(u32, u64)> {
    let receipt = row.receipt.as_ref()?;
    Some((receipt.attempts, receipt.elapsed.as_secs()))
}

#[test]
fn a_user_that_is_sent_again_keeps_the_attempts_and_the_time_of_the_batch() -> Tested {
    let service = Service::start()?;
    let faults = json!([
        {"match": "$batch", "status": 503, "headers": {"retry-after": "50"}},
        fails(2, true, "0"),
        fails(2, false, "8"),
    ]);
    let (ended, clock) = three(&service, &faults)?;
    let of = |user: usize| {
        ended
            .rows
            .iter()
            .find(|row| row.user == name(user))
            .ok_or("no row")
    };
    let error = of(2)?.error.as_ref().ok_or("no error")?;
    assert_eq!(
        (of(2)?.outcome, error.status, error.attempts),
        (Outcome::Failed, Status::ServiceUnavailable, 3),
        "after fifty seconds eight more leave too little"
    );
    assert_eq!(tries(of(3)?), Some((2, 50)));
    assert_eq!(clock.real_waits(), [Duration::from_secs(50)]);

    // The batch was one of the five attempts that a call has.
    let again = json!({"match": format!("{}/removeAll", name(2)), "status": 429, "headers": {"retry-after": "0"}, "times": 9});
    let mut first = again.clone();
    (first["in_batch"], first["times"]) = (json!(true), json!(1));
    let (ended, _) = three(&service, &json!([first, again]))?;
    let row = ended
        .rows
        .iter()
        .find(|row| row.user == name(2))
        .ok_or("no row")?;
    let error = row.error.as_ref().ok_or("no error")?;
    assert_eq!((error.status, error.attempts), (Status::Throttled, 5));
    assert_eq!(service.log()?.len(), 2 + 4);
    Ok(())
}

#[test]
fn a_part_waits_as_long_as_it_was_asked_to() -> Tested {
    let service = Service::start()?;
    let (ended, clock) = three(&service, &json!([fails(2, true, "7")]))?;
    assert_eq!(outcomes(&ended.rows), BTreeMap::from([(("accepted", ""), 3)]));
    assert_eq!(clock.real_waits(), [Duration::from_secs(7)]);
    // Without time for that, the user is not sent again.
    let (ended, clock) = three(&service, &json!([fails(2, true, "59")]))?;
    let failed: Vec<_> = ended
        .rows
        .iter()
        .filter_map(|row| Some((row.user.clone(), row.error.as_ref()?.attempts)))
        .collect();
    assert_eq!((failed, clock.real_waits().len()), (vec![(name(2), 1)], 0));
    Ok(())
}

#[test]
fn waits_of_others_do_not_count_for_a_user_that_is_sent_again() -> Tested {
    let service = Service::start()?;
    // The second waits for most of a minute; the third is sent again only then, and has a minute of its own.
    let faults = [(2, true), (3, true), (2, false), (3, false)];
    let faults = faults.map(|(user, in_batch)| fails(user, in_batch, if in_batch { "0" } else { "50" }));
    let (ended, _) = three(&service, &json!(faults))?;
    let reported: Vec<_> = ended.rows.iter().map(tries).collect();
    assert_eq!(reported, [Some((1, 0)), Some((3, 50)), Some((3, 50))]);

    // The whole batch was held back, and that time does not count either.
    let faults = json!([
        {"match": "$batch", "status": 429, "headers": {"retry-after": "50"}},
        fails(2, true, "0"),
        fails(2, false, "50"),
    ]);
    let (ended, clock) = three(&service, &faults)?;
    let mut reported: Vec<_> = ended
        .rows
        .iter()
        .map(|row| (row.user.clone(), tries(row)))
        .collect();
    reported.sort();
    assert_eq!(
        reported,
        [
            (name(1), Some((1, 0))),
            (name(2), Some((4, 50))),
            (name(3), Some((2, 0)))
        ]
    );
    assert_eq!(clock.real_waits(), [Duration::from_secs(50); 2]);
    Ok(())
}

#[test]
fn finished_users_are_recorded_before_the_others_are_sent_again() -> Tested {
    let (service, folder) = (Service::start()?, Folder::new("batch-first")?);
    let path = folder.file("leavers.jsonl");
    service.reset(&phones(21))?;
    service.faults(&json!([fails(7, true, "0")]))?;
    // The first alone, then the batch of the others; what comes after is held.
    service.post("hold", &json!({"match": "removeAll", "after": 2}))?;
    let options = RunOptions::default()
        .inspect_first(false)
        .connections(1)?
        .batch_size(20)?;
    let run = client(&service, "demo-token")?.run(options.max_users(21)?.journal(&path))?;
    for user in (1..=21).map(name) {
        run.add_user(&user)?;
    }
    run.end_users();
    assert_eq!(service.get("wait?held=1")?["reached"], true);
    let results: Vec<_> = journal(&path)?
        .into_iter()
        .filter(|line| line["event"] == "result" && line["outcome"] == "accepted")
        .map(|line| line["user"].clone())
        .collect();
    assert_eq!(results.len(), 20);
    assert!(!results.contains(&json!(name(7))));
    service.post("release", &json!({}))?;
    let ended = ended(&run, [])?;
    assert_eq!(outcomes(&ended.rows), BTreeMap::from([(("accepted", ""), 21)]));
    Ok(())
}

#[test]
fn a_batch_is_no_larger_than_the_quota() -> Tested {
    let (service, clock) = (Service::start()?, Arc::new(TestClock::default()));
    let client = clocked(&service, &clock, "demo-token")?;
    let window = Duration::from_secs(20);
    let refused = |writes: usize| -> Result<_, Box<dyn std::error::Error>> {
        let options = RunOptions::default()
            .write_quota(writes, window)?
            .batch_size(20)?;
        Ok(client
            .run(options)
            .err()
            .map(|error| (error.status, error.message.clone())))
    };
    assert_eq!(refused(20)?, None);
    let (status, message) = refused(19)?.ok_or("taken")?;
    assert_eq!(status, Status::InvalidArgument);
    assert!(message.contains("20") && message.contains("19"), "{message}");
    Ok(())
}
