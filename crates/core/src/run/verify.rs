//! Verifies what became of the devices in a journal: each is read by its own id.

use std::sync::Arc;

use super::event::{Event, Summary, Verification};
use super::finish::LastEvent;
use super::scheduler::Scheduler;
use super::thread::{guarded, spawn};
use super::token::RunCredential;
use crate::batch;
use crate::client::Client;
use crate::device::Standing;
use crate::error::Result;
use crate::journal::{EndRecord, Journal, JournalState, SnapshotDevice, UserRecord, UserState, VerifyRecord};
use crate::lookup::{Found, Listed, Sought, look_up};
use crate::status::Status;
use crate::user_id::UserId;
use crate::verdict::{Verdict, VerifiedDevice};

/// The users of a journal that are verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    All,
    /// Not those whose devices were all gone the last time.
    Remaining,
}

/// A verification, and what its thread works with.
pub(super) struct Verifier {
    pub(super) client: Client,
    pub(super) journal: Journal,
    pub(super) journal_state: JournalState,
    pub(super) scope: Scope,
    pub(super) scheduler: Arc<Scheduler>,
    pub(super) limiter: super::rate_limiter::RunRateLimiter,
    pub(super) token_events: bool,
}

impl Verifier {
    /// Starts the one thread of a verification.
    pub(super) fn start(self) -> std::io::Result<()> {
        self.scheduler.set_given(self.users().count());
        spawn("graph-devices-verify", move || self.work())
    }

    /// The users that were accepted, were confirmed, or are in doubt, within the scope.
    fn users(&self) -> impl Iterator<Item = &UserRecord> {
        self.journal_state
            .users()
            .filter(|record| matches!(record.state(), UserState::Done(_) | UserState::InDoubt(_)))
            .filter(|record| self.scope == Scope::All || !record.is_gone())
    }

    fn work(self) {
        let mut last = LastEvent::new(&self.scheduler, Summary::default());
        if let Err(error) = guarded(|| self.verify_all(&mut last.summary)) {
            last.summary.end(&error);
        }
        last.summary.custom_endpoint = self.client.endpoint().unknown_root();
        if let Err(error) = guarded(|| self.journal.end(&end(&last.summary))) {
            last.summary.end(&error);
        }
        self.journal.close();
    }

    /// Verifies user after user, as many at once as fill a batch.
    fn verify_all(&self, summary: &mut Summary) -> Result<()> {
        let mut records = self.users().peekable();
        let mut has_read = false;
        while let Some(first) = records.next() {
            if !self.scheduler.wait_for_room() {
                return Ok(());
            }
            let mut group = vec![first];
            let mut devices = first.snapshot().map_or(0, <[_]>::len);
            while let Some(next) = records.next_if(|next| {
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
            for verification in of_users(&group, found) {
                summary.add_verified(verification.verdict);
                self.journal.verify(&VerifyRecord {
                    user: verification.user.clone(),
                    id: verification.id.clone(),
                    devices: verification.devices.clone(),
                })?;
                self.scheduler.finish_verified(verification);
            }
        }
        Ok(())
    }

    /// Looks up the devices of some users, in order. An error is one that every device would meet.
    fn look_up(&self, records: &[&UserRecord]) -> Result<Vec<Found>> {
        let credential = RunCredential {
            scheduler: &self.scheduler,
            client: &self.client,
            token_events: self.token_events,
        };
        let mut notice = |notice| self.scheduler.emit(Event::Notice(notice));
        let mut session = self.client.session(
            None,
            &credential,
            &self.limiter,
            &self.scheduler.stop,
            &mut notice,
        );
        let mut users = Vec::new();
        for record in records {
            users.push(UserId::parse(record.id().unwrap_or(record.user()))?);
        }
        let sought: Vec<_> = records
            .iter()
            .zip(&users)
            .flat_map(|(record, user)| {
                let devices = record.snapshot().unwrap_or_default();
                devices.iter().map(move |device| Sought { user, id: &device.id })
            })
            .collect();
        look_up(&mut session, &sought)
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

fn of_users(records: &[&UserRecord], found: Vec<Found>) -> Vec<Verification> {
    let mut found = found.into_iter();
    let verification = |record: &&UserRecord| {
        let devices: Vec<_> = record
            .snapshot()
            .unwrap_or_default()
            .iter()
            .zip(&mut found)
            .map(|(device, found)| verified(device, found))
            .collect();
        Verification {
            user: record.user().to_owned(),
            id: record.id().map(str::to_owned),
            verdict: Verdict::worst(&devices),
            devices,
        }
    };
    records.iter().map(verification).collect()
}

fn verified(device: &SnapshotDevice, found: Found) -> VerifiedDevice {
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

/// The verdict over a device that is still listed.
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
