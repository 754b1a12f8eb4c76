//! Reads the lines of journals once, into the fold and what is kept besides.

use std::collections::HashMap;
use std::fs::{File, TryLockError};
use std::io::{Read as _, Take};
use std::path::Path;

use super::run::{Ending, Run};
use super::trace::{Place, Trace};
use super::{History, JournalFile, Mode};
use crate::error::{Error, Result};
use crate::journal::journal_state::JournalState;
use crate::journal::lines::Lines;
use crate::journal::place::open_existing;
use crate::journal::record::{Line, PastRun, Record};
use crate::journal::refusal;
use crate::journal::user_record::Retention;
use crate::status::Status;

/// A journal whose first line was read.
struct Opened<'a> {
    path: &'a Path,
    file: File,
    lines: Lines<Take<File>>,
    first: PastRun,
}

pub(super) fn read<'a>(journals: impl Iterator<Item = (&'a Path, u64)>) -> Result<History> {
    let opened = journals.map(|(path, length)| open(path, length));
    let mut opened = opened.collect::<Result<Vec<_>>>()?;
    opened.sort_by_key(|journal| journal.first.begun);
    is_one_story(&opened)?;
    let Some(first) = opened.first() else {
        return Err(Error::new(
            Status::InvalidArgument,
            "no journal was named; name one or several",
        ));
    };
    let mut reader = Reader {
        state: JournalState::begin(first.first.clone(), Retention::All),
        runs: Runs::default(),
        traces: Vec::new(),
        journals: Vec::new(),
        before: 0,
    };
    for journal in opened {
        reader.read(journal)?;
    }
    Ok(reader.finish())
}

fn open(path: &Path, length: u64) -> Result<Opened<'_>> {
    let file = open_existing(path, false)?;
    let handle = file
        .try_clone()
        .map_err(|cause| crate::journal::trouble(path, "cannot be read", &cause, "try again"))?;
    let mut lines = Lines::new(handle.take(length), path);
    let first = lines.beginning()?;
    Ok(Opened {
        path,
        file,
        lines,
        first,
    })
}

/// Refuses journals of different services or tenants, and the same journal given twice.
fn is_one_story(opened: &[Opened<'_>]) -> Result<()> {
    for (at, journal) in opened.iter().enumerate() {
        for earlier in opened.iter().take(at) {
            let (path, other) = (journal.path.display(), earlier.path.display());
            if journal.first.id == earlier.first.id {
                let message = format!("{path} and {other} are the same journal; name it once");
                return Err(refusal(journal.path, message));
            }
            if let Some((this, that)) = journal.first.record.other_service(&earlier.first.record) {
                let message = format!(
                    "the journal {path} is about {this}, but {other} is about {that}; read each by itself"
                );
                return Err(refusal(journal.path, message));
            }
        }
    }
    Ok(())
}

struct Reader {
    state: JournalState,
    runs: Runs,
    traces: Vec<Trace>,
    journals: Vec<JournalFile>,
    /// The bytes of the journals that were read before.
    before: u64,
}

/// The runs, each found by its id.
#[derive(Default)]
struct Runs {
    all: Vec<Run>,
    by_id: HashMap<String, usize>,
}

impl Runs {
    fn begin(&mut self, run: PastRun, journal: usize) {
        self.by_id.insert(run.id.clone(), self.all.len());
        self.all.push(Run::of(run, journal));
    }

    fn is_preview(&self, at: usize) -> bool {
        self.all.get(at).is_some_and(|run| run.mode == Mode::Preview)
    }

    /// Adds a line that is about a run and no user.
    fn add(&mut self, line: &Line, journal: usize) {
        match &line.record {
            Record::Run(record) => {
                let run = PastRun {
                    id: line.run.clone(),
                    begun: line.time,
                    record: record.clone(),
                };
                self.begin(run, journal);
            }
            Record::End(end) => {
                let run = self.by_id.get(&line.run).and_then(|at| self.all.get_mut(*at));
                if let Some(run) = run {
                    run.end(line.time, end);
                }
            }
            _ => {}
        }
    }
}

impl Reader {
    fn read(&mut self, opened: Opened<'_>) -> Result<()> {
        let Opened {
            path,
            file,
            mut lines,
            first,
        } = opened;
        let journal = self.journals.len();
        self.state.note(first.clone());
        self.runs.begin(first, journal);
        let Self {
            state,
            runs,
            traces,
            before,
            ..
        } = self;
        state.go_on(&mut lines, None, *before, |line, number, at, slot| {
            let Some(slot) = slot else {
                runs.add(line, journal);
                return;
            };
            let run = runs.by_id.get(&line.run).copied();
            let preview = run.filter(|run| runs.is_preview(*run));
            if traces.len() <= slot as usize {
                traces.resize_with(slot as usize + 1, Trace::default);
            }
            if let Some(trace) = traces.get_mut(slot as usize) {
                let place = Place {
                    journal,
                    line: number,
                };
                trace.add(line, place, at, preview);
            }
        })?;
        let is_in_use = self.is_in_use(&file);
        self.before += lines.whole();
        self.journals.push(JournalFile {
            path: path.to_owned(),
            length: lines.whole(),
            lines: lines.number(),
            torn: lines.torn(),
            is_in_use,
        });
        Ok(())
    }

    /// Whether a run is writing to the journal that was read last. The lock is tried only if the newest run has no end: for
    /// a moment it would keep out a run that begins.
    fn is_in_use(&mut self, file: &File) -> bool {
        let newest = self.runs.all.last_mut();
        let Some(newest) = newest.filter(|run| run.ending == Ending::CutOff) else {
            return false;
        };
        let is_in_use = matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock));
        if is_in_use {
            newest.ending = Ending::Running;
        }
        is_in_use
    }

    /// Brings together what was kept of one user under several names.
    fn finish(mut self) -> History {
        for at in 0..self.traces.len() {
            let root = u32::try_from(at).map_or(at, |slot| self.state.slot(slot) as usize);
            if root != at
                && let Some(moved) = self.traces.get_mut(at).map(std::mem::take)
                && let Some(trace) = self.traces.get_mut(root)
            {
                trace.merge(moved);
            }
        }
        History {
            journals: self.journals,
            runs: self.runs.all,
            state: self.state,
            traces: self.traces,
        }
    }
}
