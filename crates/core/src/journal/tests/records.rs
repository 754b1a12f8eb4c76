//! Every record can be encoded and decoded. What the schema does not have is ignored or refused.

use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::decode::{self, Fault};
use super::super::encode::{Encode, Stamp};
use super::super::record::has_effect;
use super::*;
use crate::{Effect, Outcome, Reason, Status};

/// The line of a record, as the journal writes it.
pub(super) fn encoded(record: &Record, time: SystemTime, run: &str) -> String {
    let stamp = Stamp { time, run };
    match record {
        Record::Run(record) => record.line(stamp),
        Record::Read(record) => record.line(stamp),
        Record::Sent(record) => record.line(stamp),
        Record::Result(record) => record.line(stamp),
        Record::Verify(record) => record.line(stamp),
        Record::End(record) => record.line(stamp),
    }
}

fn decoded(line: &str) -> std::result::Result<Option<Line>, Fault> {
    decode::line(line.as_bytes())
}

fn text() -> impl Strategy<Value = String> {
    "\\PC{0,12}|[\\x00-\\x1f\"\\\\\u{2028}\u{1f469}é]{0,8}"
}

fn run_record() -> impl Strategy<Value = Record> {
    let texts = (text(), text(), of(text()), of(text()), of(text()), of(text()));
    let rest = (
        of(text()),
        of(text()),
        of(text()),
        of((text(), text())),
        of((text(), text())),
        0..Mode::ALL.len(),
        any::<u32>(),
    );
    (texts, rest).prop_map(|(texts, rest)| {
        let (tool, endpoint, resumes, tenant, app, initiated_by) = texts;
        let (machine, consent, justification, input, plan, mode, number) = rest;
        Record::Run(RunRecord {
            tool,
            mode: Mode::ALL[mode],
            resumes,
            endpoint,
            tenant,
            app,
            initiated_by,
            machine,
            consent,
            justification,
            input_list: input.map(|(name, sha256)| Input { name, sha256 }),
            exclusions: plan.clone().map(|(sha256, one)| Exclusions {
                count: number.into(),
                sha256,
                each: vec![one],
            }),
            plan: plan.map(|(run, path)| Plan { run, path }),
            options: [("connections".to_owned(), Value::from(number))]
                .into_iter()
                .collect(),
        })
    })
}

fn snapshot_device() -> impl Strategy<Value = SnapshotDevice> {
    (
        text(),
        of(text()),
        of(text()),
        of(text()),
        of(text()),
        of(text()),
        of(text()),
    )
        .prop_map(
            |(id, name, os, serial, state, enrolled, user_id)| SnapshotDevice {
                id,
                name,
                os,
                serial,
                state,
                enrolled,
                user_id,
            },
        )
}

fn read_record() -> impl Strategy<Value = Record> {
    let devices = of(vec(snapshot_device(), 0..3));
    (
        text(),
        of(text()),
        of(text()),
        of(any::<bool>()),
        devices,
        of(any::<bool>()),
    )
        .prop_map(|(user, id, upn, enabled, devices, applied)| {
            Record::Read(ReadRecord {
                user,
                id,
                upn,
                enabled,
                devices,
                applied,
            })
        })
}

fn sent_record() -> impl Strategy<Value = Record> {
    (text(), of(text()), of(text()), of(text())).prop_map(|(user, id, client_request_id, approval_code)| {
        Record::Sent(SentRecord {
            user,
            id,
            client_request_id,
            approval_code,
        })
    })
}

fn result_record() -> impl Strategy<Value = Record> {
    let words = (
        0..Outcome::all().len(),
        0..Reason::all().len(),
        of(0..Status::all().len()),
        any::<bool>(),
        of(0..Declined::ALL.len()),
    );
    let numbers = (of(any::<u16>()), of(any::<u32>()), any::<u32>());
    let texts = vec(of(text()), 10);
    (text(), words, numbers, texts).prop_map(|(user, words, numbers, mut texts)| {
        let mut next = || texts.pop().flatten();
        let id = next();
        let record = ResultRecord {
            reason: Reason::all()[words.1],
            status: words.2.map(|at| Status::all()[at]),
            effect: if words.3 && has_effect(Outcome::all()[words.0]) {
                Effect::Possible
            } else {
                Effect::None
            },
            http_status: numbers.0,
            approval: words.4.map(|at| Declined::ALL[at]),
            retry_after: numbers.1.map(|wait| Duration::from_millis(wait.into())),
            attempts: numbers.2,
            ..ResultRecord::new(user, id.as_deref(), Outcome::all()[words.0])
        };
        let Ok(record) = record.with_texts(|_| Ok::<_, std::convert::Infallible>(next()));
        Record::Result(record)
    })
}

