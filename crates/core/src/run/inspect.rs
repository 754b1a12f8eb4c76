//! What is read of users before anything is sent: who they are, their devices, and where a queued request stands.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::approvals::{self, Approval};
use crate::clock::Moment;
use crate::device::{Device, DeviceList};
use crate::devices::{Identity, Told, devices_path, parse_devices, read_devices};
use crate::error::{Error, Result};
use crate::lookup::{Found, Sought, look_up};
use crate::reads::{get_batch, judge_part};
use crate::request_kind::RequestKind;
use crate::session::Session;
use crate::status::Status;
use crate::transport::Answer;
use crate::user_id::UserId;
use crate::warnings_for::{Circumstances, add_warnings};

/// After so many failures in a row no more exclusions are looked up.
const FAILURES: usize = 3;

/// What was read of one user. Everything is empty if reading is switched off or not permitted.
#[derive(Debug, Default)]
pub(super) struct Inspection {
    /// When it was begun, if the devices were read.
    pub(super) at: Option<Moment>,
    pub(super) identity: Option<Identity>,
    /// Why the name that was given is not the name of whom the directory answered with.
    pub(super) renamed: Option<String>,
    pub(super) devices: Option<DeviceList>,
    pub(super) approval: Option<Approval>,
    /// Of a user in doubt: the devices of before that the list lacks, by their ids.
    pub(super) unlisted: Vec<(String, Found)>,
    /// The user's own text, if it is an object id.
    pub(super) given_id: Option<String>,
    /// Why it could not be read, if that is not merely a matter of permission.
    pub(super) error: Option<Error>,
    /// Another look tells the same, or others were read together with this one.
    pub(super) is_told_by_others: bool,
}

impl Inspection {
    pub(super) fn devices(&self) -> Option<&[Device]> {
        self.devices.as_ref().map(|list| list.devices.as_slice())
    }

    /// A device of the list.
    pub(super) fn device(&self, id: &str) -> Option<&Device> {
        self.devices()?
            .iter()
            .find(|device| device.id.eq_ignore_ascii_case(id))
    }

    /// The user principal name that the service gave.
    pub(super) fn upn(&self) -> Option<&str> {
        self.identity.as_ref()?.upn.as_deref()
    }

    /// The object id that the service gave, or the user's own text if it is one.
    pub(super) fn id<'a>(&'a self, user: &'a UserId) -> Option<&'a str> {
        match &self.identity {
            Some(identity) => Some(&identity.id),
            None => user.is_object_id().then(|| user.as_str()),
        }
    }
}

/// What the directory says of an exclusion.
#[derive(Debug)]
pub(super) enum Answered {
    Is(Identity),
    /// There is no such user.
    Absent,
    /// It could not be read; why, unless reading is not permitted at all.
    Unknown(Option<Error>),
}

/// What the token has turned out to permit, and not to permit.
#[derive(Debug, Default)]
pub(super) struct Permits {
    users: Permit,
    devices: Permit,
}

#[derive(Debug, Default)]
struct Permit {
    /// It was read for somebody.
    given: AtomicBool,
    /// It is not to be had by this token; the run goes on without it.
    denied: AtomicBool,
}

impl Permit {
    fn is_denied(&self) -> bool {
        self.denied.load(Ordering::SeqCst) && !self.given.load(Ordering::SeqCst)
    }

    fn give(&self) {
        self.given.store(true, Ordering::SeqCst);
    }

    /// True for the first who is denied it.
    fn deny(&self) -> bool {
        !self.denied.swap(true, Ordering::SeqCst)
    }
}

/// What an earlier run left to be asked about a user.
#[derive(Debug, Default)]
pub(super) struct FollowUp {
    /// The code of a request that was queued.
    pub(super) approval_code: Option<String>,
    /// The ids of the devices of before, of a user of whom nobody knows whether the action was applied.
    pub(super) devices: Vec<String>,
}

/// A user to look at.
pub(super) struct Target<'a> {
    pub(super) user: &'a UserId,
    /// The text that the user was given by.
    pub(super) given: &'a str,
}

