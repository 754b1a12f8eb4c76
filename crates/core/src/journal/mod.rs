//! The journal of a run of many users: a file that is written before anything is sent, and read when a run is resumed,
//! verified or planned.
//!
//! JSON Lines; `docs/journal.md` documents the schema for readers in other languages. A journal stands on its own: it
//! knows records, files and people, and nothing of HTTP.

mod decode;
mod encode;
mod file;
mod history;
mod lines;
mod past;
mod record;
#[cfg(test)]
mod tests;

use std::io;
use std::path::Path;

use crate::error::Error;
use crate::status::Status;

pub(crate) use file::{Journal, load};
pub(crate) use history::{History, Key, Keys};
pub(crate) use past::{Keep, Past, State};
pub(crate) use record::{
    Approval, EndRecord, Exclusions, Input, Mode, Plan, ReadRecord, ResultRecord, Role, RunRecord,
    SentRecord, SnapshotDevice, VerifyRecord,
};

fn refusal(message: impl Into<String>) -> Error {
    Error::new(Status::Journal, message)
}

/// A failure of the system with the file of a journal, and what to do next.
fn trouble(path: &Path, what: &str, cause: &io::Error, next: &str) -> Error {
    refusal(format!("the journal {} {what}: {cause}; {next}", path.display()))
}
