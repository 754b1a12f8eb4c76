//! Limits, warnings, exclusions, and users that cannot be read.

use super::*;

#[test]
fn limits_warnings_and_exclusions() -> Result<(), Error> {
    let decide = |options: RunOptions, inspection: &Inspection| {
        word(&rules(&options).decide(&Known {
            inspection,
            resumed: None,
            planned: None,
            seen: None,
        }))
    };
    let plain = RunOptions::default;
    assert_eq!(decide(plain(), &inspected(ID, Some(&[]))), "nothing_listed");
    assert_eq!(
        decide(plain().max_devices_per_user(1)?, &inspected(ID, Some(MANAGED))),
        "too_many_devices"
    );
    assert_eq!(
        decide(plain(), &inspected(ID, None)),
        "send",
        "reading is not permitted"
    );
    assert_eq!(
        decide(plain().preview(), &inspected(ID, Some(MANAGED))),
        "preview"
    );
    assert_eq!(
        decide(plain().preview(), &inspected(ID, None)),
        "end: permission_denied"
    );
    assert_eq!(
        decide(
            plain().exclude(USER.to_uppercase().parse()?),
            &inspected(ID, Some(MANAGED))
        ),
        "excluded",
        "by the name that the id turned out to have"
    );
    let mut own = inspected(ID, Some(MANAGED));
    if let Some(identity) = &mut own.identity {
        identity.upn = Some("Admin@contoso.com".into());
    }
    assert_eq!(decide(plain(), &own), "excluded");

    let mut warned = inspected(ID, Some(MANAGED));
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
fn a_user_with_a_device_that_came_between_two_inspections_is_skipped() {
    let (first, second) = (
        inspected(ID, Some(MANAGED)),
        inspected(ID, Some(&[("a", "managed"), ("c", "managed")])),
    );
    let decide = |inspection: &Inspection| {
        word(&rules(&RunOptions::default()).decide(&Known {
            inspection,
            resumed: None,
            planned: None,
            seen: first.devices(),
        }))
    };
    assert_eq!(decide(&second), "new_device");
    assert_eq!(decide(&inspected(ID, Some(&[("B", "managed")]))), "send");
}

#[test]
fn an_exclusion_protects_in_any_case_of_letters() {
    let options = RunOptions::default().exclude("S\u{d8}REN@contoso.com".parse().unwrap());
    assert!(rules(&options).refuse("s\u{f8}ren@CONTOSO.com").is_some());
    assert!(rules(&options).refuse("soren@contoso.com").is_none());
}

#[test]
fn a_user_that_cannot_be_identified_is_not_sent() -> Result<(), Error> {
    let unread = |given_id: Option<&str>| Inspection {
        identity: None,
        given_id: given_id.map(str::to_owned),
        ..inspected(ID, Some(MANAGED))
    };
    let decide = |options: RunOptions, inspection: &Inspection| {
        word(&rules(&options).decide(&Known {
            inspection,
            resumed: None,
            planned: None,
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
    // A name that once belonged to a user is no evidence of who has it now.
    assert_eq!(
        decided(&[seen(MANAGED), sent()], &unread(None))?,
        "unknown: permission_denied"
    );
    assert_eq!(
        decided(&[seen(MANAGED), sent()], &unread(Some(ID)))?,
        "send resolved"
    );
    assert_eq!(decided(&[seen(MANAGED)], &unread(None))?, refused);
    Ok(())
}

#[test]
fn a_read_error_is_reported_and_nothing_is_sent() {
    let mut broken = inspected(ID, None);
    broken.error = Some(Error::new(Status::UnexpectedResponse, "a broken page"));
    let decision = rules(&RunOptions::default()).decide(&Known {
        inspection: &broken,
        resumed: None,
        planned: None,
        seen: None,
    });
    assert!(
        matches!(&decision, Decision::Report(error) if error.outcome() == Outcome::Failed),
        "{decision:?}"
    );
}
