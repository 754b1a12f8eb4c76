//! Reads that are not permitted or fail: which users fail, which continue, and which limits still hold.

mod common;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use common::runs::{PATIENCE, client, clocked, ended, finish, name, outcomes, phones};
use common::{Service, TestClock, Tested};
use graph_devices::{Event, NoticeKind, Outcome, Reason, RunOptions, Status, UserResult};
use serde_json::{Value, json};

/// The devices of these users may not be read, neither in a batch nor alone. The refusal says no more than that.
fn out_of_scope(service: &Service, users: impl IntoIterator<Item = usize>) -> std::io::Result<()> {
    for user in users {
        let devices = format!("{}/managedDevices", name(user));
        service.faults(&json!([
            {"match": devices, "in_batch": true, "status": 403, "times": 99},
            {"match": devices, "status": 403, "times": 99},
        ]))?;
    }
    Ok(())
}

/// Options of a run that begins once it has all users, so that they are read together.
fn together(users: usize) -> graph_devices::Result<RunOptions> {
    RunOptions::default().max_users(users)
}

fn actions(service: &Service) -> std::io::Result<usize> {
    Ok(service.get("actions")?.as_array().map_or(0, Vec::len))
}

fn statuses(rows: &[UserResult]) -> Vec<Option<Status>> {
    rows.iter()
        .map(|row| row.error.as_ref().map(|error| error.status))
        .collect()
}

#[test]
fn a_run_without_permission_to_read_continues_and_reports_it() -> Tested {
    let service = Service::start()?;
    for options in [RunOptions::default().connections(1)?, together(2)?] {
        service.reset(&phones(2))?;
        let run = client(&service, "no-read-token")?.run(options)?;
        for user in [name(1), name(2)] {
            run.add_user(&user)?;
        }
        run.end_users();
        let mut notices = Vec::new();
        let summary = loop {
            match run.next(PATIENCE)?.ok_or("no event")? {
                Event::Done(summary) => break summary,
                Event::Notice(notice) if notice.kind() == NoticeKind::Run => notices.push(notice.to_string()),
                _ => {}
            }
        };
        assert_eq!(summary.count(Outcome::Accepted), 2);
        let without = |what: &str| {
            let text = format!("continues without reading {what}");
            notices.iter().filter(|notice| notice.contains(&text)).count()
        };
        assert_eq!(
            (without("who the users are"), without("the users' devices")),
            (1, 1),
            "{notices:?}"
        );
    }
    Ok(())
}

#[test]
fn a_refused_read_of_one_user_does_not_stop_the_reads_of_others() -> Tested {
    let service = Service::start()?;
    service.reset(&phones(3))?;
    out_of_scope(&service, [2])?;
    let run = client(&service, "demo-token")?.run(RunOptions::default().connections(1)?)?;
    let (rows, _) = finish(&run, (1..=3).map(name))?;
    let reported: Vec<_> = rows
        .iter()
        .map(|row| (row.outcome, row.devices.is_some()))
        .collect();
    assert_eq!(
        reported,
        [
            (Outcome::Accepted, true),
            (Outcome::Failed, false),
            (Outcome::Accepted, true)
        ]
    );
    Ok(())
}

#[test]
fn limits_hold_for_the_others_where_the_first_may_not_be_read() -> Tested {
    let service = Service::start()?;
    for options in [together(6)?, RunOptions::default().connections(1)?] {
        service.reset(
            &json!({"users": [], "generate": {"users": 6, "devices": 15, "operating_systems": ["iOS"]}}),
        )?;
        out_of_scope(&service, [1])?;
        let run = client(&service, "demo-token")?.run(options)?;
        let ended = ended(&run, (1..=6).map(name))?;
        assert_eq!(
            outcomes(&ended.rows),
            BTreeMap::from([(("failed", ""), 1), (("skipped", "too_many_devices"), 5)])
        );
        assert_eq!(statuses(&ended.rows)[0], Some(Status::PermissionDenied));
        assert_eq!(
            (ended.summary.ended_by, ended.notices.len(), actions(&service)?),
            (None, 0, 0)
        );
    }
    Ok(())
}

#[test]
fn a_refusal_that_does_not_name_the_token_stops_no_reads_even_if_all_meet_it() -> Tested {
    let service = Service::start()?;
    service.reset(&phones(6))?;
    out_of_scope(&service, 1..=6)?;
    let run = client(&service, "demo-token")?.run(together(6)?)?;
    let ended = ended(&run, (1..=6).map(name))?;
    assert_eq!(outcomes(&ended.rows), BTreeMap::from([(("failed", ""), 6)]));
    assert!(
        statuses(&ended.rows)
            .iter()
            .all(|status| *status == Some(Status::PermissionDenied))
    );
    assert_eq!((ended.notices.len(), actions(&service)?), (0, 0));
    Ok(())
}

