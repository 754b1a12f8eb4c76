//! The signed-in user is never sent: by any name, and if the identity of a user cannot be read.

mod common;

use common::runs::{acted, client, id, name, phones, reasons, rows};
use common::{Service, Tested, token_with};
use graph_devices::{CallOptions, Outcome, Reason, RunOptions, Status, UserId};
use serde_json::json;

/// A tenant in which this token may not read users, nor devices if `devices` is set.
fn unreadable(service: &Service, token: &str, devices: bool) -> Tested {
    let mut tenant = phones(3);
    tenant["tokens"] = json!({token: "good"});
    service.reset(&tenant)?;
    let refusal = json!({"error": {"code": "Authorization_RequestDenied", "message": "Insufficient privileges to complete the operation."}});
    for in_batch in [true, false] {
        service.faults(&json!([{"match": "?$select=id,userPrincipalName", "in_batch": in_batch, "status": 403, "json": refusal, "times": 99}]))?;
        if !devices {
            service.faults(&json!([{"match": "/managedDevices", "in_batch": in_batch, "status": 403, "json": refusal, "times": 99}]))?;
        }
    }
    Ok(())
}

#[test]
fn a_user_that_might_be_the_signed_in_user_is_not_sent() -> Tested {
    let service = Service::start()?;
    let guest = "bob_fabrikam.com#EXT#@contoso.com".to_owned();
    let blind = || RunOptions::default().inspect_first(false);
    for claims in [
        json!({"oid": id(1), "scp": "User.Read"}),
        json!({"oid": id(1), "scp": "User.Read", "unique_name": "admin@fabrikam.com"}),
        json!({"oid": id(1), "scp": "User.Read", "email": "admin@fabrikam.com", "preferred_username": "x@y"}),
    ] {
        let token = token_with(&claims);
        // By name, for any user.
        unreadable(&service, &token, false)?;
        for options in [blind(), RunOptions::default()] {
            let rows = rows(&service, &token, options, &[name(1), guest.clone()])?;
            for row in &rows {
                let error = row.error.as_ref().ok_or("no error")?;
                assert_eq!(error.status, Status::PermissionDenied);
                assert!(error.message.contains("the signed-in user"), "{error}");
            }
        }
        assert!(acted(&service)?.is_empty());
        // By object id they are distinguished.
        assert_eq!(
            reasons(&rows(&service, &token, blind(), &[id(1), id(2)])?),
            [Reason::Excluded, Reason::None]
        );
        // The owner of the devices distinguishes them, too.
        unreadable(&service, &token, true)?;
        let rows = rows(&service, &token, RunOptions::default(), &[name(1), name(2)])?;
        assert_eq!(reasons(&rows), [Reason::Excluded, Reason::None]);
        assert_eq!(acted(&service)?, [id(2)]);
    }
    Ok(())
}

#[test]
fn the_principal_name_of_the_token_is_enough_where_nothing_is_to_be_read() -> Tested {
    let service = Service::start()?;
    let token = token_with(&json!({"oid": id(1), "scp": "User.Read", "upn": name(1)}));
    unreadable(&service, &token, false)?;
    let options = RunOptions::default().inspect_first(false);
    assert_eq!(
        reasons(&rows(&service, &token, options, &[name(1), name(2)])?),
        [Reason::Excluded, Reason::None]
    );
    // If reads are on, the token's name does not replace the one of the directory.
    let rows = rows(&service, &token, RunOptions::default(), &[name(3)])?;
    assert_eq!(rows.first().map(|row| row.outcome), Some(Outcome::Failed));
    assert_eq!(acted(&service)?, [id(2)]);
    Ok(())
}

#[test]
fn an_app_is_no_person() -> Tested {
    let service = Service::start()?;
    for claims in [
        json!({"oid": id(1), "idtyp": "app", "scp": "x"}),
        json!({"oid": id(1), "roles": ["User.Read.All"]}),
    ] {
        let token = token_with(&claims);
        unreadable(&service, &token, false)?;
        let rows = rows(
            &service,
            &token,
            RunOptions::default().inspect_first(false),
            &[name(2), id(1)],
        )?;
        assert_eq!(reasons(&rows), [Reason::None, Reason::None]);
    }
    Ok(())
}

#[test]
fn the_signed_in_person_by_every_name() -> Tested {
    let service = Service::start()?;
    for (claim, own, listed) in [
        (
            "unique_name",
            "BOB@fabrikam.com",
            "bob_fabrikam.com#EXT#@contoso.com",
        ),
        ("email", "bob@fabrikam.com", "Bob_Fabrikam.com#ext#@contoso.com"),
        (
            "unique_name",
            "live.com#bob@fabrikam.com",
            "bob_fabrikam.com#EXT#@contoso.com",
        ),
        (
            "preferred_username",
            "s\u{d8}ren@contoso.com",
            "S\u{f8}ren@contoso.com",
        ),
        ("upn", "bob_fabrikam.com#EXT#@contoso.com", "bob@fabrikam.com"),
        ("upn", "wei\u{df}@contoso.com", "WEISS@contoso.com"),
    ] {
        let token = token_with(&json!({claim: own, "scp": "User.Read"}));
        let mut tenant = phones(1);
        tenant["tokens"] = json!({&token: "good"});
        service.reset(&tenant)?;
        let rows = rows(&service, &token, RunOptions::default(), &[listed.to_owned()])?;
        assert_eq!(reasons(&rows), [Reason::Excluded], "{own} {listed}");
        let call =
            client(&service, &token)?.remove_all_devices(&UserId::parse(listed)?, &CallOptions::default());
        assert_eq!(
            call.map_err(|error| error.status).err(),
            Some(Status::InvalidArgument)
        );
        assert!(service.log()?.is_empty());
    }
    Ok(())
}
