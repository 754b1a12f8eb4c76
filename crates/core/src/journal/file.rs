//! The file of a journal: created or resumed, locked, and appended to by all threads of a run.

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

/// The advice if a file system cannot do what a journal needs.
pub(super) const ELSEWHERE: &str = "put the journal on another disk";

/// A journal that is open for one run. It is locked until it is closed or dropped.
pub(crate) struct Journal {
    file: File,
    path: PathBuf,
    run: String,
    clock: Arc<dyn Clock>,
    /// Whether this run created the file.
    is_new: bool,
    tail: Mutex<Tail>,
    /// Locked while the file is synced, so that threads that come meanwhile share the next sync.
    synced: Mutex<Synced>,
}

/// The end of the file.
#[derive(Debug)]
struct Tail {
    /// The length of the complete lines.
    length: u64,
    /// Whether this run has written a record about a user.
    has_users: bool,
    /// Why nothing more may be appended: half a line is at the end and could not be cut off, or the file is gone.
    damaged: Option<Error>,
    /// Why nothing more can be made durable.
    lost: Option<Error>,
    /// The run has ended, so another run may have the file.
    ended: bool,
}

#[derive(Debug, Default)]
struct Synced {
    /// The length of the file that is durable.
    length: u64,
    /// The number of syncs.
    count: u64,
}

impl Journal {
    /// Begins a journal. Refuses a file that is not empty.
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
                    "could not be created",
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

    /// Locks and begins the file that was just created. On failure the file is removed: it is empty, and the next try
    /// should not find it. A file that another run has locked is left to that run.
    pub(super) fn begun(self, record: &RunRecord) -> Result<Self> {
        lock(&self.file, &self.path)?;
        if self.file.metadata().is_ok_and(|metadata| metadata.len() > 0) {
            return Err(exists(&self.path));
        }
        // A file system without permissions lets everyone read the file.
        match keep_private(&self.file, &self.path).and_then(|_| self.begin(record)) {
            Ok(()) => Ok(self),
            Err(error) => {
                let _ = fs::remove_file(&self.path);
                Err(error)
            }
        }
    }

    /// Resumes a journal: reads it, cuts off a torn tail, and begins another run in it.
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

    /// Returns the id of the run that this journal is open for.
    #[cfg(test)]
    pub(crate) fn run(&self) -> &str {
        &self.run
    }

    #[cfg(test)]
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Records users that were read. The records are durable with the next [`sent`](Self::sent) or [`end`](Self::end).
    pub(crate) fn read(&self, records: &[ReadRecord]) -> Result<()> {
        self.append(records).map(drop)
    }

    /// Records users that are about to be sent. Returns when the records are durable. On an error nothing may be sent.
    pub(crate) fn sent(&self, records: &[SentRecord]) -> Result<()> {
        if let Some(lost) = &lock_of(&self.tail).lost {
            return Err(lost.clone());
        }
        let end = self.append(records)?;
        self.sync(end)
    }

    /// Records the outcome of a user. The record survives the end of this process at once, and a power failure after the
    /// next sync. A record with an approval code is synced at once, since the code could not be found again.
    pub(crate) fn result(&self, record: &ResultRecord) -> Result<()> {
        let end = self.append(std::slice::from_ref(record))?;
        if record.approval_code.is_some() {
            self.sync(end)?;
        }
        Ok(())
    }

    /// Records what a verification found of a user's devices.
    pub(crate) fn verify(&self, record: &VerifyRecord) -> Result<()> {
        self.append(std::slice::from_ref(record)).map(drop)
    }

    /// Records the end of the run. Then all records are durable, and another run can resume the journal. A new journal of a
    /// run without users is removed: the next try should not find it.
    pub(crate) fn end(&self, record: &EndRecord) -> Result<()> {
        let end = self.append(std::slice::from_ref(record))?;
        self.sync(end)?;
        if self.is_new && !lock_of(&self.tail).has_users && record.is_of_no_users() {
            let _ = fs::remove_file(&self.path);
        }
        self.close();
        Ok(())
    }

    /// Closes the journal for this run and unlocks it, even if the end could not be written. From then on another run can
    /// resume it, and a late record of this run would overwrite that run's records. Closing the file unlocks it in any
    /// case.
    pub(crate) fn close(&self) {
        lock_of(&self.tail).ended = true;
        let _ = self.file.unlock();
    }

    /// Writes lines in one call and returns the position of their end.
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
                    "a record of {} bytes is too long for the journal {}; leave out its user and check that user's devices by hand",
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
            // A part of the line may be written, and the next record must not continue it.
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

    /// Returns when the file is durable up to `end`. Threads that call during a sync share the next one.
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
            // A second sync may report success although the system has dropped the data that it could not write.
            let error = self.not_durable(&cause);
            lock_of(&self.tail).lost = Some(error.clone());
            return Err(error);
        }
        self.has_a_name(&mut lock_of(&self.tail))?;
        synced.length = length;
        Ok(())
    }

    /// Returns an error if the file was deleted or replaced: a resumed run would not find the records.
    fn has_a_name(&self, tail: &mut Tail) -> Result<()> {
        if is_nameless(&self.file).unwrap_or(false) {
            let gone = self.refusal(format!(
                "the journal {} was deleted or replaced while the run wrote to it; nothing more is sent: keep the results of this run, which show the users that were sent, and put the journal back or begin a new one without those users",
                self.path.display()
            ));
            tail.damaged = Some(gone.clone());
            return Err(gone);
        }
        Ok(())
    }

    /// The number of syncs so far.
    #[cfg(test)]
    pub(super) fn syncs(&self) -> u64 {
        lock_of(&self.synced).count
    }

    /// As long as the result lives, a sync seems to be under way.
    #[cfg(test)]
    pub(super) fn syncing(&self) -> impl Sized + '_ {
        lock_of(&self.synced)
    }

    /// Cuts off what a failed write has left after the complete lines.
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

/// Reads a journal without locking or changing it, even while a run writes to it. On Windows a journal in use is locked
/// against readers, too.
pub(crate) fn load(path: &Path, retention: Retention) -> Result<JournalState> {
    let (file, notice) = open_journal(path, false)?;
    Ok(JournalState::fold(&mut Lines::new(file, path), retention, None)?.noting(notice))
}

/// Opens a journal for reading only.
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

/// Opens the file of a process that died before it had written anything.
fn left_empty(path: &Path) -> Option<File> {
    let metadata = fs::symlink_metadata(path).ok()?;
    if !metadata.is_file() || metadata.len() > 0 {
        return None;
    }
    open_journal(path, true).ok().map(|(file, _)| file)
}

pub(super) fn lock(file: &File, path: &Path) -> Result<()> {
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
