//! Why a verb ended before its end.

use graph_devices::{Error, Status, visible};

use crate::exit::Exit;

/// The result of what can end a verb early.
pub(crate) type Result<T> = std::result::Result<T, Failure>;

/// Why a verb ended early: what, where, and what to do next.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    pub(crate) status: Option<Status>,
    /// One sentence in lower case, with what to do next.
    pub(crate) message: String,
    /// The line of the list, which the message names, too.
    pub(crate) line: Option<usize>,
    /// The command that goes on.
    pub(crate) next: Option<String>,
}

impl Failure {
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            status: None,
            message: message.into(),
            line: None,
            next: None,
        }
    }

    /// Wrong use: nothing was sent.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// The program could not do its work.
    pub(crate) fn unable(message: impl Into<String>) -> Self {
        Self::new(Exit::Unable, message)
    }

    pub(crate) fn bug() -> Self {
        Self {
            status: Some(Status::Internal),
            ..Self::new(Exit::Bug, Status::Internal.message())
        }
    }

    /// What a person reads.
    pub(crate) fn text(&self) -> String {
        let mut text = format!("graph-devices: {}", visible(&self.message));
        if let Some(next) = &self.next {
            text = format!("{text}\ngo on with: {next}");
        }
        text
    }

    #[must_use]
    pub(crate) fn with_next(mut self, command: impl Into<String>) -> Self {
        self.next = Some(command.into());
        self
    }
}

/// The exit code of a run or call that ended by a status.
pub(crate) fn exit_of(status: Status) -> Exit {
    match status {
        Status::Ok => Exit::Done,
        Status::InvalidArgument => Exit::Usage,
        Status::ApprovalPending => Exit::Waiting,
        Status::Internal => Exit::Bug,
        _ => Exit::Unable,
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        // A journal that is refused for what it says is a wrong argument; one that the system refuses is not.
        let refused = error.status == Status::Journal && error.os_error().is_none();
        let exit = if refused {
            Exit::Usage
        } else {
            exit_of(error.status)
        };
        Self {
            status: Some(error.status),
            ..Self::new(exit, error.message.clone())
        }
    }
}
