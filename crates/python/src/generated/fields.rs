//! Records as dicts for Python. Written by `cargo xtask generate`; do not edit.

use graph_devices::{
    Device, DeviceList, Error, Progress, Receipt, Status, Summary, UserResult, Verification, VerifiedDevice,
    Warning,
};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyDict;

type Dict<'py> = Bound<'py, PyDict>;

/// `DeviceWarning`
pub(crate) fn warning<'py>(py: Python<'py>, value: &Warning) -> PyResult<Dict<'py>> {
    let fields = PyDict::new(py);
    fields.set_item(intern!(py, "code"), value.code.name())?;
    fields.set_item(intern!(py, "severity"), value.severity.name())?;
    fields.set_item(intern!(py, "message"), &value.message)?;
    Ok(fields)
}

/// `VerifiedDevice`
pub(crate) fn verified_device<'py>(py: Python<'py>, value: &VerifiedDevice) -> PyResult<Dict<'py>> {
    let fields = PyDict::new(py);
    fields.set_item(intern!(py, "id"), &value.id)?;
    fields.set_item(intern!(py, "name"), &value.name)?;
    fields.set_item(intern!(py, "verdict"), value.verdict.name())?;
    fields.set_item(intern!(py, "state"), &value.state)?;
    fields.set_item(intern!(py, "since"), &value.since)?;
    fields.set_item(intern!(py, "detail"), &value.detail)?;
    Ok(fields)
}

/// `GraphDevicesError`
pub(crate) fn error<'py>(py: Python<'py>, value: &Error) -> PyResult<Dict<'py>> {
    let fields = PyDict::new(py);
    fields.set_item(intern!(py, "status"), value.status.name())?;
    fields.set_item(intern!(py, "message"), &value.message)?;
    fields.set_item(intern!(py, "http_status"), value.http_status)?;
    fields.set_item(intern!(py, "code"), &value.code)?;
    fields.set_item(intern!(py, "inner_code"), &value.inner_code)?;
    fields.set_item(intern!(py, "service_message"), &value.service_message)?;
    fields.set_item(intern!(py, "request_id"), &value.request_id)?;
    fields.set_item(intern!(py, "client_request_id"), &value.client_request_id)?;
    fields.set_item(intern!(py, "activity_id"), &value.activity_id)?;
    fields.set_item(
        intern!(py, "retry_after"),
        value.retry_after.map(|time| time.as_secs_f64()),
    )?;
    fields.set_item(intern!(py, "approval_code"), &value.approval_code)?;
    fields.set_item(intern!(py, "claims"), &value.claims)?;
    fields.set_item(intern!(py, "attempts"), value.attempts)?;
    fields.set_item(intern!(py, "effect"), value.effect.name())?;
    Ok(fields)
}

/// `Receipt`
pub(crate) fn receipt<'py>(py: Python<'py>, value: &Receipt) -> PyResult<Dict<'py>> {
    let fields = PyDict::new(py);
    fields.set_item(intern!(py, "user"), &value.user)?;
    fields.set_item(intern!(py, "request_id"), &value.request_id)?;
    fields.set_item(intern!(py, "client_request_id"), &value.client_request_id)?;
    fields.set_item(intern!(py, "date"), &value.date)?;
    fields.set_item(intern!(py, "attempts"), value.attempts)?;
    fields.set_item(intern!(py, "elapsed"), value.elapsed.as_secs_f64())?;
    fields.set_item(intern!(py, "custom_endpoint"), &value.custom_endpoint)?;
    Ok(fields)
}

