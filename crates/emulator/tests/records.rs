//! The records of reads and attempts: who saw what, and when.

mod common;

use common::{ACTION, ADELE, DIEGO, GOOD, Outcome, Stage, retire_request};
use serde_json::{Value, json};

fn records(stage: &Stage, name: &str) -> Result<Vec<Value>, Box<dyn std::error::Error>> {
    let records = stage.manage("GET", name, &Value::Null)?;
    Ok(records.as_array().ok_or("no array")?.clone())
}

#[test]
fn each_read_is_recorded_with_what_it_showed() -> Outcome {
    let stage = Stage::with(&json!({"page_size": 1}))?;
    let device = "d0000000-0000-4000-8000-000000000001";
    stage.get(&format!("/v1.0/users/{ADELE}"), GOOD)?;
    stage.get("/v1.0/users/adele@contoso.com/managedDevices", GOOD)?;
    stage.retire(ADELE, GOOD)?;
    stage.get(&format!("/v1.0/deviceManagement/managedDevices/{device}"), GOOD)?;
    stage.get("/v1.0/deviceManagement/managedDevices/nowhere", GOOD)?;
    stage.get("/v1.0/users/missing@contoso.com/managedDevices", GOOD)?;
    stage.faults(&json!([{"reset": "before"}, {"status": 503}]))?;
    for _ in 0..2 {
        let _ = stage.get(&format!("/v1.0/users/{DIEGO}/managedDevices"), GOOD);
    }
    let reads = records(&stage, "reads")?;
    let reported: Vec<_> = reads
        .iter()
        .map(|read| {
            json!([
                read["what"],
                read["user"],
                read["devices"],
                read["more"],
                read["status"],
                read["answer"]
            ])
        })
        .collect();
    assert_eq!(
        reported,
        [
            json!(["user", ADELE, [], false, 200, "given"]),
            json!(["devices", ADELE, [[device, "managed"]], true, 200, "given"]),
            json!(["device", null, [[device, "retireIssued"]], false, 200, "given"]),
            json!(["device", null, [], false, 404, "given"]),
            json!(["devices", null, [], false, 404, "given"]),
            json!(["devices", DIEGO, [], false, null, "lost"]),
            json!(["devices", DIEGO, [], false, 503, "given"]),
        ]
    );
    assert_eq!(reads[4]["key"], "missing@contoso.com");
    assert_eq!(records(&stage, "reads?since=1&limit=2")?, reads[1..3]);
    Ok(())
}

#[test]
fn reads_in_a_batch_are_recorded_one_by_one() -> Outcome {
    let stage = Stage::new()?;
    stage.faults(&json!([{"in_batch": true, "status": 503, "match": "managedDevices"}]))?;
    let body = json!({"requests": [
        {"id": "1", "method": "GET", "url": format!("/users/{ADELE}/managedDevices")},
        {"id": "2", "method": "GET", "url": format!("/users/{DIEGO}/managedDevices")},
    ]});
    let body = body.to_string();
    let request = format!(
        "POST /v1.0/$batch HTTP/1.1\r\nAuthorization: Bearer {GOOD}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    assert_eq!(stage.send(&request)?.status, 200);
    stage.faults(&json!({"body": "<html>", "act": true}))?;
    stage.send(&request)?;
    let reported: Vec<_> = records(&stage, "reads")?
        .iter()
        .map(|read| {
            assert!(read["batch"].is_string());
            let devices = read["devices"].as_array().map_or(0, Vec::len);
            json!([read["user"], devices, read["status"], read["answer"]])
        })
        .collect();
    assert_eq!(
        reported,
        [
            json!([ADELE, 0, 503, "given"]),
            json!([DIEGO, 1, 200, "given"]),
            json!([ADELE, 0, 200, "given"]),
            json!([DIEGO, 0, 200, "given"]),
        ],
        "a page in place of the answers says nothing of devices"
    );
    Ok(())
}

#[test]
fn a_late_request_is_recorded_with_its_arrival() -> Outcome {
    let stage = Stage::new()?;
    stage.manage("POST", "hold", &json!({"match": ACTION}))?;
    let mut held = stage.connect()?;
    held.send(&retire_request(ADELE, GOOD, ""))?;
    stage.manage("GET", "wait?held=1", &Value::Null)?;
    stage.manage("DELETE", "hold", &Value::Null)?;
    std::thread::sleep(std::time::Duration::from_millis(5));
    assert_eq!(
        stage.retire(DIEGO, GOOD)?.status,
        204,
        "only those of before are held"
    );
    stage.manage("POST", "release", &json!({}))?;
    assert_eq!(held.answer()?.status, 204);
    let actions = records(&stage, "actions")?;
    let user = |at: usize| actions[at]["user"].as_str().unwrap_or_default();
    let time = |at: usize, name: &str| actions[at][name].as_str().unwrap_or_default();
    assert_eq!([user(0), user(1)], [DIEGO, ADELE], "in the order of acting");
    assert!(time(1, "arrived") < time(0, "arrived"));
    assert!(time(1, "arrived") < time(1, "time") && time(1, "time") <= time(1, "answered"));
    Ok(())
}

#[test]
fn a_client_that_is_gone_is_seen_to_be_gone() -> Outcome {
    let stage = Stage::new()?;
    let alone = |stage: &Stage| -> Result<Value, Box<dyn std::error::Error>> {
        let answer = stage.manage("GET", "wait?alone=true&seconds=0.3", &Value::Null)?;
        Ok(answer["reached"].clone())
    };
    assert_eq!(alone(&stage)?, true);
    let client = stage.connect()?;
    stage.manage("GET", "wait?seconds=0.05", &Value::Null)?;
    assert_eq!(alone(&stage)?, false);
    drop(client);
    assert_eq!(alone(&stage)?, true);
    stage.manage("POST", "hold", &json!({}))?;
    let mut held = stage.connect()?;
    held.send(&retire_request(ADELE, GOOD, ""))?;
    stage.manage("GET", "wait?held=1", &Value::Null)?;
    drop(held);
    assert_eq!(alone(&stage)?, true, "but for what is held");
    Ok(())
}
