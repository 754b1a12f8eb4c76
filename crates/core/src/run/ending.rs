//! When a run ends before its users do: a pure decision over one row after the other.

use std::time::Duration;

use super::event::{Summary, UserResult};
use crate::error::Error;
use crate::status::{Outcome, Status};

/// After this many users in a row who met what others may meet, too, a run ends even if users were accepted before.
const IN_A_ROW: u32 = 3;

#[derive(Debug, Default)]
pub(super) struct Ending {
    max_approvals: u64,
    /// A longer Retry-After than this is no pause, but the end: no call would wait so long.
    patience: Duration,
    /// How many users in a row met trouble when they were sent, and how many when they were read.
    sent_in_a_row: u32,
    read_in_a_row: u32,
    /// Somebody's devices were read.
    has_read: bool,
}

/// What a row says of the users who follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Omen {
    /// Every one of them would meet it.
    Same,
    /// They may meet it, too, or it may be this user's bad luck.
    Perhaps,
    /// The service answers.
    Well,
    Nothing,
}

impl Ending {
    pub(super) fn new(max_approvals: u64, patience: Duration) -> Self {
        Self {
            max_approvals,
            patience,
            ..Self::default()
        }
    }

    /// A user was read, whose row comes later.
    pub(super) fn was_read(&mut self) {
        (self.read_in_a_row, self.has_read) = (0, true);
    }

    /// Why the run ends with this row, which the summary counts already.
    pub(super) fn look(&mut self, row: &UserResult, was_sent: bool, summary: &Summary) -> Option<Error> {
        let omen = omen(row, was_sent);
        match omen {
            Omen::Same | Omen::Perhaps if was_sent => self.sent_in_a_row += 1,
            Omen::Same | Omen::Perhaps => self.read_in_a_row += 1,
            Omen::Well if was_sent => (self.sent_in_a_row, self.read_in_a_row) = (0, 0),
            // That reading works says nothing of what stops every send.
            Omen::Well => self.read_in_a_row = 0,
            Omen::Nothing => {}
        }
        let error = row.error.as_ref();
        let is_first = summary.count(Outcome::Accepted) == 0
            && (was_sent || !self.has_read || error.is_some_and(Error::is_fatal));
        self.has_read |= row.devices.is_some();
        let ends = match omen {
            Omen::Same if is_first => true,
            Omen::Same | Omen::Perhaps => self.sent_in_a_row + self.read_in_a_row >= IN_A_ROW,
            Omen::Well | Omen::Nothing => false,
        };
        error
            .filter(|_| ends)
            .map(|error| of_everybody(error, omen))
            .or_else(|| {
                error
                    .filter(|error| error.status == Status::Journal || self.asks_too_much(error))
                    .cloned()
            })
            .or_else(|| self.too_many_approvals(row, was_sent, summary))
    }

    fn asks_too_much(&self, error: &Error) -> bool {
        let asked = error.retry_after.filter(|_| error.status == Status::Throttled);
        asked.is_some_and(|asked| asked >= self.patience)
    }

