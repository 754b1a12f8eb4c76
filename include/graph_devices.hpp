/*
 * graph-devices for C++17: RAII, exceptions and a range of events over graph_devices.h. License: MIT OR Apache-2.0.
 *
 * Failures         throw graph_devices::error, which has every field of the failure.
 * Strings          UTF-8. A text with a NUL character is refused, because C would read only its beginning.
 * Threads          may share a client, and a run except next() and its iterators. Everything else is a value.
 * Copies           of receipts, errors, devices and events share their content, and may outlive the client and the run.
 */
#ifndef GRAPH_DEVICES_HPP
#define GRAPH_DEVICES_HPP

#include <memory>
#include <string>

#include "graph_devices/run.hpp"

namespace graph_devices {

/// One endpoint, one token, pooled connections. Threads may share it. Destroy it after its last call.
class client {
public:
    /// Creates a client. Sends nothing. Throws graph_devices::error if an option is refused.
    explicit client(const std::string &token, const options &with = {}) {
        const auto options = detail::handle(with);
        graph_client *made = nullptr;
        detail::call(graph_client_new, options.get(), detail::whole(token, "token"), &made);
        handle_.reset(made);
    }

    /// Replaces the token for later calls. From any thread. Active runs use it from their next request, unless
    /// run::set_token gave them their own. A token of another tenant ends them.
    void set_token(const std::string &token) {
        detail::call(graph_client_set_token, handle_.get(), detail::whole(token, "token"));
    }

    /// Retires every Intune-managed device of a user (object id or user principal name), on the caller's thread.
    /// Irreversible. Returns only if the service accepted the action (HTTP 204). Otherwise throws; error::effect() is whether
    /// the action may have been applied. The signed-in user is refused. To stop a call, use a run of one user: see
    /// graph_run_options_set_max_users.
    /// Service: <https://learn.microsoft.com/graph/api/intune-devices-user-removealldevicesfrommanagement>
    receipt remove_all_devices(const std::string &user_id, const call_options &with = {}) const {
        const auto options = detail::handle(with);
        graph_receipt *made = nullptr;
        detail::call(graph_client_remove_all_devices, handle_.get(), detail::whole(user_id, "user_id"), options.get(),
                     &made);
        return receipt(std::shared_ptr<const graph_receipt>(made, detail::deleter<graph_receipt_free>()));
    }

    /// Reads the devices that Intune lists for a user, with warnings, on the caller's thread. The deadline covers all pages;
    /// the other options have no effect. A page that cannot be read completely throws; the list is never shorter.
    /// Service: <https://learn.microsoft.com/graph/api/intune-devices-manageddevice-list>
    device_list managed_devices(const std::string &user_id, const call_options &with = {}) const {
        const auto options = detail::handle(with);
        graph_device_list *made = nullptr;
        detail::call(graph_client_managed_devices, handle_.get(), detail::whole(user_id, "user_id"), options.get(),
                     &made);
        return device_list(std::shared_ptr<const graph_device_list>(made, detail::deleter<graph_device_list_free>()));
    }

    /// Starts a run. The client may be destroyed during the run. Throws if options, journal or plan are unusable: see
    /// graph_run_start.
    graph_devices::run start_run(const run_options &with = {}) const {
        const auto options = detail::handle(with);
        graph_run *made = nullptr;
        detail::call(graph_run_start, handle_.get(), options.get(), &made);
        return graph_devices::run(made);
    }

    /// Starts a verification: it reports what became of the devices that a journal's runs saw, also days later. Users
    /// come from the journal, and events are `verified`. Few options have an effect: see graph_run_start_verify.
    graph_devices::run start_verify(const std::string &journal, const run_options &with = {}) const {
        const auto options = detail::handle(with);
        graph_run *made = nullptr;
        detail::call(graph_run_start_verify, handle_.get(), detail::whole(journal, "journal"), options.get(), &made);
        return graph_devices::run(made);
    }

private:
    detail::client_handle handle_;
};

/// Checks that a text can be a user id; throws graph_devices::error if not. Sends nothing. See graph_check_user_id.
inline void check_user_id(const std::string &user_id) {
    detail::call(graph_check_user_id, detail::whole(user_id, "user_id"));
}

/// Retires every Intune-managed device of a user with the shared client of the process. Irreversible. Only status::ok
/// means that the service accepted the action. See graph_remove_all_devices.
[[nodiscard]] inline status remove_all_devices(const std::string &token, const std::string &user_id) noexcept {
    if (!detail::is_whole(token) || !detail::is_whole(user_id)) return status::invalid_argument;
    return static_cast<status>(graph_remove_all_devices(token.c_str(), user_id.c_str()));
}

/// The same for a runtime with its own copy of the environment: pass its text of GRAPH_DEVICES_ENDPOINT. See
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
