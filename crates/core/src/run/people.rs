//! Whom a run must not touch: the exclusions and the signed-in person. They are people, so each counts by every form that is
//! known: as given, as the directory tells once it is asked, and as journal and plan have it.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use super::decide::Known;
use super::look::{Answered, Look};
use super::options::RunOptions;
use crate::error::{Error, Result};
use crate::journal::{History, Past};
use crate::names::folded;
use crate::status::Status;
use crate::token::{SIGNED_IN, TokenFacts};
use crate::user_id::UserId;

const EXCLUDED: &str = "the user is on the list of exclusions";
const EXCLUDED_BEFORE: &str =
    "the journal or the plan shows the user as excluded; begin without it if the user is meant by now";

/// So many names stand in a notice; the others are counted.
const FEW: usize = 10;

/// Whom a run must not touch.
#[derive(Debug, Default)]
pub(super) struct People {
    exclusions: Vec<UserId>,
    /// Ids and names, folded: as given, and the ids that journal or plan tie to a name.
    forms: HashSet<String>,
    /// The exclusions by name, folded, whose object id journal or plan tell.
    tied: HashMap<String, String>,
    looked_up: OnceLock<LookedUp>,
    /// What it is as long as nothing was looked up.
    untold: Untold,
    signed_in: TokenFacts,
    /// Whether the token's own principal name is enough to tell the signed-in person from others.
    goes_by_name: bool,
}

/// What the directory told of the exclusions.
#[derive(Debug, Default)]
struct LookedUp {
    /// Ids and names, folded, and the object id of each.
    forms: HashMap<String, String>,
    untold: Untold,
}

/// Whether there are exclusions of whom one form alone is known.
#[derive(Clone, Copy, Debug, Default)]
struct Untold {
    by_name: bool,
    by_id: bool,
}

impl Untold {
    fn add(&mut self, user: &UserId) {
        self.by_id |= user.is_object_id();
        self.by_name |= !user.is_object_id();
    }
}

impl People {
    pub(super) fn new(options: &RunOptions, signed_in: TokenFacts, before: [Option<&History>; 2]) -> Self {
        let mut people = Self {
            exclusions: options.exclude.to_vec(),
            signed_in,
            // With reading switched off a run goes by what it is given, and a run of one is a call.
            goes_by_name: !options.inspect_first,
            ..Self::default()
        };
        people.goes_by_name &= people.signed_in.person.upn.is_some() || options.max_users == Some(1);
        for user in options.exclude.iter() {
            let form = folded(user.as_str());
            people.untold.add(user);
            let ids = before
                .into_iter()
                .flatten()
                .filter_map(|history| history.of(user.as_str())?.id());
            for id in ids.filter(|_| !user.is_object_id()) {
                people.tied.insert(form.clone(), id.to_owned());
                people.forms.insert(folded(id));
            }
            people.forms.insert(form);
        }
        people
    }

    /// Asks the directory once who the exclusions are, and gives back what has to be said of that.
    pub(super) fn look_up(&self, ask: impl FnOnce(&[UserId]) -> Vec<Answered>) -> Vec<String> {
        let mut notices = Vec::new();
        self.looked_up.get_or_init(|| {
            if self.exclusions.is_empty() {
                return LookedUp::default();
            }
            let answers = ask(&self.exclusions);
            let (found, told) = self.learned(&answers);
            notices = told;
            found
        });
        notices
    }

    fn learned(&self, answers: &[Answered]) -> (LookedUp, Vec<String>) {
        let mut found = LookedUp::default();
        let (mut absent, mut unread, mut why) = (Vec::new(), 0, None);
        for (user, answer) in self.exclusions.iter().zip(answers) {
            let is_tied = self.tied.contains_key(&folded(user.as_str()));
            match answer {
                Answered::Is(identity) => {
                    for form in [Some(&identity.id), identity.upn.as_ref()].into_iter().flatten() {
                        found.forms.insert(folded(form), identity.id.clone());
                    }
                    if identity.upn.is_none() {
                        found.untold.add(user);
                    }
                }
                // The journal knows who had the name.
                Answered::Absent if is_tied => {}
                Answered::Absent => {
                    absent.push(user);
                    found.untold.add(user);
                }
                Answered::Unknown(error) => {
                    found.untold.add(user);
                    unread += usize::from(error.is_some());
                    why = why.or(error.as_ref());
                }
            }
        }
        let mut notices = Vec::new();
        if !absent.is_empty() {
            notices.push(nobody(&absent));
        }
        if let Some(error) = why {
            notices.push(format!(
                "{unread} of the exclusions could not be looked up, so nobody is sent who might be one of them: {error}"
            ));
        }
        (found, notices)
    }

