//! What can be known before a run: the facts of the token, and reads that show what it permits.

mod of_reads;
mod of_token;

use std::fmt;
use std::path::Path;

use crate::client::Client;
use crate::error::Result;
use crate::journal;
use crate::rate_limiter::Unpaced;
use crate::user_id::UserId;

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

    /// A check of the caller that failed, for example because there is no token to make a client with.
    pub fn failed(kind: CheckKind, message: impl Into<String>) -> Self {
        Self::new(kind, CheckState::Fail, message)
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
            of_token::validity(&facts, self.options().clock.wall()),
            of_token::tenant(&facts),
            of_token::cloud(&facts, self.endpoint(), self.proxy()),
            of_token::may_retire(&facts),
            of_token::may_read(&facts),
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
            if of_reads::tenant(&mut session, &mut checks)
                && let Some(user) = user
            {
                checks.push(of_reads::user(&mut session, user));
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
