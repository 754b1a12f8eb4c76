//! Who a user is and which devices Intune lists for them.

use std::collections::HashSet;

use crate::call::Call;
use crate::device::Device;
use crate::error::{Error, Result};
use crate::json;
use crate::page::{self, Page};
use crate::purpose::Purpose;
use crate::reads::{get, read_list};
use crate::status::Status;
use crate::transport::Answer;
use crate::user_id::{UserId, is_guid};

/// The most that the answer about a user or a device can have.
pub(crate) const MAX_VALUES: usize = 10_000;

/// Who a user is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) id: String,
    pub(crate) upn: Option<String>,
    pub(crate) enabled: Option<bool>,
}

impl Identity {
    /// What to GET, below the version root (<https://learn.microsoft.com/graph/api/user-get>).
    pub(crate) fn path(user: &UserId) -> String {
        format!("{}?$select=id,userPrincipalName,accountEnabled", user.path())
    }

    pub(crate) fn parse(answer: &Answer) -> Result<Self> {
        let body = json::parse(&answer.body, MAX_VALUES).unwrap_or_default();
        let id = body["id"].as_str().filter(|id| is_guid(id)).ok_or_else(|| {
            Error::new(
                Status::UnexpectedResponse,
                "the user could not be read: the answer holds no object id",
            )
        })?;
        Ok(Self {
            id: id.to_owned(),
            upn: body["userPrincipalName"]
                .as_str()
                .and_then(|upn| answer.shown(upn)),
            enabled: body["accountEnabled"].as_bool(),
        })
    }

    pub(crate) fn read(call: &mut Call<'_>, user: &UserId) -> Result<Self> {
        let target = format!("/v1.0{}", Self::path(user));
        get(call, Purpose::ReadUser, user, &target, Self::parse)
    }
}

/// What to GET for the devices of a user, below the version root. Never `$filter=userId` on the devices of the tenant: the
/// service ignores it and lists everybody's (<https://github.com/microsoftgraph/microsoft-graph-explorer-v4/issues/3125>).
pub(crate) fn devices_path(user: &UserId) -> String {
    format!("{}/managedDevices?{}&$top=999", user.path(), Device::select())
}

/// One page of devices. If any of them cannot be read, the page cannot.
pub(crate) fn parse_devices(answer: &Answer) -> Result<Page<Device>> {
    let Page { items, next, count } = page::read(answer)?;
    let items = items.iter().map(Device::from_json).collect::<Result<_>>()?;
    Ok(Page { items, next, count })
}

/// Every device of a user, from the page on that is there already.
pub(crate) fn read_devices(
    call: &mut Call<'_>,
    user: &UserId,
    first: Option<Page<Device>>,
) -> Result<Vec<Device>> {
    let target = format!("/v1.0{}", devices_path(user));
    let mut devices = read_list(call, Purpose::ReadDevices, user, &target, first, parse_devices)?;
    // A list that changes while it is read can show a device on two pages.
    let mut seen = HashSet::new();
    devices.retain(|device| seen.insert(device.id.to_ascii_lowercase()));
    Ok(devices)
}
