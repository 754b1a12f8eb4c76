/*
 * graph-devices for C++17: RAII, exceptions and a range of events over graph_devices.h. License: MIT OR Apache-2.0.
 *
 * Failures         throw graph_devices::error, which carries all that is known of them.
 * Strings          UTF-8. A text with a NUL character is refused, since C would see only its beginning.
 * Threads          a client may be shared; so may a run, but for next() and its iterators. Everything else is a value.
 * Receipts, errors, devices and events share what they hold when copied, and may outlive the client and the run.
 */
#ifndef GRAPH_DEVICES_HPP
#define GRAPH_DEVICES_HPP

#include <memory>
#include <string>

#include "graph_devices/run.hpp"

namespace graph_devices {

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

    /// Replaces the token for the calls that begin from now on. From any thread. Runs under way use it from their next
    /// request on, unless they have one of their own; one of another tenant ends them.
    void set_token(const std::string &token) {
        detail::call(graph_client_set_token, handle_.get(), detail::whole(token, "token"));
    }

    /// Retires every Intune-managed device of a user (object id or user principal name), on the caller's thread.
    /// Returns only if the service accepted it (HTTP 204). Irreversible. On failure see error::effect(). The person of the
    /// token is refused. A call that can be stopped is a run of one user: see graph_run_options_set_max_users.
    receipt remove_all_devices(const std::string &user_id, const call_options &with = {}) const {
        const auto options = detail::handle(with);
        graph_receipt *made = nullptr;
        detail::call(graph_client_remove_all_devices, handle_.get(), detail::whole(user_id, "user_id"), options.get(),
                     &made);
        return receipt(std::shared_ptr<const graph_receipt>(made, detail::deleter<graph_receipt_free>()));
    }

    /// Reads the devices that Intune lists for a user, with warnings, on the caller's thread. All pages are read within one
    /// deadline, and a page that cannot be read whole is an error, never fewer devices. Of the options only the deadline
    /// counts.
    device_list managed_devices(const std::string &user_id, const call_options &with = {}) const {
        const auto options = detail::handle(with);
        graph_device_list *made = nullptr;
        detail::call(graph_client_managed_devices, handle_.get(), detail::whole(user_id, "user_id"), options.get(),
                     &made);
        return device_list(std::shared_ptr<const graph_device_list>(made, detail::deleter<graph_device_list_free>()));
    }

    /// Starts a run. The client may be destroyed while it goes on. What is wrong with its options, journal or plan is thrown
    /// here: see graph_run_start.
    graph_devices::run start_run(const run_options &with = {}) const {
        const auto options = detail::handle(with);
        graph_run *made = nullptr;
        detail::call(graph_run_start, handle_.get(), options.get(), &made);
        return graph_devices::run(made);
    }

    /// Starts a look at what became of the devices that a journal's run saw; also days later. Users come from the
    /// journal, and events are `verified`. Accepted is not yet retired, and few options count: see graph_run_start_verify.
    graph_devices::run start_verify(const std::string &journal, const run_options &with = {}) const {
        const auto options = detail::handle(with);
        graph_run *made = nullptr;
        detail::call(graph_run_start_verify, handle_.get(), detail::whole(journal, "journal"), options.get(), &made);
        return graph_devices::run(made);
    }

private:
    detail::client_handle handle_;
};

/// Checks that a text can be a user's id, and throws graph_devices::error if not: see graph_check_user_id. Nothing is sent.
inline void check_user_id(const std::string &user_id) {
    detail::call(graph_check_user_id, detail::whole(user_id, "user_id"));
}

/// Retires every Intune-managed device of a user with the client of the process: see graph_remove_all_devices. Only
/// status::ok means that the service accepted it.
[[nodiscard]] inline status remove_all_devices(const std::string &token, const std::string &user_id) noexcept {
    if (!detail::is_whole(token) || !detail::is_whole(user_id)) return status::invalid_argument;
    return static_cast<status>(graph_remove_all_devices(token.c_str(), user_id.c_str()));
}

/// The same for a host that keeps an environment of its own, with what it has in GRAPH_DEVICES_ENDPOINT: see
/// graph_remove_all_devices_with_environment.
[[nodiscard]] inline status remove_all_devices_with_environment(const std::string &endpoint_variable_value,
                                                                const std::string &token,
                                                                const std::string &user_id) noexcept {
    if (!detail::is_whole(endpoint_variable_value) || !detail::is_whole(token) || !detail::is_whole(user_id))
        return status::invalid_argument;
    return static_cast<status>(
        graph_remove_all_devices_with_environment(endpoint_variable_value.c_str(), token.c_str(), user_id.c_str()));
}

}  // namespace graph_devices

#endif  // GRAPH_DEVICES_HPP
