//! The events that the caller of a run has not taken.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::event::Event;
use crate::notice::Notice;

/// The events that the caller has not taken.
#[derive(Debug, Default)]
pub(super) struct EventQueue {
    queue: Mutex<Queue>,
    arrived: Condvar,
}

#[derive(Debug, Default)]
struct Queue {
    events: VecDeque<Event>,
    /// The caller sleeps until an event arrives.
    is_awaited: bool,
    /// The run was dropped: nothing takes its events any more.
    is_closed: bool,
}

impl EventQueue {
    /// Adds an event. A notice that a user is being sent does not wake the caller, who would wake twice for each user: it
    /// waits for the next event, or for the progress, which is reported every second.
    pub(super) fn push(&self, event: Event) {
        let mut queue = self.queue();
        if queue.is_closed {
            return;
        }
        let wakes = queue.is_awaited && !matches!(event, Event::Notice(Notice::Sending { .. }));
        queue.is_awaited &= !wakes;
        queue.events.push_back(event);
        drop(queue);
        if wakes {
            self.arrived.notify_one();
        }
    }

    /// Takes the next event; waits for it, at most `wait`. Also returns how many are left.
    pub(super) fn take(&self, wait: Duration) -> Option<(Event, usize)> {
        let mut queue = self.queue();
        if queue.events.is_empty() && !wait.is_zero() {
            queue.is_awaited = true;
            queue = self
                .arrived
                .wait_timeout_while(queue, wait, |queue| queue.is_awaited)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
            queue.is_awaited = false;
        }
        let event = queue.events.pop_front()?;
        Some((event, queue.events.len()))
    }

    pub(super) fn len(&self) -> usize {
        self.queue().events.len()
    }

    /// Drops all events, and those that follow.
    pub(super) fn close(&self) {
        let mut queue = self.queue();
        queue.is_closed = true;
        queue.events = VecDeque::new();
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sending() -> Event {
        Event::Notice(Notice::Sending {
            user: "adele@contoso.com".into(),
            attempt: 1,
            client_request_id: String::new(),
        })
    }

    /// A queue whose caller sleeps.
    fn awaited() -> EventQueue {
        let queue = EventQueue::default();
        queue.queue().is_awaited = true;
        queue
    }

    #[test]
    fn the_notice_of_a_sending_lets_the_caller_sleep() {
        let queue = awaited();
        queue.push(sending());
        assert!(queue.queue().is_awaited);
        queue.push(Event::NeedUsers);
        assert!(!queue.queue().is_awaited);
    }

    #[test]
    fn events_come_in_their_order_with_the_number_that_is_left() {
        let queue = EventQueue::default();
        queue.push(sending());
        queue.push(Event::NeedUsers);
        assert!(matches!(queue.take(Duration::ZERO), Some((Event::Notice(_), 1))));
        assert!(matches!(queue.take(Duration::ZERO), Some((Event::NeedUsers, 0))));
        assert!(queue.take(Duration::ZERO).is_none());
    }

    #[test]
    fn a_closed_queue_takes_nothing() {
        let queue = EventQueue::default();
        queue.push(Event::NeedUsers);
        queue.close();
        queue.push(Event::NeedUsers);
        assert_eq!(queue.len(), 0);
    }
}
