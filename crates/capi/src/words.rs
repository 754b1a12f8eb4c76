//! The words of the library: a name for each number.

use std::ffi::{CStr, CString, c_char};
use std::sync::OnceLock;

use graph_core::{Effect, NoticeKind, Outcome, Reason, Severity, Status, Verdict, WarningCode};

use crate::event::graph_event_kind;
use crate::guard::quiet;
use crate::strings::owned;

/// The texts for C, made once.
pub(crate) struct Words {
    status: Vec<(CString, CString)>,
    effect: Vec<CString>,
    outcome: Vec<CString>,
    reason: Vec<CString>,
    kind: Vec<CString>,
    verdict: Vec<CString>,
    notice_kind: Vec<CString>,
    severity: Vec<CString>,
    warning: Vec<(i32, CString)>,
    pub(crate) version: CString,
}

pub(crate) fn words() -> &'static Words {
    static WORDS: OnceLock<Words> = OnceLock::new();
    WORDS.get_or_init(|| Words {
        status: Status::all()
            .iter()
            .map(|status| (owned(status.name()), owned(status.message())))
            .collect(),
        effect: [Effect::None, Effect::Possible]
            .iter()
            .map(|effect| owned(effect.name()))
            .collect(),
        outcome: Outcome::all()
            .iter()
            .map(|outcome| owned(outcome.name()))
            .collect(),
        reason: Reason::all().iter().map(|reason| owned(reason.name())).collect(),
        kind: graph_event_kind::NAMES.iter().map(|name| owned(name)).collect(),
        verdict: Verdict::all()
            .iter()
            .map(|verdict| owned(verdict.name()))
            .collect(),
        notice_kind: NoticeKind::all().iter().map(|kind| owned(kind.name())).collect(),
        severity: [Severity::Info, Severity::Caution, Severity::Blocking]
            .iter()
            .map(|severity| owned(severity.name()))
            .collect(),
        warning: WarningCode::all()
            .iter()
            .map(|code| (code.number(), owned(code.name())))
            .collect(),
        version: owned(env!("CARGO_PKG_VERSION")),
    })
}

const UNKNOWN_EFFECT: &CStr = c"unknown_effect";
const UNKNOWN_OUTCOME: &CStr = c"unknown_outcome";
const UNKNOWN_REASON: &CStr = c"unknown_reason";
const UNKNOWN_KIND: &CStr = c"unknown_event_kind";
const UNKNOWN_VERDICT: &CStr = c"unknown_verdict";
const UNKNOWN_NOTICE_KIND: &CStr = c"unknown_notice_kind";
const UNKNOWN_SEVERITY: &CStr = c"unknown_severity";
const UNKNOWN_WARNING: &CStr = c"unknown_warning";
const UNKNOWN_STATUS: &CStr = c"unknown_status";
const UNKNOWN_STATUS_MESSAGE: &CStr = c"this number is no status of this version of graph-devices";

/// The text at a number, or `unknown` for a number that this version does not have.
fn at(
    number: i32,
    unknown: &'static CStr,
    find: impl FnOnce(usize) -> Option<&'static CString>,
) -> *const c_char {
    quiet(unknown.as_ptr(), || {
        usize::try_from(number)
            .ok()
            .and_then(find)
            .map_or(unknown.as_ptr(), |text| text.as_ptr())
    })
}

/// The name of a status, such as `permission_denied`; `unknown_status` for any other number. Static.
#[unsafe(no_mangle)]
pub extern "C" fn graph_status_name(status: i32) -> *const c_char {
    at(status, UNKNOWN_STATUS, |index| {
        words().status.get(index).map(|(name, _)| name)
    })
}

/// What a status means and what to do next, in lowercase; a sentence for any other number, too. Static.
#[unsafe(no_mangle)]
pub extern "C" fn graph_status_message(status: i32) -> *const c_char {
    at(status, UNKNOWN_STATUS_MESSAGE, |index| {
        words().status.get(index).map(|(_, message)| message)
    })
}

/// The name of an effect: `none` or `possible`; `unknown_effect` for any other number. Static.
#[unsafe(no_mangle)]
pub extern "C" fn graph_effect_name(effect: i32) -> *const c_char {
    at(effect, UNKNOWN_EFFECT, |index| words().effect.get(index))
}

/// The name of an outcome, such as `awaiting_approval`; `unknown_outcome` for any other number. Static.
#[unsafe(no_mangle)]
pub extern "C" fn graph_outcome_name(outcome: i32) -> *const c_char {
    at(outcome, UNKNOWN_OUTCOME, |index| words().outcome.get(index))
}

/// The name of a reason, such as `stopped`; empty for `GRAPH_REASON_NONE`, `unknown_reason` for any other number. Static.
#[unsafe(no_mangle)]
pub extern "C" fn graph_reason_name(reason: i32) -> *const c_char {
    at(reason, UNKNOWN_REASON, |index| words().reason.get(index))
}

/// The name of a kind of event, such as `need_token`; `unknown_event_kind` for any other number. Static.
#[unsafe(no_mangle)]
pub extern "C" fn graph_event_kind_name(kind: i32) -> *const c_char {
    at(kind, UNKNOWN_KIND, |index| words().kind.get(index))
}

/// The name of a verdict, such as `still_managed`; `unknown_verdict` for any other number. Static.
#[unsafe(no_mangle)]
pub extern "C" fn graph_verdict_name(verdict: i32) -> *const c_char {
    at(verdict, UNKNOWN_VERDICT, |index| words().verdict.get(index))
}

/// The name of a kind of notice, such as `waiting`; `unknown_notice_kind` for any other number. Static.
#[unsafe(no_mangle)]
pub extern "C" fn graph_notice_kind_name(kind: i32) -> *const c_char {
    at(kind, UNKNOWN_NOTICE_KIND, |index| words().notice_kind.get(index))
}

/// The name of a severity, such as `blocking`; `unknown_severity` for any other number. Static.
#[unsafe(no_mangle)]
pub extern "C" fn graph_severity_name(severity: i32) -> *const c_char {
    at(severity, UNKNOWN_SEVERITY, |index| words().severity.get(index))
}

/// The name of a warning, such as `entra_joined_windows`; `unknown_warning` for any other number. Static.
#[unsafe(no_mangle)]
pub extern "C" fn graph_warning_code_name(code: i32) -> *const c_char {
    at(code, UNKNOWN_WARNING, |_| {
        let found = words().warning.iter().find(|(number, _)| *number == code);
        found.map(|(_, name)| name)
    })
}
