//! A managed device as the service lists it: the properties that are requested, and the parser of one element of a list.

use serde_json::Value;

use crate::error::{Error, Result};
use crate::status::Status;
use crate::text::tidy;
use crate::warning::Warning;

/// A device that Intune lists for a user.
///
/// Texts are the service's, each cut to one printable line; dates are as the service wrote them. A property is absent if
/// the service left it out or wrote it in an undocumented form
/// (<https://learn.microsoft.com/graph/api/resources/intune-devices-manageddevice>).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Device {
    /// The id in Intune. Never empty.
    pub id: String,
    /// The name of the device (`deviceName`).
    pub name: Option<String>,
    /// The name that Intune generated (`managedDeviceName`).
    pub managed_name: Option<String>,
    /// The operating system (`operatingSystem`).
    pub operating_system: Option<String>,
    /// The version of the operating system (`osVersion`).
    pub os_version: Option<String>,
    /// The serial number (`serialNumber`).
    pub serial_number: Option<String>,
    /// The model (`model`).
    pub model: Option<String>,
    /// The manufacturer (`manufacturer`).
    pub manufacturer: Option<String>,
    /// The owner: `company` or `personal` (`managedDeviceOwnerType`).
    pub owner_type: Option<String>,
    /// Its state (`managementState`), such as `managed` or `retirePending`, as the service wrote it; empty if it wrote none.
    pub state: ManagementState,
    /// The agent that manages it (`managementAgent`).
    pub management_agent: Option<String>,
    /// How it was enrolled (`deviceEnrollmentType`).
    pub enrollment_type: Option<String>,
    /// Its state of registration (`deviceRegistrationState`).
    pub registration_state: Option<String>,
    /// Whether it complies with the policies (`complianceState`).
    pub compliance_state: Option<String>,
    /// Whether it is encrypted (`isEncrypted`).
    pub is_encrypted: Option<bool>,
    /// Whether it is supervised (`isSupervised`).
    pub is_supervised: Option<bool>,
    /// When it was enrolled, as the service wrote it (`enrolledDateTime`).
    pub enrolled: Option<String>,
    /// When it last checked in, as the service wrote it (`lastSyncDateTime`).
    pub last_sync: Option<String>,
    /// The last time at which it can check in, as the service wrote it (`managementCertificateExpirationDate`).
    pub certificate_expires: Option<String>,
    /// The id of its record in Entra (`azureADDeviceId`).
    pub entra_device_id: Option<String>,
    /// Whether it is registered or joined in Entra (`azureADRegistered`).
    pub entra_registered: Option<bool>,
    /// The object id of its primary or enrolling user (`userId`)
    /// (<https://github.com/microsoftgraph/microsoft-graph-docs/issues/16137>).
    pub user_id: Option<String>,
    /// The user principal name (`userPrincipalName`).
    pub user_principal_name: Option<String>,
    /// The mail address (`emailAddress`).
    pub email_address: Option<String>,
    /// Warnings about retiring this device.
    pub warnings: Vec<Warning>,
}

/// The devices that Intune lists for one user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeviceList {
    /// Each device, with its own warnings.
    pub devices: Vec<Device>,
    /// Warnings about all devices together.
    pub warnings: Vec<Warning>,
}

/// Reads the value of one property into its field.
type Reader = fn(&mut Device, &Value);

/// Every property that is read. The `$select` of the request and the parser both use this table.
const PROPERTIES: [(&str, Reader); 24] = [
    ("id", |d, v| {
        v.as_str().unwrap_or_default().clone_into(&mut d.id);
    }),
    ("deviceName", |d, v| d.name = text(v)),
    ("managedDeviceName", |d, v| d.managed_name = text(v)),
    ("operatingSystem", |d, v| d.operating_system = text(v)),
    ("osVersion", |d, v| d.os_version = text(v)),
    ("serialNumber", |d, v| d.serial_number = text(v)),
    ("model", |d, v| d.model = text(v)),
    ("manufacturer", |d, v| d.manufacturer = text(v)),
    ("managedDeviceOwnerType", |d, v| d.owner_type = text(v)),
    ("managementState", |d, v| {
        d.state = ManagementState::parse(&text(v).unwrap_or_default());
    }),
    ("managementAgent", |d, v| d.management_agent = text(v)),
    ("deviceEnrollmentType", |d, v| d.enrollment_type = text(v)),
    ("deviceRegistrationState", |d, v| d.registration_state = text(v)),
    ("complianceState", |d, v| d.compliance_state = text(v)),
    ("isEncrypted", |d, v| d.is_encrypted = v.as_bool()),
    ("isSupervised", |d, v| d.is_supervised = v.as_bool()),
    ("enrolledDateTime", |d, v| d.enrolled = text(v)),
    ("lastSyncDateTime", |d, v| d.last_sync = text(v)),
    ("managementCertificateExpirationDate", |d, v| {
        d.certificate_expires = text(v);
    }),
    ("azureADDeviceId", |d, v| d.entra_device_id = text(v)),
    ("azureADRegistered", |d, v| d.entra_registered = v.as_bool()),
    ("userId", |d, v| d.user_id = text(v)),
    ("userPrincipalName", |d, v| d.user_principal_name = text(v)),
    ("emailAddress", |d, v| d.email_address = text(v)),
];

