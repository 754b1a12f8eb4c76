//! The file of a journal: made or taken up, locked, appended to by all threads of a run.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::clock::{Clock, new_guid};
use crate::error::{Error, Result};

use super::encode::{Encode, Stamp};
use super::journal_state::JournalState;
use super::lines::{LONGEST_LINE, Lines};
use super::place::{is_nameless, keep_private, open, open_journal, sync_folder};
use super::record::{EndRecord, ReadRecord, ResultRecord, RunRecord, SentRecord, VerifyRecord};
use super::user_record::Retention;
use super::{refusal, trouble};

/// What helps where a file system cannot do what a journal needs.
const ELSEWHERE: &str = "put the journal on another disk";

/// A journal that is open for one run. It is locked until it is dropped.
pub(crate) struct Journal {
    file: File,
    path: PathBuf,
    run: String,
    clock: Arc<dyn Clock>,
    /// This run made the file.
    is_new: bool,
    tail: Mutex<Tail>,
    /// Held while the file is synced, so that those who come meanwhile share the next sync.
    synced: Mutex<Synced>,
}

/// The end of the file.
#[derive(Debug)]
struct Tail {
    /// Of the whole lines.
    length: u64,
    /// This run has written of a user.
    has_users: bool,
    /// Why nothing may be appended any more: half a line is at the end and could not be cut off, or the file is gone.
    damaged: Option<Error>,
    /// Why nothing can be made durable any more.
    lost: Option<Error>,
    /// The file may be another run's by now.
    ended: bool,
}

#[derive(Debug, Default)]
struct Synced {
    /// So much of the file is durable.
    length: u64,
    /// How often the file was synced.
    count: u64,
}

