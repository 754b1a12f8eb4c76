/* What graph_devices.hpp promises in addition to the calls themselves. Sends nothing. */
#include <graph_devices.hpp>
#include <graph_devices.hpp>

#include <cstdio>
#include <iterator>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#if __cplusplus >= 202002L
#include <ranges>
static_assert(std::ranges::input_range<graph_devices::run>);
#endif

namespace gd = graph_devices;
using namespace std::chrono_literals;

static_assert(std::is_base_of_v<std::runtime_error, gd::error>);
static_assert(std::is_nothrow_copy_constructible_v<gd::error>, "an exception must be copyable without throwing");
static_assert(std::is_nothrow_copy_constructible_v<gd::receipt>);
static_assert(std::is_nothrow_copy_constructible_v<gd::event>);
static_assert(std::is_nothrow_copy_constructible_v<gd::device_list>);
static_assert(std::is_nothrow_copy_constructible_v<gd::device>);
static_assert(std::is_nothrow_copy_constructible_v<gd::warning>);
static_assert(std::is_nothrow_copy_constructible_v<gd::verified_device>);
static_assert(!std::is_copy_constructible_v<gd::client> && std::is_nothrow_move_constructible_v<gd::client>);
static_assert(!std::is_copy_constructible_v<gd::run> && std::is_nothrow_move_constructible_v<gd::run>);
static_assert(sizeof(gd::detail::client_handle) == sizeof(void *), "the deleter costs nothing");
static_assert(std::is_same_v<std::iterator_traits<gd::run::iterator>::iterator_category, std::input_iterator_tag>);

