//! The options of a run. Everything is checked here, before anything is sent.

use std::path::PathBuf;
use std::sync::Arc;
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
    pub(crate) token_events: bool,
    pub(crate) journal: Option<PathBuf>,
    pub(crate) resume: Option<PathBuf>,
    pub(crate) plan: Option<PathBuf>,
    pub(crate) preview: bool,
    pub(crate) inspect_first: bool,
    pub(crate) write_quota: Quota,
    pub(crate) read_quota: Quota,
    pub(crate) connections: usize,
    pub(crate) batch_size: usize,
    pub(crate) max_users: Option<usize>,
    pub(crate) max_devices_per_user: usize,
    pub(crate) max_approvals: u64,
    /// Shared, since a setter that checks works on a copy, and there may be many.
    pub(crate) exclude: Arc<Vec<UserId>>,
    pub(crate) accept_warnings: Vec<WarningCode>,
    pub(crate) input_list: Option<(String, String)>,
    pub(crate) initiated_by: Option<String>,
    pub(crate) machine: Option<String>,
    pub(crate) consent: Option<String>,
}

/// A number of requests in any window of this length.
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
            token_events: false,
            journal: None,
            resume: None,
            plan: None,
            preview: false,
            inspect_first: true,
            write_quota: Quota {
                requests: 150,
                window,
            },
            read_quota: Quota {
                requests: 2000,
                window,
            },
            connections: 16,
            batch_size: 1,
            max_users: None,
            max_devices_per_user: 10,
            max_approvals: 0,
            exclude: Arc::default(),
            accept_warnings: Vec::new(),
            input_list: None,
            initiated_by: None,
            machine: None,
            consent: None,
        }
    }
}

impl RunOptions {
    /// Options of every call. The justification also stands in the journal. An approval code and a client request id belong
    /// to one call: with either the run takes one user, and any other limit of users is refused.
    #[must_use]
    pub fn call(mut self, call: CallOptions) -> Self {
        self.call = call;
        self
    }

