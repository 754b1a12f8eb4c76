//! The users that a run must not send: the exclusions and the signed-in user. Each counts by every name and id that is known: as
//! given, as the directory returns it, and as journal and plan hold it.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use super::decide::Known;
use super::identify::Resolved;
use super::inspect::Inspection;
use super::options::RunOptions;
use crate::error::{Error, Result};
use crate::journal::{JournalState, UserRecord};
use crate::names::folded;
use crate::status::Status;
use crate::token::{SIGNED_IN, TokenFacts};
use crate::user_id::UserId;

const EXCLUDED: &str = "the user is on the list of exclusions";
const EXCLUDED_BEFORE: &str =
    "the journal or the plan shows the user as excluded; begin without it if the user is to be sent now";

/// A notice lists so many names, and counts the others.
const FEW: usize = 10;

/// The users that a run must not send.
#[derive(Debug, Default)]
pub(super) struct ProtectedUsers {
    exclusions: Vec<UserId>,
    /// Ids and names, folded: as given, and the ids that journal or plan hold for a name.
    forms: HashSet<String>,
    /// The exclusions by name, folded, and the object ids that journal or plan hold for them.
    tied: HashMap<String, String>,
    directory: OnceLock<Directory>,
    /// As long as nothing was read.
    ambiguous: Ambiguous,
    signed_in: TokenFacts,
    /// Whether the token's own principal name is enough to recognize the signed-in user.
    goes_by_name: bool,
}

/// What the directory returned about the exclusions.
#[derive(Debug, Default)]
struct Directory {
    /// Ids and names, folded, and the object id of each.
    forms: HashMap<String, String>,
    ambiguous: Ambiguous,
}

/// Whether there are exclusions of which only a name, or only an id, is known.
#[derive(Clone, Copy, Debug, Default)]
struct Ambiguous {
    by_name: bool,
    by_id: bool,
}

impl Ambiguous {
    fn add(&mut self, user: &UserId) {
        self.by_id |= user.is_object_id();
        self.by_name |= !user.is_object_id();
    }
}

impl ProtectedUsers {
    pub(super) fn new(
        options: &RunOptions,
        signed_in: TokenFacts,
        before: [Option<&JournalState>; 2],
    ) -> Self {
        let mut protected = Self {
            exclusions: options.exclude.to_vec(),
            signed_in,
            // With reading switched off a run relies on what it is given, and a run of one user is a call.
            goes_by_name: !options.inspect_first,
            ..Self::default()
        };
        protected.goes_by_name &= protected.signed_in.person.upn.is_some() || options.max_users == Some(1);
        for user in options.exclude.iter() {
            let form = folded(user.as_str());
            protected.ambiguous.add(user);
            let ids = before
                .into_iter()
                .flatten()
                .filter_map(|journal_state| journal_state.of(user.as_str())?.id());
            for id in ids.filter(|_| !user.is_object_id()) {
                protected.tied.insert(form.clone(), id.to_owned());
                protected.forms.insert(folded(id));
            }
            protected.forms.insert(form);
        }
        protected
    }

    /// Reads once who the exclusions are, by `read`, and returns what has to be reported about that.
    pub(super) fn look_up(&self, read: impl FnOnce(&[UserId]) -> Vec<Resolved>) -> Vec<String> {
        let mut notices = Vec::new();
        self.directory.get_or_init(|| {
            if self.exclusions.is_empty() {
                return Directory::default();
            }
            let resolved = read(&self.exclusions);
            let (found, reports) = self.learn(&resolved);
            notices = reports;
            found
        });
        notices
    }

    fn learn(&self, resolved: &[Resolved]) -> (Directory, Vec<String>) {
        let mut found = Directory::default();
        let (mut absent, mut unread, mut why) = (Vec::new(), 0, None);
        for (user, answer) in self.exclusions.iter().zip(resolved) {
            let is_tied = self.tied.contains_key(&folded(user.as_str()));
            match answer {
                Resolved::Found(identity) => {
                    for form in [Some(&identity.id), identity.upn.as_ref()].into_iter().flatten() {
                        found.forms.insert(folded(form), identity.id.clone());
                    }
                    if identity.upn.is_none() {
                        found.ambiguous.add(user);
                    }
                }
                // The journal holds the id that had the name.
                Resolved::Absent if is_tied => {}
                Resolved::Absent => {
                    absent.push(user);
                    found.ambiguous.add(user);
                }
                Resolved::Unknown(error) => {
                    found.ambiguous.add(user);
                    unread += usize::from(error.is_some());
                    why = why.or(error.as_ref());
                }
            }
        }
        let mut notices = Vec::new();
        if !absent.is_empty() {
            notices.push(protect_no_user(&absent));
        }
        if let Some(error) = why {
            notices.push(format!(
                "{unread} of the exclusions could not be looked up, so users that might be among them are not sent: {error}"
            ));
        }
        (found, notices)
    }

