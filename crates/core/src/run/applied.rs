//! Whether the devices of a user show that the action was applied.

use super::inspect::Inspection;
use crate::device::{ManagementState, Standing};
use crate::journal::SnapshotDevice;
use crate::lookup::Found;

/// Whether the action was applied to all devices of a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Applied {
    Wholly,
    NotWholly,
    Unknown,
}

/// The action counts as applied when every device is gone or retiring and at least one changed its state since the snapshot. A device
/// that was pending before, or is being wiped, is no evidence of it.
pub(super) fn applied(snapshot: &[SnapshotDevice], inspection: &Inspection) -> Applied {
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
            (None, Some((_, Found::Unreadable(_))) | None) => return Applied::Unknown,
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
            Standing::Unknown => return Applied::Unknown,
        }
    }
    if all_reached && shown {
        Applied::Wholly
    } else {
        Applied::NotWholly
    }
}

/// Why the state of a device is unknown.
pub(super) fn why_unknown(inspection: &Inspection) -> String {
    let mut why = inspection.unlisted.iter().filter_map(|(_, found)| match found {
        Found::Unreadable(error) => Some(error.message.clone()),
        _ => None,
    });
    why.next().unwrap_or_else(|| {
        "the state of a device does not show whether it was, so check the device by hand".to_owned()
    })
}
