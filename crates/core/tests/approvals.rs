//! Multi Admin Approval in a run: queued users, their requests, and the user of a waiting request.

mod common;

use std::collections::BTreeMap;
use std::path::Path;

use common::runs::{Ended, Folder, acted, client, ended, finish, forget, id, name, outcomes, phones};
use common::{Service, Tested};
use graph_devices::{CallOptions, Effect, Event, Outcome, RunOptions, Status, UserResult};
use serde_json::{Value, json};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Options of a run that requests approval, and continues while requests wait.
fn asking() -> graph_devices::Result<RunOptions> {
    let call = CallOptions::default().justification("left the company")?;
    RunOptions::default().call(call).max_approvals(10).connections(1)
}

/// Resumes a run.
fn resumed(service: &Service, path: &Path, users: &[String]) -> Result<Ended> {
    let run = client(service, "approval-token")?.run(asking()?.resume(path))?;
    ended(&run, users.iter().cloned())
}

/// Queues a number of users, and returns the codes of their requests.
fn queued(service: &Service, path: &Path, users: usize) -> Result<Vec<String>> {
    service.reset(&phones(users))?;
    let run = client(service, "approval-token")?.run(asking()?.journal(path))?;
    let (rows, _) = finish(&run, (1..=users).map(name))?;
    let codes: Vec<_> = rows.iter().filter_map(code).collect();
    assert_eq!(codes.len(), users);
    Ok(codes)
}

fn decide(service: &Service, code: &str, status: &str) -> std::io::Result<()> {
    service.post(&format!("approvals/{code}"), &json!({"status": status}))
}

fn code(row: &UserResult) -> Option<String> {
    row.error.as_ref()?.approval_code.clone()
}

/// The code that the service gave a user's request.
fn code_of(service: &Service, user: usize) -> Result<Option<String>> {
    let state = service.get("state")?;
    let approvals = state["approvals"].as_array().ok_or("no approvals")?;
    let own = approvals.iter().find(|approval| approval["user"] == id(user));
    Ok(own.and_then(|approval| approval["code"].as_str().map(str::to_owned)))
}

fn attempts(service: &Service) -> Result<usize> {
    Ok(service.get("actions")?.as_array().map_or(0, Vec::len))
}

/// The outcome, effect and approval code of a result.
fn reported(row: &UserResult) -> (Outcome, Option<Effect>, Option<String>) {
    (
        row.outcome,
        row.error.as_ref().map(|error| error.effect),
        code(row),
    )
}

#[test]
fn approvals_are_requested_kept_and_used() -> Tested {
    let (service, folder) = (Service::start()?, Folder::new("approvals")?);
    service.reset(&phones(4))?;
    let path = folder.file("leavers.jsonl");
    let client = client(&service, "approval-token")?;
    let why = || -> graph_devices::Result<RunOptions> {
        Ok(RunOptions::default().call(CallOptions::default().justification("left the company")?))
    };
    // The first one that is queued ends the run.
    let (rows, summary) = finish(&client.run(why()?.journal(&path))?, (1..=4).map(name))?;
    assert_eq!(
        outcomes(&rows),
        BTreeMap::from([(("awaiting_approval", ""), 1), (("skipped", "stopped"), 3)])
    );
    assert_eq!(summary.ended_by, Some(Status::ApprovalPending));
    // With a higher limit it continues, and requests no approval twice.
    let (rows, summary) = finish(
        &client.run(why()?.resume(&path).max_approvals(10))?,
        (1..=4).map(name),
    )?;
    assert_eq!(outcomes(&rows), BTreeMap::from([(("awaiting_approval", ""), 4)]));
    assert_eq!((summary.ended_by, attempts(&service)?), (None, 4));

    let state = service.get("state")?;
    let approvals = state["approvals"].as_array().ok_or("no approvals")?;
    let decide = |at: usize, status: &str| {
        let code = approvals
            .get(at)
            .and_then(|approval| approval["code"].as_str())
            .unwrap_or_default();
        service.post(&format!("approvals/{code}"), &json!({"status": status}))
    };
    decide(0, "approved")?;
    decide(1, "rejected")?;
    decide(2, "expired")?;
    for expected in [
        BTreeMap::from([
            (("accepted", ""), 1),
            (("failed", ""), 2),
            (("awaiting_approval", ""), 1),
        ]),
        BTreeMap::from([
            (("skipped", "done_before"), 1),
            (("failed", ""), 2),
            (("awaiting_approval", ""), 1),
        ]),
    ] {
        let run = client.run(why()?.resume(&path).max_approvals(10))?;
        let (rows, _) = finish(&run, (1..=4).map(name))?;
        assert_eq!(outcomes(&rows), expected);
        assert_eq!(attempts(&service)?, 5);
    }
    Ok(())
}