/// Looks at users: in one batch if they are several, and each alone where the batch gives no final answer.
pub(super) struct Inspector<'a, 'b> {
    pub(super) session: &'a mut Session<'b>,
    pub(super) permits: &'a Permits,
    pub(super) max_devices: usize,
    /// What is open of a user, who is known by the text as given and by what was read.
    pub(super) open: &'a dyn Fn(&Target<'_>, &Inspection) -> FollowUp,
    /// Tells that the run goes on without reading something.
    pub(super) tell: &'a dyn Fn(String),
}

impl Inspector<'_, '_> {
    pub(super) fn look(&mut self, targets: &[Target<'_>]) -> Vec<Inspection> {
        let began = self.session.clock.now();
        let answers = if targets.len() > 1 {
            self.batch(targets)
        } else {
            Ok(BTreeMap::new())
        };
        let mut answers = match answers {
            Ok(answers) => answers,
            Err(error) => {
                let blind = || Inspection {
                    error: Some(error.clone()),
                    ..Inspection::default()
                };
                return targets.iter().map(|_| blind()).collect();
            }
        };
        // That one of them could be read comes before any refusal is weighed.
        self.survey(
            &answers,
            targets,
            RequestKind::ReadUser,
            &self.permits.users,
            user_part,
        );
        self.survey(
            &answers,
            targets,
            RequestKind::ReadDevices,
            &self.permits.devices,
            devices_part,
        );
        let inspections = targets.iter().enumerate();
        inspections
            .map(|(at, target)| {
                let mut inspection = Inspection::default();
                if let Err(error) = self.fill(&mut inspection, target, at, &mut answers) {
                    inspection.error = Some(error);
                }
                inspection.at = inspection.devices.is_some().then_some(began);
                inspection
            })
            .collect()
    }

    fn fill(
        &mut self,
        inspection: &mut Inspection,
        target: &Target<'_>,
        at: usize,
        answers: &mut BTreeMap<String, Answer>,
    ) -> Result<()> {
        let user = target.user;
        let answer = answers.remove(&user_part(at));
        match self.identity(user, answer.as_ref())? {
            None => {}
            Some(Told::Who(identity)) => inspection.identity = Some(identity),
            // Nothing of another person is held against this one.
            Some(Told::Renamed(why)) => {
                inspection.renamed = Some(why);
                return Ok(());
            }
            Some(Told::NotAsked(error)) => return Err(error),
        }
        let answer = answers.remove(&devices_part(at));
        let devices = self.permitted(&self.permits.devices, "the users' devices", |inspector| {
            let first = inspector.judged(answer.as_ref(), RequestKind::ReadDevices, user, parse_devices)?;
            read_devices(inspector.session, user, first)
        })?;
        if let Some(devices) = devices {
            inspection.devices = Some(self.inspected(devices, inspection.id(user)));
        }
        let open = (self.open)(target, inspection);
        if inspection.devices.is_some() {
            inspection.unlisted = self.look_up(inspection, user, open.devices)?;
        }
        if let Some(code) = open.approval_code {
            match approvals::poll(self.session, user, &code) {
                Ok(approval) => inspection.approval = Some(approval),
                Err(error) if error.status == Status::PermissionDenied => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Asks who some people are, several in one batch. Once the directory fails again and again the others are not asked for.
    pub(super) fn identify(&mut self, protected: &[UserId], at_once: usize) -> Vec<Answered> {
        let (mut found, mut failed) = (Vec::new(), Vec::new());
        for some in protected.chunks(at_once.max(1)) {
            let reads: Vec<_> = some
                .iter()
                .enumerate()
                .filter(|_| some.len() > 1 && failed.len() < FAILURES && !self.permits.users.is_denied())
                .map(|(at, user)| (user_part(at), Identity::path(user)))
                .collect();
            let mut answers = get_batch(self.session, &reads).unwrap_or_else(|error| {
                failed.extend(std::iter::repeat_n(error, FAILURES));
                BTreeMap::new()
            });
            for (at, user) in some.iter().enumerate() {
                let answer = answers.remove(&user_part(at));
                if let Some(error) = failed.get(FAILURES - 1) {
                    found.push(Answered::Unknown(Some(error.clone())));
                    continue;
                }
                found.push(match self.identity(user, answer.as_ref()) {
                    Ok(Some(Told::Who(identity))) => Answered::Is(identity),
                    Ok(Some(Told::Renamed(why))) => {
                        Answered::Unknown(Some(Error::new(Status::UnexpectedResponse, why)))
                    }
                    Ok(Some(Told::NotAsked(error))) => Answered::Unknown(Some(error)),
                    Ok(None) => Answered::Unknown(None),
                    // A run that was stopped has nothing to say of them.
                    Err(error) if error.status == Status::Cancelled => Answered::Unknown(None),
                    Err(error) if error.status == Status::UserNotFound => Answered::Absent,
                    Err(error) => {
                        // One of them may be out of the reader's scope; anything else the next would meet, too.
                        if error.status != Status::PermissionDenied {
                            failed.push(error.clone());
                        }
                        Answered::Unknown(Some(error))
                    }
                });
                if !matches!(found.last(), Some(Answered::Unknown(_))) {
                    failed.clear();
                }
            }
        }
        found
    }

    /// Who a user is, from a part of a batch if it is final, else asked for alone; nothing if that is not permitted.
    fn identity(&mut self, user: &UserId, answer: Option<&Answer>) -> Result<Option<Told>> {
        self.permitted(&self.permits.users, "who the users are", |inspector| {
            let parse = |answer: &Answer| Identity::parse(answer, user);
            let found = inspector.judged(answer, RequestKind::ReadUser, user, parse)?;
            found.map_or_else(|| Identity::read(inspector.session, user), Ok)
        })
    }

    /// A device that left the list may have retired, or may be another user's now: only its own id tells.
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

    fn inspected(&self, mut devices: Vec<Device>, user_id: Option<&str>) -> DeviceList {
        let circumstances = Circumstances {
            now: self.session.clock.wall(),
            user_id,
            max_devices: self.max_devices,
        };
        let warnings = add_warnings(&mut devices, &circumstances);
        DeviceList { devices, warnings }
    }

    /// Notes whether one of the users could be read.
    fn survey(
        &self,
        answers: &BTreeMap<String, Answer>,
        targets: &[Target<'_>],
        kind: RequestKind,
        permit: &Permit,
        part: impl Fn(usize) -> String,
    ) {
        let has_read = |(at, target): (usize, &Target<'_>)| {
            let answer = answers.get(&part(at));
            answer.is_some_and(|answer| judge_part(self.session, kind, target.user, answer).is_ok())
        };
        if targets.iter().enumerate().any(has_read) {
            permit.give();
        }
    }

    /// Reads something, unless the token is known not to permit it; from then on the run goes on without it.
    fn permitted<T>(
        &mut self,
        permit: &Permit,
        what: &str,
        read: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<Option<T>> {
        if permit.is_denied() {
            return Ok(None);
        }
        match read(self) {
            Ok(found) => {
                permit.give();
                Ok(Some(found))
            }
            // Any other refusal is about that one user, who may be out of the reader's scope.
            Err(error) if error.is_about_the_token() && !permit.given.load(Ordering::SeqCst) => {
                if permit.deny() {
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
        kind: RequestKind,
        user: &UserId,
        parse: impl Fn(&Answer) -> Result<T>,
    ) -> Result<Option<T>> {
        match answer.map(|answer| judge_part(self.session, kind, user, answer)) {
            Some(Ok(answer)) => Ok(parse(answer).ok()),
            Some(Err(error)) if error.status == Status::UserNotFound => Err(error),
            _ => Ok(None),
        }
    }

    /// The answers of one batch by part.
    fn batch(&mut self, targets: &[Target<'_>]) -> Result<BTreeMap<String, Answer>> {
        let mut reads = Vec::new();
        for (at, target) in targets.iter().enumerate() {
            if !self.permits.users.is_denied() {
                reads.push((user_part(at), Identity::path(target.user)));
            }
            if !self.permits.devices.is_denied() {
                reads.push((devices_part(at), devices_path(target.user)));
            }
        }
        get_batch(self.session, &reads)
    }
}

fn user_part(at: usize) -> String {
    format!("user{at}")
}

fn devices_part(at: usize) -> String {
    format!("devices{at}")
}
