//! The words of a report, each in one sentence.

use graph_devices::{Outcome, Reason, Verdict};

/// What an outcome means.
pub(super) fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Accepted => "The service took the order (HTTP 204). Accepted is not yet retired.",
        Outcome::Confirmed => {
            "No answer arrived, but a later read of the devices shows that the action was applied."
        }
        Outcome::AwaitingApproval => {
            "Multi Admin Approval queued the request; nothing is retired before a second administrator approves it."
        }
        Outcome::Failed => "The service refused the request, or it never arrived: nothing was done.",
        Outcome::Unknown => {
            "The action may have been applied; only a look at the devices shows whether it was."
        }
        Outcome::Skipped => "Nothing was sent for this person, for the reason that is shown.",
        _ => "An outcome of a later release.",
    }
}

/// What a reason to skip means.
pub(super) fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::None => "",
        Reason::DoneBefore => "An earlier run had finished this person.",
        Reason::NothingListed => "No device was listed for this person.",
        Reason::NewDevice => "The person has a device that was not there when the devices were first read.",
        Reason::IdentityChanged => "The name belongs to another account than before.",
        Reason::TooManyDevices => "The person has more devices than the limit of the run.",
        Reason::Excluded => "The person was on the list of exclusions, or is the one who signed in.",
        Reason::Preview => "The devices were read in a preview; nothing was sent.",
        Reason::Stopped => "The run ended before this person's turn.",
        Reason::NeedsConsent => "A device has a warning that has to be accepted before it is retired.",
        _ => "A reason of a later release.",
    }
}

/// What a verdict over a device means.
pub(super) fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Gone => "The service no longer lists the device: it has retired, or its record was deleted.",
        Verdict::Pending => "The retire is ordered, and the device has not checked in since.",
        Verdict::StillManaged => "The device is managed as before.",
        Verdict::NeedsPerson => "The retire failed, was cancelled, or is not supported by the device.",
        Verdict::CannotTell => "The device could not be read, or its state does not show it.",
        _ => "A verdict of a later release.",
    }
}

/// What a person does about a device with this verdict.
pub(super) fn next(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::StillManaged | Verdict::CannotTell => {
            "verify again; if it stays so, look at the device in the Intune admin center"
        }
        Verdict::NeedsPerson => "retire, wipe or delete the device in the Intune admin center",
        _ => "",
    }
}
