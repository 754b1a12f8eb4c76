//! Reads users before anything is sent: who they are, their devices, and where a queued request stands.

use std::collections::BTreeMap;

use super::permits::{Permit, Permits};
use crate::approvals::{self, Approval};
use crate::clock::Moment;
use crate::device::{Device, DeviceList};
use crate::devices::{Identity, IdentityCheck, devices_path, read_devices};
use crate::error::{Error, Result};
use crate::lookup::{Found, Sought, look_up};
use crate::notice::Notice;
use crate::reads::{get_batch, judge_part};
use crate::request_kind::RequestKind;
use crate::session::Session;
use crate::status::Status;
use crate::transport::Answer;
use crate::user_id::UserId;
use crate::warnings_for::{Circumstances, add_warnings};

/// What was read of one user. Everything is empty if reading is switched off or not permitted.
#[derive(Debug, Default)]
pub(super) struct Inspection {
    /// When it began, if the devices were read.
    pub(super) at: Option<Moment>,
    pub(super) identity: Option<Identity>,
    /// Why the name as given is not the name of the user that the directory answered with.
    pub(super) renamed: Option<String>,
    pub(super) devices: Option<DeviceList>,
    pub(super) approval: Option<Approval>,
    /// Of a user in doubt: the devices of the snapshot that the list lacks, by their ids.
    pub(super) unlisted: Vec<(String, Found)>,
    /// The user's own text, if it is an object id.
    pub(super) given_id: Option<String>,
    /// Why the user could not be read, unless that is only a missing permission.
    pub(super) error: Option<Error>,
    /// Another inspection reports the same error, or other users were read together with this one.
    pub(super) is_reported_elsewhere: bool,
}

impl Inspection {
    pub(super) fn failed(error: Error) -> Self {
        Self {
            error: Some(error),
            ..Self::default()
        }
    }

    pub(super) fn devices(&self) -> Option<&[Device]> {
        self.devices.as_ref().map(|list| list.devices.as_slice())
    }

    /// A device of the list.
    pub(super) fn device(&self, id: &str) -> Option<&Device> {
        self.devices()?
            .iter()
            .find(|device| device.id.eq_ignore_ascii_case(id))
    }

    /// The user principal name that the service returned.
    pub(super) fn upn(&self) -> Option<&str> {
        self.identity.as_ref()?.upn.as_deref()
    }

    /// The object id that the service returned, or the user's own text if it is one.
    pub(super) fn id<'a>(&'a self, user: &'a UserId) -> Option<&'a str> {
        match &self.identity {
            Some(identity) => Some(&identity.id),
            None => user.is_object_id().then(|| user.as_str()),
        }
    }
}

/// What an earlier run left to be read about a user.
#[derive(Debug, Default)]
pub(super) struct FollowUp {
    /// The code of a request that was queued.
    pub(super) approval_code: Option<String>,
    /// Of a user in doubt: the ids of the devices of the snapshot.
    pub(super) devices: Vec<String>,
}

/// The answers of a batch that inspects several users, by part, and when it began.
pub(super) struct Batch {
    began: Moment,
    answers: BTreeMap<String, Answer>,
}

/// Inspects users: in one batch if they are several, and each by itself where the batch gives no final answer.
pub(super) struct Inspector<'a, 'b> {
    pub(super) session: &'a mut Session<'b>,
    pub(super) permits: &'a Permits,
    pub(super) max_devices: usize,
}

impl Inspector<'_, '_> {
    /// Sends the batch for some users. One user has none. An error is one that every user would meet.
    pub(super) fn batch(&mut self, users: &[&UserId]) -> Result<Batch> {
        let began = self.session.clock.now();
        let mut reads = Vec::new();
        for (at, user) in users.iter().enumerate().filter(|_| users.len() > 1) {
            if !self.permits.users.is_denied() {
                reads.push((user_part(at), Identity::path(user)));
            }
            if !self.permits.devices.is_denied() {
                reads.push((devices_part(at), devices_path(user)));
            }
        }
        let batch = Batch {
            began,
            answers: get_batch(self.session, &reads)?,
        };
        self.grant(&batch, users);
        Ok(batch)
    }

    /// Notes what could be read of at least one user, before any refusal is weighed.
    fn grant(&self, batch: &Batch, users: &[&UserId]) {
        let is_readable = |kind: RequestKind, part: fn(usize) -> String| {
            users.iter().enumerate().any(|(at, user)| {
                let answer = batch.answers.get(&part(at));
                answer.is_some_and(|answer| judge_part(self.session, kind, user.as_str(), answer).is_ok())
            })
        };
        if is_readable(RequestKind::ReadUser, user_part) {
            self.permits.users.grant();
        }
        if is_readable(RequestKind::ReadDevices, devices_part) {
            self.permits.devices.grant();
        }
    }

