//! Taking users up: who is refused without asking, what is read of the others, and what is done about each.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::board::Ready;
use super::decide::{Decision, Known, Rules};
use super::engine::Engine;
use super::event::{Event, UserResult};
use super::look::{Look, Looker, Open, Sight};
use super::record;
use crate::batch;
use crate::call::Tries;
use crate::device::DeviceList;
use crate::error::Error;
use crate::journal::{History, Past, State};
use crate::notice::Notice;
use crate::status::{Effect, Outcome, Reason, Status};
use crate::user_id::UserId;

/// A user that was taken up and has to be read.
struct Taken {
    user: String,
    id: UserId,
    /// What was tried so far, if the look before this one was too old to act on.
    tried: Option<Tries>,
    /// What was seen then.
    seen: Option<DeviceList>,
}

/// What was found out about a user.
struct Judged {
    user: String,
    id: UserId,
    tried: Option<Tries>,
    look: Look,
    decision: Decision,
    /// Of a user in doubt: whether the action is known to have been applied.
    applied: Option<bool>,
    /// Whether an earlier run may have been applied.
    earlier: Effect,
}

impl Engine {
    /// Judges users by what is known without asking, and reads the others.
    pub(super) fn take_up(&self, users: Vec<String>) {
        if self.options.inspect_first {
            self.look_up_exclusions();
        }
        let mut taken = Vec::new();
        for user in users {
            match UserId::parse(&user) {
                Err(error) => self.settle(UserResult::of_error(user, None, error), false, None),
                Ok(_) if !self.board.is_first(&user) => self.board.fold(&user),
                Ok(id) => match self.recall(&user) {
                    None => taken.push(Taken {
                        user,
                        id,
                        tried: None,
                        seen: None,
                    }),
                    Some((_, Some(known))) if !self.claim(&user, &known) => {
                        self.board.fold(&user);
                    }
                    Some((decision, known)) => {
                        let known = known.or_else(|| id.is_object_id().then(|| user.clone()));
                        let earlier = self.earlier_effect(&user);
                        let judged = Judged {
                            user,
                            id,
                            tried: None,
                            look: Look::default(),
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
    pub(super) fn look_again(&self, users: Vec<Ready>, tried: &Tries) {
        self.board.read_again(&users);
        let mut taken = users.into_iter().map(|ready| Taken {
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
            return Some((refused, self.rules.people.id_of(user).cloned()));
        }
        let past = past(self.history.as_ref(), user, None, None)?;
        Some((Rules::recall(&past)?, past.id().map(str::to_owned)))
    }

    /// Takes the object id of a user for this run; false if it was taken: the same person can be given by name and by id.
    fn claim(&self, user: &str, id: &str) -> bool {
        id.eq_ignore_ascii_case(user) || self.board.is_first(id)
    }

    fn judge(&self, taken: Vec<Taken>) {
        if taken.is_empty() {
            return;
        }
        let looks = catch_unwind(AssertUnwindSafe(|| self.look(&taken))).unwrap_or_else(|_| {
            let failed = || Look {
                error: Some(Error::new(Status::Internal, Status::Internal.message())),
                ..Look::default()
            };
            taken.iter().map(|_| failed()).collect()
        });
        // Where one of them could be read, what another met is no trouble of all; and one answer tells it once.
        let mut is_told = looks.iter().any(|look| look.devices.is_some());
        let mut judged = Vec::new();
        for (
            Taken {
                user,
                id,
                tried,
                seen,
            },
            mut look,
        ) in taken.into_iter().zip(looks)
        {
            look.is_told_by_others = look.error.is_some() && std::mem::replace(&mut is_told, true);
            look.given_id = id.is_object_id().then(|| id.as_str().to_owned());
            let (decision, applied, earlier) = self.decide(&user, &id, &look, seen.as_ref());
            let is_again = tried.is_some();
            // A name that is another account's now is nobody's.
            let is_somebody = !matches!(decision, Decision::Skip(Reason::IdentityChanged, _));
            if !is_again && is_somebody && look.id(&id).is_some_and(|known| !self.claim(&user, known)) {
                self.board.fold(&user);
                continue;
            }
            judged.push(Judged {
                user,
                id,
                tried,
                look,
                decision,
                applied,
                // Whoever was to be sent before is known not to be in doubt.
                earlier: if is_again { Effect::None } else { earlier },
            });
        }
        if let Some(journal) = &self.journal {
            let records: Vec<_> = judged
                .iter()
                .filter(|judged| judged.look.identity.is_some() || judged.look.devices.is_some())
                .map(|judged| record::read(&judged.user, &judged.id, &judged.look, judged.applied))
                .collect();
            if let Err(error) = journal.read(&records) {
                self.board.end_early(&error);
            }
        }
        for judged in judged {
            let known = judged.look.id(&judged.id).map(str::to_owned);
            self.carry_out(known, judged);
        }
    }

    fn look(&self, taken: &[Taken]) -> Vec<Look> {
        if !self.options.inspect_first {
            return taken.iter().map(|_| Look::default()).collect();
        }
        let sights: Vec<_> = taken
            .iter()
            .map(|taken| Sight {
                user: &taken.id,
                given: &taken.user,
            })
            .collect();
        self.looking(|looker| looker.look(&sights))
    }

    /// Who the exclusions are, before the first user is taken up. Threads that come meanwhile wait.
    fn look_up_exclusions(&self) {
        let at_once = batch::MAX.min(self.options.read_quota.requests);
        let ask = |people: &[UserId]| self.looking(|looker| looker.identify(people, at_once));
        for notice in self.rules.people.look_up(ask) {
            self.board.tell(Event::Notice(Notice::Run(notice)));
        }
    }

    fn looking<T>(&self, work: impl FnOnce(&mut Looker<'_, '_>) -> T) -> T {
        self.with_call(|call| {
            work(&mut Looker {
                call,
                permits: &self.permits,
                max_devices: self.rules.max_devices,
                open: &|sight, look| self.open(sight, look),
                tell: &|text| self.board.tell(Event::Notice(Notice::Run(text))),
            })
        })
    }

    /// What the journal leaves to be asked about a user.
    fn open(&self, sight: &Sight<'_>, look: &Look) -> Open {
        let Some(past) = past(
            self.history.as_ref(),
            sight.given,
            look.id(sight.user),
            look.upn(),
        ) else {
            return Open::default();
        };
        let (asks, is_in_doubt) = match past.state() {
            State::Done(_) | State::Declined => (false, false),
            State::Doubt(_) => (true, true),
            _ => (true, false),
        };
        let before = past.snapshot().filter(|_| is_in_doubt).unwrap_or_default();
        Open {
            approval_code: past.approval_code().filter(|_| asks).map(str::to_owned),
            devices: before.iter().map(|device| device.id.clone()).collect(),
        }
    }

    /// The decision; for a user in doubt whether the action is known to have been applied; and whether it may have been.
    fn decide(
        &self,
        user: &str,
        id: &UserId,
        look: &Look,
        seen: Option<&DeviceList>,
    ) -> (Decision, Option<bool>, Effect) {
        let known_id = look.id(id);
        let past = past(self.history.as_ref(), user, known_id, look.upn());
        let plan = self::past(self.plan.as_ref(), user, known_id, look.upn());
        let recalled = past.as_deref().and_then(Rules::recall);
        let decision = recalled.unwrap_or_else(|| {
            self.rules.decide(&Known {
                look,
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
    fn carry_out(&self, known: Option<String>, judged: Judged) {
        let Judged {
            user,
            id,
            tried,
            look,
            decision,
            earlier,
            ..
        } = judged;
        let row = match decision {
            Decision::Send {
                approval_code, since, ..
            } => {
                let target = known.as_deref().and_then(|id| UserId::parse(id).ok());
                return self.board.put(Ready {
                    user,
                    target: target.unwrap_or(id),
                    id: known,
                    approval_code,
                    devices: look.devices,
                    tried,
                    looked: look.at,
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
                let mut row = UserResult::of_error(user, known, error);
                row.devices = look.devices;
                return self.settle(row, false, Some(how));
            }
            Decision::Skip(reason, detail) => UserResult::skipped(user, known, reason, detail),
            Decision::Confirm => UserResult::new(user, known, Outcome::Confirmed),
            Decision::Tell(error) => UserResult::of_error(user, known, error),
            Decision::End(error) => {
                self.board.end_early(&error);
                UserResult::of_error(user, known, error)
            }
        };
        let mut row = UserResult {
            devices: look.devices,
            is_first_to_tell: !look.is_told_by_others,
            ..row
        };
        self.note_doubt(&mut row, earlier);
        self.settle(row, false, None);
    }
}

/// What a journal knows of a user: under the text as given, the object id and the name that was read together.
fn past<'a>(
    history: Option<&'a History>,
    user: &str,
    id: Option<&str>,
    upn: Option<&str>,
) -> Option<Cow<'a, Past>> {
    let history = history?;
    match id {
        Some(id) => history.person(user, id, upn),
        None => history.of(user).map(Cow::Borrowed),
    }
}
