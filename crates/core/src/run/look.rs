//! What is read of users before anything is sent: who they are, their devices, and where a queued request stands.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::approvals::{self, Approval};
use crate::batch;
use crate::call::Call;
use crate::device::{Device, DeviceList};
use crate::devices::{Identity, devices_path, parse_devices, read_devices};
use crate::error::{Error, Result};
use crate::inspection::{Circumstances, inspect};
use crate::purpose::Purpose;
use crate::reads::{get_batch, judge_part};
use crate::status::Status;
use crate::transport::Answer;
use crate::user_id::UserId;

/// How many users fit in one batch: who they are, and their devices.
pub(super) const USERS_A_BATCH: usize = batch::MAX / 2;

/// What was read of one user. Everything is empty if reading is switched off or not permitted.
#[derive(Debug, Default)]
pub(super) struct Look {
    pub(super) identity: Option<Identity>,
    pub(super) devices: Option<DeviceList>,
    pub(super) approval: Option<Approval>,
    /// The user's own text, if it is an object id.
    pub(super) given_id: Option<String>,
    /// Why it could not be read, if that is not merely a matter of permission.
    pub(super) error: Option<Error>,
}

impl Look {
    pub(super) fn devices(&self) -> Option<&[Device]> {
        self.devices.as_ref().map(|list| list.devices.as_slice())
    }

    /// The object id that the service gave, or the user's own text if it is one.
    pub(super) fn id<'a>(&'a self, user: &'a UserId) -> Option<&'a str> {
        match &self.identity {
            Some(identity) => Some(&identity.id),
            None => user.is_object_id().then(|| user.as_str()),
        }
    }
}

/// What the token has turned out not to permit.
#[derive(Debug, Default)]
pub(super) struct Denied {
    users: AtomicBool,
    devices: AtomicBool,
    /// Whether it was read for somebody: then it is permitted.
    users_read: AtomicBool,
    devices_read: AtomicBool,
}

/// A user to look at.
pub(super) struct Sight<'a> {
    pub(super) user: &'a UserId,
    /// The text that the user was given by.
    pub(super) given: &'a str,
}

/// Looks at users: in one batch if they are several, and each alone where the batch gives no final answer.
pub(super) struct Looker<'a, 'b> {
    pub(super) call: &'a mut Call<'b>,
    pub(super) denied: &'a Denied,
    pub(super) max_devices: usize,
    /// The code of a request that was queued for a user, known by the text as given and, if it was read, the object id.
    pub(super) queued: &'a dyn Fn(&str, Option<&str>) -> Option<String>,
    /// Tells that the run goes on without reading something.
    pub(super) tell: &'a dyn Fn(String),
}

impl Looker<'_, '_> {
    pub(super) fn look(&mut self, sights: &[Sight<'_>]) -> Vec<Look> {
        let answers = if sights.len() > 1 {
            self.batch(sights)
        } else {
            Ok(BTreeMap::new())
        };
        let mut answers = match answers {
            Ok(answers) => answers,
            Err(error) => {
                let blind = || Look {
                    error: Some(error.clone()),
                    ..Look::default()
                };
                return sights.iter().map(|_| blind()).collect();
            }
        };
        let looks = sights.iter().enumerate();
        looks
            .map(|(at, sight)| {
                let mut look = Look::default();
                if let Err(error) = self.fill(&mut look, sight, at, &mut answers) {
                    look.error = Some(error);
                }
                look
            })
            .collect()
    }

    fn fill(
        &mut self,
        look: &mut Look,
        sight: &Sight<'_>,
        at: usize,
        answers: &mut BTreeMap<String, Answer>,
    ) -> Result<()> {
        let user = sight.user;
        let answer = answers.remove(&user_part(at));
        look.identity = self.permitted(
            (&self.denied.users, &self.denied.users_read),
            "who the users are",
            |looker| {
                let found = looker.judged(answer.as_ref(), Purpose::ReadUser, user, Identity::parse)?;
                found.map_or_else(|| Identity::read(looker.call, user), Ok)
            },
        )?;
        let answer = answers.remove(&devices_part(at));
        let devices = self.permitted(
            (&self.denied.devices, &self.denied.devices_read),
            "the users' devices",
            |looker| {
                let first = looker.judged(answer.as_ref(), Purpose::ReadDevices, user, parse_devices)?;
                read_devices(looker.call, user, first)
            },
        )?;
        if let Some(devices) = devices {
            look.devices = Some(self.inspected(devices, look.id(user)));
        }
        if let Some(code) = (self.queued)(sight.given, look.id(user)) {
            match approvals::poll(self.call, user, &code) {
                Ok(approval) => look.approval = approval,
                Err(error) if error.status == Status::PermissionDenied => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn inspected(&self, mut devices: Vec<Device>, user_id: Option<&str>) -> DeviceList {
        let circumstances = Circumstances {
            now: self.call.clock.wall(),
            user_id,
            max_devices: self.max_devices,
        };
        let warnings = inspect(&mut devices, &circumstances);
        DeviceList { devices, warnings }
    }

    /// Reads something, unless that is known not to be permitted; from then on the run goes on without it.
    fn permitted<T>(
        &mut self,
        (denied, permitted): (&AtomicBool, &AtomicBool),
        what: &str,
        read: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<Option<T>> {
        if denied.load(Ordering::SeqCst) {
            return Ok(None);
        }
        match read(self) {
            Ok(found) => {
                permitted.store(true, Ordering::SeqCst);
                Ok(Some(found))
            }
            // Once it was permitted, a refusal is about that one user, who may be out of the reader's scope.
            Err(error) if error.status == Status::PermissionDenied && !permitted.load(Ordering::SeqCst) => {
                if !denied.swap(true, Ordering::SeqCst) {
                    (self.tell)(format!("the run goes on without reading {what}: {error}"));
                }
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// What an answer out of the batch says; nothing if it must be asked for again alone.
    fn judged<T>(
        &self,
        answer: Option<&Answer>,
        purpose: Purpose,
        user: &UserId,
        parse: impl Fn(&Answer) -> Result<T>,
    ) -> Result<Option<T>> {
        match answer.map(|answer| judge_part(self.call, purpose, user, answer)) {
            Some(Ok(answer)) => Ok(parse(answer).ok()),
            Some(Err(error)) if error.status == Status::UserNotFound => Err(error),
            _ => Ok(None),
        }
    }

    /// The answers of one batch by part.
    fn batch(&mut self, sights: &[Sight<'_>]) -> Result<BTreeMap<String, Answer>> {
        let mut reads = Vec::new();
        for (at, sight) in sights.iter().enumerate() {
            if !self.denied.users.load(Ordering::SeqCst) {
                reads.push((user_part(at), Identity::path(sight.user)));
            }
            if !self.denied.devices.load(Ordering::SeqCst) {
                reads.push((devices_part(at), devices_path(sight.user)));
            }
        }
        get_batch(self.call, &reads)
    }
}

fn user_part(at: usize) -> String {
    format!("user{at}")
}

fn devices_part(at: usize) -> String {
    format!("devices{at}")
}
