//! `graph_device_list`, `graph_device`, `graph_warning`: what Intune lists for a user, and what to know of it.

use std::ffi::{CString, c_char};
use std::ptr;

use graph_core::{Device, DeviceList, Severity, Warning};

use crate::guard::{free, read};
use crate::strings::{element, length, owned, owned_if_any, pointer, tristate};

/// Something to know before devices are retired. It belongs to its device or list.
pub struct graph_warning {
    code: i32,
    severity: Severity,
    message: CString,
}

impl From<Warning> for graph_warning {
    fn from(warning: Warning) -> Self {
        Self {
            code: warning.code.number(),
            severity: warning.code.severity(),
            message: owned(&warning.message),
        }
    }
}

/// A device that Intune lists. Texts are the service's; NULL is what it left out.
pub struct graph_device {
    id: CString,
    name: Option<CString>,
    managed_name: Option<CString>,
    operating_system: Option<CString>,
    os_version: Option<CString>,
    serial_number: Option<CString>,
    model: Option<CString>,
    manufacturer: Option<CString>,
    owner_type: Option<CString>,
    state: CString,
    management_agent: Option<CString>,
    enrollment_type: Option<CString>,
    registration_state: Option<CString>,
    compliance_state: Option<CString>,
    is_encrypted: i32,
    is_supervised: i32,
    enrolled: Option<CString>,
    last_sync: Option<CString>,
    certificate_expires: Option<CString>,
    entra_device_id: Option<CString>,
    entra_registered: i32,
    user_id: Option<CString>,
    user_principal_name: Option<CString>,
    email_address: Option<CString>,
    warnings: Vec<graph_warning>,
}

impl From<Device> for graph_device {
    fn from(device: Device) -> Self {
        let text = |text: Option<String>| owned_if_any(text.as_deref());
        Self {
            id: owned(&device.id),
            name: text(device.name),
            managed_name: text(device.managed_name),
            operating_system: text(device.operating_system),
            os_version: text(device.os_version),
            serial_number: text(device.serial_number),
            model: text(device.model),
            manufacturer: text(device.manufacturer),
            owner_type: text(device.owner_type),
            state: owned(device.state.name()),
            management_agent: text(device.management_agent),
            enrollment_type: text(device.enrollment_type),
            registration_state: text(device.registration_state),
            compliance_state: text(device.compliance_state),
            is_encrypted: tristate(device.is_encrypted),
            is_supervised: tristate(device.is_supervised),
            enrolled: text(device.enrolled),
            last_sync: text(device.last_sync),
            certificate_expires: text(device.certificate_expires),
            entra_device_id: text(device.entra_device_id),
            entra_registered: tristate(device.entra_registered),
            user_id: text(device.user_id),
            user_principal_name: text(device.user_principal_name),
            email_address: text(device.email_address),
            warnings: device.warnings.into_iter().map(Into::into).collect(),
        }
    }
}

/// The devices that Intune lists for one user, and what to know of all of them together.
pub struct graph_device_list {
    devices: Vec<graph_device>,
    warnings: Vec<graph_warning>,
}

impl From<DeviceList> for graph_device_list {
    fn from(list: DeviceList) -> Self {
        Self {
            devices: list.devices.into_iter().map(Into::into).collect(),
            warnings: list.warnings.into_iter().map(Into::into).collect(),
        }
    }
}

/// How many devices a list has; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_list_count(devices: *const graph_device_list) -> i32 {
    read(devices, 0, |list| length(&list.devices))
}

/// A device by its index, which belongs to the list; NULL for an index that is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_list_get(
    devices: *const graph_device_list,
    index: i32,
) -> *const graph_device {
    read(devices, ptr::null(), |list| element(&list.devices, index))
}

/// How many warnings are about all devices of the list together; those of one device stand at the device.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_list_warning_count(devices: *const graph_device_list) -> i32 {
    read(devices, 0, |list| length(&list.warnings))
}

/// A warning about all devices together by its index, which belongs to the list; NULL for an index that is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_list_warning(
    devices: *const graph_device_list,
    index: i32,
) -> *const graph_warning {
    read(devices, ptr::null(), |list| element(&list.warnings, index))
}

/// Frees a list with its devices and warnings; NULL is nothing. Not for a list that belongs to an event.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_list_free(devices: *mut graph_device_list) {
    free(devices);
}

/// The id in Intune. Never empty.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_id(device: *const graph_device) -> *const c_char {
    read(device, ptr::null(), |device| device.id.as_ptr())
}

/// The name of the device (`deviceName`), or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_name(device: *const graph_device) -> *const c_char {
    read(device, ptr::null(), |device| pointer(device.name.as_ref()))
}

/// The name that Intune made up (`managedDeviceName`), or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_managed_name(device: *const graph_device) -> *const c_char {
    read(device, ptr::null(), |device| {
        pointer(device.managed_name.as_ref())
    })
}

/// The operating system (`operatingSystem`), or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_operating_system(device: *const graph_device) -> *const c_char {
    read(device, ptr::null(), |device| {
        pointer(device.operating_system.as_ref())
    })
}

/// Its version (`osVersion`), or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_os_version(device: *const graph_device) -> *const c_char {
    read(device, ptr::null(), |device| pointer(device.os_version.as_ref()))
}

