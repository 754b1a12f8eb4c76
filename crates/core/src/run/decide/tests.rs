//! Every rule of safety, with the past as a journal tells it.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::*;
use crate::device::DeviceList;
use crate::devices::Identity;
use crate::journal::History;
use crate::lookup::Listed;
use crate::status::Outcome;
use crate::token::{Person, TokenFacts};
use crate::warning::WarningCode;

const USER: &str = "adele@contoso.com";
const ID: &str = "10000000-0000-4000-8000-000000000001";
const OTHER: &str = "10000000-0000-4000-8000-000000000002";
const CODE: &str = "50000000-0000-4000-8000-000000000001";

/// A journal of one run and these events about Adele.
fn journal(events: &[Value]) -> Result<History, Error> {
    let run = json!({"event": "run", "version": 1, "tool": "graph-devices/0", "mode": "run", "endpoint": "https://graph.microsoft.com", "options": {}});
    let mut text = String::new();
    for event in std::iter::once(&run).chain(events) {
        let mut line = event.clone();
        line["time"] = json!("2026-01-02T03:04:05.678Z");
        line["run"] = json!("70000000-0000-4000-8000-000000000001");
        if line["event"] != "run" {
            line["user"] = json!(USER);
            line["id"] = json!(ID);
        }
        let _ = writeln!(text, "{line}");
    }
    History::of_text(&text)
}

fn seen(devices: &[(&str, &str)]) -> Value {
    let devices: Vec<_> = devices
        .iter()
        .map(|(id, state)| json!({"id": id, "state": state}))
        .collect();
    json!({"event": "read", "devices": devices})
}

fn sent() -> Value {
    json!({"event": "sent", "client_request_id": CODE})
}

fn result(outcome: &str, status: &str, effect: &str) -> Value {
    json!({"event": "result", "outcome": outcome, "status": status, "effect": effect})
}

fn queued() -> Value {
    let mut event = result("awaiting_approval", "approval_pending", "none");
    event["approval_code"] = json!(CODE);
    event
}

/// What is read now.
fn look(id: &str, devices: Option<&[(&str, &str)]>) -> Look {
    let device = |(id, state): &(&str, &str)| {
        Device::from_json(&json!({"id": id, "managementState": state})).unwrap_or_default()
    };
    Look {
        identity: Some(Identity {
            id: id.into(),
            upn: Some(USER.into()),
            enabled: Some(true),
        }),
        devices: devices.map(|devices| DeviceList {
            devices: devices.iter().map(device).collect(),
            warnings: Vec::new(),
        }),
        ..Look::default()
    }
}

/// What is read now of somebody in doubt; a device of before that is not listed is found so by its own id.
fn look_of_doubt(devices: Option<&[(&str, &str)]>, unlisted: &Found) -> Look {
    let mut look = look(ID, devices);
    look.unlisted = ["a", "b"]
        .into_iter()
        .filter(|id| look.device(id).is_none())
        .map(|id| (id.to_owned(), unlisted.clone()))
        .collect();
    look
}

fn elsewhere(state: &str) -> Found {
    Found::Listed(Listed {
        state: ManagementState::parse(state),
        retire: None,
        retire_since: None,
    })
}

fn rules(options: &RunOptions) -> Rules {
    let signed_in = TokenFacts {
        person: Person {
            upn: Some("admin@contoso.com".into()),
            ..Person::default()
        },
        ..TokenFacts::default()
    };
    Rules::new(options, People::new(options, signed_in, [None, None]))
}

/// The decision in a word.
fn word(decision: &Decision) -> String {
    match decision {
        Decision::Send {
            approval_code,
            settles,
            ..
        } => format!(
            "send{}{}",
            if *settles { " settled" } else { "" },
            approval_code
                .as_ref()
                .map(|code| format!(" with {code}"))
                .unwrap_or_default()
        ),
        Decision::Skip(reason, _) => reason.name().to_owned(),
        Decision::Confirm => "confirm".to_owned(),
        Decision::Tell(error) => format!("{}: {}", error.outcome().name(), error.status),
        Decision::End(error) => format!("end: {}", error.status),
        Decision::Decline(how, _) => format!("declined: {how:?}"),
    }
}

fn decided(events: &[Value], look: &Look) -> Result<String, Error> {
    let history = journal(events)?;
    let known = Known {
        look,
        past: history.of(USER),
        plan: None,
        seen: None,
    };
    Ok(word(&rules(&RunOptions::default()).decide(&known)))
}

