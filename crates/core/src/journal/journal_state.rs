//! The state of every user in a journal.

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io::Read;
use std::path::Path;

use crate::error::Result;
use crate::user_id::is_guid;

use super::lines::Lines;
use super::record::{Line, Mode, PastRun, Record, Role, RunRecord, Whom};
use super::refusal;
use super::user_record::{Place, Retention, UserRecord};

/// The users of a journal. A user with several names has one record.
#[derive(Debug)]
pub(crate) struct JournalState {
    keys: Keys,
    index: HashMap<Key, u32>,
    slots: Vec<Slot>,
    retention: Retention,
    /// The number of each run that wrote a line, by its id.
    runs: HashMap<String, u32>,
    first: PastRun,
    last: PastRun,
    preview: Option<PastRun>,
    acting: Option<PastRun>,
    /// A notice about the file.
    notice: Option<String>,
}

#[derive(Debug)]
enum Slot {
    User(UserRecord),
    /// The slot turned out to be the user of an earlier slot.
    SameAs(u32),
}

impl JournalState {
    /// The state of a journal with these lines.
    #[cfg(test)]
    pub(crate) fn of_text(text: &str) -> Result<Self> {
        Self::fold(
            &mut Lines::new(text.as_bytes(), std::path::Path::new("test")),
            Retention::All,
            None,
        )
    }

    /// Folds all lines. Refuses a journal that is not about the service and tenant of `newcomer`.
    pub(super) fn fold<R: Read>(
        lines: &mut Lines<R>,
        retention: Retention,
        newcomer: Option<&RunRecord>,
    ) -> Result<Self> {
        let mut journal_state = Self::begin(lines.beginning()?, retention);
        journal_state.go_on(lines, newcomer, 0, |_, _, _, _| ())?;
        Ok(journal_state)
    }

    /// Folds the lines after the first, which come after `before` bytes of other journals. `watch` sees each line before it
    /// is folded, with its number, its place and the slot of its user.
    pub(super) fn go_on<R: Read>(
        &mut self,
        lines: &mut Lines<R>,
        newcomer: Option<&RunRecord>,
        before: u64,
        mut watch: impl FnMut(&Line, u64, u64, Option<u32>),
    ) -> Result<()> {
        self.admit(lines, newcomer)?;
        while let Some(line) = lines.next().transpose()? {
            let begins = matches!(line.record, Record::Run(_));
            let at = line.whom().map(|whom| self.meet(whom));
            let place = before + lines.whole();
            watch(&line, lines.number(), place, at);
            self.add(line, at, place);
            if begins {
                self.admit(lines, newcomer)?;
            }
        }
        Ok(())
    }

    pub(super) fn begin(first: PastRun, retention: Retention) -> Self {
        let mut journal_state = Self {
            keys: Keys::default(),
            index: HashMap::new(),
            slots: Vec::new(),
            retention,
            runs: HashMap::new(),
            last: first.clone(),
            first: first.clone(),
            preview: None,
            acting: None,
            notice: None,
        };
        journal_state.note(first);
        journal_state
    }

    pub(super) fn noting(self, notice: Option<String>) -> Self {
        Self { notice, ..self }
    }

    /// The notice about the file that was read, if there is one.
    pub(crate) fn notice(&self) -> Option<&str> {
        self.notice.as_deref()
    }

    /// Adds a run that begins.
    pub(super) fn note(&mut self, run: PastRun) {
        if run.record.mode == Mode::Preview {
            self.preview = Some(run.clone());
        }
        if run.record.mode != Mode::Verify {
            self.acting = Some(run.clone());
        }
        self.last = run;
    }

    /// Checks that the newest run is about the service and tenant of the first run, and of the newcomer.
    fn admit<R: Read>(&self, lines: &Lines<R>, newcomer: Option<&RunRecord>) -> Result<()> {
        let last = &self.last.record;
        if let Some((this, before)) = last.other_service(&self.first.record) {
            return Err(lines.broken(&format!(
                "is about {this}, but the earlier lines are about {before}"
            )));
        }
        newcomer.map_or(Ok(()), |newcomer| {
            last.same_service(newcomer, Role::Journal, lines.path())
        })
    }

