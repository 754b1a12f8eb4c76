/* The exception of a failed call. Part of graph_devices.hpp. License: MIT OR Apache-2.0. */
#ifndef GRAPH_DEVICES_ERROR_HPP
#define GRAPH_DEVICES_ERROR_HPP

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "generated/records.hpp"

namespace graph_devices {

/// A failed call. what() says what happened and what to do next; it never holds a token.
class error : public std::runtime_error, public error_fields {
public:
    explicit error(std::shared_ptr<const graph_error> handle)
        : std::runtime_error(graph_error_message(handle.get())),
          error_fields(handle),
          status_(static_cast<graph_devices::status>(graph_error_status(handle.get()))) {}

    /// A failure that this header detects before it calls the library.
    error(graph_devices::status status, const std::string &message) : std::runtime_error(message), status_(status) {}

    graph_devices::status status() const noexcept { return status_; }
    /// The same as what().
    std::string message() const { return what(); }

private:
    graph_devices::status status_;
};

}  // namespace graph_devices

#endif  // GRAPH_DEVICES_ERROR_HPP
