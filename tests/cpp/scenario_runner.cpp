/*
 * Makes one call of the C++ API and prints every public field as one line of JSON.
 *
 *   scenario_runner two_argument|client|run name=value ...
 *
 * It holds no expectations: see tests/scenarios.
 */
#include <graph_devices.hpp>

#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace gd = graph_devices;

namespace {

/* ---- arguments ---- */

/* A value that a std::string cannot hold. */
struct unsupported : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/* hex:6162 is the bytes ab. */
std::string decoded(std::string value) {
    if (value.rfind("hex:", 0) != 0) return value;
    std::string bytes;
    for (std::size_t at = 4; at + 1 < value.size(); at += 2)
        bytes += static_cast<char>(std::stoi(value.substr(at, 2), nullptr, 16));
    return bytes;
}

class arguments {
public:
    arguments(int count, char **values) : values_(values, values + count) {}

    std::vector<std::string> all(const std::string &name) const {
        std::vector<std::string> found;
        for (const std::string &value : values_)
            if (value.rfind(name + "=", 0) == 0) found.push_back(decoded(value.substr(name.size() + 1)));
        return found;
    }

    std::optional<std::string> text(const std::string &name) const {
        const auto found = all(name);
        return found.empty() ? std::nullopt : std::optional<std::string>(found.front());
    }

    std::string required(const std::string &name) const {
        const auto found = text(name);
        if (!found) throw unsupported(name + " cannot be absent");
        return *found;
    }

    std::optional<long long> number(const std::string &name) const {
        const auto found = text(name);
        return found ? std::optional<long long>(std::stoll(*found)) : std::nullopt;
    }

