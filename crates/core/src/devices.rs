//! Who a user is and which devices Intune lists for them.

use std::collections::HashSet;

use crate::device::Device;
use crate::error::{Error, Result};
use crate::json;
use crate::names;
use crate::page::{self, Page};
use crate::reads::{get, read_list};
use crate::request_kind::RequestKind;
use crate::session::Session;
use crate::status::Status;
use crate::text::tidy;
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

    /// Reads an answer, and whether it is about the user that was asked for. An error is one that another answer may mend.
    pub(crate) fn parse(answer: &Answer, asked: &UserId) -> Result<Told> {
        let body = json::parse(&answer.body, MAX_VALUES).unwrap_or_default();
        let id = body["id"].as_str().filter(|id| is_guid(id)).ok_or_else(|| {
            Error::new(
                Status::UnexpectedResponse,
                "the user could not be read: the answer holds no object id",
            )
        })?;
        let upn = body["userPrincipalName"].as_str();
        let upn = upn.filter(|name| !name.trim().is_empty()).map(str::to_owned);
        let identity = Self {
            id: id.to_owned(),
            upn,
            enabled: body["accountEnabled"].as_bool(),
        };
        // Compared as it came, shown without what a terminal would act on.
        Ok(match identity.held_against(asked) {
            Told::Who(Self { id, upn, enabled }) => Told::Who(Self {
                upn: upn.and_then(|upn| answer.shown(&upn)),
                id,
                enabled,
            }),
            other => other,
        })
    }

    pub(crate) fn read(session: &mut Session<'_>, user: &UserId) -> Result<Told> {
        let target = format!("/v1.0{}", Self::path(user));
        get(session, RequestKind::ReadUser, user, &target, |answer| {
            Self::parse(answer, user)
        })
    }

    fn held_against(self, asked: &UserId) -> Told {
        let Self { id, upn, .. } = &self;
        if asked.is_object_id() {
            if id.eq_ignore_ascii_case(asked.as_str()) {
                return Told::Who(self);
            }
            return Told::NotAsked(unconfirmed(&format!(
                "asked for the user {asked}, the directory answered with {id}"
            )));
        }
        match upn {
            Some(name) if names::same(name, asked.as_str()) => Told::Who(self),
            Some(name) => Told::Renamed(format!(
                "asked for {asked}, the directory answered with {} ({id}); look who is meant, then use the object id",
                shown(name)
            )),
            None => Told::NotAsked(unconfirmed(&format!(
                "asked for {asked}, the directory answered with {id} and no user principal name"
            ))),
        }
    }
}

/// What an answer tells of the user that was asked for.
#[derive(Debug)]
pub(crate) enum Told {
    Who(Identity),
    /// The name is not that user's any more, and why.
    Renamed(String),
    /// It does not confirm that it is about the user.
    NotAsked(Error),
}

fn unconfirmed(what: &str) -> Error {
    Error::new(
        Status::UnexpectedResponse,
        format!("{what}, so nothing was sent; look for a proxy that mixes answers up, then try again"),
    )
}

/// A name out of an answer, in a message: short, and without characters that are not seen.
fn shown(name: &str) -> String {
    tidy(name).unwrap_or_default().chars().take(120).collect()
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
    session: &mut Session<'_>,
    user: &UserId,
    first: Option<Page<Device>>,
) -> Result<Vec<Device>> {
    let target = format!("/v1.0{}", devices_path(user));
    let mut devices = read_list(
        session,
        RequestKind::ReadDevices,
        user,
        &target,
        first,
        parse_devices,
    )?;
    // A list that changes while it is read can show a device on two pages.
    let mut seen = HashSet::new();
    devices.retain(|device| seen.insert(device.id.to_ascii_lowercase()));
    Ok(devices)
}
