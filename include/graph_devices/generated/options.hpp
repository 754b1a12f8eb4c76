/* What a caller may choose. An absent option keeps its default, which graph_devices.h names.
 * Written by `cargo xtask generate`; do not edit. Part of graph_devices.hpp. License: MIT OR Apache-2.0. */
#ifndef GRAPH_DEVICES_GENERATED_OPTIONS_HPP
#define GRAPH_DEVICES_GENERATED_OPTIONS_HPP

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "../set.hpp"

namespace graph_devices {

/// Options of a `client`. Start from `ClientOptions::default()`.
struct options {
    /// A Microsoft cloud: `global` (the default), `usgov`, `usgov_dod`, `china`, `bleu`, `delos`, or the name that
    /// Microsoft.Graph uses (`USGovDoD`, `BleuCloud`). Case does not matter. Clouds without the action are refused by
    /// name. A cloud and an endpoint exclude each other.
    std::optional<std::string> cloud = {};
    /// Another endpoint than a cloud's: https to a host of your choice, or http to literal loopback (127.0.0.0/8,
    /// `[::1]`, localhost). Scheme, host and port alone, without `/v1.0`. It is shown in receipts. A client with a
    /// cloud and an endpoint is refused.
    std::optional<std::string> endpoint = {};
    /// Takes the endpoint from GRAPH_DEVICES_ENDPOINT: known clouds and loopback only. `cloud` and `endpoint` go first.
    bool endpoint_from_environment = false;
    /// The same, for a host that keeps an environment of its own: what it has in GRAPH_DEVICES_ENDPOINT.
    std::optional<std::string> endpoint_variable_value = {};
    /// How long to wait for a connection. The default is 10 seconds.
    std::optional<std::chrono::milliseconds> connect_timeout = {};
    /// How long one attempt may take. The default is 60 seconds.
    std::optional<std::chrono::milliseconds> timeout = {};
    /// How long a whole call may take, all attempts, waits and pages included. The default is 5 minutes. In a run
    /// each request has it by itself: see `deadline`.
    std::optional<std::chrono::milliseconds> deadline = {};
    /// How many times a request is sent at most. The default is 5; 1 switches retries off.
    std::optional<int> max_attempts = {};
    /// The first wait before a retry and the longest, where the service names none: exponential with full jitter. The
    /// defaults are 1 second and 60 seconds.
    std::optional<graph_devices::backoff> backoff = {};
    /// A proxy, such as `http://user:password@proxy.example:8080`; an empty text means none at all. The default is
    /// what the environment says as the client is made (`HTTPS_PROXY`, else `ALL_PROXY`, and `NO_PROXY`); a text
    /// there that is no proxy is refused. Loopback never goes through a proxy.
    std::optional<std::string> proxy = {};
    /// Certificate authorities in PEM, trusted besides the platform's.
    std::optional<std::string> ca_certificates = {};
    /// A text that follows `graph-devices/<version>` in the `User-Agent`, such as `offboarding/2.1`: 1 to 200
    /// printable ASCII characters.
    std::optional<std::string> user_agent_suffix = {};
};

/// Options of one call. Start from `CallOptions::default()`.
struct call_options {
    /// The reason that Multi Admin Approval shows to the approver: 1 to 1024 characters. Ignored by tenants without
    /// it.
    std::optional<std::string> justification = {};
    /// The code of an approved request (a GUID), as the queued call returned it; it is sent in place of the
    /// justification and belongs to one user.
    std::optional<std::string> approval_code = {};
    /// The GUID to find this call by in the service's logs. The default is a new one for each call.
    std::optional<std::string> client_request_id = {};
    /// The deadline of this call, in place of the client's: all its attempts, waits and pages.
    std::optional<std::chrono::milliseconds> deadline = {};
};

/// Options of a `run`. Start from `RunOptions::default()`.
struct run_options {
    /// The reason that Multi Admin Approval shows to the approver, for every user: 1 to 1024 characters. It also
    /// stands in the journal.
    std::optional<std::string> justification = {};
    /// The code of an approved request (a GUID), as the queued call returned it; it is sent in place of the
    /// justification. It belongs to one user: with it the run takes one, and another limit of users is refused as it
    /// starts.
    std::optional<std::string> approval_code = {};
    /// The GUID to find the retire of a run of one user by in the service's logs; as for an approval code, the run
    /// takes one. The default is a new one for each user.
    std::optional<std::string> client_request_id = {};
    /// How long each request of the run may take, all its attempts and waits included. The default is the client's.
    /// Each read of a user is a request, all pages of a list together are one, and so is the send. Waiting for a
    /// token does not count, nor do the pauses of the whole run, for its pace or after a 429, unless it is of one
    /// user.
    std::optional<std::chrono::milliseconds> deadline = {};
    /// Whether the caller answers `event_kind::need_token`. If not, which is the default, a refused token is final
    /// unless the client's credential supplies another.
    std::optional<bool> token_events = {};
    /// Records the run in a new journal, a file of JSON lines. A file that exists is refused when the run starts: see
    /// `resume`.
    std::optional<std::string> journal = {};
    /// Goes on with the run that a journal records, in place of `journal`: a run with both is refused. Users that are
    /// done are not sent again; users in doubt are read first.
    ///
    /// Users and options are not taken from the journal: give all users again, and set the options again. If the run
    /// before was bound to a plan, or had exclusions, the start is refused unless there is a plan again, and all
    /// those exclusions. When the run ends, a notice of the kind `notice_kind::run` reports how many users in doubt
    /// or waiting for approval were not given.
    std::optional<std::string> resume = {};
    /// Binds the run to a plan, the journal of a preview: it acts only on users of the plan that have no device which
    /// the plan lacks. Where devices may not be read, the run ends.
    std::optional<std::string> plan = {};
    /// Reads only and sends nothing: each user is reported with devices, warnings, and what a run would skip and why.
    /// Its journal is a plan.
    std::optional<bool> preview = {};
    /// Whether users and devices are read before anything is sent; the default is yes. Without it there are no
    /// warnings, no limit of devices and no snapshot, what is in doubt stays unknown, and no user can be previewed or
    /// held against a plan.
    std::optional<bool> inspect_first = {};
    /// How many writes may leave in any window of that length. The default is 150 in 20 seconds of the documented 200
    /// for an app and tenant (<https://learn.microsoft.com/graph/throttling-limits#intune-service-limits>).
    std::optional<graph_devices::quota> write_quota = {};
    /// How many reads may leave in any window of that length. The default is 2000 in 20 seconds. Each read inside a
    /// batch is one.
    std::optional<graph_devices::quota> read_quota = {};
    /// How many requests are under way at once, 1 to 64. The default is 16; with 1, and a batch size of 1, the users
    /// come in the order given.
    std::optional<int> connections = {};
    /// How many users are sent in one request, 1 to 20, and no more than the write quota, which is checked as the run
    /// starts. The default is 1; more save round trips, and an answer that cannot be read leaves all of them unknown.
    std::optional<int> batch_size = {};
    /// The most users that the run takes. With it nothing is sent until the users have ended, and nothing at all if
    /// they are more; all of them wait in memory. The default is no limit.
    ///
    /// A run of one user is a call that can be stopped and whose token can be renewed: it is not paced, and all its
    /// waits but those for a token count towards its deadline.
    std::optional<int> max_users = {};
    /// A user with more devices is skipped. The default is 10.
    std::optional<int> max_devices_per_user = {};
    /// Where Multi Admin Approval gates the action, how many requests may be queued for a second administrator before
    /// the run ends, to be resumed. The default is 0: the first one that is queued ends it, so that a person looks.
    std::optional<int> max_approvals = {};
    /// A user that must not be touched, by object id or name. With reading on exclusions are looked up first, either
    /// form protects the user, and a notice of the kind `notice_kind::run` names those that no user has; where that
    /// cannot be read, a user of another form than an exclusion fails as `status::permission_denied`.
    std::vector<std::string> exclude = {};
    /// Consent to a blocking warning, by its name, such as `entra_joined_windows`.
    std::vector<std::string> accept_warning = {};
    /// Name and SHA-256 (hexadecimal) of the list that the users come from, for the journal.
    std::optional<graph_devices::input> input_list = {};
    /// Who runs this, for the journal. The default is the person of the token, and none for an app.
    std::optional<std::string> initiated_by = {};
    /// The machine that it runs on, for the journal. There is no default.
    std::optional<std::string> machine = {};
};

namespace detail {

inline options_handle handle(const options &from) {
    auto made = detail::made<options_handle>(graph_options_new());
    graph_options *to = made.get();
    set(to, graph_options_set_cloud, from.cloud, "cloud");
    if (from.endpoint_from_environment) call(graph_options_set_endpoint_from_environment, to);
    set(to, graph_options_set_endpoint_variable_value, from.endpoint_variable_value, "endpoint_variable_value");
    set(to, graph_options_set_endpoint, from.endpoint, "endpoint");
    set(to, graph_options_set_connect_timeout_ms, from.connect_timeout);
    set(to, graph_options_set_timeout_ms, from.timeout);
    set(to, graph_options_set_deadline_ms, from.deadline);
    set(to, graph_options_set_max_attempts, from.max_attempts);
    set(to, graph_options_set_backoff_ms, from.backoff);
    set(to, graph_options_set_proxy, from.proxy, "proxy");
    set(to, graph_options_set_ca_certificates, visible(from.ca_certificates), "ca_certificates");
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
    set(to, graph_run_options_set_token_events, from.token_events);
    set(to, graph_run_options_set_journal, from.journal, "journal");
    set(to, graph_run_options_set_resume, from.resume, "resume");
    set(to, graph_run_options_set_plan, from.plan, "plan");
    if (from.preview.value_or(false)) call(graph_run_options_set_preview, to);
    set(to, graph_run_options_set_inspect_first, from.inspect_first);
    set(to, graph_run_options_set_write_quota, from.write_quota);
    set(to, graph_run_options_set_read_quota, from.read_quota);
    set(to, graph_run_options_set_connections, from.connections);
    set(to, graph_run_options_set_batch_size, from.batch_size);
    set(to, graph_run_options_set_max_users, from.max_users);
    set(to, graph_run_options_set_max_devices_per_user, from.max_devices_per_user);
    set(to, graph_run_options_set_max_approvals, from.max_approvals);
    for (const std::string &one : from.exclude) call(graph_run_options_exclude, to, whole(one, "exclude"));
    for (const std::string &one : from.accept_warning) call(graph_run_options_accept_warning, to, whole(one, "accept_warning"));
    set(to, graph_run_options_set_input_list, from.input_list);
    set(to, graph_run_options_set_initiated_by, from.initiated_by, "initiated_by");
    set(to, graph_run_options_set_machine, from.machine, "machine");
    return made;
}

}  // namespace detail

}  // namespace graph_devices

#endif  // GRAPH_DEVICES_GENERATED_OPTIONS_HPP