fn verify_record() -> impl Strategy<Value = Record> {
    let device = (
        text(),
        of(text()),
        0..Verdict::all().len(),
        of(text()),
        of(text()),
        of(text()),
    )
        .prop_map(|(id, name, verdict, state, since, detail)| VerifiedDevice {
            id,
            name,
            verdict: Verdict::all()[verdict],
            state,
            since,
            detail,
        });
    (text(), of(text()), vec(device, 0..3))
        .prop_map(|(user, id, devices)| Record::Verify(VerifyRecord { user, id, devices }))
}

fn end_record() -> impl Strategy<Value = Record> {
    let counts = proptest::collection::btree_map(text(), any::<u64>(), 0..4);
    (counts, any::<u64>(), of(0..Status::all().len()), of(text())).prop_map(
        |(counts, duplicates, ended_by, message)| {
            Record::End(EndRecord {
                counts: counts.into_iter().collect(),
                duplicates,
                ended_by: ended_by.map(|at| Status::all()[at]),
                message,
            })
        },
    )
}

fn record() -> impl Strategy<Value = Record> {
    prop_oneof![
        run_record(),
        read_record(),
        sent_record(),
        result_record(),
        verify_record(),
        end_record()
    ]
}

proptest! {
    #[test]
    fn a_record_is_one_line_and_the_same_again(record in record(), millis in 0_u64..253_402_300_799_000, run in text()) {
        let time = SystemTime::UNIX_EPOCH + Duration::from_millis(millis);
        let line = encoded(&record, time, &run);
        prop_assert_eq!(line.find('\n'), Some(line.len() - 1));
        prop_assert_eq!(decoded(&line), Ok(Some(Line { time, run, record })));
    }

    #[test]
    fn a_broken_line_is_an_error_and_no_panic(record in record(), at in 0.0_f64..1.0, byte in any::<u8>()) {
        let mut line = encoded(&record, start(), "r").into_bytes();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
        let at = ((line.len() - 1) as f64 * at) as usize;
        line[at] = byte;
        let _ = decode::line(&line);
        prop_assert!(decode::line(&line[..at]).is_err());
    }
}

#[test]
fn a_time_out_of_range_becomes_the_nearest_end() {
    let record = Record::Sent(sent("a@x", None));
    let before = SystemTime::UNIX_EPOCH - Duration::from_secs(1);
    let after = SystemTime::UNIX_EPOCH + Duration::from_secs(300_000_000_000);
    assert!(encoded(&record, before, "r").contains("\"time\":\"1970-01-01T00:00:00.000Z\""));
    assert!(encoded(&record, after, "r").contains("\"time\":\"9999-12-31T23:59:59.000Z\""));
}