    /// Why a user is refused by a name or an object id alone.
    pub(super) fn refuse(&self, user: &str) -> Option<&'static str> {
        let form = folded(user);
        let is_found = self
            .directory
            .get()
            .is_some_and(|directory| directory.forms.contains_key(&form));
        if is_found || self.forms.contains(&form) {
            return Some(EXCLUDED);
        }
        self.signed_in.is_person(user).then_some(SIGNED_IN)
    }

    /// The object id of an excluded user, where the directory or the journal holds it.
    pub(super) fn id_of(&self, user: &str) -> Option<&String> {
        let form = folded(user);
        let found = self
            .directory
            .get()
            .and_then(|directory| directory.forms.get(&form));
        found.or_else(|| self.tied.get(&form))
    }

    /// Why a user is refused by all that was read and recorded.
    pub(super) fn refuse_known(&self, known: &Known<'_>) -> Option<&'static str> {
        let Known {
            inspection,
            resumed,
            planned,
            ..
        } = known;
        let before = || [*resumed, *planned].into_iter().flatten();
        let identity = inspection.identity.as_ref();
        let now = identity.map(|found| [Some(found.id.as_str()), found.upn.as_deref()]);
        // If the identity was not read, the devices may show it.
        let owners = inspection.devices().unwrap_or_default().iter();
        let owners = owners.filter_map(|device| device.user_id.as_deref());
        now.into_iter()
            .flatten()
            .flatten()
            .chain(before().filter_map(UserRecord::id))
            .chain(owners.filter(|_| identity.is_none()))
            .find_map(|form| self.refuse(form))
            .or_else(|| before().any(UserRecord::is_excluded).then_some(EXCLUDED_BEFORE))
    }

    /// Refuses a user that might be a protected one for all that is known. `before` is the object id that journal or plan hold.
    pub(super) fn check_identifiable(&self, inspection: &Inspection, before: Option<&str>) -> Result<()> {
        let ambiguous = self
            .directory
            .get()
            .map_or(self.ambiguous, |directory| directory.ambiguous);
        let unread = |what: &str| {
            Err(Error::new(
                Status::PermissionDenied,
                format!(
                    "the identity of the user was not read, so it cannot be compared with {what}; use object ids throughout, or grant User.Read.All"
                ),
            ))
        };
        if let Some(identity) = &inspection.identity {
            if identity.upn.is_some() || !ambiguous.by_name {
                return Ok(());
            }
            return Err(Error::new(
                Status::UnexpectedResponse,
                "the directory returned no user principal name, so the user cannot be compared with the exclusions by name; exclude by object id",
            ));
        }
        match (inspection.given_id.as_deref(), before) {
            (None, Some(_)) => unread("the account seen before"),
            (Some(id), Some(before)) if !id.eq_ignore_ascii_case(before) => unread("the account seen before"),
            (Some(_), _) if ambiguous.by_name => unread("the exclusions by name"),
            (None, None) if ambiguous.by_id => unread("the exclusions by object id"),
            (None, None) if self.might_be_signed_in(inspection) => unread("the signed-in user"),
            _ => Ok(()),
        }
    }

    /// Whether a user given by name, of which no object id is known, might be the signed-in user.
    fn might_be_signed_in(&self, inspection: &Inspection) -> bool {
        let is_known =
            |devices: &[crate::device::Device]| devices.iter().all(|device| device.user_id.is_some());
        self.signed_in.person.id.is_some()
            && !self.goes_by_name
            && !inspection.devices().is_some_and(is_known)
    }
}

/// Reports exclusions that no user has.
fn protect_no_user(absent: &[&UserId]) -> String {
    if let [user] = absent {
        let form = if user.is_object_id() { "object id" } else { "name" };
        return format!(
            "no user has the {form} {user}, which is excluded, so it protects no user; check the spelling or use the object id"
        );
    }
    let mut names: Vec<_> = absent.iter().take(FEW).map(|user| user.as_str()).collect();
    let more = format!("{} more", absent.len().saturating_sub(FEW));
    if absent.len() > FEW {
        names.push(&more);
    }
    format!(
        "no user has {} of the names and object ids that are excluded, so they protect no user; check the spelling or use the object id: {}",
        absent.len(),
        names.join(", ")
    )
}
