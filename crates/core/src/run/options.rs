//! What a caller may choose for a run. Everything is checked here, before anything is sent.

use std::path::PathBuf;
use std::time::Duration;

use crate::batch;
use crate::error::{Error, Result};
use crate::options::CallOptions;
use crate::user_id::UserId;
use crate::warning::WarningCode;

/// More than this does not make a run faster: the service limits writes to some ten a second.
const MAX_CONNECTIONS: usize = 64;
const MAX_WINDOW: Duration = Duration::from_secs(3600);

/// Options of a [`Run`](crate::Run). Start from `RunOptions::default()`.
#[derive(Clone, Debug)]
pub struct RunOptions {
    pub(crate) call: CallOptions,
    pub(crate) supplies_tokens: bool,
    pub(crate) journal: Option<PathBuf>,
    pub(crate) resume: Option<PathBuf>,
    pub(crate) plan: Option<PathBuf>,
    pub(crate) preview: bool,
    pub(crate) read: bool,
    pub(crate) writes: Quota,
    pub(crate) reads: Quota,
    pub(crate) connections: usize,
    pub(crate) batch_size: usize,
    pub(crate) max_users: Option<usize>,
    pub(crate) max_devices_per_user: usize,
    pub(crate) max_approvals: u64,
    pub(crate) exclude: Vec<UserId>,
    pub(crate) accept: Vec<WarningCode>,
    pub(crate) input: Option<(String, String)>,
    pub(crate) operator: Option<String>,
    pub(crate) host: Option<String>,
}

/// So many requests in any window of that length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Quota {
    pub(crate) requests: usize,
    pub(crate) window: Duration,
}

impl Quota {
    fn checked(name: &str, requests: usize, window: Duration) -> Result<Self> {
        if requests == 0 || window.is_zero() || window > MAX_WINDOW {
            return Err(Error::invalid_argument(format!(
                "the {name} must be at least 1 request in a window above 0 and at most 1 hour"
            )));
        }
        Ok(Self { requests, window })
    }
}

impl Default for RunOptions {
    fn default() -> Self {
        let window = Duration::from_secs(20);
        Self {
            call: CallOptions::default(),
            supplies_tokens: false,
            journal: None,
            resume: None,
            plan: None,
            preview: false,
            read: true,
            writes: Quota {
                requests: 150,
                window,
            },
            reads: Quota {
                requests: 2000,
                window,
            },
            connections: 16,
            batch_size: 1,
            max_users: None,
            max_devices_per_user: 10,
            max_approvals: 0,
            exclude: Vec::new(),
            accept: Vec::new(),
            input: None,
            operator: None,
            host: None,
        }
    }
}

impl RunOptions {
    /// Options of every call. The justification also stands in the journal as the reason of the run. An approval code and
    /// a client request id belong to one call: with them the run takes one user, and another limit of users is refused.
    #[must_use]
    pub fn call(mut self, call: CallOptions) -> Self {
        self.call = call;
        self
    }

    /// The options as they hold together, whatever order they were set in.
    pub(super) fn checked(mut self) -> Result<Self> {
        let is_of_one = self.call.approval_code.is_some() || self.call.client_request_id.is_some();
        if is_of_one && *self.max_users.get_or_insert(1) != 1 {
            return Err(Error::invalid_argument(
                "an approval code and a client request id belong to one user; set max users to 1, or leave them out",
            ));
        }
        if self.journal.is_some() && self.resume.is_some() {
            return Err(Error::invalid_argument(
                "journal and resume exclude each other: a new run refuses a journal that exists, a resumed one needs it",
            ));
        }
        if self.batch_size > self.writes.requests {
            return Err(Error::invalid_argument(format!(
                "a batch of {} writes is more than the quota of {}; make the batch smaller, or the quota larger",
                self.batch_size, self.writes.requests
            )));
        }
        Ok(self)
    }

    /// Whether users are sent in the order given.
    pub(super) fn is_in_order(&self) -> bool {
        self.connections == 1 && self.batch_size == 1
    }

    /// How many users are read at once. Each is two reads: who it is, and the devices.
    pub(super) fn users_at_once(&self) -> usize {
        if self.is_in_order() {
            1
        } else {
            (batch::MAX.min(self.reads.requests) / 2).max(1)
        }
    }

    /// Whether the caller answers [`Event::NeedToken`](crate::Event::NeedToken). If not, which is the default, the client's
    /// credential is asked.
    #[must_use]
    pub fn supplies_tokens(mut self, supplies: bool) -> Self {
        self.supplies_tokens = supplies;
        self
    }

    /// Records the run in a new journal. A file that exists is refused: see [`RunOptions::resume`].
    #[must_use]
    pub fn journal(mut self, path: impl Into<PathBuf>) -> Self {
        self.journal = Some(path.into());
        self
    }

