//! What the token and the endpoint show without a request.

use std::time::{Duration, SystemTime};

use super::{Check, CheckKind, CheckState};
use crate::cloud::Endpoint;
use crate::explain::{expired, in_words, is_early, to_grant};
use crate::request_kind::RequestKind;
use crate::token::TokenFacts;

/// A token that ends sooner may end during a run.
const SOON: Duration = Duration::from_secs(5 * 60);
/// The permissions that contain the one to read users (<https://learn.microsoft.com/graph/api/user-get>).
const READ_USERS: [&str; 4] = [
    "User.Read.All",
    "User.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
];
/// The permissions to read devices (<https://learn.microsoft.com/graph/api/intune-devices-manageddevice-list>).
const READ_DEVICES: [&str; 2] = [
    "DeviceManagementManagedDevices.Read.All",
    "DeviceManagementManagedDevices.ReadWrite.All",
];

pub(super) fn validity(facts: &TokenFacts, now: SystemTime) -> Check {
    let check = |state, message: String| Check::new(CheckKind::Token, state, message);
    if !facts.readable {
        return check(
            CheckState::Unknown,
            "the token is not a JWT that can be read, so its tenant, permissions and end are unknown"
                .to_owned(),
        );
    }
    if let Some(ago) = expired(facts, now) {
        return check(
            CheckState::Fail,
            format!("the token expired {ago}; get a new one"),
        );
    }
    if is_early(facts, now) {
        return check(
            CheckState::Fail,
            "the token is not valid yet; check this machine's clock, and that of the machine where the token was issued"
                .to_owned(),
        );
    }
    let of = match facts.person.shown() {
        Some(person) => format!("{person} (delegated)"),
        None if facts.is_app() => "an app without a signed-in user".to_owned(),
        None => "a signed-in user whose name it does not show".to_owned(),
    };
    let app = facts
        .app
        .as_ref()
        .map(|app| format!(", app {app}"))
        .unwrap_or_default();
    let Some(left) = facts.left(now) else {
        return check(
            CheckState::Unknown,
            format!("{of}{app}; it does not show when it expires"),
        );
    };
    let words = in_words(left);
    if left < SOON {
        return check(
            CheckState::Warn,
            format!("{of}{app}; it expires in {words}, which may be during a run, so get a new one"),
        );
    }
    check(CheckState::Ok, format!("{of}{app}; it expires in {words}"))
}

pub(super) fn tenant(facts: &TokenFacts) -> Check {
    match &facts.tenant {
        Some(tenant) => Check::new(CheckKind::Tenant, CheckState::Ok, tenant),
        None => Check::new(
            CheckKind::Tenant,
            CheckState::Unknown,
            "the token does not show its tenant",
        ),
    }
}

pub(super) fn cloud(facts: &TokenFacts, endpoint: &Endpoint, proxy: Option<&str>) -> Check {
    let route = proxy.map_or_else(|| "no proxy".to_owned(), |proxy| format!("by the proxy {proxy}"));
    let root = endpoint.root();
    match endpoint.cloud() {
        Some(cloud) => Check::of(CheckKind::Cloud, facts.is_for(Some(cloud)), |()| {
            format!("{}, {root}; {route}", cloud.name())
        }),
        None => Check::new(
            CheckKind::Cloud,
            CheckState::Warn,
            format!("{root} is not a Microsoft cloud; {route}"),
        ),
    }
}

pub(super) fn may_retire(facts: &TokenFacts) -> Check {
    let permission = RequestKind::Retire.permission();
    if !facts.readable {
        return Check::new(
            CheckKind::MayRetire,
            CheckState::Unknown,
            format!("whether the token has {permission} shows at the first retire"),
        );
    }
    if facts.has(permission) {
        return Check::new(CheckKind::MayRetire, CheckState::Ok, permission);
    }
    Check::new(
        CheckKind::MayRetire,
        CheckState::Fail,
        format!(
            "the token lacks a permission; {}",
            to_grant(permission, facts, facts.is_app())
        ),
    )
}

pub(super) fn may_read(facts: &TokenFacts) -> Check {
    if !facts.readable {
        return Check::new(
            CheckKind::MayRead,
            CheckState::Unknown,
            "the token does not show its permissions; a read shows whether they are there",
        );
    }
    let first = |permissions: &[&'static str]| permissions.iter().copied().find(|name| facts.has(name));
    match (first(&READ_USERS), first(&READ_DEVICES)) {
        (Some(users), Some(devices)) => {
            Check::new(CheckKind::MayRead, CheckState::Ok, format!("{users}, {devices}"))
        }
        (users, devices) => {
            let missing = [
                (users, RequestKind::ReadUser),
                (devices, RequestKind::ReadDevices),
            ];
            let missing = missing.iter().filter(|(found, _)| found.is_none());
            let missing: Vec<_> = missing.map(|(_, kind)| kind.permission()).collect();
            Check::new(
                CheckKind::MayRead,
                CheckState::Warn,
                format!(
                    "the token does not name {}; unless another permission contains it, a run cannot warn of devices or recognise users, so grant it and get a new token",
                    missing.join(" and ")
                ),
            )
        }
    }
}
