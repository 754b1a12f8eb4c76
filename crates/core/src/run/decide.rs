//! Whether a user is sent: every rule of safety, as a pure decision over what is known.

use std::time::SystemTime;

use super::look::Look;
use super::options::RunOptions;
use super::people::People;
use crate::approvals::Approval;
use crate::device::{Device, ManagementState, Standing};
use crate::error::Error;
use crate::journal::{Past, ResultRecord, SnapshotDevice, State};
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
        /// Whether the read that was made settles a doubt: the action is known not to have been applied before.
        settles: bool,
        /// Since when a request of this user may wait for approval, if an earlier run sent it.
        since: Option<SystemTime>,
    },
    /// Leave the user alone.
    Skip(Reason, String),
    /// It was applied already, though no answer said so.
    Confirm,
    /// The outcome stands without a request.
    Tell(Error),
    /// The same, and every user would meet it.
    End(Error),
    /// The request for approval ended without one, which is final.
    Decline(Approval, Error),
}

/// What holds for every user of a run.
#[derive(Debug, Default)]
pub(super) struct Rules {
    pub(super) people: People,
    accepted: Vec<crate::warning::WarningCode>,
    pub(super) max_devices: usize,
    preview: bool,
    has_plan: bool,
}

/// What is known of one user.
pub(super) struct Known<'a> {
    pub(super) look: &'a Look,
    /// What the journal that is resumed says.
    pub(super) past: Option<&'a Past>,
    /// What the plan says, if there is one.
    pub(super) plan: Option<&'a Past>,
    /// The devices that this run saw, if it looks a second time.
    pub(super) seen: Option<&'a [Device]>,
}

impl Rules {
    pub(super) fn new(options: &RunOptions, people: People) -> Self {
        Self {
            people,
            accepted: options.accept_warnings.clone(),
            max_devices: options.max_devices_per_user,
            preview: options.preview,
            has_plan: options.plan.is_some(),
        }
    }

    /// What can be said of a name or id alone, before anything is read.
    pub(super) fn refuse(&self, user: &str) -> Option<Decision> {
        self.people.refuse(user).map(|why| skip(Reason::Excluded, why))
    }

    /// What can be said of a past that needs no look at the service.
    pub(super) fn recall(past: &Past) -> Option<Decision> {
        match past.state() {
            State::Done(_) => Some(skip(Reason::DoneBefore, "an earlier run did it")),
            State::Declined => Some(Decision::Tell(declined(past))),
            _ => None,
        }
    }

    /// Decides over a user whose past does not settle it.
    pub(super) fn decide(&self, known: &Known<'_>) -> Decision {
        let Known { look, past, plan, .. } = known;
        if let Some(decision) = self.identity(known).or_else(|| changed(known)) {
            return decision;
        }
        match past.map(|past| (past.state(), past)) {
            Some((State::Doubt(since), past)) => {
                return self.settle(look, past, *plan, Some(since));
            }
            Some((State::Queued, past)) => return self.queued(look, past, *plan, None),
            _ => {}
        }
        if let Some(error) = &look.error {
            return Decision::Tell(error.clone());
        }
        let Some(devices) = look.devices() else {
            return self.unseen(known);
        };
        let baseline = past.and_then(|past| past.snapshot());
        self.grown(devices, baseline, *plan)
            .or_else(|| self.limits(look, devices))
            .unwrap_or_else(|| self.go(None, false, None))
    }

