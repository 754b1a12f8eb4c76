/* The events of a run. Part of graph_devices.hpp. License: MIT OR Apache-2.0. */
#ifndef GRAPH_DEVICES_EVENT_HPP
#define GRAPH_DEVICES_EVENT_HPP

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "error.hpp"
#include "words.hpp"

namespace graph_devices {

/// The progress of a run or a verification.
struct progress {
    /// Users that have an outcome or, in a verification, a verdict.
    std::int64_t done;
    /// Users added so far, without known duplicates.
    std::int64_t given;
    /// Whole users per hour over the last minute, or since the run began if that is shorter. Pauses that the service
    /// requests are part of that time.
    std::int64_t users_per_hour;
    /// The remaining time at that rate. Absent until the users have ended, and if no user was finished within the last
    /// minute.
    std::optional<std::chrono::milliseconds> remaining;
};

/// An event of a run. Copies share their content.
class event {
public:
    explicit event(std::shared_ptr<const graph_event> handle) noexcept : handle_(std::move(handle)) {}

    event_kind kind() const noexcept { return static_cast<event_kind>(graph_event_type(handle_.get())); }
    /// Result and verified: the user as given.
    std::optional<std::string> user() const { return text_of(graph_event_user(handle_.get())); }
    /// Result and verified: the object id, if known.
    std::optional<std::string> id() const { return text_of(graph_event_id(handle_.get())); }
    /// Result: the outcome of the user. `skipped` for other events.
    graph_devices::outcome outcome() const noexcept {
        return static_cast<graph_devices::outcome>(graph_event_outcome(handle_.get()));
    }
    /// Result: why the user was skipped. `none` for other outcomes and other events.
    graph_devices::reason reason() const noexcept {
        return static_cast<graph_devices::reason>(graph_event_reason(handle_.get()));
    }
    /// Result: the status of the error, `ok` if the user was accepted or confirmed, or `cancelled` if the run ended
    /// before the user. Absent if the user was skipped for another reason.
    std::optional<graph_devices::status> status() const noexcept {
        const std::int32_t value = graph_event_status(handle_.get());
        return value < 0 ? std::nullopt
                         : std::optional<graph_devices::status>(static_cast<graph_devices::status>(value));
    }
    /// Result: whether the action may have been applied to a user that was not accepted, by this run or an earlier run
    /// of its journal. Absent if the user was accepted or confirmed.
    std::optional<graph_devices::effect> effect() const noexcept {
        const std::int32_t value = graph_event_effect(handle_.get());
        return value < 0 ? std::nullopt
                         : std::optional<graph_devices::effect>(static_cast<graph_devices::effect>(value));
    }
    /// Result: why the user was skipped, as text, unless an error has the reason. Also set if the result could not be
    /// written to the journal.
    std::optional<std::string> detail() const { return text_of(graph_event_detail(handle_.get())); }
    /// Result: the receipt of an accepted user.
    std::optional<graph_devices::receipt> receipt() const {
        return part<graph_devices::receipt>(graph_event_receipt(handle_.get()));
    }
    /// Result: the error of a user that was queued for approval, failed, is unknown, or was stopped in its turn. Absent
    /// for accepted and confirmed users, and for users skipped for another reason.
    std::optional<graph_devices::error> error() const {
        return part<graph_devices::error>(graph_event_error(handle_.get()));
    }
    /// Result: the devices as read before the action was sent. Absent if they were not read, or if the run ended before
    /// the user.
    std::optional<device_list> devices() const { return part<device_list>(graph_event_devices(handle_.get())); }
    /// Need token: the claims that the new token must satisfy (a JSON object). Absent if any new token is sufficient.
    std::optional<std::string> claims() const { return text_of(graph_event_claims(handle_.get())); }
    /// Notice: one line for a log; it never holds a token.
    std::optional<std::string> text() const { return text_of(graph_event_text(handle_.get())); }
    /// Notice: its kind. A program without a log should show the notices of `run`. `sending` for other events.
    graph_devices::notice_kind notice_kind() const noexcept {
        return static_cast<graph_devices::notice_kind>(graph_event_notice_kind(handle_.get()));
    }
    /// Done: how many users of a run have an outcome.
    std::int64_t count(graph_devices::outcome value) const noexcept {
        return graph_event_count(handle_.get(), static_cast<std::int32_t>(value));
    }
    /// Done: how many users of a verification have a verdict.
    std::int64_t count(graph_devices::verdict value) const noexcept {
        return graph_event_verdict_count(handle_.get(), static_cast<std::int32_t>(value));
    }
    /// Done: the status that ended the run early (see graph_event_ended_by). Absent if the run was stopped, too.
    std::optional<graph_devices::status> ended_by() const noexcept {
        const graph_status value = graph_event_ended_by(handle_.get());
        return value == GRAPH_STATUS_OK
                   ? std::nullopt
                   : std::optional<graph_devices::status>(static_cast<graph_devices::status>(value));
    }

    /// Done: why the run ended early, as text. Result: what happened and what to do next, as text.
    std::optional<std::string> message() const { return text_of(graph_event_message(handle_.get())); }
    /// Done: how many given users were duplicates, by name or by object id. Each user is counted once.
    std::int64_t duplicates() const noexcept { return graph_event_duplicates(handle_.get()); }
    /// Done: the endpoint, unless it is a known Microsoft cloud.
    std::optional<std::string> custom_endpoint() const { return text_of(graph_event_custom_endpoint(handle_.get())); }
    /// Progress: the numbers. Absent for other events.
    std::optional<graph_devices::progress> progress() const noexcept {
        if (kind() != event_kind::progress) return std::nullopt;
        return graph_devices::progress{
            graph_event_progress_done(handle_.get()), graph_event_progress_given(handle_.get()),
            graph_event_progress_users_per_hour(handle_.get()),
            graph_devices::detail::duration(graph_event_progress_remaining_ms(handle_.get()))};
    }
    /// Verified: the worst verdict of the devices; `cannot_tell` if no device was recorded, and for other events.
    graph_devices::verdict verdict() const noexcept {
        return static_cast<graph_devices::verdict>(graph_event_verdict(handle_.get()));
    }
    /// Verified: each device with its verdict.
    std::vector<verified_device> verified() const {
        return graph_devices::detail::parts<verified_device>(handle_, graph_event_verified_count(handle_.get()),
                                                             graph_event_verified_device);
    }

private:
    static std::optional<std::string> text_of(const char *value) { return graph_devices::detail::text(value); }

    /// A part that the event owns; it keeps the event alive.
    template <class Part, class Handle>
    std::optional<Part> part(const Handle *handle) const {
        return graph_devices::detail::part<Part>(handle_, handle);
    }

    std::shared_ptr<const graph_event> handle_;
};

}  // namespace graph_devices

#endif  // GRAPH_DEVICES_EVENT_HPP
