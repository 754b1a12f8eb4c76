//! Whether a user is sent: every rule of safety, as a pure decision over what is known.

use std::time::SystemTime;

use super::inspect::Inspection;
use super::options::RunOptions;
use super::protected_users::ProtectedUsers;
use crate::approvals::Approval;
use crate::device::{Device, ManagementState, Standing};
use crate::error::Error;
use crate::journal::{ResultRecord, SnapshotDevice, UserRecord, UserState};
use crate::lookup::Found;
use crate::status::{Effect, Reason, Status};
use crate::text::quoted;

/// What a run does about one user.
#[derive(Debug)]
pub(super) enum Decision {
    /// Send the action.
    Send {
        /// Of an approved request.
        approval_code: Option<String>,
        /// Whether the read that was made resolves_doubt a doubt: the action is known not to have been applied before.
        resolves_doubt: bool,
        /// Since when a request of this user may wait for approval, if an earlier run sent it.
        since: Option<SystemTime>,
    },
    /// Leave the user alone.
    Skip(Reason, String),
    /// It was applied already, though no answer said so.
    Confirm,
    /// The outcome stands without a request.
    Report(Error),
    /// The same, and every user would meet it.
    EndRun(Error),
    /// The request for approval ended without one, which is final.
    Decline(Approval, Error),
}

/// What holds for every user of a run.
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
    /// What the journal that is resumed says.
    pub(super) resumed: Option<&'a UserRecord>,
    /// What the plan says, if there is one.
    pub(super) planned: Option<&'a UserRecord>,
    /// The devices that this run saw, if it looks a second time.
    pub(super) seen: Option<&'a [Device]>,
}

impl Rules {
    pub(super) fn new(options: &RunOptions, protected: ProtectedUsers) -> Self {
        Self {
            protected,
            accepted: options.accept.clone(),
            max_devices: options.max_devices_per_user,
            preview: options.preview,
            has_plan: options.plan.is_some(),
        }
    }

    /// What can be said of a name or id alone, before anything is read.
    pub(super) fn refuse(&self, user: &str) -> Option<Decision> {
        self.protected.refuse(user).map(|why| skip(Reason::Excluded, why))
    }

    /// What can be said of a resumed that needs no look at the service.
    pub(super) fn recall(resumed: &UserRecord) -> Option<Decision> {
        match resumed.state() {
            UserState::Done(_) => Some(skip(Reason::DoneBefore, "an earlier run did it")),
            UserState::Declined => Some(Decision::Report(declined(resumed))),
            _ => None,
        }
    }

