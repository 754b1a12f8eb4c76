/* What a caller may choose. Part of graph_devices.hpp. License: MIT OR Apache-2.0. */
#ifndef GRAPH_DEVICES_OPTIONS_HPP
#define GRAPH_DEVICES_OPTIONS_HPP

#include <chrono>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <vector>

#include "error.hpp"

namespace graph_devices {

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
    /// Takes the endpoint from GRAPH_DEVICES_ENDPOINT: known clouds and loopback only. `cloud` and `endpoint` go first.
    bool endpoint_from_environment = false;
    /// The same, for a host that keeps an environment of its own: what it has in GRAPH_DEVICES_ENDPOINT.
    std::optional<std::string> environment_endpoint = {};
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

/// So many requests in any window of that length.
struct quota {
    int requests;
    std::chrono::milliseconds window;
};

/// The list that the users come from.
struct input {
    std::string name;
    /// In hexadecimal.
    std::string sha256;
};

/// Options of a run; what is absent keeps its default. They are checked when the run starts: see the setters
/// graph_run_options_... for their meaning and values.
struct run_options {
    std::optional<std::string> justification = {};
    /// With one of these two the run takes one user.
    std::optional<std::string> approval_code = {};
    std::optional<std::string> client_request_id = {};
    /// Of each request.
    std::optional<std::chrono::milliseconds> deadline = {};
    bool supplies_tokens = false;
    /// A new journal; or `resume`, one to go on with. A run with both is refused. Paths are UTF-8.
    std::optional<std::string> journal = {};
    std::optional<std::string> resume = {};
    std::optional<std::string> plan = {};
    bool preview = false;
    bool read = true;
    std::optional<graph_devices::quota> quota = {};
    std::optional<graph_devices::quota> read_quota = {};
    std::optional<int> connections = {};
    std::optional<int> batch_size = {};
    std::optional<int> max_users = {};
    std::optional<int> max_devices_per_user = {};
    std::optional<int> max_approvals = {};
    /// Users that must not be touched, by object id or name.
    std::vector<std::string> exclude = {};
    /// Consent to blocking warnings, by their names.
    std::vector<std::string> accept = {};
    std::optional<graph_devices::input> input = {};
    std::optional<std::string> operator_name = {};
    /// There is no default.
    std::optional<std::string> host = {};
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

template <class Handle, class Function>
void set(Handle *handle, Function setter, const std::optional<int> &value) {
    if (value) call(setter, handle, static_cast<std::int32_t>(*value));
}

template <class Handle, class Function>
void set(Handle *handle, Function setter, const std::optional<quota> &value) {
    if (value)
        call(setter, handle, static_cast<std::int32_t>(value->requests),
             static_cast<std::int64_t>(value->window.count()));
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
    set(to, graph_options_set_environment_endpoint, from.environment_endpoint, "environment_endpoint");
    set(to, graph_options_set_endpoint, from.endpoint, "endpoint");
    set(to, graph_options_set_timeout_ms, from.timeout);
    set(to, graph_options_set_connect_timeout_ms, from.connect_timeout);
    set(to, graph_options_set_deadline_ms, from.deadline);
    set(to, graph_options_set_max_attempts, from.max_attempts);
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
    graph_run_options *to = made.get();
    set(to, graph_run_options_set_justification, from.justification, "justification");
    set(to, graph_run_options_set_approval_code, from.approval_code, "approval_code");
    set(to, graph_run_options_set_client_request_id, from.client_request_id, "client_request_id");
    set(to, graph_run_options_set_deadline_ms, from.deadline);
    call(graph_run_options_set_supplies_tokens, to, static_cast<std::int32_t>(from.supplies_tokens));
    set(to, graph_run_options_set_journal, from.journal, "journal");
    set(to, graph_run_options_set_resume, from.resume, "resume");
    set(to, graph_run_options_set_plan, from.plan, "plan");
    if (from.preview) call(graph_run_options_set_preview, to);
    call(graph_run_options_set_read, to, static_cast<std::int32_t>(from.read));
    set(to, graph_run_options_set_quota, from.quota);
    set(to, graph_run_options_set_read_quota, from.read_quota);
    set(to, graph_run_options_set_connections, from.connections);
    set(to, graph_run_options_set_batch_size, from.batch_size);
    set(to, graph_run_options_set_max_users, from.max_users);
    set(to, graph_run_options_set_max_devices_per_user, from.max_devices_per_user);
    set(to, graph_run_options_set_max_approvals, from.max_approvals);
    for (const std::string &user : from.exclude) call(graph_run_options_add_exclude, to, whole(user, "exclude"));
    for (const std::string &warning : from.accept) call(graph_run_options_add_accept, to, whole(warning, "accept"));
    if (from.input)
        call(graph_run_options_set_input, to, whole(from.input->name, "input.name"),
             whole(from.input->sha256, "input.sha256"));
    set(to, graph_run_options_set_operator, from.operator_name, "operator_name");
    set(to, graph_run_options_set_host, from.host, "host");
    return made;
}

}  // namespace detail

}  // namespace graph_devices

#endif  // GRAPH_DEVICES_OPTIONS_HPP