    fn add(&mut self, line: Line, at: Option<u32>, place: u64) {
        if let Some(at) = at {
            let place = Place {
                time: line.time,
                run: self.number(&line.run),
                line: place,
                retention: self.retention,
            };
            if let Some(Slot::User(record)) = self.slots.get_mut(at as usize) {
                record.apply(line.record, place);
            }
        } else if let Record::Run(record) = line.record {
            self.note(PastRun {
                id: line.run,
                begun: line.time,
                record,
            });
        }
    }

    /// The number of a run. Each line names its run; its place does not show it, since a line that begins a run can be
    /// lost.
    fn number(&mut self, run: &str) -> u32 {
        if let Some(number) = self.runs.get(run) {
            return *number;
        }
        let next = u32::try_from(self.runs.len()).unwrap_or(u32::MAX);
        self.runs.insert(run.to_owned(), next);
        next
    }

    /// The slot of a user. An object id takes precedence over a name, since a name can pass to another user.
    fn meet(&mut self, whom: Whom<'_>) -> u32 {
        let Whom { user, id, upn } = whom;
        let name = self.keys.of(user);
        let Some(id) = id.or_else(|| is_guid(user).then_some(user)) else {
            let named = self.find(name);
            return named.unwrap_or_else(|| self.enter(UserRecord::new(user, None), name));
        };
        let key = self.keys.of(id);
        let upn = upn.filter(|upn| *upn != user).map(|upn| self.keys.of(upn));
        let theirs = [Some(name), upn].map(|name| name.filter(|name| !self.belongs_to_another(*name, id)));
        let mut at = self.find(key);
        for name in theirs.into_iter().flatten() {
            at = match (at, self.find(name)) {
                (Some(one), Some(two)) if one != two => Some(self.merge(one, two)),
                (one, two) => one.or(two),
            };
        }
        let at = at.unwrap_or_else(|| self.enter(UserRecord::new(user, Some(id)), key));
        for key in theirs.into_iter().flatten().chain([key]) {
            self.index.entry(key).or_insert(at);
        }
        if let Some(Slot::User(record)) = self.slots.get_mut(at as usize) {
            record.set_id(id);
        }
        at
    }

    fn enter(&mut self, record: UserRecord, key: Key) -> u32 {
        // No journal has four thousand million users.
        let at = u32::try_from(self.slots.len()).unwrap_or(u32::MAX);
        self.slots.push(Slot::User(record));
        self.index.insert(key, at);
        at
    }

    /// Whether a name is known to belong to another object id.
    fn belongs_to_another(&self, name: Key, id: &str) -> bool {
        self.find(name).is_some_and(|at| self.is_other(at, id))
    }

    fn is_other(&self, at: u32, id: &str) -> bool {
        matches!(self.slots.get(at as usize), Some(Slot::User(record)) if record.is_other_than(id))
    }

    /// Merges two slots into the earlier one.
    fn merge(&mut self, one: u32, two: u32) -> u32 {
        let (first, second) = (one.min(two), one.max(two));
        let retention = self.retention;
        let moved = self
            .slots
            .get_mut(second as usize)
            .map(|slot| std::mem::replace(slot, Slot::SameAs(first)));
        if let (Some(Slot::User(record)), Some(Slot::User(earlier))) =
            (moved, self.slots.get_mut(first as usize))
        {
            earlier.merge(record, retention);
        }
        first
    }

    fn find(&self, key: Key) -> Option<u32> {
        self.index.get(&key).map(|at| self.slot(*at))
    }

    /// The slot that the user of a slot has now.
    pub(super) fn slot(&self, mut at: u32) -> u32 {
        while let Some(Slot::SameAs(earlier)) = self.slots.get(at as usize) {
            at = *earlier;
        }
        at
    }

    fn get(&self, key: Key) -> Option<&UserRecord> {
        self.record_at(self.find(key)?)
    }

    pub(super) fn record_at(&self, at: u32) -> Option<&UserRecord> {
        match self.slots.get(at as usize)? {
            Slot::User(record) => Some(record),
            Slot::SameAs(_) => None,
        }
    }

    /// The user that was given by this name or object id, in any case of letters.
    pub(crate) fn of(&self, user: &str) -> Option<&UserRecord> {
        self.get(self.keys.of(user))
    }

    /// The slot of that user.
    pub(super) fn slot_of(&self, user: &str) -> Option<u32> {
        self.find(self.keys.of(user))
    }

