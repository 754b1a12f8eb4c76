//! The interface through which a session paces its requests.

use std::time::Duration;

use crate::clock::Stop;
use crate::request_kind::RequestKind;

/// Paces requests. Each attempt acquires, and then either completes or is cancelled.
pub(crate) trait RateLimiter {
    /// Waits until `weight` requests may leave. Returns false if `stop` was raised instead.
    fn acquire(&self, kind: RequestKind, weight: usize, stop: &Stop) -> bool;
    /// An attempt that was acquired has its answer, or will have none.
    fn complete(&self, kind: RequestKind, weight: usize);
    /// An attempt that was acquired was not made.
    fn cancel(&self, kind: RequestKind, weight: usize);
    /// The service refused so many requests and asked to slow down. Returns true if the limiter waits on behalf of all requests;
    /// otherwise the session waits by itself.
    fn throttled(&self, kind: RequestKind, refused: usize, wait: Duration) -> bool;
}

/// A limiter without limits, for a single call.
pub(crate) struct Unpaced;

impl RateLimiter for Unpaced {
    fn acquire(&self, _: RequestKind, _: usize, stop: &Stop) -> bool {
        !stop.is_raised()
    }
    fn complete(&self, _: RequestKind, _: usize) {}
    fn cancel(&self, _: RequestKind, _: usize) {}
    fn throttled(&self, _: RequestKind, _: usize, _: Duration) -> bool {
        false
    }
}