/// The serial number (`serialNumber`), or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_serial_number(device: *const graph_device) -> *const c_char {
    read(device, ptr::null(), |device| {
        pointer(device.serial_number.as_ref())
    })
}

/// The model (`model`), or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_model(device: *const graph_device) -> *const c_char {
    read(device, ptr::null(), |device| pointer(device.model.as_ref()))
}

/// The manufacturer (`manufacturer`), or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_manufacturer(device: *const graph_device) -> *const c_char {
    read(device, ptr::null(), |device| {
        pointer(device.manufacturer.as_ref())
    })
}

/// Whose it is: `company` or `personal` (`managedDeviceOwnerType`), or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_owner_type(device: *const graph_device) -> *const c_char {
    read(device, ptr::null(), |device| pointer(device.owner_type.as_ref()))
}

/// Its state (`managementState`), such as `managed` or `retirePending`, as the service wrote it; empty if it wrote none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_state(device: *const graph_device) -> *const c_char {
    read(device, ptr::null(), |device| device.state.as_ptr())
}

/// What manages it (`managementAgent`), or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_management_agent(device: *const graph_device) -> *const c_char {
    read(device, ptr::null(), |device| {
        pointer(device.management_agent.as_ref())
    })
}

/// How it was enrolled (`deviceEnrollmentType`), or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_enrollment_type(device: *const graph_device) -> *const c_char {
    read(device, ptr::null(), |device| {
        pointer(device.enrollment_type.as_ref())
    })
}

/// Whether it is registered (`deviceRegistrationState`), or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_registration_state(device: *const graph_device) -> *const c_char {
    read(device, ptr::null(), |device| {
        pointer(device.registration_state.as_ref())
    })
}

/// Whether it meets the rules (`complianceState`), or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_compliance_state(device: *const graph_device) -> *const c_char {
    read(device, ptr::null(), |device| {
        pointer(device.compliance_state.as_ref())
    })
}

/// Whether it is encrypted (`isEncrypted`): 1 or 0; -1 if the service did not say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_is_encrypted(device: *const graph_device) -> i32 {
    read(device, -1, |device| device.is_encrypted)
}

/// Whether it is supervised (`isSupervised`): 1 or 0; -1 if the service did not say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_is_supervised(device: *const graph_device) -> i32 {
    read(device, -1, |device| device.is_supervised)
}

/// When it was enrolled, as the service wrote it (`enrolledDateTime`), or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_enrolled(device: *const graph_device) -> *const c_char {
    read(device, ptr::null(), |device| pointer(device.enrolled.as_ref()))
}

/// When it last checked in, as the service wrote it (`lastSyncDateTime`), or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_last_sync(device: *const graph_device) -> *const c_char {
    read(device, ptr::null(), |device| pointer(device.last_sync.as_ref()))
}

/// Until when it can check in, as the service wrote it (`managementCertificateExpirationDate`), or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_certificate_expires(device: *const graph_device) -> *const c_char {
    read(device, ptr::null(), |device| {
        pointer(device.certificate_expires.as_ref())
    })
}

/// The id of its record in Entra (`azureADDeviceId`), or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_entra_device_id(device: *const graph_device) -> *const c_char {
    read(device, ptr::null(), |device| {
        pointer(device.entra_device_id.as_ref())
    })
}

/// Whether it is registered or joined in Entra (`azureADRegistered`): 1 or 0; -1 if the service did not say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_entra_registered(device: *const graph_device) -> i32 {
    read(device, -1, |device| device.entra_registered)
}

/// The object id of its primary or enrolling user (`userId`), or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_user_id(device: *const graph_device) -> *const c_char {
    read(device, ptr::null(), |device| pointer(device.user_id.as_ref()))
}

/// The user principal name (`userPrincipalName`), or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_user_principal_name(device: *const graph_device) -> *const c_char {
    read(device, ptr::null(), |device| {
        pointer(device.user_principal_name.as_ref())
    })
}

/// The mail address (`emailAddress`), or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_email_address(device: *const graph_device) -> *const c_char {
    read(device, ptr::null(), |device| {
        pointer(device.email_address.as_ref())
    })
}

/// How many warnings are about the device.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_warning_count(device: *const graph_device) -> i32 {
    read(device, 0, |device| length(&device.warnings))
}

/// A warning by its index, which belongs to the device; NULL for an index that is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_warning(
    device: *const graph_device,
    index: i32,
) -> *const graph_warning {
    read(device, ptr::null(), |device| element(&device.warnings, index))
}

/// Which warning it is, one of `graph_warning_code`; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_warning_get_code(warning: *const graph_warning) -> i32 {
    read(warning, 0, |warning| warning.code)
}

/// How much it weighs; `GRAPH_SEVERITY_INFO` for NULL. For a blocking one nothing is sent without consent by name.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_warning_severity(warning: *const graph_warning) -> Severity {
    read(warning, Severity::Info, |warning| warning.severity)
}

/// What it means for the person and what to do first, in one sentence.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_warning_message(warning: *const graph_warning) -> *const c_char {
    read(warning, ptr::null(), |warning| warning.message.as_ptr())
}