    std::optional<std::chrono::milliseconds> duration(const std::string &name) const {
        const auto found = number(name);
        return found ? std::optional<std::chrono::milliseconds>(*found) : std::nullopt;
    }

private:
    std::vector<std::string> values_;
};

std::string content(const std::string &path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/* ---- JSON ---- */

std::string json(std::string_view text) {
    std::ostringstream out;
    out << '"';
    for (const char byte : text) {
        constexpr std::string_view digits = "0123456789abcdef";
        if (byte == '"' || byte == '\\')
            out << '\\' << byte;
        else if (static_cast<unsigned char>(byte) < 0x20)
            out << "\\u00" << digits[static_cast<unsigned char>(byte) >> 4] << digits[byte & 15];
        else
            out << byte;
    }
    out << '"';
    return out.str();
}
std::string json(const std::string &text) { return json(std::string_view(text)); }
std::string json(const char *text) { return json(std::string_view(text)); }
std::string json(long long number) { return std::to_string(number); }
std::string json(int number) { return std::to_string(number); }
std::string json(std::chrono::milliseconds value) { return std::to_string(value.count()); }

template <class Value>
std::string json(const std::optional<Value> &value) {
    return value ? json(*value) : "null";
}

std::string json(const gd::receipt &receipt) {
    return "{\"user\":" + json(receipt.user()) + ",\"request_id\":" + json(receipt.request_id()) +
           ",\"client_request_id\":" + json(receipt.client_request_id()) + ",\"date\":" + json(receipt.date()) +
           ",\"attempts\":" + json(receipt.attempts()) + ",\"elapsed_ms\":" + json(receipt.elapsed()) +
           ",\"endpoint\":" + json(receipt.endpoint()) + "}";
}

std::string json(const gd::error &error) {
    return "{\"status\":" + json(gd::name(error.status())) +
           ",\"status_number\":" + json(static_cast<int>(error.status())) + ",\"message\":" + json(error.message()) +
           ",\"http_status\":" + json(error.http_status()) + ",\"code\":" + json(error.code()) +
           ",\"inner_code\":" + json(error.inner_code()) + ",\"service_message\":" + json(error.service_message()) +
           ",\"request_id\":" + json(error.request_id()) +
           ",\"client_request_id\":" + json(error.client_request_id()) +
           ",\"activity_id\":" + json(error.activity_id()) + ",\"retry_after_ms\":" + json(error.retry_after()) +
           ",\"approval_code\":" + json(error.approval_code()) + ",\"claims\":" + json(error.claims()) +
           ",\"attempts\":" + json(error.attempts()) + ",\"effect\":" + json(gd::name(error.effect())) + "}";
}

std::string row(const gd::event &event) {
    const bool is_skipped = event.reason() != gd::reason::none;
    return "{\"user\":" + json(event.user()) + ",\"outcome\":" + json(gd::name(event.outcome())) +
           ",\"reason\":" + (is_skipped ? json(gd::name(event.reason())) : "null") +
           ",\"receipt\":" + (event.receipt() ? json(*event.receipt()) : "null") +
           ",\"error\":" + (event.error() ? json(*event.error()) : "null") + "}";
}

std::string summary(const gd::event &event) {
    std::string counts;
    for (const auto outcome : {gd::outcome::accepted, gd::outcome::confirmed, gd::outcome::awaiting_approval,
                               gd::outcome::failed, gd::outcome::unknown, gd::outcome::skipped})
        counts += (counts.empty() ? "" : ",") + json(gd::name(outcome)) + ":" +
                  json(static_cast<long long>(event.count(outcome)));
    return "\"counts\":{" + counts + "},\"fatal\":" + (event.fatal() ? json(gd::name(*event.fatal())) : "null");
}

/* ---- calls ---- */

std::string two_argument(const arguments &given) {
    const gd::status status = gd::remove_all_devices(given.required("token"), given.required("user"));
    return "{\"status\":" + json(gd::name(status)) + ",\"status_number\":" + json(static_cast<int>(status)) +
           ",\"message\":" + json(gd::message(status)) + "}";
}

gd::client client(const arguments &given) {
    gd::options options;
    options.cloud = given.text("cloud");
    options.endpoint = given.text("endpoint");
    options.timeout = given.duration("timeout_ms");
    options.connect_timeout = given.duration("connect_timeout_ms");
    options.deadline = given.duration("deadline_ms");
    if (const auto attempts = given.number("max_attempts")) options.max_attempts = static_cast<int>(*attempts);
    const auto base = given.duration("backoff_base_ms"), cap = given.duration("backoff_cap_ms");
    if (base && cap) options.backoff = gd::backoff{*base, *cap};
    options.proxy = given.text("proxy");
    options.ca_pem = given.text("ca_pem");
    if (const auto path = given.text("ca_pem_file")) options.ca_pem = content(*path);
    options.user_agent_suffix = given.text("user_agent_suffix");
    return gd::client(given.required("token"), options);
}

std::string client_call(const arguments &given) {
    gd::call_options options;
    options.justification = given.text("justification");
    options.approval_code = given.text("approval_code");
    options.client_request_id = given.text("client_request_id");
    const gd::receipt receipt = client(given).remove_all_devices(given.required("user"), options);
    return "{\"receipt\":" + json(receipt) + ",\"error\":null}";
}

std::string run_call(const arguments &given) {
    gd::run_options options;
    options.justification = given.text("justification");
    gd::run run = client(given).start_run(options);
    for (const std::string &user : given.all("user")) run.add_user(user);
    run.end_users();
    std::string rows, end;
    for (const gd::event &event : run) {
        if (event.kind() == gd::event_kind::row) rows += (rows.empty() ? "" : ",") + row(event);
        if (event.kind() == gd::event_kind::done) end = summary(event);
    }
    return "{\"rows\":[" + rows + "]," + end + "}";
}

std::string perform(const std::string &call, const arguments &given) {
    try {
        if (call == "two_argument") return two_argument(given);
        return call == "run" ? run_call(given) : client_call(given);
    } catch (const unsupported &why) {
        return "{\"unsupported\":" + json(why.what()) + "}";
    } catch (const gd::error &error) {
        return "{\"receipt\":null,\"error\":" + json(error) + "}";
    }
}

}  // namespace

int main(int count, char **values) {
    if (count < 2) return 2;
    std::cout << perform(values[1], arguments(count - 2, values + 2)) << '\n';
}
