/*
 * Makes one call of the C++ API and prints every public field as one line of JSON.
 *
 *   scenario_runner two_argument|client|devices|run|verify name=value ...
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

    std::optional<int> small(const std::string &name) const {
        const auto found = number(name);
        return found ? std::optional<int>(static_cast<int>(*found)) : std::nullopt;
    }

    std::optional<bool> flag(const std::string &name) const {
        const auto found = text(name);
        return found ? std::optional<bool>(*found == "1") : std::nullopt;
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

std::string json(bool value) { return value ? "true" : "false"; }

template <class Value>
std::string json(const std::optional<Value> &value) {
    return value ? json(*value) : "null";
}

std::string json(const gd::warning &warning);
std::string json(const gd::device &device);
std::string json(const gd::verified_device &device);

template <class Value>
std::string json(const std::vector<Value> &values) {
    std::string joined;
    for (const Value &value : values) joined += (joined.empty() ? "" : ",") + json(value);
    return "[" + joined + "]";
}

/* 150/20: so many requests in so many seconds. */
std::optional<gd::quota> quota(const std::optional<std::string> &text) {
    if (!text) return std::nullopt;
    const auto slash = text->find('/');
    return gd::quota{std::stoi(text->substr(0, slash)), std::chrono::seconds(std::stoll(text->substr(slash + 1)))};
}

/* name:sha256 */
std::optional<gd::input> input(const std::optional<std::string> &text) {
    if (!text) return std::nullopt;
    const auto colon = text->find(':');
    return gd::input{text->substr(0, colon), text->substr(colon + 1)};
}

std::optional<gd::backoff> backoff(std::optional<std::chrono::milliseconds> base,
                                   std::optional<std::chrono::milliseconds> cap) {
    return base && cap ? std::optional<gd::backoff>(gd::backoff{*base, *cap}) : std::nullopt;
}

#include "generated/fields.hpp"

/* The members devices and warnings, each null without a list. */
std::string members(const std::optional<gd::device_list> &list) {
    if (!list) return "\"devices\":null,\"warnings\":null";
    return "\"devices\":" + json(list->devices()) + ",\"warnings\":" + json(list->warnings());
}

std::string row(const gd::event &event) {
    const bool is_skipped = event.reason() != gd::reason::none;
    return "{\"user\":" + json(event.user()) + ",\"id\":" + json(event.id()) +
           ",\"outcome\":" + json(gd::name(event.outcome())) +
           ",\"reason\":" + (is_skipped ? json(gd::name(event.reason())) : "null") +
           ",\"detail\":" + json(event.detail()) +
           ",\"receipt\":" + (event.receipt() ? json(*event.receipt()) : "null") +
           ",\"error\":" + (event.error() ? json(*event.error()) : "null") + "," + members(event.devices()) + "}";
}

std::string verified(const gd::event &event) {
    return "{\"user\":" + json(event.user()) + ",\"id\":" + json(event.id()) +
           ",\"verdict\":" + json(gd::name(event.verdict())) + ",\"devices\":" + json(event.verified()) + "}";
}

/* The fields of the last event of a run and of a verification. */
std::string end(const gd::event &event) {
    return "\"ended_by\":" + (event.ended_by() ? json(gd::name(*event.ended_by())) : "null") +
           ",\"message\":" + json(event.message()) + ",\"custom_endpoint\":" + json(event.custom_endpoint());
}

std::string summary(const gd::event &event) {
    std::string counts;
    for (const auto outcome : {gd::outcome::accepted, gd::outcome::confirmed, gd::outcome::awaiting_approval,
                               gd::outcome::failed, gd::outcome::unknown, gd::outcome::skipped})
        counts += (counts.empty() ? "" : ",") + json(gd::name(outcome)) + ":" +
                  json(static_cast<long long>(event.count(outcome)));
    return "\"counts\":{" + counts + "},\"duplicates\":" + json(static_cast<long long>(event.duplicates())) + "," +
           end(event);
}

std::string verdicts(const gd::event &event) {
    std::string counts;
    for (const auto verdict : {gd::verdict::gone, gd::verdict::pending, gd::verdict::still_managed,
                               gd::verdict::needs_person, gd::verdict::cannot_tell})
        counts += (counts.empty() ? "" : ",") + json(gd::name(verdict)) + ":" +
                  json(static_cast<long long>(event.count(verdict)));
    return "\"verdicts\":{" + counts + "}," + end(event);
}

/* ---- calls ---- */

std::string two_argument(const arguments &given) {
    const gd::status status = gd::remove_all_devices(given.required("token"), given.required("user"));
    return "{\"status\":" + json(gd::name(status)) + ",\"status_number\":" + json(static_cast<int>(status)) +
           ",\"message\":" + json(gd::message(status)) + "}";
}

gd::client client(const arguments &given) {
    gd::options options = take_options(given);
    if (const auto path = given.text("ca_certificates_file")) options.ca_certificates = content(*path);
    return gd::client(given.required("token"), options);
}

std::string client_call(const arguments &given) {
    const gd::receipt receipt = client(given).remove_all_devices(given.required("user"), take_call_options(given));
    return "{\"receipt\":" + json(receipt) + ",\"error\":null}";
}

std::string devices_call(const arguments &given) {
    const std::string user = given.required("user");
    try {
        return "{" + members(client(given).managed_devices(user)) + ",\"error\":null}";
    } catch (const gd::error &error) {
        return "{" + members(std::nullopt) + ",\"error\":" + json(error) + "}";
    }
}

std::string run_call(const arguments &given) {
    gd::run run = client(given).start_run(take_run_options(given));
    for (const std::string &user : given.all("user")) run.add_user(user);
    run.end_users();
    std::string rows, end;
    for (const gd::event &event : run) {
        if (event.kind() == gd::event_kind::result) rows += (rows.empty() ? "" : ",") + row(event);
        if (event.kind() == gd::event_kind::done) end = summary(event);
    }
    return "{\"rows\":[" + rows + "]," + end + "}";
}

std::string verify_call(const arguments &given) {
    gd::run run = client(given).start_verify(given.required("journal"));
    std::string users, last;
    for (const gd::event &event : run) {
        if (event.kind() == gd::event_kind::verified) users += (users.empty() ? "" : ",") + verified(event);
        if (event.kind() == gd::event_kind::done) last = verdicts(event);
    }
    return "{\"verified\":[" + users + "]," + last + "}";
}

std::string perform(const std::string &call, const arguments &given) {
    try {
        if (call == "two_argument") return two_argument(given);
        if (call == "devices") return devices_call(given);
        if (call == "run") return run_call(given);
        return call == "verify" ? verify_call(given) : client_call(given);
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
