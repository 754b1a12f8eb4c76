//! The messages of refusals: lowercase, what happened, what to do next.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::absence;
use crate::body::ErrorBody;
use crate::cloud::Cloud;
use crate::error_scope::is_about_the_route;
use crate::request_kind::RequestKind;
use crate::status::Status;
use crate::token::{GRAPH_APP_ID, TokenFacts};

/// Spellings that documentation once had and the token endpoint refuses
/// (<https://github.com/microsoftgraph/microsoft-graph-docs-contrib/issues/4311>).
const MISSPELT: &str = "DeviceManagementManagedDevices.Privilig";
/// The code in the answer to the token of a personal account
/// (<https://github.com/microsoftgraph/microsoft-graph-explorer-v4/issues/3888>).
const PERSONAL_ACCOUNT: &str = "40001";
/// The code in the answer to the token of an app that the tenant does not know
/// (<https://github.com/microsoftgraph/msgraph-sdk-php/issues/230>).
const IDENTITY_NOT_FOUND: &str = "Authorization_IdentityNotFound";
/// The app of the Azure CLI. Its tokens for a signed-in user have a fixed set of permissions
/// (<https://github.com/Azure/azure-cli/issues/22775>).
const AZURE_CLI: &str = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
/// What the service answers to a text that is not a complete access token
/// (<https://github.com/azurekid/blackcat/issues/62>, for one).
const UNREADABLE: [&str; 7] = [
    "80049217",
    "parsing failed",
    "not well formed",
    "idx14100",
    "idx14102",
    "idx12741",
    "unable to decode",
];

/// What the judgement of an answer depends on.
pub(crate) struct Context<'a> {
    pub(crate) kind: RequestKind,
    pub(crate) token: &'a TokenFacts,
    /// The audience that this service requires; `None` if the endpoint is not a known cloud.
    pub(crate) audience: Option<&'a str>,
    pub(crate) user: &'a str,
    /// The id that was sent with the request; `None` for a read inside a batch.
    pub(crate) client_request_id: Option<&'a str>,
    pub(crate) now: SystemTime,
}

/// A refusal and what is known about it.
pub(crate) struct Case<'a> {
    pub(crate) status: Status,
    pub(crate) http_status: u16,
    pub(crate) from_graph: bool,
    pub(crate) body: &'a ErrorBody,
    pub(crate) location: Option<&'a str>,
    pub(crate) challenged: bool,
    pub(crate) approval_code: Option<&'a str>,
    pub(crate) context: &'a Context<'a>,
}

impl Case<'_> {
    /// Whether the service's message contains this part, in any case of letters.
    fn says(&self, part: &str) -> bool {
        self.body.says(part)
    }

    /// The tenant of the token, if it is known.
    fn tenant(&self) -> String {
        let tenant = self.context.token.tenant.as_ref();
        tenant.map_or_else(String::new, |tenant| {
            format!("; the token is for tenant {tenant}")
        })
    }
}

/// The general message of a status for a kind of request. A read leaves no doubt.
pub(crate) fn general(kind: RequestKind, status: Status) -> String {
    if kind.writes() {
        return status.message().to_owned();
    }
    let object = match kind {
        RequestKind::ReadUser => "the user",
        RequestKind::ReadDevice => "the device",
        RequestKind::ReadApprovals => "the approval requests",
        _ => "the user's devices",
    };
    let why = match status {
        Status::ServiceUnavailable => "the service failed; try again later",
        Status::Timeout => "no answer in time; try again",
        Status::Interrupted => "the connection was lost; try again",
        Status::PermissionDenied => {
            let role = if kind == RequestKind::ReadUser {
                ""
            } else {
                ", and assign the signed-in user an Intune role that includes this read"
            };
            return format!(
                "not permitted to read {object}; grant {} with admin consent and get a new token{role}",
                kind.permission()
            );
        }
        other => other.message(),
    };
    format!("{object} could not be read: {why}")
}