    /// Goes on with the run that a journal records, in place of [`RunOptions::journal`]: both are refused. Who is done is not sent
    /// again; who is in doubt is read first.
    #[must_use]
    pub fn resume(mut self, path: impl Into<PathBuf>) -> Self {
        self.resume = Some(path.into());
        self
    }

    /// Binds the run to a plan, the journal of a preview: it acts only on users of the plan that have no device which the
    /// plan lacks.
    #[must_use]
    pub fn plan(mut self, path: impl Into<PathBuf>) -> Self {
        self.plan = Some(path.into());
        self
    }

    /// Reads only and sends nothing: each user is told with devices, warnings, and what a run would skip and why. Its
    /// journal is a plan.
    #[must_use]
    pub fn preview(mut self) -> Self {
        self.preview = true;
        self
    }

    /// Whether users and devices are read before anything is sent; the default is yes. Without it there are no warnings, no
    /// limit of devices and no snapshot, and what is in doubt stays unknown.
    #[must_use]
    pub fn read(mut self, read: bool) -> Self {
        self.read = read;
        self
    }

    /// How many writes may leave in any window of that length. The default is 150 in 20 seconds of the documented 200 for
    /// an app and tenant (<https://learn.microsoft.com/graph/throttling-limits#intune-service-limits>).
    pub fn quota(mut self, writes: usize, window: Duration) -> Result<Self> {
        self.writes = Quota::checked("quota", writes, window)?;
        Ok(self)
    }

    /// How many reads may leave in any window of that length. The default is 2000 in 20 seconds.
    pub fn read_quota(mut self, reads: usize, window: Duration) -> Result<Self> {
        self.reads = Quota::checked("read quota", reads, window)?;
        Ok(self)
    }

    /// How many requests are under way at once, 1 to 64. The default is 16; with 1, and a batch size of 1, the users come in the
    /// order given.
    pub fn connections(mut self, connections: usize) -> Result<Self> {
        if connections == 0 || connections > MAX_CONNECTIONS {
            return Err(Error::invalid_argument(format!(
                "connections must be 1 to {MAX_CONNECTIONS}"
            )));
        }
        self.connections = connections;
        Ok(self)
    }

    /// How many users are sent in one request, 1 to 20. The default is 1; more save round trips, and an answer that cannot
    /// be read leaves all of them unknown.
    pub fn batch_size(mut self, users: usize) -> Result<Self> {
        if users == 0 || users > batch::MAX {
            return Err(Error::invalid_argument(format!(
                "the batch size must be 1 to {}",
                batch::MAX
            )));
        }
        self.batch_size = users;
        Ok(self)
    }

    /// With it nothing is sent until the users have ended, and nothing at all if they are more. The default is no limit. A
    /// run of one user is a call with a way to stop it: it is not paced, and all its waits count towards its deadline.
    pub fn max_users(mut self, users: usize) -> Result<Self> {
        if users == 0 {
            return Err(Error::invalid_argument("max users must be at least 1"));
        }
        self.max_users = Some(users);
        Ok(self)
    }

    /// A user with more devices is skipped. The default is 10.
    pub fn max_devices_per_user(mut self, devices: usize) -> Result<Self> {
        if devices == 0 {
            return Err(Error::invalid_argument("max devices per user must be at least 1"));
        }
        self.max_devices_per_user = devices;
        Ok(self)
    }

    /// Where Multi Admin Approval gates the action, how many requests may be queued for a second administrator before the
    /// run ends, to be resumed. The default is 0: the first one that is queued ends it, so that somebody looks.
    #[must_use]
    pub fn max_approvals(mut self, requests: u64) -> Self {
        self.max_approvals = requests;
        self
    }

    /// A user that must not be touched, by object id or name. With reading on exclusions are looked up first, and either form
    /// protects the user; a notice names those that no user has.
    #[must_use]
    pub fn exclude(mut self, user: UserId) -> Self {
        self.exclude.push(user);
        self
    }

    /// Consent to a blocking warning, by name.
    pub fn accept(mut self, warning: WarningCode) -> Result<Self> {
        if !warning.is_acceptable() {
            return Err(Error::invalid_argument(format!(
                "the warning {} cannot be accepted; look at the user",
                warning.name()
            )));
        }
        self.accept.push(warning);
        Ok(self)
    }

    /// Name and SHA-256 (hexadecimal) of the list that the users come from, for the journal.
    pub fn input(mut self, name: &str, sha256: &str) -> Result<Self> {
        if sha256.len() != 64 || !sha256.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(Error::invalid_argument(
                "the SHA-256 of the input is 64 hexadecimal digits",
            ));
        }
        self.input = Some((name.to_owned(), sha256.to_ascii_lowercase()));
        Ok(self)
    }

    /// Who runs this, for the journal. The default is what the token says.
    #[must_use]
    pub fn operator(mut self, name: &str) -> Self {
        self.operator = Some(name.to_owned());
        self
    }

    /// The machine that it runs on, for the journal.
    #[must_use]
    pub fn host(mut self, name: &str) -> Self {
        self.host = Some(name.to_owned());
        self
    }
}