#[test]
fn unknown_members_and_unknown_events_are_ignored() {
    let line = json!({"event": "sent", "time": "2026-07-01T08:00:00.000Z", "run": "r", "user": "a@x", "colour": [1]});
    let Ok(Some(line)) = decoded(&line.to_string()) else {
        panic!("a sent record");
    };
    assert_eq!(line.record, Record::Sent(sent("a@x", None)));
    assert_eq!(decoded(r#"{"event": "weather", "sky": "blue"}"#), Ok(None));
}

fn result_of(members: &serde_json::Value) -> ResultRecord {
    let mut line = json!({
        "event": "result", "time": "2026-07-01T08:00:00.000Z", "run": "r", "user": "a@x", "outcome": "failed", "effect": "none",
        "status": "rejected", "http_status": 400,
    });
    for (name, value) in members.as_object().unwrap() {
        line[name] = value.clone();
    }
    match decoded(&line.to_string()).unwrap().unwrap().record {
        Record::Result(result) => result,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_word_of_a_later_release_is_a_doubt() {
    for strange in [
        json!({"outcome": "retired"}),
        json!({"outcome": "retired", "effect": null}),
        json!({"status": "melted"}),
        json!({"effect": "partial"}),
        json!({"approval": "withdrawn"}),
        json!({"reason": "paused"}),
        json!({"outcome": "skipped", "status": "melted", "effect": null}),
        json!({"outcome": "awaiting_approval", "effect": "partial"}),
        json!({"event": "retired"}),
        json!({"event": "retired", "outcome": null, "effect": 7}),
    ] {
        let result = result_of(&strange);
        assert_eq!(
            (result.outcome, result.effect),
            (Outcome::Unknown, Effect::Possible),
            "{strange}"
        );
    }
    let skipped = result_of(&json!({"outcome": "skipped", "reason": "on_holiday", "effect": null}));
    assert_eq!(
        (skipped.outcome, skipped.reason),
        (Outcome::Skipped, Reason::None)
    );
    // An accepted user is done, in spite of unknown words.
    let accepted = result_of(&json!({"outcome": "accepted", "status": "splendid", "effect": null}));
    assert_eq!((accepted.outcome, accepted.status), (Outcome::Accepted, None));
    // A code is never lost.
    let queued = result_of(&json!({"event": "queued", "approval_code": "c1"}));
    assert_eq!(queued.approval_code.as_deref(), Some("c1"));
}

#[test]
fn unknown_words_that_do_not_concern_the_outcome_are_ignored() {
    let rest = r#""time": "2026-07-01T08:00:00.000Z", "run": "r""#;
    let verify = format!(
        r#"{{"event": "verify", {rest}, "user": "a@x", "devices": [{{"id": "d1", "verdict": "melting"}}]}}"#
    );
    let Ok(Some(Line {
        record: Record::Verify(verify),
        ..
    })) = decoded(&verify)
    else {
        panic!("{verify}");
    };
    assert_eq!(verify.devices[0].verdict, Verdict::CannotTell);
    assert!(decoded(&format!(r#"{{"event": "end", {rest}, "ended_by": "melted"}}"#)).is_ok());
    let run = encoded(&Record::Run(run()), start(), "r");
    let Ok(Some(Line {
        record: Record::Run(run),
        ..
    })) = decoded(&run.replace(r#""mode":"run""#, r#""mode":"watch""#))
    else {
        panic!("{run}");
    };
    assert_eq!(run.mode, Mode::Run);
}

#[test]
fn members_outside_the_schema_are_refused_by_name() {
    let good = json!({
        "event": "result", "time": "2026-07-01T08:00:00.000Z", "run": "r", "user": "a@x", "outcome": "failed", "effect": "none",
    });
    assert!(decoded(&good.to_string()).is_ok());
    for (member, value, fault) in [
        ("event", json!(null), "has no \"event\""),
        ("time", json!(null), "has no \"time\""),
        (
            "time",
            json!("yesterday"),
            "has a \"time\" of a type or value that is not known",
        ),
        ("run", json!(null), "has no \"run\""),
        (
            "user",
            json!(7),
            "has a \"user\" of a type or value that is not known",
        ),
        ("outcome", json!(null), "has no \"outcome\""),
        (
            "outcome",
            json!(7),
            "has a \"outcome\" of a type or value that is not known",
        ),
        ("effect", json!(null), "has no \"effect\""),
        (
            "effect",
            json!(true),
            "has a \"effect\" of a type or value that is not known",
        ),
        (
            "status",
            json!([]),
            "has a \"status\" of a type or value that is not known",
        ),
        (
            "http_status",
            json!(70000),
            "has a \"http_status\" of a type or value that is not known",
        ),
    ] {
        let mut line = good.clone();
        line[member] = value;
        assert_eq!(
            decoded(&line.to_string()),
            Err(Fault::Broken(fault.to_owned())),
            "{member}"
        );
    }
    assert_eq!(
        decoded("[1]"),
        Err(Fault::Broken("is not a JSON object".to_owned()))
    );
    assert_eq!(
        decoded(&"[".repeat(100_000)),
        Err(Fault::Broken("is not JSON".to_owned()))
    );
}

#[test]
fn an_error_is_restored_with_all_its_fields() {
    let mut error = crate::Error::new(Status::Throttled, "slow down");
    error.http_status = Some(429);
    error.code = Some("TooManyRequests".to_owned());
    error.inner_code = Some("Inner".to_owned());
    error.service_message = Some("Please wait.".to_owned());
    error.request_id = Some("1".to_owned());
    error.client_request_id = Some("2".to_owned());
    error.approval_code = Some("4".to_owned());
    error.retry_after = Some(Duration::from_secs(9));
    error.attempts = 5;
    error.effect = Effect::Possible;
    let record = ResultRecord::of_error("a@x", None, &error);
    assert_eq!(record.outcome, Outcome::Unknown);
    assert_eq!(record.error(), Some(error));
    assert_eq!(result("a@x", Outcome::Accepted).error(), None);
}