    /// The user after the directory was read: the records under the name as given, the object id and the principal name
    /// together. If the name as given belonged to another user, that user's record: see [`UserRecord::is_other_than`]. A
    /// principal name that belonged to another user is ignored.
    pub(crate) fn of_user(&self, user: &str, id: &str, upn: Option<&str>) -> Option<Cow<'_, UserRecord>> {
        let name = self.keys.of(user);
        if self.belongs_to_another(name, id) {
            return self.get(name).map(Cow::Borrowed);
        }
        let upn = upn.map(|upn| self.keys.of(upn));
        let upn = upn.filter(|name| !self.belongs_to_another(*name, id));
        let keys = [Some(name), Some(self.keys.of(id)), upn];
        let mut slots: Vec<_> = keys
            .into_iter()
            .flatten()
            .filter_map(|key| self.find(key))
            .collect();
        // The slot that was filled first comes first, as when a line merges slots.
        slots.sort_unstable();
        slots.dedup();
        let mut records = slots.into_iter().filter_map(|at| self.record_at(at));
        let mut all = Cow::Borrowed(records.next()?);
        for record in records {
            all.to_mut().merge(record.clone(), self.retention);
        }
        Some(all)
    }

    /// All users, in the order of their first record.
    pub(crate) fn users(&self) -> impl Iterator<Item = &UserRecord> {
        self.slots.iter().filter_map(|slot| match slot {
            Slot::User(record) => Some(record),
            Slot::SameAs(_) => None,
        })
    }

    /// The bytes that the users take, with allocations rounded up as an allocator does.
    #[cfg(test)]
    pub(super) fn weight(&self) -> usize {
        // An entry has a control byte, and a full table has an eighth of its places free.
        let table = self.index.capacity() / 7 * 8 * (size_of::<(Key, u32)>() + 1);
        let slots = self.slots.capacity() * size_of::<Slot>();
        table + slots + self.users().map(UserRecord::weight).sum::<usize>()
    }

    /// The run that began the journal.
    #[cfg(test)]
    pub(crate) fn first_run(&self) -> &PastRun {
        &self.first
    }

    /// The newest run. Before a resume is written, the run that is resumed.
    pub(crate) fn last_run(&self) -> &PastRun {
        &self.last
    }

    /// The newest preview; only that is a plan.
    pub(crate) fn preview(&self) -> Option<&PastRun> {
        self.preview.as_ref()
    }

    /// Refuses a run that lacks the plan or the exclusions of the newest run: they were probably forgotten.
    pub(super) fn holds(&self, newcomer: &RunRecord, path: &Path) -> Result<()> {
        let Some(before) = self.acting.as_ref().filter(|_| newcomer.mode != Mode::Verify) else {
            return Ok(());
        };
        let before = &before.record;
        let forgotten = match &before.plan {
            Some(plan) if newcomer.plan.is_none() => format!("was held to the plan {}", plan.path),
            _ => match before.missing_exclusions(newcomer) {
                Some(missing) => missing,
                None => return Ok(()),
            },
        };
        Err(refusal(
            path,
            format!(
                "the run of the journal {} {forgotten}; resume it with the same, or begin a new journal",
                path.display()
            ),
        ))
    }

    #[cfg(test)]
    pub(crate) fn acting(&self) -> Option<&PastRun> {
        self.acting.as_ref()
    }
}

/// A name or an object id in 128 bits: two hashes with different keys that only this process knows. The probability that
/// two of a million users collide is below one in 10^26.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key([u32; 4]);

#[derive(Debug, Default)]
pub(crate) struct Keys(RandomState, RandomState);

impl Keys {
    pub(crate) fn of(&self, text: &str) -> Key {
        let lower = if text.is_ascii() {
            text.to_ascii_lowercase()
        } else {
            text.chars().flat_map(char::to_lowercase).collect()
        };
        let (mut one, mut two) = (self.0.build_hasher(), self.1.build_hasher());
        one.write(lower.as_bytes());
        two.write(lower.as_bytes());
        let half = |hash: u64| ((hash >> 32) as u32, (hash & 0xffff_ffff) as u32);
        let ((a, b), (c, d)) = (half(one.finish()), half(two.finish()));
        Key([a, b, c, d])
    }
}
