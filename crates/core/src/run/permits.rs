//! What the token of a run has turned out to permit.

use std::sync::atomic::{AtomicBool, Ordering};

/// What the token has turned out to permit, and not to permit.
#[derive(Debug, Default)]
pub(super) struct Permits {
    pub(super) users: Permit,
    pub(super) devices: Permit,
}

/// The permission to read one kind of object.
#[derive(Debug, Default)]
pub(super) struct Permit {
    /// It was read for at least one user.
    granted: AtomicBool,
    /// The service refused it to this token. The run continues without it.
    denied: AtomicBool,
}

impl Permit {
    pub(super) fn is_granted(&self) -> bool {
        self.granted.load(Ordering::SeqCst)
    }

    pub(super) fn is_denied(&self) -> bool {
        self.denied.load(Ordering::SeqCst) && !self.is_granted()
    }

    pub(super) fn grant(&self) {
        self.granted.store(true, Ordering::SeqCst);
    }

    /// Returns true for the first refusal.
    pub(super) fn deny(&self) -> bool {
        !self.denied.swap(true, Ordering::SeqCst)
    }
}