impl Device {
    /// The query that requests exactly the properties that are read: `$select=id,deviceName,...`.
    pub(crate) fn select() -> String {
        format!("$select={}", PROPERTIES.map(|(name, _)| name).join(","))
    }

    /// Reads one element of a list. An element without a usable id is an error: a list that cannot be read completely must
    /// never pass for a shorter one.
    pub(crate) fn from_json(element: &Value) -> Result<Self> {
        let mut device = Self::default();
        for (name, read) in PROPERTIES {
            if let Some(value) = element.get(name) {
                read(&mut device, value);
            }
        }
        if tidy(&device.id).as_ref() != Some(&device.id) {
            return Err(Error::new(
                Status::UnexpectedResponse,
                "the list of devices contains an element without an id, so it cannot be trusted; read it again",
            ));
        }
        Ok(device)
    }
}

/// A text or a number as one printable line; anything else counts as absent.
pub(crate) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => tidy(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// `managementState` of a device
/// (<https://learn.microsoft.com/graph/api/resources/intune-devices-managementstate>).
///
/// Intune has no state "retired": it deletes the record of a device that has retired.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ManagementState {
    /// Under management.
    Managed,
    /// The retire command is running on the device.
    RetirePending,
    /// The retire command failed.
    RetireFailed,
    /// The wipe command is running on the device.
    WipePending,
    /// The wipe command failed.
    WipeFailed,
    /// Enrolled, but not healthy.
    Unhealthy,
    /// The record is being deleted.
    DeletePending,
    /// A retire command was issued, and the device has not checked in since.
    RetireIssued,
    /// A wipe command was issued, and the device has not checked in since.
    WipeIssued,
    /// The wipe was cancelled.
    WipeCanceled,
    /// The retire was cancelled.
    RetireCanceled,
    /// Discovered, but not fully enrolled.
    Discovered,
    /// The service's value for a state that this version of its interface does not name.
    UnknownFutureValue,
    /// A state that this library does not know, as the service wrote it; empty if it wrote none.
    Other(String),
}

impl ManagementState {
    const NAMED: [(Self, &'static str); 13] = [
        (Self::Managed, "managed"),
        (Self::RetirePending, "retirePending"),
        (Self::RetireFailed, "retireFailed"),
        (Self::WipePending, "wipePending"),
        (Self::WipeFailed, "wipeFailed"),
        (Self::Unhealthy, "unhealthy"),
        (Self::DeletePending, "deletePending"),
        (Self::RetireIssued, "retireIssued"),
        (Self::WipeIssued, "wipeIssued"),
        (Self::WipeCanceled, "wipeCanceled"),
        (Self::RetireCanceled, "retireCanceled"),
        (Self::Discovered, "discovered"),
        (Self::UnknownFutureValue, "unknownFutureValue"),
    ];

    /// The state of a text. Case does not matter; an unknown text is kept.
    pub fn parse(text: &str) -> Self {
        Self::NAMED
            .into_iter()
            .find(|(_, name)| name.eq_ignore_ascii_case(text))
            .map_or_else(|| Self::Other(text.to_owned()), |(state, _)| state)
    }

    /// The name as the service writes it.
    pub fn name(&self) -> &str {
        if let Self::Other(text) = self {
            return text;
        }
        Self::NAMED
            .iter()
            .find(|(state, _)| state == self)
            .map_or("", |(_, name)| name)
    }

    /// Whether a retire without success leaves this state.
    pub(crate) fn is_of_retire(&self) -> bool {
        matches!(self, Self::RetireFailed | Self::RetireCanceled)
    }

    /// What the state shows about a retire. A wipe that failed or was cancelled is over, as a retire that failed or was
    /// cancelled is, so nothing more happens until a person handles the device.
    pub(crate) fn standing(&self) -> Standing {
        match self {
            Self::Managed | Self::Unhealthy | Self::Discovered => Standing::Managed,
            Self::RetireIssued | Self::RetirePending => Standing::Retiring,
            Self::RetireFailed | Self::RetireCanceled | Self::WipeFailed | Self::WipeCanceled => {
                Standing::NeedsPerson
            }
            Self::WipeIssued | Self::WipePending | Self::DeletePending => Standing::OthersAction,
            Self::UnknownFutureValue | Self::Other(_) => Standing::Unknown,
        }
    }
}

impl Default for ManagementState {
    /// The state of a device without one.
    fn default() -> Self {
        Self::Other(String::new())
    }
}

/// The progress of a retire on a listed device. Previews, resumed runs and verification share this one judgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Under management: a retire has not reached the device, or did nothing.
    Managed,
    /// A retire is under way.
    Retiring,
    /// A retire or a wipe ended without success, so a person has to handle the device.
    NeedsPerson,
    /// A wipe or a deletion that this library did not order is under way.
    OthersAction,
    /// The state does not show it.
    Unknown,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::testing::any_json;

