//! The error of a call: one status, and every field that the service gave.

use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::status::{Effect, Outcome, Status};
use crate::transport::Answer;

/// Why a call was not accepted. It dereferences to its [`Failure`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.failure.message)]
pub struct Error(Box<Inner>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Inner {
    failure: Failure,
    /// The system's error number, and the file. They are not fields of a failure: no service gives them, and a journal does
    /// not record them.
    os_error: Option<i32>,
    path: Option<PathBuf>,
}

/// Why a call failed: a status, a message that says what to do next, and all that the service returned. Each field has the
/// same name in every language; none ever holds a token.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Failure {
    /// The kind of failure; never [`Status::Ok`].
    pub status: Status,
    /// What happened and what to do next: one line in lowercase.
    pub message: String,
    /// The HTTP status of the last answer.
    pub http_status: Option<u16>,
    /// `error.code` of the service.
    pub code: Option<String>,
    /// The innermost nested code, or the AADSTS number.
    pub inner_code: Option<String>,
    /// The service's message, without its boilerplate.
    pub service_message: Option<String>,
    /// The service's id of the request; support asks for it.
    pub request_id: Option<String>,
    /// The id that this library sent with the request.
    pub client_request_id: Option<String>,
    /// The id in Intune's own logs.
    pub activity_id: Option<String>,
    /// The wait that the service asked for.
    pub retry_after: Option<Duration>,
    /// The code of the queued Multi Admin Approval request. It belongs to this user alone.
    pub approval_code: Option<String>,
    /// The decoded claims challenge (a JSON object) that a new token must meet.
    pub claims: Option<String>,
    /// How many times the request was tried; 0 if it was refused before any attempt.
    pub attempts: u32,
    /// Whether the action can have been applied, over all attempts.
    pub effect: Effect,
}

impl Error {
    /// An error with a status and a message only. Language edges make their own errors with it.
    pub fn new(status: Status, message: impl Into<String>) -> Self {
        let failure = Failure {
            status,
            message: message.into(),
            http_status: None,
            code: None,
            inner_code: None,
            service_message: None,
            request_id: None,
            client_request_id: None,
            activity_id: None,
            retry_after: None,
            approval_code: None,
            claims: None,
            attempts: 0,
            effect: Effect::None,
        };
        Self(Box::new(Inner {
            failure,
            os_error: None,
            path: None,
        }))
    }

    /// Adds the file that the error is about and the system's error number, if there is one.
    pub(crate) fn of_file(mut self, path: &Path, os_error: Option<i32>) -> Self {
        self.0.path = Some(path.to_owned());
        self.0.os_error = os_error;
        self
    }

    /// The system's error number for the file at [`path`](Self::path): `errno`, on Windows `GetLastError`.
    pub fn os_error(&self) -> Option<i32> {
        self.0.os_error
    }

    /// The journal or plan that the error is about.
    pub fn path(&self) -> Option<&Path> {
        self.0.path.as_deref()
    }

    /// An argument that was refused before anything was sent.
    pub fn invalid_argument(message: impl Into<String>) -> Self {
        Self::new(Status::InvalidArgument, message)
    }

    /// Makes every text fit to be shown.
    pub(crate) fn shown_by(mut self, answer: &Answer) -> Self {
        let failure = &mut self.0.failure;
        failure.message = answer.shown(&failure.message).unwrap_or_default();
        for text in [
            &mut failure.code,
            &mut failure.inner_code,
            &mut failure.service_message,
            &mut failure.request_id,
            &mut failure.activity_id,
            &mut failure.approval_code,
        ] {
            *text = text.take().and_then(|text| answer.shown(&text));
        }
        // The service gets the claims back unchanged.
        failure.claims = failure.claims.take().map(|claims| answer.token.redact(&claims));
        self
    }

    /// The outcome for the user of the call.
    pub fn outcome(&self) -> Outcome {
        Outcome::of(self.status, self.effect)
    }

    /// The status for a caller that gets no other field: [`Status::Interrupted`] if the action may have been applied and
    /// the error's own status would deny that.
    pub fn status_alone(&self) -> Status {
        if self.effect == Effect::Possible && !self.status.leaves_doubt() {
            Status::Interrupted
        } else {
            self.status
        }
    }
}

impl Deref for Error {
    type Target = Failure;
    fn deref(&self) -> &Failure {
        &self.0.failure
    }
}

impl DerefMut for Error {
    fn deref_mut(&mut self) -> &mut Failure {
        &mut self.0.failure
    }
}

/// A result of this library.
pub type Result<T> = std::result::Result<T, Error>;