/// `Device`
pub(crate) fn device<'py>(py: Python<'py>, value: &Device) -> PyResult<Dict<'py>> {
    let fields = PyDict::new(py);
    fields.set_item(intern!(py, "id"), &value.id)?;
    fields.set_item(intern!(py, "name"), &value.name)?;
    fields.set_item(intern!(py, "managed_name"), &value.managed_name)?;
    fields.set_item(intern!(py, "operating_system"), &value.operating_system)?;
    fields.set_item(intern!(py, "os_version"), &value.os_version)?;
    fields.set_item(intern!(py, "serial_number"), &value.serial_number)?;
    fields.set_item(intern!(py, "model"), &value.model)?;
    fields.set_item(intern!(py, "manufacturer"), &value.manufacturer)?;
    fields.set_item(intern!(py, "owner_type"), &value.owner_type)?;
    fields.set_item(intern!(py, "state"), value.state.name())?;
    fields.set_item(intern!(py, "management_agent"), &value.management_agent)?;
    fields.set_item(intern!(py, "enrollment_type"), &value.enrollment_type)?;
    fields.set_item(intern!(py, "registration_state"), &value.registration_state)?;
    fields.set_item(intern!(py, "compliance_state"), &value.compliance_state)?;
    fields.set_item(intern!(py, "is_encrypted"), value.is_encrypted)?;
    fields.set_item(intern!(py, "is_supervised"), value.is_supervised)?;
    fields.set_item(intern!(py, "enrolled"), &value.enrolled)?;
    fields.set_item(intern!(py, "last_sync"), &value.last_sync)?;
    fields.set_item(intern!(py, "certificate_expires"), &value.certificate_expires)?;
    fields.set_item(intern!(py, "entra_device_id"), &value.entra_device_id)?;
    fields.set_item(intern!(py, "entra_registered"), value.entra_registered)?;
    fields.set_item(intern!(py, "user_id"), &value.user_id)?;
    fields.set_item(intern!(py, "user_principal_name"), &value.user_principal_name)?;
    fields.set_item(intern!(py, "email_address"), &value.email_address)?;
    fields.set_item(
        intern!(py, "warnings"),
        value
            .warnings
            .iter()
            .map(|one| warning(py, one))
            .collect::<PyResult<Vec<_>>>()?,
    )?;
    Ok(fields)
}

/// `DeviceList`
pub(crate) fn device_list<'py>(py: Python<'py>, value: &DeviceList) -> PyResult<Dict<'py>> {
    let fields = PyDict::new(py);
    fields.set_item(
        intern!(py, "devices"),
        value
            .devices
            .iter()
            .map(|one| device(py, one))
            .collect::<PyResult<Vec<_>>>()?,
    )?;
    fields.set_item(
        intern!(py, "warnings"),
        value
            .warnings
            .iter()
            .map(|one| warning(py, one))
            .collect::<PyResult<Vec<_>>>()?,
    )?;
    Ok(fields)
}

/// `UserResult`
pub(crate) fn user_result<'py>(py: Python<'py>, value: &UserResult) -> PyResult<Dict<'py>> {
    let fields = PyDict::new(py);
    fields.set_item(intern!(py, "user"), &value.user)?;
    fields.set_item(intern!(py, "id"), &value.id)?;
    fields.set_item(intern!(py, "outcome"), value.outcome.name())?;
    fields.set_item(intern!(py, "reason"), value.reason.name())?;
    fields.set_item(intern!(py, "detail"), &value.detail)?;
    fields.set_item(
        intern!(py, "receipt"),
        value.receipt.as_ref().map(|one| receipt(py, one)).transpose()?,
    )?;
    fields.set_item(
        intern!(py, "error"),
        value.error.as_ref().map(|one| error(py, one)).transpose()?,
    )?;
    fields.set_item(
        intern!(py, "devices"),
        value
            .devices
            .as_ref()
            .map(|one| device_list(py, one))
            .transpose()?,
    )?;
    Ok(fields)
}

/// `Progress`
pub(crate) fn progress<'py>(py: Python<'py>, value: &Progress) -> PyResult<Dict<'py>> {
    let fields = PyDict::new(py);
    fields.set_item(intern!(py, "done"), value.done)?;
    fields.set_item(intern!(py, "given"), value.given)?;
    fields.set_item(intern!(py, "users_per_hour"), value.users_per_hour)?;
    fields.set_item(
        intern!(py, "remaining"),
        value.remaining.map(|time| time.as_secs_f64()),
    )?;
    Ok(fields)
}

/// `Summary`
pub(crate) fn summary<'py>(py: Python<'py>, value: &Summary) -> PyResult<Dict<'py>> {
    let fields = PyDict::new(py);
    fields.set_item(intern!(py, "duplicates"), value.duplicates)?;
    fields.set_item(intern!(py, "ended_by"), value.ended_by.map(Status::name))?;
    fields.set_item(intern!(py, "message"), &value.message)?;
    fields.set_item(intern!(py, "custom_endpoint"), &value.custom_endpoint)?;
    Ok(fields)
}

/// `Verification`
pub(crate) fn verification<'py>(py: Python<'py>, value: &Verification) -> PyResult<Dict<'py>> {
    let fields = PyDict::new(py);
    fields.set_item(intern!(py, "user"), &value.user)?;
    fields.set_item(intern!(py, "id"), &value.id)?;
    fields.set_item(intern!(py, "verdict"), value.verdict.name())?;
    fields.set_item(
        intern!(py, "devices"),
        value
            .devices
            .iter()
            .map(|one| verified_device(py, one))
            .collect::<PyResult<Vec<_>>>()?,
    )?;
    Ok(fields)
}