    fn too_many_approvals(&self, row: &UserResult, was_sent: bool, summary: &Summary) -> Option<Error> {
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

/// What a row says of the users who follow.
fn omen(row: &UserResult, was_sent: bool) -> Omen {
    let has_answer = was_sent || row.devices.is_some();
    let Some(error) = &row.error else {
        return if has_answer { Omen::Well } else { Omen::Nothing };
    };
    if is_fatal(error, was_sent) {
        return Omen::Same;
    }
    let is_of_all = row.is_first_to_tell && (was_sent || row.devices.is_none());
    match error.status {
        // Something in between answers instead of Graph, or Graph answers what it never should.
        Status::UnexpectedResponse if error.http_status.is_some() && is_of_all => Omen::Same,
        // Without an attempt it tells again what an earlier run met.
        Status::UnexpectedResponse | Status::ServiceUnavailable | Status::Timeout | Status::Interrupted
            if is_of_all && error.attempts > 0 =>
        {
            Omen::Perhaps
        }
        Status::UnexpectedResponse
        | Status::ServiceUnavailable
        | Status::Timeout
        | Status::Interrupted
        | Status::Throttled
        | Status::Cancelled
        | Status::Internal
        | Status::Journal => Omen::Nothing,
        _ if has_answer => Omen::Well,
        _ => Omen::Nothing,
    }
}

/// Where reading is not permitted at all the run goes on without it, so a refused read is about its one user.
fn is_fatal(error: &Error, was_sent: bool) -> bool {
    error.is_fatal() && (was_sent || error.status != Status::PermissionDenied)
}

/// The error of one user as that of the run.
fn of_everybody(error: &Error, omen: Omen) -> Error {
    let mut error = error.clone();
    if omen == Omen::Perhaps {
        error.message = format!(
            "{IN_A_ROW} users in a row met such trouble, so the run ended before the others do; see to it, then resume: {}",
            error.message
        );
    } else if !error.is_fatal() {
        error.message = format!(
            "every user would meet this, so the run ended; see to it, then resume: {}",
            error.message
        );
    }
    error
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
        fn row(&mut self, row: &UserResult, was_sent: bool) -> Option<Status> {
            self.summary.add(row.outcome);
            let end = self.ending.look(row, was_sent, &self.summary);
            end.map(|error| error.status)
        }

        fn accepted(&mut self) -> Option<Status> {
            self.row(&UserResult::new("user".into(), None, Outcome::Accepted), true)
        }

        fn error(&mut self, status: Status, was_sent: bool) -> Option<Status> {
            self.row(
                &UserResult::of_error("user".into(), None, Error::new(status, "")),
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
        let skipped = UserResult::skipped("user".into(), None, Reason::DoneBefore, String::new());
        assert_eq!(run.row(&skipped, false), None, "says nothing of the service");
        assert_eq!(run.error(denied, true), Some(denied));
    }

    /// A row whose request had this answer.
    fn answered(status: Status, http_status: Option<u16>) -> UserResult {
        let mut error = Error::new(status, "look for a proxy");
        (error.http_status, error.attempts) = (http_status, 1);
        UserResult::of_error("user".into(), None, error)
    }

    #[test]
    fn what_a_row_says_of_the_users_who_follow() {
        use Omen::{Nothing, Perhaps, Same, Well};
        // Of a user who was sent, and of one whose reading met it.
        for (status, http_status, sent, read) in [
            (Status::UnexpectedResponse, Some(403), Same, Same),
            (Status::UnexpectedResponse, Some(200), Same, Same),
            (Status::UnexpectedResponse, Some(302), Same, Same),
            (Status::UnexpectedResponse, Some(411), Same, Same),
            (Status::UnexpectedResponse, None, Perhaps, Perhaps),
            (Status::ServiceUnavailable, Some(503), Perhaps, Perhaps),
            (Status::Timeout, None, Perhaps, Perhaps),
            (Status::Interrupted, None, Perhaps, Perhaps),
            (Status::Unauthenticated, Some(401), Same, Same),
            (Status::PermissionDenied, Some(403), Same, Nothing),
            (Status::ConnectionFailed, None, Same, Same),
            (Status::UserNotFound, Some(404), Well, Nothing),
            (Status::Rejected, Some(409), Well, Nothing),
            (Status::ApprovalPending, Some(403), Well, Nothing),
            (Status::Throttled, Some(429), Nothing, Nothing),
            (Status::Cancelled, None, Nothing, Nothing),
            (Status::Internal, None, Nothing, Nothing),
        ] {
            let row = answered(status, http_status);
            assert_eq!(
                (omen(&row, true), omen(&row, false)),
                (sent, read),
                "{status:?} {http_status:?}"
            );
        }
        let mut told_before = answered(Status::UnexpectedResponse, Some(403));
        told_before.is_first_to_tell = false;
        assert_eq!(omen(&told_before, true), Nothing);
        let doubt = UserResult::of_error("user".into(), None, Error::new(Status::Interrupted, ""));
        assert_eq!(omen(&doubt, false), Nothing, "told by a journal");
        assert_eq!(
            omen(&UserResult::new("user".into(), None, Outcome::Accepted), true),
            Well
        );
        let left = UserResult::skipped("user".into(), None, Reason::DoneBefore, String::new());
        assert_eq!(omen(&left, false), Nothing);
    }

    #[test]
    fn a_page_of_something_in_between_ends_a_run_like_a_refused_token() {
        let page = answered(Status::UnexpectedResponse, Some(403));
        let unexpected = Some(Status::UnexpectedResponse);
        assert_eq!(Run::new(0).row(&page, true), unexpected);
        let mut run = Run::new(0);
        run.accepted();
        assert_eq!((run.row(&page, true), run.row(&page, true)), (None, None));
        let mut read = UserResult::skipped("user".into(), None, Reason::NothingListed, String::new());
        read.devices = Some(crate::device::DeviceList::default());
        assert_eq!(run.row(&read, false), None, "says nothing of what is sent");
        assert_eq!(run.row(&page, true), unexpected);

        let mut run = Run::new(0);
        run.ending.was_read();
        for _ in 0..2 {
            assert_eq!(run.row(&page, false), None, "others could be read");
        }
        assert_eq!(run.row(&page, false), unexpected);
    }

    #[test]
    fn trouble_that_may_be_one_users_alone_ends_a_run_the_third_time_in_a_row() {
        let (failing, lost) = (
            answered(Status::ServiceUnavailable, Some(503)),
            answered(Status::Interrupted, None),
        );
        let mut run = Run::new(0);
        for _ in 0..2 {
            assert_eq!((run.row(&failing, true), run.row(&lost, true)), (None, None));
            assert_eq!(run.error(Status::UserNotFound, true), None, "it answers");
        }
        assert_eq!((run.row(&failing, true), run.row(&lost, true)), (None, None));
        let skipped = UserResult::skipped("user".into(), None, Reason::DoneBefore, String::new());
        assert_eq!(run.row(&skipped, false), None);
        let summary = run.summary.clone();
        let end = run.ending.look(&failing, true, &summary);
        let message = end.map(|error| error.message.clone()).unwrap_or_default();
        assert!(
            message.contains("3 users in a row") && message.ends_with("look for a proxy"),
            "{message}"
        );
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
            let row = UserResult::of_error("user".into(), None, error.clone());
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
