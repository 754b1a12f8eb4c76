/* Conversions from C values to C++ types. Part of graph_devices.hpp. License: MIT OR Apache-2.0. */
#ifndef GRAPH_DEVICES_DETAIL_HPP
#define GRAPH_DEVICES_DETAIL_HPP

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace graph_devices {

namespace detail {

inline std::optional<std::string> text(const char *value) {
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

inline std::optional<std::chrono::milliseconds> duration(std::int64_t value) {
    return value < 0 ? std::nullopt : std::optional<std::chrono::milliseconds>(value);
}

inline std::optional<int> number(std::int32_t value) noexcept {
    return value < 0 ? std::nullopt : std::optional<int>(value);
}

inline std::optional<bool> tristate(std::int32_t value) noexcept {
    return value < 0 ? std::nullopt : std::optional<bool>(value != 0);
}

/// A part that `owner` owns; it keeps the owner alive.
template <class Part, class Owner, class Handle>
std::optional<Part> part(const std::shared_ptr<Owner> &owner, const Handle *handle) {
    if (handle == nullptr) return std::nullopt;
    return Part(std::shared_ptr<const Handle>(owner, handle));
}

/// All parts of a list that `owner` owns; each keeps the owner alive.
template <class Part, class Owner, class Get>
std::vector<Part> parts(const std::shared_ptr<Owner> &owner, std::int32_t count, Get get) {
    std::vector<Part> found;
    for (std::int32_t index = 0; index < count; index++)
        if (auto one = part<Part>(owner, get(owner.get(), index))) found.push_back(std::move(*one));
    return found;
}

}  // namespace detail

}  // namespace graph_devices

#endif  // GRAPH_DEVICES_DETAIL_HPP
