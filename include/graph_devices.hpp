/*
 * graph-devices for C++17: RAII, exceptions and a range of events over graph_devices.h. License: MIT OR Apache-2.0.
 *
 * Failures         throw graph_devices::error, which carries all that is known of them.
 * Strings          UTF-8. A text with a NUL character is refused, since C would see only its beginning.
 * Threads          a client may be shared; so may a run, but for next() and its iterators. Everything else is a value.
 * Receipts, errors and events share what they hold when copied, and may outlive the client and the run.
 */
#ifndef GRAPH_DEVICES_HPP
#define GRAPH_DEVICES_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "graph_devices.h"

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
};

/// The kinds of event: see graph_event_kind. "Nothing within the time given" is an absent event instead.
enum class event_kind : std::int32_t {
    row = GRAPH_EVENT_ROW,
    need_users = GRAPH_EVENT_NEED_USERS,
    need_token = GRAPH_EVENT_NEED_TOKEN,
    notice = GRAPH_EVENT_NOTICE,
    done = GRAPH_EVENT_DONE,
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
/// What a status means and what to do next.
inline const char *message(status value) noexcept { return graph_status_message(static_cast<std::int32_t>(value)); }

/// The version of the library, such as `0.1.0`.
inline const char *version() noexcept { return graph_version(); }

/// Whether the library in use has the interface that this header was written for.
inline bool is_compatible() noexcept {
    const std::uint32_t found = graph_abi_version();
    return found >> 16 == GRAPH_ABI_VERSION_MAJOR && (found & 0xffff) >= GRAPH_ABI_VERSION_MINOR;
}

namespace detail {

inline std::optional<std::string> text(const char *value) {
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

inline std::optional<std::chrono::milliseconds> duration(std::int64_t value) {
    return value < 0 ? std::nullopt : std::optional<std::chrono::milliseconds>(value);
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
    /// The id that was sent with the request.
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
    /// How many times the request was tried; 0 if nothing was sent.
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
    /// From the start of the call to its answer.
    std::chrono::milliseconds elapsed() const noexcept {
        return std::chrono::milliseconds(graph_receipt_elapsed_ms(handle_.get()));
    }

private:
    std::shared_ptr<const graph_receipt> handle_;
};

/// What a run has to tell.
class event {
public:
    explicit event(std::shared_ptr<const graph_event> handle) noexcept : handle_(std::move(handle)) {}

    event_kind kind() const noexcept { return static_cast<event_kind>(graph_event_get_kind(handle_.get())); }
    /// Row: the user as given.
    std::optional<std::string> user() const { return detail::text(graph_event_user(handle_.get())); }
    /// Row: what is known of the user.
    graph_devices::outcome outcome() const noexcept {
        return static_cast<graph_devices::outcome>(graph_event_outcome(handle_.get()));
    }
    /// Row: why the user was skipped.
    graph_devices::reason reason() const noexcept {
        return static_cast<graph_devices::reason>(graph_event_reason(handle_.get()));
    }
    /// Row of an accepted user.
    std::optional<graph_devices::receipt> receipt() const {
        return part<graph_devices::receipt>(graph_event_receipt(handle_.get()));
    }
    /// Row of a user that was not accepted; absent if skipped before anything was tried.
    std::optional<graph_devices::error> error() const {
        return part<graph_devices::error>(graph_event_error(handle_.get()));
    }
    /// Need token: what the new token must meet (a JSON object); absent if any new token will do.
    std::optional<std::string> claims() const { return detail::text(graph_event_claims(handle_.get())); }
    /// Notice: one line for a log, never with a token.
    std::optional<std::string> text() const { return detail::text(graph_event_text(handle_.get())); }
    /// Done: how many users came to an outcome.
    std::int64_t count(graph_devices::outcome value) const noexcept {
        return graph_event_count(handle_.get(), static_cast<std::int32_t>(value));
    }
    /// Done: the status that ended the run because every user would meet it.
    std::optional<status> fatal() const noexcept {
        const graph_status value = graph_event_fatal(handle_.get());
        return value == GRAPH_STATUS_OK ? std::nullopt : std::optional<status>(static_cast<status>(value));
    }

private:
    /// What belongs to the event, which lives as long.
    template <class Part, class Handle>
    std::optional<Part> part(const Handle *handle) const {
        if (handle == nullptr) return std::nullopt;
        return Part(std::shared_ptr<const Handle>(handle_, handle));
    }

    std::shared_ptr<const graph_event> handle_;
};

/// The first and the longest wait before a retry where the service names none.
struct backoff {
    std::chrono::milliseconds base;
    std::chrono::milliseconds cap;
};

/// Options of a client; what is absent keeps its default. They are checked when the client is made: see the setters
/// graph_options_set_... for their values.
struct options {
    std::optional<std::string> cloud = {};
    std::optional<std::string> endpoint = {};
    /// Takes the endpoint from GRAPH_DEVICES_ENDPOINT: known clouds and loopback only. `endpoint` goes first.
    bool endpoint_from_environment = false;
    std::optional<std::chrono::milliseconds> timeout = {};
    std::optional<std::chrono::milliseconds> connect_timeout = {};
    std::optional<std::chrono::milliseconds> deadline = {};
    std::optional<int> max_attempts = {};
    std::optional<graph_devices::backoff> backoff = {};
    std::optional<std::string> proxy = {};
    std::optional<std::string> ca_pem = {};
    std::optional<std::string> user_agent_suffix = {};
};

/// Options of one call: see the setters graph_call_options_set_....
struct call_options {
    std::optional<std::string> justification = {};
    std::optional<std::string> approval_code = {};
    std::optional<std::string> client_request_id = {};
    std::optional<std::chrono::milliseconds> deadline = {};
};

/// Options of a run: see the setters graph_run_options_set_....
struct run_options {
    std::optional<std::string> justification = {};
    bool supplies_tokens = false;
};

namespace detail {

template <auto Free>
struct deleter {
    template <class Handle>
    void operator()(Handle *handle) const noexcept {
        Free(handle);
    }
};

template <class Handle, auto Free>
using unique = std::unique_ptr<Handle, deleter<Free>>;

using options_handle = unique<graph_options, graph_options_free>;
using call_options_handle = unique<graph_call_options, graph_call_options_free>;
using run_options_handle = unique<graph_run_options, graph_run_options_free>;
using client_handle = unique<graph_client, graph_client_free>;
using run_handle = unique<graph_run, graph_run_free>;

/// A C function whose last argument is `graph_error **`; throws what it puts there.
template <class Function, class... Arguments>
void call(Function function, Arguments... arguments) {
    graph_error *failure = nullptr;
    if (function(arguments..., &failure) != GRAPH_STATUS_OK)
        throw error(std::shared_ptr<const graph_error>(failure, deleter<graph_error_free>()));
}

inline bool is_whole(const std::string &text) noexcept { return text.find('\0') == std::string::npos; }

/// The text for C, which would see only what stands before a NUL.
inline const char *whole(const std::string &text, const char *what) {
    if (!is_whole(text)) throw error(status::invalid_argument, std::string(what) + " has a NUL character");
    return text.c_str();
}

template <class Handle, class Function>
void set(Handle *handle, Function setter, const std::optional<std::string> &value, const char *what) {
    if (value) call(setter, handle, whole(*value, what));
}

template <class Handle, class Function>
void set(Handle *handle, Function setter, const std::optional<std::chrono::milliseconds> &value) {
    if (value) call(setter, handle, static_cast<std::int64_t>(value->count()));
}

template <class Handle>
Handle made(typename Handle::pointer handle) {
    if (handle == nullptr) throw std::bad_alloc();
    return Handle(handle);
}

inline options_handle handle(const options &from) {
    auto made = detail::made<options_handle>(graph_options_new());
    graph_options *to = made.get();
    set(to, graph_options_set_cloud, from.cloud, "cloud");
    if (from.endpoint_from_environment) call(graph_options_set_endpoint_from_environment, to);
    set(to, graph_options_set_endpoint, from.endpoint, "endpoint");
    set(to, graph_options_set_timeout_ms, from.timeout);
    set(to, graph_options_set_connect_timeout_ms, from.connect_timeout);
    set(to, graph_options_set_deadline_ms, from.deadline);
    if (from.max_attempts) call(graph_options_set_max_attempts, to, static_cast<std::int32_t>(*from.max_attempts));
    if (from.backoff)
        call(graph_options_set_backoff_ms, to, static_cast<std::int64_t>(from.backoff->base.count()),
             static_cast<std::int64_t>(from.backoff->cap.count()));
    set(to, graph_options_set_proxy, from.proxy, "proxy");
    set(to, graph_options_set_ca_pem, from.ca_pem, "ca_pem");
    set(to, graph_options_set_user_agent_suffix, from.user_agent_suffix, "user_agent_suffix");
    return made;
}

inline call_options_handle handle(const call_options &from) {
    auto made = detail::made<call_options_handle>(graph_call_options_new());
    graph_call_options *to = made.get();
    set(to, graph_call_options_set_justification, from.justification, "justification");
    set(to, graph_call_options_set_approval_code, from.approval_code, "approval_code");
    set(to, graph_call_options_set_client_request_id, from.client_request_id, "client_request_id");
    set(to, graph_call_options_set_deadline_ms, from.deadline);
    return made;
}

inline run_options_handle handle(const run_options &from) {
    auto made = detail::made<run_options_handle>(graph_run_options_new());
    set(made.get(), graph_run_options_set_justification, from.justification, "justification");
    call(graph_run_options_set_supplies_tokens, made.get(), static_cast<std::int32_t>(from.supplies_tokens));
    return made;
}

}  // namespace detail

/// A run: users in, events out. An input range of events, of which `done` is the last:
///
///     for (const graph_devices::event &event : run) ...
///
/// The range waits for each event; answer `need_users` (add some, or end them) and `need_token` inside the loop.
/// Destroying a run stops it without waiting: the outcome of the call in flight is lost.
class run {
public:
    class iterator {
    public:
        using iterator_category = std::input_iterator_tag;
        using value_type = event;
        using difference_type = std::ptrdiff_t;
        using pointer = const event *;
        using reference = const event &;

        /// The end.
        iterator() noexcept = default;

        reference operator*() const noexcept { return *current_; }
        pointer operator->() const noexcept { return &*current_; }
        iterator &operator++() {
            if (current_ && current_->kind() == event_kind::done)
                *this = iterator();
            else
                current_ = take(run_, longest);
            return *this;
        }
        iterator operator++(int) {
            iterator before = *this;
            ++*this;
            return before;
        }
        friend bool operator==(const iterator &left, const iterator &right) noexcept { return left.run_ == right.run_; }
        friend bool operator!=(const iterator &left, const iterator &right) noexcept { return !(left == right); }

    private:
        friend class run;
        explicit iterator(graph_run *run) : run_(run) { ++*this; }

        graph_run *run_ = nullptr;
        std::optional<event> current_;
    };

    /// Adds a user. A text that is no user id becomes a failed row.
    void add_user(const std::string &user_id) {
        detail::call(graph_run_add_user, handle_.get(), detail::whole(user_id, "user_id"));
    }
    /// Says that no user follows.
    void end_users() { detail::call(graph_run_end_users, handle_.get()); }
    /// The next event; absent if there is none within that time. After `done` it throws.
    std::optional<event> next(std::chrono::milliseconds wait) { return take(handle_.get(), wait); }
    /// Answers `need_token`. From any thread.
    void set_token(const std::string &token) {
        detail::call(graph_run_set_token, handle_.get(), detail::whole(token, "token"));
    }
    /// Asks the run to stop, from any thread and from a signal handler; `done` still follows.
    void stop() noexcept { graph_run_stop(handle_.get()); }

    /// Takes the next event, as every step does.
    iterator begin() { return iterator(handle_.get()); }
    iterator end() noexcept { return iterator(); }

private:
    friend class client;
    explicit run(graph_run *handle) noexcept : handle_(handle) {}

    static std::optional<event> take(graph_run *run, std::chrono::milliseconds wait) {
        graph_event *found = nullptr;
        detail::call(graph_run_next, run, static_cast<std::int64_t>(wait.count()), &found);
        event taken(std::shared_ptr<const graph_event>(found, detail::deleter<graph_event_free>()));
        if (graph_event_get_kind(found) == GRAPH_EVENT_NONE) return std::nullopt;
        return taken;
    }

    static constexpr std::chrono::milliseconds longest = (std::chrono::milliseconds::max)();

    detail::run_handle handle_;
};

/// One endpoint, one token, pooled connections. Free to share between threads; destroy it after its last call.
class client {
public:
    /// Nothing is sent yet.
    explicit client(const std::string &token, const options &with = {}) {
        const auto options = detail::handle(with);
        graph_client *made = nullptr;
        detail::call(graph_client_new, options.get(), detail::whole(token, "token"), &made);
        handle_.reset(made);
    }

    /// Replaces the token for the calls that begin from now on. From any thread.
    void set_token(const std::string &token) {
        detail::call(graph_client_set_token, handle_.get(), detail::whole(token, "token"));
    }

    /// Retires every Intune-managed device of a user (object id or user principal name), on the caller's thread.
    /// Returns only if the service accepted it (HTTP 204). Irreversible. On failure see error::effect().
    receipt remove_all_devices(const std::string &user_id, const call_options &with = {}) const {
        const auto options = detail::handle(with);
        graph_receipt *made = nullptr;
        detail::call(graph_client_remove_all_devices, handle_.get(), detail::whole(user_id, "user_id"), options.get(),
                     &made);
        return receipt(std::shared_ptr<const graph_receipt>(made, detail::deleter<graph_receipt_free>()));
    }

    /// Starts a run. The client may be destroyed while it goes on.
    graph_devices::run start_run(const run_options &with = {}) const {
        const auto options = detail::handle(with);
        graph_run *made = nullptr;
        detail::call(graph_run_start, handle_.get(), options.get(), &made);
        return graph_devices::run(made);
    }

private:
    detail::client_handle handle_;
};

/// Retires every Intune-managed device of a user with the client of the process: see graph_remove_all_devices. Only
/// status::ok means that the service accepted it.
[[nodiscard]] inline status remove_all_devices(const std::string &token, const std::string &user_id) noexcept {
    if (!detail::is_whole(token) || !detail::is_whole(user_id)) return status::invalid_argument;
    return static_cast<status>(graph_remove_all_devices(token.c_str(), user_id.c_str()));
}

}  // namespace graph_devices

#endif  // GRAPH_DEVICES_HPP
