//! Records as C reads them: a handle with one accessor for each field.

use std::ffi::{CString, c_char};
use std::ptr;

use graph_core::{
    Device, DeviceList, Effect, Error, Receipt, Severity, Status, Verdict, VerifiedDevice, Warning,
};

use crate::guard::{free, get};
use crate::strings::{count, element, length, milliseconds, owned, owned_if_any, pointer, tristate};

/// Why a call failed: a status, a message that says what to do next, and all that the service returned. Each field has the
/// same name in every language; none ever holds a token.
pub struct graph_error {
    status: Status,
    message: CString,
    http_status: i32,
    code: Option<CString>,
    inner_code: Option<CString>,
    service_message: Option<CString>,
    request_id: Option<CString>,
    client_request_id: Option<CString>,
    activity_id: Option<CString>,
    retry_after: i64,
    approval_code: Option<CString>,
    claims: Option<CString>,
    attempts: i32,
    effect: Effect,
}

impl From<Error> for graph_error {
    fn from(value: Error) -> Self {
        Self {
            status: value.status,
            message: owned(&value.message),
            http_status: value.http_status.map_or(-1, i32::from),
            code: owned_if_any(value.code.as_deref()),
            inner_code: owned_if_any(value.inner_code.as_deref()),
            service_message: owned_if_any(value.service_message.as_deref()),
            request_id: owned_if_any(value.request_id.as_deref()),
            client_request_id: owned_if_any(value.client_request_id.as_deref()),
            activity_id: owned_if_any(value.activity_id.as_deref()),
            retry_after: milliseconds(value.retry_after),
            approval_code: owned_if_any(value.approval_code.as_deref()),
            claims: owned_if_any(value.claims.as_deref()),
            attempts: count(value.attempts),
            effect: value.effect,
        }
    }
}

/// The kind of failure; never `GRAPH_STATUS_OK`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_error_status(error: *const graph_error) -> Status {
    get(error, Status::Ok, |error| error.status)
}

/// What happened and what to do next: one line in lowercase.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_error_message(error: *const graph_error) -> *const c_char {
    get(error, ptr::null(), |error| error.message.as_ptr())
}

/// The HTTP status of the last answer. -1 if absent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_error_http_status(error: *const graph_error) -> i32 {
    get(error, -1, |error| error.http_status)
}

/// `error.code` of the service. NULL if absent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_error_code(error: *const graph_error) -> *const c_char {
    get(error, ptr::null(), |error| pointer(error.code.as_ref()))
}

/// The innermost nested code, or the AADSTS number. NULL if absent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_error_inner_code(error: *const graph_error) -> *const c_char {
    get(error, ptr::null(), |error| pointer(error.inner_code.as_ref()))
}

/// The service's message, without its boilerplate. NULL if absent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_error_service_message(error: *const graph_error) -> *const c_char {
    get(error, ptr::null(), |error| {
        pointer(error.service_message.as_ref())
    })
}

/// The service's id of the request; support asks for it. NULL if absent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_error_request_id(error: *const graph_error) -> *const c_char {
    get(error, ptr::null(), |error| pointer(error.request_id.as_ref()))
}

/// The id that this library sent with the request. NULL if absent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_error_client_request_id(error: *const graph_error) -> *const c_char {
    get(error, ptr::null(), |error| {
        pointer(error.client_request_id.as_ref())
    })
}

/// The id in Intune's own logs. NULL if absent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_error_activity_id(error: *const graph_error) -> *const c_char {
    get(error, ptr::null(), |error| pointer(error.activity_id.as_ref()))
}

/// The wait that the service asked for. In milliseconds; -1 if absent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_error_retry_after_ms(error: *const graph_error) -> i64 {
    get(error, -1, |error| error.retry_after)
}

/// The code of the queued Multi Admin Approval request. It belongs to this user alone. NULL if absent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_error_approval_code(error: *const graph_error) -> *const c_char {
    get(error, ptr::null(), |error| pointer(error.approval_code.as_ref()))
}

/// The decoded claims challenge (a JSON object) that a new token must meet. NULL if absent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_error_claims(error: *const graph_error) -> *const c_char {
    get(error, ptr::null(), |error| pointer(error.claims.as_ref()))
}

/// How many times the request was tried; 0 if it was refused before any attempt.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_error_attempts(error: *const graph_error) -> i32 {
    get(error, 0, |error| error.attempts)
}

/// Whether the action can have been applied, over all attempts.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_error_effect(error: *const graph_error) -> Effect {
    get(error, Effect::None, |error| error.effect)
}

/// Frees an error, unless an event owns it. NULL has no effect.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_error_free(error: *mut graph_error) {
    free(error);
}