    /// Checks that the options are compatible, in any order.
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
        if self.batch_size > self.write_quota.requests {
            return Err(Error::invalid_argument(format!(
                "a batch of {} writes is more than the write quota of {}; make the batch smaller, or the quota larger",
                self.batch_size, self.write_quota.requests
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
            (batch::MAX.min(self.read_quota.requests) / 2).max(1)
        }
    }

    /// The reason that Multi Admin Approval shows to the approver, for every user: 1 to 1024 characters. It also stands in the
    /// journal.
    pub fn justification(mut self, justification: &str) -> Result<Self> {
        self.call = self.call.justification(justification)?;
        Ok(self)
    }

    /// The code of an approved request (a GUID), as the queued call returned it. It is sent in place of the justification.
    /// It belongs to one user: with it the run takes one user, and the start is refused with any other limit of users.
    pub fn approval_code(mut self, code: &str) -> Result<Self> {
        self.call = self.call.approval_code(code)?;
        Ok(self)
    }

    /// The GUID that identifies the request in the service's logs. It belongs to one user: with it the run takes one user,
    /// as with an approval code. The default is a new one for each user.
    pub fn client_request_id(mut self, id: &str) -> Result<Self> {
        self.call = self.call.client_request_id(id)?;
        Ok(self)
    }

    /// The longest time of each request of the run, including all its attempts and waits. The default is the client's. Each
    /// read of a user is a request, all pages of a list together are one, and so is the send. Waits for a token do not
    /// count. Pauses of the whole run, for its pace or after a 429, count only in a run of one user.
    pub fn deadline(mut self, duration: Duration) -> Result<Self> {
        self.call = self.call.deadline(duration)?;
        Ok(self)
    }

    /// Whether the caller answers [`EventKind::NeedToken`](crate::EventKind::NeedToken). If not, which is the default, a refused
    /// token is final unless the client's credential supplies another.
    #[must_use]
    pub fn token_events(mut self, supplies: bool) -> Self {
        self.token_events = supplies;
        self
    }

    /// Records the run in a new journal, a file of JSON lines. A file that exists is refused when the run starts: see
    /// [`RunOptions::resume`].
    #[must_use]
    pub fn journal(mut self, path: impl Into<PathBuf>) -> Self {
        self.journal = Some(path.into());
        self
    }

    /// Resumes the run of a journal. Users that are done are not sent again; users in doubt are read first. A run takes
    /// this or [`RunOptions::journal`], not both.
    ///
    /// The journal does not store users and options: give all users again, and set the options again. If the earlier run
    /// was bound to a plan or had exclusions, the start is refused without a plan or with fewer exclusions. When the run
    /// ends, a notice of the kind [`NoticeKind::Run`](crate::NoticeKind::Run) reports how many users in doubt or waiting
    /// for approval were not given.
    #[must_use]
    pub fn resume(mut self, path: impl Into<PathBuf>) -> Self {
        self.resume = Some(path.into());
        self
    }

    /// Binds the run to a plan, the journal of a preview: it sends only users of the plan, and only if the plan has all
    /// their devices. If devices may not be read, the run ends.
    #[must_use]
    pub fn plan(mut self, path: impl Into<PathBuf>) -> Self {
        self.plan = Some(path.into());
        self
    }

    /// Reads only and sends nothing: each user is reported with devices and warnings, and with the reason if a run would
    /// skip the user. Its journal is a plan.
    #[must_use]
    pub fn preview(mut self) -> Self {
        self.preview = true;
        self
    }

    /// Whether users and devices are read before anything is sent; the default is yes. Without reads there are no warnings,
    /// no limit of devices and no snapshot. Users in doubt stay unknown, and no user can be previewed or compared with a
    /// plan.
    #[must_use]
    pub fn inspect_first(mut self, yes: bool) -> Self {
        self.inspect_first = yes;
        self
    }

    /// The most writes that are sent in any window of this length. The default is 150 in 20 seconds of the documented 200
    /// for an app and tenant (<https://learn.microsoft.com/graph/throttling-limits#intune-service-limits>).
    pub fn write_quota(mut self, writes: usize, window: Duration) -> Result<Self> {
        self.write_quota = Quota::checked("write quota", writes, window)?;
        Ok(self)
    }

    /// The most reads that are sent in any window of this length. The default is 2000 in 20 seconds. Each read inside a
    /// batch is one.
    pub fn read_quota(mut self, reads: usize, window: Duration) -> Result<Self> {
        self.read_quota = Quota::checked("read quota", reads, window)?;
        Ok(self)
    }

    /// The most requests in flight at once, 1 to 64. The default is 16; with 1, and a batch size of 1, the users come in
    /// the order given.
    pub fn connections(mut self, connections: usize) -> Result<Self> {
        if connections == 0 || connections > MAX_CONNECTIONS {
            return Err(Error::invalid_argument(format!(
                "connections must be 1 to {MAX_CONNECTIONS}"
            )));
        }
        self.connections = connections;
        Ok(self)
    }

    /// How many users are sent in one request, 1 to 20, and no more than the write quota, which is checked as the run
    /// starts. The default is 1. Larger batches save round trips, but an answer that cannot be read leaves every user of
    /// the batch unknown.
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

    /// The most users that the run takes. The default is no limit. With a limit nothing is sent until the users have ended,
    /// and nothing at all if they are more. Until then all of them are in memory.
    ///
    /// A run of one user is a call that can be stopped and whose token can be renewed: it is not paced, and all its waits but
    /// those for a token count towards its deadline.
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

    /// The most requests that Multi Admin Approval may queue before the run ends. Such a run can be resumed. The default is
    /// 0: the first queued request ends the run, so that a person can check it.
    #[must_use]
    pub fn max_approvals(mut self, requests: u64) -> Self {
        self.max_approvals = requests;
        self
    }

    /// A user that must not be sent, by object id or name. If users are read, exclusions are looked up first, so that
    /// either form protects the user, and a notice of the kind [`NoticeKind::Run`](crate::NoticeKind::Run) names the
    /// exclusions that no user has. If they cannot be looked up, a user in another form than an exclusion fails as
    /// [`Status::PermissionDenied`](crate::Status::PermissionDenied).
    #[must_use]
    pub fn exclude(mut self, user: UserId) -> Self {
        Arc::make_mut(&mut self.exclude).push(user);
        self
    }

    /// Consent to a blocking warning, by its name, such as `entra_joined_windows`.
    pub fn accept_warning(mut self, warning: WarningCode) -> Result<Self> {
        if !warning.is_acceptable() {
            return Err(Error::invalid_argument(format!(
                "the warning {} cannot be accepted; look at the user",
                warning.name()
            )));
        }
        if !self.accept_warnings.contains(&warning) {
            self.accept_warnings.push(warning);
        }
        Ok(self)
    }

    /// Name and SHA-256 (hexadecimal) of the list that the users come from, for the journal.
    pub fn input_list(mut self, name: &str, sha256: &str) -> Result<Self> {
        if sha256.len() != 64 || !sha256.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(Error::invalid_argument(
                "the SHA-256 of the input list is 64 hexadecimal digits",
            ));
        }
        self.input_list = Some((name.to_owned(), sha256.to_ascii_lowercase()));
        Ok(self)
    }

    /// The person who starts the run, for the journal. The default is the signed-in user of the token, and no text for an
    /// app.
    #[must_use]
    pub fn initiated_by(mut self, who: &str) -> Self {
        self.initiated_by = Some(who.to_owned());
        self
    }

    /// The machine of the run, for the journal. There is no default.
    #[must_use]
    pub fn machine(mut self, name: &str) -> Self {
        self.machine = Some(name.to_owned());
        self
    }

    /// How the person who starts the run consented to it, for the journal, such as `typed 4`. There is no default.
    #[must_use]
    pub fn consent(mut self, how: &str) -> Self {
        self.consent = Some(how.to_owned());
        self
    }
}