    /// What can be said of a name or an object id alone.
    pub(super) fn refuse(&self, user: &str) -> Option<&'static str> {
        let form = folded(user);
        let told = self
            .looked_up
            .get()
            .is_some_and(|told| told.forms.contains_key(&form));
        if told || self.forms.contains(&form) {
            return Some(EXCLUDED);
        }
        self.signed_in.is_person(user).then_some(SIGNED_IN)
    }

    /// The object id of an excluded user, where the directory or the journal told it.
    pub(super) fn id_of(&self, user: &str) -> Option<&String> {
        let form = folded(user);
        let told = self.looked_up.get().and_then(|told| told.forms.get(&form));
        told.or_else(|| self.tied.get(&form))
    }

    /// What can be said of a user by all that was read and recorded of them.
    pub(super) fn refuse_known(&self, known: &Known<'_>) -> Option<&'static str> {
        let Known { look, past, plan, .. } = known;
        let before = || [*past, *plan].into_iter().flatten();
        let identity = look.identity.as_ref();
        let now = identity.map(|found| [Some(found.id.as_str()), found.upn.as_deref()]);
        // Where nobody tells who the user is, the devices may.
        let owners = look.devices().unwrap_or_default().iter();
        let owners = owners.filter_map(|device| device.user_id.as_deref());
        now.into_iter()
            .flatten()
            .flatten()
            .chain(before().filter_map(Past::id))
            .chain(owners.filter(|_| identity.is_none()))
            .find_map(|form| self.refuse(form))
            .or_else(|| before().any(Past::is_excluded).then_some(EXCLUDED_BEFORE))
    }

    /// Refuses a user who might be one of them for all that is known. `before` is the object id that journal or plan have.
    pub(super) fn tell_apart(&self, look: &Look, before: Option<&str>) -> Result<()> {
        let untold = self.looked_up.get().map_or(self.untold, |told| told.untold);
        let unread = |what: &str| {
            Err(Error::new(
                Status::PermissionDenied,
                format!(
                    "who the user is was not read, so it cannot be held against {what}; use object ids throughout, or grant User.Read.All"
                ),
            ))
        };
        if let Some(identity) = &look.identity {
            if identity.upn.is_some() || !untold.by_name {
                return Ok(());
            }
            return Err(Error::new(
                Status::UnexpectedResponse,
                "the directory tells no user principal name of the user, so it cannot be held against the exclusions by name; exclude by object id",
            ));
        }
        match (look.given_id.as_deref(), before) {
            (None, Some(_)) => unread("the person seen before"),
            (Some(id), Some(before)) if !id.eq_ignore_ascii_case(before) => unread("the person seen before"),
            (Some(_), _) if untold.by_name => unread("the exclusions by name"),
            (None, None) if untold.by_id => unread("the exclusions by object id"),
            (None, None) if self.might_be_signed_in(look) => unread("the signed-in person"),
            _ => Ok(()),
        }
    }

    /// Of a user given by name of whom no object id is known.
    fn might_be_signed_in(&self, look: &Look) -> bool {
        let is_known =
            |devices: &[crate::device::Device]| devices.iter().all(|device| device.user_id.is_some());
        self.signed_in.person.id.is_some() && !self.goes_by_name && !look.devices().is_some_and(is_known)
    }
}

/// What to say of exclusions that nobody has.
fn nobody(absent: &[&UserId]) -> String {
    if let [user] = absent {
        let form = if user.is_object_id() { "object id" } else { "name" };
        return format!(
            "no user has the {form} {user}, which is excluded; it protects no one: check the spelling or use the object id"
        );
    }
    let mut names: Vec<_> = absent.iter().take(FEW).map(|user| user.as_str()).collect();
    let more = format!("{} more", absent.len().saturating_sub(FEW));
    if absent.len() > FEW {
        names.push(&more);
    }
    format!(
        "no user has {} of the names and object ids that are excluded; they protect no one: check the spelling or use the object id: {}",
        absent.len(),
        names.join(", ")
    )
}