/// The service accepted the action for one user (HTTP 204). The devices retire when they next check in; accepted is not yet
/// retired.
pub struct graph_receipt {
    user: CString,
    request_id: Option<CString>,
    client_request_id: CString,
    date: Option<CString>,
    attempts: i32,
    elapsed: i64,
    custom_endpoint: Option<CString>,
}

impl From<Receipt> for graph_receipt {
    fn from(value: Receipt) -> Self {
        Self {
            user: owned(&value.user),
            request_id: owned_if_any(value.request_id.as_deref()),
            client_request_id: owned(&value.client_request_id),
            date: owned_if_any(value.date.as_deref()),
            attempts: count(value.attempts),
            elapsed: milliseconds(Some(value.elapsed)),
            custom_endpoint: owned_if_any(value.custom_endpoint.as_deref()),
        }
    }
}

/// The user as the caller named it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_receipt_user(receipt: *const graph_receipt) -> *const c_char {
    get(receipt, ptr::null(), |receipt| receipt.user.as_ptr())
}

/// The service's id of the request; support asks for it. NULL if absent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_receipt_request_id(receipt: *const graph_receipt) -> *const c_char {
    get(receipt, ptr::null(), |receipt| {
        pointer(receipt.request_id.as_ref())
    })
}

/// The id that this library sent with the request.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_receipt_client_request_id(receipt: *const graph_receipt) -> *const c_char {
    get(receipt, ptr::null(), |receipt| receipt.client_request_id.as_ptr())
}

/// The date of the answer, as the service wrote it (RFC 9110). NULL if absent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_receipt_date(receipt: *const graph_receipt) -> *const c_char {
    get(receipt, ptr::null(), |receipt| pointer(receipt.date.as_ref()))
}

/// How many times the request was sent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_receipt_attempts(receipt: *const graph_receipt) -> i32 {
    get(receipt, 0, |receipt| receipt.attempts)
}

/// The time from the start of the call to its answer, without waits that do not count towards the deadline. In
/// milliseconds.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_receipt_elapsed_ms(receipt: *const graph_receipt) -> i64 {
    get(receipt, -1, |receipt| receipt.elapsed)
}

/// The endpoint of the request, if it is not that of a known Microsoft cloud. NULL if absent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_receipt_custom_endpoint(receipt: *const graph_receipt) -> *const c_char {
    get(receipt, ptr::null(), |receipt| {
        pointer(receipt.custom_endpoint.as_ref())
    })
}

/// Frees a receipt, unless an event owns it. NULL has no effect.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_receipt_free(receipt: *mut graph_receipt) {
    free(receipt);
}

/// A warning about a device, or about all devices of a user together, to be read before the devices are retired.
pub struct graph_warning {
    code: i32,
    severity: Severity,
    message: CString,
}

impl From<Warning> for graph_warning {
    fn from(value: Warning) -> Self {
        Self {
            code: value.code as i32,
            severity: value.severity,
            message: owned(&value.message),
        }
    }
}

/// Which warning it is. One of `graph_warning_code`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_warning_id(warning: *const graph_warning) -> i32 {
    get(warning, 0, |warning| warning.code)
}

/// Its severity. With a blocking warning nothing is sent unless it is accepted by name.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_warning_severity(warning: *const graph_warning) -> Severity {
    get(warning, Severity::Info, |warning| warning.severity)
}

/// What it means for the user and what to do first, in one sentence.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_warning_message(warning: *const graph_warning) -> *const c_char {
    get(warning, ptr::null(), |warning| warning.message.as_ptr())
}

/// A device that Intune lists for a user.
///
/// Texts are the service's, each cut to one printable line; dates are as the service wrote them. A property is absent if
/// the service left it out or wrote it in an undocumented form
/// (<https://learn.microsoft.com/graph/api/resources/intune-devices-manageddevice>).
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
    fn from(value: Device) -> Self {
        Self {
            id: owned(&value.id),
            name: owned_if_any(value.name.as_deref()),
            managed_name: owned_if_any(value.managed_name.as_deref()),
            operating_system: owned_if_any(value.operating_system.as_deref()),
            os_version: owned_if_any(value.os_version.as_deref()),
            serial_number: owned_if_any(value.serial_number.as_deref()),
            model: owned_if_any(value.model.as_deref()),
            manufacturer: owned_if_any(value.manufacturer.as_deref()),
            owner_type: owned_if_any(value.owner_type.as_deref()),
            state: owned(value.state.name()),
            management_agent: owned_if_any(value.management_agent.as_deref()),
            enrollment_type: owned_if_any(value.enrollment_type.as_deref()),
            registration_state: owned_if_any(value.registration_state.as_deref()),
            compliance_state: owned_if_any(value.compliance_state.as_deref()),
            is_encrypted: tristate(value.is_encrypted),
            is_supervised: tristate(value.is_supervised),
            enrolled: owned_if_any(value.enrolled.as_deref()),
            last_sync: owned_if_any(value.last_sync.as_deref()),
            certificate_expires: owned_if_any(value.certificate_expires.as_deref()),
            entra_device_id: owned_if_any(value.entra_device_id.as_deref()),
            entra_registered: tristate(value.entra_registered),
            user_id: owned_if_any(value.user_id.as_deref()),
            user_principal_name: owned_if_any(value.user_principal_name.as_deref()),
            email_address: owned_if_any(value.email_address.as_deref()),
            warnings: value.warnings.into_iter().map(Into::into).collect(),
        }
    }
}