impl Journal {
    /// Begins a journal; refuses a file that holds anything.
    pub(crate) fn create(path: &Path, record: &RunRecord, clock: Arc<dyn Clock>) -> Result<Self> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = match open(&options, path) {
            Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => {
                left_empty(path).ok_or_else(|| exists(path).of_file(path, cause.raw_os_error()))?
            }
            made => made.map_err(|cause| {
                trouble(
                    path,
                    "could not be made",
                    &cause,
                    "name a file in a folder that can be written to",
                )
            })?,
        };
        Self {
            is_new: true,
            ..Self::over(file, path, 0, clock)
        }
        .begun(record)
    }

    /// Locks and begins the file that was just made, or takes it away again: it says nothing yet, and the next try should
    /// not find it. What another run has locked is that one's.
    pub(super) fn begun(self, record: &RunRecord) -> Result<Self> {
        lock(&self.file, &self.path)?;
        if self.file.metadata().is_ok_and(|metadata| metadata.len() > 0) {
            return Err(exists(&self.path));
        }
        // A disk that knows no permissions shows them to everybody, whatever was asked for.
        match keep_private(&self.file, &self.path).and_then(|_| self.begin(record)) {
            Ok(()) => Ok(self),
            Err(error) => {
                let _ = fs::remove_file(&self.path);
                Err(error)
            }
        }
    }

    /// Takes up a journal that exists: reads it, cuts off a torn tail, and begins another run in it.
    pub(crate) fn resume(
        path: &Path,
        record: &RunRecord,
        clock: Arc<dyn Clock>,
        retention: Retention,
    ) -> Result<(Self, JournalState)> {
        let (file, notice) = open_journal(path, true)?;
        lock(&file, path)?;
        let mut lines = Lines::new(&file, path);
        let journal_state = JournalState::fold(&mut lines, retention, Some(record))?.noting(notice);
        journal_state.holds(record, path)?;
        let length = lines.whole();
        let journal = Self::over(file, path, length, clock);
        journal.cut(length).map_err(|cause| {
            trouble(
                path,
                "has a torn end that could not be cut off",
                &cause,
                ELSEWHERE,
            )
        })?;
        journal.begin(&RunRecord {
            resumes: Some(journal_state.last_run().id.clone()),
            ..record.clone()
        })?;
        Ok((journal, journal_state))
    }

    pub(super) fn over(file: File, path: &Path, length: u64, clock: Arc<dyn Clock>) -> Self {
        Self {
            file,
            path: path.to_owned(),
            run: new_guid(),
            clock,
            is_new: false,
            tail: Mutex::new(Tail {
                length,
                has_users: false,
                damaged: None,
                lost: None,
                ended: false,
            }),
            synced: Mutex::new(Synced::default()),
        }
    }

    fn begin(&self, record: &RunRecord) -> Result<()> {
        let end = self.append(std::slice::from_ref(record))?;
        self.sync(end)?;
        sync_folder(&self.path)
            .map_err(|cause| trouble(&self.path, "could not be made durable", &cause, ELSEWHERE))
    }

    /// The id of the run that this journal is open for.
    #[cfg(test)]
    pub(crate) fn run(&self) -> &str {
        &self.run
    }

    #[cfg(test)]
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Users that were read. Durable with the next [`sent`](Self::sent) or [`end`](Self::end).
    pub(crate) fn read(&self, records: &[ReadRecord]) -> Result<()> {
        self.append(records).map(drop)
    }

    /// Users that are about to be sent. Returns when that is durable; on an error nothing may be sent.
    pub(crate) fn sent(&self, records: &[SentRecord]) -> Result<()> {
        if let Some(lost) = &lock_of(&self.tail).lost {
            return Err(lost.clone());
        }
        let end = self.append(records)?;
        self.sync(end)
    }

    /// The outcome of a user. Survives the death of this process at once, and that of the machine with the next sync; at
    /// once if it tells an approval code, which nobody could find again.
    pub(crate) fn result(&self, record: &ResultRecord) -> Result<()> {
        let end = self.append(std::slice::from_ref(record))?;
        if record.approval_code.is_some() {
            self.sync(end)?;
        }
        Ok(())
    }

    /// What became of a user's devices.
    pub(crate) fn verify(&self, record: &VerifyRecord) -> Result<()> {
        self.append(std::slice::from_ref(record)).map(drop)
    }

    /// The end of the run; all of it is durable then, and the journal is free for another. A new journal of a run that
    /// was given no users is taken away: the next try should not find it.
    pub(crate) fn end(&self, record: &EndRecord) -> Result<()> {
        let end = self.append(std::slice::from_ref(record))?;
        self.sync(end)?;
        if self.is_new && !lock_of(&self.tail).has_users && record.is_of_no_users() {
            let _ = fs::remove_file(&self.path);
        }
        self.close();
        Ok(())
    }

    /// Takes no more, and is free for another run: also where its end could not be written. Whoever is told the end can take the
    /// journal up at once; from then on a late record of this run would be written over theirs. Closing the file unlocks it in any
    /// case.
    pub(crate) fn close(&self) {
        lock_of(&self.tail).ended = true;
        let _ = self.file.unlock();
    }

    /// Writes lines in one go and returns where they end.
    fn append<T: Encode>(&self, records: &[T]) -> Result<u64> {
        let stamp = Stamp {
            time: self.clock.wall(),
            run: &self.run,
        };
        let mut lines = String::new();
        for record in records {
            let line = record.line(stamp);
            if line.len() > LONGEST_LINE {
                return Err(self.refusal(format!(
                    "a record of {} bytes is too long for the journal {}; leave out the user that it is about and look at them by hand",
                    line.len(),
                    self.path.display()
                )));
            }
            lines.push_str(&line);
        }
        let mut tail = lock_of(&self.tail);
        if tail.ended {
            return Err(self.refusal(format!(
                "the run that wrote the journal {} has ended; resume it to add to it",
                self.path.display()
            )));
        }
        if let Some(damaged) = &tail.damaged {
            return Err(damaged.clone());
        }
        self.has_a_name(&mut tail)?;
        if let Err(cause) = (&self.file).write_all(lines.as_bytes()) {
            // Part of it may be there, and the next record must not be glued to half a line.
            if self.cut(tail.length).is_err() {
                tail.damaged = Some(self.damaged(&cause));
            }
            return Err(trouble(
                &self.path,
                "could not be written",
                &cause,
                "check the disk and try again",
            ));
        }
        tail.has_users |= T::IS_OF_A_USER;
        tail.length += lines.len() as u64;
        Ok(tail.length)
    }

    /// Returns when the file is durable up to `end`. Whoever comes while another thread syncs shares the sync after it.
    fn sync(&self, end: u64) -> Result<()> {
        let mut synced = lock_of(&self.synced);
        if synced.length >= end {
            return Ok(());
        }
        let length = {
            let tail = lock_of(&self.tail);
            if let Some(lost) = &tail.lost {
                return Err(lost.clone());
            }
            tail.length
        };
        synced.count += 1;
        if let Err(cause) = self.file.sync_data() {
            // A second try may report success although the system has dropped what it could not write.
            let error = self.not_durable(&cause);
            lock_of(&self.tail).lost = Some(error.clone());
            return Err(error);
        }
        self.has_a_name(&mut lock_of(&self.tail))?;
        synced.length = length;
        Ok(())
    }

    /// Refuses to go on with a file that was deleted or replaced: whoever resumes would find nothing of what is written.
    fn has_a_name(&self, tail: &mut Tail) -> Result<()> {
        if is_nameless(&self.file).unwrap_or(false) {
            let gone = self.refusal(format!(
                "the journal {} was deleted or replaced while the run wrote to it; nothing more is sent: keep the rows of this run, which tell who was, and put the journal back or begin a new one without those users",
                self.path.display()
            ));
            tail.damaged = Some(gone.clone());
            return Err(gone);
        }
        Ok(())
    }

    /// How often the file was synced.
    #[cfg(test)]
    pub(super) fn syncs(&self) -> u64 {
        lock_of(&self.synced).count
    }

    /// As long as this is held, a sync seems to be under way.
    #[cfg(test)]
    pub(super) fn syncing(&self) -> impl Sized + '_ {
        lock_of(&self.synced)
    }

    /// Takes away what a failed write has left after the whole lines.
    fn cut(&self, length: u64) -> io::Result<()> {
        if self.file.metadata()?.len() > length {
            self.file.set_len(length)?;
        }
        (&self.file).seek(SeekFrom::Start(length)).map(drop)
    }

    fn refusal(&self, message: String) -> Error {
        refusal(&self.path, message)
    }

    fn damaged(&self, cause: &io::Error) -> Error {
        self.refusal(format!(
            "the journal {} is damaged by a failed write ({cause}); resume it to repair it",
            self.path.display()
        ))
        .of_file(&self.path, cause.raw_os_error())
    }

    fn not_durable(&self, cause: &io::Error) -> Error {
        self.refusal(format!(
            "the journal {} could not be made durable ({cause}); check the disk, then resume",
            self.path.display()
        ))
        .of_file(&self.path, cause.raw_os_error())
    }
}

