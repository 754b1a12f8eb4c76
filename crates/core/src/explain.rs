//! What to tell a person about a refusal: lowercase, what happened, what to do next.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::body::ErrorBody;
use crate::purpose::Purpose;
use crate::status::Status;
use crate::token::TokenFacts;

/// Spellings that documentation once had; the token endpoint refuses them
/// (<https://github.com/microsoftgraph/microsoft-graph-docs-contrib/issues/4311>).
const MISSPELT: &str = "DeviceManagementManagedDevices.Privilig";
const GRAPH_APP_ID: &str = "00000003-0000-0000-c000-000000000000";

/// What a judgement may look at besides the answer.
pub(crate) struct Context<'a> {
    pub(crate) purpose: Purpose,
    pub(crate) token: &'a TokenFacts,
    /// The audience that this service wants; none for an endpoint that is no known cloud.
    pub(crate) audience: Option<&'a str>,
    pub(crate) user: &'a str,
    pub(crate) now: SystemTime,
}

/// A refusal and what is known about it.
pub(crate) struct Case<'a> {
    pub(crate) status: Status,
    pub(crate) http_status: u16,
    pub(crate) from_graph: bool,
    pub(crate) body: &'a ErrorBody,
    pub(crate) challenged: bool,
    pub(crate) approval_code: Option<&'a str>,
    pub(crate) context: &'a Context<'a>,
}

pub(crate) fn message(case: &Case<'_>) -> String {
    let purpose = case.context.purpose;
    match case.status {
        Status::PermissionDenied | Status::ServiceUnavailable | Status::UnexpectedResponse | Status::Rejected
            if !purpose.writes() =>
        {
            format!("{}: HTTP {}", purpose.message(case.status), case.http_status)
        }
        Status::Unauthenticated => unauthenticated(case),
        Status::PermissionDenied => permission_denied(case),
        Status::UserNotFound => user_not_found(case),
        Status::ApprovalPending => match case.approval_code {
            Some(code) => format!("{}: {code}", Status::ApprovalPending.message()),
            None => "queued for approval by a second administrator, but the service named no approval code; find the request in the Intune admin center".to_owned(),
        },
        Status::Rejected => rejected(case),
        Status::UnexpectedResponse => format!("{}: HTTP {}", Status::UnexpectedResponse.message(), case.http_status),
        Status::ServiceUnavailable if case.http_status == 503 && case.from_graph => {
            "the service is not available and did nothing; try again later: HTTP 503".to_owned()
        }
        Status::ServiceUnavailable => format!("{}: HTTP {}", Status::ServiceUnavailable.message(), case.http_status),
        other => other.message().to_owned(),
    }
}

fn unauthenticated(case: &Case<'_>) -> String {
    let token = case.context.token;
    if case.challenged {
        return "the service wants a new token that meets its claims (continuous access evaluation); sign in again with the claims of this error".to_owned();
    }
    if let Some(expired) = expired(token, case.context.now) {
        return format!("the token expired {expired}; get a new one");
    }
    if let (Some(audience), Some(wanted)) = (&token.audience, case.context.audience)
        && audience.trim_end_matches('/') != wanted
        && audience != GRAPH_APP_ID
    {
        return format!(
            "the token is for another service; get one with the audience {wanted}, not {audience}"
        );
    }
    let says = |part: &str| {
        case.body
            .message
            .as_deref()
            .is_some_and(|text| text.to_ascii_lowercase().contains(part))
    };
    let wanted = case
        .context
        .audience
        .unwrap_or("the Microsoft Graph of its cloud");
    if says("audience") {
        format!("the token is for another service or cloud; get one with the audience {wanted}")
    } else if says("80049228") || says("expired") {
        "the token has expired; get a new one".to_owned()
    } else if says("80049217") || says("parsing failed") || says("not well formed") {
        "the service could not read the token; pass the access token whole, without `Bearer`, and not an id or refresh token".to_owned()
    } else {
        format!("the service refused the token; get a new one for {wanted}")
    }
}

/// How long ago the token expired, in words.
fn expired(token: &TokenFacts, now: SystemTime) -> Option<String> {
    let now = i64::try_from(now.duration_since(UNIX_EPOCH).ok()?.as_secs()).ok()?;
    let ago = now.checked_sub(token.expires?).filter(|ago| *ago > 0)?;
    Some(format!(
        "{} ago",
        in_words(Duration::from_secs(ago.unsigned_abs()))
    ))
}

