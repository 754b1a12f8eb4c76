//! The users that each thread of a run has taken and that have no result yet. If the thread breaks off, they still get one.

use std::collections::HashMap;
use std::thread::{self, ThreadId};

use super::task::{ReadyUser, Task};
use crate::user_id::shown;

/// A user that a thread has taken and that has no result yet.
#[derive(Debug)]
pub(super) struct UserInProgress {
    pub(super) user: String,
    pub(super) id: Option<String>,
    /// The user is being sent, and not only prepared.
    pub(super) is_sent: bool,
}

impl UserInProgress {
    fn given(user: &str) -> Self {
        Self {
            user: shown(user.to_owned()),
            id: None,
            is_sent: false,
        }
    }

    fn read(ready: &ReadyUser) -> Self {
        Self {
            user: ready.user.clone(),
            id: ready.id.clone(),
            is_sent: false,
        }
    }

    fn sent(ready: &ReadyUser) -> Self {
        Self {
            is_sent: true,
            ..Self::read(ready)
        }
    }
}

/// The users of all threads. Each method is about the thread that calls it.
#[derive(Debug, Default)]
pub(super) struct InProgress(HashMap<ThreadId, Vec<UserInProgress>>);

impl InProgress {
    /// The thread takes the users of this task. All others that it had are finished.
    pub(super) fn start(&mut self, task: &Task) {
        let users = match task {
            Task::Prepare(users) => users.iter().map(|user| UserInProgress::given(user)).collect(),
            Task::Send(ready) => ready.iter().map(UserInProgress::sent).collect(),
            Task::Skip(ready, users) => {
                let ready = ready.iter().map(UserInProgress::read);
                ready
                    .chain(users.iter().map(|user| UserInProgress::given(user)))
                    .collect()
            }
            Task::Quit => Vec::new(),
        };
        self.0.insert(thread::current().id(), users);
    }

    /// A user has a result, or is with the scheduler again.
    pub(super) fn finish(&mut self, user: &str) {
        let user = shown(user.to_owned());
        if let Some(users) = self.0.get_mut(&thread::current().id())
            && let Some(at) = users.iter().position(|taken| taken.user == user)
        {
            users.swap_remove(at);
        }
    }

    /// Users that were to be sent are prepared again instead.
    pub(super) fn set_unsent(&mut self, ready: &[ReadyUser]) {
        for taken in self.0.entry(thread::current().id()).or_default() {
            taken.is_sent &= !ready.iter().any(|ready| ready.user == taken.user);
        }
    }

    /// The thread broke off: returns the users that it had.
    pub(super) fn take_all(&mut self) -> Vec<UserInProgress> {
        self.0.remove(&thread::current().id()).unwrap_or_default()
    }
}
