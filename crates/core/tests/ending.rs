//! An error that every user would meet ends a run, before ten thousand requests may have been applied.

mod common;

use std::sync::Arc;
use std::time::Duration;

use common::runs::{Ended, Folder, clocked, ended, finish, journal, name, outcomes, phones};
use common::{Service, TestClock, Tested};
use graph_devices::{Client, Outcome, RunOptions, Status, Token};
use serde_json::{Value, json};

const USERS: usize = 40;

/// The results of all users, if each POST of the action meets this.
fn met(service: &Service, fault: &Value, options: RunOptions) -> Result<Ended, Box<dyn std::error::Error>> {
    let clock = Arc::new(TestClock::today());
    service.reset(&phones(USERS))?;
    service.faults(&json!([fault]))?;
    let run = clocked(service, &clock, "demo-token")?.run(options)?;
    ended(&run, (1..=USERS).map(name))
}

fn page(status: u16) -> Value {
    let body = "<html>blocked by policy</html>";
    json!({"match": "removeAll", "status": status, "body": body, "times": 999,
        "headers": {"Content-Type": "text/html", "request-id": null, "client-request-id": null}})
}

#[test]
fn a_page_on_every_post_ends_a_run_with_the_first() -> Tested {
    let (service, folder) = (Service::start()?, Folder::new("ending-pages")?);
    for status in [403, 200, 202, 302, 307, 401, 404, 405, 451] {
        for read in [true, false] {
            let path = folder.file(&format!("{status}-{read}.jsonl"));
            let options = RunOptions::default().inspect_first(read).journal(&path);
            let ended = met(&service, &page(status), options)?;
            assert_eq!(
                ended.summary.ended_by,
                Some(Status::UnexpectedResponse),
                "{status}"
            );
            let counts = outcomes(&ended.rows);
            assert_eq!(counts.get(&("unknown", "")), Some(&1), "{status}: {counts:?}");
            assert_eq!(counts.get(&("skipped", "stopped")), Some(&(USERS - 1)));
            let message = ended.summary.message.unwrap_or_default();
            assert!(
                message.contains("every user would meet this")
                    && (message.contains("proxy") || message.contains("another cloud")),
                "{message}"
            );
            let row = ended.rows.iter().find(|row| row.outcome == Outcome::Unknown);
            let own = row.and_then(|row| row.error.as_ref()).ok_or("no error")?;
            assert!(!own.message.contains("every user"), "the row keeps its words");
            let sent = journal(&path)?;
            assert_eq!(sent.iter().filter(|line| line["event"] == "sent").count(), 1);
        }
    }
    Ok(())
}

#[test]
fn a_failing_service_or_a_lost_connection_ends_a_run_the_third_time_in_a_row() -> Tested {
    let service = Service::start()?;
    for (fault, status, outcome) in [
        (page(503), Status::ServiceUnavailable, "unknown"),
        (page(502), Status::ServiceUnavailable, "unknown"),
        (
            json!({"match": "removeAll", "status": 503, "times": 999}),
            Status::ServiceUnavailable,
            "failed",
        ),
        (
            json!({"match": "removeAll", "reset": "before", "times": 999}),
            Status::Interrupted,
            "unknown",
        ),
    ] {
        for batch_size in [1, 20] {
            let options = RunOptions::default().batch_size(batch_size)?;
            let ended = met(&service, &fault, options)?;
            assert_eq!(ended.summary.ended_by, Some(status), "{fault}");
            let counts = outcomes(&ended.rows);
            assert_eq!(counts.get(&(outcome, "")), Some(&3), "{fault}: {counts:?}");
            assert_eq!(counts.get(&("skipped", "stopped")), Some(&(USERS - 3)));
            let message = ended.summary.message.unwrap_or_default();
            assert!(message.contains("3 users in a row"), "{message}");
        }
    }
    Ok(())
}

