//! `graph_event`: what a run has to tell.

use std::ffi::{CString, c_char};
use std::ptr;

use graph_core::{Event, Outcome, Reason, Row, Status, Summary};

use crate::error::graph_error;
use crate::guard::{free, quiet};
use crate::receipt::graph_receipt;
use crate::strings::{owned, owned_if_any, pointer};

/// The kinds of event.
///
/// cbindgen:rename-all=None
#[allow(clippy::upper_case_acronyms)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum graph_event_kind {
    /// Nothing within the time given.
    GRAPH_EVENT_NONE = 0,
    /// A user is done: user, outcome, reason, and a receipt or an error.
    GRAPH_EVENT_ROW = 1,
    /// The run is out of users: add some or end them.
    GRAPH_EVENT_NEED_USERS = 2,
    /// The service refused the token: set another, which meets the claims if there are any, or stop the run.
    GRAPH_EVENT_NEED_TOKEN = 3,
    /// Something for a log: a text.
    GRAPH_EVENT_NOTICE = 4,
    /// The last event: counts, and the status that ended the run early.
    GRAPH_EVENT_DONE = 5,
}

impl graph_event_kind {
    /// The name of each kind, in the order of its number.
    pub(crate) const NAMES: [&str; 6] = ["none", "row", "need_users", "need_token", "notice", "done"];
}

/// What a run has to tell. Read-only.
pub struct graph_event {
    kind: graph_event_kind,
    user: Option<CString>,
    outcome: Outcome,
    reason: Reason,
    receipt: Option<graph_receipt>,
    error: Option<graph_error>,
    claims: Option<CString>,
    text: Option<CString>,
    summary: Summary,
}

impl graph_event {
    fn new(kind: graph_event_kind) -> Self {
        Self {
            kind,
            user: None,
            outcome: Outcome::Skipped,
            reason: Reason::None,
            receipt: None,
            error: None,
            claims: None,
            text: None,
            summary: Summary::default(),
        }
    }
}

impl From<Option<Event>> for graph_event {
    fn from(event: Option<Event>) -> Self {
        match event {
            Some(Event::Row(Row {
                user,
                outcome,
                reason,
                receipt,
                error,
                ..
            })) => Self {
                user: Some(owned(&user)),
                outcome,
                reason,
                receipt: receipt.map(Into::into),
                error: error.map(Into::into),
                ..Self::new(graph_event_kind::GRAPH_EVENT_ROW)
            },
            Some(Event::NeedUsers) => Self::new(graph_event_kind::GRAPH_EVENT_NEED_USERS),
            Some(Event::NeedToken { claims }) => Self {
                claims: owned_if_any(claims.as_deref()),
                ..Self::new(graph_event_kind::GRAPH_EVENT_NEED_TOKEN)
            },
            Some(Event::Notice(notice)) => Self {
                text: Some(owned(&notice.to_string())),
                ..Self::new(graph_event_kind::GRAPH_EVENT_NOTICE)
            },
            Some(Event::Done(summary)) => Self {
                summary,
                ..Self::new(graph_event_kind::GRAPH_EVENT_DONE)
            },
            _ => Self::new(graph_event_kind::GRAPH_EVENT_NONE),
        }
    }
}

fn read<T>(event: *const graph_event, absent: T, get: impl FnOnce(&graph_event) -> T) -> T
where
    T: Copy,
{
    // SAFETY: NULL or a live handle, by the contract of the header.
    quiet(absent, || unsafe { event.as_ref() }.map_or(absent, get))
}

/// The kind of an event; `GRAPH_EVENT_NONE` for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_get_kind(event: *const graph_event) -> graph_event_kind {
    read(event, graph_event_kind::GRAPH_EVENT_NONE, |event| event.kind)
}

/// Row: the user as given; else NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_user(event: *const graph_event) -> *const c_char {
    read(event, ptr::null(), |event| pointer(event.user.as_ref()))
}

/// Row: what is known of the user.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_outcome(event: *const graph_event) -> Outcome {
    read(event, Outcome::Skipped, |event| event.outcome)
}

/// Row: why the user was skipped; else `GRAPH_REASON_NONE`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_reason(event: *const graph_event) -> Reason {
    read(event, Reason::None, |event| event.reason)
}

/// Row of an accepted user: its receipt, which belongs to the event; else NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_receipt(event: *const graph_event) -> *const graph_receipt {
    read(event, ptr::null(), |event| {
        event.receipt.as_ref().map_or(ptr::null(), ptr::from_ref)
    })
}

/// Row of a user that was not accepted: why, which belongs to the event; NULL if skipped before anything was tried.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_error(event: *const graph_event) -> *const graph_error {
    read(event, ptr::null(), |event| {
        event.error.as_ref().map_or(ptr::null(), ptr::from_ref)
    })
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

/// Done: how many users came to an outcome; 0 for a number that is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_count(event: *const graph_event, outcome: i32) -> i64 {
    let count =
        |event: &graph_event| Outcome::from_number(outcome).map_or(0, |outcome| event.summary.count(outcome));
    read(event, 0, |event| i64::try_from(count(event)).unwrap_or(i64::MAX))
}

/// Done: the status that ended the run because every user would meet it; else `GRAPH_STATUS_OK`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_fatal(event: *const graph_event) -> Status {
    read(event, Status::Ok, |event| {
        event.summary.fatal.unwrap_or(Status::Ok)
    })
}

/// Frees an event with all that belongs to it; NULL is nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_free(event: *mut graph_event) {
    free(event);
}
