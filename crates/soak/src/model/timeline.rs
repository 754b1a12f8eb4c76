//! What happened to each person, and what the sender can have known at a moment. It comes from the record of the service
//! and the list of lives alone.

use std::collections::{HashMap, HashSet};

use super::super::evidence::Evidence;
use super::super::journal::Event;
use super::super::service::{Attempt, Sight, What, Word};

/// Attempts and reads by person.
pub(in super::super) struct Timeline<'a> {
    evidence: &'a Evidence,
    /// In the order of their arrival.
    attempts: HashMap<&'a str, Vec<&'a Attempt>>,
    /// Lists of devices that were delivered, in the same order.
    lists: HashMap<&'a str, Vec<&'a Sight>>,
    /// Reads of users that were delivered, by the name in the path.
    users: HashMap<&'a str, Vec<&'a Sight>>,
    /// Life and person, if the life was killed before the person had a result.
    cut_off: HashSet<(usize, &'a str)>,
}

/// How much a look at the devices must show to settle that nothing was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Settles {
    /// A device that was seen before is still managed.
    Perhaps,
    /// The same, and the look of that life was complete, or the life acted on it.
    Surely,
}

impl<'a> Timeline<'a> {
    pub(in super::super) fn new(evidence: &'a Evidence) -> Self {
        let mut timeline = Self {
            evidence,
            attempts: HashMap::new(),
            lists: HashMap::new(),
            users: HashMap::new(),
            cut_off: HashSet::new(),
        };
        for attempt in &evidence.attempts {
            if let Some(person) = &attempt.person {
                timeline.attempts.entry(person).or_default().push(attempt);
            }
        }
        for sight in &evidence.sights {
            match (sight.what, &sight.person) {
                (What::Devices, Some(person)) => timeline.lists.entry(person).or_default().push(sight),
                (What::User, Some(_)) => timeline.users.entry(&sight.key).or_default().push(sight),
                _ => {}
            }
        }
        for attempts in timeline.attempts.values_mut() {
            attempts.sort_by(|one, two| one.arrived.cmp(&two.arrived));
        }
        for sights in timeline.lists.values_mut().chain(timeline.users.values_mut()) {
            sights.sort_by(|one, two| one.arrived.cmp(&two.arrived));
        }
        timeline.cut_off = timeline.find_cut_off();
        timeline
    }

    /// A kill leaves open what was begun in that life and has no result of it. An attempt shows that a user was begun with,
    /// or the `sent` line alone: a request can die on its way out.
    fn find_cut_off(&self) -> HashSet<(usize, &'a str)> {
        let mut open = HashSet::new();
        let killed = |number: &usize| self.evidence.lives.get(*number).is_some_and(|life| life.killed);
        for attempt in &self.evidence.attempts {
            if let (Some(person), Some(number)) = (&attempt.person, self.life_at(&attempt.arrived))
                && killed(&number)
            {
                open.insert((number, person.as_str()));
            }
        }
        for (number, life) in self
            .evidence
            .lives
            .iter()
            .enumerate()
            .filter(|(at, _)| killed(at))
        {
            for line in self.evidence.lines.get(life.lines.clone()).unwrap_or_default() {
                match &line.event {
                    Event::Sent { user, .. } => drop(open.insert((number, self.person(user)))),
                    Event::Result(result) => drop(open.remove(&(number, self.person(&result.user)))),
                    _ => {}
                }
            }
        }
        open
    }

