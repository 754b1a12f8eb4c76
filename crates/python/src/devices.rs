//! Devices and warnings as dicts.

use graph_devices::{Device, DeviceList, Warning};
use pyo3::prelude::*;
use pyo3::types::PyDict;

type Dict<'py> = Bound<'py, PyDict>;

/// Devices and the warnings of all of them together.
pub(crate) fn list<'py>(py: Python<'py>, list: &DeviceList) -> PyResult<Dict<'py>> {
    let devices: Vec<_> = list
        .devices
        .iter()
        .map(|one| device(py, one))
        .collect::<PyResult<_>>()?;
    let fields = PyDict::new(py);
    fields.set_item("devices", devices)?;
    fields.set_item("warnings", warnings(py, &list.warnings)?)?;
    Ok(fields)
}

fn warnings<'py>(py: Python<'py>, warnings: &[Warning]) -> PyResult<Vec<Dict<'py>>> {
    let one = |warning: &Warning| {
        let fields = PyDict::new(py);
        fields.set_item("code", warning.code.name())?;
        fields.set_item("severity", warning.code.severity().name())?;
        fields.set_item("message", &warning.message)?;
        Ok(fields)
    };
    warnings.iter().map(one).collect()
}

fn device<'py>(py: Python<'py>, device: &Device) -> PyResult<Dict<'py>> {
    let fields = PyDict::new(py);
    fields.set_item("id", &device.id)?;
    fields.set_item("name", &device.name)?;
    fields.set_item("managed_name", &device.managed_name)?;
    fields.set_item("operating_system", &device.operating_system)?;
    fields.set_item("os_version", &device.os_version)?;
    fields.set_item("serial_number", &device.serial_number)?;
    fields.set_item("model", &device.model)?;
    fields.set_item("manufacturer", &device.manufacturer)?;
    fields.set_item("owner_type", &device.owner_type)?;
    fields.set_item("state", device.state.name())?;
    fields.set_item("management_agent", &device.management_agent)?;
    fields.set_item("enrollment_type", &device.enrollment_type)?;
    fields.set_item("registration_state", &device.registration_state)?;
    fields.set_item("compliance_state", &device.compliance_state)?;
    fields.set_item("is_encrypted", device.is_encrypted)?;
    fields.set_item("is_supervised", device.is_supervised)?;
    fields.set_item("enrolled", &device.enrolled)?;
    fields.set_item("last_sync", &device.last_sync)?;
    fields.set_item("certificate_expires", &device.certificate_expires)?;
    fields.set_item("entra_device_id", &device.entra_device_id)?;
    fields.set_item("entra_registered", device.entra_registered)?;
    fields.set_item("user_id", &device.user_id)?;
    fields.set_item("user_principal_name", &device.user_principal_name)?;
    fields.set_item("email_address", &device.email_address)?;
    fields.set_item("warnings", warnings(py, &device.warnings)?)?;
    Ok(fields)
}
