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
    /// Microsoft.Graph uses (`USGovDoD`, `BleuCloud`). Case does not matter. Clouds that do not offer the action are
    /// refused. A client takes a cloud or an endpoint, not both.
    std::optional<std::string> cloud = {};
    /// An endpoint that is not a cloud's: https to any host, or http to loopback (127.0.0.0/8, `[::1]`, localhost).
    /// Give scheme, host and port, without `/v1.0`. Receipts show it. A client takes a cloud or an endpoint, not
    /// both.
    std::optional<std::string> endpoint = {};
    /// Reads the endpoint from GRAPH_DEVICES_ENDPOINT; only known clouds and loopback are allowed there. Has no effect if
    /// `cloud` or `endpoint` is set.
    bool endpoint_from_environment = false;
    /// The same for a runtime with its own copy of the environment: its text of GRAPH_DEVICES_ENDPOINT.
    std::optional<std::string> endpoint_variable_value = {};
    /// The longest time to wait for a connection. The default is 10 seconds.
    std::optional<std::chrono::milliseconds> connect_timeout = {};
    /// The longest time of one attempt. The default is 60 seconds.
    std::optional<std::chrono::milliseconds> timeout = {};
    /// The longest time of a whole call, including all attempts, waits and pages. The default is 5 minutes. In a run
    /// it applies to each request by itself: see `deadline`.
    std::optional<std::chrono::milliseconds> deadline = {};
    /// The most times that a request is sent, 1 to 100. The default is 5; 1 switches retries off.
    std::optional<int> max_attempts = {};
    /// The first and the longest wait before a retry, if the service names none. Waits grow exponentially, with full
    /// jitter. The defaults are 1 second and 60 seconds.
    std::optional<graph_devices::backoff> backoff = {};
    /// A proxy, such as `http://user:password@proxy.example:8080`; an empty text means no proxy. The default is the
    /// proxy that the environment names when the client is made (`HTTPS_PROXY`, else `ALL_PROXY`, and `NO_PROXY`). A
    /// client is refused if that text is not the URL of a proxy. Loopback is always reached without a proxy.
    std::optional<std::string> proxy = {};
    /// Certificate authorities in PEM. They are trusted in addition to the platform's.
    std::optional<std::string> ca_certificates = {};
    /// A text after `graph-devices/<version>` in the `User-Agent`, such as `offboarding/2.1`: 1 to 200 printable
    /// ASCII characters.
    std::optional<std::string> user_agent_suffix = {};
};

/// Options of one call. Start from `CallOptions::default()`.
struct call_options {
    /// The reason that Multi Admin Approval shows to the approver: 1 to 1024 characters. It has no effect in a tenant
    /// without Multi Admin Approval.
    std::optional<std::string> justification = {};
    /// The code of an approved request (a GUID), as the queued call returned it. It belongs to one user and is sent
    /// in place of the justification.
    std::optional<std::string> approval_code = {};
    /// A GUID that identifies this call in the service's logs. The default is a new one for each call.
    std::optional<std::string> client_request_id = {};
    /// The deadline of this call, in place of the client's. It includes all attempts, waits and pages.
    std::optional<std::chrono::milliseconds> deadline = {};
};