/// The message of a refusal: what it means and what to do next.
pub(crate) fn message(case: &Case<'_>) -> String {
    let kind = case.context.kind;
    if let Some(message) = elsewhere(case) {
        return message;
    }
    match case.status {
        Status::Rejected if kind == RequestKind::ReadDevice && case.http_status == 404 => hidden(case),
        Status::PermissionDenied | Status::ServiceUnavailable | Status::UnexpectedResponse | Status::Rejected
            if !kind.writes() =>
        {
            format!("{}: HTTP {}", general(kind, case.status), case.http_status)
        }
        Status::Unauthenticated => unauthenticated(case),
        Status::PermissionDenied => permission_denied(case),
        Status::UserNotFound => user_not_found(case),
        Status::ApprovalPending => match case.approval_code {
            Some(code) => format!("{}: {code}", Status::ApprovalPending.message()),
            None => "queued for approval by a second administrator, but the service named no approval code; find the request in the Intune admin center".to_owned(),
        },
        Status::Rejected => rejected(case),
        Status::UnexpectedResponse => unexpected(case),
        Status::NotLicensed => format!("{}{}", Status::NotLicensed.message(), case.tenant()),
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
        return "the service requires a new token that meets its claims (continuous access evaluation); sign in again with the claims of this error".to_owned();
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
    if case.body.code_is(IDENTITY_NOT_FOUND) {
        return unknown_app(case);
    }
    if case.says("not yet valid") || is_early(token, case.context.now) {
        return "the token is not valid yet; check this machine's clock, and that of the machine where the token was issued".to_owned();
    }
    let code = case.body.code.as_deref().unwrap_or_default();
    if let Some(number) = case
        .body
        .inner_code
        .as_deref()
        .filter(|code| code.starts_with("AADSTS"))
    {
        return format!(
            "the sign-in failed with {number}, which https://login.microsoftonline.com/error explains; get a new token"
        );
    }
    let of = case.context.audience.map_or_else(
        || "for the Microsoft Graph of its cloud".to_owned(),
        |audience| format!("with the audience {audience}"),
    );
    if case.says("audience") {
        format!("the token is for another service or cloud; get one {of}")
    } else if case.says("80049228") || case.says("expired") {
        "the token has expired; get a new one".to_owned()
    } else if UNREADABLE.iter().any(|words| case.says(words)) {
        "the service could not read the token; pass the whole access token without `Bearer`, not an id or refresh token, and convert a SecureString to plain text first".to_owned()
    } else if case.says("continuous access evaluation") || case.says("claimschallenge") {
        "the token was revoked (continuous access evaluation); sign in again, and do not pass a token from a cache".to_owned()
    } else if code == PERSONAL_ACCOUNT {
        format!(
            "the service refused the token; get one {of} with a work or school account, since personal Microsoft accounts are not supported"
        )
    } else {
        format!("the service refused the token; get a new one {of}")
    }
}

/// The message for an app that the tenant does not know.
fn unknown_app(case: &Case<'_>) -> String {
    let token = case.context.token;
    let app = token.app.as_deref().unwrap_or("of the token");
    let tenant = token.tenant.as_deref().unwrap_or("that the token is for");
    format!(
        "the app {app} is not known or not consented to in tenant {tenant}; have an administrator consent to it there, or sign in to the right tenant (a new token alone does not help)"
    )
}

/// Whether the token is not valid yet, by this machine's clock.
pub(crate) fn is_early(token: &TokenFacts, now: SystemTime) -> bool {
    let now = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    token
        .not_before
        .is_some_and(|from| u64::try_from(from).is_ok_and(|from| from > now))
}

/// The message for a redirect. The service redirects if the tenant belongs to another cloud, without naming the cloud
/// (<https://github.com/microsoftgraph/entra-powershell/issues/1247>).
fn elsewhere(case: &Case<'_>) -> Option<String> {
    if !matches!(case.http_status, 300..=303 | 305..=399) || case.status != Status::UnexpectedResponse {
        return None;
    }
    let ours = |cloud: &Cloud| Some(cloud.root()) == case.context.audience;
    let mut clouds = match case.location {
        Some(location) => Cloud::of_host_of(location, Cloud::root),
        None => case.context.token.clouds(),
    };
    clouds.retain(|cloud| !ours(cloud));
    if case.location.is_some() && clouds.is_empty() {
        return None;
    }
    let names: Vec<_> = clouds.iter().map(|cloud| cloud.name()).collect();
    let next = if names.is_empty() {
        "use that cloud, such as usgov, and a token for it".to_owned()
    } else {
        format!("use cloud {}", names.join(" or "))
    };
    Some(format!(
        "this tenant belongs to another cloud, as a redirect {} says; {next}: HTTP {}",
        if case.location.is_some() {
            "to it"
        } else {
            "without a location"
        },
        case.http_status
    ))
}

/// The message for a 404 that does not prove that a device is gone.
fn hidden(case: &Case<'_>) -> String {
    if absence::hides(case.body) {
        return "the service hides the device from this sign-in (scope tags); use a sign-in whose role and scope include it".to_owned();
    }
    let code = case.body.code.as_deref().unwrap_or("no code");
    format!("the service does not say whether the device is gone; check it by hand: HTTP 404, {code}")
}

/// How long ago the token expired, in words.
pub(crate) fn expired(token: &TokenFacts, now: SystemTime) -> Option<String> {
    let now = i64::try_from(now.duration_since(UNIX_EPOCH).ok()?.as_secs()).ok()?;
    let ago = now.checked_sub(token.expires?).filter(|ago| *ago > 0)?;
    Some(format!(
        "{} ago",
        in_words(Duration::from_secs(ago.unsigned_abs()))
    ))
}

/// A duration in words.
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
    let permission = case.context.kind.permission();
    let token = case.context.token;
    if case.body.code_is(IDENTITY_NOT_FOUND) {
        return unknown_app(case);
    }
    if case.http_status == 401 && token.is_app() {
        return format!(
            "the token is that of an app without a signed-in user, and the service refused it; grant the application permission {permission} with admin consent and get a new token"
        );
    }
    if case.http_status == 401 {
        return "the signed-in user lacks the Intune role permission Remote tasks / Retire; assign a role such as Help Desk Operator (a new token does not help)".to_owned();
    }
    if token
        .permissions
        .iter()
        .any(|permission| permission.starts_with(MISSPELT))
    {
        return format!("the token's permission is misspelt; request {permission}");
    }
    if token.readable && token.has(permission) {
        return if token.app_only {
            format!(
                "the app has {permission}, but the service refused; look for a multi admin approval or access policy that excludes the app"
            )
        } else {
            "the token has the permission, but the signed-in user lacks the Intune role permission Remote tasks / Retire, or the role's scope does not include this user; assign a role with that scope".to_owned()
        };
    }
    if case.body.code.as_deref() == Some("Authorization_RequestDenied") {
        return format!(
            "the directory refused; grant {permission} with admin consent, give the signed-in user a directory role that may read this user, and get a new token"
        );
    }
    let is_app = case.says("app only context") || token.is_app();
    format!("not permitted; {}", to_grant(permission, token, is_app))
}

