//! Decides when a run ends before all its users were attempted: a pure function of one result after the other.

use std::time::Duration;

use super::event::{Summary, UserResult};
use crate::error::Error;
use crate::status::{Outcome, Status};

/// After so many users in a row that met what others may meet, too, a run ends even if users were accepted before.
const IN_A_ROW: u32 = 3;

#[derive(Debug, Default)]
pub(super) struct StopRules {
    max_approvals: u64,
    /// The longest time that a call waits. A Retry-After that is as long ends the run.
    patience: Duration,
    /// How many users in a row failed when they were sent, and how many when they were read.
    sent_in_a_row: u32,
    read_in_a_row: u32,
    /// The devices of at least one user were read.
    has_read: bool,
}

/// What a result means for the users that follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Forecast {
    /// Every one of them would meet the same.
    Same,
    /// They may meet the same, or only this user does.
    Perhaps,
    /// The service answers.
    Well,
    Nothing,
}

impl StopRules {
    pub(super) fn new(max_approvals: u64, patience: Duration) -> Self {
        Self {
            max_approvals,
            patience,
            ..Self::default()
        }
    }

    /// A user was read. Its result comes later.
    pub(super) fn was_read(&mut self) {
        (self.read_in_a_row, self.has_read) = (0, true);
    }

    /// Returns why the run ends with this result, which the summary counts already.
    pub(super) fn check(&mut self, result: &UserResult, was_sent: bool, summary: &Summary) -> Option<Error> {
        let forecast = forecast(result, was_sent);
        match forecast {
            Forecast::Same | Forecast::Perhaps if was_sent => self.sent_in_a_row += 1,
            Forecast::Same | Forecast::Perhaps => self.read_in_a_row += 1,
            Forecast::Well if was_sent => (self.sent_in_a_row, self.read_in_a_row) = (0, 0),
            // A read that works is no evidence against what stops every send.
            Forecast::Well => self.read_in_a_row = 0,
            Forecast::Nothing => {}
        }
        let error = result.error.as_ref();
        let is_first = summary.count(Outcome::Accepted) == 0
            && (was_sent || !self.has_read || error.is_some_and(Error::is_fatal));
        self.has_read |= result.devices.is_some();
        let ends = match forecast {
            Forecast::Same if is_first => true,
            Forecast::Same | Forecast::Perhaps => self.sent_in_a_row + self.read_in_a_row >= IN_A_ROW,
            Forecast::Well | Forecast::Nothing => false,
        };
        error
            .filter(|_| ends)
            .map(|error| of_every_user(error, forecast))
            .or_else(|| {
                error
                    .filter(|error| error.status == Status::Journal || self.asks_for_too_long(error))
                    .cloned()
            })
            .or_else(|| self.too_many_approvals(result, was_sent, summary))
    }

    fn asks_for_too_long(&self, error: &Error) -> bool {
        let asked = error.retry_after.filter(|_| error.status == Status::Throttled);
        asked.is_some_and(|asked| asked >= self.patience)
    }

    fn too_many_approvals(&self, result: &UserResult, was_sent: bool, summary: &Summary) -> Option<Error> {
        let queued = summary.count(Outcome::AwaitingApproval);
        let is_one_more = was_sent && result.outcome == Outcome::AwaitingApproval;
        (is_one_more && queued > self.max_approvals).then(|| {
            Error::new(
                Status::ApprovalPending,
                format!(
                    "{queued} queued for approval; check that they are intended, then resume with a higher limit of approvals"
                ),
            )
        })
    }
}

/// What a result means for the users that follow.
fn forecast(result: &UserResult, was_sent: bool) -> Forecast {
    let has_answer = was_sent || result.devices.is_some();
    let Some(error) = &result.error else {
        return if has_answer {
            Forecast::Well
        } else {
            Forecast::Nothing
        };
    };
    if is_fatal(error, was_sent) {
        return Forecast::Same;
    }
    let may_be_of_all = result.is_first_report && (was_sent || result.devices.is_none());
    match error.status {
        // A proxy or gateway answers instead of Graph, or Graph answers what it never should.
        Status::UnexpectedResponse if error.http_status.is_some() && may_be_of_all => Forecast::Same,
        // Without an attempt the error repeats what an earlier run met.
        Status::UnexpectedResponse | Status::ServiceUnavailable | Status::Timeout | Status::Interrupted
            if may_be_of_all && error.attempts > 0 =>
        {
            Forecast::Perhaps
        }
        Status::UnexpectedResponse
        | Status::ServiceUnavailable
        | Status::Timeout
        | Status::Interrupted
        | Status::Throttled
        | Status::Cancelled
        | Status::Internal
        | Status::Journal => Forecast::Nothing,
        _ if has_answer => Forecast::Well,
        _ => Forecast::Nothing,
    }
}

/// Where reading is not permitted at all the run continues without it, so a refused read is about its one user.
fn is_fatal(error: &Error, was_sent: bool) -> bool {
    error.is_fatal() && (was_sent || error.status != Status::PermissionDenied)
}

