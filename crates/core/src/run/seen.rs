//! The users that a run has taken up, by name and by object id.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::journal::{Key, Keys};

/// The users that a run has taken up. A user can be given by name and by object id, and counts once.
#[derive(Debug, Default)]
pub(super) struct SeenUsers {
    keys: Keys,
    seen: Mutex<HashSet<Key>>,
}

impl SeenUsers {
    /// Adds a name or an object id. Returns false if it was there already.
    pub(super) fn add(&self, name: &str) -> bool {
        self.seen().insert(self.keys.of(name))
    }

    /// Adds the object id of a user that was added by a name. Returns false if the id was there already.
    pub(super) fn add_id(&self, user: &str, id: &str) -> bool {
        id.eq_ignore_ascii_case(user) || self.add(id)
    }

    /// Whether a user was taken up, by name or by object id.
    pub(super) fn has(&self, user: &str, id: Option<&str>) -> bool {
        let seen = self.seen();
        let mut names = [Some(user), id].into_iter().flatten();
        names.any(|name| seen.contains(&self.keys.of(name)))
    }

    fn seen(&self) -> MutexGuard<'_, HashSet<Key>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
