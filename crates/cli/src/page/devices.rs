//! The devices of a person: as they were before, and what a verification found.

use std::collections::BTreeMap;

use graph_devices::history::User;
use graph_devices::{Verdict, VerifiedDevice, visible};
use serde::Serialize;

use super::people::Standing;

/// One device.
#[derive(Serialize)]
pub(super) struct Device {
    pub(super) name: String,
    pub(super) id: String,
    pub(super) os: Option<String>,
    pub(super) serial: Option<String>,
    /// The state before anything was sent.
    pub(super) before: Option<String>,
    pub(super) enrolled: Option<String>,
    #[serde(serialize_with = "name")]
    pub(super) verdict: Option<Verdict>,
    /// The state at the newest verification.
    pub(super) state: Option<String>,
    /// When the retire began, by the service.
    pub(super) since: Option<String>,
    pub(super) detail: Option<String>,
}

#[expect(
    clippy::ref_option,
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference to the field"
)]
fn name<S: serde::Serializer>(verdict: &Option<Verdict>, serializer: S) -> Result<S::Ok, S::Error> {
    verdict.map(Verdict::name).serialize(serializer)
}

impl Device {
    /// Where the device stands, of a person to whom the action was or may have been applied.
    pub(super) fn standing(&self) -> Standing {
        match self.verdict {
            Some(Verdict::Gone) => Standing::Settled,
            Some(Verdict::Pending) | None => Standing::Waits,
            Some(_) => Standing::Open,
        }
    }
}

/// The devices of a user; `None` if they are not known.
pub(super) fn of(user: &User<'_>) -> Option<Vec<Device>> {
    let verified = user
        .verified()
        .map(|verified| verified.devices)
        .unwrap_or_default();
    let mut found: BTreeMap<&str, &VerifiedDevice> = verified
        .iter()
        .map(|device| (device.id.as_str(), device))
        .collect();
    let listed = user.devices()?.map(|device| {
        let verified = found.remove(device.id);
        let shown = |text: Option<&str>| text.map(visible);
        Device {
            name: visible(device.name.unwrap_or(device.id)),
            id: visible(device.id),
            os: shown(device.os),
            serial: shown(device.serial),
            before: shown(device.state),
            enrolled: shown(device.enrolled),
            verdict: verified.map(|device| device.verdict),
            state: shown(verified.and_then(|device| device.state.as_deref())),
            since: shown(verified.and_then(|device| device.since.as_deref())),
            detail: shown(verified.and_then(|device| device.detail.as_deref())),
        }
    });
    Some(listed.collect())
}
