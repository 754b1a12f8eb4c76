//! Adds warnings to the devices of a user. In doubt a device gets the warning: accepting one is cheap, locking a person out
//! is not.

use std::collections::BTreeSet;
use std::time::{Duration, SystemTime};

use crate::device::{Device, Standing};
use crate::warning::{Warning, WarningCode};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const STALE: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Enrolments that join a PC to Entra ID, whether it is personal or not
/// (<https://learn.microsoft.com/graph/api/resources/intune-shared-deviceenrollmenttype>).
const JOINS: [&str; 4] = [
    "windowsAzureADJoin",
    "windowsAzureADJoinUsingDeviceAuth",
    "windowsBulkAzureDomainJoin",
    "azureAdJoinUsingAzureVmExtension",
];

/// Enrolments without a user of their own. `appleBulkWithUser` is not among them: a company's iPhone is enrolled in that
/// way by the person who uses it.
const SHARED: [&str; 5] = [
    "deviceEnrollmentManager",
    "appleBulkWithoutUser",
    "windowsBulkUserless",
    "windowsBulkAzureDomainJoin",
    "androidEnterpriseDedicatedDevice",
];

/// Words that later versions of the service are likely to use for such enrolments.
const SHARED_WORDS: [&str; 5] = ["userless", "withoutuser", "dedicated", "shared", "kiosk"];

/// Agents that are not Intune's: mail, Defender, Jamf, Configuration Manager
/// (<https://learn.microsoft.com/graph/api/resources/intune-devices-managementagenttype>).
const FOREIGN_AGENTS: [&str; 4] = ["eas", "msSense", "jamf", "configurationManagerClient"];

/// The facts that the warnings depend on, in addition to the devices.
pub(crate) struct Circumstances<'a> {
    pub(crate) now: SystemTime,
    /// The object id of the user of the devices, if it is known.
    pub(crate) user_id: Option<&'a str>,
    /// The most devices that one person is expected to have.
    pub(crate) max_devices: usize,
}

/// Writes each device's warnings into it, and returns those of the user, which depend on all devices together.
pub(crate) fn add_warnings(devices: &mut [Device], circumstances: &Circumstances<'_>) -> Vec<Warning> {
    for device in devices.iter_mut() {
        let device_warnings = of_device(device, circumstances.now);
        device.warnings = device_warnings.into_iter().map(Warning::from).collect();
    }
    of_user(devices, circumstances)
        .into_iter()
        .map(Warning::from)
        .collect()
}

fn of_device(device: &Device, now: SystemTime) -> Vec<WarningCode> {
    let age = |date: &Option<String>| Some(now.duration_since(time(date.as_deref()?)?).unwrap_or_default());
    let standing = device.state.standing();
    [
        (WarningCode::EntraJoinedWindows, is_joined_windows(device)),
        (
            WarningCode::PlatformWithoutRetire,
            !is_platform_with_retire(device),
        ),
        (
            WarningCode::StaleSync,
            age(&device.last_sync).is_some_and(|age| age > STALE),
        ),
        (
            WarningCode::CertificateExpired,
            age(&device.certificate_expires).is_some_and(|age| age > Duration::ZERO),
        ),
        (
            WarningCode::AlreadyPending,
            matches!(standing, Standing::Retiring | Standing::OthersAction),
        ),
        // A date in the future means that a clock is wrong, so the device counts as new.
        (
            WarningCode::EnrolledToday,
            age(&device.enrolled).is_some_and(|age| age < DAY),
        ),
        (
            WarningCode::ManagedElsewhere,
            is_one_of(device.management_agent.as_deref(), &FOREIGN_AGENTS),
        ),
        (WarningCode::SharedDevice, is_shared(device)),
    ]
    .into_iter()
    .filter_map(|(code, applies)| applies.then_some(code))
    .collect()
}

fn of_user(devices: &[Device], circumstances: &Circumstances<'_>) -> Vec<WarningCode> {
    let users: BTreeSet<String> = devices
        .iter()
        .filter_map(|device| device.user_id.as_deref())
        .filter(|id| !is_no_user(id))
        .map(str::to_ascii_lowercase)
        .collect();
    let another = circumstances
        .user_id
        .is_some_and(|wanted| users.iter().any(|id| !id.eq_ignore_ascii_case(wanted)));
    [
        (
            WarningCode::ManyDevices,
            devices.len() > circumstances.max_devices,
        ),
        (WarningCode::SeveralUsers, users.len() > 1),
        (WarningCode::AnotherUser, another),
    ]
    .into_iter()
    .filter_map(|(code, applies)| applies.then_some(code))
    .collect()
}

/// Whether a PC is joined to Entra ID, as far as a list shows. `joinType` is not in v1.0, and `azureADRegistered` is true
/// for joined and for registered devices. An enrolment that joins is proof. Of the others, `windowsAutoEnrollment` (a work
/// account was added, or a group policy) and `windowsCoManagement` (Autopilot or a group policy) come with and without a
/// join, so a PC counts as joined unless it is marked personal.
fn is_joined_windows(device: &Device) -> bool {
    is_windows(device) && (is_one_of(device.enrollment_type.as_deref(), &JOINS) || !is_personal(device))
}

/// Whether retire is described for the platform. On Android it is for device administrator and for the personally owned
/// work profile; fully managed, dedicated, corporate work profile and AOSP devices are the company's. Only the beta version
/// names their enrolments, so the device has to be personal, and no name may contradict that
/// (<https://learn.microsoft.com/intune/intune-service/remote-actions/device-retire>).
fn is_platform_with_retire(device: &Device) -> bool {
    let system = lower(device.operating_system.as_deref());
    if system.starts_with("android") {
        let enrollment = lower(device.enrollment_type.as_deref());
        return is_personal(device)
            && system != "androidenterprise"
            && !system.contains("aosp")
            && !enrollment.starts_with("androidenterprise")
            && !enrollment.starts_with("androidaosp");
    }
    is_windows(device)
        || ["ios", "ipados", "iphone", "ipad", "ipod", "mac"]
            .iter()
            .any(|known| system.starts_with(known))
}

fn is_shared(device: &Device) -> bool {
    let enrollment = lower(device.enrollment_type.as_deref());
    is_one_of(device.enrollment_type.as_deref(), &SHARED)
        || SHARED_WORDS.iter().any(|word| enrollment.contains(word))
}

fn is_windows(device: &Device) -> bool {
    lower(device.operating_system.as_deref()).starts_with("windows")
}

fn is_personal(device: &Device) -> bool {
    is_one_of(device.owner_type.as_deref(), &["personal"])
}

/// Whether an id stands for no user: the service writes zeros for a device without a user.
fn is_no_user(id: &str) -> bool {
    id.bytes().all(|byte| byte == b'0' || byte == b'-')
}

fn is_one_of(text: Option<&str>, names: &[&str]) -> bool {
    text.is_some_and(|text| names.iter().any(|name| name.eq_ignore_ascii_case(text)))
}

fn lower(text: Option<&str>) -> String {
    text.unwrap_or_default().trim().to_ascii_lowercase()
}

/// Parses a date of the service. The first and the last year that it can write mean "never", as a text that is not a date
/// does.
fn time(text: &str) -> Option<SystemTime> {
    let text = text.trim();
    if text.starts_with("9999") {
        return None;
    }
    humantime::parse_rfc3339_weak(text).ok()
}

#[cfg(test)]
mod tests;
