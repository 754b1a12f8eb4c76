//! Notices of a call or a run, for a log.

use std::fmt;
use std::time::Duration;

use crate::status::Status;

/// An event during a call or a run, for a log. `Display` writes one line, never with a token.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice {
    /// A request is being sent.
    Sending {
        /// The user of the call.
        user: String,
        /// The number of the attempt, from 1.
        attempt: u32,
        /// The id that is sent with it.
        client_request_id: String,
    },
    /// An attempt failed and another follows.
    Waiting {
        /// The user of the call.
        user: String,
        /// The status of the attempt.
        status: Status,
        /// The HTTP status, if there was an answer.
        http_status: Option<u16>,
        /// The service's id of the request, if there was an answer.
        request_id: Option<String>,
        /// How long until the next attempt.
        wait: Duration,
    },
    /// A run continues in another way than requested, or reports something about itself.
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

/// What a notice is about. The same number and name in every language; new ones are only added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(i32)]
#[non_exhaustive]
pub enum NoticeKind {
    /// A request is being sent.
    Sending = 0,
    /// An attempt failed and another follows.
    Waiting = 1,
    /// The run itself, for example that it continues in another way than requested. A program without a log should show
    /// these.
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
    /// The kind of the notice.
    pub fn kind(&self) -> NoticeKind {
        match self {
            Self::Sending { .. } => NoticeKind::Sending,
            Self::Waiting { .. } => NoticeKind::Waiting,
            Self::Run(_) => NoticeKind::Run,
        }
    }
}
