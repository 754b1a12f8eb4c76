//! Faults by chance over the wire, and the record of what became of each attempt.

mod common;

use std::collections::BTreeMap;
use std::io::ErrorKind;

use common::{ACTION, ADELE, DIEGO, GOOD, Outcome, Stage};
use serde_json::{Value, json};

fn actions(stage: &Stage) -> Result<Vec<Value>, Box<dyn std::error::Error>> {
    let actions = stage.manage("GET", "actions", &Value::Null)?;
    Ok(actions.as_array().ok_or("no array")?.clone())
}

fn batch(stage: &Stage, users: &[&str]) -> std::io::Result<common::Answer> {
    let requests: Vec<Value> = users
        .iter()
        .enumerate()
        .map(|(n, user)| {
            json!({
                "id": n.to_string(), "method": "POST", "url": format!("/users/{user}/{ACTION}"), "body": {},
                "headers": {"Content-Type": "application/json", "client-request-id": format!("crid-{user}")},
            })
        })
        .collect();
    let body = json!({"requests": requests}).to_string();
    stage.send(&format!(
        "POST /v1.0/$batch HTTP/1.1\r\nAuthorization: Bearer {GOOD}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    ))
}

#[test]
fn the_record_of_each_attempt_says_what_happened() -> Outcome {
    let stage = Stage::new()?;
    stage.retire_with(ADELE, GOOD, "client-request-id: first\r\n")?;
    stage.faults(&json!([{"reset": "after"}, {"status": 504, "act": true}, {"body": "{", "truncate": 0}]))?;
    let lost = stage.retire(DIEGO, GOOD).err().map(|error| error.kind());
    assert_eq!(lost, Some(ErrorKind::ConnectionReset));
    stage.retire(DIEGO, GOOD)?;
    let _ = stage.retire(DIEGO, GOOD);
    stage.retire("missing@contoso.com", GOOD)?;
    stage.get(&format!("/v1.0/users/{ADELE}"), GOOD)?;
    let actions = actions(&stage)?;
    let reported: Vec<_> = actions
        .iter()
        .map(|action| {
            (
                action["acted"] == true,
                action["status"].as_u64(),
                action["answer"].as_str().unwrap_or_default(),
                action["fault"].as_str(),
            )
        })
        .collect();
    assert_eq!(
        reported,
        [
            (true, Some(204), "given", None),
            (true, None, "lost", Some("scripted")),
            (true, Some(504), "given", Some("scripted")),
            (false, None, "unreadable", Some("scripted")),
            (false, Some(404), "given", None),
        ]
    );
    assert_eq!(actions[0]["user"], ADELE);
    assert_eq!(actions[0]["client_request_id"], "first");
    assert_eq!(
        actions[0]["devices"],
        json!([
            "d0000000-0000-4000-8000-000000000001",
            "d0000000-0000-4000-8000-000000000002"
        ])
    );
    assert_eq!(
        (&actions[4]["user"], &actions[4]["key"]),
        (&Value::Null, &json!("missing@contoso.com"))
    );
    let since = stage.manage("GET", "actions?since=1&limit=2", &Value::Null)?;
    assert_eq!(since, json!(actions[1..3]));
    let log = stage.manage("GET", "log?since=4", &Value::Null)?;
    assert_eq!(log.as_array().map(Vec::len), Some(2));
    Ok(())
}

#[test]
fn chance_brings_each_mishap_and_notes_it() -> Outcome {
    let rates = json!({
        "429": 0.1, "503": 0.1, "504": 0.1, "reset_before": 0.05, "reset_after": 0.05, "429_bare": 0.05, "500": 0.1,
        "502": 0.1, "html_403": 0.1,
    });
    let stage = Stage::with(&json!({
        "generate": {"users": 300}, "chaos": {"seed": 3, "rates": rates, "retry_after": "0.05", "match": ACTION},
    }))?;
    let mut bare = 0;
    for n in 1..=300 {
        let answer = stage.retire(&format!("user-{n:06}@contoso.com"), GOOD);
        let wait = answer
            .as_ref()
            .ok()
            .and_then(|answer| answer.header("retry-after"));
        let refused = answer
            .as_ref()
            .is_ok_and(|answer| [429, 503].contains(&answer.status));
        bare += usize::from(refused && wait.is_none());
        assert!(wait.is_none() || refused && wait == Some("0.05"));
    }
    assert!(bare > 0);
    for _ in 0..50 {
        assert_eq!(stage.get(&format!("/v1.0/users/{ADELE}"), GOOD)?.status, 200);
    }
    let mut met = BTreeMap::new();
    for action in actions(&stage)? {
        let is_page = action["fault"] == "html_403";
        assert_eq!(action["foreign"], is_page, "{action}");
        let fault = action["fault"].as_str().unwrap_or("none").to_owned();
        let reported = (action["acted"] == true, action["status"].as_u64());
        *met.entry((fault, reported)).or_insert(0) += 1;
    }
    let kinds: Vec<_> = met
        .keys()
        .map(|(fault, (acted, status))| (fault.as_str(), *acted, *status))
        .collect();
    assert_eq!(
        kinds,
        [
            ("429", false, Some(429)),
            ("429_bare", false, Some(429)),
            ("500", false, Some(500)),
            ("500", true, Some(500)),
            ("502", false, Some(502)),
            ("502", true, Some(502)),
            ("503", false, Some(503)),
            ("504", false, Some(504)),
            ("504", true, Some(504)),
            ("html_403", false, Some(403)),
            ("html_403", true, Some(403)),
            ("none", true, Some(204)),
            ("reset_after", true, None),
            ("reset_before", false, None),
        ]
    );
    let log = stage.log()?;
    assert!(log.iter().any(|entry| entry["chance"] == "reset_after"));
    Ok(())
}

#[test]
fn a_batch_breaks_in_every_way() -> Outcome {
    let mut met = BTreeMap::new();
    for seed in 0..60 {
        let stage = Stage::with(&json!({"chaos": {"seed": seed, "rates": {"broken_batch": 1}}}))?;
        let answer = batch(&stage, &[ADELE, DIEGO])?;
        assert_eq!(answer.status, 200);
        let ids = answer.json().ok().map(|json| {
            let responses = json["responses"].as_array().cloned().unwrap_or_default();
            responses.iter().any(|response| response["id"] == "not-asked-for")
        });
        let actions = actions(&stage)?;
        assert_eq!(actions.len(), 2);
        let way = actions[0]["batch_fault"].as_str().unwrap_or_default();
        assert!(actions.iter().all(|action| action["fault"].is_null()
            && action["batch_fault"] == way
            && action["batch"].is_string()
            && action["client_request_id"].is_string()));
        for action in &actions {
            let devices = action["devices"].as_array().map_or(0, Vec::len);
            assert_eq!(devices > 0, action["acted"] == true);
        }
        let mut answers: Vec<_> = actions
            .iter()
            .filter_map(|action| action["answer"].as_str())
            .collect();
        answers.sort_unstable();
        let acted = actions.iter().filter(|action| action["acted"] == true).count();
        *met.entry((way.to_owned(), answers.join(" "), ids, acted))
            .or_insert(0) += 1;
    }
    let ways: Vec<_> = met
        .keys()
        .map(|(way, answers, ids, acted)| (way.as_str(), answers.as_str(), *ids, *acted))
        .collect();
    assert_eq!(
        ways,
        [
            ("cut", "unreadable unreadable", None, 1),
            ("cut", "unreadable unreadable", None, 2),
            ("html", "unreadable unreadable", None, 1),
            ("html", "unreadable unreadable", None, 2),
            ("missing", "given missing", Some(false), 1),
            ("missing", "given missing", Some(false), 2),
            ("wrong_id", "given missing", Some(true), 1),
            ("wrong_id", "given missing", Some(true), 2),
        ]
    );
    Ok(())
}

#[test]
fn a_batch_that_never_acts_is_recorded_for_each_user() -> Outcome {
    let stage = Stage::new()?;
    stage.faults(&json!([{"reset": "before"}, {"status": 503}]))?;
    assert!(batch(&stage, &[ADELE, DIEGO]).is_err());
    assert_eq!(batch(&stage, &[ADELE])?.status, 503);
    let reported: Vec<_> = actions(&stage)?
        .iter()
        .map(|action| {
            json!([
                action["user"],
                action["acted"],
                action["status"],
                action["answer"]
            ])
        })
        .collect();
    assert_eq!(
        reported,
        [
            json!([ADELE, false, null, "lost"]),
            json!([DIEGO, false, null, "lost"]),
            json!([ADELE, false, 503, "given"]),
        ]
    );
    Ok(())
}