const MANAGED: &[(&str, &str)] = &[("a", "managed"), ("b", "managed")];

#[test]
fn a_user_in_doubt_is_settled_by_the_devices_alone() -> Result<(), Error> {
    let lost = [
        seen(MANAGED),
        sent(),
        result("unknown", "interrupted", "possible"),
    ];
    let killed = [seen(MANAGED), sent()];
    let refused_later = [
        seen(MANAGED),
        sent(),
        result("unknown", "interrupted", "possible"),
        sent(),
        result("failed", "permission_denied", "none"),
    ];
    for past in [&lost[..], &killed, &refused_later] {
        for (now, expected) in [
            (Some(MANAGED), "send settled"),
            (
                Some(&[("a", "retireIssued"), ("b", "managed")][..]),
                "send settled",
            ),
            (
                Some(&[("a", "retireIssued"), ("b", "retirePending")][..]),
                "confirm",
            ),
            (Some(&[("b", "wipeIssued")][..]), "confirm"),
            (
                Some(&[("a", "wipeIssued"), ("b", "deletePending")][..]),
                "send settled",
            ),
            (Some(&[][..]), "confirm"),
            (Some(&[("a", "retireFailed")][..]), "confirm"),
            (Some(&[("a", "wipeFailed")][..]), "send settled"),
            (Some(&[("a", "unhealthy")][..]), "send settled"),
            (Some(&[("a", "somethingNew")][..]), "unknown: interrupted"),
            (Some(&[("a", "managed"), ("c", "managed")][..]), "new_device"),
            (Some(&[("a", "retireIssued"), ("c", "managed")][..]), "confirm"),
            (None, "unknown: interrupted"),
        ] {
            let found = look_of_doubt(now, &Found::Gone);
            assert_eq!(decided(past, &found)?, expected, "{now:?}");
        }
        // A device that left the list is not gone for that: it may be another user's by now.
        let unreadable = Found::Unreadable(Error::new(Status::PermissionDenied, "not permitted"));
        for (found, expected) in [
            (elsewhere("managed"), "nothing_listed"),
            (elsewhere("retirePending"), "confirm"),
            (elsewhere("wipeIssued"), "nothing_listed"),
            (elsewhere("somethingNew"), "unknown: interrupted"),
            (unreadable, "unknown: interrupted"),
        ] {
            let look = look_of_doubt(Some(&[]), &found);
            assert_eq!(decided(past, &look)?, expected, "{found:?}");
        }
    }
    // What was so before already says nothing new.
    let pending_before = [seen(&[("a", "retirePending")]), sent()];
    assert_eq!(
        decided(&pending_before, &look(ID, Some(&[("a", "retirePending")])))?,
        "send settled"
    );
    let failed_before = [seen(&[("a", "retireFailed")]), sent()];
    assert_eq!(
        decided(&failed_before, &look(ID, Some(&[("a", "retireFailed")])))?,
        "send settled"
    );
    Ok(())
}

#[test]
fn a_doubt_stays_where_nothing_can_be_compared() -> Result<(), Error> {
    assert_eq!(
        decided(&[sent()], &look(ID, Some(MANAGED)))?,
        "unknown: interrupted"
    );
    let mut broken = look(ID, None);
    broken.error = Some(Error::new(Status::ServiceUnavailable, "the service failed"));
    assert_eq!(
        decided(&[seen(MANAGED), sent()], &broken)?,
        "unknown: service_unavailable"
    );
    Ok(())
}

#[test]
fn done_is_done() -> Result<(), Error> {
    for (outcome, status) in [("accepted", "ok"), ("confirmed", "interrupted")] {
        let history = journal(&[
            seen(MANAGED),
            sent(),
            result(outcome, status, "none"),
            result("skipped", "ok", "none"),
            result("failed", "permission_denied", "none"),
        ])?;
        let recalled = history.of(USER).and_then(Rules::recall);
        assert_eq!(recalled.as_ref().map(word).as_deref(), Some("done_before"));
    }
    Ok(())
}

