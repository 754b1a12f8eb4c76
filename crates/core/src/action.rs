//! The action for one user: its request, its receipt, and a queued request whose answer was lost.

use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::answer::{APPROVAL_CODE, APPROVAL_JUSTIFICATION};
use crate::approvals;
use crate::call::{Call, Request, Tries};
use crate::error::{Error, Result};
use crate::options::CallOptions;
use crate::purpose::Purpose;
use crate::receipt::Receipt;
use crate::status::{Effect, Status};
use crate::transport::Method;
use crate::user_id::UserId;

/// The one action of this library, as the service and a journal name it.
pub(crate) const ACTION: &str = "removeAllDevicesFromManagement";

/// What is known of a request whose answer was lost, should it have been queued for approval.
pub(crate) struct LostAnswer<'a> {
    /// Nothing of it was sent before.
    pub(crate) since: SystemTime,
    /// Whether an approval code is known to be another user's.
    pub(crate) is_anothers: &'a dyn Fn(&str) -> bool,
}

/// What comes before an attempt of a run; see [`Request`]. A single call has none of it.
#[derive(Default)]
pub(crate) struct Before<'a> {
    pub(crate) is_fresh: Option<&'a dyn Fn() -> bool>,
    pub(crate) write_ahead: Option<&'a dyn Fn() -> Result<()>>,
}

/// The action, for one user.
pub(crate) struct Action<'a> {
    /// The user as given.
    pub(crate) user: &'a str,
    /// The user as sent: the object id where it is known.
    pub(crate) target: &'a UserId,
    pub(crate) approval_code: Option<&'a str>,
    pub(crate) client_request_id: &'a str,
    justification: Option<&'a str>,
    /// As it is sent.
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

    /// The code of an approved request, or else the justification that asks for approval where it is wanted.
    pub(crate) fn headers(&self) -> Vec<(&'static str, &str)> {
        match (self.approval_code, &self.justification_header) {
            (Some(code), _) => vec![(APPROVAL_CODE, code)],
            (None, Some(text)) => vec![(APPROVAL_JUSTIFICATION, text)],
            (None, None) => Vec::new(),
        }
    }

    pub(crate) fn perform(
        &self,
        call: &mut Call<'_>,
        tries: &mut Tries,
        before: &Before<'_>,
    ) -> Result<Receipt> {
        let target = format!("/v1.0{}", self.path());
        let request = Request {
            purpose: Purpose::Retire,
            subject: self.user,
            method: Method::Post,
            target: &target,
            headers: &self.headers(),
            body: None,
            weight: 1,
            acts_on: &[self.user, self.target.as_str()],
            client_request_id: self.client_request_id,
            is_fresh: before.is_fresh,
            write_ahead: before.write_ahead,
        };
        let mut receipt = call.perform(&request, tries, |answer, _| {
            Ok(Receipt::of(answer, self.user, self.client_request_id))
        })?;
        receipt.attempts = tries.attempts();
        receipt.elapsed = call.elapsed(tries);
        receipt.custom_endpoint = call.transport.endpoint().unknown_root();
        Ok(receipt)
    }

    /// Whether the service refused because a request for this user waits for approval already.
    pub(crate) fn waits_already(&self, error: &Error) -> bool {
        self.justification.is_some()
            && self.approval_code.is_none()
            && error.status == Status::Rejected
            && error.service_message.as_deref().is_some_and(|text| {
                let text = text.to_ascii_lowercase();
                text.contains("approval") && text.contains("pending")
            })
    }

    /// Of a refusal that [`waits_already`](Self::waits_already): if an answer of ours was lost, the request that waits can be
    /// our own. Then nothing was done, and its code is told.
    pub(crate) fn find_queued(&self, call: &mut Call<'_>, error: &mut Error, lost: Option<LostAnswer<'_>>) {
        let found = match (lost, self.justification) {
            (Some(lost), Some(justification)) => {
                approvals::find(call, self.target, justification, lost.since, lost.is_anothers)
            }
            _ => Ok(None),
        };
        match found {
            Ok(Some(code)) => {
                error.status = Status::ApprovalPending;
                error.effect = Effect::None;
                error.message = format!("{}: {code}", Status::ApprovalPending.message());
                error.approval_code = Some(code);
            }
            Ok(None) => {
                error.message = format!(
                    "{}; it is none that can be told to be this call's, look at the approval requests in the Intune admin center",
                    error.message
                );
            }
            Err(cause) => error.message = format!("{}; {cause}", error.message),
        }
    }
}
