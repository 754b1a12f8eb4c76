//! The journal of a run of many users: a file that is written before anything is sent, and read when a run is resumed,
//! verified or planned.
//!
//! The format is JSON Lines; `docs/journal.md` documents the schema for readers in other languages. This module is about
//! records, files and users, and does not depend on HTTP.

mod decode;
mod encode;
mod file;
pub mod history;
mod journal_state;
mod lines;
mod place;
mod probe;
mod record;
#[cfg(test)]
mod tests;
mod user_record;

use std::io;
use std::path::Path;

use crate::error::Error;
use crate::status::Status;

pub(crate) use file::{Journal, load};
pub(crate) use journal_state::{JournalState, Key, Keys};
pub(crate) use probe::probe;
pub(crate) use record::{
    Declined, EndRecord, Exclusions, Input, Mode, Plan, ReadRecord, ResultRecord, Role, RunRecord,
    SentRecord, SnapshotDevice, VerifyRecord,
};
pub(crate) use user_record::{Retention, UserRecord, UserState};

/// The error of a file that is refused. The message says what to do next.
fn refusal(path: &Path, message: impl Into<String>) -> Error {
    Error::new(Status::Journal, message).of_file(path, None)
}

/// The error of a system call on the file of a journal. `next` says what to do next, unless the cause has advice of its
/// own.
fn trouble(path: &Path, what: &str, cause: &io::Error, next: &str) -> Error {
    let next = remedy(cause).unwrap_or(next);
    let message = format!("the journal {} {what}: {cause}; {next}", path.display());
    refusal(path, message).of_file(path, cause.raw_os_error())
}

/// The advice for a cause, for any operation on the file.
fn remedy(cause: &io::Error) -> Option<&'static str> {
    const TOO_MANY_OPEN: &[i32] = if cfg!(windows) { &[4] } else { &[23, 24] };
    if cause
        .raw_os_error()
        .is_some_and(|code| TOO_MANY_OPEN.contains(&code))
    {
        return Some("close what is open or raise the limit of open files, then try again");
    }
    match cause.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            Some("make room and try again")
        }
        io::ErrorKind::ReadOnlyFilesystem => Some("name a file in a folder that can be written to"),
        _ => None,
    }
}
