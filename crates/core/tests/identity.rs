//! An answer must be about the requested user: no other user is sent, and no other record changes.

mod common;

use common::runs::{Folder, acted, client, finish, id, journal, name, phones};
use common::{Service, Tested};
use graph_devices::{Outcome, Reason, RunOptions, Status, UserResult};
use serde_json::{Value, json};

/// Answers every read of `asked` with this, in a batch and alone.
fn answers(service: &Service, asked: &str, answer: &Value) -> std::io::Result<()> {
    let what = format!("/users/{asked}?$select=id,userPrincipalName");
    service.faults(&json!([
        {"match": what, "in_batch": true, "status": 200, "json": answer, "times": 99},
        {"match": what, "status": 200, "json": answer, "times": 99},
    ]))
}

fn user(id: &str, upn: &str) -> Value {
    json!({"id": id, "userPrincipalName": upn, "accountEnabled": true})
}

/// Users read alone, and users read in one batch.
fn ways() -> graph_devices::Result<[RunOptions; 2]> {
    Ok([
        RunOptions::default().connections(1)?,
        RunOptions::default().max_users(9)?,
    ])
}

fn row<'a>(rows: &'a [UserResult], user: &str) -> Result<&'a UserResult, String> {
    let found = rows.iter().find(|row| row.user == user);
    found.ok_or_else(|| format!("no row of {user}"))
}

#[test]
fn an_object_id_answered_with_another_is_not_sent() -> Tested {
    let service = Service::start()?;
    for options in ways()? {
        for preview in [false, true] {
            service.reset(&phones(3))?;
            answers(&service, &id(1), &user(&id(2), &name(2)))?;
            let options = if preview {
                options.clone().preview()
            } else {
                options.clone()
            };
            let run = client(&service, "demo-token")?.run(options)?;
            let (rows, summary) = finish(&run, [id(1), id(2), id(3)])?;
            let wrong = row(&rows, &id(1))?;
            let error = wrong.error.as_ref().ok_or("no error")?;
            assert_eq!(
                (wrong.outcome, error.status),
                (Outcome::Failed, Status::UnexpectedResponse)
            );
            assert!(
                error.message.contains(&id(1)) && error.message.contains(&id(2)),
                "{error}"
            );
            assert_eq!(wrong.id.as_deref(), Some(id(1).as_str()));
            // The user in the answer is on the list, too, and has a result of its own.
            assert_eq!((summary.duplicates, rows.len()), (0, 3));
            let expected = if preview { vec![] } else { vec![id(2), id(3)] };
            assert_eq!(acted(&service)?, expected);
        }
    }
    Ok(())
}

#[test]
fn the_same_object_id_in_other_letters_is_the_user() -> Tested {
    let service = Service::start()?;
    let mixed = "abcdef00-0000-4000-8000-00000000000a";
    service.reset(&json!({"users": [{"id": mixed.to_uppercase(), "userPrincipalName": "Søren@contoso.com", "devices": [{"operatingSystem": "iOS"}]}]}))?;
    for given in [mixed, "sØREN@CONTOSO.com"] {
        let run = client(&service, "demo-token")?.run(RunOptions::default().preview())?;
        let (rows, _) = finish(&run, [given.to_owned()])?;
        assert_eq!(row(&rows, given)?.reason, Reason::Preview);
    }
    Ok(())
}

#[test]
fn a_name_answered_with_another_is_skipped_and_recorded_without_that_id() -> Tested {
    let (service, folder) = (Service::start()?, Folder::new("identity-name")?);
    for (at, options) in ways()?.into_iter().enumerate() {
        service.reset(&phones(3))?;
        answers(&service, &name(1), &user(&id(2), &name(2)))?;
        let path = folder.file(&format!("{at}.jsonl"));
        let run = client(&service, "demo-token")?.run(options.journal(&path))?;
        let (rows, summary) = finish(&run, [name(1), name(2), name(3)])?;
        let wrong = row(&rows, &name(1))?;
        assert_eq!(
            (wrong.reason, wrong.id.as_deref()),
            (Reason::IdentityChanged, None)
        );
        let detail = wrong.detail.as_deref().unwrap_or_default();
        for part in [&name(1), &name(2), &id(2)] {
            assert!(detail.contains(part), "{detail}");
        }
        assert_eq!((summary.duplicates, acted(&service)?), (0, vec![id(2), id(3)]));
        let lines = journal(&path)?;
        let of_wrong: Vec<_> = lines.iter().filter(|line| line["user"] == name(1)).collect();
        assert!(
            of_wrong
                .iter()
                .all(|line| line["id"].is_null() && line["devices"].is_null()),
            "{of_wrong:?}"
        );
        // A resume with the right answer sends them.
        service.delete("faults")?;
        let run = client(&service, "demo-token")?.run(RunOptions::default().resume(&path))?;
        finish(&run, (1..=3).map(name))?;
        assert_eq!(acted(&service)?, [id(2), id(3), id(1)]);
    }
    Ok(())
}

#[test]
fn an_answer_without_a_name_confirms_no_name() -> Tested {
    let service = Service::start()?;
    for options in ways()? {
        for upn in [json!(null), json!(""), json!("  "), json!(7), json!({})] {
            service.reset(&phones(2))?;
            answers(
                &service,
                &name(1),
                &json!({"id": id(1), "userPrincipalName": upn}),
            )?;
            let run = client(&service, "demo-token")?.run(options.clone())?;
            let (rows, _) = finish(&run, [name(1), name(2)])?;
            let error = row(&rows, &name(1))?.error.as_ref().ok_or("no error")?;
            assert_eq!(error.status, Status::UnexpectedResponse, "{upn}");
            assert!(
                error.message.contains(&name(1)) && error.message.contains(&id(1)),
                "{error}"
            );
            assert_eq!(acted(&service)?, [id(2)]);
        }
    }
    Ok(())
}

#[test]
fn a_user_in_doubt_stays_so_if_another_user_is_answered() -> Tested {
    let (service, folder) = (Service::start()?, Folder::new("identity-doubt")?);
    let path = folder.file("leavers.jsonl");
    service.reset(&phones(2))?;
    service.faults(&json!([{"match": "removeAll", "reset": "before", "times": 99}]))?;
    let lose = client(&service, "demo-token")?.run(RunOptions::default().journal(&path))?;
    let (rows, _) = finish(&lose, [id(1)])?;
    assert_eq!(row(&rows, &id(1))?.outcome, Outcome::Unknown);
    service.delete("faults")?;
    answers(&service, &id(1), &user(&id(2), &name(2)))?;
    let run = client(&service, "demo-token")?.run(RunOptions::default().resume(&path))?;
    let (rows, _) = finish(&run, [id(1)])?;
    assert_eq!(row(&rows, &id(1))?.outcome, Outcome::Unknown);
    assert!(acted(&service)?.is_empty());
    Ok(())
}