/// The id in Intune. Never empty.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_id(device: *const graph_device) -> *const c_char {
    get(device, ptr::null(), |device| device.id.as_ptr())
}

/// The name of the device (`deviceName`). NULL if absent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_name(device: *const graph_device) -> *const c_char {
    get(device, ptr::null(), |device| pointer(device.name.as_ref()))
}

/// The name that Intune generated (`managedDeviceName`). NULL if absent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_managed_name(device: *const graph_device) -> *const c_char {
    get(device, ptr::null(), |device| {
        pointer(device.managed_name.as_ref())
    })
}

/// The operating system (`operatingSystem`). NULL if absent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_operating_system(device: *const graph_device) -> *const c_char {
    get(device, ptr::null(), |device| {
        pointer(device.operating_system.as_ref())
    })
}

/// The version of the operating system (`osVersion`). NULL if absent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_os_version(device: *const graph_device) -> *const c_char {
    get(device, ptr::null(), |device| pointer(device.os_version.as_ref()))
}

/// The serial number (`serialNumber`). NULL if absent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_serial_number(device: *const graph_device) -> *const c_char {
    get(device, ptr::null(), |device| {
        pointer(device.serial_number.as_ref())
    })
}

/// The model (`model`). NULL if absent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_model(device: *const graph_device) -> *const c_char {
    get(device, ptr::null(), |device| pointer(device.model.as_ref()))
}

/// The manufacturer (`manufacturer`). NULL if absent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_manufacturer(device: *const graph_device) -> *const c_char {
    get(device, ptr::null(), |device| {
        pointer(device.manufacturer.as_ref())
    })
}

/// The owner: `company` or `personal` (`managedDeviceOwnerType`). NULL if absent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_owner_type(device: *const graph_device) -> *const c_char {
    get(device, ptr::null(), |device| pointer(device.owner_type.as_ref()))
}

/// Its state (`managementState`), such as `managed` or `retirePending`, as the service wrote it; empty if it wrote none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_state(device: *const graph_device) -> *const c_char {
    get(device, ptr::null(), |device| device.state.as_ptr())
}

/// The agent that manages it (`managementAgent`). NULL if absent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_management_agent(device: *const graph_device) -> *const c_char {
    get(device, ptr::null(), |device| {
        pointer(device.management_agent.as_ref())
    })
}

/// How it was enrolled (`deviceEnrollmentType`). NULL if absent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_enrollment_type(device: *const graph_device) -> *const c_char {
    get(device, ptr::null(), |device| {
        pointer(device.enrollment_type.as_ref())
    })
}

/// Its state of registration (`deviceRegistrationState`). NULL if absent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_registration_state(device: *const graph_device) -> *const c_char {
    get(device, ptr::null(), |device| {
        pointer(device.registration_state.as_ref())
    })
}

/// Whether it complies with the policies (`complianceState`). NULL if absent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_compliance_state(device: *const graph_device) -> *const c_char {
    get(device, ptr::null(), |device| {
        pointer(device.compliance_state.as_ref())
    })
}

/// Whether it is encrypted (`isEncrypted`). 1 or 0; -1 if absent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_is_encrypted(device: *const graph_device) -> i32 {
    get(device, -1, |device| device.is_encrypted)
}

/// Whether it is supervised (`isSupervised`). 1 or 0; -1 if absent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_is_supervised(device: *const graph_device) -> i32 {
    get(device, -1, |device| device.is_supervised)
}

/// When it was enrolled, as the service wrote it (`enrolledDateTime`). NULL if absent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_enrolled(device: *const graph_device) -> *const c_char {
    get(device, ptr::null(), |device| pointer(device.enrolled.as_ref()))
}

/// When it last checked in, as the service wrote it (`lastSyncDateTime`). NULL if absent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_last_sync(device: *const graph_device) -> *const c_char {
    get(device, ptr::null(), |device| pointer(device.last_sync.as_ref()))
}

/// The last time at which it can check in, as the service wrote it (`managementCertificateExpirationDate`). NULL if absent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_certificate_expires(device: *const graph_device) -> *const c_char {
    get(device, ptr::null(), |device| {
        pointer(device.certificate_expires.as_ref())
    })
}

/// The id of its record in Entra (`azureADDeviceId`). NULL if absent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_entra_device_id(device: *const graph_device) -> *const c_char {
    get(device, ptr::null(), |device| {
        pointer(device.entra_device_id.as_ref())
    })
}