#[test]
fn so_does_a_service_that_never_answers() -> Tested {
    let service = Service::start()?;
    service.reset(&phones(USERS))?;
    service.faults(&json!([{"match": "removeAll", "hang": true, "times": 999}]))?;
    let options = service
        .real_options()?
        .timeout(Duration::from_secs(1))?
        .max_attempts(1)?;
    let run = Client::new(options, Token::new("demo-token")?)?.run(RunOptions::default())?;
    let ended = ended(&run, (1..=USERS).map(name))?;
    assert_eq!(ended.summary.ended_by, Some(Status::Timeout));
    assert_eq!(outcomes(&ended.rows).get(&("unknown", "")), Some(&3));
    Ok(())
}

#[test]
fn one_users_bad_luck_ends_nothing() -> Tested {
    let service = Service::start()?;
    let lost = json!({"match": "removeAll", "reset": "after", "times": 5});
    let failing = json!({"match": "removeAll", "status": 504, "act": true, "times": 10});
    for (fault, unlucky) in [(lost, 1), (failing, 2)] {
        let ended = met(&service, &fault, RunOptions::default())?;
        assert_eq!(ended.summary.ended_by, None, "{:?}", ended.summary.message);
        let counts = outcomes(&ended.rows);
        assert_eq!(counts.get(&("unknown", "")), Some(&unlucky), "{counts:?}");
        assert_eq!(counts.get(&("accepted", "")), Some(&(USERS - unlucky)));
    }
    Ok(())
}

#[test]
fn one_broken_batch_is_one_trouble_however_many_users_were_in_it() -> Tested {
    let service = Service::start()?;
    for fault in [
        json!({"match": "$batch", "status": 200, "body": "<html>"}),
        json!({"match": "$batch", "reset": "after", "times": 5}),
        json!({"match": "$batch", "status": 200, "json": {"responses": []}}),
    ] {
        let clock = Arc::new(TestClock::today());
        service.reset(&phones(USERS))?;
        let options = RunOptions::default()
            .inspect_first(false)
            .batch_size(20)?
            .connections(1)?;
        let run = clocked(&service, &clock, "demo-token")?.run(options)?;
        service.faults(&json!([fault]))?;
        let (rows, summary) = finish(&run, (1..=USERS).map(name))?;
        let counts = outcomes(&rows);
        assert_eq!(summary.ended_by, None, "{fault}: {:?}", summary.message);
        assert_eq!(counts.get(&("unknown", "")), Some(&20), "{fault}: {counts:?}");
        assert_eq!(counts.get(&("accepted", "")), Some(&(USERS - 20)));
    }
    Ok(())
}

/// The results of all users, if reads meet this.
fn read_met(service: &Service, faults: &Value) -> Result<Ended, Box<dyn std::error::Error>> {
    let clock = Arc::new(TestClock::today());
    service.reset(&phones(USERS))?;
    service.faults(faults)?;
    let run = clocked(service, &clock, "demo-token")?.run(RunOptions::default().max_users(USERS)?)?;
    ended(&run, (1..=USERS).map(name))
}

#[test]
fn a_page_on_every_read_ends_a_run_but_not_on_the_reads_of_one_user() -> Tested {
    let service = Service::start()?;
    let everybodys = json!([
        {"match": "$batch", "status": 302, "times": 999},
        {"match": "/v1.0/users/", "status": 302, "times": 999},
    ]);
    let ended = read_met(&service, &everybodys)?;
    assert_eq!(ended.summary.ended_by, Some(Status::UnexpectedResponse));
    let counts = outcomes(&ended.rows);
    // The users whose reads were under way.
    assert!(counts.get(&("skipped", "stopped")) >= Some(&8), "{counts:?}");

    let mut page = page(403);
    page["match"] = json!("user-000007");
    let one_users = json!([{"match": "user-000007", "in_batch": true, "status": 500, "times": 2}, page]);
    let ended = read_met(&service, &one_users)?;
    assert_eq!(ended.summary.ended_by, None, "{:?}", ended.summary.message);
    let counts = outcomes(&ended.rows);
    assert_eq!(counts.get(&("failed", "")), Some(&1), "{counts:?}");
    assert_eq!(counts.get(&("accepted", "")), Some(&(USERS - 1)));
    Ok(())
}
