/* Conversions from C++ options to C. Part of graph_devices.hpp. License: MIT OR Apache-2.0. */
#ifndef GRAPH_DEVICES_SET_HPP
#define GRAPH_DEVICES_SET_HPP

#include <chrono>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <string>

#include "error.hpp"

namespace graph_devices {

/// The first and the longest wait before a retry, if the service names none.
struct backoff {
    std::chrono::milliseconds base;
    std::chrono::milliseconds cap;
};

/// At most `requests` requests in any `window`.
struct quota {
    int requests;
    std::chrono::milliseconds window;
};

/// The list that the users come from, for the journal.
struct input {
    std::string name;
    /// The SHA-256 of the list, in hexadecimal.
    std::string sha256;
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

/// Calls a C function whose last argument is `graph_error **`; throws the error that it returns there.
template <class Function, class... Arguments>
void call(Function function, Arguments... arguments) {
    graph_error *failure = nullptr;
    if (function(arguments..., &failure) != GRAPH_STATUS_OK)
        throw error(std::shared_ptr<const graph_error>(failure, deleter<graph_error_free>()));
}

inline bool is_whole(const std::string &text) noexcept { return text.find('\0') == std::string::npos; }

/// The text for C. Throws if it has a NUL, because C would read only the part before it.
inline const char *whole(const std::string &text, const char *what) {
    if (!is_whole(text)) throw error(status::invalid_argument, std::string(what) + " must not have a NUL character");
    return text.c_str();
}

/// The text of a file with each NUL as U+FFFD, so that the library can report what kind of file it is.
inline std::optional<std::string> visible(std::optional<std::string> text) {
    for (std::size_t at = 0; text && (at = text->find('\0', at)) != std::string::npos;)
        text->replace(at, 1, "\xEF\xBF\xBD");
    return text;
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

template <class Handle, class Function>
void set(Handle *handle, Function setter, const std::optional<bool> &value) {
    if (value) call(setter, handle, static_cast<std::int32_t>(*value));
}

template <class Handle, class Function>
void set(Handle *handle, Function setter, const std::optional<backoff> &value) {
    if (value)
        call(setter, handle, static_cast<std::int64_t>(value->base.count()),
             static_cast<std::int64_t>(value->cap.count()));
}

template <class Handle, class Function>
void set(Handle *handle, Function setter, const std::optional<input> &value) {
    if (value) call(setter, handle, whole(value->name, "input.name"), whole(value->sha256, "input.sha256"));
}

template <class Handle>
Handle made(typename Handle::pointer handle) {
    if (handle == nullptr) throw std::bad_alloc();
    return Handle(handle);
}

}  // namespace detail

}  // namespace graph_devices

#endif  // GRAPH_DEVICES_SET_HPP