#[test]
fn a_request_that_was_carried_out_is_confirmed_and_never_sent_again() -> Tested {
    let (service, folder) = (Service::start()?, Folder::new("completed")?);
    let path = folder.file("leavers.jsonl");
    let codes = queued(&service, &path, 1)?;
    decide(&service, &codes[0], "completed")?;
    for expected in [("confirmed", ""), ("skipped", "done_before")] {
        let ended = resumed(&service, &path, &[name(1)])?;
        assert_eq!(outcomes(&ended.rows), BTreeMap::from([(expected, 1)]));
        assert_eq!(attempts(&service)?, 1);
    }
    Ok(())
}

#[test]
fn a_refused_code_is_its_users_alone() -> Tested {
    let (service, folder) = (Service::start()?, Folder::new("refused-code")?);
    let path = folder.file("leavers.jsonl");
    for code in queued(&service, &path, 3)? {
        decide(&service, &code, "approved")?;
    }
    // Before any user was accepted, an answer that all users would meet ends a run.
    let refusal =
        json!({"error": {"code": "Forbidden", "message": "The approval request does not fit this request."}});
    service.faults(&json!([{"match": "removeAll", "status": 403, "json": refusal}]))?;
    let ended = resumed(&service, &path, &[name(1), name(2), name(3)])?;
    let statuses: Vec<_> = ended
        .rows
        .iter()
        .map(|row| row.error.as_ref().map(|error| (row.outcome, error.status)))
        .collect();
    assert_eq!(statuses, [Some((Outcome::Failed, Status::Rejected)), None, None]);
    assert_eq!(ended.summary.ended_by, None, "{:?}", ended.summary.message);
    assert_eq!(acted(&service)?, [id(2), id(3)]);
    Ok(())
}

#[test]
fn a_request_that_is_not_listed_any_more_is_said_to_be_so() -> Tested {
    let (service, folder) = (Service::start()?, Folder::new("unlisted")?);
    let path = folder.file("leavers.jsonl");
    let codes = queued(&service, &path, 1)?;
    service.delete(&format!("approvals/{}", codes[0]))?;
    let ended = resumed(&service, &path, &[name(1)])?;
    let row = ended.rows.first().ok_or("no row")?;
    let error = row.error.as_ref().ok_or("no error")?;
    assert_eq!(
        (row.outcome, error.status, code(row).as_ref()),
        (Outcome::AwaitingApproval, Status::ApprovalPending, codes.first())
    );
    assert!(error.message.contains("no longer listed"), "{error}");
    assert_eq!(attempts(&service)?, 1);
    Ok(())
}

