/* What comes of one call: a receipt or an error. Part of graph_devices.hpp. License: MIT OR Apache-2.0. */
#ifndef GRAPH_DEVICES_ERROR_HPP
#define GRAPH_DEVICES_ERROR_HPP

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "words.hpp"

namespace graph_devices {

namespace detail {

inline std::optional<std::string> text(const char *value) {
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

inline std::optional<std::chrono::milliseconds> duration(std::int64_t value) {
    return value < 0 ? std::nullopt : std::optional<std::chrono::milliseconds>(value);
}

/// A part of what `owner` owns, which lives as long.
template <class Part, class Owner, class Handle>
std::optional<Part> part(const std::shared_ptr<Owner> &owner, const Handle *handle) {
    if (handle == nullptr) return std::nullopt;
    return Part(std::shared_ptr<const Handle>(owner, handle));
}

/// Every part of a list that `owner` owns.
template <class Part, class Owner, class Get>
std::vector<Part> parts(const std::shared_ptr<Owner> &owner, std::int32_t count, Get get) {
    std::vector<Part> found;
    for (std::int32_t index = 0; index < count; index++)
        if (auto one = part<Part>(owner, get(owner.get(), index))) found.push_back(std::move(*one));
    return found;
}

}  // namespace detail

/// Why a call failed. what() says what happened and what to do next, never with a token.
class error : public std::runtime_error {
public:
    explicit error(std::shared_ptr<const graph_error> handle)
        : std::runtime_error(graph_error_message(handle.get())),
          status_(static_cast<graph_devices::status>(graph_error_status(handle.get()))),
          handle_(std::move(handle)) {}

    /// A failure that the library did not come to see.
    error(graph_devices::status status, const std::string &message) : std::runtime_error(message), status_(status) {}

    graph_devices::status status() const noexcept { return status_; }
    /// Whether the action can have been applied, over all attempts.
    graph_devices::effect effect() const noexcept {
        return static_cast<graph_devices::effect>(graph_error_effect(handle_.get()));
    }
    /// The same as what().
    std::string message() const { return what(); }
    /// The HTTP status of the last answer.
    std::optional<int> http_status() const noexcept {
        const std::int32_t value = graph_error_http_status(handle_.get());
        return value < 0 ? std::nullopt : std::optional<int>(value);
    }
    /// `error.code` of the service.
    std::optional<std::string> code() const { return detail::text(graph_error_code(handle_.get())); }
    /// The innermost nested code, or the AADSTS number.
    std::optional<std::string> inner_code() const { return detail::text(graph_error_inner_code(handle_.get())); }
    /// The human part of the service's message.
    std::optional<std::string> service_message() const {
        return detail::text(graph_error_service_message(handle_.get()));
    }
    /// The service's id of the request, which support asks for.
    std::optional<std::string> request_id() const { return detail::text(graph_error_request_id(handle_.get())); }
    /// The id that is sent with the request; absent if it was not tried.
    std::optional<std::string> client_request_id() const {
        return detail::text(graph_error_client_request_id(handle_.get()));
    }
    /// The id in Intune's own logs.
    std::optional<std::string> activity_id() const { return detail::text(graph_error_activity_id(handle_.get())); }
    /// How long the service asked to wait.
    std::optional<std::chrono::milliseconds> retry_after() const {
        return detail::duration(graph_error_retry_after_ms(handle_.get()));
    }
    /// The code of the queued Multi Admin Approval request. It belongs to this user alone.
    std::optional<std::string> approval_code() const { return detail::text(graph_error_approval_code(handle_.get())); }
    /// The decoded claims challenge (a JSON object) to get a new token with.
    std::optional<std::string> claims() const { return detail::text(graph_error_claims(handle_.get())); }
    /// How many times the request was tried; 0 if it was refused before that.
    int attempts() const noexcept { return graph_error_attempts(handle_.get()); }

private:
    graph_devices::status status_;
    std::shared_ptr<const graph_error> handle_;
};

/// The service accepted the action (HTTP 204). The devices retire when they next check in.
class receipt {
public:
    explicit receipt(std::shared_ptr<const graph_receipt> handle) noexcept : handle_(std::move(handle)) {}

    /// The user as given.
    std::string user() const { return graph_receipt_user(handle_.get()); }
    /// The service's id of the request, which support asks for.
    std::optional<std::string> request_id() const { return detail::text(graph_receipt_request_id(handle_.get())); }
    /// The id that was sent with the request.
    std::string client_request_id() const { return graph_receipt_client_request_id(handle_.get()); }
    /// The service's date as it wrote it (RFC 9110).
    std::optional<std::string> date() const { return detail::text(graph_receipt_date(handle_.get())); }
    /// Where it was sent, if that is no known Microsoft cloud.
    std::optional<std::string> endpoint() const { return detail::text(graph_receipt_endpoint(handle_.get())); }
    /// How many times the request was sent.
    int attempts() const noexcept { return graph_receipt_attempts(handle_.get()); }
    /// From the start of the call to its answer, without what does not count towards its deadline.
    std::chrono::milliseconds elapsed() const noexcept {
        return std::chrono::milliseconds(graph_receipt_elapsed_ms(handle_.get()));
    }

private:
    std::shared_ptr<const graph_receipt> handle_;
};

}  // namespace graph_devices

#endif  // GRAPH_DEVICES_ERROR_HPP
