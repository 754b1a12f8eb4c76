//! Reads of users and devices.

mod common;

use common::{ADELE, GOOD, Outcome, Stage};
use serde_json::{Value, json};

#[test]
fn a_user_is_shown_in_part() -> Outcome {
    let stage = Stage::new()?;
    let user = stage.get("/v1.0/users/adele@contoso.com", GOOD)?.json()?;
    assert_eq!(user["id"], ADELE);
    assert_eq!(user["userPrincipalName"], "adele@contoso.com");
    assert_eq!(user.get("accountEnabled"), None, "only with $select");

    let user = stage
        .get(&format!("/v1.0/users/{ADELE}?$select=id,accountEnabled"), GOOD)?
        .json()?;
    let names: Vec<&String> = user.as_object().ok_or("no object")?.keys().collect();
    assert_eq!(names, ["@odata.context", "accountEnabled", "id"]);
    assert_eq!(user["accountEnabled"], true);

    let unknown = stage.get(&format!("/v1.0/users/{ADELE}?%24select=shoeSize"), GOOD)?;
    assert_eq!(unknown.status, 400);
    assert!(
        unknown
            .error()?
            .1
            .contains("Could not find a property named 'shoeSize'")
    );
    assert_eq!(stage.get("/v1.0/users/missing@contoso.com", GOOD)?.status, 404);
    Ok(())
}

#[test]
fn devices_carry_what_a_preview_needs() -> Outcome {
    let stage = Stage::new()?;
    let devices = stage
        .get("/v1.0/users/adele@contoso.com/managedDevices", GOOD)?
        .json()?;
    let first = &devices["value"][0];
    for (name, value) in [
        ("operatingSystem", json!("Windows")),
        ("managementState", json!("managed")),
        ("userId", json!(ADELE)),
        ("userPrincipalName", json!("adele@contoso.com")),
        ("managedDeviceOwnerType", json!("company")),
        ("deviceActionResults", json!([])),
    ] {
        assert_eq!(first[name], value, "{name}");
    }
    for name in [
        "enrolledDateTime",
        "lastSyncDateTime",
        "managementCertificateExpirationDate",
    ] {
        assert!(
            first[name].as_str().is_some_and(|time| time.ends_with('Z')),
            "{name}"
        );
    }
    assert_eq!(devices["value"][1]["operatingSystem"], "iOS");
    assert_eq!(
        stage
            .get("/v1.0/users/lee@contoso.com/managedDevices", GOOD)?
            .json()?["value"],
        json!([])
    );
    Ok(())
}

#[test]
fn lists_are_paged_by_the_next_link() -> Outcome {
    let devices: Vec<Value> = (0..5).map(|n| json!({"deviceName": format!("D{n}")})).collect();
    let stage = Stage::with(&json!({
        "page_size": 2,
        "users": [{"userPrincipalName": "many@contoso.com", "devices": devices}],
    }))?;
    let mut target = "/v1.0/users/many@contoso.com/managedDevices?$select=deviceName".to_owned();
    let mut names = Vec::new();
    let mut pages = 0;
    while pages < 9 {
        let page = stage.get(&target, GOOD)?.json()?;
        pages += 1;
        for device in page["value"].as_array().ok_or("no value")? {
            assert_eq!(
                device.as_object().map(serde_json::Map::len),
                Some(1),
                "$select is kept"
            );
            names.push(device["deviceName"].as_str().unwrap_or_default().to_owned());
        }
        let Some(link) = page["@odata.nextLink"].as_str() else {
            break;
        };
        let root = format!("http://{}", stage.address());
        link.strip_prefix(&root)
            .ok_or("another host")?
            .clone_into(&mut target);
    }
    assert_eq!((pages, names.join(" ").as_str()), (3, "D0 D1 D2 D3 D4"));
    Ok(())
}

#[test]
fn one_device_is_read_by_its_own_route() -> Outcome {
    let stage = Stage::new()?;
    let id = "d0000000-0000-4000-8000-000000000001";
    let target = format!("/v1.0/deviceManagement/managedDevices/{id}");
    assert_eq!(stage.get(&target, GOOD)?.json()?["managementState"], "managed");
    stage.retire(ADELE, GOOD)?;
    let device = stage.get(&target, GOOD)?.json()?;
    assert_eq!(device["managementState"], "retireIssued");
    assert_eq!(device["deviceActionResults"], json!([]));
    let quoted = format!("/v1.0/deviceManagement/managedDevices('{id}')?$select=deviceActionResults");
    assert_eq!(
        stage.get(&quoted, GOOD)?.json()?["deviceActionResults"][0]["actionState"],
        "pending"
    );

    stage.manage("DELETE", &format!("devices/{id}"), &json!({}))?;
    let gone = stage.get(&target, GOOD)?;
    assert_eq!((gone.status, gone.error()?.0.as_str()), (404, "ResourceNotFound"));
    Ok(())
}

#[test]
fn the_tenant_list_ignores_a_filter_by_user() -> Outcome {
    let stage = Stage::new()?;
    let target = format!("/v1.0/deviceManagement/managedDevices?$filter=userId%20eq%20'{ADELE}'");
    assert_eq!(
        stage.get(&target, GOOD)?.json()?["value"]
            .as_array()
            .map(Vec::len),
        Some(7)
    );
    let refused = stage.get("/v1.0/users/adele@contoso.com/managedDevices?$filter=x", GOOD)?;
    assert_eq!(refused.status, 400);
    Ok(())
}
