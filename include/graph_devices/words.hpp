/* The numbers of graph_devices.h as enumerations, and their names.
 * Part of graph_devices.hpp. License: MIT OR Apache-2.0. */
#ifndef GRAPH_DEVICES_WORDS_HPP
#define GRAPH_DEVICES_WORDS_HPP

#include <cstdint>

#include "../graph_devices.h"

namespace graph_devices {

/// What became of a call: see graph_status.
enum class status : std::int32_t {
    ok = GRAPH_STATUS_OK,
    invalid_argument = GRAPH_STATUS_INVALID_ARGUMENT,
    unauthenticated = GRAPH_STATUS_UNAUTHENTICATED,
    permission_denied = GRAPH_STATUS_PERMISSION_DENIED,
    not_licensed = GRAPH_STATUS_NOT_LICENSED,
    user_not_found = GRAPH_STATUS_USER_NOT_FOUND,
    justification_required = GRAPH_STATUS_JUSTIFICATION_REQUIRED,
    approval_pending = GRAPH_STATUS_APPROVAL_PENDING,
    throttled = GRAPH_STATUS_THROTTLED,
    service_unavailable = GRAPH_STATUS_SERVICE_UNAVAILABLE,
    rejected = GRAPH_STATUS_REJECTED,
    connection_failed = GRAPH_STATUS_CONNECTION_FAILED,
    timeout = GRAPH_STATUS_TIMEOUT,
    interrupted = GRAPH_STATUS_INTERRUPTED,
    unexpected_response = GRAPH_STATUS_UNEXPECTED_RESPONSE,
    cancelled = GRAPH_STATUS_CANCELLED,
    journal = GRAPH_STATUS_JOURNAL,
    internal = GRAPH_STATUS_INTERNAL,
};

/// Whether the action can have been applied, over all attempts.
enum class effect : std::int32_t {
    none = GRAPH_EFFECT_NONE,
    possible = GRAPH_EFFECT_POSSIBLE,
};

/// What is known of one user: see graph_outcome.
enum class outcome : std::int32_t {
    accepted = GRAPH_OUTCOME_ACCEPTED,
    confirmed = GRAPH_OUTCOME_CONFIRMED,
    awaiting_approval = GRAPH_OUTCOME_AWAITING_APPROVAL,
    failed = GRAPH_OUTCOME_FAILED,
    unknown = GRAPH_OUTCOME_UNKNOWN,
    skipped = GRAPH_OUTCOME_SKIPPED,
};

/// Why a user was skipped: see graph_reason.
enum class reason : std::int32_t {
    none = GRAPH_REASON_NONE,
    done_before = GRAPH_REASON_DONE_BEFORE,
    nothing_listed = GRAPH_REASON_NOTHING_LISTED,
    new_device = GRAPH_REASON_NEW_DEVICE,
    identity_changed = GRAPH_REASON_IDENTITY_CHANGED,
    too_many_devices = GRAPH_REASON_TOO_MANY_DEVICES,
    excluded = GRAPH_REASON_EXCLUDED,
    preview = GRAPH_REASON_PREVIEW,
    stopped = GRAPH_REASON_STOPPED,
    needs_consent = GRAPH_REASON_NEEDS_CONSENT,
};

/// The kinds of event: see graph_event_kind. "Nothing within the time given" is an absent event instead.
enum class event_kind : std::int32_t {
    row = GRAPH_EVENT_ROW,
    need_users = GRAPH_EVENT_NEED_USERS,
    need_token = GRAPH_EVENT_NEED_TOKEN,
    notice = GRAPH_EVENT_NOTICE,
    done = GRAPH_EVENT_DONE,
    tick = GRAPH_EVENT_TICK,
    verified = GRAPH_EVENT_VERIFIED,
};

/// What a notice is about: see graph_notice_kind.
enum class notice_kind : std::int32_t {
    sending = GRAPH_NOTICE_KIND_SENDING,
    waiting = GRAPH_NOTICE_KIND_WAITING,
    run = GRAPH_NOTICE_KIND_RUN,
};

/// What became of a device after its user was accepted, from best to worst: see graph_verdict.
enum class verdict : std::int32_t {
    gone = GRAPH_VERDICT_GONE,
    pending = GRAPH_VERDICT_PENDING,
    still_managed = GRAPH_VERDICT_STILL_MANAGED,
    needs_person = GRAPH_VERDICT_NEEDS_PERSON,
    cannot_tell = GRAPH_VERDICT_CANNOT_TELL,
};

/// How much a warning weighs: see graph_severity.
enum class severity : std::int32_t {
    info = GRAPH_SEVERITY_INFO,
    caution = GRAPH_SEVERITY_CAUTION,
    blocking = GRAPH_SEVERITY_BLOCKING,
};

/// Which warning it is: see graph_warning_code.
enum class warning_code : std::int32_t {
    entra_joined_windows = GRAPH_WARNING_CODE_ENTRA_JOINED_WINDOWS,
    platform_without_retire = GRAPH_WARNING_CODE_PLATFORM_WITHOUT_RETIRE,
    stale_sync = GRAPH_WARNING_CODE_STALE_SYNC,
    certificate_expired = GRAPH_WARNING_CODE_CERTIFICATE_EXPIRED,
    already_pending = GRAPH_WARNING_CODE_ALREADY_PENDING,
    enrolled_today = GRAPH_WARNING_CODE_ENROLLED_TODAY,
    managed_elsewhere = GRAPH_WARNING_CODE_MANAGED_ELSEWHERE,
    shared_device = GRAPH_WARNING_CODE_SHARED_DEVICE,
    many_devices = GRAPH_WARNING_CODE_MANY_DEVICES,
    several_users = GRAPH_WARNING_CODE_SEVERAL_USERS,
    another_user = GRAPH_WARNING_CODE_ANOTHER_USER,
};

/// The name of a status, such as `permission_denied`.
inline const char *name(status value) noexcept { return graph_status_name(static_cast<std::int32_t>(value)); }
/// The name of an effect: `none` or `possible`.
inline const char *name(effect value) noexcept { return graph_effect_name(static_cast<std::int32_t>(value)); }
/// The name of an outcome, such as `awaiting_approval`.
inline const char *name(outcome value) noexcept { return graph_outcome_name(static_cast<std::int32_t>(value)); }
/// The name of a reason, such as `stopped`; empty for none.
inline const char *name(reason value) noexcept { return graph_reason_name(static_cast<std::int32_t>(value)); }
/// The name of a kind of event, such as `need_users`.
inline const char *name(event_kind value) noexcept { return graph_event_kind_name(static_cast<std::int32_t>(value)); }
/// The name of a kind of notice, such as `waiting`.
inline const char *name(notice_kind value) noexcept { return graph_notice_kind_name(static_cast<std::int32_t>(value)); }
/// The name of a verdict, such as `still_managed`.
inline const char *name(verdict value) noexcept { return graph_verdict_name(static_cast<std::int32_t>(value)); }
/// The name of a severity, such as `blocking`.
inline const char *name(severity value) noexcept { return graph_severity_name(static_cast<std::int32_t>(value)); }
/// The name of a warning, such as `entra_joined_windows`.
inline const char *name(warning_code value) noexcept {
    return graph_warning_code_name(static_cast<std::int32_t>(value));
}
/// What a status means and what to do next.
inline const char *message(status value) noexcept { return graph_status_message(static_cast<std::int32_t>(value)); }

/// The version of the library, such as `0.1.0`.
inline const char *version() noexcept { return graph_version(); }

/// Whether the library in use has the interface that this header was written for.
inline bool is_compatible() noexcept {
    const std::uint32_t found = graph_abi_version();
    return found >> 16 == GRAPH_ABI_VERSION_MAJOR && (found & 0xffff) >= GRAPH_ABI_VERSION_MINOR;
}

}  // namespace graph_devices

#endif  // GRAPH_DEVICES_WORDS_HPP
