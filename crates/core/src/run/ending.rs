//! When a run ends before its users do: a pure decision over one row after the other.

use std::time::Duration;

use super::event::{Row, Summary};
use crate::error::Error;
use crate::status::{Outcome, Status};

/// After this many fatal answers in a row a run ends even if users were accepted before.
const FATAL_IN_A_ROW: u32 = 3;

#[derive(Debug, Default)]
pub(super) struct Ending {
    max_approvals: u64,
    /// A longer Retry-After than this is no pause, but the end: no call would wait so long.
    patience: Duration,
    fatal_in_a_row: u32,
}

impl Ending {
    pub(super) fn new(max_approvals: u64, patience: Duration) -> Self {
        Self {
            max_approvals,
            patience,
            fatal_in_a_row: 0,
        }
    }

    /// Why the run ends with this row, which the summary counts already.
    pub(super) fn look(&mut self, row: &Row, was_sent: bool, summary: &Summary) -> Option<Error> {
        let error = row.error.as_ref();
        let fatal = error.filter(|error| is_fatal(error, was_sent));
        if fatal.is_some() {
            self.fatal_in_a_row += 1;
        } else if was_sent || row.devices.is_some() {
            self.fatal_in_a_row = 0;
        }
        let is_early = summary.count(Outcome::Accepted) == 0;
        fatal
            .filter(|_| is_early || self.fatal_in_a_row >= FATAL_IN_A_ROW)
            .or_else(|| error.filter(|error| error.status == Status::Journal || self.asks_too_much(error)))
            .cloned()
            .or_else(|| self.too_many_approvals(row, was_sent, summary))
    }

    fn asks_too_much(&self, error: &Error) -> bool {
        let asked = error.retry_after.filter(|_| error.status == Status::Throttled);
        asked.is_some_and(|asked| asked >= self.patience)
    }

    fn too_many_approvals(&self, row: &Row, was_sent: bool, summary: &Summary) -> Option<Error> {
        let queued = summary.count(Outcome::AwaitingApproval);
        let is_one_more = was_sent && row.outcome == Outcome::AwaitingApproval;
        (is_one_more && queued > self.max_approvals).then(|| {
            Error::new(
                Status::ApprovalPending,
                format!(
                    "{queued} queued for approval; see that they are meant, then resume with a limit of approvals above that"
                ),
            )
        })
    }
}

/// Where reading is not permitted at all the run goes on without it, so a refused read is about its one user.
fn is_fatal(error: &Error, was_sent: bool) -> bool {
    error.is_fatal() && (was_sent || error.status != Status::PermissionDenied)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::status::Reason;

    const PATIENCE: Duration = Duration::from_secs(300);

    struct Run {
        ending: Ending,
        summary: Summary,
    }

    impl Run {
        fn new(max_approvals: u64) -> Self {
            Self {
                ending: Ending::new(max_approvals, PATIENCE),
                summary: Summary::default(),
            }
        }

        /// The status that the run ends with, if it does.
        fn row(&mut self, row: &Row, was_sent: bool) -> Option<Status> {
            self.summary.add(row.outcome);
            let end = self.ending.look(row, was_sent, &self.summary);
            end.map(|error| error.status)
        }

        fn accepted(&mut self) -> Option<Status> {
            self.row(&Row::new("user".into(), None, Outcome::Accepted), true)
        }

        fn error(&mut self, status: Status, was_sent: bool) -> Option<Status> {
            self.row(
                &Row::of_error("user".into(), None, Error::new(status, "")),
                was_sent,
            )
        }
    }

    #[test]
    fn a_fatal_answer_ends_a_run_before_any_success_or_the_third_time_in_a_row() {
        let denied = Status::PermissionDenied;
        assert_eq!(Run::new(0).error(denied, true), Some(denied));
        let mut run = Run::new(0);
        run.accepted();
        for _ in 0..2 {
            assert_eq!(run.error(denied, true), None);
            assert_eq!(run.error(denied, true), None);
            assert_eq!(
                run.error(Status::UserNotFound, true),
                None,
                "begins to count anew"
            );
        }
        assert_eq!(run.error(denied, true), None);
        assert_eq!(run.error(denied, true), None);
        let skipped = Row::skipped("user".into(), None, Reason::DoneBefore, String::new());
        assert_eq!(run.row(&skipped, false), None, "says nothing of the service");
        assert_eq!(run.error(denied, true), Some(denied));
    }

    #[test]
    fn a_refused_read_is_about_its_one_user() {
        let mut run = Run::new(0);
        for _ in 0..9 {
            assert_eq!(run.error(Status::PermissionDenied, false), None);
        }
        let token = Status::Unauthenticated;
        assert_eq!(run.error(token, false), Some(token));
    }

    #[test]
    fn a_wait_that_no_call_would_wait_for_ends_a_run() {
        let mut run = Run::new(0);
        run.accepted();
        let mut error = Error::new(Status::Throttled, "");
        for (asked, end) in [
            (None, None),
            (Some(PATIENCE / 2), None),
            (Some(PATIENCE), Some(Status::Throttled)),
        ] {
            error.retry_after = asked;
            let row = Row::of_error("user".into(), None, error.clone());
            assert_eq!(run.row(&row, true), end, "{asked:?}");
        }
        assert_eq!(run.error(Status::Journal, true), Some(Status::Journal));
    }

    #[test]
    fn queued_requests_end_a_run_past_their_limit() {
        let pending = Status::ApprovalPending;
        let mut run = Run::new(2);
        assert_eq!(run.error(pending, true), None);
        assert_eq!(run.error(pending, false), None, "queued by an earlier run");
        assert_eq!(run.error(pending, true), Some(pending));
    }
}
