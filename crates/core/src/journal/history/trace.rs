//! What the lines about a user say besides the state of the user.

use std::time::SystemTime;

use crate::journal::record::{Line, Record, ResultRecord, SentRecord, VerifyRecord};
use crate::status::{Effect, Outcome};

/// What is kept of the lines about one user.
#[derive(Clone, Debug, Default)]
pub(super) struct Trace {
    /// The first line.
    pub(super) first: Option<Place>,
    /// The user principal name that the directory returned last.
    pub(super) upn: Option<(u64, Box<str>)>,
    /// The newest result of each kind; of those that are final, the first.
    pub(super) results: Vec<Dated<ResultRecord>>,
    pub(super) sent: Option<Dated<SentRecord>>,
    pub(super) verified: Option<Dated<VerifyRecord>>,
    /// The newest preview that came to the user, by its place in the list of runs.
    pub(super) previewed: Option<usize>,
}

/// The place of a line: its journal and its number there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) journal: usize,
    pub(super) line: u64,
}

/// A record, and where it is in the journals.
#[derive(Clone, Debug)]
pub(super) struct Dated<T> {
    /// Its place as the fold counts.
    pub(super) at: u64,
    pub(super) time: SystemTime,
    pub(super) what: Box<T>,
}

impl<T> Dated<T> {
    fn newer(one: Option<Self>, two: Option<Self>) -> Option<Self> {
        match (one, two) {
            (Some(one), Some(two)) => Some(if one.at > two.at { one } else { two }),
            (one, two) => one.or(two),
        }
    }
}

fn is_final(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Accepted | Outcome::Confirmed)
}

impl Trace {
    /// Keeps what a line says. `preview` is its run, if that is a preview.
    pub(super) fn add(&mut self, line: &Line, place: Place, at: u64, preview: Option<usize>) {
        self.first.get_or_insert(place);
        match &line.record {
            Record::Read(read) => {
                if let Some(upn) = &read.upn {
                    self.upn = Some((at, upn.as_str().into()));
                }
            }
            Record::Sent(sent) => self.sent = Some(dated(line, at, sent)),
            Record::Result(result) => {
                self.previewed = preview.or(self.previewed);
                self.keep(dated(line, at, result));
            }
            Record::Verify(verify) => self.verified = Some(dated(line, at, verify)),
            Record::Run(_) | Record::End(_) => {}
        }
    }

    /// Keeps a result in place of an earlier one of its kind. After a final result no other is needed.
    fn keep(&mut self, result: Dated<ResultRecord>) {
        let kind =
            |record: &ResultRecord| (record.outcome, record.effect == Effect::Possible, record.approval);
        let is_of_kind = |one: &Dated<ResultRecord>| kind(&one.what) == kind(&result.what);
        if is_final(result.what.outcome) {
            self.results.retain(|one| is_final(one.what.outcome));
        } else if self.results.iter().any(|one| is_final(one.what.outcome)) {
            return;
        }
        match self.results.iter_mut().find(|one| is_of_kind(one)) {
            None => self.results.push(result),
            Some(kept) => {
                if (result.at < kept.at) == is_final(result.what.outcome) {
                    *kept = result;
                }
            }
        }
    }

    /// Merges the trace of the same user under another name.
    pub(super) fn merge(&mut self, other: Self) {
        self.first = self.first.into_iter().chain(other.first).min();
        self.upn = self.upn.take().into_iter().chain(other.upn).max();
        self.sent = Dated::newer(self.sent.take(), other.sent);
        self.verified = Dated::newer(self.verified.take(), other.verified);
        self.previewed = self.previewed.max(other.previewed);
        for result in other.results {
            self.keep(result);
        }
    }
}

fn dated<T: Clone>(line: &Line, at: u64, record: &T) -> Dated<T> {
    Dated {
        at,
        time: line.time,
        what: Box::new(record.clone()),
    }
}
