//! Decides whether a user is sent: every rule of safety, as a pure function of what is known.

use std::time::SystemTime;

use super::applied::{Applied, applied, why_unknown};
use super::inspect::Inspection;
use super::options::RunOptions;
use super::protected_users::ProtectedUsers;
use crate::approvals::Approval;
use crate::device::Device;
use crate::error::Error;
use crate::journal::{ResultRecord, SnapshotDevice, UserRecord, UserState};
use crate::status::{Effect, Reason, Status};
use crate::text::quoted;

/// What a run does about one user.
#[derive(Debug)]
pub(super) enum Decision {
    /// Send the action.
    Send {
        /// The code of an approved request.
        approval_code: Option<String>,
        /// The inspection resolved a doubt: the action is known not to have been applied before.
        resolves_doubt: bool,
        /// If an earlier run sent the user: the earliest time at which that request can have been queued for approval.
        since: Option<SystemTime>,
    },
    /// Skip the user.
    Skip(Reason, String),
    /// The action was applied before, although no answer confirmed it.
    Confirm,
    /// Report this error; no request is needed.
    Report(Error),
    /// Report this error and end the run: every user would meet it.
    EndRun(Error),
    /// The request for approval was rejected, was cancelled, or expired, which is final.
    Decline(Approval, Error),
}

/// The rules that hold for every user of a run.
#[derive(Debug, Default)]
pub(super) struct Rules {
    pub(super) protected: ProtectedUsers,
    accepted: Vec<crate::warning::WarningCode>,
    pub(super) max_devices: usize,
    preview: bool,
    has_plan: bool,
}

/// What is known of one user.
pub(super) struct Known<'a> {
    pub(super) inspection: &'a Inspection,
    /// What the resumed journal holds of the user.
    pub(super) resumed: Option<&'a UserRecord>,
    /// What the plan holds of the user.
    pub(super) planned: Option<&'a UserRecord>,
    /// The devices that this run read first, if it inspects the user again.
    pub(super) seen: Option<&'a [Device]>,
}

impl Rules {
    pub(super) fn new(options: &RunOptions, protected: ProtectedUsers) -> Self {
        Self {
            protected,
            accepted: options.accept_warnings.clone(),
            max_devices: options.max_devices_per_user,
            preview: options.preview,
            has_plan: options.plan.is_some(),
        }
    }

    /// Decides by a name or an id alone, before anything is read.
    pub(super) fn refuse(&self, user: &str) -> Option<Decision> {
        self.protected.refuse(user).map(|why| skip(Reason::Excluded, why))
    }

    /// Decides by the journal alone, before anything is read.
    pub(super) fn recall(record: &UserRecord) -> Option<Decision> {
        match record.state() {
            UserState::Done(_) => Some(skip(Reason::DoneBefore, "an earlier run did it")),
            UserState::Declined => Some(Decision::Report(declined(record))),
            _ => None,
        }
    }

    /// Decides over a user of whom the journal alone does not say enough.
    pub(super) fn decide(&self, known: &Known<'_>) -> Decision {
        let Known {
            inspection,
            resumed,
            planned,
            ..
        } = known;
        if let Some(decision) = self.identity(known).or_else(|| changed(known)) {
            return decision;
        }
        match resumed.map(|record| (record.state(), record)) {
            Some((UserState::InDoubt(since), record)) => {
                return self.resolve_doubt(inspection, record, *planned, Some(since));
            }
            Some((UserState::Queued, record)) => return self.queued(inspection, record, *planned, None),
            _ => {}
        }
        if let Some(error) = &inspection.error {
            return Decision::Report(error.clone());
        }
        let Some(devices) = inspection.devices() else {
            return self.without_devices(known);
        };
        let baseline = resumed.and_then(|record| record.snapshot());
        self.has_new_device(devices, baseline, *planned)
            .or_else(|| self.limits(inspection, devices))
            .unwrap_or_else(|| self.allow(None, false, None))
    }

