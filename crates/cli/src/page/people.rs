//! The people of a report.

use graph_devices::history::{RecordedResult, User};
use graph_devices::{Outcome, Reason, Status, visible};
use serde::Serialize;

use super::account::time;
use super::devices::{self, Device};

/// Where a person or a device stands, from best to worst.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Standing {
    /// Nothing is left to do.
    #[default]
    Settled,
    /// It waits for others: an approval, or a device that checks in.
    Waits,
    /// A run has not come to it yet.
    ToDo,
    /// A person has to look.
    Open,
}

impl Standing {
    pub(super) const ALL: [Self; 4] = [Self::Settled, Self::Waits, Self::ToDo, Self::Open];

    /// The words for it.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Settled => "settled",
            Self::Waits => "waits",
            Self::ToDo => "to do",
            Self::Open => "needs a person",
        }
    }

    /// One character beside the words, so that colour is not the only sign.
    pub(super) fn sign(self) -> &'static str {
        match self {
            Self::Settled => "✓",
            Self::Waits => "◷",
            Self::ToDo => "○",
            Self::Open => "!",
        }
    }

    /// A class of the style sheet.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Settled => "s",
            Self::Waits => "w",
            Self::ToDo => "t",
            Self::Open => "o",
        }
    }
}

/// A person, and all that is shown of the person.
#[derive(Default, Serialize)]
pub(crate) struct Person {
    /// The place in the journal, from 1.
    pub(super) number: usize,
    /// The line of the list.
    pub(super) line: Option<usize>,
    pub(super) user: String,
    pub(super) id: Option<String>,
    pub(super) upn: Option<String>,
    /// What `--columns` adds.
    pub(super) columns: Vec<String>,
    /// Hours from a date of the list to `accepted`.
    pub(super) hours: Option<i64>,
    #[serde(serialize_with = "outcome_name")]
    pub(super) outcome: Option<Outcome>,
    #[serde(serialize_with = "reason_name")]
    pub(super) reason: Reason,
    pub(super) standing: Standing,
    pub(super) time: Option<String>,
    pub(super) status: Option<&'static str>,
    pub(super) message: Option<String>,
    pub(super) service_message: Option<String>,
    pub(super) request_id: Option<String>,
    pub(super) client_request_id: Option<String>,
    pub(super) approval_code: Option<String>,
    /// Absent if they are not known.
    pub(super) devices: Option<Vec<Device>>,
    /// The time of the newest verification.
    pub(super) verified: Option<String>,
}

#[expect(
    clippy::ref_option,
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference to the field"
)]
fn outcome_name<S: serde::Serializer>(outcome: &Option<Outcome>, serializer: S) -> Result<S::Ok, S::Error> {
    outcome.map(Outcome::name).serialize(serializer)
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference to the field"
)]
fn reason_name<S: serde::Serializer>(reason: &Reason, serializer: S) -> Result<S::Ok, S::Error> {
    Some(reason.name())
        .filter(|name| !name.is_empty())
        .serialize(serializer)
}

impl Person {
    pub(super) fn of(number: usize, user: &User<'_>) -> Self {
        let (result, sent) = (user.result(), user.sent());
        let outcome = user.outcome();
        // A later skip of a user who was refused is what a person has to deal with next.
        let newest = user.last_result();
        let shown = |text: Option<&str>| text.map(visible);
        let devices = devices::of(user);
        let reason = newest.map(|result| result.reason).unwrap_or_default();
        Self {
            number,
            user: visible(user.user()),
            id: shown(user.id()),
            upn: shown(user.upn()),
            outcome,
            reason,
            standing: standing(outcome, reason, devices.as_deref()),
            time: result
                .map(|result| result.time)
                .or(sent
                    .filter(|_| outcome == Some(Outcome::Unknown))
                    .map(|sent| sent.time))
                .map(time),
            status: result.and_then(|result| result.status).map(Status::name),
            message: shown(newest.as_ref().and_then(message)),
            service_message: shown(newest.and_then(|result| result.service_message)),
            request_id: shown(result.and_then(|result| result.request_id)),
            client_request_id: shown(
                result
                    .and_then(|result| result.client_request_id)
                    .or(sent.and_then(|sent| sent.client_request_id)),
            ),
            approval_code: shown(user.approval_code()),
            devices,
            verified: user.verified().map(|verified| time(verified.time)),
            ..Self::default()
        }
    }

