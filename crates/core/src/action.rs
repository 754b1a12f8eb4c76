//! The action for one user: its request, its receipt, and a queued request whose answer was lost.

use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::answer::{APPROVAL_CODE, APPROVAL_JUSTIFICATION};
use crate::approvals;
use crate::attempts::Attempts;
use crate::error::{Error, Result};
use crate::options::CallOptions;
use crate::receipt::Receipt;
use crate::request_kind::RequestKind;
use crate::session::{Precautions, Request, SendError, Session};
use crate::status::{Effect, Status};
use crate::transport::{Method, Outgoing};
use crate::user_id::UserId;

/// The one action of this library, as the service and a journal name it.
pub(crate) const ACTION: &str = "removeAllDevicesFromManagement";

/// The action, for one user.
pub(crate) struct Action<'a> {
    /// The user as given.
    pub(crate) user: &'a str,
    /// The user as sent: the object id if it is known.
    pub(crate) target: &'a UserId,
    pub(crate) approval_code: Option<&'a str>,
    pub(crate) client_request_id: &'a str,
    justification: Option<&'a str>,
    /// The justification in the form of a header.
    justification_header: Option<String>,
}

impl<'a> Action<'a> {
    pub(crate) fn new(
        user: &'a str,
        target: &'a UserId,
        options: &'a CallOptions,
        client_request_id: &'a str,
    ) -> Self {
        let justification = options.justification.as_deref();
        Self {
            user,
            target,
            approval_code: options.approval_code.as_deref(),
            client_request_id,
            justification,
            justification_header: justification.map(|text| STANDARD.encode(text)),
        }
    }

    /// The path below the version root.
    pub(crate) fn path(&self) -> String {
        format!("{}/{ACTION}", self.target.path())
    }

    /// The code of an approved request, or otherwise the justification of a request for approval.
    pub(crate) fn headers(&self) -> Vec<(&'static str, &str)> {
        match (self.approval_code, &self.justification_header) {
            (Some(code), _) => vec![(APPROVAL_CODE, code)],
            (None, Some(text)) => vec![(APPROVAL_JUSTIFICATION, text)],
            (None, None) => Vec::new(),
        }
    }

    /// Sends the action and returns its receipt.
    pub(crate) fn send(
        &self,
        session: &mut Session<'_>,
        attempts: &mut Attempts,
        precautions: Option<&Precautions<'_>>,
    ) -> std::result::Result<Receipt, SendError> {
        let target = format!("/v1.0{}", self.path());
        let request = Request {
            kind: RequestKind::Retire,
            subject: self.user,
            outgoing: Outgoing {
                method: Method::Post,
                target: &target,
                headers: &self.headers(),
                client_request_id: self.client_request_id,
                body: None,
            },
            weight: 1,
            acts_on: &[self.user, self.target.as_str()],
            precautions,
        };
        session.send_with_retry(&request, attempts, |success| {
            Ok(Receipt::new(
                success.answer,
                success,
                self.user,
                self.client_request_id,
            ))
        })
    }

    /// Whether the service refused because a request for this user waits for approval already.
    pub(crate) fn is_pending_already(&self, error: &Error) -> bool {
        self.justification.is_some()
            && self.approval_code.is_none()
            && error.status == Status::Rejected
            && error.service_message.as_deref().is_some_and(|text| {
                let text = text.to_ascii_lowercase();
                text.contains("approval") && text.contains("pending")
            })
    }

    /// Reads the codes of the requests that wait for approval and may be this one: a lost answer may have said that it was
    /// queued. This request was not sent before `since`.
    pub(crate) fn pending_codes(&self, session: &mut Session<'_>, since: SystemTime) -> Result<Vec<String>> {
        match self.justification {
            Some(justification) => approvals::waiting(session, self.target, justification, since),
            None => Ok(Vec::new()),
        }
    }

    /// The error of a refusal that [is pending already](Self::is_pending_already), once the waiting requests were read. If
    /// one of them is this request, nothing was done, and the error has its code.
    pub(crate) fn explain_pending(mut error: Error, found: Result<Option<String>>) -> Error {
        match found {
            Ok(Some(code)) => {
                error.status = Status::ApprovalPending;
                error.effect = Effect::None;
                error.message = format!("{}: {code}", Status::ApprovalPending.message());
                error.approval_code = Some(code);
            }
            Ok(None) => {
                error.message = format!(
                    "{}; another approval request for this user is pending, and it cannot be matched to this call; check the approval requests in the Intune admin center",
                    error.message
                );
            }
            Err(cause) => error.message = format!("{}; {cause}", error.message),
        }
        error
    }
}