    /// Checks that the user is the one that was meant, and may be sent.
    fn identity(&self, known: &Known<'_>) -> Option<Decision> {
        let Known {
            inspection,
            resumed,
            planned,
            ..
        } = known;
        if let Some(why) = &inspection.renamed {
            return Some(skip(Reason::IdentityChanged, why));
        }
        if let Some(why) = self.protected.refuse_known(known) {
            return Some(skip(Reason::Excluded, why));
        }
        let before = [resumed, planned]
            .into_iter()
            .flatten()
            .find_map(|record| record.id());
        if inspection.error.is_none()
            && let Err(mut error) = self.protected.check_identifiable(inspection, before)
        {
            if resumed.is_some_and(|record| matches!(record.state(), UserState::InDoubt(_))) {
                error.effect = Effect::Possible;
            }
            error.approval_code = resumed.and_then(|record| record.approval_code().map(str::to_owned));
            return Some(Decision::Report(error));
        }
        let identity = inspection.identity.as_ref();
        if let (Some(before), Some(now)) = (before, identity.map(|found| &found.id))
            && !before.eq_ignore_ascii_case(now)
        {
            return Some(skip(
                Reason::IdentityChanged,
                &format!("the name now belongs to another account ({now}, before {before}); use object ids"),
            ));
        }
        None
    }

    /// An earlier send may have been applied. Only the devices show whether it was.
    fn resolve_doubt(
        &self,
        inspection: &Inspection,
        record: &UserRecord,
        planned: Option<&UserRecord>,
        since: Option<SystemTime>,
    ) -> Decision {
        let doubt = |why: &str| {
            let mut error = inspection
                .error
                .clone()
                .unwrap_or_else(|| Error::new(Status::Interrupted, ""));
            error.effect = Effect::Possible;
            error.message = match &inspection.error {
                Some(error) => format!("an earlier send may have been applied, and {error}"),
                None => format!("an earlier send may have been applied; {why}"),
            };
            Decision::Report(error)
        };
        // The service says that the approved request was carried out.
        if inspection.approval == Some(Approval::Completed) {
            return Decision::Confirm;
        }
        let (None, Some(devices)) = (&inspection.error, inspection.devices()) else {
            return doubt("the devices cannot be read here, so check them by hand");
        };
        let Some(snapshot) = record.snapshot() else {
            return doubt("the devices were not recorded before it, so check them by hand");
        };
        match applied(snapshot, inspection) {
            Applied::Wholly => Decision::Confirm,
            Applied::Unknown => doubt(&why_unknown(inspection)),
            Applied::NotWholly if record.approval_code().is_some() => {
                self.queued(inspection, record, planned, since)
            }
            Applied::NotWholly => self
                .has_new_device(devices, Some(snapshot), planned)
                .or_else(|| self.limits(inspection, devices))
                .unwrap_or_else(|| self.allow(None, true, since)),
        }
    }

    /// A request of the user was queued for approval. `doubt` is the time since which an approved one may have been applied.
    fn queued(
        &self,
        inspection: &Inspection,
        record: &UserRecord,
        planned: Option<&UserRecord>,
        doubt: Option<SystemTime>,
    ) -> Decision {
        let pending = || {
            let mut error = Error::new(Status::ApprovalPending, Status::ApprovalPending.message());
            error.approval_code = record.approval_code().map(str::to_owned);
            error
        };
        match inspection.approval {
            Some(Approval::Approved) => {}
            Some(Approval::Completed) => return Decision::Confirm,
            Some(how @ (Approval::Rejected | Approval::Cancelled | Approval::Expired)) => {
                return Decision::Decline(how, pending());
            }
            Some(Approval::Waiting) => return Decision::Report(pending()),
            Some(Approval::Unlisted) => {
                let mut error = pending();
                error.message = "the approval request is no longer listed; look for it in the Intune admin center, or begin another journal to request approval again".into();
                return Decision::Report(error);
            }
            None => {
                let mut error = pending();
                error.message = match &inspection.error {
                    Some(why) => format!("still queued for approval as far as is known: {why}"),
                    None => "still queued for approval as far as is known; reading the approval requests was not possible".into(),
                };
                return Decision::Report(error);
            }
        }
        if let Some(error) = &inspection.error {
            return Decision::Report(error.clone());
        }
        let code = record.approval_code();
        let Some(devices) = inspection.devices() else {
            if record.snapshot().is_some() || self.has_plan {
                let mut error = pending();
                error.message = "approved, but the devices were not read, so they cannot be compared with those seen before; grant DeviceManagementManagedDevices.Read.All".into();
                return Decision::Report(error);
            }
            return self.allow(code, false, None);
        };
        self.has_new_device(devices, record.snapshot(), planned)
            .or_else(|| self.limits(inspection, devices))
            .unwrap_or_else(|| self.allow(code, doubt.is_some(), doubt))
    }

