//! Taking users up: who is refused without asking, what is read of the others, and what is done about each.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::context::RunContext;
use super::decide::{Decision, Known, Rules};
use super::event::{Event, Row};
use super::inspect::{FollowUp, Inspection, Inspector, Target};
use super::record;
use super::scheduler::ReadyUser;
use crate::batch;
use crate::device::DeviceList;
use crate::error::Error;
use crate::journal::{JournalState, UserRecord, UserState};
use crate::notice::Notice;
use crate::session::Attempts;
use crate::status::{Effect, Outcome, Reason, Status};
use crate::user_id::UserId;

/// A user that was taken up and has to be read.
struct PendingUser {
    user: String,
    id: UserId,
    /// What was tried so far, if the look before this one was too old to act on.
    tried: Option<Attempts>,
    /// What was seen then.
    seen: Option<DeviceList>,
}

/// What was found out about a user.
struct Assessed {
    user: String,
    id: UserId,
    tried: Option<Attempts>,
    inspection: Inspection,
    decision: Decision,
    /// Of a user in doubt: whether the action is known to have been applied.
    applied: Option<bool>,
    /// Whether an earlier run may have been applied.
    earlier: Effect,
}

impl RunContext {
    /// Judges users by what is known without asking, and reads the others.
    pub(super) fn take_up(&self, users: Vec<String>) {
        if self.options.read {
            self.look_up_exclusions();
        }
        let mut taken = Vec::new();
        for user in users {
            match UserId::parse(&user) {
                Err(error) => self.record_result(Row::of_error(user, None, error), false, None),
                Ok(_) if !self.scheduler.is_first(&user) => self.scheduler.fold(&user),
                Ok(id) => match self.recall(&user) {
                    None => taken.push(PendingUser {
                        user,
                        id,
                        tried: None,
                        seen: None,
                    }),
                    Some((_, Some(known))) if !self.claim(&user, &known) => {
                        self.scheduler.fold(&user);
                    }
                    Some((decision, known)) => {
                        let known = known.or_else(|| id.is_object_id().then(|| user.clone()));
                        let earlier = self.earlier_effect(&user);
                        let judged = Assessed {
                            user,
                            id,
                            tried: None,
                            inspection: Inspection::default(),
                            decision,
                            applied: None,
                            earlier,
                        };
                        self.carry_out(known, judged);
                    }
                },
            }
        }
        self.judge(taken);
    }

    /// Looks a second time at users whose first look is too old to act on.
    pub(super) fn look_again(&self, users: Vec<ReadyUser>, tried: &Attempts) {
        self.scheduler.read_again(&users);
        let mut taken = users.into_iter().map(|ready| PendingUser {
            user: ready.user,
            id: ready.target,
            tried: Some(tried.clone()),
            seen: ready.devices,
        });
        loop {
            let some: Vec<_> = taken.by_ref().take(self.options.users_at_once()).collect();
            if some.is_empty() {
                return;
            }
            self.judge(some);
        }
    }

    /// What the text alone says of a user, and the object id where the journal knows it.
    fn recall(&self, user: &str) -> Option<(Decision, Option<String>)> {
        if let Some(refused) = self.rules.refuse(user) {
            return Some((refused, self.rules.protected.id_of(user).cloned()));
        }
        let past = past(self.journal_state.as_ref(), user, None, None)?;
        Some((Rules::recall(&past)?, past.id().map(str::to_owned)))
    }

    /// Takes the object id of a user for this run; false if it was taken: the same person can be given by name and by id.
    fn claim(&self, user: &str, id: &str) -> bool {
        id.eq_ignore_ascii_case(user) || self.scheduler.is_first(id)
    }

    fn judge(&self, taken: Vec<PendingUser>) {
        if taken.is_empty() {
            return;
        }
        let inspections = catch_unwind(AssertUnwindSafe(|| self.look(&taken))).unwrap_or_else(|_| {
            let failed = || Inspection {
                error: Some(Error::new(Status::Internal, Status::Internal.message())),
                ..Inspection::default()
            };
            taken.iter().map(|_| failed()).collect()
        });
        // Where one of them could be read, what another met is no trouble of all; and one answer tells it once.
        let mut is_told = inspections.iter().any(|inspection| inspection.devices.is_some());
        let mut judged = Vec::new();
        for (
            PendingUser {
                user,
                id,
                tried,
                seen,
            },
            mut inspection,
        ) in taken.into_iter().zip(inspections)
        {
            inspection.is_told_by_others =
                inspection.error.is_some() && std::mem::replace(&mut is_told, true);
            inspection.given_id = id.is_object_id().then(|| id.as_str().to_owned());
            let (decision, applied, earlier) = self.decide(&user, &id, &inspection, seen.as_ref());
            let is_again = tried.is_some();
            // A name that is another account's now is nobody's.
            let is_somebody = !matches!(decision, Decision::Skip(Reason::IdentityChanged, _));
            if !is_again && is_somebody && inspection.id(&id).is_some_and(|known| !self.claim(&user, known)) {
                self.scheduler.fold(&user);
                continue;
            }
            judged.push(Assessed {
                user,
                id,
                tried,
                inspection,
                decision,
                applied,
                // Whoever was to be sent before is known not to be in doubt.
                earlier: if is_again { Effect::None } else { earlier },
            });
        }
        if let Some(journal) = &self.journal {
            let records: Vec<_> = judged
                .iter()
                .filter(|judged| judged.inspection.identity.is_some() || judged.inspection.devices.is_some())
                .map(|judged| record::read(&judged.user, &judged.id, &judged.inspection, judged.applied))
                .collect();
            if let Err(error) = journal.read(&records) {
                self.scheduler.end_early(&error);
            }
        }
        for judged in judged {
            let known = judged.inspection.id(&judged.id).map(str::to_owned);
            self.carry_out(known, judged);
        }
    }