#[test]
fn a_new_device_or_another_account_is_left_to_a_person() -> Result<(), Error> {
    for past in [
        vec![seen(MANAGED)],
        vec![
            seen(MANAGED),
            sent(),
            result("failed", "permission_denied", "none"),
        ],
        vec![seen(MANAGED), result("skipped", "ok", "none")],
    ] {
        let grown: &[(&str, &str)] = &[("a", "managed"), ("b", "managed"), ("c", "managed")];
        assert_eq!(decided(&past, &look(ID, Some(grown)))?, "new_device");
        assert_eq!(decided(&past, &look(ID, Some(&[("A", "managed")])))?, "send");
        assert_eq!(decided(&past, &look(OTHER, Some(MANAGED)))?, "identity_changed");
        assert_eq!(
            decided(&past, &look(ID, None))?,
            "failed: permission_denied",
            "seen before, not to be seen now"
        );
    }
    Ok(())
}

#[test]
fn a_queued_user_waits_until_somebody_decided() -> Result<(), Error> {
    let past = [seen(MANAGED), sent(), queued()];
    for (approval, expected) in [
        (None, "awaiting_approval: approval_pending".to_owned()),
        (
            Some(Approval::Waiting),
            "awaiting_approval: approval_pending".into(),
        ),
        (Some(Approval::Approved), format!("send with {CODE}")),
        (
            Some(Approval::Unlisted),
            "awaiting_approval: approval_pending".into(),
        ),
        (Some(Approval::Completed), "confirm".into()),
        (Some(Approval::Rejected), "declined: Rejected".into()),
        (Some(Approval::Cancelled), "declined: Cancelled".into()),
        (Some(Approval::Expired), "declined: Expired".into()),
    ] {
        let mut now = look(ID, Some(MANAGED));
        now.approval = approval;
        assert_eq!(decided(&past, &now)?, expected);
    }
    let mut grown = look(ID, Some(&[("a", "managed"), ("c", "managed")]));
    grown.approval = Some(Approval::Approved);
    assert_eq!(decided(&past, &grown)?, "new_device");
    let many: Vec<_> = (0..11).map(|_| ("a", "managed")).collect();
    let mut many = look(ID, Some(&many));
    many.approval = Some(Approval::Approved);
    assert_eq!(
        decided(&past, &many)?,
        "too_many_devices",
        "limits hold for the approved, too"
    );
    // Approved, sent with the code, and the answer was lost.
    let lost = [seen(MANAGED), sent(), queued(), sent()];
    let mut now = look(ID, Some(MANAGED));
    assert_eq!(decided(&lost, &now)?, "awaiting_approval: approval_pending");
    now.approval = Some(Approval::Rejected);
    assert_eq!(decided(&lost, &now)?, "declined: Rejected");
    now.approval = Some(Approval::Approved);
    assert_eq!(decided(&lost, &now)?, format!("send settled with {CODE}"));
    // Approved, but nobody can see the devices.
    now.approval = Some(Approval::Completed);
    assert_eq!(decided(&lost, &now)?, "confirm", "the service says so itself");
    let mut unseen = look(ID, None);
    unseen.approval = Some(Approval::Approved);
    assert_eq!(decided(&past, &unseen)?, "awaiting_approval: approval_pending");
    Ok(())
}

#[test]
fn a_plan_binds() -> Result<(), Error> {
    let (plan, grown) = (journal(&[seen(MANAGED)])?, [("a", "managed"), ("c", "managed")]);
    let rules = rules(&RunOptions::default().plan("plan.jsonl"));
    let decide = |look: &Look, plan: Option<&Past>| {
        word(&rules.decide(&Known {
            look,
            past: None,
            plan,
            seen: None,
        }))
    };
    assert_eq!(decide(&look(ID, Some(MANAGED)), plan.of(USER)), "send");
    assert_eq!(decide(&look(ID, Some(&grown)), plan.of(USER)), "new_device");
    assert_eq!(
        decide(&look(OTHER, Some(MANAGED)), plan.of(USER)),
        "identity_changed"
    );
    assert_eq!(decide(&look(ID, Some(MANAGED)), None), "new_device");
    assert_eq!(
        decide(&look(ID, None), plan.of(USER)),
        "end: permission_denied",
        "nobody can be held against the plan"
    );
    Ok(())
}

