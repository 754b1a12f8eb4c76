//! Every rule of safety, with the records of a journal.

mod limits;

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::*;
use crate::device::DeviceList;
use crate::device::ManagementState;
use crate::devices::Identity;
use crate::journal::JournalState;
use crate::lookup::{Found, Listed};
use crate::status::Outcome;
use crate::token::{Person, TokenFacts};
use crate::warning::WarningCode;

const USER: &str = "adele@contoso.com";
const ID: &str = "10000000-0000-4000-8000-000000000001";
const OTHER: &str = "10000000-0000-4000-8000-000000000002";
const CODE: &str = "50000000-0000-4000-8000-000000000001";

/// A journal of one run and these events about Adele.
fn journal(events: &[Value]) -> Result<JournalState, Error> {
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
    JournalState::of_text(&text)
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
fn inspected(id: &str, devices: Option<&[(&str, &str)]>) -> Inspection {
    let device = |(id, state): &(&str, &str)| {
        Device::from_json(&json!({"id": id, "managementState": state})).unwrap_or_default()
    };
    Inspection {
        identity: Some(Identity {
            id: id.into(),
            upn: Some(USER.into()),
            enabled: Some(true),
        }),
        devices: devices.map(|devices| DeviceList {
            devices: devices.iter().map(device).collect(),
            warnings: Vec::new(),
        }),
        ..Inspection::default()
    }
}

/// What is read now of a user in doubt. A device of the snapshot that is not listed is found so by its own id.
fn inspected_in_doubt(devices: Option<&[(&str, &str)]>, unlisted: &Found) -> Inspection {
    let mut inspection = inspected(ID, devices);
    inspection.unlisted = ["a", "b"]
        .into_iter()
        .filter(|id| inspection.device(id).is_none())
        .map(|id| (id.to_owned(), unlisted.clone()))
        .collect();
    inspection
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
    Rules::new(options, ProtectedUsers::new(options, signed_in, [None, None]))
}

/// The decision in a word.
fn word(decision: &Decision) -> String {
    match decision {
        Decision::Send {
            approval_code,
            resolves_doubt,
            ..
        } => format!(
            "send{}{}",
            if *resolves_doubt { " resolved" } else { "" },
            approval_code
                .as_ref()
                .map(|code| format!(" with {code}"))
                .unwrap_or_default()
        ),
        Decision::Skip(reason, _) => reason.name().to_owned(),
        Decision::Confirm => "confirm".to_owned(),
        Decision::Report(error) => format!("{}: {}", error.outcome().name(), error.status),
        Decision::EndRun(error) => format!("end: {}", error.status),
        Decision::Decline(how, _) => format!("declined: {how:?}"),
    }
}

fn decided(events: &[Value], inspection: &Inspection) -> Result<String, Error> {
    let journal_state = journal(events)?;
    let known = Known {
        inspection,
        resumed: journal_state.of(USER),
        planned: None,
        seen: None,
    };
    Ok(word(&rules(&RunOptions::default()).decide(&known)))
}

const MANAGED: &[(&str, &str)] = &[("a", "managed"), ("b", "managed")];

#[test]
fn only_the_devices_resolve_a_doubt() -> Result<(), Error> {
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
            (Some(MANAGED), "send resolved"),
            (
                Some(&[("a", "retireIssued"), ("b", "managed")][..]),
                "send resolved",
            ),
            (
                Some(&[("a", "retireIssued"), ("b", "retirePending")][..]),
                "confirm",
            ),
            (Some(&[("b", "wipeIssued")][..]), "confirm"),
            (
                Some(&[("a", "wipeIssued"), ("b", "deletePending")][..]),
                "send resolved",
            ),
            (Some(&[][..]), "confirm"),
            (Some(&[("a", "retireFailed")][..]), "confirm"),
            (Some(&[("a", "wipeFailed")][..]), "send resolved"),
            (Some(&[("a", "unhealthy")][..]), "send resolved"),
            (Some(&[("a", "somethingNew")][..]), "unknown: interrupted"),
            (Some(&[("a", "managed"), ("c", "managed")][..]), "new_device"),
            (Some(&[("a", "retireIssued"), ("c", "managed")][..]), "confirm"),
            (None, "unknown: interrupted"),
        ] {
            let found = inspected_in_doubt(now, &Found::Gone);
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
            let inspection = inspected_in_doubt(Some(&[]), &found);
            assert_eq!(decided(past, &inspection)?, expected, "{found:?}");
        }
    }
    // What was so before already says nothing new.
    let pending_before = [seen(&[("a", "retirePending")]), sent()];
    assert_eq!(
        decided(&pending_before, &inspected(ID, Some(&[("a", "retirePending")])))?,
        "send resolved"
    );
    let failed_before = [seen(&[("a", "retireFailed")]), sent()];
    assert_eq!(
        decided(&failed_before, &inspected(ID, Some(&[("a", "retireFailed")])))?,
        "send resolved"
    );
    Ok(())
}

