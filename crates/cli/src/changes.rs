//! What a preview finds otherwise than an earlier journal has it: people of the list, their names, and their devices.

use std::collections::HashSet;

use graph_devices::history::{History, SnapshotDevice, User};
use graph_devices::{Device, UserResult, visible};

use crate::io::Io;
use crate::lines::{ChangeRow, Line};
use crate::rows::{Table, counted};

/// One change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Kind {
    #[default]
    PersonAdded,
    PersonGone,
    PersonRenamed,
    DeviceAdded,
    DeviceGone,
    DeviceState,
}

impl Kind {
    /// The name for programs, and the words for a person.
    fn texts(self) -> (&'static str, &'static str) {
        match self {
            Self::PersonAdded => ("person_added", "person added"),
            Self::PersonGone => ("person_gone", "person gone from the list"),
            Self::PersonRenamed => ("person_renamed", "person renamed"),
            Self::DeviceAdded => ("device_added", "device added"),
            Self::DeviceGone => ("device_gone", "device gone"),
            Self::DeviceState => ("device_state", "state of device"),
        }
    }
}

#[derive(Default)]
struct Change {
    kind: Kind,
    line: Option<usize>,
    user: String,
    id: Option<String>,
    /// The id and the name of the device.
    device: Option<(String, Option<String>)>,
    before: Option<String>,
    now: Option<String>,
}

/// The changes since an earlier journal, as the results of a preview arrive.
pub(crate) struct Changes<'a> {
    earlier: &'a History,
    /// The users of the earlier journal who are on the list, as first given there.
    seen: HashSet<&'a str>,
    found: Vec<Change>,
}

impl<'a> Changes<'a> {
    pub(crate) fn since(earlier: &'a History) -> Self {
        Self {
            earlier,
            seen: HashSet::new(),
            found: Vec::new(),
        }
    }

    /// Compares what was found of a user.
    pub(crate) fn take(&mut self, line: Option<usize>, result: &UserResult) {
        let Some(earlier) = self.person(result) else {
            self.found.push(Change::of(Kind::PersonAdded, line, result));
            return;
        };
        self.seen.insert(earlier.user());
        if let Some(before) = renamed(&earlier, result) {
            self.found.push(Change {
                before: Some(before.to_owned()),
                now: Some(result.user.clone()),
                ..Change::of(Kind::PersonRenamed, line, result)
            });
        }
        if let Some(list) = &result.devices {
            // Devices that were not read then were not reviewed.
            let before = earlier.devices().into_iter().flatten().collect::<Vec<_>>();
            self.devices(line, result, &before, &list.devices);
        }
    }

    /// The same person: a name can belong to another one by now.
    fn person(&self, result: &UserResult) -> Option<User<'a>> {
        let id = result.id.as_deref();
        let by_id = id.and_then(|id| self.earlier.find(id));
        let by_name = || self.earlier.find(&result.user);
        by_id.or_else(|| by_name().filter(|user| id.is_none() || user.id().is_none()))
    }

    fn devices(
        &mut self,
        line: Option<usize>,
        result: &UserResult,
        before: &[SnapshotDevice<'_>],
        now: &[Device],
    ) {
        for device in now {
            let state = Some(device.state.name()).filter(|state| !state.is_empty());
            let known = before.iter().find(|known| known.id == device.id);
            if known.is_some_and(|known| known.state == state) {
                continue;
            }
            let kind = known.map_or(Kind::DeviceAdded, |_| Kind::DeviceState);
            self.found.push(Change {
                device: Some((device.id.clone(), device.name.clone())),
                before: known.and_then(|known| known.state).map(str::to_owned),
                now: state.map(str::to_owned),
                ..Change::of(kind, line, result)
            });
        }
        for known in before {
            if !now.iter().any(|device| device.id == known.id) {
                self.found.push(Change {
                    device: Some((known.id.to_owned(), known.name.map(str::to_owned))),
                    before: known.state.map(str::to_owned),
                    ..Change::of(Kind::DeviceGone, line, result)
                });
            }
        }
    }

    /// Shows the changes in the order of the list, and returns whether there are any.
    pub(crate) fn end(mut self, since: &str, io: &Io) -> bool {
        let gone = self
            .earlier
            .users()
            .filter(|user| !self.seen.contains(user.user()));
        let gone = gone.map(|user| Change {
            kind: Kind::PersonGone,
            user: user.user().to_owned(),
            id: user.id().map(str::to_owned),
            ..Change::default()
        });
        self.found.extend(gone.collect::<Vec<_>>());
        self.found
            .sort_by_key(|change| (change.line.is_none(), change.line));
        let changes = counted(self.found.len() as u64, "change", "changes");
        io.row(&visible(&format!("{changes} since {since}")));
        let users = self.found.iter().map(|change| change.user.as_str());
        let last_line = self.found.iter().filter_map(|change| change.line).max();
        let table = Table::new(users, last_line, io.width());
        for change in &self.found {
            io.row(&table.cut(&table.row(change.line, &change.user, &change.words())));
            io.line(&Line::Change(change.row()));
        }
        !self.found.is_empty()
    }
}

/// The earlier name of a person who is on the list by a name that the earlier journal lacks.
fn renamed<'a>(earlier: &User<'a>, result: &UserResult) -> Option<&'a str> {
    let given = Some(earlier.user()).filter(|user| earlier.id() != Some(*user));
    let is_named = result.id.as_ref().is_some_and(|id| *id != result.user);
    let known = [earlier.upn(), given];
    let is_known = known
        .iter()
        .flatten()
        .any(|name| name.eq_ignore_ascii_case(&result.user));
    known
        .into_iter()
        .flatten()
        .next()
        .filter(|_| is_named && !is_known)
}

impl Change {
    fn of(kind: Kind, line: Option<usize>, result: &UserResult) -> Self {
        Self {
            kind,
            line,
            user: result.user.clone(),
            id: result.id.clone(),
            ..Self::default()
        }
    }

    /// `state of device ADELE-LAPTOP: managed, now retireIssued`.
    fn words(&self) -> String {
        let mut words = self.kind.texts().1.to_owned();
        if let Some((id, name)) = &self.device {
            words = format!("{words} {}", name.as_ref().unwrap_or(id));
        }
        let unknown = || "unknown".to_owned();
        if matches!(self.kind, Kind::PersonRenamed | Kind::DeviceState) {
            let [before, now] = [&self.before, &self.now].map(|text| text.clone().unwrap_or_else(unknown));
            words = format!("{words}: {before}, now {now}");
        }
        visible(&words)
    }

    fn row(&self) -> ChangeRow<'_> {
        ChangeRow {
            change: self.kind.texts().0,
            line: self.line,
            user: &self.user,
            id: self.id.as_deref(),
            device: self.device.as_ref().map(|(id, _)| id.as_str()),
            name: self.device.as_ref().and_then(|(_, name)| name.as_deref()),
            before: self.before.as_deref(),
            now: self.now.as_deref(),
        }
    }
}
