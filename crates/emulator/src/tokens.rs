//! What each kind of token may do, and the answer it gets when it may not.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::bodies;
use crate::reply::{Call, JSON, Reply};
use crate::state::State;

macro_rules! kinds {
    ($($variant:ident $name:literal,)*) => {
        /// The kind of a bearer token.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Kind { $($variant),* }

        impl Kind {
            const ALL: &[Self] = &[$(Self::$variant),*];

            pub(crate) fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }
        }
    };
}

kinds! {
    Good "good",
    Expired "expired",
    WrongAudience "wrong_audience",
    Garbage "garbage",
    NoScope "no_scope",
    NoAppPermission "no_app_permission",
    NoRole "no_role",
    NoRead "no_read",
    Unlicensed "unlicensed",
    Claims "claims",
    Revoked "revoked",
    Approval "approval",
}

impl Kind {
    /// Reads `no_scope`, `no-scope` and `no-scope-token` alike.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let name = text.replace('-', "_");
        let name = name.strip_suffix("_token").unwrap_or(&name);
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }

    /// The tokens of the seed state: `demo-token` and one per other kind.
    pub(crate) fn seed() -> impl Iterator<Item = (String, Self)> {
        Self::ALL.iter().map(|&kind| match kind {
            Self::Good => ("demo-token".to_owned(), kind),
            _ => (kind.name().replace('_', "-") + "-token", kind),
        })
    }
}

/// The token in an Authorization header: what follows the scheme.
pub(crate) fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

/// The kind of the call's token, or the 401 about it.
pub(crate) fn authenticate(state: &mut State, call: &Call) -> Result<Kind, Reply> {
    let Some(token) = call.headers.get("authorization").and_then(bearer) else {
        return Err(invalid_token(call, "Access token is empty."));
    };
    match state.kind_of(token) {
        Kind::Expired => Err(invalid_token(
            call,
            "CompactToken validation failed with reason code: 80049228.",
        )),
        Kind::WrongAudience => Err(invalid_token(
            call,
            "Access token validation failure. Invalid audience.",
        )),
        Kind::Garbage => Err(invalid_token(
            call,
            "CompactToken parsing failed with error code: 80049217",
        )),
        Kind::Claims if !state.claims_met => Err(challenge(
            call,
            "TokenIssuedBeforeRevocationTimestamp",
            r#"authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize""#,
        )),
        Kind::Revoked => Err(challenge(
            call,
            "TokenCreatedWithOutdatedPolicies",
            "authorization_uri=https://login.microsoftonline.com/common/oauth2/authorize",
        )),
        kind => {
            state.claims_met |= kind == Kind::Good;
            Ok(kind)
        }
    }
}

fn invalid_token(call: &Call, message: &str) -> Reply {
    Reply::error(401, call, "InvalidAuthenticationToken", message).with(
        "WWW-Authenticate",
        r#"Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize""#,
    )
}

/// A claims challenge; the Base64 text ends in padding, which clients have been seen to lose.
fn challenge(call: &Call, code: &str, authorization_uri: &str) -> Reply {
    let claims = STANDARD.encode(r#"{"access_token":{"nbf":{"essential":true,"value":"1700000000"}}}"#);
    let message = format!(
        "Continuous access evaluation resulted in challenge with result: InteractionRequired and code: {code}"
    );
    let header = format!(
        r#"Bearer realm="", {authorization_uri}, errorDescription="{message}", error="insufficient_claims", claims="{claims}""#
    );
    Reply::error(401, call, "InvalidAuthenticationToken", &message).with("WWW-Authenticate", &header)
}

/// Whether the token may retire devices.
pub(crate) fn may_act(kind: Kind, call: &Call) -> Result<(), Reply> {
    match kind {
        Kind::NoScope => Err(missing_scope(
            call,
            "DeviceManagementManagedDevices.PrivilegedOperations.All",
        )),
        _ => may_use_intune(kind, call),
    }
}

/// Whether the token may read devices and approval requests; `scope` is named in the refusal.
pub(crate) fn may_read_intune(kind: Kind, call: &Call, scope: &str) -> Result<(), Reply> {
    match kind {
        Kind::NoRead => Err(missing_scope(call, scope)),
        _ => may_use_intune(kind, call),
    }
}

/// Whether the token may read users.
pub(crate) fn may_read_users(kind: Kind, call: &Call) -> Result<(), Reply> {
    match kind {
        Kind::NoRead => Err(Reply::error(
            403,
            call,
            "Authorization_RequestDenied",
            "Insufficient privileges to complete the operation.",
        )),
        _ => Ok(()),
    }
}

fn may_use_intune(kind: Kind, call: &Call) -> Result<(), Reply> {
    match kind {
        Kind::NoAppPermission => Err(Reply::intune_error(
            403,
            call,
            "Forbidden",
            "Application is not authorized to perform this operation as called in app only context \
             but does not have application permissions configured.",
        )),
        Kind::NoRole => Err(Reply::text(401, JSON, bodies::intune_double_nested(call))),
        Kind::Unlicensed => Err(Reply::error(
            400,
            call,
            "BadRequest",
            "Request not applicable to target tenant.",
        )),
        _ => Ok(()),
    }
}

fn missing_scope(call: &Call, scope: &str) -> Reply {
    let message = format!(
        "Application is not authorized to perform this operation. Application must have one of the following scopes: {scope}"
    );
    Reply::intune_error(403, call, "Forbidden", &message)
}
