//! Which requests wait for approval. They do not name their users, so one whose answer was lost can be found again only
//! where it cannot be another user's.

use std::collections::HashSet;

use super::event::UserResult;
use crate::journal::{History, State};
use crate::status::{Effect, Outcome};

/// What a run knows of requests that wait for approval, its journal's earlier runs included.
#[derive(Debug, Default)]
pub(super) struct Queue {
    /// The codes that were told, lower-case.
    codes: HashSet<String>,
    /// Whose answer was lost, lower-case: a request may wait for them whose code nobody knows.
    lost: HashSet<String>,
}

impl Queue {
    pub(super) fn of(history: &History) -> Self {
        let mut queue = Self::default();
        for past in history.people() {
            let is_lost = matches!(past.state(), State::Doubt(_));
            queue.note(who(past.id(), past.user()), past.approval_code(), is_lost);
        }
        queue
    }

    /// What became of a user.
    pub(super) fn add(&mut self, row: &UserResult) {
        let who = who(row.id.as_deref(), &row.user);
        if matches!(row.outcome, Outcome::Accepted | Outcome::Confirmed) {
            self.lost.remove(&who);
        }
        if let Some(error) = &row.error {
            let is_lost = error.effect == Effect::Possible;
            self.note(who, error.approval_code.as_deref(), is_lost);
        }
    }

    fn note(&mut self, who: String, code: Option<&str>, is_lost: bool) {
        if let Some(code) = code {
            self.codes.insert(code.to_ascii_lowercase());
            self.lost.remove(&who);
        } else if is_lost {
            self.lost.insert(who);
        }
    }

    /// Whether a code was told, to whomever.
    pub(super) fn holds(&self, code: &str) -> bool {
        self.codes.contains(&code.to_ascii_lowercase())
    }

    /// Whether somebody else's answer was lost.
    pub(super) fn has_lost_another(&self, id: Option<&str>, user: &str) -> bool {
        let who = who(id, user);
        self.lost.iter().any(|lost| *lost != who)
    }
}

/// The object id where it is known, else the text as given.
fn who(id: Option<&str>, user: &str) -> String {
    id.unwrap_or(user).to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;
    use crate::status::Status;

    const CODE: &str = "50000000-0000-4000-8000-00000000000a";

    fn row(user: &str, effect: Effect, code: Option<&str>) -> UserResult {
        let mut error = Error::new(Status::Interrupted, "");
        error.effect = effect;
        error.approval_code = code.map(str::to_owned);
        UserResult::of_error(user.into(), None, error)
    }

    #[test]
    fn a_code_is_known_once_it_was_told() {
        let mut queue = Queue::default();
        assert!(!queue.holds(CODE));
        queue.add(&row("adele@contoso.com", Effect::None, Some(CODE)));
        assert!(queue.holds(&CODE.to_ascii_uppercase()));
    }

    #[test]
    fn a_lost_answer_is_a_doubt_to_all_others() {
        let lost = |queue: &Queue| queue.has_lost_another(None, "Adele@contoso.com");
        let mut queue = Queue::default();
        queue.add(&row("adele@contoso.com", Effect::Possible, None));
        queue.add(&row("bob@contoso.com", Effect::None, None));
        assert!(!lost(&queue));
        queue.add(&row("bob@contoso.com", Effect::Possible, None));
        assert!(lost(&queue));
        queue.add(&row("bob@contoso.com", Effect::Possible, Some(CODE)));
        assert!(!lost(&queue), "his code is known now");
        queue.add(&row("carol@contoso.com", Effect::Possible, None));
        queue.add(&UserResult::new(
            "carol@contoso.com".into(),
            None,
            Outcome::Accepted,
        ));
        assert!(!lost(&queue), "she was accepted");
    }
}
