//! What a journal knows of every person in it.

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io::Read;

use crate::error::Result;
use crate::user_id::is_guid;

use super::lines::Lines;
use super::past::{Keep, Past, Place};
use super::record::{Line, Record, RunRecord};

/// A run that a journal tells of.
#[derive(Clone, Debug)]
pub(crate) struct PastRun {
    pub(crate) id: String,
    pub(crate) record: RunRecord,
}

/// The people of a journal, each once, however many names they were given by.
#[derive(Debug)]
pub(crate) struct History {
    keys: Keys,
    index: HashMap<Key, u32>,
    slots: Vec<Slot>,
    keep: Keep,
    first: PastRun,
    last: PastRun,
    runs: u32,
}

#[derive(Debug)]
enum Slot {
    Person(Past),
    /// Turned out to be the person of an earlier slot.
    SameAs(u32),
}

impl History {
    /// The journal of these lines.
    #[cfg(test)]
    pub(crate) fn of_text(text: &str) -> Result<Self> {
        Self::fold(
            &mut Lines::new(text.as_bytes(), std::path::Path::new("test")),
            Keep::All,
            None,
        )
    }

    /// Folds all lines; refuses a journal that is not about the service and tenant of `newcomer`.
    pub(super) fn fold<R: Read>(
        lines: &mut Lines<R>,
        keep: Keep,
        newcomer: Option<&RunRecord>,
    ) -> Result<Self> {
        let first = lines.next().transpose()?.and_then(|line| Self::begin(line, keep));
        let Some(mut history) = first else {
            return Err(lines.broken("is not the beginning of a run"));
        };
        history.admit(lines, newcomer)?;
        while let Some(line) = lines.next().transpose()? {
            let begins = matches!(line.record, Record::Run(_));
            history.add(line, lines.whole());
            if begins {
                history.admit(lines, newcomer)?;
            }
        }
        Ok(history)
    }

    fn begin(line: Line, keep: Keep) -> Option<Self> {
        let Record::Run(record) = line.record else {
            return None;
        };
        let first = PastRun { id: line.run, record };
        Some(Self {
            keys: Keys::default(),
            index: HashMap::new(),
            slots: Vec::new(),
            keep,
            last: first.clone(),
            first,
            runs: 1,
        })
    }

    /// Whether the newest run is about the service and tenant of the first, and of the newcomer.
    fn admit<R: Read>(&self, lines: &Lines<R>, newcomer: Option<&RunRecord>) -> Result<()> {
        let last = &self.last.record;
        last.same_service(&self.first.record)
            .map_err(|fault| lines.broken(&format!("is about {fault} as the lines before")))?;
        newcomer
            .map_or(Ok(()), |newcomer| last.same_service(newcomer))
            .map_err(|fault| lines.another(&fault))
    }

    fn add(&mut self, line: Line, place: u64) {
        if let Some((user, id)) = line.user() {
            let at = self.meet(user, id);
            let place = Place {
                time: line.time,
                run: self.runs,
                line: place,
                keep: self.keep,
            };
            if let Some(Slot::Person(past)) = self.slots.get_mut(at as usize) {
                past.apply(line.record, place);
            }
        } else if let Record::Run(record) = line.record {
            self.runs = self.runs.saturating_add(1);
            self.last = PastRun { id: line.run, record };
        }
    }

    /// The slot of a person. An object id says more than a name: names are given to other people.
    fn meet(&mut self, user: &str, id: Option<&str>) -> u32 {
        let name = self.keys.of(user);
        let named = self.find(name);
        let Some(id) = id.or_else(|| is_guid(user).then_some(user)) else {
            return named.unwrap_or_else(|| self.enter(Past::new(user, None), &[name]));
        };
        let key = self.keys.of(id);
        let known = self.find(key);
        let at = match (named, known) {
            (None, None) => return self.enter(Past::new(user, Some(id)), &[name, key]),
            (Some(named), None) if self.is_other(named, id) => {
                return self.enter(Past::new(user, Some(id)), &[key]);
            }
            (Some(named), Some(known)) if named == known || self.is_other(named, id) => known,
            (Some(named), Some(known)) => self.merge(named, known),
            (Some(at), None) | (None, Some(at)) => {
                self.index.insert(name, at);
                self.index.insert(key, at);
                at
            }
        };
        if let Some(Slot::Person(past)) = self.slots.get_mut(at as usize) {
            past.set_id(id);
        }
        at
    }

