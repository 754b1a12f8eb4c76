//! What can be known before a run: the facts of the token, and reads that show what it permits.

use std::fmt;
use std::path::Path;
use std::time::{Duration, SystemTime};

use crate::client::Client;
use crate::cloud::Endpoint;
use crate::devices::{Identity, IdentityCheck, read_devices};
use crate::error::{Error, Result};
use crate::explain::{expired, in_words, is_early, to_grant};
use crate::journal;
use crate::page;
use crate::rate_limiter::Unpaced;
use crate::reads::{Read, get};
use crate::request_kind::RequestKind;
use crate::session::Session;
use crate::token::TokenFacts;
use crate::transport::Answer;
use crate::user_id::UserId;

/// A token that ends sooner may end during a run.
const SOON: Duration = Duration::from_secs(5 * 60);
/// A difference of the clocks up to this is none: the service's header has whole seconds, and the answer takes time.
const SAME_TIME: Duration = Duration::from_secs(5);
/// The read of the whole tenant that [`Client::check`] sends.
const ONE_DEVICE: &str = "/v1.0/deviceManagement/managedDevices?$select=id&$top=1";
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

/// What a check is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CheckKind {
    /// The token itself.
    Token,
    /// The tenant that the token is for.
    Tenant,
    /// The endpoint, and the cloud that the token is for.
    Cloud,
    /// The permission to retire.
    MayRetire,
    /// The permissions to read.
    MayRead,
    /// The connection to the service.
    Reach,
    /// This machine's clock.
    Clock,
    /// A read of the tenant's devices.
    Read,
    /// The reads of one user and of the user's devices.
    User,
    /// The Intune role of the signed-in user.
    Role,
    /// Multi Admin Approval.
    Approval,
    /// The folder of the journal.
    Journal,
}

impl CheckKind {
    /// Every kind, in the order in which they are reported.
    pub fn all() -> &'static [Self] {
        &Self::ALL
    }

    const ALL: [Self; 12] = [
        Self::Token,
        Self::Tenant,
        Self::Cloud,
        Self::MayRetire,
        Self::MayRead,
        Self::Reach,
        Self::Clock,
        Self::Read,
        Self::User,
        Self::Role,
        Self::Approval,
        Self::Journal,
    ];

    /// The name, such as `may_retire`.
    pub fn name(self) -> &'static str {
        self.texts().0
    }

    /// What the check shows, and what to do next if it fails.
    pub fn message(self) -> &'static str {
        self.texts().1
    }

    fn texts(self) -> (&'static str, &'static str) {
        match self {
            Self::Token => (
                "token",
                "whether the token can be read and is valid now; if it has expired, get a new one",
            ),
            Self::Tenant => (
                "tenant",
                "the tenant that the token is for; name it for each run, so that a token for another tenant is refused",
            ),
            Self::Cloud => (
                "cloud",
                "whether the endpoint is a Microsoft cloud and the token is for it; if not, use the cloud of the token",
            ),
            Self::MayRetire => (
                "may_retire",
                "whether the token has DeviceManagementManagedDevices.PrivilegedOperations.All; without it the service refuses the action, so grant it and get a new token",
            ),
            Self::MayRead => (
                "may_read",
                "whether the token names the permissions to read users and devices; without them a run cannot warn of devices or recognise users, so grant them and get a new token",
            ),
            Self::Reach => (
                "reach",
                "whether the service answers; if not, check name resolution, proxy, firewall and certificates",
            ),
            Self::Clock => (
                "clock",
                "whether this machine's clock agrees with the service's; if not, set it, since tokens and warnings depend on it",
            ),
            Self::Read => (
                "read",
                "whether devices of the tenant can be read; if not, permission, Intune role or licence to read is missing",
            ),
            Self::User => (
                "user",
                "whether one user and the user's devices can be read; if not, check the user id, and the role and scope of the sign-in",
            ),
            Self::Role => (
                "role",
                "whether the signed-in user has the Intune role permission Remote tasks / Retire; no read shows it, so retire the devices of one user first",
            ),
            Self::Approval => (
                "approval",
                "whether Multi Admin Approval protects the action; no read shows it, so retire the devices of one user first",
            ),
            Self::Journal => (
                "journal",
                "whether a journal in the folder can be locked and made durable; if not, name a folder on another disk",
            ),
        }
    }
}

