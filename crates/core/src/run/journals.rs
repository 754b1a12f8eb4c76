//! The files of a run: its own journal, the journal that it resumes, and its plan.

use std::borrow::Cow;
use std::path::Path;

use super::options::RunOptions;
use super::record;
use crate::client::Client;
use crate::error::{Error, Result};
use crate::journal::{
    self, Journal, JournalState, Mode, Plan, Retention, Role, RunRecord, UserRecord, UserState,
};
use crate::status::{Effect, Status};
use crate::token::TokenFacts;

/// The files of a run.
pub(super) struct Journals {
    pub(super) journal: Option<Journal>,
    /// What the journal that is resumed held.
    pub(super) resumed: Option<JournalState>,
    pub(super) plan: Option<JournalState>,
}

/// What the resumed journal and the plan hold of one user.
#[derive(Debug, Default)]
pub(super) struct Earlier<'a> {
    pub(super) resumed: Option<Cow<'a, UserRecord>>,
    pub(super) planned: Option<Cow<'a, UserRecord>>,
}

impl Journals {
    /// Opens the files that the options name and checks them against the run.
    pub(super) fn open(client: &Client, options: &RunOptions, token: &TokenFacts) -> Result<Self> {
        let plan = match options.plan.as_deref() {
            Some(path) => Some((journal::load(path, Retention::All)?, path)),
            None => None,
        };
        let planned = plan
            .as_ref()
            .map(|(plan, path)| planned(plan, path))
            .transpose()?;
        let mode = if options.preview { Mode::Preview } else { Mode::Run };
        let header = record::run(options, mode, client.endpoint(), token, planned);
        if let Some((plan, path)) = &plan {
            plan.last_run().record.same_service(&header, Role::Plan, path)?;
            check_exclusions(plan, path, &header)?;
        }
        let clock = client.options().clock.clone();
        let (journal, resumed) = match (&options.journal, &options.resume) {
            (None, None) => (None, None),
            (Some(path), _) => (Some(Journal::create(path, &header, clock)?), None),
            (None, Some(path)) => {
                let (journal, resumed) = Journal::resume(path, &header, clock, Retention::Unfinished)?;
                (Some(journal), Some(resumed))
            }
        };
        Ok(Self {
            journal,
            resumed,
            plan: plan.map(|(plan, _)| plan),
        })
    }

    /// What the resumed journal holds of a user, by the text as given alone.
    pub(super) fn resumed_by_name(&self, user: &str) -> Option<&UserRecord> {
        self.resumed.as_ref()?.of(user)
    }

    /// What the files hold of a user: under the text as given, the object id, and the name that was read together with it.
    pub(super) fn earlier(&self, user: &str, id: Option<&str>, upn: Option<&str>) -> Earlier<'_> {
        Earlier {
            resumed: find(self.resumed.as_ref(), user, id, upn),
            planned: find(self.plan.as_ref(), user, id, upn),
        }
    }

    /// Whether an earlier run may have been applied to a user, as far as the text as given shows.
    pub(super) fn earlier_effect(&self, user: &str) -> Effect {
        self.resumed_by_name(user)
            .map_or(Effect::None, UserRecord::effect)
    }

    /// The users of the resumed journal that are not finished.
    pub(super) fn unfinished(&self) -> impl Iterator<Item = &UserRecord> {
        self.resumed
            .iter()
            .flat_map(JournalState::users)
            .filter(|user| matches!(user.state(), UserState::InDoubt(_) | UserState::Queued))
    }

    /// What has to be reported of the files.
    pub(super) fn notices(&self) -> impl Iterator<Item = &str> {
        [&self.plan, &self.resumed]
            .into_iter()
            .flatten()
            .filter_map(JournalState::notice)
    }
}

fn find<'a>(
    state: Option<&'a JournalState>,
    user: &str,
    id: Option<&str>,
    upn: Option<&str>,
) -> Option<Cow<'a, UserRecord>> {
    match id {
        Some(id) => state?.of_user(user, id, upn),
        None => state?.of(user).map(Cow::Borrowed),
    }
}

/// The preview that a plan holds.
fn planned(plan: &JournalState, path: &Path) -> Result<Plan> {
    let preview = plan.preview().ok_or_else(|| {
        Error::new(
            Status::Journal,
            format!(
                "{} contains no preview, so it is not a plan; pass the journal of a preview",
                path.display()
            ),
        )
        .of_file(path, None)
    })?;
    Ok(Plan {
        run: preview.id.clone(),
        path: path.display().to_string(),
    })
}

/// Refuses a run that lacks exclusions of its plan: they were probably forgotten.
fn check_exclusions(plan: &JournalState, path: &Path, header: &RunRecord) -> Result<()> {
    let preview = plan.preview().map(|preview| &preview.record);
    match preview.and_then(|preview| preview.missing_exclusions(header)) {
        None => Ok(()),
        Some(missing) => Err(Error::new(
            Status::Journal,
            format!(
                "the plan {} {missing}; pass the same exclusions, or make another preview",
                path.display()
            ),
        )),
    }
}