    fn enter(&mut self, past: Past, keys: &[Key]) -> u32 {
        // A journal of four thousand million people is not to be had.
        let at = u32::try_from(self.slots.len()).unwrap_or(u32::MAX);
        self.slots.push(Slot::Person(past));
        for key in keys {
            self.index.insert(*key, at);
        }
        at
    }

    fn is_other(&self, at: u32, id: &str) -> bool {
        matches!(self.slots.get(at as usize), Some(Slot::Person(past)) if past.is_other_than(id))
    }

    /// Makes one person of two slots: the earlier one.
    fn merge(&mut self, one: u32, two: u32) -> u32 {
        let (first, second) = (one.min(two), one.max(two));
        let keep = self.keep;
        let moved = self
            .slots
            .get_mut(second as usize)
            .map(|slot| std::mem::replace(slot, Slot::SameAs(first)));
        if let (Some(Slot::Person(past)), Some(Slot::Person(earlier))) =
            (moved, self.slots.get_mut(first as usize))
        {
            earlier.merge(past, keep);
        }
        first
    }

    fn find(&self, key: Key) -> Option<u32> {
        let mut at = *self.index.get(&key)?;
        while let Some(Slot::SameAs(earlier)) = self.slots.get(at as usize) {
            at = *earlier;
        }
        Some(at)
    }

    fn get(&self, key: Key) -> Option<&Past> {
        match self.slots.get(self.find(key)? as usize)? {
            Slot::Person(past) => Some(past),
            Slot::SameAs(_) => None,
        }
    }

    /// The person that was once given by this name or object id, in any case of letters.
    pub(crate) fn of(&self, user: &str) -> Option<&Past> {
        self.get(self.keys.of(user))
    }

    /// The person that a user turned out to be once the object id was read: what is known under the name and under
    /// the id together. If the name was another person's, that one: see [`Past::is_other_than`].
    pub(crate) fn person(&self, user: &str, id: &str) -> Option<Cow<'_, Past>> {
        let (name, key) = (self.keys.of(user), self.keys.of(id));
        match (self.get(name), self.get(key)) {
            (Some(named), Some(known)) if self.find(name) != self.find(key) && !named.is_other_than(id) => {
                let mut both = named.clone();
                both.merge(known.clone(), self.keep);
                Some(Cow::Owned(both))
            }
            (Some(past), _) | (None, Some(past)) => Some(Cow::Borrowed(past)),
            (None, None) => None,
        }
    }

    /// Everybody, in the order of their first record.
    pub(crate) fn people(&self) -> impl Iterator<Item = &Past> {
        self.slots.iter().filter_map(|slot| match slot {
            Slot::Person(past) => Some(past),
            Slot::SameAs(_) => None,
        })
    }

    /// The bytes that the people take, allocations rounded up as an allocator does.
    #[cfg(test)]
    pub(super) fn weight(&self) -> usize {
        // An entry has a control byte, and a table that is full has an eighth of its places free.
        let table = self.index.capacity() / 7 * 8 * (size_of::<(Key, u32)>() + 1);
        let slots = self.slots.capacity() * size_of::<Slot>();
        table + slots + self.people().map(Past::weight).sum::<usize>()
    }

    /// The run that began the journal.
    #[cfg(test)]
    pub(crate) fn first_run(&self) -> &PastRun {
        &self.first
    }

    /// The newest run; before a resume is written, the one that is resumed.
    pub(crate) fn last_run(&self) -> &PastRun {
        &self.last
    }
}

/// A name or an object id, in 128 bits: two hashes under different keys that nobody outside this process knows. That
/// two of a million people meet by chance is less likely than one in 10^26.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key([u32; 4]);

#[derive(Debug, Default)]
pub(crate) struct Keys(RandomState, RandomState);

impl Keys {
    pub(crate) fn of(&self, text: &str) -> Key {
        let (mut one, mut two) = (self.0.build_hasher(), self.1.build_hasher());
        let mut bytes = [0; 4];
        for letter in text.chars().flat_map(char::to_lowercase) {
            let letter = letter.encode_utf8(&mut bytes).as_bytes();
            one.write(letter);
            two.write(letter);
        }
        let half = |hash: u64| ((hash >> 32) as u32, (hash & 0xffff_ffff) as u32);
        let ((a, b), (c, d)) = (half(one.finish()), half(two.finish()));
        Key([a, b, c, d])
    }
}