impl fmt::Display for CheckKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The result of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CheckState {
    /// Nothing is in the way.
    Ok,
    /// It cannot be known.
    Unknown,
    /// A run can work, but not as it should.
    Warn,
    /// A run cannot work.
    Fail,
}

impl CheckState {
    /// Every state.
    pub fn all() -> &'static [Self] {
        &[Self::Ok, Self::Unknown, Self::Warn, Self::Fail]
    }

    /// The name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Unknown => "unknown",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

/// One check and its result. Only Rust has it: it serves the command-line tool.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Check {
    /// What it is about.
    pub kind: CheckKind,
    /// Its result.
    pub state: CheckState,
    /// What was found, and what to do next.
    pub message: String,
}

impl Check {
    fn new(kind: CheckKind, state: CheckState, message: impl Into<String>) -> Self {
        Self {
            kind,
            state,
            message: message.into(),
        }
    }

    /// Checks the folder of a journal: creates a file there, locks it, syncs it and removes it.
    pub fn journal_folder(folder: &Path) -> Self {
        Self::of(CheckKind::Journal, journal::probe(folder), |()| {
            format!(
                "{} can hold a journal: it can be locked and synced",
                folder.display()
            )
        })
    }

    fn of<T>(kind: CheckKind, result: Result<T>, ok: impl FnOnce(T) -> String) -> Self {
        match result {
            Ok(found) => Self::new(kind, CheckState::Ok, ok(found)),
            Err(error) => Self::new(kind, CheckState::Fail, error.message.clone()),
        }
    }
}

impl Client {
    /// Checks what the token and the endpoint show. Sends nothing.
    ///
    /// The claims of a token are not verified, and a token that is not a JWT shows none of them. Of a permission only the
    /// name in the token is known: whether the service applies it shows when it is used.
    pub fn check_token(&self) -> Vec<Check> {
        let token = match self.credential().token() {
            Ok(token) => token,
            Err(error) => {
                return vec![Check::new(
                    CheckKind::Token,
                    CheckState::Fail,
                    error.message.clone(),
                )];
            }
        };
        let facts = token.facts();
        vec![
            check_validity(&facts, self.options().clock.wall()),
            check_tenant(&facts),
            check_cloud(&facts, self.endpoint(), self.proxy()),
            check_may_retire(&facts),
            check_may_read(&facts),
        ]
    }

    /// Checks what can be known before a run: the token, the connection, this machine's clock, and whether devices can be
    /// read. Changes nothing. Sends one read, and for `user` two more.
    ///
    /// Checks that would only repeat an earlier failure are left out. The Intune role and Multi Admin Approval are always
    /// reported, since no read shows them.
    pub fn check(&self, user: Option<&UserId>) -> Vec<Check> {
        let mut checks = self.check_token();
        let is_sendable = checks.len() > 1
            && !checks
                .iter()
                .any(|check| check.kind == CheckKind::Cloud && check.state == CheckState::Fail);
        if is_sendable {
            let (stop, mut silent) = (self.stop(), |_| ());
            let mut session = self.session(None, self.credential(), &Unpaced, &stop, &mut silent);
            if check_reads(&mut session, &mut checks)
                && let Some(user) = user
            {
                checks.push(check_user(&mut session, user));
            }
        }
        let is_app = self
            .credential()
            .token()
            .is_ok_and(|token| token.facts().is_app());
        checks.push(check_role(is_app));
        checks.push(Check::new(
            CheckKind::Approval,
            CheckState::Unknown,
            "whether Multi Admin Approval protects the action shows at the first retire",
        ));
        checks
    }
}