    #[test]
    fn every_property_is_requested_and_read_into_its_field() -> Result<()> {
        let asked = Device::select();
        let names: Vec<&str> = asked.trim_start_matches("$select=").split(',').collect();
        let flags = ["isEncrypted", "isSupervised", "azureADRegistered"];
        let element: Value = names
            .iter()
            .map(|name| {
                let value = if flags.contains(name) {
                    json!(true)
                } else {
                    json!(name)
                };
                ((*name).to_owned(), value)
            })
            .collect();
        let some = |text: &str| Some(text.to_owned());
        let expected = Device {
            id: "id".into(),
            name: some("deviceName"),
            managed_name: some("managedDeviceName"),
            operating_system: some("operatingSystem"),
            os_version: some("osVersion"),
            serial_number: some("serialNumber"),
            model: some("model"),
            manufacturer: some("manufacturer"),
            owner_type: some("managedDeviceOwnerType"),
            state: ManagementState::Other("managementState".into()),
            management_agent: some("managementAgent"),
            enrollment_type: some("deviceEnrollmentType"),
            registration_state: some("deviceRegistrationState"),
            compliance_state: some("complianceState"),
            is_encrypted: Some(true),
            is_supervised: Some(true),
            enrolled: some("enrolledDateTime"),
            last_sync: some("lastSyncDateTime"),
            certificate_expires: some("managementCertificateExpirationDate"),
            entra_device_id: some("azureADDeviceId"),
            entra_registered: Some(true),
            user_id: some("userId"),
            user_principal_name: some("userPrincipalName"),
            email_address: some("emailAddress"),
            warnings: Vec::new(),
        };
        assert_eq!(Device::from_json(&element)?, expected);
        Ok(())
    }

    #[test]
    fn an_element_without_an_id_is_not_a_device() {
        for element in [
            json!(null),
            json!("d1"),
            json!(7),
            json!([{"id": "d1"}]),
            json!({}),
            json!({"deviceName": "LAPTOP"}),
            json!({"id": null}),
            json!({"id": ""}),
            json!({"id": "  "}),
            json!({"id": 7}),
            json!({"id": ["d1"]}),
            json!({"id": "d1\n"}),
            json!({"id": "d\u{200b}1"}),
            json!({"id": "\u{202e}d1"}),
            json!({"id": "d".repeat(9999)}),
            json!({"ID": "d1"}),
            json!({"error": {"code": "InternalServerError"}}),
        ] {
            let read = Device::from_json(&element);
            assert!(
                read.is_err_and(|error| error.status == Status::UnexpectedResponse),
                "{element}"
            );
        }
    }

    #[test]
    fn odd_values_are_absent_and_no_text_writes_lines_of_its_own() -> Result<()> {
        let device = Device::from_json(&json!({
            "id": "d1", "deviceName": " A\nB\u{7} ", "model": {"x": 1}, "serialNumber": 123, "osVersion": "",
            "isEncrypted": "true", "managementState": null, "userId": []
        }))?;
        assert_eq!(device.name.as_deref(), Some("A B"));
        assert_eq!(device.serial_number.as_deref(), Some("123"));
        assert_eq!(
            (device.model, device.os_version, device.user_id),
            (None, None, None)
        );
        assert_eq!(device.is_encrypted, None);
        assert_eq!(device.state, ManagementState::default());
        Ok(())
    }

    #[test]
    fn states_by_name_and_what_they_say_of_a_retire() {
        for (name, standing) in [
            ("managed", Standing::Managed),
            ("retirePending", Standing::Retiring),
            ("retireFailed", Standing::NeedsPerson),
            ("wipePending", Standing::OthersAction),
            ("wipeFailed", Standing::NeedsPerson),
            ("unhealthy", Standing::Managed),
            ("deletePending", Standing::OthersAction),
            ("retireIssued", Standing::Retiring),
            ("wipeIssued", Standing::OthersAction),
            ("wipeCanceled", Standing::NeedsPerson),
            ("retireCanceled", Standing::NeedsPerson),
            ("discovered", Standing::Managed),
            ("unknownFutureValue", Standing::Unknown),
        ] {
            let state = ManagementState::parse(&name.to_uppercase());
            assert!(!matches!(state, ManagementState::Other(_)), "{name}");
            assert_eq!(state.name(), name);
            assert_eq!(state.standing(), standing, "{name}");
        }
        for name in ["retired", "Managed ", ""] {
            let state = ManagementState::parse(name);
            assert_eq!(state, ManagementState::Other(name.to_owned()));
            assert_eq!((state.name(), state.standing()), (name, Standing::Unknown));
        }
    }

    proptest! {
        #[test]
        fn never_panics_and_never_makes_up_an_id(element in any_json()) {
            match Device::from_json(&element) {
                Ok(device) => prop_assert_eq!(element.get("id").and_then(Value::as_str), Some(device.id.as_str())),
                Err(error) => prop_assert_eq!(error.status, Status::UnexpectedResponse),
            }
        }
    }
}
