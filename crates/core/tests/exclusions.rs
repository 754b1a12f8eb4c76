//! An exclusion protects a user under every name, by plan and journal, and if little can be read.

mod common;

use std::path::Path;

use common::runs::{Folder, acted, client, ended, excluding, id, journal, name, phones, reasons, rows};
use common::{Service, Tested};
use graph_devices::{Outcome, Reason, RunOptions, Status};
use serde_json::json;

const OLD: &str = "user-000001@contoso.com";
const NEW: &str = "chief@contoso.com";

fn rename(service: &Service, user: &str, upn: &str) -> std::io::Result<()> {
    service.patch(&format!("users/{user}"), &json!({"userPrincipalName": upn}))
}

fn refused(service: &Service, options: RunOptions) -> Result<String, Box<dyn std::error::Error>> {
    let before = service.log()?.len();
    let Err(error) = client(service, "demo-token")?.run(options) else {
        return Err("it began".into());
    };
    assert_eq!(error.status, Status::Journal);
    assert_eq!(service.log()?.len(), before);
    Ok(error.message.clone())
}

#[test]
fn the_old_name_of_an_exclusion_protects_whom_the_journal_knows_by_it() -> Tested {
    let (service, folder) = (Service::start()?, Folder::new("exclusions-renamed")?);
    // Listed by id and read; listed by the name itself and not read; and with the old name passed to another user.
    for (at, listed) in [id(1), OLD.to_owned()].iter().enumerate() {
        for taken in [false, true] {
            service.reset(&phones(3))?;
            let path = folder.file(&format!("{at}{taken}.jsonl"));
            let first = excluding(RunOptions::default().journal(&path), [OLD])?;
            rows(&service, "demo-token", first, &[listed.clone(), name(2)])?;
            rename(&service, &id(1), NEW)?;
            if taken {
                rename(&service, &id(3), OLD)?;
            }
            for user in [id(1), NEW.to_owned(), listed.clone()] {
                let again = excluding(RunOptions::default().resume(&path), [OLD])?;
                let rows = rows(&service, "demo-token", again, std::slice::from_ref(&user))?;
                assert_eq!(reasons(&rows), [Reason::Excluded], "{user} {taken}");
            }
            assert_eq!(acted(&service)?, [id(2)]);
        }
    }
    Ok(())
}

#[test]
fn the_old_name_of_an_exclusion_protects_whom_the_plan_knows_by_it() -> Tested {
    let (service, folder) = (Service::start()?, Folder::new("exclusions-plan")?);
    let plan = folder.file("plan.jsonl");
    service.reset(&phones(2))?;
    // The plan was made without the exclusion.
    rows(
        &service,
        "demo-token",
        RunOptions::default().journal(&plan).preview(),
        &[id(1), name(2)],
    )?;
    rename(&service, &id(1), NEW)?;
    let options = excluding(RunOptions::default().plan(&plan), [OLD])?;
    let rows = rows(&service, "demo-token", options, &[id(1), name(2)])?;
    assert_eq!(reasons(&rows), [Reason::Excluded, Reason::None]);
    assert_eq!(acted(&service)?, [id(2)]);
    Ok(())
}

#[test]
fn a_user_that_the_plan_shows_as_excluded_is_not_sent() -> Tested {
    let (service, folder) = (Service::start()?, Folder::new("exclusions-shown")?);
    for listed in [id(1), OLD.to_owned()] {
        let plan = folder.file(&format!("{listed}.jsonl"));
        service.reset(&phones(3))?;
        let preview = excluding(RunOptions::default().journal(&plan).preview(), [OLD, NEW])?;
        rows(&service, "demo-token", preview, &[listed.clone(), name(2)])?;
        // Without exclusions, or with others.
        let message = refused(&service, RunOptions::default().plan(&plan))?;
        assert!(
            message.contains("had exclusions (2), and 2 of them are missing"),
            "{message}"
        );
        for others in [
            vec![name(3), id(3)],
            vec![OLD.to_owned()],
            vec![OLD.to_owned(), id(1)],
        ] {
            refused(&service, excluding(RunOptions::default().plan(&plan), others)?)?;
        }
        // An older plan has no exclusions, but the users that it shows as excluded stay excluded.
        without_exclusions(&plan)?;
        assert!(refused(&service, RunOptions::default().plan(&plan))?.contains("exclusions (2)"));
        for user in [id(1), OLD.to_owned()] {
            let options = excluding(RunOptions::default().plan(&plan), [name(3), id(3)])?;
            let rows = rows(&service, "demo-token", options, &[user.clone(), name(2)])?;
            assert_eq!(
                rows.first().map(|row| row.reason),
                Some(Reason::Excluded),
                "{user}"
            );
        }
        assert_eq!(acted(&service)?.first(), Some(&id(2)));
        assert!(!acted(&service)?.contains(&id(1)));
    }
    Ok(())
}

