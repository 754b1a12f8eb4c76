//! The receipt of an accepted call.

use std::time::Duration;

use crate::session::Success;
use crate::transport::Answer;

/// The service accepted the action for one user (HTTP 204). The devices retire when they next check in; accepted is not
/// yet retired.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Receipt {
    /// The user as the caller named it.
    pub user: String,
    /// The service's id of the request; support asks for it.
    pub request_id: Option<String>,
    /// The id that this library sent with the request.
    pub client_request_id: String,
    /// The date of the answer, as the service wrote it (RFC 9110).
    pub date: Option<String>,
    /// How many times the request was sent.
    pub attempts: u32,
    /// The time from the start of the call to its answer, without waits that do not count towards the deadline.
    pub elapsed: Duration,
    /// The endpoint of the request, if it is not that of a known Microsoft cloud.
    pub custom_endpoint: Option<String>,
}

impl Receipt {
    /// The receipt of a user, from the 204 for that user and the request that was answered. A part of a batch often has no
    /// request id of its own; then the receipt has that of the batch.
    pub(crate) fn new(answer: &Answer, success: &Success<'_>, user: &str, client_request_id: &str) -> Self {
        Self {
            user: user.to_owned(),
            request_id: answer.request_id().or_else(|| success.answer.request_id()),
            client_request_id: client_request_id.to_owned(),
            date: answer.shown_header("date"),
            attempts: success.attempts.count,
            elapsed: success.elapsed,
            custom_endpoint: success.endpoint.unknown_root(),
        }
    }
}
