//! A case: the journal of a list, from its preview to the last of its runs.

use std::collections::BTreeMap;

use graph_devices::history::{History, Mode, User, UserState};
use graph_devices::{Outcome, Reason, visible};

use crate::exit::Exit;
use crate::rows::{counted, thousands};

/// What the options of a command allow beyond the newest run.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Widened {
    /// A warning more is accepted.
    pub(crate) warnings: bool,
    /// More devices are allowed.
    pub(crate) devices: bool,
}

/// Who is to be retired, as the newest preview and the runs since then have it.
#[derive(Debug, Default)]
pub(crate) struct ToRetire {
    /// As first given, in the order of the preview.
    pub(crate) users: Vec<String>,
    /// The devices of each of them, in words.
    pub(crate) shown: Vec<String>,
    /// Their devices by operating system.
    pub(crate) devices: BTreeMap<String, u64>,
}

impl ToRetire {
    /// The users that core would send, or decide about again: no other user is given to the run, so that it sends no more users
    /// than were consented to. What `widened` allows can add users, and core decides about each.
    pub(crate) fn of(history: &History, widened: Widened) -> Self {
        let mut found = Self::default();
        let newest = history.runs().iter().rev().find(|run| run.mode != Mode::Verify);
        let has_begun = newest.is_some_and(|run| run.mode != Mode::Preview);
        let users = history.previewed();
        for user in users.filter(|user| is_to_retire(user, has_begun, widened)) {
            found.users.push(user.user().to_owned());
            found.shown.push(shown(&user));
            for device in user.devices().into_iter().flatten() {
                let os = device.os.unwrap_or("unknown system");
                *found.devices.entry(visible(os)).or_default() += 1;
            }
        }
        found
    }

    /// `3 people lose management and company data on 4 devices (2 Windows, 2 iOS)`.
    pub(crate) fn sentence(&self) -> String {
        let devices = self.devices.values().sum();
        let by_system: Vec<_> = self
            .devices
            .iter()
            .map(|(os, count)| format!("{} {os}", thousands(*count)))
            .collect();
        let people = self.users.len() as u64;
        let verb = if people == 1 { "loses" } else { "lose" };
        format!(
            "{} {verb} management and company data on {} ({}). It cannot be undone.",
            counted(people, "person", "people"),
            counted(devices, "device", "devices"),
            by_system.join(", ")
        )
    }
}

/// `has_begun`: a run followed the preview. Before that only the preview's own results count, which it showed.
fn is_to_retire(user: &User<'_>, has_begun: bool, widened: Widened) -> bool {
    let has_devices = user.devices().is_some_and(|devices| devices.len() > 0);
    let reason = user.last_result().map_or(Reason::None, |result| result.reason);
    let may_be_sent = match reason {
        // A person has to look, and begins another journal.
        Reason::Excluded | Reason::NothingListed | Reason::NewDevice | Reason::IdentityChanged => false,
        Reason::NeedsConsent => widened.warnings,
        Reason::TooManyDevices => widened.devices,
        Reason::Preview => true,
        _ => has_begun,
    };
    match user.state() {
        UserState::Queued | UserState::InDoubt(_) => true,
        UserState::Refused | UserState::Untouched => has_devices && may_be_sent,
        _ => false,
    }
}

/// `LAPTOP (Windows), PHONE (iOS)`, and what is done first about a user whom an earlier run came to.
fn shown(user: &User<'_>) -> String {
    let first = match user.state() {
        UserState::InDoubt(_) => "in doubt, read first: ",
        UserState::Queued => "queued for approval: ",
        _ => "",
    };
    let Some(devices) = user.devices() else {
        return format!("{first}devices not known");
    };
    let devices = devices.map(|device| {
        let name = visible(device.name.unwrap_or(device.id));
        match device.os {
            Some(os) => format!("{name} ({})", visible(os)),
            None => name,
        }
    });
    format!("{first}{}", devices.collect::<Vec<_>>().join(", "))
}

/// What became of the users of a case, over all of its runs.
#[derive(Debug, Default)]
pub(crate) struct Standing {
    pub(crate) counts: BTreeMap<&'static str, u64>,
    /// The users that are left for a person, and why.
    pub(crate) left: Vec<(String, String)>,
    /// How many users could be retired and were not reached.
    pub(crate) to_do: u64,
    /// The strongest exit code of the users.
    pub(crate) exit: Exit,
}

impl Standing {
    pub(crate) fn of(history: &History) -> Self {
        let mut standing = Self::default();
        for user in history.users() {
            standing.add(&user);
        }
        standing
    }

    fn add(&mut self, user: &User<'_>) {
        let result = user.last_result();
        let reason = result.map_or(Reason::None, |result| result.reason);
        let Some(outcome) = user.outcome() else { return };
        if (outcome, reason) == (Outcome::Skipped, Reason::Preview) {
            self.to_do += 1;
            return;
        }
        *self.counts.entry(outcome.name()).or_default() += 1;
        let exit = Exit::of_user(outcome, reason);
        self.exit = self.exit.max(exit);
        if exit == Exit::Left {
            let why = match reason {
                Reason::None => result
                    .and_then(|result| result.status)
                    .map_or(outcome.name(), graph_devices::Status::name),
                reason => reason.name(),
            };
            self.left.push((user.user().to_owned(), why.to_owned()));
        }
    }

    /// `accepted 3, failed 2, to do 1`.
    pub(crate) fn sentence(&self, duplicates: u64) -> String {
        let named = Outcome::all().iter().map(|outcome| outcome.name());
        let mut parts: Vec<_> = named
            .filter_map(|name| Some(format!("{name} {}", thousands(*self.counts.get(name)?))))
            .collect();
        let others = [(self.to_do, "to do"), (duplicates, "given twice")];
        let others = others.iter().filter(|(count, _)| *count > 0);
        parts.extend(others.map(|(count, what)| format!("{what} {}", thousands(*count))));
        if parts.is_empty() {
            "no users".to_owned()
        } else {
            parts.join(", ")
        }
    }
}