fn check_validity(facts: &TokenFacts, now: SystemTime) -> Check {
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

fn check_tenant(facts: &TokenFacts) -> Check {
    match &facts.tenant {
        Some(tenant) => Check::new(CheckKind::Tenant, CheckState::Ok, tenant),
        None => Check::new(
            CheckKind::Tenant,
            CheckState::Unknown,
            "the token does not show its tenant",
        ),
    }
}

fn check_cloud(facts: &TokenFacts, endpoint: &Endpoint, proxy: Option<&str>) -> Check {
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

fn check_may_retire(facts: &TokenFacts) -> Check {
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

fn check_may_read(facts: &TokenFacts) -> Check {
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

/// Reads one device of the tenant. Returns whether the service can be reached.
fn check_reads(session: &mut Session<'_>, checks: &mut Vec<Check>) -> bool {
    let began = session.clock.monotonic();
    let read = Read {
        kind: RequestKind::ReadDevices,
        subject: "one device of the tenant",
        target: ONE_DEVICE,
    };
    let found = get(session, &read, None, |answer| {
        page::read(answer)?;
        Ok(date(answer))
    });
    let took = session.clock.monotonic().saturating_sub(began);
    let http_status = found
        .as_ref()
        .map_or_else(|error| error.http_status, |_| Some(200));
    if http_status.is_none() {
        checks.extend(found.err().map(|error| unreached(&error)));
        return false;
    }
    let answered = format!("answered after {} ms", took.as_millis());
    checks.push(Check::new(CheckKind::Reach, CheckState::Ok, answered));
    if let Ok(Some(date)) = &found {
        checks.push(check_clock(*date, session.clock.wall()));
    }
    checks.push(Check::of(CheckKind::Read, found, |_| {
        "devices of the tenant can be read".to_owned()
    }));
    true
}

fn unreached(error: &Error) -> Check {
    Check::new(CheckKind::Reach, CheckState::Fail, error.message.clone())
}

/// The time of the service, at which it answered.
fn date(answer: &Answer) -> Option<SystemTime> {
    httpdate::parse_http_date(answer.header("date")?).ok()
}

fn check_clock(service: SystemTime, here: SystemTime) -> Check {
    let (difference, side) = match here.duration_since(service) {
        Ok(ahead) => (ahead, "ahead of"),
        Err(behind) => (behind.duration(), "behind"),
    };
    if difference <= SAME_TIME {
        return Check::new(
            CheckKind::Clock,
            CheckState::Ok,
            "this machine's clock agrees with the service's, to a few seconds",
        );
    }
    Check::new(
        CheckKind::Clock,
        CheckState::Warn,
        format!(
            "this machine's clock is about {} {side} the service's; set it",
            in_words(difference)
        ),
    )
}

fn check_user(session: &mut Session<'_>, user: &UserId) -> Check {
    Check::of(CheckKind::User, devices_of(session, user), |count| {
        let devices = if count == 1 { "device" } else { "devices" };
        format!("{user}: {count} {devices}")
    })
}

/// Reads a user and the number of the user's devices.
fn devices_of(session: &mut Session<'_>, user: &UserId) -> Result<usize> {
    match Identity::read(session, user, None)? {
        IdentityCheck::Confirmed(_) => Ok(read_devices(session, user, None)?.len()),
        IdentityCheck::Renamed(why) => Err(Error::invalid_argument(why)),
        IdentityCheck::Unconfirmed(error) => Err(error),
    }
}

fn check_role(is_app: bool) -> Check {
    if is_app {
        return Check::new(CheckKind::Role, CheckState::Ok, "an app needs no Intune role");
    }
    Check::new(
        CheckKind::Role,
        CheckState::Unknown,
        "Intune's role permission Remote tasks / Retire cannot be read; the first retire shows it",
    )
}
