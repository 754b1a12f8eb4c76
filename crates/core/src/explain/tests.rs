//! The messages, by the service's answer and the token's claims.

use super::*;

fn explained(status: Status, http_status: u16, token: &TokenFacts, text: &str) -> String {
    let body = ErrorBody {
        message: Some(text.to_owned()),
        ..ErrorBody::default()
    };
    let now = UNIX_EPOCH + Duration::from_secs(10_000);
    let context = Context {
        kind: RequestKind::Retire,
        token,
        audience: Some("https://graph.microsoft.com"),
        user: "adele@contoso.com",
        client_request_id: None,
        now,
    };
    message(&Case {
        status,
        http_status,
        from_graph: true,
        body: &body,
        location: None,
        challenged: false,
        approval_code: None,
        context: &context,
    })
}

#[test]
fn a_401_is_explained_by_the_token() {
    let none = TokenFacts::default();
    let expired = TokenFacts {
        expires: Some(9_700),
        ..TokenFacts::default()
    };
    let other = TokenFacts {
        audience: Some("https://management.azure.com".into()),
        ..TokenFacts::default()
    };
    assert_eq!(
        explained(Status::Unauthenticated, 401, &expired, ""),
        "the token expired 5 minutes ago; get a new one"
    );
    assert!(
        explained(Status::Unauthenticated, 401, &other, "")
            .contains("audience https://graph.microsoft.com, not https://management.azure.com")
    );
    assert!(
        explained(
            Status::Unauthenticated,
            401,
            &none,
            "CompactToken parsing failed with error code: 80049217"
        )
        .contains("could not read")
    );
    assert!(
        explained(
            Status::Unauthenticated,
            401,
            &none,
            "Access token validation failure. Invalid audience."
        )
        .contains("another service or cloud")
    );
    assert!(
        explained(Status::PermissionDenied, 401, &none, "An error has occurred")
            .contains("Remote tasks / Retire")
    );
}

#[test]
fn a_403_names_the_permission() {
    let token = |permission: &str| TokenFacts {
        readable: true,
        permissions: vec![permission.into()],
        ..TokenFacts::default()
    };
    assert!(
        explained(Status::PermissionDenied, 403, &TokenFacts::default(), "")
            .contains(RequestKind::Retire.permission())
    );
    assert!(
        explained(
            Status::PermissionDenied,
            403,
            &token("DeviceManagementManagedDevices.ReadWrite.All"),
            ""
        )
        .contains("not enough")
    );
    assert!(
        explained(
            Status::PermissionDenied,
            403,
            &token("DeviceManagementManagedDevices.PriviligedOperation.All"),
            ""
        )
        .contains("misspelt")
    );
    assert!(
        explained(
            Status::PermissionDenied,
            403,
            &token(RequestKind::Retire.permission()),
            ""
        )
        .contains("Remote tasks / Retire")
    );
}