#[test]
fn a_doubt_remains_if_the_devices_cannot_be_compared() -> Result<(), Error> {
    assert_eq!(
        decided(&[sent()], &inspected(ID, Some(MANAGED)))?,
        "unknown: interrupted"
    );
    let mut broken = inspected(ID, None);
    broken.error = Some(Error::new(Status::ServiceUnavailable, "the service failed"));
    assert_eq!(
        decided(&[seen(MANAGED), sent()], &broken)?,
        "unknown: service_unavailable"
    );
    Ok(())
}

#[test]
fn a_finished_user_is_not_sent_again() -> Result<(), Error> {
    for (outcome, status) in [("accepted", "ok"), ("confirmed", "interrupted")] {
        let journal_state = journal(&[
            seen(MANAGED),
            sent(),
            result(outcome, status, "none"),
            result("skipped", "ok", "none"),
            result("failed", "permission_denied", "none"),
        ])?;
        let recalled = journal_state.of(USER).and_then(Rules::recall);
        assert_eq!(recalled.as_ref().map(word).as_deref(), Some("done_before"));
    }
    Ok(())
}

#[test]
fn a_user_with_a_new_device_or_another_account_is_skipped() -> Result<(), Error> {
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
        assert_eq!(decided(&past, &inspected(ID, Some(grown)))?, "new_device");
        assert_eq!(decided(&past, &inspected(ID, Some(&[("A", "managed")])))?, "send");
        assert_eq!(
            decided(&past, &inspected(OTHER, Some(MANAGED)))?,
            "identity_changed"
        );
        assert_eq!(
            decided(&past, &inspected(ID, None))?,
            "failed: permission_denied",
            "seen before, not to be seen now"
        );
    }
    Ok(())
}

#[test]
fn a_queued_user_waits_until_the_request_is_decided() -> Result<(), Error> {
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
        let mut now = inspected(ID, Some(MANAGED));
        now.approval = approval;
        assert_eq!(decided(&past, &now)?, expected);
    }
    let mut grown = inspected(ID, Some(&[("a", "managed"), ("c", "managed")]));
    grown.approval = Some(Approval::Approved);
    assert_eq!(decided(&past, &grown)?, "new_device");
    let many: Vec<_> = (0..11).map(|_| ("a", "managed")).collect();
    let mut many = inspected(ID, Some(&many));
    many.approval = Some(Approval::Approved);
    assert_eq!(
        decided(&past, &many)?,
        "too_many_devices",
        "limits hold for the approved, too"
    );
    // Approved, sent with the code, and the answer was lost.
    let lost = [seen(MANAGED), sent(), queued(), sent()];
    let mut now = inspected(ID, Some(MANAGED));
    assert_eq!(decided(&lost, &now)?, "awaiting_approval: approval_pending");
    now.approval = Some(Approval::Rejected);
    assert_eq!(decided(&lost, &now)?, "declined: Rejected");
    now.approval = Some(Approval::Approved);
    assert_eq!(decided(&lost, &now)?, format!("send resolved with {CODE}"));
    // Approved, but the devices cannot be read.
    now.approval = Some(Approval::Completed);
    assert_eq!(decided(&lost, &now)?, "confirm", "the service says so itself");
    let mut unseen = inspected(ID, None);
    unseen.approval = Some(Approval::Approved);
    assert_eq!(decided(&past, &unseen)?, "awaiting_approval: approval_pending");
    Ok(())
}

#[test]
fn a_plan_binds_the_run() -> Result<(), Error> {
    let (plan, grown) = (journal(&[seen(MANAGED)])?, [("a", "managed"), ("c", "managed")]);
    let rules = rules(&RunOptions::default().plan("plan.jsonl"));
    let decide = |inspection: &Inspection, plan: Option<&UserRecord>| {
        word(&rules.decide(&Known {
            inspection,
            resumed: None,
            planned: plan,
            seen: None,
        }))
    };
    assert_eq!(decide(&inspected(ID, Some(MANAGED)), plan.of(USER)), "send");
    assert_eq!(decide(&inspected(ID, Some(&grown)), plan.of(USER)), "new_device");
    assert_eq!(
        decide(&inspected(OTHER, Some(MANAGED)), plan.of(USER)),
        "identity_changed"
    );
    assert_eq!(decide(&inspected(ID, Some(MANAGED)), None), "new_device");
    assert_eq!(
        decide(&inspected(ID, None), plan.of(USER)),
        "end: permission_denied",
        "no user can be compared with the plan"
    );
    Ok(())
}
