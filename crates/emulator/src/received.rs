//! What was received: the counts, and the records that tests read.

use std::ops::Range;
use std::time::SystemTime;

use serde_json::Value;

use crate::attempts::{Attempt, Delivery};
use crate::faults::Fault;
use crate::reads::Read;
use crate::reply::{Call, Reply};
use crate::routes;
use crate::state::State;

/// Counts and records since the last reset.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) keeps_log: bool,
    pub(crate) log: Vec<Value>,
    pub(crate) attempts: Vec<Attempt>,
    pub(crate) reads: Vec<Read>,
    /// The last request head as received, the token's value replaced.
    pub(crate) last_head: Vec<u8>,
    pub(crate) requests: u64,
    pub(crate) actions: u64,
    pub(crate) connections: u64,
}

impl Default for Received {
    fn default() -> Self {
        Self {
            keeps_log: true,
            log: Vec::new(),
            attempts: Vec::new(),
            reads: Vec::new(),
            last_head: Vec::new(),
            requests: 0,
            actions: 0,
            connections: 0,
        }
    }
}

impl Received {
    /// Adds an entry to the log, if one is kept, and returns its place.
    pub(crate) fn log(&mut self, entry: impl FnOnce() -> Value) -> Option<usize> {
        self.keeps_log.then(|| {
            self.log.push(entry());
            self.log.len() - 1
        })
    }

    /// Notes in the records of a request what was answered.
    pub(crate) fn answered(&mut self, entries: &Entries, reply: Option<&Reply>, delivery: Delivery) {
        let attempts = self.attempts.get_mut(entries.attempts.clone());
        for attempt in attempts.into_iter().flatten() {
            if let Some(reply) = reply {
                attempt.answered(reply);
            }
            attempt.notes.delivered(delivery);
        }
        let reads = self.reads.get_mut(entries.reads.clone());
        for read in reads.into_iter().flatten() {
            if let Some(reply) = reply {
                read.answered(reply);
            }
            read.notes.delivered(delivery);
        }
    }
}

/// Where the attempts and reads of a request stand in their records.
#[derive(Debug)]
pub(crate) struct Entries {
    attempts: Range<usize>,
    reads: Range<usize>,
}

impl Entries {
    /// Adds the attempts and the reads of a request to their records.
    pub(crate) fn add(
        state: &mut State,
        call: &Call,
        own: &mut Reply,
        fault: Option<&Fault>,
        arrived: SystemTime,
    ) -> Self {
        let user = routes::user_of(state, &call.target);
        let (first, first_read) = (state.received.attempts.len(), state.received.reads.len());
        let mut attempts = Vec::new();
        let mut reads: Vec<Read> = Read::new(call, user.clone(), own).into_iter().collect();
        match routes::action_on(call) {
            Some(key) => attempts.push(Attempt::new(call, key, user, own, call.fault)),
            None if fault.is_some_and(|fault| !fault.act) => {
                attempts.extend(routes::attempts_in(state, call, call.fault));
            }
            None => {
                for part in &mut own.parts {
                    attempts.extend(part.attempt.take());
                    reads.extend(part.read.take());
                }
            }
        }
        let notes = attempts.iter_mut().map(|attempt| &mut attempt.notes);
        let notes = notes.chain(reads.iter_mut().map(|read| &mut read.notes));
        notes.for_each(|notes| notes.came(arrived));
        state.received.attempts.extend(attempts);
        state.received.reads.extend(reads);
        Self {
            attempts: first..state.received.attempts.len(),
            reads: first_read..state.received.reads.len(),
        }
    }
}
