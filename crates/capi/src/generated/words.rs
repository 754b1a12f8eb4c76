//! The name of each number.

use std::ffi::c_char;

use graph_core::{Effect, EventKind, NoticeKind, Outcome, Reason, Severity, Status, Verdict, WarningCode};

use crate::names::Names;

static STATUS: Names = Names::new(c"unknown_status", || {
    Status::all()
        .iter()
        .map(|word| (*word as i32, word.name()))
        .collect()
});

/// The name of a status, such as `justification_required`; `unknown_status` for any other number. Static.
#[unsafe(no_mangle)]
pub extern "C" fn graph_status_name(status: i32) -> *const c_char {
    STATUS.get(status)
}

static EFFECT: Names = Names::new(c"unknown_effect", || {
    Effect::all()
        .iter()
        .map(|word| (*word as i32, word.name()))
        .collect()
});

/// The name of an effect, such as `possible`; `unknown_effect` for any other number. Static.
#[unsafe(no_mangle)]
pub extern "C" fn graph_effect_name(effect: i32) -> *const c_char {
    EFFECT.get(effect)
}

static OUTCOME: Names = Names::new(c"unknown_outcome", || {
    Outcome::all()
        .iter()
        .map(|word| (*word as i32, word.name()))
        .collect()
});

/// The name of an outcome, such as `awaiting_approval`; `unknown_outcome` for any other number. Static.
#[unsafe(no_mangle)]
pub extern "C" fn graph_outcome_name(outcome: i32) -> *const c_char {
    OUTCOME.get(outcome)
}

static REASON: Names = Names::new(c"unknown_reason", || {
    Reason::all()
        .iter()
        .map(|word| (*word as i32, word.name()))
        .collect()
});

/// The name of a reason, such as `too_many_devices`; empty for `GRAPH_REASON_NONE`, `unknown_reason` for any other number.
/// Static.
#[unsafe(no_mangle)]
pub extern "C" fn graph_reason_name(reason: i32) -> *const c_char {
    REASON.get(reason)
}

static SEVERITY: Names = Names::new(c"unknown_severity", || {
    Severity::all()
        .iter()
        .map(|word| (*word as i32, word.name()))
        .collect()
});

/// The name of a severity, such as `blocking`; `unknown_severity` for any other number. Static.
#[unsafe(no_mangle)]
pub extern "C" fn graph_severity_name(severity: i32) -> *const c_char {
    SEVERITY.get(severity)
}

static WARNING_CODE: Names = Names::new(c"unknown_warning", || {
    WarningCode::all()
        .iter()
        .map(|word| (*word as i32, word.name()))
        .collect()
});

/// The name of a warning, such as `platform_without_retire`; `unknown_warning` for any other number. Static.
#[unsafe(no_mangle)]
pub extern "C" fn graph_warning_code_name(code: i32) -> *const c_char {
    WARNING_CODE.get(code)
}

static VERDICT: Names = Names::new(c"unknown_verdict", || {
    Verdict::all()
        .iter()
        .map(|word| (*word as i32, word.name()))
        .collect()
});

/// The name of a verdict, such as `still_managed`; `unknown_verdict` for any other number. Static.
#[unsafe(no_mangle)]
pub extern "C" fn graph_verdict_name(verdict: i32) -> *const c_char {
    VERDICT.get(verdict)
}

static NOTICE_KIND: Names = Names::new(c"unknown_notice_kind", || {
    NoticeKind::all()
        .iter()
        .map(|word| (*word as i32, word.name()))
        .collect()
});

/// The name of a kind of notice, such as `waiting`; `unknown_notice_kind` for any other number. Static.
#[unsafe(no_mangle)]
pub extern "C" fn graph_notice_kind_name(kind: i32) -> *const c_char {
    NOTICE_KIND.get(kind)
}

static EVENT_KIND: Names = Names::new(c"unknown_event_kind", || {
    EventKind::all()
        .iter()
        .map(|word| (*word as i32, word.name()))
        .collect()
});

/// The name of a kind of event, such as `need_token`; `unknown_event_kind` for any other number. Static.
#[unsafe(no_mangle)]
pub extern "C" fn graph_event_kind_name(kind: i32) -> *const c_char {
    EVENT_KIND.get(kind)
}
