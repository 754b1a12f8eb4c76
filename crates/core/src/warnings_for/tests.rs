//! One row per warning, each seen present and absent.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::error::Result;
use crate::testing::{any_date, any_json};

const ADELE: &str = "10000000-0000-4000-8000-00000000000a";
const ALEX: &str = "20000000-0000-4000-8000-00000000000b";

/// 2024-06-15T12:00:00Z
fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_718_452_800)
}

fn circumstances() -> Circumstances<'static> {
    Circumstances {
        now: now(),
        user_id: Some(ADELE),
        max_devices: 2,
    }
}

/// A personal phone without warnings, with some members replaced.
fn device(members: &Value) -> Result<Device> {
    let mut element = json!({
        "id": "d1", "operatingSystem": "iOS", "managedDeviceOwnerType": "personal", "managementState": "managed",
        "managementAgent": "mdm", "deviceEnrollmentType": "userEnrollment",
        "enrolledDateTime": "2023-11-01T08:00:00Z", "lastSyncDateTime": "2024-06-14T12:00:00.1234567Z",
        "managementCertificateExpirationDate": "2024-11-01T08:00:00Z", "userId": ADELE
    });
    for (name, value) in members.as_object().into_iter().flatten() {
        element[name.as_str()] = value.clone();
    }
    Device::from_json(&element)
}

fn codes(warnings: &[Warning]) -> Vec<WarningCode> {
    warnings.iter().map(|warning| warning.code).collect()
}

/// A warning, the members that cause it, and similar ones that do not.
type Case = (WarningCode, Vec<Value>, Vec<Value>);

#[allow(clippy::too_many_lines, reason = "a table")]
fn cases() -> Vec<Case> {
    let windows = |owner: &str, enrollment: &str| json!({"operatingSystem": "Windows", "managedDeviceOwnerType": owner, "deviceEnrollmentType": enrollment});
    let android = |system: &str, owner: &str, enrollment: &str| json!({"operatingSystem": system, "managedDeviceOwnerType": owner, "deviceEnrollmentType": enrollment});
    let one = |name: &str, values: &[&str]| {
        values
            .iter()
            .map(|value| json!({name: value}))
            .collect::<Vec<_>>()
    };
    vec![
        (
            WarningCode::EntraJoinedWindows,
            vec![
                windows("company", "windowsAzureADJoin"),
                windows("personal", "windowsAzureADJoin"),
                windows("personal", "WindowsAzureADJoinUsingDeviceAuth"),
                windows("personal", "windowsBulkAzureDomainJoin"),
                windows("company", "azureAdJoinUsingAzureVmExtension"),
                windows("company", "windowsAutoEnrollment"),
                windows("company", "windowsCoManagement"),
                windows("unknown", "userEnrollment"),
                json!({"operatingSystem": "windows 10", "managedDeviceOwnerType": null, "deviceEnrollmentType": null}),
            ],
            vec![
                windows("personal", "windowsAutoEnrollment"),
                windows("personal", "userEnrollment"),
                json!({"operatingSystem": "Windows", "azureADRegistered": true}),
                json!({"operatingSystem": "macOS", "managedDeviceOwnerType": "company", "azureADRegistered": true}),
            ],
        ),
        (
            WarningCode::PlatformWithoutRetire,
            vec![
                android("Android", "company", "userEnrollment"),
                android("Android", "company", "unknownFutureValue"),
                android("Android", "unknown", "unknown"),
                android("AndroidEnterprise", "personal", "userEnrollment"),
                android("Android", "personal", "androidEnterpriseFullyManaged"),
                android("Android", "personal", "androidEnterpriseCorporateWorkProfile"),
                android("Android", "personal", "androidAOSPUserOwnedDeviceEnrollment"),
                android("Android (AOSP)", "personal", "unknown"),
                json!({"operatingSystem": "ChromeOS"}),
                json!({"operatingSystem": "Linux"}),
                json!({"operatingSystem": "tvOS"}),
                json!({"operatingSystem": null}),
            ],
            vec![
                android("Android", "personal", "userEnrollment"),
                android("AndroidForWork", "Personal", "userEnrollment"),
                android("Windows", "personal", "userEnrollment"),
                json!({"operatingSystem": "iPadOS"}),
                json!({"operatingSystem": "iPhone"}),
                json!({"operatingSystem": "macOS", "managedDeviceOwnerType": "company"}),
                json!({"operatingSystem": "Mac OS X"}),
            ],
        ),
        (
            WarningCode::StaleSync,
            one(
                "lastSyncDateTime",
                &[
                    "2024-05-16T11:59:59Z",
                    "1999-12-31T23:59:59Z",
                    "2024-05-01 00:00:00",
                ],
            ),
            one(
                "lastSyncDateTime",
                &[
                    "2024-05-16T12:00:00Z",
                    "2024-06-15T12:00:00Z",
                    "2024-07-01T00:00:00Z",
                    "0001-01-01T00:00:00Z",
                    "9999-12-31T23:59:59Z",
                    "",
                    "never",
                    "2024-05-32T00:00:00Z",
                ],
            ),
        ),
        (
            WarningCode::CertificateExpired,
            one(
                "managementCertificateExpirationDate",
                &["2024-06-15T11:59:59Z", "2001-01-01T00:00:00Z"],
            ),
            one(
                "managementCertificateExpirationDate",
                &[
                    "2024-06-15T12:00:00Z",
                    "2024-06-15T12:00:01Z",
                    "0001-01-01T00:00:00Z",
                    "9999-12-31T23:59:59Z",
                    "soon",
                ],
            ),
        ),
        (
            WarningCode::AlreadyPending,
            one(
                "managementState",
                &[
                    "retireIssued",
                    "retirePending",
                    "wipeIssued",
                    "wipePending",
                    "DeletePending",
                ],
            ),
            one(
                "managementState",
                &[
                    "managed",
                    "unhealthy",
                    "discovered",
                    "retireFailed",
                    "retireCanceled",
                    "wipeFailed",
                    "wipeCanceled",
                    "unknownFutureValue",
                    "retired",
                ],
            ),
        ),
        (
            WarningCode::EnrolledToday,
            one(
                "enrolledDateTime",
                &[
                    "2024-06-14T12:00:01Z",
                    "2024-06-15T11:00:00.5Z",
                    "2024-06-15T18:00:00Z",
                ],
            ),
            one(
                "enrolledDateTime",
                &[
                    "2024-06-14T12:00:00Z",
                    "0001-01-01T00:00:00Z",
                    "9999-12-31T23:59:59Z",
                    "2024-06-15",
                    "today",
                ],
            ),
        ),
        (
            WarningCode::ManagedElsewhere,
            one(
                "managementAgent",
                &["eas", "msSense", "MSSENSE", "jamf", "configurationManagerClient"],
            ),
            one(
                "managementAgent",
                &[
                    "mdm",
                    "easMdm",
                    "configurationManagerClientMdm",
                    "googleCloudDevicePolicyController",
                    "unknown",
                    "",
                ],
            ),
        ),
        (
            WarningCode::SharedDevice,
            one(
                "deviceEnrollmentType",
                &[
                    "deviceEnrollmentManager",
                    "appleBulkWithoutUser",
                    "WindowsBulkUserless",
                    "windowsBulkAzureDomainJoin",
                    "androidEnterpriseDedicatedDevice",
                    "androidAOSPUserlessDeviceEnrollment",
                    "appleSharedIPad",
                ],
            ),
            one(
                "deviceEnrollmentType",
                &[
                    "appleBulkWithUser",
                    "userEnrollment",
                    "windowsAzureADJoin",
                    "appleUserEnrollment",
                    "unknown",
                ],
            ),
        ),
    ]
}

