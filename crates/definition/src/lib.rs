//! What a journal says of one user by definition, without folding: each line is held against all others of the user.
//!
//! It uses no code of the library. The tests of core hold their fold against it, and the soak reads its journals by it.

/// What one line says, as far as the state of its user goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    /// A run begins.
    Run,
    /// The devices were read, and whether they show that the action was applied, if that was asked.
    Read(Option<bool>),
    /// A request is about to leave.
    Sent,
    /// The same with an approval code.
    Code,
    /// `failed`: nothing was done.
    Refused,
    /// `skipped`.
    Skipped,
    /// `unknown`.
    Unknown,
    /// `failed`, but an attempt may have been applied.
    Possible,
    /// `awaiting_approval`, with a code.
    Queued,
    /// The request for approval was rejected, cancelled or has expired.
    Declined,
    /// `accepted`.
    Accepted,
    /// `confirmed`.
    Confirmed,
    /// A line of a later release: an event, or a word in a result, that this one does not know.
    Strange(Later),
}

/// Which word of a line is not known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Later {
    /// The event.
    Event,
    /// The event, of a line with an approval code.
    Code,
    /// The outcome.
    Outcome,
    /// The status.
    Status,
    /// The effect.
    Effect,
    /// What became of the request for approval.
    Approval,
    /// The reason of a failure.
    Reason,
    /// The reason of a skip.
    Skip,
}

/// Results by which nothing was done.
const CLEAN: [Step; 3] = [Step::Refused, Step::Queued, Step::Declined];
const DONE: [Step; 2] = [Step::Accepted, Step::Confirmed];
/// Lines after which the action may have been applied; so is every line of a later release but a skip.
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
/// Lines with an approval code.
const CODES: [Step; 3] = [Step::Queued, Step::Code, Step::Strange(Later::Code)];

/// The steps of one user, and the run of each.
#[derive(Clone, Debug)]
pub struct Definition(Vec<(Step, usize)>);

impl Definition {
    /// From the steps of one user, with those that begin a run.
    pub fn of(steps: &[Step]) -> Self {
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

    /// Whether the action may have been applied because of one step, as known at a later step. Of the reads in between,
    /// only those settle it of which `settles` is true.
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

    /// The step that shows that a request, queued before the first read, may have been applied before that read.
    fn dropped(&self) -> Option<usize> {
        let read = self.first_read()?;
        let settles = |at: usize| at > read && self.0[at].0 == Step::Read(Some(false));
        (read..self.0.len()).find(|at| {
            (self.is(*at, &POSSIBLE) || self.is(*at, &DONE))
                && !(0..*at).any(|before| self.is_open(before, *at, settles))
                && self.last(&CODES, *at).is_some_and(|code| code < read)
        })
    }

    /// The step whose devices are the snapshot.
    pub fn snapshot(&self) -> Option<usize> {
        self.first_read().filter(|_| self.dropped().is_none())
    }

    /// The step whose approval code is to be used.
    pub fn code(&self) -> Option<usize> {
        self.last(&CODES, self.0.len()).filter(|_| !self.any(&DONE))
    }

    /// Whether a step is a read that settles every doubt before it: there was a snapshot to compare with.
    fn settles(&self, at: usize) -> bool {
        self.0[at].0 == Step::Read(Some(false))
            && self.first_read().is_some_and(|read| read < at)
            && self.dropped().is_none_or(|then| at < then)
    }

    /// `done`, `doubt`, `declined`, `queued`, `refused` or `untouched`.
    pub fn state(&self) -> &'static str {
        let end = self.0.len();
        if self.any(&DONE) {
            "done"
        } else if (0..end).any(|at| self.is_open(at, end, |read| self.settles(read))) {
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

    /// The step of the result that the state follows from.
    pub fn decisive(&self) -> Option<usize> {
        let end = self.0.len();
        match self.state() {
            "done" => (0..end).find(|at| self.is(*at, &DONE)),
            "doubt" => {
                let settled = (0..end).rev().find(|at| self.settles(*at));
                self.last(&POSSIBLE, end)
                    .filter(|at| settled.is_none_or(|read| read < *at))
            }
            "declined" => self.last(&[Step::Declined], end),
            "queued" => self.last(&[Step::Queued], end),
            "refused" => self.last(&[Step::Refused, Step::Possible], end),
            _ => self.last(&[Step::Skipped, Step::Strange(Later::Skip)], end),
        }
    }

    /// Whether the action may have been applied before a read.
    pub fn is_late(&self, read: usize) -> bool {
        let settles = |at: usize| self.0[at].0 == Step::Read(Some(false));
        (0..read).any(|at| self.is_open(at, self.0.len(), settles))
    }

    /// The first read, if nothing was sent before it.
    pub fn untouched_read(&self) -> Option<usize> {
        let read = (0..self.0.len()).find(|at| self.is_read(*at))?;
        let is_act = |at: usize| {
            [&SENT[..], &POSSIBLE, &DONE, &CODES]
                .iter()
                .any(|acts| self.is(at, acts))
        };
        (!(0..read).any(is_act)).then_some(read)
    }
}
