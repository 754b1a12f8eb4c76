//! Tests of the journal: real files, real locks, and folds of every order of records.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use super::file::lines;
use super::lines::Lines;
use super::record::{Line, Record};
use super::*;
use crate::clock::{Clock, Stop};
use crate::verdict::{Verdict, VerifiedDevice};

mod documented;
mod files;
mod fold;
mod full;
mod history;
mod memory;
mod names;
mod places;
mod properties;
mod records;
mod runs;
mod snapshots;
mod threads;
mod torn;

/// A clock that advances by one second with each read.
#[derive(Default)]
pub(super) struct Ticking(AtomicU32);

impl Clock for Ticking {
    fn monotonic(&self) -> Duration {
        Duration::from_secs(self.0.fetch_add(1, Ordering::SeqCst).into())
    }

    fn wall(&self) -> SystemTime {
        start() + self.monotonic()
    }

    fn wait(&self, _: Duration, _: &Stop) {}

    fn jitter(&self) -> f64 {
        0.0
    }
}

pub(super) fn start() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000)
}

pub(super) fn clock() -> Arc<dyn Clock> {
    Arc::new(Ticking::default())
}

/// A folder of its own for each test, removed at its end.
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new() -> Self {
        let path = std::env::temp_dir().join(format!("graph-devices-{}", crate::clock::new_guid()));
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// A file with this text.
    pub(super) fn holding(&self, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.file("journal.jsonl");
        fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

pub(super) fn run() -> RunRecord {
    RunRecord {
        tool: "graph-devices/0.1.0".to_owned(),
        endpoint: "https://graph.microsoft.com".to_owned(),
        tenant: Some("tenant-1".to_owned()),
        ..RunRecord::default()
    }
}

pub(super) fn device(id: &str) -> SnapshotDevice {
    SnapshotDevice {
        id: id.to_owned(),
        ..SnapshotDevice::default()
    }
}

pub(super) fn read(user: &str, id: Option<&str>, devices: &[&str]) -> ReadRecord {
    ReadRecord {
        user: user.to_owned(),
        id: id.map(str::to_owned),
        devices: Some(devices.iter().map(|id| device(id)).collect()),
        ..ReadRecord::default()
    }
}

pub(super) fn sent(user: &str, id: Option<&str>) -> SentRecord {
    SentRecord {
        user: user.to_owned(),
        id: id.map(str::to_owned),
        ..SentRecord::default()
    }
}

pub(super) fn result(user: &str, outcome: crate::Outcome) -> ResultRecord {
    ResultRecord::new(user, None, outcome)
}

pub(super) fn create(path: &Path) -> Journal {
    Journal::create(path, &run(), clock()).unwrap()
}

pub(super) fn resume(path: &Path) -> (Journal, JournalState) {
    // A program that another test starts has the open files of this process for a moment, with their locks.
    for _ in 0..1_000_000 {
        match Journal::resume(path, &run(), clock(), Retention::Unfinished) {
            Err(error) if error.message.contains("in use") => std::thread::yield_now(),
            resumed => return resumed.unwrap(),
        }
    }
    panic!("{} stays locked", path.display());
}

/// The message of a refusal, without the path.
pub(super) fn said<T>(refused: crate::Result<T>, path: &Path) -> String {
    let error = refused.err().unwrap();
    assert_eq!(error.status, crate::Status::Journal);
    assert_eq!(error.effect, crate::Effect::None);
    assert_eq!(error.path(), Some(path));
    error.message.replace(&path.display().to_string(), "J")
}
