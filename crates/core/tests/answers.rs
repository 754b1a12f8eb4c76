//! Answers of the service and of others, answers to another request, and lists that are too long.

mod common;

use std::collections::BTreeMap;

use common::runs::{Folder, PATIENCE, client, finish, journal, name, outcomes, phones};
use common::{ADELE, Service, Tested};
use graph_devices::{
    CallOptions, Client, DeviceList, Effect, Endpoint, Error, Outcome, RunOptions, Status, Token, UserId,
    UserResult,
};
use serde_json::{Value, json};

const GUID: &str = "30000000-0000-4000-8000-000000000001";
const ANOTHERS: &str = "30000000-0000-4000-8000-000000000009";

/// Three users that are not inspected: the first alone, then two in a batch.
fn batched(service: &Service, faults: &Value) -> Result<Vec<UserResult>, Box<dyn std::error::Error>> {
    service.reset(&phones(3))?;
    service.faults(faults)?;
    let options = RunOptions::default()
        .write_quota(10_000, PATIENCE)?
        .connections(1)?
        .inspect_first(false)
        .max_users(3)?
        .batch_size(20)?;
    let (mut rows, _) = finish(&client(service, "demo-token")?.run(options)?, (1..=3).map(name))?;
    rows.sort_by(|a, b| a.user.cmp(&b.user));
    Ok(rows)
}

fn refusal() -> Value {
    json!({"error": {"code": "Forbidden", "message": "No."}})
}

#[test]
fn a_part_is_graphs_by_the_id_of_its_batch() -> Tested {
    let service = Service::start()?;
    // A part often has no request-id of its own.
    let parts = |own: Value| {
        json!({"responses": [
            {"id": "0", "status": 403, "headers": own, "body": refusal()},
            {"id": "1", "status": 403, "headers": own, "body": refusal().to_string()},
        ]})
    };
    for (outer, own, outcome) in [
        (GUID, json!({}), Outcome::Failed),
        (GUID, json!({"request-id": "7"}), Outcome::Failed),
        ("7", json!({"request-id": GUID}), Outcome::Failed),
        ("7", json!({}), Outcome::Unknown),
        ("|a1b2.", json!({"request-id": "7"}), Outcome::Unknown),
    ] {
        let fault =
            json!([{"match": "$batch", "json": parts(own.clone()), "headers": {"request-id": outer}}]);
        let rows = batched(&service, &fault)?;
        let reported: Vec<_> = rows.iter().map(|row| row.outcome).collect();
        assert_eq!(reported, [Outcome::Accepted, outcome, outcome], "{outer} {own}");
        for row in &rows[1..] {
            let id = row.error.as_ref().and_then(|error| error.request_id.clone());
            assert!(id.is_none_or(|id| id == GUID));
        }
    }
    Ok(())
}

#[test]
fn a_part_may_give_back_its_own_id_or_the_batchs_and_no_other() -> Tested {
    let service = Service::start()?;
    let part = json!([{"match": "removeAll", "in_batch": true, "headers": {"client-request-id": ANOTHERS}}]);
    let rows = batched(&service, &part)?;
    assert_eq!(
        outcomes(&rows),
        BTreeMap::from([(("accepted", ""), 2), (("unknown", ""), 1)])
    );
    let error = rows.iter().find_map(|row| row.error.as_ref()).ok_or("no error")?;
    assert_eq!(
        (error.status, error.effect),
        (Status::UnexpectedResponse, Effect::Possible)
    );
    let own = error.client_request_id.as_deref().ok_or("no id")?;
    assert!(own != ANOTHERS && error.message.contains(own) && error.message.contains(ANOTHERS));

    let whole = json!([{"match": "$batch", "headers": {"client-request-id": ANOTHERS}}]);
    let rows = batched(&service, &whole)?;
    assert_eq!(
        outcomes(&rows),
        BTreeMap::from([(("accepted", ""), 1), (("unknown", ""), 2)])
    );

    // The batch's id for each of its parts, in capitals.
    let rows = batched(&service, &json!([]))?;
    assert!(rows.iter().all(|row| row.outcome == Outcome::Accepted));
    let receipts = rows.iter().filter_map(|row| row.receipt.as_ref());
    let ids: Vec<_> = receipts
        .map(|receipt| receipt.client_request_id.clone())
        .collect();
    let log = service.log()?;
    assert_eq!(log.len(), 2);
    assert_eq!(ids.len(), 3);
    assert!(ids[1] != ids[2], "each has its own");
    Ok(())
}

#[test]
fn an_answer_in_a_batch_about_another_user_is_read_again_alone() -> Tested {
    let service = Service::start()?;
    service.reset(&phones(2))?;
    service.faults(
        &json!([{"match": "managedDevices", "in_batch": true, "headers": {"client-request-id": ANOTHERS}}]),
    )?;
    let run = client(&service, "demo-token")?.run(RunOptions::default().max_users(2)?)?;
    for user in (1..=2).map(name) {
        run.add_user(&user)?;
    }
    let (rows, _) = finish(&run, [])?;
    assert!(rows.iter().all(|row| row.outcome == Outcome::Accepted));
    let log = service.log()?;
    let alone = log.iter().filter(|entry| {
        let target = entry["target"].as_str().unwrap_or_default();
        entry["method"] == "GET" && target.contains("managedDevices")
    });
    assert_eq!(alone.count(), 1, "{log:?}");
    Ok(())
}

