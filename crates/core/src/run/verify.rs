//! What became of the devices that a journal saw: each is asked for by its own id.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::board::Board;
use super::engine::guarded;
use super::event::{Event, Summary, Verification};
use crate::batch;
use crate::call::Call;
use crate::client::Client;
use crate::device::{ManagementState, Standing};
use crate::error::{Error, Result};
use crate::journal::{EndRecord, History, Journal, Past, SnapshotDevice, State, VerifyRecord};
use crate::purpose::Purpose;
use crate::reads::{get, get_batch, judge_part};
use crate::status::Status;
use crate::transport::Answer;
use crate::user_id::{SEGMENT, UserId};
use crate::verdict::{Verdict, VerifiedDevice};

/// A verification, as its thread sees it.
pub(super) struct Verifier {
    pub(super) client: Client,
    pub(super) journal: Journal,
    pub(super) history: History,
    pub(super) board: Arc<Board>,
    pub(super) pacer: super::pacer::Pacer,
    pub(super) supplies_tokens: bool,
}

impl Verifier {
    /// Begins the one thread of a verification.
    pub(super) fn begin(self) -> std::io::Result<()> {
        self.board.is_given(self.people().count());
        std::thread::Builder::new()
            .name("graph-devices-verify".into())
            .spawn(move || self.work())
            .map(drop)
    }

    /// Everybody who was accepted, confirmed, or is in doubt.
    fn people(&self) -> impl Iterator<Item = &Past> {
        self.history
            .people()
            .filter(|past| matches!(past.state(), State::Done(_) | State::Doubt(_)))
    }

    fn work(self) {
        let mut counts = BTreeMap::<Verdict, u64>::new();
        let mut summary = Summary::default();
        for past in self.people() {
            if self.board.stop.is_raised() || summary.fatal.is_some() {
                break;
            }
            match guarded(|| self.verify(past)) {
                Ok(verification) => {
                    *counts.entry(verification.verdict).or_default() += 1;
                    if let Err(error) = self.record(&verification) {
                        summary.end(&error);
                    }
                    self.board.verified(verification);
                }
                Err(error) => summary.end(&error),
            }
        }
        if self.board.stop.is_raised() {
            summary.end(&Error::new(Status::Cancelled, Status::Cancelled.message()));
        }
        summary.endpoint = self.client.endpoint().unknown_root();
        let end = EndRecord {
            counts: counts
                .into_iter()
                .map(|(verdict, count)| (verdict.name().to_owned(), count))
                .collect(),
            duplicates: 0,
            fatal: summary.fatal,
            message: summary.message.clone(),
        };
        if let Err(error) = self.journal.end(&end) {
            summary.end(&error);
        }
        self.board.tell(Event::Done(summary));
    }

    fn record(&self, verification: &Verification) -> Result<()> {
        self.journal.verify(&VerifyRecord {
            user: verification.user.clone(),
            id: verification.id.clone(),
            devices: verification.devices.clone(),
        })
    }

    /// One person. An answer that every device would meet ends the verification.
    fn verify(&self, past: &Past) -> Result<Verification> {
        let snapshot = past.snapshot().unwrap_or_default();
        let credential = super::token::RunCredential {
            board: &self.board,
            client: &self.client,
            supplies_tokens: self.supplies_tokens,
        };
        let mut notice = |notice| self.board.tell(Event::Notice(notice));
        let mut call = self
            .client
            .call(None, &credential, &self.pacer, &self.board.stop, &mut notice);
        let mut devices = Vec::new();
        for chunk in snapshot.chunks(batch::MAX) {
            devices.extend(look_at(&mut call, past, chunk)?);
        }
        Ok(Verification {
            user: past.user().to_owned(),
            id: past.id().map(str::to_owned),
            verdict: devices
                .iter()
                .map(|device| device.verdict)
                .max()
                .unwrap_or(Verdict::CannotTell),
            devices,
        })
    }
}

/// What the service says of a device id.
enum Found {
    Listed(Value),
    Gone,
}