/// A stretch of time as a person would say it.
pub(crate) fn in_words(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        ..120 => format!("{seconds} seconds"),
        120..7200 => format!("{} minutes", seconds / 60),
        7200..172_800 => format!("{} hours", seconds / 3600),
        _ => format!("{} days", seconds / 86_400),
    }
}

fn permission_denied(case: &Case<'_>) -> String {
    let permission = case.context.purpose.permission();
    let token = case.context.token;
    let has = |name: &str| token.permissions.iter().any(|permission| permission == name);
    if case.http_status == 401 {
        return "the signed-in person lacks the Intune role permission Remote tasks / Retire; assign a role such as Help Desk Operator (a new token does not help)".to_owned();
    }
    if token
        .permissions
        .iter()
        .any(|permission| permission.starts_with(MISSPELT))
    {
        return format!("the token's permission is misspelt; the right name is {permission}");
    }
    if token.readable && has(permission) {
        return if token.app_only {
            format!(
                "the app has {permission}, yet the service refused; look for a multi admin approval or access policy that excludes it"
            )
        } else {
            "the token has the permission, but the signed-in person lacks the Intune role permission Remote tasks / Retire or their scope does not hold this user".to_owned()
        };
    }
    let kind = if case
        .body
        .message
        .as_deref()
        .is_some_and(|text| text.contains("app only context"))
        || (token.readable && token.app_only)
    {
        "application permission"
    } else {
        "permission"
    };
    let hint = if has("DeviceManagementManagedDevices.ReadWrite.All") {
        " (ReadWrite.All is not enough)"
    } else {
        ""
    };
    format!("not permitted; grant the {kind} {permission} with admin consent and get a new token{hint}")
}

fn user_not_found(case: &Case<'_>) -> String {
    let tenant = case
        .context
        .token
        .tenant
        .as_ref()
        .map(|tenant| format!("; the token is for tenant {tenant}"))
        .unwrap_or_default();
    format!(
        "{}: {}{tenant}",
        Status::UserNotFound.message(),
        case.context.user
    )
}

fn rejected(case: &Case<'_>) -> String {
    let says = |part: &str| {
        case.body
            .message
            .as_deref()
            .is_some_and(|text| text.contains(part))
    };
    if says("for the segment") {
        return "this cloud's Microsoft Graph does not know the action; check the cloud".to_owned();
    }
    let code = case.body.code.as_deref().unwrap_or("no code");
    let text = case.body.message.as_deref().unwrap_or("no message");
    format!(
        "the service refused the request: HTTP {}, {code}, {text}",
        case.http_status
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(status: Status, http_status: u16, token: &TokenFacts, text: &str) -> String {
        let body = ErrorBody {
            message: Some(text.to_owned()),
            ..ErrorBody::default()
        };
        let now = UNIX_EPOCH + Duration::from_secs(10_000);
        let context = Context {
            purpose: Purpose::Retire,
            token,
            audience: Some("https://graph.microsoft.com"),
            user: "adele@contoso.com",
            now,
        };
        message(&Case {
            status,
            http_status,
            from_graph: true,
            body: &body,
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
            told(Status::Unauthenticated, 401, &expired, ""),
            "the token expired 5 minutes ago; get a new one"
        );
        assert!(
            told(Status::Unauthenticated, 401, &other, "")
                .contains("audience https://graph.microsoft.com, not https://management.azure.com")
        );
        assert!(
            told(
                Status::Unauthenticated,
                401,
                &none,
                "CompactToken parsing failed with error code: 80049217"
            )
            .contains("could not read")
        );
        assert!(
            told(
                Status::Unauthenticated,
                401,
                &none,
                "Access token validation failure. Invalid audience."
            )
            .contains("another service or cloud")
        );
        assert!(
            told(Status::PermissionDenied, 401, &none, "An error has occurred")
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
            told(Status::PermissionDenied, 403, &TokenFacts::default(), "")
                .contains(Purpose::Retire.permission())
        );
        assert!(
            told(
                Status::PermissionDenied,
                403,
                &token("DeviceManagementManagedDevices.ReadWrite.All"),
                ""
            )
            .contains("not enough")
        );
        assert!(
            told(
                Status::PermissionDenied,
                403,
                &token("DeviceManagementManagedDevices.PriviligedOperation.All"),
                ""
            )
            .contains("misspelt")
        );
        assert!(
            told(
                Status::PermissionDenied,
                403,
                &token(Purpose::Retire.permission()),
                ""
            )
            .contains("Remote tasks / Retire")
        );
    }
}