    fn look(&self, taken: &[PendingUser]) -> Vec<Inspection> {
        if !self.options.read {
            return taken.iter().map(|_| Inspection::default()).collect();
        }
        let targets: Vec<_> = taken
            .iter()
            .map(|taken| Target {
                user: &taken.id,
                given: &taken.user,
            })
            .collect();
        self.with_inspector(|inspector| inspector.look(&targets))
    }

    /// Who the exclusions are, before the first user is taken up. Threads that come meanwhile wait.
    fn look_up_exclusions(&self) {
        let at_once = batch::MAX.min(self.options.reads.requests);
        let ask = |users: &[UserId]| self.with_inspector(|inspector| inspector.identify(users, at_once));
        for notice in self.rules.protected.look_up(ask) {
            self.scheduler.tell(Event::Notice(Notice::Run(notice)));
        }
    }

    fn with_inspector<T>(&self, work: impl FnOnce(&mut Inspector<'_, '_>) -> T) -> T {
        self.with_session(|session| {
            work(&mut Inspector {
                session,
                permits: &self.permits,
                max_devices: self.rules.max_devices,
                open: &|target, inspection| self.open(target, inspection),
                tell: &|text| self.scheduler.tell(Event::Notice(Notice::Run(text))),
            })
        })
    }

    /// What the journal leaves to be asked about a user.
    fn open(&self, target: &Target<'_>, inspection: &Inspection) -> FollowUp {
        let Some(past) = past(
            self.journal_state.as_ref(),
            target.given,
            inspection.id(target.user),
            inspection.upn(),
        ) else {
            return FollowUp::default();
        };
        let (asks, is_in_doubt) = match past.state() {
            UserState::Done(_) | UserState::Declined => (false, false),
            UserState::InDoubt(_) => (true, true),
            _ => (true, false),
        };
        let before = past.snapshot().filter(|_| is_in_doubt).unwrap_or_default();
        FollowUp {
            approval_code: past.approval_code().filter(|_| asks).map(str::to_owned),
            devices: before.iter().map(|device| device.id.clone()).collect(),
        }
    }

    /// The decision; for a user in doubt whether the action is known to have been applied; and whether it may have been.
    fn decide(
        &self,
        user: &str,
        id: &UserId,
        inspection: &Inspection,
        seen: Option<&DeviceList>,
    ) -> (Decision, Option<bool>, Effect) {
        let known_id = inspection.id(id);
        let past = past(self.journal_state.as_ref(), user, known_id, inspection.upn());
        let plan = self::past(self.plan.as_ref(), user, known_id, inspection.upn());
        let recalled = past.as_deref().and_then(Rules::recall);
        let decision = recalled.unwrap_or_else(|| {
            self.rules.decide(&Known {
                inspection,
                past: past.as_deref(),
                plan: plan.as_deref(),
                seen: seen.map(|list| list.devices.as_slice()),
            })
        });
        let applied = match &decision {
            Decision::Confirm => Some(true),
            Decision::Send { settles: true, .. } => Some(false),
            _ => None,
        };
        (decision, applied, past.map_or(Effect::None, |past| past.effect()))
    }

    /// `known` is the object id, where it is known.
    fn carry_out(&self, known: Option<String>, judged: Assessed) {
        let Assessed {
            user,
            id,
            tried,
            inspection,
            decision,
            earlier,
            ..
        } = judged;
        let row = match decision {
            Decision::Send {
                approval_code, since, ..
            } => {
                let target = known.as_deref().and_then(|id| UserId::parse(id).ok());
                return self.scheduler.put(ReadyUser {
                    user,
                    target: target.unwrap_or(id),
                    id: known,
                    approval_code,
                    devices: inspection.devices,
                    tried,
                    looked: inspection.at,
                    since: since.unwrap_or(self.began),
                    in_doubt: since.is_some(),
                });
            }
            Decision::Decline(how, mut error) => {
                error.status = Status::Rejected;
                let how = record::declined(how);
                error.message = format!(
                    "the approval request was {}; begin another journal if it is still wanted",
                    how.name()
                );
                let mut row = Row::of_error(user, known, error);
                row.devices = inspection.devices;
                return self.record_result(row, false, Some(how));
            }
            Decision::Skip(reason, detail) => Row::skipped(user, known, reason, detail),
            Decision::Confirm => Row::new(user, known, Outcome::Confirmed),
            Decision::Tell(error) => Row::of_error(user, known, error),
            Decision::End(error) => {
                self.scheduler.end_early(&error);
                Row::of_error(user, known, error)
            }
        };
        let mut row = Row {
            devices: inspection.devices,
            is_first_to_tell: !inspection.is_told_by_others,
            ..row
        };
        self.note_doubt(&mut row, earlier);
        self.record_result(row, false, None);
    }
}

/// What a journal knows of a user: under the text as given, the object id and the name that was read together.
fn past<'a>(
    journal_state: Option<&'a JournalState>,
    user: &str,
    id: Option<&str>,
    upn: Option<&str>,
) -> Option<Cow<'a, UserRecord>> {
    let journal_state = journal_state?;
    match id {
        Some(id) => journal_state.of_user(user, id, upn),
        None => journal_state.of(user).map(Cow::Borrowed),
    }
}