/// Up to twenty devices: in one batch if they are several, and each alone where the batch gives no final answer.
fn look_at(call: &mut Call<'_>, past: &Past, devices: &[SnapshotDevice]) -> Result<Vec<VerifiedDevice>> {
    let user = UserId::parse(past.id().unwrap_or(past.user()))?;
    let mut answers = if devices.len() > 1 {
        let paths = devices.iter().enumerate();
        let reads: Vec<_> = paths
            .map(|(at, device)| (at.to_string(), path(&device.id)))
            .collect();
        get_batch(call, &reads)?
    } else {
        BTreeMap::new()
    };
    let mut found = Vec::new();
    for (at, device) in devices.iter().enumerate() {
        let answer = answers.remove(&at.to_string());
        let looked = answer
            .as_ref()
            .and_then(|answer| judged(call, &user, answer))
            .map_or_else(
                || {
                    let target = format!("/v1.0{}", path(&device.id));
                    match get(call, Purpose::ReadDevice, &user, &target, parse) {
                        Err(error) if is_gone(&error) => Ok(Found::Gone),
                        other => other.map(Found::Listed),
                    }
                },
                Ok,
            );
        found.push(match looked {
            Ok(Found::Gone) => told(device, Verdict::Gone, None),
            Ok(Found::Listed(body)) => listed(device, &body),
            Err(error) if error.is_fatal() || error.status == Status::Cancelled => return Err(error),
            Err(error) => told(device, Verdict::CannotTell, Some(error.message.clone())),
        });
    }
    Ok(found)
}

/// The service itself says that there is no such device.
fn is_gone(error: &Error) -> bool {
    error.status == Status::UserNotFound
}

/// What to GET, below the version root: only a read of one device fills `deviceActionResults`
/// (<https://github.com/microsoftgraph/powershell-intune-samples/issues/35>).
fn path(device: &str) -> String {
    let id = percent_encoding::utf8_percent_encode(device, SEGMENT);
    format!("/deviceManagement/managedDevices/{id}?$select=id,deviceName,managementState,deviceActionResults")
}

fn parse(answer: &Answer) -> Result<Value> {
    serde_json::from_str::<Value>(&answer.body)
        .ok()
        .filter(|body| body["id"].is_string())
        .ok_or_else(|| {
            Error::new(
                Status::UnexpectedResponse,
                "the device could not be read: the answer holds no id",
            )
        })
}

/// What an answer out of a batch says; nothing if it must be asked for again alone.
fn judged(call: &Call<'_>, user: &UserId, answer: &Answer) -> Option<Found> {
    match judge_part(call, Purpose::ReadDevice, user, answer) {
        Ok(answer) => parse(answer).ok().map(Found::Listed),
        Err(error) => is_gone(&error).then_some(Found::Gone),
    }
}

/// A device that is listed still.
fn listed(device: &SnapshotDevice, body: &Value) -> VerifiedDevice {
    let text = |name: &str| body[name].as_str().unwrap_or_default();
    let state = ManagementState::parse(text("managementState"));
    let action = body["deviceActionResults"]
        .as_array()
        .into_iter()
        .flatten()
        .rfind(|action| {
            let name = action["actionName"].as_str().unwrap_or_default();
            name.to_ascii_lowercase().contains("retire")
        });
    let of_action = |name: &str| action.and_then(|action| action[name].as_str());
    let not_supported =
        of_action("actionState").is_some_and(|state| state.eq_ignore_ascii_case("notSupported"));
    let verdict = match state.standing() {
        _ if not_supported => Verdict::NeedsPerson,
        Standing::Retiring | Standing::OthersAction => Verdict::Pending,
        Standing::Managed => Verdict::StillManaged,
        Standing::NeedsPerson => Verdict::NeedsPerson,
        Standing::Unknown => Verdict::CannotTell,
    };
    VerifiedDevice {
        state: Some(state.name().to_owned()),
        since: of_action("startDateTime").map(str::to_owned),
        ..told(
            device,
            verdict,
            of_action("actionState").map(|state| format!("retire: {state}")),
        )
    }
}

fn told(device: &SnapshotDevice, verdict: Verdict, detail: Option<String>) -> VerifiedDevice {
    VerifiedDevice {
        id: device.id.clone(),
        name: device.name.clone(),
        verdict,
        state: None,
        since: None,
        detail,
    }
}
