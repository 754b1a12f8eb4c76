//! Records as dicts for Python. Written by `cargo xtask generate`; do not edit.

use graph_devices::{
    Device, DeviceList, Error, Progress, Receipt, Status, Summary, UserResult, Verification, VerifiedDevice,
    Warning,
};
use pyo3::prelude::*;
use pyo3::types::PyDict;

type Dict<'py> = Bound<'py, PyDict>;

/// `DeviceWarning`
pub(crate) fn warning<'py>(py: Python<'py>, value: &Warning) -> PyResult<Dict<'py>> {
    let fields = PyDict::new(py);
    fields.set_item("code", value.code.name())?;
    fields.set_item("severity", value.severity.name())?;
    fields.set_item("message", &value.message)?;
    Ok(fields)
}

/// `VerifiedDevice`
pub(crate) fn verified_device<'py>(py: Python<'py>, value: &VerifiedDevice) -> PyResult<Dict<'py>> {
    let fields = PyDict::new(py);
    fields.set_item("id", &value.id)?;
    fields.set_item("name", &value.name)?;
    fields.set_item("verdict", value.verdict.name())?;
    fields.set_item("state", &value.state)?;
    fields.set_item("since", &value.since)?;
    fields.set_item("detail", &value.detail)?;
    Ok(fields)
}

/// `GraphDevicesError`
pub(crate) fn error<'py>(py: Python<'py>, value: &Error) -> PyResult<Dict<'py>> {
    let fields = PyDict::new(py);
    fields.set_item("status", value.status.name())?;
    fields.set_item("message", &value.message)?;
    fields.set_item("http_status", value.http_status)?;
    fields.set_item("code", &value.code)?;
    fields.set_item("inner_code", &value.inner_code)?;
    fields.set_item("service_message", &value.service_message)?;
    fields.set_item("request_id", &value.request_id)?;
    fields.set_item("client_request_id", &value.client_request_id)?;
    fields.set_item("activity_id", &value.activity_id)?;
    fields.set_item("retry_after", value.retry_after.map(|time| time.as_secs_f64()))?;
    fields.set_item("approval_code", &value.approval_code)?;
    fields.set_item("claims", &value.claims)?;
    fields.set_item("attempts", value.attempts)?;
    fields.set_item("effect", value.effect.name())?;
    Ok(fields)
}

/// `Receipt`
pub(crate) fn receipt<'py>(py: Python<'py>, value: &Receipt) -> PyResult<Dict<'py>> {
    let fields = PyDict::new(py);
    fields.set_item("user", &value.user)?;
    fields.set_item("request_id", &value.request_id)?;
    fields.set_item("client_request_id", &value.client_request_id)?;
    fields.set_item("date", &value.date)?;
    fields.set_item("attempts", value.attempts)?;
    fields.set_item("elapsed", value.elapsed.as_secs_f64())?;
    fields.set_item("custom_endpoint", &value.custom_endpoint)?;
    Ok(fields)
}

/// `Device`
pub(crate) fn device<'py>(py: Python<'py>, value: &Device) -> PyResult<Dict<'py>> {
    let fields = PyDict::new(py);
    fields.set_item("id", &value.id)?;
    fields.set_item("name", &value.name)?;
    fields.set_item("managed_name", &value.managed_name)?;
    fields.set_item("operating_system", &value.operating_system)?;
    fields.set_item("os_version", &value.os_version)?;
    fields.set_item("serial_number", &value.serial_number)?;
    fields.set_item("model", &value.model)?;
    fields.set_item("manufacturer", &value.manufacturer)?;
    fields.set_item("owner_type", &value.owner_type)?;
    fields.set_item("state", value.state.name())?;
    fields.set_item("management_agent", &value.management_agent)?;
    fields.set_item("enrollment_type", &value.enrollment_type)?;
    fields.set_item("registration_state", &value.registration_state)?;
    fields.set_item("compliance_state", &value.compliance_state)?;
    fields.set_item("is_encrypted", value.is_encrypted)?;
    fields.set_item("is_supervised", value.is_supervised)?;
    fields.set_item("enrolled", &value.enrolled)?;
    fields.set_item("last_sync", &value.last_sync)?;
    fields.set_item("certificate_expires", &value.certificate_expires)?;
    fields.set_item("entra_device_id", &value.entra_device_id)?;
    fields.set_item("entra_registered", value.entra_registered)?;
    fields.set_item("user_id", &value.user_id)?;
    fields.set_item("user_principal_name", &value.user_principal_name)?;
    fields.set_item("email_address", &value.email_address)?;
    fields.set_item(
        "warnings",
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
        "devices",
        value
            .devices
            .iter()
            .map(|one| device(py, one))
            .collect::<PyResult<Vec<_>>>()?,
    )?;
    fields.set_item(
        "warnings",
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
    fields.set_item("user", &value.user)?;
    fields.set_item("id", &value.id)?;
    fields.set_item("outcome", value.outcome.name())?;
    fields.set_item("reason", value.reason.name())?;
    fields.set_item("detail", &value.detail)?;
    fields.set_item(
        "receipt",
        value.receipt.as_ref().map(|one| receipt(py, one)).transpose()?,
    )?;
    fields.set_item(
        "error",
        value.error.as_ref().map(|one| error(py, one)).transpose()?,
    )?;
    fields.set_item(
        "devices",
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
    fields.set_item("done", value.done)?;
    fields.set_item("given", value.given)?;
    fields.set_item("users_per_hour", value.users_per_hour)?;
    fields.set_item("remaining", value.remaining.map(|time| time.as_secs_f64()))?;
    Ok(fields)
}

/// `Summary`
pub(crate) fn summary<'py>(py: Python<'py>, value: &Summary) -> PyResult<Dict<'py>> {
    let fields = PyDict::new(py);
    fields.set_item("duplicates", value.duplicates)?;
    fields.set_item("ended_by", value.ended_by.map(Status::name))?;
    fields.set_item("message", &value.message)?;
    fields.set_item("custom_endpoint", &value.custom_endpoint)?;
    Ok(fields)
}

/// `Verification`
pub(crate) fn verification<'py>(py: Python<'py>, value: &Verification) -> PyResult<Dict<'py>> {
    let fields = PyDict::new(py);
    fields.set_item("user", &value.user)?;
    fields.set_item("id", &value.id)?;
    fields.set_item("verdict", value.verdict.name())?;
    fields.set_item(
        "devices",
        value
            .devices
            .iter()
            .map(|one| verified_device(py, one))
            .collect::<PyResult<Vec<_>>>()?,
    )?;
    Ok(fields)
}
