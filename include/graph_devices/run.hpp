/* A run as an input range of events. Part of graph_devices.hpp. License: MIT OR Apache-2.0. */
#ifndef GRAPH_DEVICES_RUN_HPP
#define GRAPH_DEVICES_RUN_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <string>

#include "event.hpp"
#include "generated/options.hpp"

namespace graph_devices {

/// A run: users in, events out. An input range of events; the last one is `done`:
///
///     for (const graph_devices::event &event : run) ...
///
/// The range waits for each event. Answer `need_users` (add some, or end them) and `need_token` inside the loop. The
/// destructor stops the run without waiting: requests in flight are still recorded in the journal, but not reported.
class run {
public:
    class iterator {
    public:
        using iterator_category = std::input_iterator_tag;
        using value_type = event;
        using difference_type = std::ptrdiff_t;
        using pointer = const event *;
        using reference = const event &;

        /// The end.
        iterator() noexcept = default;

        reference operator*() const noexcept { return *current_; }
        pointer operator->() const noexcept { return &*current_; }
        iterator &operator++() {
            if (current_ && current_->kind() == event_kind::done)
                *this = iterator();
            else
                current_ = take(run_, longest);
            return *this;
        }
        iterator operator++(int) {
            iterator before = *this;
            ++*this;
            return before;
        }
        friend bool operator==(const iterator &left, const iterator &right) noexcept { return left.run_ == right.run_; }
        friend bool operator!=(const iterator &left, const iterator &right) noexcept { return !(left == right); }

    private:
        friend class run;
        explicit iterator(graph_run *run) : run_(run) { ++*this; }

        graph_run *run_ = nullptr;
        std::optional<event> current_;
    };

    /// Adds a user. A malformed user id becomes a failed result. From any thread. Throws if the text is not UTF-8 (the
    /// run goes on), after the run was stopped (`cancelled`) or the users have ended, and in a verification.
    void add_user(const std::string &user_id) {
        detail::call(graph_run_add_user, handle_.get(), detail::whole(user_id, "user_id"));
    }
    /// Ends the list of users. From any thread. Calling it again has no effect.
    void end_users() { detail::call(graph_run_end_users, handle_.get()); }
    /// Waits for the next event; absent if there is none within that time. A progress event comes about once a second.
    /// Throws if the time is negative, and after `done`. From one thread at a time.
    std::optional<event> next(std::chrono::milliseconds wait) { return take(handle_.get(), wait); }
    /// Answers `need_token`. From its next request the run uses this token instead of the client's. Throws for a token
    /// of another tenant. From any thread.
    void set_token(const std::string &token) {
        detail::call(graph_run_set_token, handle_.get(), detail::whole(token, "token"));
    }
    /// Asks the run to stop; `done` still follows. From any thread and from a signal handler.
    void stop() noexcept { graph_run_stop(handle_.get()); }

    /// Waits for the next event, as each increment does.
    iterator begin() { return iterator(handle_.get()); }
    iterator end() noexcept { return iterator(); }

private:
    friend class client;
    explicit run(graph_run *handle) noexcept : handle_(handle) {}

    static std::optional<event> take(graph_run *run, std::chrono::milliseconds wait) {
        graph_event *found = nullptr;
        detail::call(graph_run_next, run, static_cast<std::int64_t>(wait.count()), &found);
        event taken(std::shared_ptr<const graph_event>(found, detail::deleter<graph_event_free>()));
        if (graph_event_type(found) == GRAPH_EVENT_NONE) return std::nullopt;
        return taken;
    }

    static constexpr std::chrono::milliseconds longest = (std::chrono::milliseconds::max)();

    detail::run_handle handle_;
};

}  // namespace graph_devices

#endif  // GRAPH_DEVICES_RUN_HPP