/// The error of one user, as the reason that the run ended.
fn of_every_user(error: &Error, forecast: Forecast) -> Error {
    let mut error = error.clone();
    if forecast == Forecast::Perhaps {
        error.message = format!(
            "{IN_A_ROW} users in a row failed in this way, so the run ended; remove the cause, then resume: {}",
            error.message
        );
    } else if !error.is_fatal() {
        error.message = format!(
            "every user would meet this, so the run ended; remove the cause, then resume: {}",
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
        stop_rules: StopRules,
        summary: Summary,
    }

    impl Run {
        fn new(max_approvals: u64) -> Self {
            Self {
                stop_rules: StopRules::new(max_approvals, PATIENCE),
                summary: Summary::default(),
            }
        }

        /// The status that the run ends with, if it ends.
        fn result(&mut self, result: &UserResult, was_sent: bool) -> Option<Status> {
            self.summary.add(result.outcome);
            let end = self.stop_rules.check(result, was_sent, &self.summary);
            end.map(|error| error.status)
        }

        fn accepted(&mut self) -> Option<Status> {
            self.result(&UserResult::new("user".into(), None, Outcome::Accepted), true)
        }

        fn error(&mut self, status: Status, was_sent: bool) -> Option<Status> {
            self.result(
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
                "the count starts again"
            );
        }
        assert_eq!(run.error(denied, true), None);
        assert_eq!(run.error(denied, true), None);
        let skipped = UserResult::skipped("user".into(), None, Reason::DoneBefore, String::new());
        assert_eq!(
            run.result(&skipped, false),
            None,
            "it is no evidence about the service"
        );
        assert_eq!(run.error(denied, true), Some(denied));
    }

    /// The result of a request that had this answer.
    fn answered(status: Status, http_status: Option<u16>) -> UserResult {
        let mut error = Error::new(status, "look for a proxy");
        (error.http_status, error.attempts) = (http_status, 1);
        UserResult::of_error("user".into(), None, error)
    }

    #[test]
    fn what_a_result_means_for_the_users_that_follow() {
        use Forecast::{Nothing, Perhaps, Same, Well};
        // Of a user that was sent, and of one whose read met it.
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
            let result = answered(status, http_status);
            assert_eq!(
                (forecast(&result, true), forecast(&result, false)),
                (sent, read),
                "{status:?} {http_status:?}"
            );
        }
        let mut reported_before = answered(Status::UnexpectedResponse, Some(403));
        reported_before.is_first_report = false;
        assert_eq!(forecast(&reported_before, true), Nothing);
        let doubt = UserResult::of_error("user".into(), None, Error::new(Status::Interrupted, ""));
        assert_eq!(forecast(&doubt, false), Nothing, "it comes from a journal");
        assert_eq!(
            forecast(&UserResult::new("user".into(), None, Outcome::Accepted), true),
            Well
        );
        let left = UserResult::skipped("user".into(), None, Reason::DoneBefore, String::new());
        assert_eq!(forecast(&left, false), Nothing);
    }

    #[test]
    fn a_page_of_a_gateway_ends_a_run_like_a_refused_token() {
        let page = answered(Status::UnexpectedResponse, Some(403));
        let unexpected = Some(Status::UnexpectedResponse);
        assert_eq!(Run::new(0).result(&page, true), unexpected);
        let mut run = Run::new(0);
        run.accepted();
        assert_eq!((run.result(&page, true), run.result(&page, true)), (None, None));
        let mut read = UserResult::skipped("user".into(), None, Reason::NothingListed, String::new());
        read.devices = Some(crate::device::DeviceList::default());
        assert_eq!(run.result(&read, false), None, "it is no evidence about sends");
        assert_eq!(run.result(&page, true), unexpected);

        let mut run = Run::new(0);
        run.stop_rules.was_read();
        for _ in 0..2 {
            assert_eq!(run.result(&page, false), None, "others could be read");
        }
        assert_eq!(run.result(&page, false), unexpected);
    }

    #[test]
    fn a_failure_that_may_be_of_one_user_ends_a_run_the_third_time_in_a_row() {
        let (failing, lost) = (
            answered(Status::ServiceUnavailable, Some(503)),
            answered(Status::Interrupted, None),
        );
        let mut run = Run::new(0);
        for _ in 0..2 {
            assert_eq!(
                (run.result(&failing, true), run.result(&lost, true)),
                (None, None)
            );
            assert_eq!(run.error(Status::UserNotFound, true), None, "it answers");
        }
        assert_eq!(
            (run.result(&failing, true), run.result(&lost, true)),
            (None, None)
        );
        let skipped = UserResult::skipped("user".into(), None, Reason::DoneBefore, String::new());
        assert_eq!(run.result(&skipped, false), None);
        let summary = run.summary.clone();
        let end = run.stop_rules.check(&failing, true, &summary);
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
    fn a_retry_after_beyond_the_deadline_of_a_call_ends_a_run() {
        let mut run = Run::new(0);
        run.accepted();
        let mut error = Error::new(Status::Throttled, "");
        for (asked, end) in [
            (None, None),
            (Some(PATIENCE / 2), None),
            (Some(PATIENCE), Some(Status::Throttled)),
        ] {
            error.retry_after = asked;
            let result = UserResult::of_error("user".into(), None, error.clone());
            assert_eq!(run.result(&result, true), end, "{asked:?}");
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