#[test]
fn an_exclusion_that_no_user_has_is_reported() -> Tested {
    let service = Service::start()?;
    for options in [RunOptions::default(), RunOptions::default().preview()] {
        service.reset(&phones(2))?;
        let notices = |exclusions: Vec<String>| -> Result<Vec<String>, Box<dyn std::error::Error>> {
            let run = client(&service, "demo-token")?.run(excluding(options.clone(), exclusions)?)?;
            Ok(ended(&run, [name(1)])?.notices)
        };
        assert_eq!(notices(vec![name(2), id(2)])?, Vec::<String>::new());
        let one = notices(vec![name(2), "boss@contoso.com".into()])?;
        assert_eq!(
            one,
            [
                "no user has the name boss@contoso.com, which is excluded, so it protects no user; check the spelling or use the object id"
            ]
        );
        let many = notices((0..30).map(|at| format!("boss{at}@contoso.com")).collect())?;
        assert_eq!(many.len(), 1);
        let text = many.concat();
        assert!(
            text.contains("no user has 30 of") && text.contains("boss9@contoso.com, 20 more"),
            "{text}"
        );
    }
    Ok(())
}

#[test]
fn both_forms_are_held_however_the_directory_answers_for_the_user() -> Tested {
    let service = Service::start()?;
    let read_of = |user: &str| format!("/users/{user}?$select=id,userPrincipalName");
    for upn in [json!(null), json!(""), json!(7), json!({})] {
        service.reset(&phones(2))?;
        let answer = json!({"id": id(1), "userPrincipalName": upn});
        service.faults(&json!([
            {"match": read_of(&id(1)), "in_batch": true, "status": 200, "json": answer, "times": 99},
            {"match": read_of(&id(1)), "status": 200, "json": answer, "times": 99},
        ]))?;
        // Found by its name, the exclusion is known by its id.
        let options = excluding(RunOptions::default(), [OLD])?;
        assert_eq!(
            reasons(&rows(&service, "demo-token", options, &[id(1)])?),
            [Reason::Excluded]
        );
        // If it is not found or not read, it might be any user without a known name.
        for status in [404, 403, 500] {
            let unread = read_of("boss@contoso.com");
            service.faults(&json!([{"match": unread, "status": status, "times": 99}]))?;
            let options = excluding(RunOptions::default(), ["boss@contoso.com"])?;
            let rows = rows(&service, "demo-token", options, &[id(1)])?;
            assert_eq!(
                rows.first().map(|row| row.outcome),
                Some(Outcome::Failed),
                "{upn} {status}"
            );
        }
        assert!(acted(&service)?.is_empty());
        // Another user's id is enough.
        service.delete("faults")?;
        service.faults(&json!([{"match": read_of(&id(1)), "status": 200, "json": answer, "times": 99}]))?;
        let options = excluding(RunOptions::default(), [name(2)])?;
        assert_eq!(
            reasons(&rows(&service, "demo-token", options, &[id(1)])?),
            [Reason::None]
        );
        assert_eq!(acted(&service)?, [id(1)]);
    }
    Ok(())
}

#[test]
fn an_answer_about_another_says_nothing_of_an_exclusion() -> Tested {
    let service = Service::start()?;
    service.reset(&phones(3))?;
    let read = format!("/users/{OLD}?$select=id");
    let answer = json!({"id": id(2), "userPrincipalName": name(2)});
    service.faults(&json!([{"match": read, "status": 200, "json": answer, "times": 99}]))?;
    let run = client(&service, "demo-token")?.run(excluding(RunOptions::default(), [OLD])?)?;
    let ended = ended(&run, [id(1), id(2)])?;
    assert!(
        ended
            .notices
            .concat()
            .contains("1 of the exclusions could not be looked up"),
        "{:?}",
        ended.notices
    );
    assert_eq!(acted(&service)?, [id(2)]);
    Ok(())
}

