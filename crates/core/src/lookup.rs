//! Looks up devices by their own ids: whether the service still lists them, and in which state.

use crate::batch;
use crate::device::{self, ManagementState};
use crate::devices::MAX_VALUES;
use crate::error::{Error, Result};
use crate::json;
use crate::reads::{Read, get, get_batch};
use crate::request_kind::RequestKind;
use crate::session::Session;
use crate::status::Status;
use crate::transport::Answer;
use crate::user_id::{SEGMENT, UserId};

/// A device that is looked up, and the user whose device it was.
#[derive(Clone, Copy)]
pub(crate) struct Sought<'a> {
    pub(crate) user: &'a UserId,
    pub(crate) id: &'a str,
}

/// What the service answers about a device id.
#[derive(Clone, Debug)]
pub(crate) enum Found {
    Listed(Listed),
    /// The service itself says that the device does not exist.
    Gone,
    Unreadable(Error),
}

/// A device that the service still lists, of this user or another.
#[derive(Clone, Debug)]
pub(crate) struct Listed {
    pub(crate) state: ManagementState,
    /// `actionState` and `startDateTime` of the newest retire among its action results.
    pub(crate) retire: Option<String>,
    pub(crate) retire_since: Option<String>,
}

/// Looks up devices: several in one batch, and each by itself if the batch gives no final answer. Returns an error that
/// every device would meet.
pub(crate) fn look_up(session: &mut Session<'_>, sought: &[Sought<'_>]) -> Result<Vec<Found>> {
    let mut found = Vec::new();
    for chunk in sought.chunks(batch::MAX) {
        let reads: Vec<_> = chunk
            .iter()
            .enumerate()
            .filter(|_| chunk.len() > 1)
            .map(|(at, device)| (at.to_string(), path(device.id)))
            .collect();
        let answers = get_batch(session, &reads)?;
        for (at, device) in chunk.iter().enumerate() {
            found.push(look_up_one(session, device, answers.get(&at.to_string()))?);
        }
    }
    Ok(found)
}

fn look_up_one(session: &mut Session<'_>, device: &Sought<'_>, part: Option<&Answer>) -> Result<Found> {
    let target = format!("/v1.0{}", path(device.id));
    let read = Read {
        kind: RequestKind::ReadDevice,
        subject: device.user.as_str(),
        target: &target,
    };
    match get(session, &read, part, parse) {
        Ok(listed) => Ok(Found::Listed(listed)),
        Err(error) if error.status == Status::UserNotFound => Ok(Found::Gone),
        // The scope of the sign-in may exclude one device.
        Err(error) if error.status == Status::PermissionDenied => Ok(Found::Unreadable(error)),
        Err(error) if error.is_fatal() || matches!(error.status, Status::Throttled | Status::Cancelled) => {
            Err(error)
        }
        Err(error) => Ok(Found::Unreadable(error)),
    }
}

/// The path to GET, below the version root. Only a read of one device fills `deviceActionResults`
/// (<https://github.com/microsoftgraph/powershell-intune-samples/issues/35>).
fn path(device: &str) -> String {
    let id = percent_encoding::utf8_percent_encode(device, SEGMENT);
    format!("/deviceManagement/managedDevices/{id}?$select=id,deviceName,managementState,deviceActionResults")
}

fn parse(answer: &Answer) -> Result<Listed> {
    let mut body = json::parse(&answer.body, MAX_VALUES).unwrap_or_default();
    answer.token.redact_json(&mut body);
    if !body["id"].is_string() {
        return Err(Error::new(
            Status::UnexpectedResponse,
            "the device could not be read: the answer contains no id",
        ));
    }
    let action = body["deviceActionResults"]
        .as_array()
        .into_iter()
        .flatten()
        .rfind(|action| {
            let name = action["actionName"].as_str().unwrap_or_default();
            name.to_ascii_lowercase().contains("retire")
        });
    let of_action = |name: &str| action.and_then(|action| device::text(&action[name]));
    Ok(Listed {
        state: ManagementState::parse(&device::text(&body["managementState"]).unwrap_or_default()),
        retire: of_action("actionState"),
        retire_since: of_action("startDateTime"),
    })
}
