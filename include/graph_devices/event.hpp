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

#include "device.hpp"

namespace graph_devices {

/// How far a run is.
struct progress {
    /// Users that came to an outcome.
    std::int64_t done;
    /// Users that were given, as far as it is known.
    std::int64_t given;
    /// How many users an hour come to an outcome, since the run began.
    std::int64_t per_hour;
    /// How long it will take, once the users have ended.
    std::optional<std::chrono::milliseconds> remaining;
};

/// What a run has to tell.
class event {
public:
    explicit event(std::shared_ptr<const graph_event> handle) noexcept : handle_(std::move(handle)) {}

    event_kind kind() const noexcept { return static_cast<event_kind>(graph_event_get_kind(handle_.get())); }
    /// Row and verified: the user as given.
    std::optional<std::string> user() const { return text_of(graph_event_user(handle_.get())); }
    /// Row and verified: the object id, where it is known.
    std::optional<std::string> id() const { return text_of(graph_event_id(handle_.get())); }
    /// Row: what is known of the user.
    graph_devices::outcome outcome() const noexcept {
        return static_cast<graph_devices::outcome>(graph_event_outcome(handle_.get()));
    }
    /// Row: why the user was skipped.
    graph_devices::reason reason() const noexcept {
        return static_cast<graph_devices::reason>(graph_event_reason(handle_.get()));
    }
    /// Row: why the user was skipped, in words.
    std::optional<std::string> detail() const { return text_of(graph_event_detail(handle_.get())); }
    /// Row of an accepted user.
    std::optional<graph_devices::receipt> receipt() const {
        return part<graph_devices::receipt>(graph_event_receipt(handle_.get()));
    }
    /// Row of a user that was not accepted; absent if skipped before anything was tried.
    std::optional<graph_devices::error> error() const {
        return part<graph_devices::error>(graph_event_error(handle_.get()));
    }
    /// Row: the devices as they were read before anything was sent; absent if they were not read.
    std::optional<device_list> devices() const { return part<device_list>(graph_event_devices(handle_.get())); }
    /// Need token: what the new token must meet (a JSON object); absent if any new token will do.
    std::optional<std::string> claims() const { return text_of(graph_event_claims(handle_.get())); }
    /// Notice: one line for a log, never with a token.
    std::optional<std::string> text() const { return text_of(graph_event_text(handle_.get())); }
    /// Done: how many users came to an outcome.
    std::int64_t count(graph_devices::outcome value) const noexcept {
        return graph_event_count(handle_.get(), static_cast<std::int32_t>(value));
    }
    /// Done: the status that ended the run because every user would meet it.
    std::optional<status> fatal() const noexcept {
        const graph_status value = graph_event_fatal(handle_.get());
        return value == GRAPH_STATUS_OK ? std::nullopt : std::optional<status>(static_cast<status>(value));
    }

    /// Done: why the run ended early, in words.
    std::optional<std::string> message() const { return text_of(graph_event_message(handle_.get())); }
    /// Done: how many users were given more than once, under one name or two, and counted once.
    std::int64_t duplicates() const noexcept { return graph_event_duplicates(handle_.get()); }
    /// Done: where the requests went, if that is no known Microsoft cloud.
    std::optional<std::string> endpoint() const { return text_of(graph_event_endpoint(handle_.get())); }
    /// Tick: how far the run is.
    std::optional<progress> tick() const noexcept {
        if (kind() != event_kind::tick) return std::nullopt;
        return progress{graph_event_tick_done(handle_.get()), graph_event_tick_given(handle_.get()),
                        graph_event_tick_per_hour(handle_.get()),
                        graph_devices::detail::duration(graph_event_tick_remaining_ms(handle_.get()))};
    }
    /// Verified: the worst of the devices.
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