/// Whether it is registered or joined in Entra (`azureADRegistered`). 1 or 0; -1 if absent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_entra_registered(device: *const graph_device) -> i32 {
    get(device, -1, |device| device.entra_registered)
}

/// The object id of its primary or enrolling user (`userId`)
/// (<https://github.com/microsoftgraph/microsoft-graph-docs/issues/16137>). NULL if absent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_user_id(device: *const graph_device) -> *const c_char {
    get(device, ptr::null(), |device| pointer(device.user_id.as_ref()))
}

/// The user principal name (`userPrincipalName`). NULL if absent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_user_principal_name(device: *const graph_device) -> *const c_char {
    get(device, ptr::null(), |device| {
        pointer(device.user_principal_name.as_ref())
    })
}

/// The mail address (`emailAddress`). NULL if absent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_email_address(device: *const graph_device) -> *const c_char {
    get(device, ptr::null(), |device| {
        pointer(device.email_address.as_ref())
    })
}

/// Warnings about retiring this device. Returns their number; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_warning_count(device: *const graph_device) -> i32 {
    get(device, 0, |device| length(&device.warnings))
}

/// One of graph_device_warning_count by its index. Its parent handle owns it. NULL if the index is out of range.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_warning(
    device: *const graph_device,
    index: i32,
) -> *const graph_warning {
    get(device, ptr::null(), |device| element(&device.warnings, index))
}

/// The devices that Intune lists for one user.
pub struct graph_device_list {
    devices: Vec<graph_device>,
    warnings: Vec<graph_warning>,
}

impl From<DeviceList> for graph_device_list {
    fn from(value: DeviceList) -> Self {
        Self {
            devices: value.devices.into_iter().map(Into::into).collect(),
            warnings: value.warnings.into_iter().map(Into::into).collect(),
        }
    }
}

/// Each device, with its own warnings. Returns their number; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_list_count(devices: *const graph_device_list) -> i32 {
    get(devices, 0, |devices| length(&devices.devices))
}

/// One of graph_device_list_count by its index. Its parent handle owns it. NULL if the index is out of range.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_list_get(
    devices: *const graph_device_list,
    index: i32,
) -> *const graph_device {
    get(devices, ptr::null(), |devices| element(&devices.devices, index))
}

/// Warnings about all devices together. Returns their number; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_list_warning_count(devices: *const graph_device_list) -> i32 {
    get(devices, 0, |devices| length(&devices.warnings))
}

/// One of graph_device_list_warning_count by its index. Its parent handle owns it. NULL if the index is out of range.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_list_warning(
    devices: *const graph_device_list,
    index: i32,
) -> *const graph_warning {
    get(devices, ptr::null(), |devices| element(&devices.warnings, index))
}

/// Frees a list with its devices and warnings, unless an event owns it. NULL has no effect.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_device_list_free(devices: *mut graph_device_list) {
    free(devices);
}

/// The verdict over one device.
pub struct graph_verified_device {
    id: CString,
    name: Option<CString>,
    verdict: Verdict,
    state: Option<CString>,
    since: Option<CString>,
    detail: Option<CString>,
}

impl From<VerifiedDevice> for graph_verified_device {
    fn from(value: VerifiedDevice) -> Self {
        Self {
            id: owned(&value.id),
            name: owned_if_any(value.name.as_deref()),
            verdict: value.verdict,
            state: owned_if_any(value.state.as_deref()),
            since: owned_if_any(value.since.as_deref()),
            detail: owned_if_any(value.detail.as_deref()),
        }
    }
}

/// The id in Intune.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_verified_device_id(device: *const graph_verified_device) -> *const c_char {
    get(device, ptr::null(), |device| device.id.as_ptr())
}

/// Its name when it was first read. NULL if absent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_verified_device_name(device: *const graph_verified_device) -> *const c_char {
    get(device, ptr::null(), |device| pointer(device.name.as_ref()))
}

/// The verdict over the device.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_verified_device_verdict(device: *const graph_verified_device) -> Verdict {
    get(device, Verdict::CannotTell, |device| device.verdict)
}

/// `managementState` as the service wrote it. NULL if absent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_verified_device_state(device: *const graph_verified_device) -> *const c_char {
    get(device, ptr::null(), |device| pointer(device.state.as_ref()))
}

/// The time at which the retire began, as the service wrote it. NULL if absent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_verified_device_since(device: *const graph_verified_device) -> *const c_char {
    get(device, ptr::null(), |device| pointer(device.since.as_ref()))
}

/// More about the verdict, in words. NULL if absent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_verified_device_detail(device: *const graph_verified_device) -> *const c_char {
    get(device, ptr::null(), |device| pointer(device.detail.as_ref()))
}
