//! Reads the identity of a user and the devices that Intune lists for the user.

use std::collections::HashSet;

use crate::device::Device;
use crate::error::{Error, Result};
use crate::json;
use crate::names;
use crate::page::{self, Page};
use crate::reads::{Read, get, read_list, read_part};
use crate::request_kind::RequestKind;
use crate::session::Session;
use crate::status::Status;
use crate::text::tidy;
use crate::transport::Answer;
use crate::user_id::{UserId, is_guid};

/// The most JSON values that the answer about a user or a device can have.
pub(crate) const MAX_VALUES: usize = 10_000;

/// The identity of a user in the directory.
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

    /// Parses an answer and checks that it is about the user `asked`. After an error another answer may be readable.
    pub(crate) fn parse(answer: &Answer, asked: &UserId) -> Result<IdentityCheck> {
        let body = json::parse(&answer.body, MAX_VALUES).unwrap_or_default();
        let id = body["id"].as_str().filter(|id| is_guid(id)).ok_or_else(|| {
            Error::new(
                Status::UnexpectedResponse,
                "the user could not be read: the answer contains no object id",
            )
        })?;
        let upn = body["userPrincipalName"].as_str();
        let upn = upn.filter(|name| !name.trim().is_empty()).map(str::to_owned);
        let identity = Self {
            id: id.to_owned(),
            upn,
            enabled: body["accountEnabled"].as_bool(),
        };
        // The name is compared as received, and shown without control characters.
        Ok(match identity.check_against(asked) {
            IdentityCheck::Confirmed(Self { id, upn, enabled }) => IdentityCheck::Confirmed(Self {
                upn: upn.and_then(|upn| answer.shown(&upn)),
                id,
                enabled,
            }),
            other => other,
        })
    }

    /// Reads the identity of a user, from the answer of a batch if that is final.
    pub(crate) fn read(
        session: &mut Session<'_>,
        user: &UserId,
        part: Option<&Answer>,
    ) -> Result<IdentityCheck> {
        let target = format!("/v1.0{}", Self::path(user));
        let read = Read {
            kind: RequestKind::ReadUser,
            subject: user.as_str(),
            target: &target,
        };
        get(session, &read, part, |answer| Self::parse(answer, user))
    }

    fn check_against(self, asked: &UserId) -> IdentityCheck {
        let Self { id, upn, .. } = &self;
        if asked.is_object_id() {
            if id.eq_ignore_ascii_case(asked.as_str()) {
                return IdentityCheck::Confirmed(self);
            }
            return IdentityCheck::Unconfirmed(unconfirmed(&format!(
                "asked for the user {asked}, the directory answered with {id}"
            )));
        }
        match upn {
            Some(name) if names::same(name, asked.as_str()) => IdentityCheck::Confirmed(self),
            Some(name) => IdentityCheck::Renamed(format!(
                "asked for {asked}, the directory answered with {} ({id}); check which user is meant, then use the object id",
                shown(name)
            )),
            None => IdentityCheck::Unconfirmed(unconfirmed(&format!(
                "asked for {asked}, the directory answered with {id} and no user principal name"
            ))),
        }
    }
}

/// Whether an answer is about the user that was requested.
#[derive(Debug)]
pub(crate) enum IdentityCheck {
    Confirmed(Identity),
    /// The name belongs to another user now. The text names that user.
    Renamed(String),
    /// The answer does not show that it is about the user.
    Unconfirmed(Error),
}

fn unconfirmed(what: &str) -> Error {
    Error::new(
        Status::UnexpectedResponse,
        format!("{what}, so nothing was sent; look for a proxy that mixes answers up, then try again"),
    )
}

/// A name from an answer in the form for a message: short and printable.
fn shown(name: &str) -> String {
    tidy(name).unwrap_or_default().chars().take(120).collect()
}

/// What to GET for the devices of a user, below the version root. Not `$filter=userId` on the devices of the tenant: the
/// service ignores that filter and lists the devices of all users
/// (<https://github.com/microsoftgraph/microsoft-graph-explorer-v4/issues/3125>).
pub(crate) fn devices_path(user: &UserId) -> String {
    format!("{}/managedDevices?{}&$top=999", user.path(), Device::select())
}

/// Parses one page of devices. An unreadable device makes the page unreadable.
fn parse_devices(answer: &Answer) -> Result<Page<Device>> {
    let Page { items, next, count } = page::read(answer)?;
    let items = items.iter().map(Device::from_json).collect::<Result<_>>()?;
    Ok(Page { items, next, count })
}

/// Reads every device of a user. `part` is the answer of a batch to the first page, if there is one.
pub(crate) fn read_devices(
    session: &mut Session<'_>,
    user: &UserId,
    part: Option<&Answer>,
) -> Result<Vec<Device>> {
    let target = format!("/v1.0{}", devices_path(user));
    let read = Read {
        kind: RequestKind::ReadDevices,
        subject: user.as_str(),
        target: &target,
    };
    let first = read_part(session, &read, part, parse_devices)?;
    let mut devices = read_list(session, &read, first, parse_devices)?;
    // A list that changes during the read can show a device on two pages.
    let mut seen = HashSet::new();
    devices.retain(|device| seen.insert(device.id.to_ascii_lowercase()));
    Ok(devices)
}
