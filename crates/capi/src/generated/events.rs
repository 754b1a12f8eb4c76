//! `graph_event`: the kinds of event, and one accessor for each field of their records.

use std::ffi::{CString, c_char};
use std::ptr;

use graph_core::{
    Event, NoticeKind, Outcome, Progress, Reason, Status, Summary, UserResult, Verdict, Verification,
};

use super::records::{graph_device_list, graph_error, graph_receipt, graph_verified_device};
use crate::guard::{free, get};
use crate::strings::{element, large, length, milliseconds, owned, owned_if_any, part, pointer};

/// The kind of an event. The same number and name in every language; new ones are only added.
///
/// cbindgen:rename-all=None
#[allow(clippy::upper_case_acronyms)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum graph_event_kind {
    /// No event arrived within the time given. A run reports no such event.
    GRAPH_EVENT_NONE = 0,
    /// A user is done. Fields: user, id, outcome, reason, detail, devices, and a receipt or an error.
    GRAPH_EVENT_RESULT = 1,
    /// The run is short of users: add some more or end them.
    GRAPH_EVENT_NEED_USERS = 2,
    /// The service refused the token: set another, which meets the claims if there are any, or stop the run.
    GRAPH_EVENT_NEED_TOKEN = 3,
    /// Something for a log: a text, and what it is about.
    GRAPH_EVENT_NOTICE = 4,
    /// The last event: counts, and if the run ended early, the status and message of the cause.
    GRAPH_EVENT_DONE = 5,
    /// The progress of the run or verification: about once a second as long as events are taken, also during pauses.
    GRAPH_EVENT_PROGRESS = 6,
    /// What a verification found of the devices of a user.
    GRAPH_EVENT_VERIFIED = 7,
}

impl From<graph_core::EventKind> for graph_event_kind {
    fn from(kind: graph_core::EventKind) -> Self {
        use graph_core::EventKind;
        match kind {
            EventKind::Result => Self::GRAPH_EVENT_RESULT,
            EventKind::NeedUsers => Self::GRAPH_EVENT_NEED_USERS,
            EventKind::NeedToken => Self::GRAPH_EVENT_NEED_TOKEN,
            EventKind::Notice => Self::GRAPH_EVENT_NOTICE,
            EventKind::Done => Self::GRAPH_EVENT_DONE,
            EventKind::Progress => Self::GRAPH_EVENT_PROGRESS,
            EventKind::Verified => Self::GRAPH_EVENT_VERIFIED,
            _ => Self::GRAPH_EVENT_NONE,
        }
    }
}

struct UserResultFields {
    user: CString,
    id: Option<CString>,
    outcome: Outcome,
    reason: Reason,
    detail: Option<CString>,
    receipt: Option<graph_receipt>,
    error: Option<graph_error>,
    devices: Option<graph_device_list>,
}

impl From<UserResult> for UserResultFields {
    fn from(value: UserResult) -> Self {
        Self {
            user: owned(&value.user),
            id: owned_if_any(value.id.as_deref()),
            outcome: value.outcome,
            reason: value.reason,
            detail: owned_if_any(value.detail.as_deref()),
            receipt: value.receipt.map(Into::into),
            error: value.error.map(Into::into),
            devices: value.devices.map(Into::into),
        }
    }
}

struct ProgressFields {
    done: i64,
    given: i64,
    users_per_hour: i64,
    remaining: i64,
}

impl From<Progress> for ProgressFields {
    fn from(value: Progress) -> Self {
        Self {
            done: large(value.done),
            given: large(value.given),
            users_per_hour: large(value.users_per_hour),
            remaining: milliseconds(value.remaining),
        }
    }
}

struct VerificationFields {
    user: CString,
    id: Option<CString>,
    verdict: Verdict,
    devices: Vec<graph_verified_device>,
}

impl From<Verification> for VerificationFields {
    fn from(value: Verification) -> Self {
        Self {
            user: owned(&value.user),
            id: owned_if_any(value.id.as_deref()),
            verdict: value.verdict,
            devices: value.devices.into_iter().map(Into::into).collect(),
        }
    }
}

struct SummaryFields {
    duplicates: i64,
    ended_by: Status,
    message: Option<CString>,
    custom_endpoint: Option<CString>,
}

impl From<Summary> for SummaryFields {
    fn from(value: Summary) -> Self {
        Self {
            duplicates: large(value.duplicates),
            ended_by: value.ended_by.unwrap_or(Status::Ok),
            message: owned_if_any(value.message.as_deref()),
            custom_endpoint: owned_if_any(value.custom_endpoint.as_deref()),
        }
    }
}