#[test]
fn a_preview_reports_the_others_if_one_may_not_be_read() -> Tested {
    let service = Service::start()?;
    service.reset(&phones(6))?;
    out_of_scope(&service, [1])?;
    let run = client(&service, "demo-token")?.run(together(6)?.preview())?;
    let (rows, summary) = finish(&run, (1..=6).map(name))?;
    let reported: Vec<_> = rows.iter().map(|row| (row.outcome, row.reason)).collect();
    assert_eq!(reported[0], (Outcome::Failed, Reason::None));
    assert_eq!(reported[1..], [(Outcome::Skipped, Reason::Preview); 5]);
    assert_eq!(
        (statuses(&rows)[0], summary.ended_by),
        (Some(Status::PermissionDenied), None)
    );
    Ok(())
}

#[test]
fn a_preview_by_a_token_that_may_not_read_ends() -> Tested {
    let service = Service::start()?;
    service.reset(&phones(6))?;
    let run = client(&service, "no-read-token")?.run(together(6)?.preview())?;
    let (rows, summary) = finish(&run, (1..=6).map(name))?;
    assert_eq!(summary.ended_by, Some(Status::PermissionDenied));
    let message = summary.message.unwrap_or_default();
    assert!(
        message.contains("DeviceManagementManagedDevices.Read.All"),
        "{message}"
    );
    assert!(rows.iter().all(|row| row.reason != Reason::Preview), "{rows:?}");
    Ok(())
}

#[test]
fn users_out_of_scope_do_not_end_a_run_of_many() -> Tested {
    let service = Service::start()?;
    for (options, reason) in [
        (RunOptions::default().preview(), "preview"),
        (RunOptions::default(), ""),
    ] {
        service.reset(&phones(30))?;
        // Three in a row, which would end a run if all users met it.
        out_of_scope(&service, [1, 2, 3])?;
        let run = client(&service, "demo-token")?.run(options)?;
        let (rows, summary) = finish(&run, (1..=30).map(name))?;
        let outcome = if reason.is_empty() { "accepted" } else { "skipped" };
        assert_eq!(
            outcomes(&rows),
            BTreeMap::from([((outcome, reason), 27), (("failed", ""), 3)])
        );
        assert_eq!(summary.ended_by, None, "{:?}", summary.message);
    }
    Ok(())
}

/// The first answer to a batch of reads is a page of HTML.
fn after_a_broken_answer(service: &Service, then: &Value) -> std::io::Result<()> {
    service.reset(&phones(6))?;
    service.faults(&json!([{"match": "$batch", "fixture": "batch_html"}, then]))
}

#[test]
fn a_broken_answer_to_reads_leaves_no_user_unknown() -> Tested {
    // The token is refused at the second attempt.
    let service = Service::start()?;
    after_a_broken_answer(&service, &json!({"match": "$batch", "status": 401}))?;
    let run = client(&service, "demo-token")?.run(together(6)?)?;
    let (rows, summary) = finish(&run, (1..=6).map(name))?;
    assert_eq!(outcomes(&rows), BTreeMap::from([(("failed", ""), 6)]));
    assert_eq!(summary.ended_by, Some(Status::Unauthenticated));

    // The run is stopped before the second attempt.
    after_a_broken_answer(&service, &json!({}))?;
    let clock = Arc::new(TestClock::stopping());
    let run = clocked(&service, &clock, "demo-token")?.run(together(6)?)?;
    let (rows, _) = finish(&run, (1..=6).map(name))?;
    assert_eq!(outcomes(&rows), BTreeMap::from([(("skipped", "stopped"), 6)]));
    assert_eq!(service.log()?.len(), 1);
    Ok(())
}

#[test]
fn no_batch_of_reads_is_more_than_their_quota() -> Tested {
    let (service, clock) = (Service::start()?, Arc::new(TestClock::today()));
    service.reset(&phones(9))?;
    let window = Duration::from_secs(20);
    let options = together(9)?
        .connections(1)?
        .batch_size(2)?
        .read_quota(6, window)?;
    let run = clocked(&service, &clock, "demo-token")?.run(options)?;
    let (rows, _) = finish(&run, (1..=9).map(name))?;
    assert_eq!(outcomes(&rows), BTreeMap::from([(("accepted", ""), 9)]));
    let log = service.log()?;
    let reads: Vec<_> = log
        .iter()
        .filter_map(|entry| entry["requests"].as_array())
        .filter(|requests| requests.iter().any(|request| request["method"] == "GET"))
        .map(Vec::len)
        .collect();
    assert!(reads.iter().all(|reads| *reads <= 6), "{reads:?}");
    assert_eq!(reads.iter().sum::<usize>(), 18, "two of each user");
    assert_eq!(
        clock.real_waits(),
        [window; 2],
        "three windows for eighteen reads"
    );
    Ok(())
}
