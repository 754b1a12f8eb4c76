//! Users by rule: many of them, quick to make, and each as real as one made by hand.

mod common;

use std::time::{Duration, Instant};

use common::{GOOD, Outcome, Stage};
use serde_json::{Value, json};

const FIRST: &str = "11000000-0000-4000-8000-000000000001";

#[test]
fn a_million_users_are_there_at_once() -> Outcome {
    let start = Instant::now();
    let stage = Stage::with(&json!({"users": [], "generate": {"users": 1_000_000, "devices": 2}}))?;
    let last = "11000000-0000-4000-8000-000001000000";
    for (key, id, name) in [
        ("user-000001@contoso.com", FIRST, "user-000001@contoso.com"),
        (last, last, "user-1000000@contoso.com"),
        (
            "USER-999999@contoso.com",
            "11000000-0000-4000-8000-000000999999",
            "user-999999@contoso.com",
        ),
    ] {
        let user = stage.get(&format!("/v1.0/users/{key}"), GOOD)?.json()?;
        assert_eq!(user["id"], id);
        assert_eq!(user["userPrincipalName"], name);
        let devices = stage
            .get(&format!("/v1.0/users/{key}/managedDevices"), GOOD)?
            .json()?;
        assert_eq!(devices["value"].as_array().map(Vec::len), Some(2));
        assert_eq!(devices["value"][1]["operatingSystem"], "iOS");
        assert_eq!(devices["value"][0]["userId"], id);
    }
    for stranger in [
        "user-1000001@contoso.com",
        "user-0999999@contoso.com",
        "user-1@contoso.com",
        "11000000-0000-4000-8000-000000000000",
        "11000000-0000-4000-8000-000001000001",
    ] {
        let answer = stage.get(&format!("/v1.0/users/{stranger}"), GOOD)?;
        assert_eq!(answer.status, 404, "{stranger}");
    }
    // A tenth of a second unhurried; a million records would take half a minute at the least.
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    Ok(())
}

#[test]
fn they_retire_and_read_the_same_each_time() -> Outcome {
    let stage = Stage::with(&json!({"users": [], "generate": {"users": 3, "devices": 2}}))?;
    let target = format!("/v1.0/users/{FIRST}/managedDevices");
    let before = stage.get(&target, GOOD)?.json()?;
    assert_eq!(stage.retire(FIRST, GOOD)?.status, 204);
    let mut after = stage.get(&target, GOOD)?.json()?;
    for device in after["value"].as_array_mut().ok_or("no devices")? {
        assert_eq!(device["managementState"], "retireIssued");
        device["managementState"] = json!("managed");
    }
    assert_eq!(before, after);
    let one = "/v1.0/deviceManagement/managedDevices/d1000000-0000-4000-8000-000000000002\
               ?$select=managementState,deviceActionResults";
    let device = stage.get(one, GOOD)?.json()?;
    assert_eq!(device["managementState"], "retireIssued");
    assert_eq!(device["deviceActionResults"][0]["actionName"], "retire");
    assert_eq!(
        stage.state()?["generated"],
        json!({"users": 3, "devices": 2, "changed": 0, "retired": 1})
    );
    let all = stage.get("/v1.0/deviceManagement/managedDevices", GOOD)?.json()?;
    assert_eq!(all["@odata.count"], 6);
    Ok(())
}

#[test]
fn one_of_them_can_be_renamed_replaced_and_given_devices() -> Outcome {
    let stage = Stage::with(&json!({"generate": {"users": 5, "devices": 1}}))?;
    let (old, new) = ("user-000001@contoso.com", "left@contoso.com");
    stage.retire(FIRST, GOOD)?;
    stage.manage(
        "PATCH",
        &format!("users/{old}"),
        &json!({"userPrincipalName": new}),
    )?;
    let successor = stage.manage(
        "POST",
        "users",
        &json!({"userPrincipalName": old, "devices": [{}]}),
    )?;
    let successor = successor["id"].as_str().ok_or("no id")?;
    assert_ne!(successor, FIRST);
    let id_of = |name: &str| -> Result<Value, Box<dyn std::error::Error>> {
        let user = stage.get(&format!("/v1.0/users/{name}"), GOOD)?.json()?;
        Ok(user["id"].clone())
    };
    assert_eq!((id_of(old)?, id_of(new)?), (json!(successor), json!(FIRST)));

    let device = stage.manage("POST", &format!("users/{FIRST}/devices"), &json!({}))?;
    let user = stage.manage("GET", &format!("users/{FIRST}"), &Value::Null)?;
    let states: Vec<&Value> = user["devices"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|device| &device["managementState"])
        .collect();
    assert_eq!(states, ["retireIssued", "managed"]);
    assert_eq!(user["devices"][1]["id"], device["id"]);

    stage.manage("DELETE", "users/user-000002@contoso.com", &Value::Null)?;
    assert_eq!(stage.retire("user-000002@contoso.com", GOOD)?.status, 404);
    assert_eq!(stage.state()?["generated"]["changed"], 2);
    Ok(())
}

#[test]
fn changes_cost_the_same_however_many_there_are() -> Outcome {
    let stage = Stage::with(&json!({"users": [], "generate": {"users": 100_000}}))?;
    let start = Instant::now();
    for n in 1..=1000 {
        let device = json!({"deviceName": "NEW"});
        stage.manage("POST", &format!("users/user-{n:06}@contoso.com/devices"), &device)?;
    }
    // Each is a connection of its own: some 0.2 ms. With an index built each time, each would take 100 ms.
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    Ok(())
}

#[test]
fn many_connections_at_once_are_served() -> Outcome {
    const CONNECTIONS: usize = 64;
    const EACH: usize = 50;
    let stage = Stage::with(&json!({"generate": {"users": CONNECTIONS * EACH}, "keep_log": false}))?;
    std::thread::scope(|scope| {
        let clients: Vec<_> = (0..CONNECTIONS)
            .map(|client| {
                let stage = &stage;
                scope.spawn(move || -> Result<(), String> {
                    let mut connection = stage.connect().map_err(|error| error.to_string())?;
                    for n in 0..EACH {
                        let user = format!("user-{:06}@contoso.com", client * EACH + n + 1);
                        let request = common::retire_request(&user, GOOD, "");
                        connection.send(&request).map_err(|error| error.to_string())?;
                        let answer = connection.answer().map_err(|error| error.to_string())?;
                        if answer.status != 204 {
                            return Err(answer.head);
                        }
                    }
                    Ok(())
                })
            })
            .collect();
        clients
            .into_iter()
            .try_for_each(|client| client.join().unwrap_or_else(|_| Err("panicked".to_owned())))
    })?;
    let after = stage.state()?;
    assert_eq!(after["generated"]["retired"], CONNECTIONS * EACH);
    assert_eq!(after["counts"]["attempts"], CONNECTIONS * EACH);
    assert_eq!(stage.log()?.len(), 0, "no log was wanted");
    Ok(())
}