#[test]
fn an_approved_request_passes_the_limits() -> Tested {
    let (service, folder) = (Service::start()?, Folder::new("approved-limits")?);
    let path = folder.file("leavers.jsonl");
    let codes = queued(&service, &path, 1)?;
    decide(&service, &codes[0], "approved")?;
    let resumed = |options: RunOptions| -> Result<UserResult> {
        let run = client(&service, "approval-token")?.run(options.resume(&path))?;
        let rows = ended(&run, [name(1)])?.rows;
        Ok(rows.into_iter().next().ok_or("no row")?)
    };
    let row = resumed(asking()?.max_devices_per_user(1)?)?;
    assert_eq!(row.reason.name(), "too_many_devices");
    // One of the two devices turns out to belong to another user.
    service.patch(
        "devices/d1000000-0000-4000-8000-000000000001",
        &json!({"userId": id(7)}),
    )?;
    let row = resumed(asking()?)?;
    assert_eq!(row.reason.name(), "needs_consent");
    let detail = row.detail.unwrap_or_default();
    assert!(detail.contains("several_users"), "{detail}");
    assert_eq!(acted(&service)?, Vec::<String>::new());
    Ok(())
}

#[test]
fn a_queued_user_is_asked_after_under_every_name() -> Tested {
    let (service, folder) = (Service::start()?, Folder::new("queued-names")?);
    let path = folder.file("leavers.jsonl");
    let codes = queued(&service, &path, 1)?;
    let ended = resumed(&service, &path, &[id(1)])?;
    assert_eq!(
        outcomes(&ended.rows),
        BTreeMap::from([(("awaiting_approval", ""), 1)])
    );
    decide(&service, &codes[0], "approved")?;
    let ended = resumed(&service, &path, &[id(1)])?;
    assert_eq!(outcomes(&ended.rows), BTreeMap::from([(("accepted", ""), 1)]));
    let actions = service.get("actions")?;
    let sent = actions
        .as_array()
        .and_then(|actions| actions.last())
        .ok_or("none")?;
    assert_eq!(sent["approval_code"], codes[0].as_str());
    assert_eq!(attempts(&service)?, 2);
    Ok(())
}

/// The answer to a user's first request is lost after it was queued.
fn lost(user: usize) -> Value {
    json!({"match": format!("{}/removeAll", id(user)), "reset": "after"})
}

/// Two users of a tenant where this is pending already, one after the other.
fn two(service: &Service, pending: &Value, faults: &Value) -> Result<(UserResult, UserResult)> {
    let mut tenant = phones(2);
    tenant["approvals"] = pending.clone();
    service.reset(&tenant)?;
    service.faults(faults)?;
    let run = client(service, "approval-token")?.run(asking()?)?;
    let rows = ended(&run, [name(1), name(2)])?.rows;
    let [first, second] = <[UserResult; 2]>::try_from(rows).map_err(|rows| format!("{rows:?}"))?;
    Ok((first, second))
}

#[test]
fn a_reported_code_belongs_to_one_user() -> Tested {
    let service = Service::start()?;
    let (first, second) = two(&service, &json!([]), &json!([lost(2)]))?;
    let found = |code| (Outcome::AwaitingApproval, Some(Effect::None), code);
    assert_eq!(reported(&first), found(code_of(&service, 1)?));
    assert_eq!(reported(&second), found(code_of(&service, 2)?));
    assert!(code(&second).is_some() && code(&first) != code(&second));
    Ok(())
}

#[test]
fn two_lost_answers_are_not_matched() -> Tested {
    let service = Service::start()?;
    let in_doubt = (Outcome::Unknown, Some(Effect::Possible), None);
    // The waiting requests cannot be read at that moment, so the first user's request stays lost.
    let unreadable = json!({"match": "operationApprovalRequests", "status": 403});
    let faults = json!([lost(1), unreadable, lost(2)]);
    let (first, second) = two(&service, &json!([]), &faults)?;
    assert_eq!(
        (reported(&first), reported(&second)),
        (in_doubt.clone(), in_doubt.clone())
    );
    assert!(code_of(&service, 1)?.is_some() && code_of(&service, 2)?.is_some());

    // The second user's waiting request is another administrator's; the matching one is the first user's.
    let anothers =
        json!([{"code": "50000000-0000-4000-8000-000000000001", "user": id(2), "justification": "sold"}]);
    let (first, second) = two(&service, &anothers, &faults)?;
    assert_eq!(
        (reported(&first), reported(&second)),
        (in_doubt.clone(), in_doubt)
    );
    Ok(())
}

