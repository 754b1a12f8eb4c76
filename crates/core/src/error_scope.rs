//! The scope of an error: one user, the token, every read, or every user of a run.

use crate::error::Error;
use crate::status::Status;

impl Error {
    /// Whether every user would meet the error, so that a run should end: token, permission, licence, justification, a
    /// service that does not know the action or cannot be reached, or a proxy that removes the Content-Length header.
    pub fn is_fatal(&self) -> bool {
        match self.status {
            Status::Unauthenticated
            | Status::PermissionDenied
            | Status::NotLicensed
            | Status::JustificationRequired
            | Status::ConnectionFailed => true,
            Status::Rejected => self.service_message.as_deref().is_some_and(is_about_the_route),
            Status::UnexpectedResponse => self.http_status == Some(411),
            _ => false,
        }
    }

    /// Whether a refusal names the token as its cause, and not one user or device: a scope or a role is missing, or the
    /// directory refuses.
    pub(crate) fn is_about_the_token(&self) -> bool {
        let says = |part: &str| {
            self.service_message
                .as_deref()
                .is_some_and(|text| text.to_ascii_lowercase().contains(part))
        };
        self.status == Status::PermissionDenied
            && (self.http_status == Some(401)
                || self.code.as_deref() == Some("Authorization_RequestDenied")
                || says("one of the following scopes")
                || says("application permissions configured"))
    }

    /// Whether every read would meet the error that a batch of reads met.
    pub(crate) fn is_about_every_read(&self) -> bool {
        matches!(
            self.status,
            Status::Unauthenticated
                | Status::NotLicensed
                | Status::ConnectionFailed
                | Status::Timeout
                | Status::Cancelled
        )
    }
}

/// Whether the service says that it does not know the path, rather than the object of the path.
pub(crate) fn is_about_the_route(service_message: &str) -> bool {
    let text = service_message.to_ascii_lowercase();
    text.contains("for the segment") || text.contains("no odata route")
}