#[test]
fn each_warning_of_a_device_present_and_absent() -> Result<()> {
    let mut seen = Vec::new();
    for (code, present, absent) in cases() {
        for (members, expected) in present
            .iter()
            .map(|m| (m, true))
            .chain(absent.iter().map(|m| (m, false)))
        {
            let mut devices = [device(members)?];
            assert_eq!(add_warnings(&mut devices, &circumstances()), [], "{members}");
            let found = codes(&devices[0].warnings);
            assert_eq!(found.contains(&code), expected, "{code} of {members}: {found:?}");
        }
        seen.push(code);
    }
    seen.extend([
        WarningCode::ManyDevices,
        WarningCode::SeveralUsers,
        WarningCode::AnotherUser,
    ]);
    assert_eq!(seen, WarningCode::all());
    let mut good = [device(&json!({}))?];
    add_warnings(&mut good, &circumstances());
    assert_eq!(good[0].warnings, []);
    Ok(())
}

#[test]
fn each_warning_of_a_user_present_and_absent() -> Result<()> {
    use WarningCode::{AnotherUser, ManyDevices, SeveralUsers};
    let no_user = "00000000-0000-0000-0000-000000000000";
    let upper = ADELE.to_ascii_uppercase();
    for (users, resolved, expected) in [
        (&[][..], Some(ADELE), &[][..]),
        (&[ADELE, ADELE], Some(ADELE), &[]),
        (&[ADELE, &upper], Some(&upper), &[]),
        (&[ADELE, no_user], Some(ADELE), &[]),
        (&[ADELE, ""], Some(ADELE), &[]),
        (&[ADELE, ADELE, ADELE], Some(ADELE), &[ManyDevices]),
        (&[ADELE, ALEX], Some(ADELE), &[SeveralUsers, AnotherUser]),
        (&[ADELE, ALEX], None, &[SeveralUsers]),
        (&[ALEX], Some(ADELE), &[AnotherUser]),
        (&[ALEX], None, &[]),
    ] {
        let mut devices = users
            .iter()
            .map(|user| device(&json!({"userId": user})))
            .collect::<Result<Vec<_>>>()?;
        let circumstances = Circumstances {
            user_id: resolved,
            ..circumstances()
        };
        let found = add_warnings(&mut devices, &circumstances);
        assert_eq!(codes(&found), expected, "{users:?} for {resolved:?}");
        assert!(devices.iter().all(|device| device.warnings.is_empty()));
    }
    Ok(())
}

#[test]
fn a_device_without_properties_gets_warnings() -> Result<()> {
    let mut devices = [Device::from_json(&json!({"id": "d1"}))?];
    add_warnings(&mut devices, &circumstances());
    assert_eq!(codes(&devices[0].warnings), [WarningCode::PlatformWithoutRetire]);
    let again = devices[0].clone();
    add_warnings(&mut devices, &circumstances());
    assert_eq!(devices[0], again, "adding them again changes nothing");
    Ok(())
}

proptest! {
    #[test]
    fn never_panics_for_any_device(element in any_json(), dates in prop::array::uniform3(any_date()), seconds in any::<u32>()) {
        let mut devices = vec![Device {
            id: "d1".into(),
            enrolled: Some(dates[0].clone()),
            last_sync: Some(dates[1].clone()),
            certificate_expires: Some(dates[2].clone()),
            ..Device::default()
        }];
        devices.extend(Device::from_json(&element));
        let circumstances = Circumstances {
            now: SystemTime::UNIX_EPOCH + Duration::from_secs(seconds.into()),
            user_id: None,
            max_devices: 0,
        };
        prop_assert_eq!(codes(&add_warnings(&mut devices, &circumstances)), [WarningCode::ManyDevices]);
    }
}
