//! A skip never hides a doubt: the result says that an earlier run may have retired the user's devices.

mod common;

use std::path::Path;

use common::runs::{Ended, Folder, client, ended, finish, forget, id, journal, name, outcomes, phones};
use common::{Service, Tested};
use graph_devices::{Effect, Outcome, Reason, RunOptions, Status, UserResult};
use serde_json::json;

const USERS: usize = 3;

/// A journal of a run that was killed while the first two users were sent.
fn killed(service: &Service, path: &Path) -> Tested {
    service.reset(&phones(USERS))?;
    let run = client(service, "demo-token")?.run(RunOptions::default().journal(path).connections(1)?)?;
    finish(&run, (1..=2).map(name))?;
    forget(path, |line| line["event"] == "result" || line["event"] == "end")?;
    // The send did not happen.
    service.reset(&phones(USERS))?;
    Ok(())
}

fn resumed(service: &Service, options: RunOptions) -> Result<Ended, Box<dyn std::error::Error>> {
    let run = client(service, "demo-token")?.run(options.connections(1)?)?;
    ended(&run, (1..=USERS).map(name))
}

fn row(ended: &Ended, user: usize) -> Result<&UserResult, String> {
    let found = ended.rows.iter().find(|row| row.user == name(user));
    found.ok_or_else(|| format!("no row of {user}"))
}

fn says_the_doubt(row: &UserResult) -> bool {
    let detail = row.detail.as_deref().unwrap_or_default();
    detail.contains("an earlier send may have been applied") && row.effect() == Some(Effect::Possible)
}

/// The notices that count users left in doubt.
fn counted(ended: &Ended) -> Vec<&str> {
    let notices = ended.notices.iter().map(String::as_str);
    notices
        .filter(|text| text.contains("skipped and are left in doubt"))
        .collect()
}

#[test]
fn an_exclusion_does_not_hide_it() -> Tested {
    let (service, folder) = (Service::start()?, Folder::new("doubts-excluded")?);
    let path = folder.file("leavers.jsonl");
    // By the name, and by the id that was read.
    for exclusion in [name(1), id(1)] {
        killed(&service, &path)?;
        let options = RunOptions::default().resume(&path).exclude(exclusion.parse()?);
        let ended = resumed(&service, options)?;
        let excluded = row(&ended, 1)?;
        assert_eq!(
            (excluded.outcome, excluded.reason),
            (Outcome::Skipped, Reason::Excluded)
        );
        assert!(says_the_doubt(excluded), "{excluded:?}");
        assert_eq!(row(&ended, 2)?.outcome, Outcome::Accepted);
        let [notices] = counted(&ended)[..] else {
            return Err(format!("{:?}", ended.notices).into());
        };
        assert!(notices.starts_with("1 users"), "{notices}");
        let lines = journal(&path)?;
        let written = lines
            .iter()
            .any(|line| line["reason"] == "excluded" && line["message"] == json!(excluded.detail));
        assert!(written, "in the journal as in the row");
        std::fs::remove_file(&path)?;
    }
    Ok(())
}

#[test]
fn nor_does_another_owner_of_the_name_or_a_new_device() -> Tested {
    let (service, folder) = (Service::start()?, Folder::new("doubts-changed")?);
    let path = folder.file("leavers.jsonl");
    killed(&service, &path)?;
    service.patch(
        &format!("users/{}", name(1)),
        &json!({"userPrincipalName": "renamed@contoso.com"}),
    )?;
    service.post("users", &json!({"userPrincipalName": name(1)}))?;
    service.post(
        &format!("users/{}/devices", name(2)),
        &json!({"operatingSystem": "iOS"}),
    )?;
    let ended = resumed(&service, RunOptions::default().resume(&path))?;
    for (user, reason) in [(1, Reason::IdentityChanged), (2, Reason::NewDevice)] {
        let row = row(&ended, user)?;
        assert_eq!(row.reason, reason);
        assert!(says_the_doubt(row), "{row:?}");
    }
    assert!(counted(&ended)[0].starts_with("2 users"), "{:?}", ended.notices);
    Ok(())
}

#[test]
fn nor_does_a_run_that_ended_before_its_turn() -> Tested {
    let (service, folder) = (Service::start()?, Folder::new("doubts-stopped")?);
    let path = folder.file("leavers.jsonl");
    killed(&service, &path)?;
    let ended = resumed(&service, RunOptions::default().resume(&path).max_users(1)?)?;
    assert_eq!(ended.summary.ended_by, Some(Status::InvalidArgument));
    assert_eq!(outcomes(&ended.rows).get(&("skipped", "stopped")), Some(&USERS));
    for user in [1, 2] {
        let row = row(&ended, user)?;
        assert!(says_the_doubt(row), "{row:?}");
        assert_eq!(row.status(), Some(Status::Cancelled));
    }
    let untouched = row(&ended, 3)?;
    assert_eq!(
        (
            untouched.detail.as_deref(),
            untouched.effect(),
            untouched.status()
        ),
        (
            Some("the run had ended"),
            Some(Effect::None),
            Some(Status::Cancelled)
        )
    );
    assert_eq!(untouched.message(), Some("the run had ended"));
    assert!(counted(&ended)[0].starts_with("2 users"), "{:?}", ended.notices);
    Ok(())
}

#[test]
fn a_read_of_managed_devices_ends_the_doubt() -> Tested {
    let (service, folder) = (Service::start()?, Folder::new("doubts-settled")?);
    let path = folder.file("leavers.jsonl");
    killed(&service, &path)?;
    // The second is read and ready when the first ends the run.
    service.faults(
        &json!([{"match": "removeAll", "status": 403, "body": "<html>", "headers": {"request-id": null}}]),
    )?;
    let run = client(&service, "demo-token")?.run(RunOptions::default().resume(&path).max_users(USERS)?)?;
    let ended = ended(&run, (1..=USERS).map(name))?;
    let stopped: Vec<_> = ended
        .rows
        .iter()
        .filter(|row| row.reason == Reason::Stopped)
        .collect();
    assert_eq!(stopped.len(), USERS - 1, "{:?}", ended.rows);
    for row in stopped {
        assert_eq!(
            (row.detail.as_deref(), row.effect()),
            (Some("the run had ended"), Some(Effect::None))
        );
    }
    assert!(counted(&ended).is_empty(), "{:?}", ended.notices);
    Ok(())
}
