//! What became of the devices that a journal saw: each is asked for by its own id.

use std::sync::Arc;

use super::board::Board;
use super::engine::{LastEvent, STACK, guarded};
use super::event::{Event, Summary, Verification};
use super::token::RunCredential;
use crate::batch;
use crate::client::Client;
use crate::device::Standing;
use crate::error::Result;
use crate::journal::{EndRecord, History, Journal, Past, SnapshotDevice, State, VerifyRecord};
use crate::lookup::{Found, Listed, Sought, look_up};
use crate::status::Status;
use crate::user_id::UserId;
use crate::verdict::{Verdict, VerifiedDevice};

/// A verification, as its thread sees it.
pub(super) struct Verifier {
    pub(super) client: Client,
    pub(super) journal: Journal,
    pub(super) history: History,
    pub(super) board: Arc<Board>,
    pub(super) pacer: super::pacer::Pacer,
    pub(super) token_events: bool,
}

impl Verifier {
    /// Begins the one thread of a verification.
    pub(super) fn begin(self) -> std::io::Result<()> {
        self.board.is_given(self.people().count());
        std::thread::Builder::new()
            .name("graph-devices-verify".into())
            .stack_size(STACK)
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
        let mut last = LastEvent::new(&self.board, Summary::default());
        if let Err(error) = guarded(|| self.verify_all(&mut last.summary)) {
            last.summary.end(&error);
        }
        last.summary.custom_endpoint = self.client.endpoint().unknown_root();
        if let Err(error) = guarded(|| self.journal.end(&end(&last.summary))) {
            last.summary.end(&error);
        }
        self.journal.close();
    }

    /// Person after person, as many at once as fill a batch.
    fn verify_all(&self, summary: &mut Summary) -> Result<()> {
        let mut people = self.people().peekable();
        let mut has_read = false;
        while let Some(first) = people.next() {
            if !self.board.wait_for_room() {
                return Ok(());
            }
            let mut group = vec![first];
            let mut devices = first.snapshot().map_or(0, <[_]>::len);
            while let Some(next) = people.next_if(|next| {
                devices += next.snapshot().map_or(0, <[_]>::len);
                devices <= batch::MAX && group.len() < batch::MAX
            }) {
                group.push(next);
            }
            let found = match self.look_up(&group) {
                Err(error) if error.status == Status::Cancelled => return Ok(()),
                found => found?,
            };
            has_read |= found.iter().any(|found| !matches!(found, Found::Unreadable(_)));
            for device in &found {
                if let Found::Unreadable(error) = device
                    && !has_read
                    && error.is_about_the_token()
                {
                    return Err(error.clone());
                }
            }
            for verification in of_people(&group, found) {
                summary.add_verified(verification.verdict);
                self.journal.verify(&VerifyRecord {
                    user: verification.user.clone(),
                    id: verification.id.clone(),
                    devices: verification.devices.clone(),
                })?;
                self.board.verified(verification);
            }
        }
        Ok(())
    }

    /// The devices of some people, one after the other. An error is one that every device would meet.
    fn look_up(&self, people: &[&Past]) -> Result<Vec<Found>> {
        let credential = RunCredential {
            board: &self.board,
            client: &self.client,
            token_events: self.token_events,
        };
        let mut notice = |notice| self.board.tell(Event::Notice(notice));
        let mut call = self
            .client
            .call(None, &credential, &self.pacer, &self.board.stop, &mut notice);
        let mut users = Vec::new();
        for past in people {
            users.push(UserId::parse(past.id().unwrap_or(past.user()))?);
        }
        let sought: Vec<_> = people
            .iter()
            .zip(&users)
            .flat_map(|(past, user)| {
                let devices = past.snapshot().unwrap_or_default();
                devices.iter().map(move |device| Sought { user, id: &device.id })
            })
            .collect();
        look_up(&mut call, &sought)
    }
}

fn end(summary: &Summary) -> EndRecord {
    EndRecord {
        counts: Verdict::all()
            .iter()
            .map(|verdict| (verdict.name().to_owned(), summary.count_verified(*verdict)))
            .collect(),
        duplicates: 0,
        ended_by: summary.ended_by,
        message: summary.message.clone(),
    }
}

fn of_people(people: &[&Past], found: Vec<Found>) -> Vec<Verification> {
    let mut found = found.into_iter();
    let verification = |past: &&Past| {
        let devices: Vec<_> = past
            .snapshot()
            .unwrap_or_default()
            .iter()
            .zip(&mut found)
            .map(|(device, found)| told(device, found))
            .collect();
        Verification {
            user: past.user().to_owned(),
            id: past.id().map(str::to_owned),
            verdict: devices
                .iter()
                .map(|device| device.verdict)
                .max()
                .unwrap_or(Verdict::CannotTell),
            devices,
        }
    };
    people.iter().map(verification).collect()
}

fn told(device: &SnapshotDevice, found: Found) -> VerifiedDevice {
    let (verdict, state, since, detail) = match found {
        Found::Gone => (Verdict::Gone, None, None, None),
        Found::Unreadable(error) => (Verdict::CannotTell, None, None, Some(error.message.clone())),
        Found::Listed(listed) => (
            verdict(&listed),
            Some(listed.state.name().to_owned()),
            listed.retire_since,
            listed.retire.map(|state| format!("retire: {state}")),
        ),
    };
    VerifiedDevice {
        id: device.id.clone(),
        name: device.name.clone(),
        verdict,
        state,
        since,
        detail,
    }
}

/// Of a device that is listed still.
fn verdict(listed: &Listed) -> Verdict {
    let retire = listed.retire.as_deref().unwrap_or_default();
    match listed.state.standing() {
        _ if retire.eq_ignore_ascii_case("notSupported") => Verdict::NeedsPerson,
        Standing::Retiring | Standing::OthersAction => Verdict::Pending,
        Standing::Managed => Verdict::StillManaged,
        Standing::NeedsPerson => Verdict::NeedsPerson,
        Standing::Unknown => Verdict::CannotTell,
    }
}
