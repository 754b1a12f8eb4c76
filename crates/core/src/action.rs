//! The action for one user: its request and its receipt.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::answer::{APPROVAL_CODE, APPROVAL_JUSTIFICATION};
use crate::call::{Call, Progress, Request};
use crate::error::Result;
use crate::options::CallOptions;
use crate::purpose::Purpose;
use crate::receipt::Receipt;
use crate::transport::Method;
use crate::user_id::UserId;

/// The action, for one user.
pub(crate) struct Action<'a> {
    /// The user as given.
    pub(crate) user: &'a str,
    /// The user as sent: the object id where it is known.
    pub(crate) target: &'a UserId,
    pub(crate) justification: Option<String>,
    pub(crate) approval_code: Option<&'a str>,
    pub(crate) client_request_id: &'a str,
}

impl<'a> Action<'a> {
    pub(crate) fn new(
        user: &'a str,
        target: &'a UserId,
        options: &'a CallOptions,
        client_request_id: &'a str,
    ) -> Self {
        Self {
            user,
            target,
            justification: options.justification.as_deref().map(|text| STANDARD.encode(text)),
            approval_code: options.approval_code.as_deref(),
            client_request_id,
        }
    }

    /// The path below the version root.
    pub(crate) fn path(&self) -> String {
        format!("{}/removeAllDevicesFromManagement", self.target.path())
    }

    /// The code of an approved request, or else the justification that asks for approval where it is wanted.
    pub(crate) fn headers(&self) -> Vec<(&'static str, &str)> {
        match (self.approval_code, &self.justification) {
            (Some(code), _) => vec![(APPROVAL_CODE, code)],
            (None, Some(text)) => vec![(APPROVAL_JUSTIFICATION, text)],
            (None, None) => Vec::new(),
        }
    }

    pub(crate) fn perform(&self, call: &mut Call<'_>, progress: &mut Progress) -> Result<Receipt> {
        let target = format!("/v1.0{}", self.path());
        let request = Request {
            purpose: Purpose::Retire,
            subject: self.user,
            method: Method::Post,
            target: &target,
            headers: &self.headers(),
            body: None,
            weight: 1,
            client_request_id: self.client_request_id,
        };
        let mut receipt = call.perform(&request, progress, |answer| {
            Ok(Receipt::of(answer, self.user, self.client_request_id))
        })?;
        receipt.attempts = progress.attempts();
        receipt.elapsed = call.elapsed(progress);
        receipt.endpoint = call.transport.endpoint().unknown_root();
        Ok(receipt)
    }
}