/// An event of a run. Read-only.
pub struct graph_event {
    kind: graph_event_kind,
    claims: Option<CString>,
    text: Option<CString>,
    notice_kind: NoticeKind,
    pub(crate) status: i32,
    pub(crate) effect: i32,
    result_message: Option<CString>,
    pub(crate) summary: Summary,
    result: Option<UserResultFields>,
    progress: Option<ProgressFields>,
    verified: Option<VerificationFields>,
    done: Option<SummaryFields>,
}

impl From<Option<Event>> for graph_event {
    fn from(event: Option<Event>) -> Self {
        let kind = event.as_ref().map_or(graph_core::EventKind::None, Event::kind);
        let mut made = Self {
            kind: kind.into(),
            claims: None,
            text: None,
            notice_kind: NoticeKind::Sending,
            status: -1,
            effect: -1,
            result_message: None,
            summary: Summary::default(),
            result: None,
            progress: None,
            verified: None,
            done: None,
        };
        match event {
            Some(Event::Result(value)) => {
                made.status = value.status().map_or(-1, |status| status as i32);
                made.effect = value.effect().map_or(-1, |effect| effect as i32);
                made.result_message = owned_if_any(value.message());
                made.result = Some(value.into());
            }
            Some(Event::Progress(value)) => made.progress = Some(value.into()),
            Some(Event::Verified(value)) => made.verified = Some(value.into()),
            Some(Event::Done(value)) => {
                made.summary = value.clone();
                made.done = Some(value.into());
            }
            Some(Event::NeedToken { claims }) => made.claims = owned_if_any(claims.as_deref()),
            Some(Event::Notice(notice)) => {
                made.text = Some(owned(&notice.to_string()));
                made.notice_kind = notice.kind();
            }
            _ => {}
        }
        made
    }
}

/// The kind of an event; `GRAPH_EVENT_NONE` for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_type(event: *const graph_event) -> graph_event_kind {
    get(event, graph_event_kind::GRAPH_EVENT_NONE, |event| event.kind)
}

/// Need token: the claims that the new token must satisfy (a JSON object). NULL if any new token is sufficient.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_claims(event: *const graph_event) -> *const c_char {
    get(event, ptr::null(), |event| pointer(event.claims.as_ref()))
}

/// Notice: one line for a log; it never holds a token. NULL for other events.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_text(event: *const graph_event) -> *const c_char {
    get(event, ptr::null(), |event| pointer(event.text.as_ref()))
}

/// Notice: its kind. A program without a log should show the notices of `GRAPH_NOTICE_RUN`.
/// `GRAPH_NOTICE_SENDING` for other events.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_notice_kind(event: *const graph_event) -> NoticeKind {
    get(event, NoticeKind::Sending, |event| event.notice_kind)
}

/// Frees an event with everything that it owns. NULL has no effect.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_free(event: *mut graph_event) {
    free(event);
}

/// Result and verified: the user as given. A text above 1 KB, which is not a user id, is cut and followed by its length.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_user(event: *const graph_event) -> *const c_char {
    get(event, ptr::null(), |event| {
        event.result.as_ref().map_or(
            event
                .verified
                .as_ref()
                .map_or(ptr::null(), |held| held.user.as_ptr()),
            |held| held.user.as_ptr(),
        )
    })
}

/// Result and verified: the object id, if it is known. NULL if absent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_id(event: *const graph_event) -> *const c_char {
    get(event, ptr::null(), |event| {
        event.result.as_ref().map_or(
            event
                .verified
                .as_ref()
                .map_or(ptr::null(), |held| pointer(held.id.as_ref())),
            |held| pointer(held.id.as_ref()),
        )
    })
}

/// Result: the outcome; `GRAPH_OUTCOME_SKIPPED` if the event is of another kind.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_outcome(event: *const graph_event) -> Outcome {
    get(event, Outcome::Skipped, |event| {
        event
            .result
            .as_ref()
            .map_or(Outcome::Skipped, |held| held.outcome)
    })
}

/// Result: why the user was skipped.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_reason(event: *const graph_event) -> Reason {
    get(event, Reason::None, |event| {
        event.result.as_ref().map_or(Reason::None, |held| held.reason)
    })
}

/// Result: why the user was skipped, in words; absent if an error says it. If the result of any user could not be written
/// into the journal, `not in the journal: ...` is added. NULL if absent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_detail(event: *const graph_event) -> *const c_char {
    get(event, ptr::null(), |event| {
        event
            .result
            .as_ref()
            .map_or(ptr::null(), |held| pointer(held.detail.as_ref()))
    })
}

