//! What journals record, for a report: their runs and their users.
//!
//! [`read`] reads journals and changes nothing, also while a run writes to one of them. The state of each user is that of
//! the fold by which a run is resumed.
//!
//! ```
//! use graph_devices::history;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = std::env::temp_dir().join(format!("history-{}", std::process::id()));
//! # std::fs::create_dir_all(&folder)?;
//! # let leavers = folder.join("leavers.jsonl");
//! # std::fs::write(&leavers, concat!(
//! #     r#"{"event":"run","time":"2026-07-01T08:00:00.000Z","run":"r1","version":1,"tool":"graph-devices/0.1.0","mode":"run","endpoint":"https://graph.microsoft.com"}"#, "\n",
//! #     r#"{"event":"result","time":"2026-07-01T08:00:01.000Z","run":"r1","user":"adele@contoso.com","outcome":"accepted","status":"ok","request_id":"c0ffee00"}"#, "\n"))?;
//! let history = history::read(&[leavers])?;
//! for run in history.runs() {
//!     println!("{} by {:?}: {:?}", run.mode.name(), run.initiated_by, run.ending);
//! }
//! for user in history.users() {
//!     let request_id = user.result().and_then(|result| result.request_id);
//!     println!("{}: {:?}, request-id {request_id:?}", user.user(), user.state());
//! }
//! # assert_eq!(history.users().count(), 1);
//! # std::fs::remove_dir_all(folder)?;
//! # Ok(())
//! # }
//! ```

mod read;
mod run;
mod trace;
mod user;

use std::path::{Path, PathBuf};

use super::journal_state::JournalState;
use super::record::{Role, RunRecord};
use crate::error::Result;
use trace::Trace;

pub use super::record::Mode;
pub use super::user_record::UserState;
pub use run::{End, Ending, Run};
pub use user::{RecordedResult, Sent, SnapshotDevice, User, Verified};

/// Reads journals as if they were one, in the order in which they were begun. They have to be about the same service and
/// tenant.
pub fn read<P: AsRef<Path>>(journals: &[P]) -> Result<History> {
    let whole = journals.iter().map(|path| (path.as_ref(), u64::MAX));
    read::read(whole)
}

/// Reads the beginnings of journals: of each the first so many bytes. What a report said before later runs added to a
/// journal can so be compared with it.
pub fn read_beginnings<P: AsRef<Path>>(journals: &[(P, u64)]) -> Result<History> {
    read::read(journals.iter().map(|(path, length)| (path.as_ref(), *length)))
}

/// The runs and users of one or several journals.
#[derive(Debug)]
pub struct History {
    journals: Vec<JournalFile>,
    runs: Vec<Run>,
    state: JournalState,
    /// By slot of `state`.
    traces: Vec<Trace>,
}

/// One file that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct JournalFile {
    /// Its path as given.
    pub path: PathBuf,
    /// The length of its complete lines in bytes. Later runs add lines and do not change these.
    pub length: u64,
    /// The number of its complete lines.
    pub lines: u64,
    /// The length of its torn end in bytes, which does not count.
    pub torn: u64,
    /// Whether a run is writing to it.
    pub is_in_use: bool,
}

impl History {
    /// The files, in the order in which they were begun.
    pub fn journals(&self) -> &[JournalFile] {
        &self.journals
    }

    /// The runs, in the order of their beginnings.
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// The users, in the order of their first line. A user with several names is one user.
    pub fn users(&self) -> impl Iterator<Item = User<'_>> {
        (0..)
            .zip(&self.traces)
            .filter_map(|(at, trace)| self.user(at, trace))
    }

    /// The user that was given by this name or object id, in any case of letters.
    pub fn find(&self, user: &str) -> Option<User<'_>> {
        let at = self.state.slot_of(user)?;
        self.user(at, self.traces.get(at as usize)?)
    }

    /// The newest preview.
    pub fn preview(&self) -> Option<&Run> {
        let newest = self.state.preview()?;
        self.runs.iter().find(|run| run.id == newest.id)
    }

    /// The users to whom the newest preview came, in the order of their first line.
    pub fn previewed(&self) -> impl Iterator<Item = User<'_>> {
        let preview = self.preview();
        self.users()
            .filter(move |user| preview.is_some_and(|preview| user.was_previewed_by(preview)))
    }

    /// Refuses these journals to a run for another service or tenant, as a resume does.
    pub(crate) fn same_service(&self, newcomer: &RunRecord) -> Result<()> {
        let path = self
            .journals
            .last()
            .map_or(Path::new(""), |journal| &journal.path);
        self.state
            .last_run()
            .record
            .same_service(newcomer, Role::Journal, path)
    }

    /// A slot whose user turned out to be that of an earlier slot has none.
    fn user<'a>(&'a self, at: u32, trace: &'a Trace) -> Option<User<'a>> {
        let record = self.state.record_at(at)?;
        Some(User {
            history: self,
            record,
            trace,
        })
    }
}