#[test]
fn exclusions_are_looked_up_in_batches_of_twenty() -> Tested {
    let service = Service::start()?;
    service.reset(&phones(60))?;
    let options = excluding(RunOptions::default().connections(1)?, (11..=55).map(name))?;
    let users: Vec<_> = (10..=56).map(id).collect();
    let rows = rows(&service, "demo-token", options, &users)?;
    assert_eq!(
        rows.iter().filter(|row| row.reason == Reason::Excluded).count(),
        45
    );
    let log = service.log()?;
    let batches = log.iter().filter(|request| {
        request["target"]
            .as_str()
            .is_some_and(|target| target.contains("$batch"))
    });
    assert_eq!(batches.count(), 3);
    // An excluded id is not read again.
    assert!(!log.iter().any(|request| {
        request["target"]
            .as_str()
            .is_some_and(|target| target.contains(&id(11)))
    }));
    assert_eq!(acted(&service)?, [id(10), id(56)]);
    Ok(())
}

#[test]
fn a_resume_holds_to_the_exclusions_and_may_add_some() -> Tested {
    let (service, folder) = (Service::start()?, Folder::new("exclusions-resume")?);
    service.reset(&phones(4))?;
    let path = folder.file("leavers.jsonl");
    let users: Vec<_> = (1..=3).map(name).collect();
    rows(
        &service,
        "demo-token",
        excluding(RunOptions::default().journal(&path), [name(1), id(2)])?,
        &users,
    )?;
    let run = journal(&path)?.first().cloned().unwrap_or_default();
    assert_eq!(run["exclusions"]["count"], 2);
    assert_eq!(run["exclusions"]["sha256"].as_str().map(str::len), Some(64));
    assert!(!run.to_string().contains(&name(1)) && !run.to_string().contains(&id(2)));
    let resume = || RunOptions::default().resume(&path);
    for others in [
        vec![],
        vec![name(1)],
        vec![id(3)],
        vec![name(3), name(4), id(4)],
        vec![id(1), name(2)],
    ] {
        let message = refused(&service, excluding(resume(), others)?)?;
        assert!(
            message.contains("had exclusions (2)") && message.contains("resume it with the same"),
            "{message}"
        );
    }
    for more in [
        vec![id(2), name(1).to_uppercase()],
        vec![id(4), name(1), id(2), name(1)],
    ] {
        assert_eq!(
            reasons(&rows(&service, "demo-token", excluding(resume(), more)?, &users)?),
            [Reason::Excluded, Reason::Excluded, Reason::DoneBefore]
        );
    }
    // Added exclusions count from then on.
    assert!(refused(&service, excluding(resume(), [name(1), id(2)])?)?.contains("had exclusions (3)"));
    Ok(())
}

/// Removes `exclusions` from a journal, as in an older one.
fn without_exclusions(path: &Path) -> Tested {
    let mut text = String::new();
    for mut line in journal(path)? {
        line.as_object_mut().map(|line| line.remove("exclusions"));
        text.push_str(&line.to_string());
        text.push('\n');
    }
    Ok(std::fs::write(path, text)?)
}

#[test]
fn the_number_and_results_of_an_older_journal_count() -> Tested {
    let (service, folder) = (Service::start()?, Folder::new("exclusions-older")?);
    service.reset(&phones(4))?;
    let path = folder.file("leavers.jsonl");
    let users: Vec<_> = (1..=2).map(name).collect();
    rows(
        &service,
        "demo-token",
        excluding(RunOptions::default().journal(&path), &users)?,
        &users,
    )?;
    without_exclusions(&path)?;
    assert!(refused(&service, RunOptions::default().resume(&path))?.contains("had exclusions (2)"));
    let others = excluding(RunOptions::default().resume(&path), [id(3), id(4)])?;
    assert_eq!(
        reasons(&rows(&service, "demo-token", others, &users)?),
        [Reason::Excluded; 2]
    );
    assert!(acted(&service)?.is_empty());
    Ok(())
}

#[test]
fn similar_names_are_protected_where_nothing_can_be_read() -> Tested {
    let service = Service::start()?;
    for (excluded, listed) in [
        ("wei\u{df}@contoso.com", "WEISS@contoso.com"),
        ("ceo@contoso.com", "\u{ff23}\u{ff25}\u{ff2f}@contoso.com"),
    ] {
        let options = excluding(RunOptions::default().inspect_first(false), [excluded])?;
        assert_eq!(
            reasons(&rows(&service, "demo-token", options, &[listed.to_owned()])?),
            [Reason::Excluded]
        );
    }
    Ok(())
}