    /// Refuses a user with a device that the snapshot or the plan lacks.
    fn has_new_device(
        &self,
        devices: &[Device],
        baseline: Option<&[SnapshotDevice]>,
        planned: Option<&UserRecord>,
    ) -> Option<Decision> {
        let planned = match (self.has_plan, planned) {
            (false, _) => None,
            (true, Some(planned)) => Some(planned.snapshot().unwrap_or_default()),
            (true, None) => {
                return Some(skip(Reason::NewDevice, "the plan does not hold this user"));
            }
        };
        let missing_from = |snapshot: Option<&[SnapshotDevice]>| {
            let snapshot = snapshot?;
            devices.iter().find(|device| {
                !snapshot
                    .iter()
                    .any(|seen| seen.id.eq_ignore_ascii_case(&device.id))
            })
        };
        let new = missing_from(baseline).or_else(|| missing_from(planned))?;
        Some(new_device(new))
    }

    fn limits(&self, inspection: &Inspection, devices: &[Device]) -> Option<Decision> {
        if devices.is_empty() {
            return Some(skip(
                Reason::NothingListed,
                "the service lists no device of the user that this sign-in may see, so no device can be retired",
            ));
        }
        if devices.len() > self.max_devices {
            return Some(skip(
                Reason::TooManyDevices,
                &format!(
                    "{} devices, more than the limit of {}",
                    devices.len(),
                    self.max_devices
                ),
            ));
        }
        let all = devices
            .iter()
            .flat_map(|device| &device.warnings)
            .chain(inspection.devices.iter().flat_map(|list| &list.warnings));
        let mut blocking: Vec<&str> = all
            .filter(|warning| warning.code.blocks(&self.accepted))
            .map(|warning| warning.code.name())
            .collect();
        blocking.sort_unstable();
        blocking.dedup();
        if blocking.is_empty() {
            return None;
        }
        Some(skip(
            Reason::NeedsConsent,
            &format!(
                "{}; look at the devices, then accept these warnings by name",
                blocking.join(", ")
            ),
        ))
    }

    /// Decides over a user whose devices were not read.
    fn without_devices(&self, known: &Known<'_>) -> Decision {
        let seen_before = known.resumed.is_some_and(|record| record.snapshot().is_some());
        let error = |what: &str| {
            Error::new(
                Status::PermissionDenied,
                format!(
                    "the devices were not read, so {what}; switch reading on, or grant DeviceManagementManagedDevices.Read.All"
                ),
            )
        };
        if self.preview {
            Decision::EndRun(error("no device can be previewed"))
        } else if self.has_plan {
            Decision::EndRun(error("they cannot be compared with the plan"))
        } else if seen_before {
            Decision::Report(error("they cannot be compared with those seen before"))
        } else {
            self.allow(None, false, None)
        }
    }

    fn allow(
        &self,
        approval_code: Option<&str>,
        resolves_doubt: bool,
        since: Option<SystemTime>,
    ) -> Decision {
        if self.preview {
            return skip(Reason::Preview, "a run would retire these devices");
        }
        Decision::Send {
            approval_code: approval_code.map(str::to_owned),
            resolves_doubt,
            since,
        }
    }
}

/// Refuses a user with a device that was not there when this run inspected the user first.
fn changed(known: &Known<'_>) -> Option<Decision> {
    let (seen, devices) = (known.seen?, known.inspection.devices()?);
    let is_new = |device: &&Device| !seen.iter().any(|seen| seen.id.eq_ignore_ascii_case(&device.id));
    devices.iter().find(is_new).map(new_device)
}

fn new_device(device: &Device) -> Decision {
    let name = device
        .name
        .as_deref()
        .map_or_else(|| "without a name".to_owned(), quoted);
    skip(
        Reason::NewDevice,
        &format!(
            "the device {name} ({}) was not there before and would be retired too; look at it, then retire the user by another journal or by hand",
            device.id
        ),
    )
}

fn skip(reason: Reason, why: &str) -> Decision {
    Decision::Skip(reason, why.to_owned())
}

/// The refusal by a second administrator, as it was recorded.
fn declined(record: &UserRecord) -> Error {
    record
        .declined()
        .and_then(ResultRecord::error)
        .unwrap_or_else(|| Error::new(Status::Rejected, "the approval request was not approved"))
}

#[cfg(test)]
mod tests;
