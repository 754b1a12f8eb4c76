//! What a journal says of one person by the definition, without folding: every record is held against all others.

use super::properties::{Later, Step};

/// Results by which nothing was done.
const CLEAN: [Step; 3] = [Step::Refused, Step::Queued, Step::Declined];
const DONE: [Step; 2] = [Step::Accepted, Step::Confirmed];
/// After which nobody can tell; so is every line of a later release but a skip.
const POSSIBLE: [Step; 9] = [
    Step::Unknown,
    Step::Possible,
    Step::Strange(Later::Event),
    Step::Strange(Later::Code),
    Step::Strange(Later::Outcome),
    Step::Strange(Later::Status),
    Step::Strange(Later::Effect),
    Step::Strange(Later::Approval),
    Step::Strange(Later::Reason),
];
const SENT: [Step; 2] = [Step::Sent, Step::Code];
/// What tells an approval code.
const CODES: [Step; 3] = [Step::Queued, Step::Code, Step::Strange(Later::Code)];

/// The steps of one person, and the run of each.
pub(super) struct Definition(Vec<(Step, usize)>);

impl Definition {
    pub(super) fn of(steps: &[Step]) -> Self {
        let run = |at: usize| steps[..at].iter().filter(|step| **step == Step::Run).count();
        Self(
            steps
                .iter()
                .enumerate()
                .map(|(at, step)| (*step, run(at)))
                .collect(),
        )
    }

    fn is(&self, at: usize, wanted: &[Step]) -> bool {
        wanted.contains(&self.0[at].0)
    }

    fn any(&self, wanted: &[Step]) -> bool {
        (0..self.0.len()).any(|at| self.is(at, wanted))
    }

    fn last(&self, wanted: &[Step], before: usize) -> Option<usize> {
        (0..before).rev().find(|at| self.is(*at, wanted))
    }

    fn is_read(&self, at: usize) -> bool {
        matches!(self.0[at].0, Step::Read(_))
    }

    /// Whether somebody may have acted because of one step, as far as another step, where only reads in between that are
    /// known to settle do.
    fn is_open(&self, at: usize, until: usize, settles: impl Fn(usize) -> bool) -> bool {
        let mut between = at + 1..until;
        if self.is(at, &DONE) {
            true
        } else if between.clone().any(settles) {
            false
        } else if self.is(at, &SENT) {
            !between.any(|then| self.is(then, &CLEAN) && self.0[then].1 == self.0[at].1)
        } else {
            self.is(at, &POSSIBLE)
        }
    }

    /// The first read before which nothing is open.
    fn first_read(&self) -> Option<usize> {
        let is_open = |at, read| self.is_open(at, read, |_| false);
        (0..self.0.len()).find(|read| self.is_read(*read) && !(0..*read).any(|at| is_open(at, *read)))
    }

    /// Where it turned out that a request, queued before the first read, may have been applied before that, too.
    fn dropped(&self) -> Option<usize> {
        let read = self.first_read()?;
        let settles = |at: usize| at > read && self.0[at].0 == Step::Read(Some(false));
        (read..self.0.len()).find(|at| {
            (self.is(*at, &POSSIBLE) || self.is(*at, &DONE))
                && !(0..*at).any(|before| self.is_open(before, *at, settles))
                && self.last(&CODES, *at).is_some_and(|code| code < read)
        })
    }

    pub(super) fn snapshot(&self) -> Option<usize> {
        self.first_read().filter(|_| self.dropped().is_none())
    }

    pub(super) fn code(&self) -> Option<usize> {
        self.last(&CODES, self.0.len()).filter(|_| !self.any(&DONE))
    }

    pub(super) fn state(&self) -> &'static str {
        let (end, first) = (self.0.len(), self.first_read());
        let has_snapshot =
            |at| first.is_some_and(|read| read < at) && self.dropped().is_none_or(|then| at < then);
        let settles = |at: usize| self.0[at].0 == Step::Read(Some(false)) && has_snapshot(at);
        if self.any(&DONE) {
            "done"
        } else if (0..end).any(|at| self.is_open(at, end, settles)) {
            "doubt"
        } else if self.any(&[Step::Declined]) {
            "declined"
        } else if self.any(&CODES) {
            "queued"
        } else if self.any(&[Step::Refused, Step::Possible]) {
            "refused"
        } else {
            "untouched"
        }
    }

    /// Whether something that was done before a read may have been done for all that is known.
    pub(super) fn is_late(&self, read: usize) -> bool {
        let settles = |at: usize| self.0[at].0 == Step::Read(Some(false));
        (0..read).any(|at| self.is_open(at, self.0.len(), settles))
    }

    /// The first read, if nothing was done before it.
    pub(super) fn untouched_read(&self) -> Option<usize> {
        let read = (0..self.0.len()).find(|at| self.is_read(*at))?;
        let is_act = |at: usize| {
            [&SENT[..], &POSSIBLE, &DONE, &CODES]
                .iter()
                .any(|acts| self.is(at, acts))
        };
        (!(0..read).any(is_act)).then_some(read)
    }
}
