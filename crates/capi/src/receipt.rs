//! `graph_receipt`: what a caller keeps of an accepted call.

use std::ffi::{CString, c_char};
use std::ptr;

use graph_core::Receipt;

use crate::guard::{free, read};
use crate::strings::{count, milliseconds, owned, owned_if_any, pointer};

/// The service accepted the action for a user (HTTP 204). The devices retire when they next check in: accepted is not yet
/// retired.
pub struct graph_receipt {
    user: CString,
    request_id: Option<CString>,
    client_request_id: Option<CString>,
    date: Option<CString>,
    endpoint: Option<CString>,
    attempts: i32,
    elapsed_ms: i64,
}

impl From<Receipt> for graph_receipt {
    fn from(receipt: Receipt) -> Self {
        Self {
            user: owned(&receipt.user),
            request_id: owned_if_any(receipt.request_id.as_deref()),
            client_request_id: owned_if_any(receipt.client_request_id.as_deref()),
            date: owned_if_any(receipt.date.as_deref()),
            endpoint: owned_if_any(receipt.endpoint.as_deref()),
            attempts: count(receipt.attempts),
            elapsed_ms: milliseconds(Some(receipt.elapsed)),
        }
    }
}

/// The user as given.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_receipt_user(receipt: *const graph_receipt) -> *const c_char {
    read(receipt, ptr::null(), |receipt| receipt.user.as_ptr())
}

/// The service's id of the request, which support asks for, or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_receipt_request_id(receipt: *const graph_receipt) -> *const c_char {
    read(receipt, ptr::null(), |receipt| {
        pointer(receipt.request_id.as_ref())
    })
}

/// The id that was sent with the request.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_receipt_client_request_id(receipt: *const graph_receipt) -> *const c_char {
    read(receipt, ptr::null(), |receipt| {
        pointer(receipt.client_request_id.as_ref())
    })
}

/// The service's date as it wrote it (RFC 9110), or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_receipt_date(receipt: *const graph_receipt) -> *const c_char {
    read(receipt, ptr::null(), |receipt| pointer(receipt.date.as_ref()))
}

/// Where it was sent, if that is no known Microsoft cloud; else NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_receipt_endpoint(receipt: *const graph_receipt) -> *const c_char {
    read(receipt, ptr::null(), |receipt| pointer(receipt.endpoint.as_ref()))
}

/// How many times the request was sent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_receipt_attempts(receipt: *const graph_receipt) -> i32 {
    read(receipt, 0, |receipt| receipt.attempts)
}

/// From the start of the call to its answer, in milliseconds, without what does not count towards its deadline.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_receipt_elapsed_ms(receipt: *const graph_receipt) -> i64 {
    read(receipt, -1, |receipt| receipt.elapsed_ms)
}

/// Frees a receipt; NULL is nothing. Not for a receipt that belongs to an event.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_receipt_free(receipt: *mut graph_receipt) {
    free(receipt);
}