/// Options of a `run`. Start from `RunOptions::default()`.
struct run_options {
    /// The reason that Multi Admin Approval shows to the approver, for every user: 1 to 1024 characters. It also
    /// stands in the journal.
    std::optional<std::string> justification = {};
    /// The code of an approved request (a GUID), as the queued call returned it. It is sent in place of the
    /// justification. It belongs to one user: with it the run takes one user, and the start is refused with any other
    /// limit of users.
    std::optional<std::string> approval_code = {};
    /// The GUID that identifies the request in the service's logs. It belongs to one user: with it the run takes one
    /// user, as with an approval code. The default is a new one for each user.
    std::optional<std::string> client_request_id = {};
    /// The longest time of each request of the run, including all its attempts and waits. The default is the
    /// client's. Each read of a user is a request, all pages of a list together are one, and so is the send. Waits
    /// for a token do not count. Pauses of the whole run, for its pace or after a 429, count only in a run of one
    /// user.
    std::optional<std::chrono::milliseconds> deadline = {};
    /// Whether the caller answers `event_kind::need_token`. If not, which is the default, a refused token is final
    /// unless the client's credential supplies another.
    std::optional<bool> token_events = {};
    /// Records the run in a new journal, a file of JSON lines. A file that exists is refused when the run starts: see
    /// `resume`.
    std::optional<std::string> journal = {};
    /// Resumes the run of a journal. Users that are done are not sent again; users in doubt are read first. A run
    /// takes this or `journal`, not both.
    ///
    /// The journal does not store users and options: give all users again, and set the options again. If the earlier
    /// run was bound to a plan or had exclusions, the start is refused without a plan or with fewer exclusions. When
    /// the run ends, a notice of the kind `notice_kind::run` reports how many users in doubt or waiting for approval
    /// were not given.
    std::optional<std::string> resume = {};
    /// Binds the run to a plan, the journal of a preview: it sends only users of the plan, and only if the plan has
    /// all their devices. If devices may not be read, the run ends.
    std::optional<std::string> plan = {};
    /// Reads only and sends nothing: each user is reported with devices and warnings, and with the reason if a run
    /// would skip the user. Its journal is a plan.
    std::optional<bool> preview = {};
    /// Whether users and devices are read before anything is sent; the default is yes. Without reads there are no
    /// warnings, no limit of devices and no snapshot. Users in doubt stay unknown, and no user can be previewed or
    /// compared with a plan.
    std::optional<bool> inspect_first = {};
    /// The most writes that are sent in any window of this length. The default is 150 in 20 seconds of the documented
    /// 200 for an app and tenant (<https://learn.microsoft.com/graph/throttling-limits#intune-service-limits>).
    std::optional<graph_devices::quota> write_quota = {};
    /// The most reads that are sent in any window of this length. The default is 2000 in 20 seconds. Each read inside
    /// a batch is one.
    std::optional<graph_devices::quota> read_quota = {};
    /// The most requests in flight at once, 1 to 64. The default is 16; with 1, and a batch size of 1, the users come
    /// in the order given.
    std::optional<int> connections = {};
    /// How many users are sent in one request, 1 to 20, and no more than the write quota, which is checked as the run
    /// starts. The default is 1. Larger batches save round trips, but an answer that cannot be read leaves every user
    /// of the batch unknown.
    std::optional<int> batch_size = {};
    /// The most users that the run takes. The default is no limit. With a limit nothing is sent until the users have
    /// ended, and nothing at all if they are more. Until then all of them are in memory.
    ///
    /// A run of one user is a call that can be stopped and whose token can be renewed: it is not paced, and all its
    /// waits but those for a token count towards its deadline.
    std::optional<int> max_users = {};
    /// A user with more devices is skipped. The default is 10.
    std::optional<int> max_devices_per_user = {};
    /// The most requests that Multi Admin Approval may queue before the run ends. Such a run can be resumed. The
    /// default is 0: the first queued request ends the run, so that a person can check it.
    std::optional<int> max_approvals = {};
    /// A user that must not be sent, by object id or name. If users are read, exclusions are looked up first, so that
    /// either form protects the user, and a notice of the kind `notice_kind::run` names the exclusions that no user
    /// has. If they cannot be looked up, a user in another form than an exclusion fails as
    /// `status::permission_denied`.
    std::vector<std::string> exclude = {};
    /// Consent to a blocking warning, by its name, such as `entra_joined_windows`.
    std::vector<std::string> accept_warning = {};
    /// Name and SHA-256 (hexadecimal) of the list that the users come from, for the journal.
    std::optional<graph_devices::input> input_list = {};
    /// The person who starts the run, for the journal. The default is the signed-in user of the token, and no text
    /// for an app.
    std::optional<std::string> initiated_by = {};
    /// The machine of the run, for the journal. There is no default.
    std::optional<std::string> machine = {};
    /// How the person who starts the run consented to it, for the journal, such as `typed 4`. There is no default.
    std::optional<std::string> consent = {};
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
    set(to, graph_run_options_set_consent, from.consent, "consent");
    return made;
}

}  // namespace detail

}  // namespace graph_devices

#endif  // GRAPH_DEVICES_GENERATED_OPTIONS_HPP