    /// The object id of the intended person.
    pub(in super::super) fn person(&self, user: &str) -> &'a str {
        self.evidence.people.get(user).map_or("", String::as_str)
    }

    pub(in super::super) fn attempts(&self, person: &str) -> &[&'a Attempt] {
        self.attempts.get(person).map_or(&[], Vec::as_slice)
    }

    /// The life in which something came to the service.
    pub(in super::super) fn life_at(&self, time: &str) -> Option<usize> {
        let lives = &self.evidence.lives;
        lives
            .partition_point(|life| life.started.as_str() <= time)
            .checked_sub(1)
    }

    pub(in super::super) fn is_of(&self, attempt: &Attempt, life: usize) -> bool {
        self.life_at(&attempt.arrived) == Some(life)
    }

    /// What the life that sent an attempt knew of it at a moment. An answer that comes after its end leaves it open.
    pub(in super::super) fn word(&self, attempt: &Attempt, until: &str) -> Word {
        let life = self.life_at(&attempt.arrived);
        let ended = life.and_then(|life| self.evidence.lives.get(life));
        attempt.word(ended.map_or("", |life| until.min(&life.ended)))
    }

    /// Whether an answer reached the life that asked for it by a moment.
    fn is_seen(&self, sight: &Sight, until: &str) -> bool {
        let life = self.life_at(&sight.arrived);
        let life = life.and_then(|life| self.evidence.lives.get(life));
        sight.answered.as_str() <= until && life.is_some_and(|life| sight.answered <= life.ended)
    }

    /// The lists of a person's devices that were seen by a moment.
    pub(in super::super) fn lists<'b>(
        &'b self,
        person: &str,
        until: &'b str,
    ) -> impl Iterator<Item = &'a Sight> + 'b {
        let lists = self.lists.get(person).into_iter().flatten().copied();
        lists.filter(move |list| self.is_seen(list, until))
    }

    /// The lists that one life saw by a moment.
    pub(in super::super) fn lists_of_life<'b>(
        &'b self,
        person: &str,
        life: usize,
        until: &'b str,
    ) -> impl Iterator<Item = &'a Sight> + 'b {
        self.lists(person, until)
            .filter(move |list| self.life_at(&list.arrived) == Some(life))
    }

    /// The persons to which the service resolved a name or an object id, in one life and by a moment.
    pub(in super::super) fn persons_seen<'b>(
        &'b self,
        key: &str,
        life: usize,
        until: &'b str,
    ) -> impl Iterator<Item = &'a str> + 'b {
        let users = self.users.get(key).into_iter().flatten().copied();
        users
            .filter(move |sight| self.life_at(&sight.arrived) == Some(life) && self.is_seen(sight, until))
            .filter_map(|sight| sight.person.as_deref())
    }

    /// The moment of the last look, by `until`, that shows that nothing sent before it was carried out.
    ///
    /// A request that was on its way to the service at that moment, and lands later, cannot be seen: it counts as settled by
    /// the look. The same devices may then be ordered twice.
    pub(in super::super) fn settled(&self, user: &str, until: &str, settles: Settles) -> Option<&'a str> {
        let person = self.person(user);
        let mut known: HashSet<&str> = HashSet::new();
        let mut last = None;
        for list in self.lists(person, until) {
            let ids = || list.devices.iter().map(|(id, _)| id.as_str());
            let is_managed =
                |(id, state): &(String, String)| state == "managed" && known.contains(id.as_str());
            let is_enough = settles == Settles::Perhaps
                || self.was_acted_on(person, list, until)
                || self.is_whole(user, list, until)
                    && known.iter().all(|id| ids().any(|listed| listed == *id));
            if list.devices.iter().any(is_managed) && is_enough {
                last = Some(list.time.as_str());
            }
            known.extend(ids());
        }
        last
    }

    /// A later life had looked before an attempt that was on its way was carried out.
    pub(in super::super) fn landed_unseen(&self, attempt: &Attempt, until: &str) -> bool {
        let person = attempt.person.as_deref().unwrap_or_default();
        let life = self.life_at(&attempt.arrived);
        self.lists(person, until).any(|list| {
            self.life_at(&list.arrived) > life && attempt.arrived < list.time && list.time <= attempt.time
        })
    }

    /// Whether the person was sent in the same life, after a look.
    fn was_acted_on(&self, person: &str, look: &Sight, until: &str) -> bool {
        let life = self.life_at(&look.arrived);
        self.attempts(person).iter().any(|attempt| {
            (look.answered.as_str()..=until).contains(&attempt.arrived.as_str())
                && self.life_at(&attempt.arrived) == life
        })
    }

    /// Whether the life of a look has read the user, too.
    fn is_whole(&self, user: &str, look: &Sight, until: &str) -> bool {
        let life = self.life_at(&look.arrived);
        life.is_some_and(|life| self.persons_seen(user, life, until).next().is_some())
    }

    /// An attempt on a person after a moment that may have been carried out, as far as a life knows by `until`.
    pub(in super::super) fn open(
        &self,
        person: &str,
        life: usize,
        after: Option<&str>,
        until: &str,
    ) -> Option<String> {
        let is_after = |time: &str| after.is_none_or(|after| time > after);
        let attempt = self.attempts(person).iter().find(|attempt| {
            is_after(&attempt.arrived)
                && attempt.arrived.as_str() <= until
                && self.word(attempt, until) == Word::Open
        });
        if let Some(attempt) = attempt {
            return Some(attempt.describe());
        }
        let lives = self.evidence.lives.iter().enumerate().take(life);
        let mut cut = lives
            .filter(|(number, cut)| is_after(&cut.ended) && self.cut_off.contains(&(*number, person)))
            .map(|(number, _)| format!("life {number} was killed over it"));
        cut.next()
    }

    /// The attempt whose 204 reached a life.
    pub(in super::super) fn yes(&self, person: &str, life: usize, until: &str) -> Option<&'a Attempt> {
        let mut attempts = self.attempts(person).iter().copied();
        attempts.find(|attempt| self.is_of(attempt, life) && self.word(attempt, until) == Word::Yes)
    }

    /// For each person, the longest row of lives at whose end the person was in doubt.
    pub(in super::super) fn longest_doubts(&self) -> HashMap<&'a str, usize> {
        let done = self.done_in();
        let mut longest = HashMap::new();
        for user in self.evidence.people.keys() {
            let person = self.person(user);
            let (mut row, mut most) = (0, 0);
            for (number, life) in self.evidence.lives.iter().enumerate() {
                let is_done = done.get(person).is_some_and(|done| *done <= number);
                let settled = self.settled(user, &life.ended, Settles::Surely);
                let is_open = !is_done && self.open(person, number + 1, settled, &life.ended).is_some();
                row = if is_open { row + 1 } else { 0 };
                most = most.max(row);
            }
            longest.insert(person, most);
        }
        longest
    }

    /// The life that first recorded each person as done.
    fn done_in(&self) -> HashMap<&'a str, usize> {
        let mut done = HashMap::new();
        for (number, life) in self.evidence.lives.iter().enumerate() {
            for line in self.evidence.lines.get(life.lines.clone()).unwrap_or_default() {
                if let Event::Result(result) = &line.event
                    && result.is_done()
                {
                    done.entry(self.person(&result.user)).or_insert(number);
                }
            }
        }
        done
    }
}
