//! What happens on the way, for a log.

use std::fmt;
use std::time::Duration;

use crate::status::Status;

/// Something that happened on the way, for a log. Its `Display` is one line and never holds a token.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice {
    /// A request leaves now.
    Sending {
        /// The user of the call.
        user: String,
        /// 1 for the first.
        attempt: u32,
        /// The id that is sent with it.
        client_request_id: String,
    },
    /// An attempt failed and another follows.
    Waiting {
        /// The user of the call.
        user: String,
        /// What the attempt came to.
        status: Status,
        /// The HTTP status, if there was an answer.
        http_status: Option<u16>,
        /// The service's id of the request, if there was an answer.
        request_id: Option<String>,
        /// How long until the next attempt.
        wait: Duration,
    },
    /// A run goes on in another way than asked for, or tells something of itself.
    Run(String),
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sending {
                user,
                attempt,
                client_request_id,
            } => {
                write!(
                    f,
                    "{user}: sending attempt {attempt}, client-request-id {client_request_id}"
                )
            }
            Self::Waiting {
                user,
                status,
                http_status,
                request_id,
                wait,
            } => {
                write!(f, "{user}: {status}")?;
                if let Some(http_status) = http_status {
                    write!(f, ", HTTP {http_status}")?;
                }
                if let Some(request_id) = request_id {
                    write!(f, ", request-id {request_id}")?;
                }
                write!(f, "; trying again in {:.1} s", wait.as_secs_f64())
            }
            Self::Run(text) => f.write_str(text),
        }
    }
}

/// What a notice is about. The same number and name in every language; both are only ever added to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(i32)]
#[non_exhaustive]
pub enum NoticeKind {
    /// A request leaves.
    Sending = 0,
    /// An attempt failed and another follows.
    Waiting = 1,
    /// The run itself: it goes on in another way than asked for. Whoever shows no log should show these.
    Run = 2,
}

impl NoticeKind {
    /// Every kind, in the order of its number.
    pub fn all() -> &'static [Self] {
        &[Self::Sending, Self::Waiting, Self::Run]
    }

    /// The name in every language.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sending => "sending",
            Self::Waiting => "waiting",
            Self::Run => "run",
        }
    }
}

impl Notice {
    /// What it is about.
    pub fn kind(&self) -> NoticeKind {
        match self {
            Self::Sending { .. } => NoticeKind::Sending,
            Self::Waiting { .. } => NoticeKind::Waiting,
            Self::Run(_) => NoticeKind::Run,
        }
    }
}