/// Result: the receipt of an accepted user. The event owns it. NULL if absent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_receipt(event: *const graph_event) -> *const graph_receipt {
    get(event, ptr::null(), |event| {
        event
            .result
            .as_ref()
            .map_or(ptr::null(), |held| part(held.receipt.as_ref()))
    })
}

/// Result: the error of a user that was queued for approval, failed, is unknown, or was stopped after its turn had begun.
/// Absent for a user that was accepted or confirmed, or skipped for another reason. The event owns it. NULL if absent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_error(event: *const graph_event) -> *const graph_error {
    get(event, ptr::null(), |event| {
        event
            .result
            .as_ref()
            .map_or(ptr::null(), |held| part(held.error.as_ref()))
    })
}

/// Result: the devices that were read before anything was sent. Absent if they were not read, or if the run had ended
/// before the user. The event owns it. NULL if absent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_devices(event: *const graph_event) -> *const graph_device_list {
    get(event, ptr::null(), |event| {
        event
            .result
            .as_ref()
            .map_or(ptr::null(), |held| part(held.devices.as_ref()))
    })
}

/// Progress: users that came to an outcome, or to a verdict. -1 for other events.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_progress_done(event: *const graph_event) -> i64 {
    get(event, -1, |event| {
        event.progress.as_ref().map_or(-1, |held| held.done)
    })
}

/// Progress: users that were given so far. A user that was given twice counts once. -1 for other events.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_progress_given(event: *const graph_event) -> i64 {
    get(event, -1, |event| {
        event.progress.as_ref().map_or(-1, |held| held.given)
    })
}

/// Progress: users an hour, over the last minute, or since the run began if that is less. Pauses that the service asks for
/// are part of that time. Users that an earlier run finished do not count. -1 for other events.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_progress_users_per_hour(event: *const graph_event) -> i64 {
    get(event, -1, |event| {
        event.progress.as_ref().map_or(-1, |held| held.users_per_hour)
    })
}

/// Progress: the time that the rest takes at that rate. Absent until the users have ended, and while no user was done
/// within the last minute. In milliseconds; -1 if absent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_progress_remaining_ms(event: *const graph_event) -> i64 {
    get(event, -1, |event| {
        event.progress.as_ref().map_or(-1, |held| held.remaining)
    })
}

/// Verified: the worst verdict of the devices.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_verdict(event: *const graph_event) -> Verdict {
    get(event, Verdict::CannotTell, |event| {
        event
            .verified
            .as_ref()
            .map_or(Verdict::CannotTell, |held| held.verdict)
    })
}

/// Verified: each device of the snapshot. Returns their number; 0 for other events.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_verified_count(event: *const graph_event) -> i32 {
    get(event, 0, |event| {
        event.verified.as_ref().map_or(0, |held| length(&held.devices))
    })
}

/// Verified: a device by its index. Its parent handle owns it. NULL if the index is out of range.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_verified_device(
    event: *const graph_event,
    index: i32,
) -> *const graph_verified_device {
    get(event, ptr::null(), |event| {
        event
            .verified
            .as_ref()
            .map_or(ptr::null(), |held| element(&held.devices, index))
    })
}

/// Done: users that were given more than once, under one name or two, and counted once.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_duplicates(event: *const graph_event) -> i64 {
    get(event, 0, |event| {
        event.done.as_ref().map_or(0, |held| held.duplicates)
    })
}

/// Done: the status that ended the run early. `GRAPH_STATUS_OK` if absent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_ended_by(event: *const graph_event) -> Status {
    get(event, Status::Ok, |event| {
        event.done.as_ref().map_or(Status::Ok, |held| held.ended_by)
    })
}

/// Done: why the run ended early, in words. Result: what happened and what to do next, as text. NULL if absent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_message(event: *const graph_event) -> *const c_char {
    get(event, ptr::null(), |event| {
        event
            .done
            .as_ref()
            .map_or(pointer(event.result_message.as_ref()), |held| {
                pointer(held.message.as_ref())
            })
    })
}

/// Done: the endpoint of the requests, if it is not that of a known Microsoft cloud. NULL if absent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_event_custom_endpoint(event: *const graph_event) -> *const c_char {
    get(event, ptr::null(), |event| {
        event
            .done
            .as_ref()
            .map_or(ptr::null(), |held| pointer(held.custom_endpoint.as_ref()))
    })
}
