//! Reads a journal line by line, never as a whole.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use crate::error::Result;

use super::decode::Fault;
use super::record::{Line, PastRun, Record};
use super::{decode, refusal, trouble};

/// The longest line, so that a foreign file without line ends is not read into memory. The line of a user with ten thousand
/// devices is shorter.
pub(super) const LONGEST_LINE: usize = 16 << 20;

/// The complete lines of a journal. The text after the last line end is torn: the process or the machine died while it was
/// written, so nothing has relied on it yet.
#[derive(Debug)]
pub(crate) struct Lines<R> {
    reader: BufReader<R>,
    path: PathBuf,
    buffer: Vec<u8>,
    number: u64,
    whole: u64,
    taken: u64,
}

impl<R: Read> Lines<R> {
    pub(super) fn new(reader: R, path: &Path) -> Self {
        Self {
            reader: BufReader::with_capacity(64 << 10, reader),
            path: path.to_owned(),
            buffer: Vec::new(),
            number: 0,
            whole: 0,
            taken: 0,
        }
    }

    /// The length of the complete lines read so far, in bytes.
    pub(super) fn whole(&self) -> u64 {
        self.whole
    }

    /// The number of the current line, from 1.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// The length of the text after the complete lines read so far, in bytes. At the end of the file: of the torn end.
    pub(super) fn torn(&self) -> u64 {
        self.taken - self.whole
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The run that the first line begins. If it begins none, the file is not a journal, or the line is damaged.
    pub(super) fn beginning(&mut self) -> Result<PastRun> {
        if !self.fill()? {
            if self.buffer.is_empty() {
                return Err(self.refusal(format!(
                    "{} is empty, so nothing was sent by it; begin a new journal with it",
                    self.path.display()
                )));
            }
            return Err(self.refusal(format!(
                "{} holds no complete line, so nothing was sent by it; if it is yours, delete it and begin a new journal",
                self.path.display()
            )));
        }
        let is_of_a_journal = match decode::line(&self.buffer) {
            Ok(Some(Line {
                time: begun,
                run: id,
                record: Record::Run(record),
            })) => return Ok(PastRun { id, begun, record }),
            Err(fault @ Fault::Foreign(_)) => return Err(self.unread(&fault)),
            Ok(line) => line.is_some(),
            Err(fault) if self.is_marked() => return Err(self.unread(&fault)),
            Err(Fault::Broken(_)) if self.is_wide() => {
                return Err(self.refusal(format!(
                    "{} is UTF-16 text, but a journal is UTF-8; if an editor saved the journal in that form, save it as UTF-8 without a byte order mark, then resume",
                    self.path.display()
                )));
            }
            Err(Fault::Broken(_)) => self.begins(),
        };
        Err(if is_of_a_journal || self.goes_on() {
            self.refusal(format!(
                "line 1 of the journal {} is damaged or lost; nothing was sent: keep a copy, mend the line as docs/journal.md says, then resume; with a new journal, users that are done would be sent again",
                self.path.display()
            ))
        } else {
            self.foreign("its first line is not the beginning of a run")
        })
    }

    /// The next line whose event is known.
    fn read(&mut self) -> Result<Option<Line>> {
        while self.fill()? {
            match decode::line(&self.buffer) {
                Ok(Some(line)) => return Ok(Some(line)),
                Ok(None) => {}
                Err(fault) => return Err(self.unread(&fault)),
            }
        }
        Ok(None)
    }

    /// Whether any of the following lines is that of a journal.
    fn goes_on(&mut self) -> bool {
        while let Ok(true) = self.fill() {
            if matches!(decode::line(&self.buffer), Ok(Some(_)) | Err(Fault::Foreign(_))) {
                return true;
            }
        }
        false
    }

    /// Whether the current line is a record of a run, of any version.
    fn begins(&self) -> bool {
        serde_json::from_slice::<serde_json::Value>(&self.buffer).is_ok_and(|value| {
            value.get("event").and_then(serde_json::Value::as_str) == Some("run")
                && value.get("version").is_some()
        })
    }

    /// Whether the current line is the beginning of a run after a byte order mark.
    fn is_marked(&self) -> bool {
        let line = self.buffer.strip_prefix(decode::MARK).map(decode::line);
        matches!(
            line,
            Some(Ok(Some(Line {
                record: Record::Run(_),
                ..
            })))
        )
    }

    /// Whether the current line begins with the byte order mark of UTF-16.
    fn is_wide(&self) -> bool {
        self.buffer.starts_with(b"\xff\xfe") || self.buffer.starts_with(b"\xfe\xff")
    }

    /// Reads the next complete line into the buffer. Returns false at the end or at a torn tail.
    fn fill(&mut self) -> Result<bool> {
        self.buffer.clear();
        let mut length = 0_u64;
        loop {
            let chunk = match self.reader.fill_buf() {
                Ok(chunk) => chunk,
                Err(cause) if cause.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(cause) => return Err(unreadable(&self.path, &cause, cfg!(windows))),
            };
            if chunk.is_empty() {
                return Ok(false);
            }
            let end = chunk.iter().position(|byte| *byte == b'\n').map(|at| at + 1);
            let (part, _) = chunk.split_at(end.unwrap_or(chunk.len()));
            let taken = part.len();
            length += taken as u64;
            self.taken += taken as u64;
            // A power failure can leave a tail of NUL bytes of any length; one is kept for all.
            if self.buffer.iter().chain(part).any(|byte| *byte != 0) {
                self.buffer.extend_from_slice(part);
            } else if self.buffer.is_empty() {
                self.buffer.push(0);
            }
            self.reader.consume(taken);
            if end.is_some() {
                self.number += 1;
                self.whole += length;
                return Ok(true);
            }
            if self.buffer.len() > LONGEST_LINE {
                self.number += 1;
                return Err(if self.number == 1 {
                    self.foreign("its first line has no end")
                } else {
                    self.broken("is too long")
                });
            }
        }
    }

    fn refusal(&self, message: String) -> crate::Error {
        refusal(&self.path, message)
    }

    fn foreign(&self, fault: &str) -> crate::Error {
        self.refusal(format!(
            "{} is not a journal of graph-devices: {fault}; name another file",
            self.path.display()
        ))
    }

    fn unread(&self, fault: &Fault) -> crate::Error {
        match fault {
            Fault::Broken(fault) => self.broken(fault),
            Fault::Foreign(fault) => self.refusal(format!(
                "the journal {} (line {}) {fault}",
                self.path.display(),
                self.number
            )),
        }
    }

    /// An error about the current line.
    pub(super) fn broken(&self, fault: &str) -> crate::Error {
        self.refusal(format!(
            "line {} of the journal {} {fault}; nothing was sent: keep a copy, mend the line as docs/journal.md says, then resume",
            self.number,
            self.path.display()
        ))
    }
}

/// The error of a file that could not be read. Windows lets a reader open a file that a run has locked, but not read it.
pub(super) fn unreadable(path: &Path, cause: &std::io::Error, is_windows: bool) -> crate::Error {
    const ERROR_LOCK_VIOLATION: i32 = 33;
    if is_windows && cause.raw_os_error() == Some(ERROR_LOCK_VIOLATION) {
        let message = format!(
            "the journal {} is still being written by a run; wait until that has ended",
            path.display()
        );
        return refusal(path, message).of_file(path, cause.raw_os_error());
    }
    trouble(path, "could not be read", cause, "check the disk")
}

impl<R: Read> Iterator for Lines<R> {
    type Item = Result<Line>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read().transpose()
    }
}