    /// The user is the one that was meant, and may be touched.
    fn identity(&self, known: &Known<'_>) -> Option<Decision> {
        let Known { look, past, plan, .. } = known;
        if let Some(why) = &look.renamed {
            return Some(skip(Reason::IdentityChanged, why));
        }
        if let Some(why) = self.people.refuse_known(known) {
            return Some(skip(Reason::Excluded, why));
        }
        let before = [past, plan].into_iter().flatten().find_map(|past| past.id());
        if look.error.is_none()
            && let Err(mut error) = self.people.tell_apart(look, before)
        {
            if past.is_some_and(|past| matches!(past.state(), State::Doubt(_))) {
                error.effect = Effect::Possible;
            }
            error.approval_code = past.and_then(|past| past.approval_code().map(str::to_owned));
            return Some(Decision::Tell(error));
        }
        let identity = look.identity.as_ref();
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
    fn settle(&self, look: &Look, past: &Past, plan: Option<&Past>, since: Option<SystemTime>) -> Decision {
        let doubt = |why: &str| {
            let mut error = look
                .error
                .clone()
                .unwrap_or_else(|| Error::new(Status::Interrupted, ""));
            error.effect = Effect::Possible;
            error.message = match &look.error {
                Some(error) => format!("an earlier send may have been applied, and {error}"),
                None => format!("an earlier send may have been applied; {why}"),
            };
            Decision::Tell(error)
        };
        // The service says itself that the approved request was carried out.
        if look.approval == Some(Approval::Completed) {
            return Decision::Confirm;
        }
        let (None, Some(devices)) = (&look.error, look.devices()) else {
            return doubt("the devices cannot be read here, so look at them by hand");
        };
        let Some(snapshot) = past.snapshot() else {
            return doubt("the devices of before were not recorded, so look at them by hand");
        };
        match applied(snapshot, look) {
            Applied::Wholly => Decision::Confirm,
            Applied::CannotTell => doubt(&unreadable(look)),
            Applied::NotWholly if past.approval_code().is_some() => self.queued(look, past, plan, since),
            Applied::NotWholly => self
                .grown(devices, Some(snapshot), plan)
                .or_else(|| self.limits(look, devices))
                .unwrap_or_else(|| self.go(None, true, since)),
        }
    }

    /// A request of the user was queued for approval.
    fn queued(&self, look: &Look, past: &Past, plan: Option<&Past>, doubt: Option<SystemTime>) -> Decision {
        let pending = || {
            let mut error = Error::new(Status::ApprovalPending, Status::ApprovalPending.message());
            error.approval_code = past.approval_code().map(str::to_owned);
            error
        };
        match look.approval {
            Some(Approval::Approved) => {}
            Some(Approval::Completed) => return Decision::Confirm,
            Some(how @ (Approval::Rejected | Approval::Cancelled | Approval::Expired)) => {
                return Decision::Decline(how, pending());
            }
            Some(Approval::Waiting) => return Decision::Tell(pending()),
            Some(Approval::Unlisted) => {
                let mut error = pending();
                error.message = "the approval request is not listed any more; look for it in the Intune admin center, or begin another journal to ask anew".into();
                return Decision::Tell(error);
            }
            None => {
                let mut error = pending();
                error.message = match &look.error {
                    Some(why) => format!("still queued for approval as far as is known: {why}"),
                    None => "still queued for approval as far as is known; reading the approval requests was not possible".into(),
                };
                return Decision::Tell(error);
            }
        }
        if let Some(error) = &look.error {
            return Decision::Tell(error.clone());
        }
        let code = past.approval_code();
        let Some(devices) = look.devices() else {
            if past.snapshot().is_some() || self.has_plan {
                let mut error = pending();
                error.message = "approved, but the devices were not read, so they cannot be compared with those seen before; grant DeviceManagementManagedDevices.Read.All".into();
                return Decision::Tell(error);
            }
            return self.go(code, false, None);
        };
        self.grown(devices, past.snapshot(), plan)
            .or_else(|| self.limits(look, devices))
            .unwrap_or_else(|| self.go(code, doubt.is_some(), doubt))
    }

    /// A person who looked at a list of devices did not see these.
    fn grown(
        &self,
        devices: &[Device],
        baseline: Option<&[SnapshotDevice]>,
        plan: Option<&Past>,
    ) -> Option<Decision> {
        let planned = match (self.has_plan, plan) {
            (false, _) => None,
            (true, Some(plan)) => Some(plan.snapshot().unwrap_or_default()),
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

    fn limits(&self, look: &Look, devices: &[Device]) -> Option<Decision> {
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
            .chain(look.devices.iter().flat_map(|list| &list.warnings));
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
    fn unseen(&self, known: &Known<'_>) -> Decision {
        let seen_before = known.past.is_some_and(|past| past.snapshot().is_some());
        let error = |what: &str| {
            Error::new(
                Status::PermissionDenied,
                format!(
                    "the devices were not read, so {what}; switch reading on, or grant DeviceManagementManagedDevices.Read.All"
                ),
            )
        };
        if self.preview {
            Decision::End(error("there is nothing to preview"))
        } else if self.has_plan {
            Decision::End(error("they cannot be compared with the plan"))
        } else if seen_before {
            Decision::Tell(error("they cannot be compared with those seen before"))
        } else {
            self.go(None, false, None)
        }
    }

    fn go(&self, approval_code: Option<&str>, settles: bool, since: Option<SystemTime>) -> Decision {
        if self.preview {
            return skip(Reason::Preview, "a run would retire these devices");
        }
        Decision::Send {
            approval_code: approval_code.map(str::to_owned),
            settles,
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
fn applied(snapshot: &[SnapshotDevice], look: &Look) -> Applied {
    let (mut all_reached, mut shown) = (true, false);
    for before in snapshot {
        let unlisted = look.unlisted.iter().find(|(id, _)| *id == before.id);
        let state = match (look.device(&before.id), unlisted) {
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
fn unreadable(look: &Look) -> String {
    let mut why = look.unlisted.iter().filter_map(|(_, found)| match found {
        Found::Unreadable(error) => Some(error.message.clone()),
        _ => None,
    });
    why.next()
        .unwrap_or_else(|| "what became of a device does not tell, so look at it by hand".to_owned())
}

/// The devices are not those that this run saw when it looked first.
fn changed(known: &Known<'_>) -> Option<Decision> {
    let (seen, devices) = (known.seen?, known.look.devices()?);
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
fn declined(past: &Past) -> Error {
    past.declined()
        .and_then(ResultRecord::error)
        .unwrap_or_else(|| Error::new(Status::Rejected, "the approval request was not approved"))
}

#[cfg(test)]
mod tests;
