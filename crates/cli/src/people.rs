//! LIST: a file, `-` for the standard input, or user ids.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::Args;
use graph_devices::UserId;

use crate::args::TokenSource;
use crate::failure::{Failure, Result};
use crate::list::{self, List, ListError, ListOptions, Row};

/// Where the users come from.
#[derive(Args, Debug)]
pub(crate) struct People {
    /// A list (CSV, or one user a line), `-` for the standard input, or object ids and user principal names
    #[arg(value_name = "LIST", required = true)]
    people: Vec<String>,
}

/// What LIST names.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Users(Vec<String>),
    StandardInput,
    File(PathBuf),
}

impl People {
    /// Several arguments are users; one is a file, the standard input or a user.
    pub(crate) fn source(&self, token: &TokenSource) -> Result<Source> {
        match self.people.as_slice() {
            [one] if one == "-" && token.token_stdin => Err(Failure::usage(
                "the standard input can hold the list or the token; name a file for one of them",
            )),
            [one] if one == "-" => Ok(Source::StandardInput),
            [one] => Self::file_or_user(one),
            several => {
                for user in several {
                    UserId::parse(user)?;
                }
                Ok(Source::Users(several.to_vec()))
            }
        }
    }

    fn file_or_user(text: &str) -> Result<Source> {
        let (path, user) = (Path::new(text), UserId::parse(text));
        match (path.exists(), user) {
            (true, Ok(_)) => Err(Failure::usage(format!(
                "{text} is a user id and the name of a file, too; for the file, name it as ./{text}"
            ))),
            (true, Err(_)) => Ok(Source::File(path.to_owned())),
            (false, Ok(_)) => Ok(Source::Users(vec![text.to_owned()])),
            (false, Err(_)) => Err(Failure::usage(format!(
                "{text} is neither a file nor a user id; name a list, or an object id or user principal name"
            ))),
        }
    }
}

impl Source {
    /// The words that name it.
    pub(crate) fn words(&self) -> Vec<String> {
        match self {
            Self::Users(users) => users.clone(),
            Self::StandardInput => vec!["-".to_owned()],
            Self::File(path) => vec![path.display().to_string()],
        }
    }

    /// Reads the users, all of them before anything is sent.
    pub(crate) fn read(&self, options: &ListOptions) -> Result<List> {
        match self {
            Self::Users(users) => Ok(List {
                rows: users
                    .iter()
                    .enumerate()
                    .map(|(index, user)| Row {
                        line: index + 1,
                        user: user.clone(),
                        columns: Vec::new(),
                    })
                    .collect(),
                ..List::default()
            }),
            Self::StandardInput => {
                let mut bytes = Vec::new();
                let read = std::io::stdin().read_to_end(&mut bytes);
                read.map_err(|error| {
                    Failure::usage(format!("the standard input cannot be read: {error}; name a file"))
                })?;
                Ok(list::read("-", &bytes, options)?)
            }
            Self::File(path) => {
                let name = path.display().to_string();
                let bytes = std::fs::read(path).map_err(|error| {
                    Failure::usage(format!("{name} cannot be read: {error}; check the name"))
                })?;
                Ok(list::read(&name, &bytes, options)?)
            }
        }
    }
}

impl From<ListError> for Failure {
    fn from(error: ListError) -> Self {
        Self {
            line: error.line,
            ..Self::usage(error.message)
        }
    }
}
