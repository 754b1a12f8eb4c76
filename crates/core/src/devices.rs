//! Who a user is and which devices Intune lists for them: single requests, one page after the other.

use std::collections::HashSet;

use serde_json::Value;

use crate::call::{Call, Progress, Request, client_request_id};
use crate::device::Device;
use crate::error::{Error, Result};
use crate::page::{self, Page};
use crate::purpose::Purpose;
use crate::status::Status;
use crate::transport::{Answer, Method};
use crate::user_id::{UserId, is_guid};

/// Asks for members of enumerations that the service's own description does not name yet
/// (<https://learn.microsoft.com/graph/best-practices-concept#handling-future-members-in-evolvable-enumerations>).
pub(crate) const PREFER: (&str, &str) = ("prefer", "include-unknown-enum-members");

/// A hundred thousand devices are no person's: a list that goes on is broken.
const MAX_PAGES: usize = 100;

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
        let body: Value = serde_json::from_str(&answer.body).unwrap_or_default();
        let id = body["id"].as_str().filter(|id| is_guid(id)).ok_or_else(|| {
            Error::new(
                Status::UnexpectedResponse,
                "the user could not be read: the answer holds no object id",
            )
        })?;
        Ok(Self {
            id: id.to_owned(),
            upn: body["userPrincipalName"].as_str().map(str::to_owned),
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
pub(crate) fn parse_devices(answer: &Answer) -> Result<Items<Device>> {
    let Page { items, next } = page::parse(&answer.body)?;
    let devices = items.iter().map(Device::from_json).collect::<Result<_>>()?;
    Ok((devices, next))
}

/// One page of a list, and the link to the next.
pub(crate) type Items<T> = (Vec<T>, Option<String>);

/// Every device of a user, from the page on that is there already.
pub(crate) fn read_devices(
    call: &mut Call<'_>,
    user: &UserId,
    first: Option<Items<Device>>,
) -> Result<Vec<Device>> {
    let target = format!("/v1.0{}", devices_path(user));
    let mut devices = read_list(call, Purpose::ReadDevices, user, &target, first, parse_devices)?;
    // A list that changes while it is read can show a device on two pages.
    let mut seen = HashSet::new();
    devices.retain(|device| seen.insert(device.id.to_ascii_lowercase()));
    Ok(devices)
}

/// Every item of a list, one page after the other.
pub(crate) fn read_list<T>(
    call: &mut Call<'_>,
    purpose: Purpose,
    user: &UserId,
    target: &str,
    first: Option<Items<T>>,
    parse: impl Fn(&Answer) -> Result<Items<T>>,
) -> Result<Vec<T>> {
    let (mut items, mut next) = match first {
        Some(page) => page,
        None => get(call, purpose, user, target, &parse)?,
    };
    for _ in 1..MAX_PAGES {
        let Some(link) = next else { return Ok(items) };
        let target = page::next_target(call.transport.endpoint(), &link)?;
        let page = get(call, purpose, user, &target, &parse)?;
        items.extend(page.0);
        next = page.1;
    }
    Err(Error::new(
        Status::UnexpectedResponse,
        format!("a list of more than {MAX_PAGES} pages cannot be trusted"),
    ))
}

/// One read, tried again as every request is.
pub(crate) fn get<T>(
    call: &mut Call<'_>,
    purpose: Purpose,
    user: &UserId,
    target: &str,
    parse: impl Fn(&Answer) -> Result<T>,
) -> Result<T> {
    let id = client_request_id(None);
    let request = Request {
        purpose,
        subject: user.as_str(),
        method: Method::Get,
        target,
        headers: &[PREFER],
        body: None,
        weight: 1,
        client_request_id: &id,
        write_ahead: None,
    };
    let mut progress = Progress::new(call.clock);
    call.perform(&request, &mut progress, |answer, _| parse(answer))
}