    /// Decides over a user whose resumed does not settle it.
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
        match resumed.map(|resumed| (resumed.state(), resumed)) {
            Some((UserState::InDoubt(since), resumed)) => {
                return self.resolve_doubt(inspection, resumed, *planned, Some(since));
            }
            Some((UserState::Queued, resumed)) => return self.queued(inspection, resumed, *planned, None),
            _ => {}
        }
        if let Some(error) = &inspection.error {
            return Decision::Report(error.clone());
        }
        let Some(devices) = inspection.devices() else {
            return self.without_devices(known);
        };
        let baseline = resumed.and_then(|resumed| resumed.snapshot());
        self.has_new_device(devices, baseline, *planned)
            .or_else(|| self.limits(inspection, devices))
            .unwrap_or_else(|| self.allow(None, false, None))
    }

    /// The user is the one that was meant, and may be touched.
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
            .find_map(|resumed| resumed.id());
        if inspection.error.is_none()
            && let Err(mut error) = self.protected.tell_apart(inspection, before)
        {
            if resumed.is_some_and(|resumed| matches!(resumed.state(), UserState::InDoubt(_))) {
                error.effect = Effect::Possible;
            }
            error.approval_code = resumed.and_then(|resumed| resumed.approval_code().map(str::to_owned));
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

    /// Nobody knows whether an earlier send was applied: only the devices tell.
    fn resolve_doubt(
        &self,
        inspection: &Inspection,
        resumed: &UserRecord,
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
        // The service says itself that the approved request was carried out.
        if inspection.approval == Some(Approval::Completed) {
            return Decision::Confirm;
        }
        let (None, Some(devices)) = (&inspection.error, inspection.devices()) else {
            return doubt("the devices cannot be read here, so look at them by hand");
        };
        let Some(snapshot) = resumed.snapshot() else {
            return doubt("the devices of before were not recorded, so look at them by hand");
        };
        match applied(snapshot, inspection) {
            Applied::Wholly => Decision::Confirm,
            Applied::CannotTell => doubt(&unreadable(inspection)),
            Applied::NotWholly if resumed.approval_code().is_some() => {
                self.queued(inspection, resumed, planned, since)
            }
            Applied::NotWholly => self
                .has_new_device(devices, Some(snapshot), planned)
                .or_else(|| self.limits(inspection, devices))
                .unwrap_or_else(|| self.allow(None, true, since)),
        }
    }

    /// A request of the user was queued for approval.
    fn queued(
        &self,
        inspection: &Inspection,
        resumed: &UserRecord,
        planned: Option<&UserRecord>,
        doubt: Option<SystemTime>,
    ) -> Decision {
        let pending = || {
            let mut error = Error::new(Status::ApprovalPending, Status::ApprovalPending.message());
            error.approval_code = resumed.approval_code().map(str::to_owned);
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
                error.message = "the approval request is not listed any more; look for it in the Intune admin center, or begin another journal to ask anew".into();
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
        let code = resumed.approval_code();
        let Some(devices) = inspection.devices() else {
            if resumed.snapshot().is_some() || self.has_plan {
                let mut error = pending();
                error.message = "approved, but the devices were not read, so they cannot be compared with those seen before; grant DeviceManagementManagedDevices.Read.All".into();
                return Decision::Report(error);
            }
            return self.allow(code, false, None);
        };
        self.has_new_device(devices, resumed.snapshot(), planned)
            .or_else(|| self.limits(inspection, devices))
            .unwrap_or_else(|| self.allow(code, doubt.is_some(), doubt))
    }

    /// A person who looked at a list of devices did not see these.
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
        let lacks = |snapshot: Option<&[SnapshotDevice]>| {
            let snapshot = snapshot?;
            devices.iter().find(|device| {
                !snapshot
                    .iter()
                    .any(|seen| seen.id.eq_ignore_ascii_case(&device.id))
            })
        };
        let new = lacks(baseline).or_else(|| lacks(planned))?;
        Some(new_device(new))
    }

    fn limits(&self, inspection: &Inspection, devices: &[Device]) -> Option<Decision> {
        if devices.is_empty() {
            return Some(skip(
                Reason::NothingListed,
                "no device is listed for the user, none that this sign-in may see, so there is nothing to retire",
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

    /// The devices were not read.
    fn without_devices(&self, known: &Known<'_>) -> Decision {
        let seen_before = known.resumed.is_some_and(|resumed| resumed.snapshot().is_some());
        let error = |what: &str| {
            Error::new(
                Status::PermissionDenied,
                format!(
                    "the devices were not read, so {what}; switch reading on, or grant DeviceManagementManagedDevices.Read.All"
                ),
            )
        };
        if self.preview {
            Decision::EndRun(error("there is nothing to preview"))
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

/// Whether the action was applied to the devices of a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Applied {
    Wholly,
    NotWholly,
    CannotTell,
}

/// Nothing is left to do where every device is gone or on its way out. That it was this action is shown by one that has
/// gone or begun to retire since the snapshot: what was pending before, or is being wiped, tells nothing of it.
fn applied(snapshot: &[SnapshotDevice], inspection: &Inspection) -> Applied {
    let (mut all_reached, mut shown) = (true, false);
    for before in snapshot {
        let unlisted = inspection.unlisted.iter().find(|(id, _)| *id == before.id);
        let state = match (inspection.device(&before.id), unlisted) {
            (Some(device), _) => &device.state,
            (None, Some((_, Found::Listed(listed)))) => &listed.state,
            (None, Some((_, Found::Gone))) => {
                shown = true;
                continue;
            }
            (None, Some((_, Found::Unreadable(_))) | None) => return Applied::CannotTell,
        };
        let has_changed = before
            .state
            .as_deref()
            .is_none_or(|before| ManagementState::parse(before) != *state);
        match state.standing() {
            Standing::Retiring => shown |= has_changed,
            Standing::OthersAction => {}
            // A retire that failed since the snapshot was ordered since.
            Standing::NeedsPerson if has_changed && state.is_of_retire() => shown = true,
            Standing::NeedsPerson | Standing::Managed => all_reached = false,
            Standing::Unknown => return Applied::CannotTell,
        }
    }
    if all_reached && shown {
        Applied::Wholly
    } else {
        Applied::NotWholly
    }
}

/// Why what became of a device cannot be told.
fn unreadable(inspection: &Inspection) -> String {
    let mut why = inspection.unlisted.iter().filter_map(|(_, found)| match found {
        Found::Unreadable(error) => Some(error.message.clone()),
        _ => None,
    });
    why.next()
        .unwrap_or_else(|| "what became of a device does not tell, so look at it by hand".to_owned())
}

/// The devices are not those that this run saw when it looked first.
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

/// The refusal by a second administrator, told again.
fn declined(resumed: &UserRecord) -> Error {
    resumed
        .declined()
        .and_then(ResultRecord::error)
        .unwrap_or_else(|| Error::new(Status::Rejected, "the approval request was not approved"))
}

#[cfg(test)]
mod tests;
