//! How much a run does at once.

use super::options::RunOptions;

/// At least so many users wait, as long as there are any, so that reading ahead never runs out of them.
const FEW_USERS: usize = 64;

/// How much a run does at once.
#[derive(Debug)]
pub(super) struct Limits {
    pub(super) threads: usize,
    /// How many users are prepared at once.
    pub(super) together: usize,
    /// How many users may be prepared ahead of being sent.
    pub(super) ahead: usize,
    pub(super) batch_size: usize,
    pub(super) max_users: Option<usize>,
    /// With fewer users waiting than this, more are requested.
    pub(super) few: usize,
}

impl Limits {
    pub(super) fn new(options: &RunOptions) -> Self {
        Self {
            threads: threads(options.connections),
            together: options.users_at_once(),
            ahead: if options.is_in_order() {
                1
            } else {
                2 * options.connections * options.batch_size
            },
            batch_size: options.batch_size,
            max_users: options.max_users,
            // With a limit of users nothing begins before all of them are there, or one too many.
            few: options.max_users.map_or(FEW_USERS, |max| max.saturating_add(1)),
        }
    }
}

/// More threads than connections, so that one prepares users and records results while all connections are in use. With one
/// connection there is one thread, which keeps the order of the users.
fn threads(connections: usize) -> usize {
    if connections == 1 {
        1
    } else {
        connections + connections.div_ceil(4)
    }
}
