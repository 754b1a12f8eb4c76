//! `graph_event`: what a run has to tell.

use std::ffi::{CString, c_char};
use std::ptr;

use graph_core::{
    Effect, Event, NoticeKind, Outcome, Reason, Row, Status, Summary, Tick, Verdict, Verification,
};

use crate::device::graph_device_list;
use crate::error::graph_error;
use crate::guard::{free, read};
use crate::receipt::graph_receipt;
use crate::strings::{large, owned, owned_if_any, part, pointer};
use crate::verified::graph_verified_device;

/// The kinds of event.
///
/// cbindgen:rename-all=None
#[allow(clippy::upper_case_acronyms)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum graph_event_kind {
    /// Nothing within the time given; no event of a run.
    GRAPH_EVENT_NONE = 0,
    /// A user is done: user, id, outcome, reason, detail, devices, and a receipt or an error.
    GRAPH_EVENT_ROW = 1,
    /// The run is short of users: add some more or end them.
    GRAPH_EVENT_NEED_USERS = 2,
    /// The service refused the token: set another, which meets the claims if there are any, or stop the run.
    GRAPH_EVENT_NEED_TOKEN = 3,
    /// Something for a log: a text, and what it is about.
    GRAPH_EVENT_NOTICE = 4,
    /// The last event: counts, and the status and message of what ended the run early, if anything did.
    GRAPH_EVENT_DONE = 5,
    /// How far the run or the verification is: about once a second as long as events are taken, also while it pauses.
    GRAPH_EVENT_TICK = 6,
    /// Of `graph_verify_start`: what became of the devices of a user.
    GRAPH_EVENT_VERIFIED = 7,
}

impl graph_event_kind {
    /// The name of each kind, in the order of its number.
    pub(crate) const NAMES: [&str; 8] = [
        "none",
        "row",
        "need_users",
        "need_token",
        "notice",
        "done",
        "tick",
        "verified",
    ];
}

/// What a run has to tell. Read-only.
pub struct graph_event {
    kind: graph_event_kind,
    user: Option<CString>,
    id: Option<CString>,
    outcome: Outcome,
    reason: Reason,
    status: Option<Status>,
    effect: Option<Effect>,
    detail: Option<CString>,
    receipt: Option<graph_receipt>,
    error: Option<graph_error>,
    devices: Option<graph_device_list>,
    claims: Option<CString>,
    text: Option<CString>,
    notice_kind: NoticeKind,
    pub(crate) tick: Option<Tick>,
    pub(crate) verdict: Verdict,
    pub(crate) verified: Vec<graph_verified_device>,
    pub(crate) summary: Summary,
    message: Option<CString>,
    endpoint: Option<CString>,
}

impl graph_event {
    fn new(kind: graph_event_kind) -> Self {
        Self {
            kind,
            user: None,
            id: None,
            outcome: Outcome::Skipped,
            reason: Reason::None,
            status: None,
            effect: None,
            detail: None,
            receipt: None,
            error: None,
            devices: None,
            claims: None,
            text: None,
            notice_kind: NoticeKind::Sending,
            tick: None,
            verdict: Verdict::CannotTell,
            verified: Vec::new(),
            summary: Summary::default(),
            message: None,
            endpoint: None,
        }
    }
}

impl From<Option<Event>> for graph_event {
    fn from(event: Option<Event>) -> Self {
        match event {
            Some(Event::Row(row)) => row.into(),
            Some(Event::NeedUsers) => Self::new(graph_event_kind::GRAPH_EVENT_NEED_USERS),
            Some(Event::NeedToken { claims }) => Self {
                claims: owned_if_any(claims.as_deref()),
                ..Self::new(graph_event_kind::GRAPH_EVENT_NEED_TOKEN)
            },
            Some(Event::Notice(notice)) => Self {
                text: Some(owned(&notice.to_string())),
                notice_kind: notice.kind(),
                ..Self::new(graph_event_kind::GRAPH_EVENT_NOTICE)
            },
            Some(Event::Tick(tick)) => Self {
                tick: Some(tick),
                ..Self::new(graph_event_kind::GRAPH_EVENT_TICK)
            },
            Some(Event::Verified(verification)) => verification.into(),
            Some(Event::Done(summary)) => Self {
                message: owned_if_any(summary.message.as_deref()),
                endpoint: owned_if_any(summary.endpoint.as_deref()),
                summary,
                ..Self::new(graph_event_kind::GRAPH_EVENT_DONE)
            },
            _ => Self::new(graph_event_kind::GRAPH_EVENT_NONE),
        }
    }
}

impl From<Row> for graph_event {
    fn from(row: Row) -> Self {
        Self {
            user: Some(owned(&row.user)),
            id: owned_if_any(row.id.as_deref()),
            outcome: row.outcome,
            reason: row.reason,
            status: row.status(),
            effect: row.effect(),
            message: owned_if_any(row.message()),
            detail: owned_if_any(row.detail.as_deref()),
            receipt: row.receipt.map(Into::into),
            error: row.error.map(Into::into),
            devices: row.devices.map(Into::into),
            ..Self::new(graph_event_kind::GRAPH_EVENT_ROW)
        }
    }
}

impl From<Verification> for graph_event {
    fn from(verification: Verification) -> Self {
        Self {
            user: Some(owned(&verification.user)),
            id: owned_if_any(verification.id.as_deref()),
            verdict: verification.verdict,
            verified: verification.devices.into_iter().map(Into::into).collect(),
            ..Self::new(graph_event_kind::GRAPH_EVENT_VERIFIED)
        }
    }
}