/// What to do about a permission that a token lacks.
pub(crate) fn to_grant(permission: &str, token: &TokenFacts, is_app: bool) -> String {
    let kind = if is_app {
        "application permission"
    } else {
        "permission"
    };
    let hint = if token.app.as_deref() == Some(AZURE_CLI) {
        " (not with the Azure CLI's own sign-in, which cannot have it: sign in with an app of yours, or as a service principal)"
    } else if token.has("DeviceManagementManagedDevices.ReadWrite.All") {
        " (ReadWrite.All is not enough)"
    } else {
        ""
    };
    format!("grant the {kind} {permission} with admin consent and get a new token{hint}")
}

fn user_not_found(case: &Case<'_>) -> String {
    let Context { kind, user, .. } = case.context;
    let of_directory = absence::is_the_directorys(case.body);
    match kind {
        RequestKind::ReadDevice => "the service says that the device does not exist".to_owned(),
        RequestKind::ReadUser => format!("{}: {user}{}", Status::UserNotFound.message(), case.tenant()),
        // The directory also refuses the action itself, if nothing was read before.
        _ if of_directory && kind.writes() => format!(
            "the directory has no such user, or Intune has nothing for this user or hides it (scope tags); check the id, or the cloud and tenant of the token: {user}{}",
            case.tenant()
        ),
        _ => format!(
            "Intune has nothing for this user, or hides it (scope tags); check the id, and the role and scope of the sign-in: {user}{}",
            case.tenant()
        ),
    }
}

fn unexpected(case: &Case<'_>) -> String {
    // The gateway in front of Graph answers 411, with a page of its own
    // (<https://learn.microsoft.com/graph/errors#http-status-codes>).
    if case.http_status == 411 {
        return "the Content-Length header did not reach the service; look for a proxy that removes it: HTTP 411".to_owned();
    }
    format!(
        "{}: HTTP {}",
        Status::UnexpectedResponse.message(),
        case.http_status
    )
}

fn rejected(case: &Case<'_>) -> String {
    if case.body.message.as_deref().is_some_and(is_about_the_route) {
        return "this cloud's Microsoft Graph does not know the action; check the cloud".to_owned();
    }
    if case.http_status == 403 && !case.says("pending") {
        return "the approval code was refused; it is valid once, in time, and for the one user whose request was approved".to_owned();
    }
    let next = match case.http_status {
        408 | 409 | 424 => "look at the user's devices before sending again; ",
        _ if case.says("object identifier") || case.says("request uri is not valid") => {
            "check the user's id, or pass the object id; "
        }
        _ => "",
    };
    let code = case.body.code.as_deref().unwrap_or("no code");
    let text = case.body.message.as_deref().unwrap_or("no message");
    format!(
        "the service refused the request; {next}it answered HTTP {}, {code}, {text}",
        case.http_status
    )
}

#[cfg(test)]
mod tests;