    /// A row of the list whose person is in no journal.
    pub(super) fn missing(line: usize, user: &str) -> Self {
        Self {
            line: Some(line),
            user: visible(user),
            standing: Standing::ToDo,
            message: Some("the journal has nothing about this row".to_owned()),
            ..Self::default()
        }
    }

    pub(super) fn devices(&self) -> &[Device] {
        self.devices.as_deref().unwrap_or_default()
    }

    /// Whether the action was applied, or may have been.
    pub(super) fn was_applied(&self) -> bool {
        matches!(
            self.outcome,
            Some(Outcome::Accepted | Outcome::Confirmed | Outcome::Unknown)
        )
    }

    /// Whether it is the outcome that is left for a person, and not a device.
    pub(super) fn is_open_by_outcome(&self) -> bool {
        standing_of_outcome(self.outcome, self.reason) == Standing::Open
    }

    /// The line of the list, or the number in the journal.
    pub(super) fn place(&self) -> String {
        let number = Some(self.number).filter(|number| *number > 0);
        self.line
            .or(number)
            .map(|place| place.to_string())
            .unwrap_or_default()
    }

    /// The user principal name, if the user was given by another text.
    pub(super) fn other_name(&self) -> Option<&str> {
        let upn = self.upn.as_deref()?;
        Some(upn).filter(|upn| !upn.eq_ignore_ascii_case(&self.user))
    }

    /// The object id, if the user was given by another text.
    pub(super) fn other_id(&self) -> Option<&str> {
        let id = self.id.as_deref()?;
        Some(id).filter(|id| !id.eq_ignore_ascii_case(&self.user))
    }

    /// How the outcome is marked. Accepted is not yet retired, so it waits until every device is gone.
    pub(super) fn mark(&self) -> Standing {
        let of_outcome = standing_of_outcome(self.outcome, self.reason);
        of_outcome.max(self.standing.min(Standing::Waits))
    }

    /// The outcome in words, with the reason of a skip.
    pub(super) fn outcome_words(&self) -> String {
        match (self.outcome, self.reason) {
            (None, _) => "not reached".to_owned(),
            (Some(Outcome::Skipped), reason) => format!("skipped: {}", reason.name()),
            (Some(outcome), Reason::None) => outcome.name().to_owned(),
            (Some(outcome), reason) => format!("{}, then skipped: {}", outcome.name(), reason.name()),
        }
    }
}

/// What core says about a result that did not happen, or what its reason means.
fn message<'a>(result: &RecordedResult<'a>) -> Option<&'a str> {
    let is_done = matches!(result.outcome, Outcome::Accepted | Outcome::Confirmed);
    let meaning = Some(result.reason.message()).filter(|meaning| !meaning.is_empty());
    result.message.or(meaning).filter(|_| !is_done)
}

fn standing(outcome: Option<Outcome>, reason: Reason, devices: Option<&[Device]>) -> Standing {
    let of_outcome = standing_of_outcome(outcome, reason);
    if !matches!(outcome, Some(Outcome::Accepted | Outcome::Confirmed)) {
        return of_outcome;
    }
    // Devices that were not read cannot be verified.
    let of_devices = devices.map(|devices| devices.iter().map(Device::standing).max());
    of_outcome.max(of_devices.unwrap_or(Some(Standing::Waits)).unwrap_or_default())
}

fn standing_of_outcome(outcome: Option<Outcome>, reason: Reason) -> Standing {
    match (outcome, reason) {
        (Some(Outcome::Accepted | Outcome::Confirmed), _)
        | (
            Some(Outcome::Skipped),
            Reason::None | Reason::NothingListed | Reason::Excluded | Reason::DoneBefore,
        ) => Standing::Settled,
        (Some(Outcome::AwaitingApproval), _) => Standing::Waits,
        (None, _) | (Some(Outcome::Skipped), Reason::Preview | Reason::Stopped) => Standing::ToDo,
        _ => Standing::Open,
    }
}