/// The devices of one user, from pages of these sizes with these additional members.
fn listed(
    service: &Service,
    pages: &[usize],
) -> Result<Result<DeviceList, Error>, Box<dyn std::error::Error>> {
    let mut first = 0;
    let mut faults = Vec::new();
    for (number, items) in pages.iter().enumerate() {
        let devices: Vec<_> = (first..first + items)
            .map(|id| json!({"id": format!("d{id}")}))
            .collect();
        first += items;
        let mut page = json!({"value": devices});
        if number + 1 < pages.len() {
            page["@odata.nextLink"] = format!(
                "{}/v1.0/users/{ADELE}/managedDevices?$skip={first}",
                service.endpoint()
            )
            .into();
        }
        faults.push(json!({"json": page}));
    }
    service.faults(&json!(faults))?;
    let options = service.real_options()?.max_attempts(1)?;
    let client = Client::new(options, Token::new("demo-token")?)?;
    let user = UserId::parse(ADELE)?;
    Ok(client.managed_devices(&user, &CallOptions::default()))
}

#[test]
fn a_list_that_no_person_can_have_is_not_trusted() -> Tested {
    let service = Service::start()?;
    assert_eq!(
        listed(&service, &[1000; 10])?.map(|list| list.devices.len()),
        Ok(10_000)
    );
    for pages in [
        &[1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1][..],
        &[20_000],
        &[1, 20_000],
    ] {
        service.reset(&json!({}))?;
        let error = listed(&service, pages)?.err().ok_or("it was taken")?;
        assert_eq!(
            (error.status, error.effect),
            (Status::UnexpectedResponse, Effect::None)
        );
        assert!(error.message.contains("cannot be trusted"), "{}", error.message);
    }
    Ok(())
}

#[test]
fn a_user_with_such_a_list_is_not_sent() -> Tested {
    let service = Service::start()?;
    service.reset(&phones(1))?;
    let devices: Vec<_> = (0..20_000).map(|id| json!({"id": format!("d{id}")})).collect();
    service.faults(&json!([{"match": "managedDevices", "json": {"value": devices}, "times": 9}]))?;
    let options = service.real_options()?.max_attempts(1)?;
    let run = Client::new(options, Token::new("demo-token")?)?.run(RunOptions::default())?;
    let (rows, _) = finish(&run, [name(1)])?;
    assert_eq!(outcomes(&rows), BTreeMap::from([(("failed", ""), 1)]));
    assert_eq!(service.get("actions")?.as_array().map(Vec::len), Some(0));
    Ok(())
}

#[test]
fn no_piece_of_a_token_is_reported_or_recorded() -> Tested {
    const SECRET: &str = "ABCDEFGHIJ+klmnopqrst/UVWXYZ0123456789=demo-token";
    let (service, folder) = (Service::start()?, Folder::new("echo")?);
    let mut tenant = phones(2);
    tenant["tokens"] = json!({SECRET: "good"});
    service.reset(&tenant)?;
    let piece = &SECRET[5..30];
    let escaped = SECRET.replace('+', "\\u002b").replace('/', "\\/");
    let refusal = format!(
        r#"{{"error":{{"code":"{piece}","message":"{escaped}, {piece}","innerError":{{"code":"{escaped}","request-id":"{GUID}"}}}}}}"#
    );
    let device = json!({"id": "d1", "operatingSystem": "iOS", "deviceName": SECRET, "model": piece, "serialNumber": format!("x{piece}")});
    service.faults(&json!([
        {"match": "managedDevices", "json": {"value": [device]}},
        {"match": "removeAll", "status": 400, "body": refusal, "headers": {"request-id": piece, "date": SECRET, "x-msft-approval-code": SECRET}},
        {"match": "removeAll", "headers": {"request-id": SECRET, "date": piece}},
    ]))?;
    let path = folder.file("leavers.jsonl");
    let run = client(&service, SECRET)?.run(RunOptions::default().connections(1)?.journal(&path))?;
    let (rows, summary) = finish(&run, (1..=2).map(name))?;
    let outcomes: Vec<_> = rows.iter().map(|row| row.outcome).collect();
    assert_eq!(outcomes, [Outcome::Failed, Outcome::Accepted]);
    let reported = format!("{rows:?} {summary:?} {:?}", journal(&path)?);
    assert!(reported.contains("[token]"), "{reported}");
    for at in 0..=SECRET.len() - 20 {
        assert!(!reported.contains(&SECRET[at..at + 20]), "{reported}");
    }
    Ok(())
}

#[test]
fn a_token_of_another_cloud_goes_nowhere() -> Tested {
    let token = common::token_with(&json!({"aud": "https://microsoftgraph.chinacloudapi.cn/", "scp": "x"}));
    // The proxy cannot be reached, so a request would fail.
    let options = graph_devices::ClientOptions::default().proxy("http://127.0.0.1:1")?;
    for (endpoint, is_refused) in [
        ("https://graph.microsoft.com", true),
        ("https://microsoftgraph.chinacloudapi.cn", false),
    ] {
        let options = options
            .clone()
            .endpoint(Endpoint::parse(endpoint)?)
            .max_attempts(1)?;
        let error = Client::new(options, Token::new(&token)?)?
            .remove_all_devices(&UserId::parse(ADELE)?, &CallOptions::default())
            .unwrap_err();
        let expected = if is_refused {
            (Status::Unauthenticated, 0)
        } else {
            (Status::ConnectionFailed, 1)
        };
        assert_eq!((error.status, error.attempts), expected, "{}", error.message);
        assert_eq!(error.effect, Effect::None);
        assert_eq!(
            error.message.contains("use cloud china"),
            is_refused,
            "{}",
            error.message
        );
    }
    Ok(())
}
