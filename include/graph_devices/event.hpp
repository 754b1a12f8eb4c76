/* What a run has to tell. Part of graph_devices.hpp. License: MIT OR Apache-2.0. */
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

/// How far a run or a verification is.
struct progress {
    /// Users that came to an outcome or, in a verification, to a verdict.
    std::int64_t done;
    /// Users that were given so far, those given again left out as far as it is known.
    std::int64_t given;
    /// How many users an hour, over the last minute, or since the run began if that is less. Pauses that the service asks
    /// for are part of that time.
    std::int64_t users_per_hour;
    /// How long it will still take at that rate; absent until the users have ended, and while nobody was done within the last
    /// minute.
    std::optional<std::chrono::milliseconds> remaining;
};

/// What a run has to tell.
class event {
public:
    explicit event(std::shared_ptr<const graph_event> handle) noexcept : handle_(std::move(handle)) {}

    event_kind kind() const noexcept { return static_cast<event_kind>(graph_event_type(handle_.get())); }
    /// Row and verified: the user as given.
    std::optional<std::string> user() const { return text_of(graph_event_user(handle_.get())); }
    /// Row and verified: the object id, where it is known.
    std::optional<std::string> id() const { return text_of(graph_event_id(handle_.get())); }
    /// Result: what is known of the user; `skipped` of what is no row.
    graph_devices::outcome outcome() const noexcept {
        return static_cast<graph_devices::outcome>(graph_event_outcome(handle_.get()));
    }
    /// Result: why the user was skipped.
    graph_devices::reason reason() const noexcept {
        return static_cast<graph_devices::reason>(graph_event_reason(handle_.get()));
    }
    /// Result: the status: that of the error, `ok` of a user that was accepted or confirmed, `cancelled` of one that the run ended
    /// before; absent of one that was skipped for another reason.
    std::optional<graph_devices::status> status() const noexcept {
        const std::int32_t value = graph_event_status(handle_.get());
        return value < 0 ? std::nullopt
                         : std::optional<graph_devices::status>(static_cast<graph_devices::status>(value));
    }
    /// Result: whether the action can have been applied to a user that was not accepted, by this run or an earlier one of its
    /// journal; absent of one that was accepted or confirmed.
    std::optional<graph_devices::effect> effect() const noexcept {
        const std::int32_t value = graph_event_effect(handle_.get());
        return value < 0 ? std::nullopt
                         : std::optional<graph_devices::effect>(static_cast<graph_devices::effect>(value));
    }
    /// Result: why the user was skipped, in words; absent if an error says it. Of any row: that its result could not be written
    /// down.
    std::optional<std::string> detail() const { return text_of(graph_event_detail(handle_.get())); }
    /// Result of an accepted user.
    std::optional<graph_devices::receipt> receipt() const {
        return part<graph_devices::receipt>(graph_event_receipt(handle_.get()));
    }
    /// Result of a user that was queued for approval, failed, is unknown, or was stopped when its turn had come; absent of one
    /// that was accepted or confirmed, or skipped for another reason.
    std::optional<graph_devices::error> error() const {
        return part<graph_devices::error>(graph_event_error(handle_.get()));
    }
    /// Result: the devices as they were read before anything was sent; absent if they were not read, or the run had ended
    /// before the user.
    std::optional<device_list> devices() const { return part<device_list>(graph_event_devices(handle_.get())); }
    /// Need token: what the new token must meet (a JSON object); absent if any new token will do.
    std::optional<std::string> claims() const { return text_of(graph_event_claims(handle_.get())); }
    /// Notice: one line for a log, never with a token.
    std::optional<std::string> text() const { return text_of(graph_event_text(handle_.get())); }
    /// Notice: what it is about. Whoever shows no log should show those of `run`. `sending` of what is no notice.
    graph_devices::notice_kind notice_kind() const noexcept {
        return static_cast<graph_devices::notice_kind>(graph_event_notice_kind(handle_.get()));
    }
    /// Done: how many users of a run came to an outcome.
    std::int64_t count(graph_devices::outcome value) const noexcept {
        return graph_event_count(handle_.get(), static_cast<std::int32_t>(value));
    }
    /// Done: how many users of a verification came to a verdict.
    std::int64_t count(graph_devices::verdict value) const noexcept {
        return graph_event_verdict_count(handle_.get(), static_cast<std::int32_t>(value));
    }
    /// Done: the status of what ended the run early (see graph_event_ended_by); absent also if it was stopped.
    std::optional<graph_devices::status> ended_by() const noexcept {
        const graph_status value = graph_event_ended_by(handle_.get());
        return value == GRAPH_STATUS_OK
                   ? std::nullopt
                   : std::optional<graph_devices::status>(static_cast<graph_devices::status>(value));
    }

    /// Done: what ended the run early, in words. Result: what happened and what to do next, in words.
    std::optional<std::string> message() const { return text_of(graph_event_message(handle_.get())); }
    /// Done: how many times a user was given again, under one name or two; each is counted once.
    std::int64_t duplicates() const noexcept { return graph_event_duplicates(handle_.get()); }
    /// Done: where the requests went, if that is no known Microsoft cloud.
    std::optional<std::string> custom_endpoint() const { return text_of(graph_event_custom_endpoint(handle_.get())); }
    /// Progress: how far the run is.
    std::optional<graph_devices::progress> progress() const noexcept {
        if (kind() != event_kind::progress) return std::nullopt;
        return graph_devices::progress{
            graph_event_progress_done(handle_.get()), graph_event_progress_given(handle_.get()),
            graph_event_progress_users_per_hour(handle_.get()),
            graph_devices::detail::duration(graph_event_progress_remaining_ms(handle_.get()))};
    }
    /// Verified: the worst of the devices; `cannot_tell` if none was recorded, and of what is not verified.
    graph_devices::verdict verdict() const noexcept {
        return static_cast<graph_devices::verdict>(graph_event_verdict(handle_.get()));
    }
    /// Verified: what became of each device.
    std::vector<verified_device> verified() const {
        return graph_devices::detail::parts<verified_device>(handle_, graph_event_verified_count(handle_.get()),
                                                             graph_event_verified_device);
    }

private:
    static std::optional<std::string> text_of(const char *value) { return graph_devices::detail::text(value); }

    /// What belongs to the event, which lives as long.
    template <class Part, class Handle>
    std::optional<Part> part(const Handle *handle) const {
        return graph_devices::detail::part<Part>(handle_, handle);
    }

    std::shared_ptr<const graph_event> handle_;
};

}  // namespace graph_devices

#endif  // GRAPH_DEVICES_EVENT_HPP
