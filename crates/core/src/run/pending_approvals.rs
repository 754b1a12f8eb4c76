//! The requests that wait for approval. They do not name their users, so one whose answer was lost can be found again only
//! where it cannot be another user's.

use std::collections::HashSet;

use super::event::UserResult;
use crate::journal::{JournalState, UserState};
use crate::status::{Effect, Outcome};

/// The requests of a run that wait for approval, those of its journal's earlier runs included.
#[derive(Debug, Default)]
pub(super) struct PendingApprovals {
    /// The codes that are known, lower-case.
    codes: HashSet<String>,
    /// The users whose answer was lost, lower-case: a request with an unknown code may wait for them.
    lost: HashSet<String>,
}

impl PendingApprovals {
    pub(super) fn of(journal_state: &JournalState) -> Self {
        let mut approvals = Self::default();
        for user in journal_state.users() {
            let is_lost = matches!(user.state(), UserState::InDoubt(_));
            approvals.note(key(user.id(), user.user()), user.approval_code(), is_lost);
        }
        approvals
    }

    /// Adds what the result of a user shows.
    pub(super) fn add(&mut self, result: &UserResult) {
        let key = key(result.id.as_deref(), &result.user);
        if matches!(result.outcome, Outcome::Accepted | Outcome::Confirmed) {
            self.lost.remove(&key);
        }
        if let Some(error) = &result.error {
            let is_lost = error.effect == Effect::Possible;
            self.note(key, error.approval_code.as_deref(), is_lost);
        }
    }

    fn note(&mut self, key: String, code: Option<&str>, is_lost: bool) {
        if let Some(code) = code {
            self.codes.insert(code.to_ascii_lowercase());
            self.lost.remove(&key);
        } else if is_lost {
            self.lost.insert(key);
        }
    }

    /// Whether a code belongs to a user of the run.
    pub(super) fn holds(&self, code: &str) -> bool {
        self.codes.contains(&code.to_ascii_lowercase())
    }

    /// Whether the answer of another user was lost.
    pub(super) fn has_lost_another(&self, id: Option<&str>, user: &str) -> bool {
        let key = key(id, user);
        self.lost.iter().any(|lost| *lost != key)
    }
}

/// The object id where it is known, else the text as given.
fn key(id: Option<&str>, user: &str) -> String {
    id.unwrap_or(user).to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;
    use crate::status::Status;

    const CODE: &str = "50000000-0000-4000-8000-00000000000a";

    fn result(user: &str, effect: Effect, code: Option<&str>) -> UserResult {
        let mut error = Error::new(Status::Interrupted, "");
        error.effect = effect;
        error.approval_code = code.map(str::to_owned);
        UserResult::of_error(user.into(), None, error)
    }

    #[test]
    fn a_code_is_known_once_a_result_has_it() {
        let mut approvals = PendingApprovals::default();
        assert!(!approvals.holds(CODE));
        approvals.add(&result("adele@contoso.com", Effect::None, Some(CODE)));
        assert!(approvals.holds(&CODE.to_ascii_uppercase()));
    }

    #[test]
    fn a_lost_answer_is_a_doubt_for_all_other_users() {
        let lost = |approvals: &PendingApprovals| approvals.has_lost_another(None, "Adele@contoso.com");
        let mut approvals = PendingApprovals::default();
        approvals.add(&result("adele@contoso.com", Effect::Possible, None));
        approvals.add(&result("bob@contoso.com", Effect::None, None));
        assert!(!lost(&approvals));
        approvals.add(&result("bob@contoso.com", Effect::Possible, None));
        assert!(lost(&approvals));
        approvals.add(&result("bob@contoso.com", Effect::Possible, Some(CODE)));
        assert!(!lost(&approvals), "his code is known now");
        approvals.add(&result("carol@contoso.com", Effect::Possible, None));
        approvals.add(&UserResult::new(
            "carol@contoso.com".into(),
            None,
            Outcome::Accepted,
        ));
        assert!(!lost(&approvals), "she was accepted");
    }
}
