//! `graph_verified_device`: what became of one device.

use std::ffi::{CString, c_char};
use std::ptr;

use graph_core::{Verdict, VerifiedDevice};

use crate::guard::read;
use crate::strings::{owned, owned_if_any, pointer};

/// What became of one device since its user was accepted. It belongs to its event.
pub struct graph_verified_device {
    id: CString,
    name: Option<CString>,
    verdict: Verdict,
    state: Option<CString>,
    since: Option<CString>,
    detail: Option<CString>,
}

impl From<VerifiedDevice> for graph_verified_device {
    fn from(device: VerifiedDevice) -> Self {
        Self {
            id: owned(&device.id),
            name: owned_if_any(device.name.as_deref()),
            verdict: device.verdict,
            state: owned_if_any(device.state.as_deref()),
            since: owned_if_any(device.since.as_deref()),
            detail: owned_if_any(device.detail.as_deref()),
        }
    }
}

/// The id in Intune.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_verified_device_id(device: *const graph_verified_device) -> *const c_char {
    read(device, ptr::null(), |device| device.id.as_ptr())
}

/// Its name when it was seen first, or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_verified_device_name(device: *const graph_verified_device) -> *const c_char {
    read(device, ptr::null(), |device| pointer(device.name.as_ref()))
}

/// What became of it; `GRAPH_VERDICT_CANNOT_TELL` for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_verified_device_verdict(device: *const graph_verified_device) -> Verdict {
    read(device, Verdict::CannotTell, |device| device.verdict)
}

/// Its state, as the service wrote it, or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_verified_device_state(device: *const graph_verified_device) -> *const c_char {
    read(device, ptr::null(), |device| pointer(device.state.as_ref()))
}

/// Since when the retire is under way, as the service wrote it, or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_verified_device_since(device: *const graph_verified_device) -> *const c_char {
    read(device, ptr::null(), |device| pointer(device.since.as_ref()))
}

/// What else the service said, or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_verified_device_detail(device: *const graph_verified_device) -> *const c_char {
    read(device, ptr::null(), |device| pointer(device.detail.as_ref()))
}