/// The kind of an event; `GRAPH_EVENT_NONE` for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_get_kind(event: *const graph_event) -> graph_event_kind {
    read(event, graph_event_kind::GRAPH_EVENT_NONE, |event| event.kind)
}

/// Row and verified: the user as given; else NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_user(event: *const graph_event) -> *const c_char {
    read(event, ptr::null(), |event| pointer(event.user.as_ref()))
}

/// Row and verified: the user's object id where it is known; else NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_id(event: *const graph_event) -> *const c_char {
    read(event, ptr::null(), |event| pointer(event.id.as_ref()))
}

/// Row: what is known of the user; `GRAPH_OUTCOME_SKIPPED` of what is no row.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_outcome(event: *const graph_event) -> Outcome {
    read(event, Outcome::Skipped, |event| event.outcome)
}

/// Row: why the user was skipped; else `GRAPH_REASON_NONE`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_reason(event: *const graph_event) -> Reason {
    read(event, Reason::None, |event| event.reason)
}

/// Row: the status: that of its error, `GRAPH_STATUS_OK` of a user that was accepted or confirmed, `GRAPH_STATUS_CANCELLED` of one
/// that the run ended before. -1 of one that was skipped for another reason, and of what is no row.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_status(event: *const graph_event) -> i32 {
    read(event, -1, |event| event.status.map_or(-1, |status| status as i32))
}

/// Row: whether the action can have been applied to a user that was not accepted, by this run or an earlier one of its journal:
/// `GRAPH_EFFECT_NONE` or `GRAPH_EFFECT_POSSIBLE`. -1 of one that was accepted or confirmed, and of what is no row.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_effect(event: *const graph_event) -> i32 {
    read(event, -1, |event| event.effect.map_or(-1, |effect| effect as i32))
}

/// Row: why the user was skipped, in words; NULL if an error says it. Of any row: that its result could not be written down
/// (`not in the journal: ...`, after the words that there are). Else NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_detail(event: *const graph_event) -> *const c_char {
    read(event, ptr::null(), |event| pointer(event.detail.as_ref()))
}

/// Row of an accepted user: its receipt, which belongs to the event; else NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_receipt(event: *const graph_event) -> *const graph_receipt {
    read(event, ptr::null(), |event| part(event.receipt.as_ref()))
}

/// Row of a user that was queued for approval, failed, is unknown, or was stopped when its turn had come: why, which belongs to
/// the event. NULL of one that was accepted or confirmed, or skipped for another reason.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_error(event: *const graph_event) -> *const graph_error {
    read(event, ptr::null(), |event| part(event.error.as_ref()))
}

/// Row: the devices as they were read before anything was sent, which belong to the event; NULL if they were not read, or the
/// run had ended before the user.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_devices(event: *const graph_event) -> *const graph_device_list {
    read(event, ptr::null(), |event| part(event.devices.as_ref()))
}

/// Need token: what the new token must meet (a JSON object), or NULL if any new token will do.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_claims(event: *const graph_event) -> *const c_char {
    read(event, ptr::null(), |event| pointer(event.claims.as_ref()))
}

/// Notice: one line for a log, never with a token; else NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_text(event: *const graph_event) -> *const c_char {
    read(event, ptr::null(), |event| pointer(event.text.as_ref()))
}

/// Notice: what it is about. Whoever shows no log should show those of `GRAPH_NOTICE_KIND_RUN`: that reading is not permitted,
/// or who was left out. `GRAPH_NOTICE_KIND_SENDING` of what is no notice.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_notice_kind(event: *const graph_event) -> NoticeKind {
    read(event, NoticeKind::Sending, |event| event.notice_kind)
}

/// Done: how many users of a run came to an outcome; 0 for a number that is none. Those of a verification come to verdicts: see
/// `graph_event_verdict_count`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_count(event: *const graph_event, outcome: i32) -> i64 {
    read(event, 0, |event| {
        Outcome::from_number(outcome).map_or(0, |outcome| large(event.summary.count(outcome)))
    })
}

/// Done: the status of what ended the run early; else `GRAPH_STATUS_OK`, also if it was stopped. That is what every user would
/// have met, a limit of users or approvals that was passed (`GRAPH_STATUS_INVALID_ARGUMENT`,
/// `GRAPH_STATUS_APPROVAL_PENDING`), a Retry-After as long as the deadline (`GRAPH_STATUS_THROTTLED`), a journal that could
/// not be written, or that there were no users (`GRAPH_STATUS_INVALID_ARGUMENT`).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_fatal(event: *const graph_event) -> Status {
    read(event, Status::Ok, |event| {
        event.summary.fatal.unwrap_or(Status::Ok)
    })
}

/// Done: what ended the run early, in words; NULL if nothing did. Row: what happened and what to do next, in words, of an error, a
/// receipt or a skip; NULL where the outcome says it all. Else NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_message(event: *const graph_event) -> *const c_char {
    read(event, ptr::null(), |event| pointer(event.message.as_ref()))
}

/// Done: how many times a user was given again, under one name or two; each is counted once. 0 of a verification.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_duplicates(event: *const graph_event) -> i64 {
    read(event, 0, |event| large(event.summary.duplicates))
}

/// Done: where the requests went, if that is no known Microsoft cloud; else NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_endpoint(event: *const graph_event) -> *const c_char {
    read(event, ptr::null(), |event| pointer(event.endpoint.as_ref()))
}

/// Frees an event with all that belongs to it; NULL is nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_free(event: *mut graph_event) {
    free(event);
}
