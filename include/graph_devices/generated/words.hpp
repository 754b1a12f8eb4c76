/* The numbers of graph_devices.h as enumerations, and their names.
 * Written by `cargo xtask generate`; do not edit. Part of graph_devices.hpp. License: MIT OR Apache-2.0. */
#ifndef GRAPH_DEVICES_GENERATED_WORDS_HPP
#define GRAPH_DEVICES_GENERATED_WORDS_HPP

#include <cstdint>

#include "../../graph_devices.h"

namespace graph_devices {

/// The result of a call. The same number and name in every language. The effect of an answer is `none`, except where
/// stated.
enum class status : std::int32_t {
    /// Accepted by the service (HTTP 204). Accepted is not yet retired.
    ok = GRAPH_STATUS_OK,
    /// An argument was refused before anything was sent.
    invalid_argument = GRAPH_STATUS_INVALID_ARGUMENT,
    /// The service refused the token (HTTP 401).
    unauthenticated = GRAPH_STATUS_UNAUTHENTICATED,
    /// The app or the signed-in user may not do this.
    permission_denied = GRAPH_STATUS_PERMISSION_DENIED,
    /// The tenant has no Intune licence.
    not_licensed = GRAPH_STATUS_NOT_LICENSED,
    /// The directory has no such user.
    user_not_found = GRAPH_STATUS_USER_NOT_FOUND,
    /// Multi Admin Approval requires a justification.
    justification_required = GRAPH_STATUS_JUSTIFICATION_REQUIRED,
    /// Multi Admin Approval queued the request; nothing is retired until a second administrator approves.
    approval_pending = GRAPH_STATUS_APPROVAL_PENDING,
    /// Throttled (HTTP 429) until attempts or deadline ran out.
    throttled = GRAPH_STATUS_THROTTLED,
    /// The service failed (HTTP 5xx) until attempts or deadline ran out. Its effect is possible; none after a 503 in
    /// Graph's own form.
    service_unavailable = GRAPH_STATUS_SERVICE_UNAVAILABLE,
    /// The service refused the request for another reason (HTTP 4xx). Its effect is possible after 408, 409 and 424.
    rejected = GRAPH_STATUS_REJECTED,
    /// No connection was made; nothing was sent.
    connection_failed = GRAPH_STATUS_CONNECTION_FAILED,
    /// The request was sent, but no answer came in time. Its effect is possible.
    timeout = GRAPH_STATUS_TIMEOUT,
    /// The connection was lost after sending. Its effect is possible.
    interrupted = GRAPH_STATUS_INTERRUPTED,
    /// An answer that Microsoft Graph does not give: a 2xx other than 204, a redirect, a page of a proxy or gateway.
    /// Its effect is possible.
    unexpected_response = GRAPH_STATUS_UNEXPECTED_RESPONSE,
    /// The caller stopped the call. Its effect is that of the earlier attempts.
    cancelled = GRAPH_STATUS_CANCELLED,
    /// The journal could not be read or written.
    journal = GRAPH_STATUS_JOURNAL,
    /// A bug in this library. After a panic its effect is possible.
    internal = GRAPH_STATUS_INTERNAL,
};

/// Its name, the same in every language.
inline const char *name(status value) noexcept {
    return graph_status_name(static_cast<std::int32_t>(value));
}

/// Whether the action can have been applied, over all attempts of a call.
enum class effect : std::int32_t {
    /// The service refused in its own form, or nothing was sent.
    none = GRAPH_EFFECT_NONE,
    /// The action may have been applied; only a read of the devices shows whether it was.
    possible = GRAPH_EFFECT_POSSIBLE,
};

/// Its name, the same in every language.
inline const char *name(effect value) noexcept {
    return graph_effect_name(static_cast<std::int32_t>(value));
}

/// The outcome of a call for one user: did it happen?
enum class outcome : std::int32_t {
    /// The service answered 204.
    accepted = GRAPH_OUTCOME_ACCEPTED,
    /// No 204 arrived, but a later read shows that the action was applied.
    confirmed = GRAPH_OUTCOME_CONFIRMED,
    /// Queued by Multi Admin Approval.
    awaiting_approval = GRAPH_OUTCOME_AWAITING_APPROVAL,
    /// The service refused the request, or it never arrived: nothing was done.
    failed = GRAPH_OUTCOME_FAILED,
    /// The action may have been applied.
    unknown = GRAPH_OUTCOME_UNKNOWN,
    /// Not attempted, for a reason.
    skipped = GRAPH_OUTCOME_SKIPPED,
};

/// Its name, the same in every language.
inline const char *name(outcome value) noexcept {
    return graph_outcome_name(static_cast<std::int32_t>(value));
}

/// Why a user was skipped.
enum class reason : std::int32_t {
    /// Not skipped.
    none = GRAPH_REASON_NONE,
    /// An earlier run finished the user.
    done_before = GRAPH_REASON_DONE_BEFORE,
    /// The service lists no device for the user.
    nothing_listed = GRAPH_REASON_NOTHING_LISTED,
    /// The user has a device that the snapshot lacks.
    new_device = GRAPH_REASON_NEW_DEVICE,
    /// The name now belongs to another object id.
    identity_changed = GRAPH_REASON_IDENTITY_CHANGED,
    /// The user has more devices than the limit.
    too_many_devices = GRAPH_REASON_TOO_MANY_DEVICES,
    /// The user is excluded.
    excluded = GRAPH_REASON_EXCLUDED,
    /// The run is a preview.
    preview = GRAPH_REASON_PREVIEW,
    /// The run was stopped before this user.
    stopped = GRAPH_REASON_STOPPED,
    /// A device or the user has a blocking warning that was not accepted.
    needs_consent = GRAPH_REASON_NEEDS_CONSENT,
};

/// Its name, the same in every language.
inline const char *name(reason value) noexcept {
    return graph_reason_name(static_cast<std::int32_t>(value));
}

/// The severity of a warning.
enum class severity : std::int32_t {
    /// For information.
    info = GRAPH_SEVERITY_INFO,
    /// The result is probably not the expected one, but harmless.
    caution = GRAPH_SEVERITY_CAUTION,
    /// A person may lose access or data: nothing is sent unless the warning is accepted by name.
    blocking = GRAPH_SEVERITY_BLOCKING,
};

/// Its name, the same in every language.
inline const char *name(severity value) noexcept {
    return graph_severity_name(static_cast<std::int32_t>(value));
}

/// Which warning it is. The same number and name in every language; new ones are only added.
enum class warning_code : std::int32_t {
    /// A Windows device that is, or may be, joined to Entra ID
    /// (<https://learn.microsoft.com/intune/intune-service/remote-actions/device-retire>).
    entra_joined_windows = GRAPH_WARNING_ENTRA_JOINED_WINDOWS,
    /// A platform for which Microsoft does not describe retire: all except Windows, macOS, iOS, iPadOS and Android
    /// with a personally owned work profile or device administrator
    /// (<https://learn.microsoft.com/intune/intune-service/remote-actions/device-retire>).
    platform_without_retire = GRAPH_WARNING_PLATFORM_WITHOUT_RETIRE,
    /// The device has not checked in for 30 days.
    stale_sync = GRAPH_WARNING_STALE_SYNC,
    /// The certificate with which the device checks in has expired
    /// (<https://learn.microsoft.com/troubleshoot/mem/intune/device-management/troubleshoot-device-actions>).
    certificate_expired = GRAPH_WARNING_CERTIFICATE_EXPIRED,
    /// A retire, wipe or deletion is under way.
    already_pending = GRAPH_WARNING_ALREADY_PENDING,
    /// Enrolled within the last 24 hours.
    enrolled_today = GRAPH_WARNING_ENROLLED_TODAY,
    /// Listed by Intune, but managed elsewhere
    /// (<https://learn.microsoft.com/graph/api/resources/intune-devices-managementagenttype>).
    managed_elsewhere = GRAPH_WARNING_MANAGED_ELSEWHERE,
    /// Enrolled in a way that is meant for shared devices
    /// (<https://learn.microsoft.com/graph/api/resources/intune-devices-deviceenrollmenttype>).
    shared_device = GRAPH_WARNING_SHARED_DEVICE,
    /// About the user: there are more devices than expected.
    many_devices = GRAPH_WARNING_MANY_DEVICES,
    /// About the user: the devices belong to several users, as in a list of the whole tenant
    /// (<https://github.com/microsoftgraph/microsoft-graph-explorer-v4/issues/3125>).
    several_users = GRAPH_WARNING_SEVERAL_USERS,
    /// About the user: a device belongs to another user than the one requested.
    another_user = GRAPH_WARNING_ANOTHER_USER,
};

/// Its name, the same in every language.
inline const char *name(warning_code value) noexcept {
    return graph_warning_code_name(static_cast<std::int32_t>(value));
}

/// What a verification found of a device or a user, from best to worst. The same number and name in every language;
/// new ones are only added.
enum class verdict : std::int32_t {
    /// The service no longer lists the device: it has retired, or its record was deleted.
    gone = GRAPH_VERDICT_GONE,
    /// The retire is ordered, and the device has not checked in since.
    pending = GRAPH_VERDICT_PENDING,
    /// The device is managed as before.
    still_managed = GRAPH_VERDICT_STILL_MANAGED,
    /// The retire failed, was cancelled, or is not supported by the device, so a person has to handle it.
    needs_person = GRAPH_VERDICT_NEEDS_PERSON,
    /// The device could not be read, or its state does not show it.
    cannot_tell = GRAPH_VERDICT_CANNOT_TELL,
};

/// Its name, the same in every language.
inline const char *name(verdict value) noexcept {
    return graph_verdict_name(static_cast<std::int32_t>(value));
}

/// What a notice is about. The same number and name in every language; new ones are only added.
enum class notice_kind : std::int32_t {
    /// A request is being sent.
    sending = GRAPH_NOTICE_SENDING,
    /// An attempt failed and another follows.
    waiting = GRAPH_NOTICE_WAITING,
    /// The run itself, for example that it continues in another way than requested. A program without a log should
    /// show these.
    run = GRAPH_NOTICE_RUN,
};

/// Its name, the same in every language.
inline const char *name(notice_kind value) noexcept {
    return graph_notice_kind_name(static_cast<std::int32_t>(value));
}

/// The kind of an event. The same number and name in every language; new ones are only added.
enum class event_kind : std::int32_t {
    /// A user is done. Fields: user, id, outcome, reason, detail, devices, and a receipt or an error.
    result = GRAPH_EVENT_RESULT,
    /// The run is short of users: add some more or end them.
    need_users = GRAPH_EVENT_NEED_USERS,
    /// The service refused the token: set another, which meets the claims if there are any, or stop the run.
    need_token = GRAPH_EVENT_NEED_TOKEN,
    /// Something for a log: a text, and what it is about.
    notice = GRAPH_EVENT_NOTICE,
    /// The last event: counts, and if the run ended early, the status and message of the cause.
    done = GRAPH_EVENT_DONE,
    /// The progress of the run or verification: about once a second as long as events are taken, also during pauses.
    progress = GRAPH_EVENT_PROGRESS,
    /// What a verification found of the devices of a user.
    verified = GRAPH_EVENT_VERIFIED,
};

/// Its name, the same in every language.
inline const char *name(event_kind value) noexcept {
    return graph_event_kind_name(static_cast<std::int32_t>(value));
}

}  // namespace graph_devices

#endif  // GRAPH_DEVICES_GENERATED_WORDS_HPP