/// Reads a journal without locking or changing it, also while a run writes to it (on Windows a running journal is
/// locked against readers, too).
pub(crate) fn load(path: &Path, retention: Retention) -> Result<JournalState> {
    let (file, notice) = open_journal(path, false)?;
    Ok(JournalState::fold(&mut Lines::new(file, path), retention, None)?.noting(notice))
}

/// The lines of a journal, to be read alone.
#[cfg(test)]
pub(super) fn lines(path: &Path) -> Result<Lines<File>> {
    Ok(Lines::new(open_journal(path, false)?.0, path))
}

fn exists(path: &Path) -> Error {
    let message = format!(
        "the journal {} exists; resume it, or name another file",
        path.display()
    );
    refusal(path, message)
}

/// The file of a process that died before it had written anything.
fn left_empty(path: &Path) -> Option<File> {
    let metadata = fs::symlink_metadata(path).ok()?;
    if !metadata.is_file() || metadata.len() > 0 {
        return None;
    }
    open_journal(path, true).ok().map(|(file, _)| file)
}

fn lock(file: &File, path: &Path) -> Result<()> {
    file.try_lock().map_err(|cause| match cause {
        TryLockError::WouldBlock => refusal(
            path,
            format!(
                "the journal {} is in use by another run; wait until that has ended",
                path.display()
            ),
        ),
        TryLockError::Error(cause) => trouble(path, "could not be locked", &cause, ELSEWHERE),
    })
}

fn lock_of<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
