//! `graph_error`: everything known of a failure.

use std::ffi::{CString, c_char};
use std::ptr;

use graph_core::{Effect, Error, Status};

use crate::guard::{free, read};
use crate::strings::{count, milliseconds, owned, owned_if_any, pointer};

/// Why a call failed: a status, a message that says what to do next, and all that the service told.
pub struct graph_error {
    status: Status,
    effect: Effect,
    message: CString,
    http_status: i32,
    code: Option<CString>,
    inner_code: Option<CString>,
    service_message: Option<CString>,
    request_id: Option<CString>,
    client_request_id: Option<CString>,
    activity_id: Option<CString>,
    approval_code: Option<CString>,
    claims: Option<CString>,
    retry_after_ms: i64,
    attempts: i32,
}

impl From<Error> for graph_error {
    fn from(error: Error) -> Self {
        Self {
            status: error.status,
            effect: error.effect,
            message: owned(&error.message),
            http_status: error.http_status.map_or(-1, i32::from),
            code: owned_if_any(error.code.as_deref()),
            inner_code: owned_if_any(error.inner_code.as_deref()),
            service_message: owned_if_any(error.service_message.as_deref()),
            request_id: owned_if_any(error.request_id.as_deref()),
            client_request_id: owned_if_any(error.client_request_id.as_deref()),
            activity_id: owned_if_any(error.activity_id.as_deref()),
            approval_code: owned_if_any(error.approval_code.as_deref()),
            claims: owned_if_any(error.claims.as_deref()),
            retry_after_ms: milliseconds(error.retry_after),
            attempts: count(error.attempts),
        }
    }
}

/// The kind of failure; `GRAPH_STATUS_OK` for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_error_status(error: *const graph_error) -> Status {
    read(error, Status::Ok, |error| error.status)
}

/// Whether the action can have been applied, over all attempts.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_error_effect(error: *const graph_error) -> Effect {
    read(error, Effect::None, |error| error.effect)
}

/// What happened and what to do next, in lowercase; never a token.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_error_message(error: *const graph_error) -> *const c_char {
    read(error, ptr::null(), |error| error.message.as_ptr())
}

/// The HTTP status of the last answer, or -1 if there was none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_error_http_status(error: *const graph_error) -> i32 {
    read(error, -1, |error| error.http_status)
}

/// `error.code` of the service, or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_error_code(error: *const graph_error) -> *const c_char {
    read(error, ptr::null(), |error| pointer(error.code.as_ref()))
}

/// The innermost nested code or the AADSTS number, or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_error_inner_code(error: *const graph_error) -> *const c_char {
    read(error, ptr::null(), |error| pointer(error.inner_code.as_ref()))
}

/// The human part of the service's message, or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_error_service_message(error: *const graph_error) -> *const c_char {
    read(error, ptr::null(), |error| {
        pointer(error.service_message.as_ref())
    })
}

/// The service's id of the request, which support asks for, or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_error_request_id(error: *const graph_error) -> *const c_char {
    read(error, ptr::null(), |error| pointer(error.request_id.as_ref()))
}

/// The id that is sent with the request, or NULL if it was not tried.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_error_client_request_id(error: *const graph_error) -> *const c_char {
    read(error, ptr::null(), |error| {
        pointer(error.client_request_id.as_ref())
    })
}

/// The id in Intune's own logs, or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_error_activity_id(error: *const graph_error) -> *const c_char {
    read(error, ptr::null(), |error| pointer(error.activity_id.as_ref()))
}

/// The code of the queued Multi Admin Approval request, or NULL. It belongs to this user alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_error_approval_code(error: *const graph_error) -> *const c_char {
    read(error, ptr::null(), |error| pointer(error.approval_code.as_ref()))
}

/// The decoded claims challenge (a JSON object) to get a new token with, or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_error_claims(error: *const graph_error) -> *const c_char {
    read(error, ptr::null(), |error| pointer(error.claims.as_ref()))
}

/// How long the service asked to wait, in milliseconds, or -1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_error_retry_after_ms(error: *const graph_error) -> i64 {
    read(error, -1, |error| error.retry_after_ms)
}

/// How many times the request was tried; 0 if it was refused before that.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_error_attempts(error: *const graph_error) -> i32 {
    read(error, 0, |error| error.attempts)
}

/// Frees an error; NULL is nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_error_free(error: *mut graph_error) {
    free(error);
}