namespace {

int passed = 0;
int failed = 0;

void check(bool holds, const char *what) {
    (holds ? passed : failed)++;
    if (!holds) std::printf("FAIL %s\n", what);
}

template <class Body>
gd::error thrown(Body body) {
    try {
        body();
    } catch (const gd::error &error) {
        return error;
    }
    return gd::error(gd::status::ok, "nothing was thrown");
}

void words() {
    check(gd::is_compatible(), "the library is of this header's interface");
    check(gd::version() == std::string("0.1.0"), "version");
    check(gd::name(gd::status::permission_denied) == std::string("permission_denied"), "name of a status");
    check(gd::name(gd::status::internal) == std::string("internal"), "name of the last status");
    check(gd::name(gd::effect::possible) == std::string("possible"), "name of an effect");
    check(gd::name(gd::outcome::awaiting_approval) == std::string("awaiting_approval"), "name of an outcome");
    check(gd::name(gd::reason::stopped) == std::string("stopped"), "name of a reason");
    check(gd::name(gd::reason::needs_consent) == std::string("needs_consent"), "name of the last reason");
    check(gd::name(gd::verdict::cannot_tell) == std::string("cannot_tell"), "name of the last verdict");
    check(gd::name(gd::notice_kind::waiting) == std::string("waiting"), "name of a kind of notice");
    check(gd::name(gd::notice_kind::run) == std::string("run"), "name of the last kind of notice");
    check(gd::name(gd::severity::blocking) == std::string("blocking"), "name of the last severity");
    check(gd::name(gd::warning_code::another_user) == std::string("another_user"), "name of the last warning");
    check(gd::name(gd::event_kind::verified) == std::string("verified"), "name of the last kind of event");
    check(gd::name(gd::event_kind::need_users) == std::string("need_users"), "name of a kind of event");
    check(gd::message(gd::status::timeout)[0] != '\0', "message of a status");
}

void errors() {
    const gd::error error = thrown([] { gd::client("demo-token").remove_all_devices("no user id"); });
    check(error.status() == gd::status::invalid_argument, "a text that is not a user id");
    check(error.effect() == gd::effect::none, "nothing was sent");
    check(error.what() == error.message() && !error.message().empty(), "what() is the message");
    check(!error.http_status() && !error.code() && !error.inner_code() && !error.service_message(), "absent");
    check(!error.request_id() && !error.client_request_id(), "no ids");
    check(!error.retry_after() && !error.approval_code() && !error.claims(), "nothing to wait for or to meet");
    check(error.attempts() == 0, "no attempt");

    const std::string cut("demo-token\0more", 15);
    check(thrown([&] { gd::client client(cut); }).status() == gd::status::invalid_argument, "a token with a NUL");
    check(gd::remove_all_devices(cut, "adele@contoso.com") == gd::status::invalid_argument, "two arguments, a NUL");
    check(gd::remove_all_devices("demo-token", "") == gd::status::invalid_argument, "two arguments, no user");
    check(gd::remove_all_devices_with_environment("https://graph.example.com", "demo-token", "adele@contoso.com") ==
              gd::status::invalid_argument,
          "an environment that names no cloud");
    gd::check_user_id("adele@contoso.com");
    check(thrown([] { gd::check_user_id("no user id"); }).status() == gd::status::invalid_argument,
          "a text that is no id");
    check(thrown([&] { gd::check_user_id(cut); }).status() == gd::status::invalid_argument, "an id with a NUL");
    const gd::error local = thrown([&] { gd::client("demo-token").set_token(cut); });
    check(local.effect() == gd::effect::none && !local.http_status() && !local.code(), "fields without the library");
}

void checked(const char *what, gd::options options) {
    check(thrown([&] { gd::client client("demo-token", options); }).status() == gd::status::invalid_argument, what);
}

void options() {
    gd::options good;
    good.cloud = "usgov";
    good.timeout = 30s;
    good.connect_timeout = 5s;
    good.deadline = 2min;
    good.max_attempts = 3;
    good.backoff = gd::backoff{250ms, 10s};
    good.proxy = "";
    good.user_agent_suffix = "surface-test";
    good.endpoint_from_environment = true;
    good.endpoint_variable_value = "http://127.0.0.1:1";
    check(thrown([&] { gd::client client("demo-token", good); }).status() == gd::status::ok, "all options");

    gd::options bad;
    bad.cloud = "no such cloud";
    checked("a name that is not a cloud", bad);
    bad = {};
    bad.endpoint = "http://example.com";
    checked("an endpoint over plain http", bad);
    bad = {};
    bad.endpoint_variable_value = "https://graph.example.com";
    checked("an endpoint of the environment that is no cloud", bad);
    bad = {};
    bad.timeout = -1ms;
    checked("a negative timeout", bad);
    bad = {};
    bad.max_attempts = 0;
    checked("no attempt", bad);
    bad = {};
    bad.ca_certificates = "no certificate";
    checked("no certificate", bad);

    gd::call_options call;
    call.client_request_id = "no GUID";
    const auto error = thrown([&] { gd::client("demo-token").remove_all_devices("adele@contoso.com", call); });
    check(error.status() == gd::status::invalid_argument, "options of a call are checked");
}

void checked(const char *what, gd::run_options options) {
    const auto error = thrown([&] { gd::client("demo-token").start_run(options); });
    check(error.status() == gd::status::invalid_argument, what);
}

void run_options() {
    gd::run_options good;
    good.justification = "left";
    good.deadline = 1min;
    good.token_events = true;
    good.preview = true;
    good.inspect_first = false;
    good.write_quota = gd::quota{150, 20s};
    good.read_quota = gd::quota{2000, 20s};
    good.connections = 64;
    good.batch_size = 20;
    good.max_users = 500;
    good.max_approvals = 0;
    good.exclude = {"adele@contoso.com", "10000000-0000-4000-8000-000000000002"};
    good.accept_warning = {gd::name(gd::warning_code::entra_joined_windows)};
    good.input_list = gd::input{"leavers.csv", std::string(64, 'a')};
    good.initiated_by = "nightly job";
    good.machine = "runner-7";
    good.consent = "typed 500";
    check(thrown([&] { gd::client("demo-token").start_run(good); }).status() == gd::status::ok, "all options of a run");
    good.approval_code = "50000000-0000-4000-8000-00000000000a";
    checked("a code for 500 users", good);
    good.max_users = 1;
    check(thrown([&] { gd::client("demo-token").start_run(good); }).status() == gd::status::ok, "a code for one user");
    good.approval_code = {};
    good.client_request_id = "40000000-0000-4000-8000-000000000001";
    check(thrown([&] { gd::client("demo-token").start_run(good); }).status() == gd::status::ok, "an id for one user");

    gd::run_options bad;
    bad.approval_code = "no GUID";
    checked("a text that is not an approval code", bad);
    bad = {};
    bad.client_request_id = "no GUID";
    checked("a text that is not a client request id", bad);
    bad = {};
    bad.max_users = 2;
    bad.client_request_id = "40000000-0000-4000-8000-000000000001";
    checked("one id for two users", bad);
    bad = {};
    bad.batch_size = 20;
    bad.write_quota = gd::quota{19, 20s};
    checked("a batch above the quota", bad);
    bad = {};
    bad.write_quota = gd::quota{0, 20s};
    checked("no write at all", bad);
    bad = {};
    bad.read_quota = gd::quota{1, 0s};
    checked("a window of nothing", bad);
    bad = {};
    bad.connections = 65;
    checked("too many connections", bad);
    bad = {};
    bad.batch_size = 0;
    checked("a batch without users", bad);
    bad = {};
    bad.max_users = -1;
    checked("a limit of 0 users", bad);
    bad = {};
    bad.exclude = {"me"};
    checked("an exclusion that is no user", bad);
    bad = {};
    bad.accept_warning = {"no_such_warning"};
    checked("a name that is not a warning", bad);
    bad = {};
    bad.input_list = gd::input{"leavers.csv", "abc"};
    checked("a text that is not a hash", bad);
    bad = {};
    bad.journal = std::string("a\0b", 3);
    checked("a path with a NUL", bad);
    bad = {};
    bad.journal = "no-such-folder/journal";
    check(thrown([&] { gd::client("demo-token").start_run(bad); }).status() == gd::status::journal, "no journal there");
    check(thrown([&] { gd::client("demo-token").start_verify("no-such-folder/journal"); }).status() ==
              gd::status::journal,
          "no journal to verify");
    check(thrown([&] { gd::client("demo-token").managed_devices("me"); }).status() == gd::status::invalid_argument,
          "devices of a text that is not a user id");
}

void runs() {
    gd::run_options one_by_one;
    one_by_one.inspect_first = false;
    one_by_one.connections = 1;
    std::optional<gd::run> run = gd::client("demo-token").start_run(one_by_one);
    for (const char *user : {"not one", "nor this"}) run->add_user(user);
    run->end_users();
    gd::run moved = std::move(*run);
    run.reset();

    std::vector<gd::event> events;
    for (const gd::event &event : moved)
        if (event.kind() != gd::event_kind::progress) events.push_back(event);
    check(events.size() == 3, "two rows and the end");
    check(events.size() == 3 && events[0].user() == "not one" && events[1].user() == "nor this", "in order");
    check(!events.empty() && events.back().kind() == gd::event_kind::done, "done is the last");
    check(!events.empty() && events.back().count(gd::outcome::failed) == 2, "counts");
    check(!events.empty() && !events.back().ended_by() && !events.back().message(), "not ended early");
    check(!events.empty() && events.back().count(gd::verdict::gone) == 0, "no verdicts");
    check(!events.empty() && events.back().duplicates() == 0 && !events.back().custom_endpoint(),
          "the rest of the end");
    check(!events.empty() && !events[0].devices() && !events[0].id() && !events[0].detail(), "nothing was read");
    check(!events.empty() && !events[0].progress() && events[0].verified().empty(), "a row is no progress");
    check(thrown([&] { moved.begin(); }).status() == gd::status::invalid_argument, "nothing after done");

    std::optional<gd::error> kept = events.at(0).error();
    events.clear();
    check(kept && kept->status() == gd::status::invalid_argument, "an error outlives its event");
}

void notices() {
    gd::options twice;
    twice.endpoint = "http://127.0.0.1:1";
    twice.max_attempts = 2;
    twice.backoff = gd::backoff{1ms, 1ms};
    gd::run_options unread;
    unread.inspect_first = false;
    gd::run run = gd::client("demo-token", twice).start_run(unread);
    run.add_user("adele@contoso.com");
    run.end_users();
    std::string kinds;
    for (const gd::event &event : run)
        if (event.text()) kinds += std::string(gd::name(event.notice_kind())) + " ";
    check(kinds == "sending waiting sending ", "what each notice is about");
}

void stops() {
    gd::run run = gd::client("demo-token").start_run();
    std::size_t asked = 0;
    for (const gd::event &event : run)
        if (event.kind() == gd::event_kind::need_users && ++asked == 1) run.stop();
    check(asked == 1, "a run without users asks for them, and a stopped one ends its range");
    gd::run idle = gd::client("demo-token").start_run();
    auto first = idle.next(10s);
    if (first && first->progress()) first = idle.next(10s);
    check(first && first->kind() == gd::event_kind::need_users, "the first event of a run without users");
    const auto none = idle.next(1ms);
    check(!none || none->progress(), "no event within the time given, but for a progress event on a slow machine");
    const auto progress = idle.next(1h);
    check(progress && progress->progress() && progress->progress()->given == 0 && !progress->progress()->remaining,
          "progress while nothing else comes");
    check(progress && progress->notice_kind() == gd::notice_kind::sending && !progress->text(), "no notice");
    check(thrown([&] { idle.next(-1ms); }).status() == gd::status::invalid_argument, "less time than none");
    check(thrown([&] { idle.add_user("\xff@contoso.com"); }).status() == gd::status::invalid_argument, "no UTF-8");
    idle.stop();
    check(thrown([&] { idle.add_user("adele@contoso.com"); }).status() == gd::status::cancelled,
          "no users once stopped");
    check(thrown([&] { idle.set_token(""); }).status() == gd::status::invalid_argument, "an empty token");
}

}  // namespace

int main() {
    words();
    errors();
    options();
    run_options();
    runs();
    notices();
    stops();
    std::printf("surface: %d passed, %d failed\n", passed, failed);
    return failed == 0 ? 0 : 1;
}