/// A batch of the last two of three users, the first of whom needs no approval.
fn in_a_batch(service: &Service, options: RunOptions, faults: &Value) -> Result<Vec<UserResult>> {
    service.faults(&json!([{"match": format!("{}/removeAll", id(1)), "status": 204}]))?;
    service.faults(faults)?;
    let run = client(service, "approval-token")?.run(options.batch_size(2)?.max_users(3)?)?;
    Ok(ended(&run, (1..=3).map(name))?.rows)
}

#[test]
fn a_lost_answer_in_a_batch_is_found_again() -> Tested {
    let (service, folder) = (Service::start()?, Folder::new("lost-in-batch")?);
    let is_found = |rows: &[UserResult]| -> Tested {
        for user in [2, 3] {
            let row = rows.iter().find(|row| row.user == name(user)).ok_or("no row")?;
            let own = code_of(&service, user)?;
            assert!(own.is_some());
            assert_eq!(
                reported(row),
                (Outcome::AwaitingApproval, Some(Effect::None), own)
            );
        }
        Ok(())
    };
    let batches = || -> Result<usize> {
        let log = service.log()?;
        let writes = log.iter().filter_map(|entry| entry["requests"].as_array());
        Ok(writes
            .filter(|parts| parts.iter().any(|part| part["method"] == "POST"))
            .count())
    };
    // The answer is lost in this run: the gateway gave up on one of them.
    service.reset(&phones(3))?;
    let third = format!("{}/removeAll", id(3));
    let gone = json!([{"match": third, "in_batch": true, "status": 504, "act": true}]);
    is_found(&in_a_batch(&service, asking()?, &gone)?)?;
    assert_eq!(batches()?, 1);

    // The answer was lost with the earlier run, which was killed.
    service.reset(&phones(3))?;
    let path = folder.file("leavers.jsonl");
    let run = client(&service, "approval-token")?.run(asking()?.journal(&path))?;
    finish(&run, [name(3)])?;
    forget(&path, |line| line["event"] == "result" || line["event"] == "end")?;
    is_found(&in_a_batch(&service, asking()?.resume(&path), &json!([]))?)?;
    assert_eq!(batches()?, 1);
    Ok(())
}

#[test]
fn a_user_sent_while_the_list_is_read_may_have_a_request_in_it() -> Tested {
    let service = Service::start()?;
    service.reset(&phones(3))?;
    // The first needs no approval, so several go at once from then on.
    service.faults(&json!([{"match": format!("{}/removeAll", id(1)), "status": 204}, lost(2)]))?;
    service.post(
        "hold",
        &json!({"match": "operationApprovalRequests", "point": "acted"}),
    )?;
    let run = client(&service, "approval-token")?.run(asking()?.connections(4)?)?;
    run.add_user(&name(1))?;
    let mut rows = Vec::new();
    while rows.is_empty() {
        if let Event::Result(row) = common::runs::next(&run)? {
            rows.push(row);
        }
    }
    run.add_user(&name(2))?;
    assert_eq!(service.get("wait?held=1")?["reached"], true);
    run.add_user(&name(3))?;
    run.end_users();
    let mut is_held = true;
    let summary = loop {
        match common::runs::next(&run)? {
            Event::Done(summary) => break summary,
            Event::Result(row) => {
                // The list does not contain the third user, whose own code has been reported.
                if row.user == name(3) && std::mem::take(&mut is_held) {
                    service.post("release", &json!({}))?;
                }
                rows.push(row);
            }
            _ => {}
        }
    };
    assert_eq!((rows.len(), is_held), (3, false), "{summary:?}");
    let row = |user| rows.iter().find(|row| row.user == name(user)).ok_or("no row");
    assert_eq!(
        reported(row(2)?),
        (Outcome::Unknown, Some(Effect::Possible), None)
    );
    assert_eq!(
        reported(row(3)?),
        (
            Outcome::AwaitingApproval,
            Some(Effect::None),
            code_of(&service, 3)?
        )
    );
    Ok(())
}