#[test]
fn limits_warnings_and_exclusions() -> Result<(), Error> {
    let decide = |options: RunOptions, look: &Look| {
        word(&rules(&options).decide(&Known {
            look,
            past: None,
            plan: None,
            seen: None,
        }))
    };
    let plain = RunOptions::default;
    assert_eq!(decide(plain(), &look(ID, Some(&[]))), "nothing_listed");
    assert_eq!(
        decide(plain().max_devices_per_user(1)?, &look(ID, Some(MANAGED))),
        "too_many_devices"
    );
    assert_eq!(
        decide(plain(), &look(ID, None)),
        "send",
        "reading is not permitted"
    );
    assert_eq!(decide(plain().preview(), &look(ID, Some(MANAGED))), "preview");
    assert_eq!(
        decide(plain().preview(), &look(ID, None)),
        "end: permission_denied"
    );
    assert_eq!(
        decide(
            plain().exclude(USER.to_uppercase().parse()?),
            &look(ID, Some(MANAGED))
        ),
        "excluded",
        "by the name that the id turned out to have"
    );
    let mut own = look(ID, Some(MANAGED));
    if let Some(identity) = &mut own.identity {
        identity.upn = Some("Admin@contoso.com".into());
    }
    assert_eq!(decide(plain(), &own), "excluded");

    let mut warned = look(ID, Some(MANAGED));
    if let Some(list) = &mut warned.devices {
        list.warnings = vec![WarningCode::AnotherUser.into(), WarningCode::ManyDevices.into()];
    }
    assert_eq!(decide(plain(), &warned), "needs_consent");
    let accepting = plain().accept_warning(WarningCode::AnotherUser)?;
    assert_eq!(decide(accepting.clone(), &warned), "send");
    if let Some(list) = &mut warned.devices {
        list.warnings.push(WarningCode::SeveralUsers.into());
    }
    assert_eq!(decide(accepting, &warned), "needs_consent");
    assert!(plain().accept_warning(WarningCode::SeveralUsers).is_err());
    Ok(())
}

#[test]
fn a_device_that_came_between_two_looks_is_left_to_a_person() {
    let (first, second) = (
        look(ID, Some(MANAGED)),
        look(ID, Some(&[("a", "managed"), ("c", "managed")])),
    );
    let decide = |look: &Look| {
        word(&rules(&RunOptions::default()).decide(&Known {
            look,
            past: None,
            plan: None,
            seen: first.devices(),
        }))
    };
    assert_eq!(decide(&second), "new_device");
    assert_eq!(decide(&look(ID, Some(&[("B", "managed")]))), "send");
}

#[test]
fn an_exclusion_protects_in_any_case_of_letters() {
    let options = RunOptions::default().exclude("S\u{d8}REN@contoso.com".parse().unwrap());
    assert!(rules(&options).refuse("s\u{f8}ren@CONTOSO.com").is_some());
    assert!(rules(&options).refuse("soren@contoso.com").is_none());
}

#[test]
fn who_cannot_be_told_apart_is_not_sent() -> Result<(), Error> {
    let unread = |given_id: Option<&str>| Look {
        identity: None,
        given_id: given_id.map(str::to_owned),
        ..look(ID, Some(MANAGED))
    };
    let decide = |options: RunOptions, look: &Look| {
        word(&rules(&options).decide(&Known {
            look,
            past: None,
            plan: None,
            seen: None,
        }))
    };
    let refused = "failed: permission_denied";
    let by_name =
        || -> Result<RunOptions, Error> { Ok(RunOptions::default().exclude("boss@x.com".parse()?)) };
    let by_id = || -> Result<RunOptions, Error> { Ok(RunOptions::default().exclude(OTHER.parse()?)) };
    assert_eq!(decide(by_name()?, &unread(Some(ID))), refused);
    assert_eq!(decide(by_name()?, &unread(None)), "send");
    assert_eq!(decide(by_id()?, &unread(None)), refused);
    assert_eq!(decide(by_id()?, &unread(Some(ID))), "send");
    // A name that belonged to somebody once says nothing of who it is now.
    assert_eq!(
        decided(&[seen(MANAGED), sent()], &unread(None))?,
        "unknown: permission_denied"
    );
    assert_eq!(
        decided(&[seen(MANAGED), sent()], &unread(Some(ID)))?,
        "send settled"
    );
    assert_eq!(decided(&[seen(MANAGED)], &unread(None))?, refused);
    Ok(())
}

#[test]
fn an_error_of_reading_is_told_and_nothing_is_sent() {
    let mut broken = look(ID, None);
    broken.error = Some(Error::new(Status::UnexpectedResponse, "a broken page"));
    let decision = rules(&RunOptions::default()).decide(&Known {
        look: &broken,
        past: None,
        plan: None,
        seen: None,
    });
    assert!(
        matches!(&decision, Decision::Tell(error) if error.outcome() == Outcome::Failed),
        "{decision:?}"
    );
}