    /// Reads who a user is, and the devices. `at` is the user's place in the batch.
    pub(super) fn inspect(&mut self, user: &UserId, at: usize, batch: &Batch) -> Inspection {
        let mut inspection = Inspection::default();
        if let Err(error) = self.read(&mut inspection, user, at, batch) {
            inspection.error = Some(error);
        }
        inspection.at = inspection.devices.is_some().then_some(batch.began);
        inspection
    }

    fn read(&mut self, inspection: &mut Inspection, user: &UserId, at: usize, batch: &Batch) -> Result<()> {
        match self.identity(user, batch.answers.get(&user_part(at)))? {
            None => {}
            Some(IdentityCheck::Confirmed(identity)) => inspection.identity = Some(identity),
            // The devices of another user must not be attributed to this one.
            Some(IdentityCheck::Renamed(why)) => {
                inspection.renamed = Some(why);
                return Ok(());
            }
            Some(IdentityCheck::Unconfirmed(error)) => return Err(error),
        }
        let part = batch.answers.get(&devices_part(at));
        let devices = self.permitted(&self.permits.devices, "the users' devices", |session| {
            read_devices(session, user, part)
        })?;
        if let Some(mut devices) = devices {
            let circumstances = Circumstances {
                now: self.session.clock.wall(),
                user_id: inspection.id(user),
                max_devices: self.max_devices,
            };
            let warnings = add_warnings(&mut devices, &circumstances);
            inspection.devices = Some(DeviceList { devices, warnings });
        }
        Ok(())
    }

    /// Reads what an earlier run left open of a user that could be inspected.
    pub(super) fn follow_up(&mut self, inspection: &mut Inspection, user: &UserId, follow_up: FollowUp) {
        if inspection.error.is_some() || inspection.renamed.is_some() {
            return;
        }
        if let Err(error) = self.read_follow_up(inspection, user, follow_up) {
            inspection.error = Some(error);
        }
    }

    fn read_follow_up(
        &mut self,
        inspection: &mut Inspection,
        user: &UserId,
        follow_up: FollowUp,
    ) -> Result<()> {
        if inspection.devices.is_some() {
            inspection.unlisted = self.look_up(inspection, user, follow_up.devices)?;
        }
        if let Some(code) = follow_up.approval_code {
            match approvals::poll(self.session, user, &code) {
                Ok(approval) => inspection.approval = Some(approval),
                Err(error) if error.status == Status::PermissionDenied => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Looks up the devices that left the list. Each may have retired, or may be another user's now: only its own id shows which.
    fn look_up(
        &mut self,
        inspection: &Inspection,
        user: &UserId,
        before: Vec<String>,
    ) -> Result<Vec<(String, Found)>> {
        let missing: Vec<_> = before
            .into_iter()
            .filter(|id| inspection.device(id).is_none())
            .collect();
        let sought: Vec<_> = missing.iter().map(|id| Sought { user, id }).collect();
        let found = look_up(self.session, &sought)?;
        Ok(missing.into_iter().zip(found).collect())
    }

    /// Reads who a user is; `None` if that is not permitted.
    pub(super) fn identity(&mut self, user: &UserId, part: Option<&Answer>) -> Result<Option<IdentityCheck>> {
        self.permitted(&self.permits.users, "who the users are", |session| {
            Identity::read(session, user, part)
        })
    }

    /// Reads something, unless the token is known not to permit it. Once it does not, the run continues without it.
    fn permitted<T>(
        &mut self,
        permit: &Permit,
        what: &str,
        read: impl FnOnce(&mut Session<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        if permit.is_denied() {
            return Ok(None);
        }
        match read(self.session) {
            Ok(found) => {
                permit.grant();
                Ok(Some(found))
            }
            // Any other refusal is about that one user, who may be out of the reader's scope.
            Err(error) if error.is_about_the_token() && !permit.is_granted() => {
                if permit.deny() {
                    let text = format!("the run continues without reading {what}: {error}");
                    (self.session.notice)(Notice::Run(text));
                }
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

pub(super) fn user_part(at: usize) -> String {
    format!("user{at}")
}

fn devices_part(at: usize) -> String {
    format!("devices{at}")
}
