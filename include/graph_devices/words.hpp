/* The numbers of graph_devices.h as enumerations, their names, and versions. Part of graph_devices.hpp. License: MIT OR Apache-2.0. */
#ifndef GRAPH_DEVICES_WORDS_HPP
#define GRAPH_DEVICES_WORDS_HPP

#include <cstdint>

#include "generated/words.hpp"

namespace graph_devices {

/// What a status means and what to do next.
inline const char *message(status value) noexcept { return graph_status_message(static_cast<std::int32_t>(value)); }

/// The version of the library, such as `0.1.0`.
inline const char *version() noexcept { return graph_version(); }

/// Whether the loaded library has the interface of this header.
inline bool is_compatible() noexcept {
    const std::uint32_t found = graph_abi_version();
    return found >> 16 == GRAPH_ABI_VERSION_MAJOR && (found & 0xffff) >= GRAPH_ABI_VERSION_MINOR;
}

}  // namespace graph_devices

#endif  // GRAPH_DEVICES_WORDS_HPP
