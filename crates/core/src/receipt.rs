//! What a caller keeps of an accepted call.

use std::time::Duration;

use crate::transport::Answer;

/// The service accepted the action for one user (HTTP 204). The devices retire when they next check in; accepted is not
/// yet retired.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Receipt {
    /// The user as given.
    pub user: String,
    /// The service's id of the request; support asks for it.
    pub request_id: Option<String>,
    /// The id that this library sent with the request.
    pub client_request_id: String,
    /// The service's date as it wrote it (RFC 9110).
    pub date: Option<String>,
    /// How many times the request was sent.
    pub attempts: u32,
    /// From the start of the call to its answer, without what does not count towards its deadline.
    pub elapsed: Duration,
    /// Where it was sent, if that is no known Microsoft cloud.
    pub custom_endpoint: Option<String>,
}

impl Receipt {
    /// What an answer of 204 says; the rest is the call's to tell.
    pub(crate) fn of(answer: &Answer, user: &str, client_request_id: &str) -> Self {
        Self {
            user: user.to_owned(),
            request_id: answer.request_id(),
            client_request_id: client_request_id.to_owned(),
            date: answer.shown_header("date"),
            attempts: 1,
            elapsed: Duration::ZERO,
            custom_endpoint: None,
        }
    }
}
