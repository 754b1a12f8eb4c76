//! The token: one source, and another token from it when the service refuses the first.

mod command;
mod text;

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use graph_devices::{Credential, Error, Status, Token};
use zeroize::Zeroizing;

use crate::args::TokenSource;
use crate::failure::Result;
use crate::io::Io;

/// The variable that holds a token.
pub(crate) const VARIABLE: &str = "GRAPH_TOKEN";

/// More than this is no token.
const LONGEST: u64 = 1024 * 1024;

enum Source {
    Command(String),
    File(PathBuf),
    /// The standard input, or the variable.
    Once,
}

/// A token, and where the next one comes from.
pub(crate) struct TokenCredential {
    source: Source,
    current: Mutex<Token>,
}

/// Takes the first token from the source that the options name, else from the variable.
pub(crate) fn credential(options: &TokenSource, io: &Io) -> Result<TokenCredential> {
    let (source, first) = if let Some(line) = &options.token_command {
        (Source::Command(line.clone()), command::token(line, None)?)
    } else if let Some(path) = &options.token_file {
        warn_of_readers(path, io);
        (Source::File(path.clone()), of_file(path)?)
    } else if options.token_stdin {
        let name = "the standard input";
        (Source::Once, text::token(&read(std::io::stdin(), name)?, name)?)
    } else {
        let text = std::env::var(VARIABLE).map(Zeroizing::new).map_err(|_| {
            Error::new(
                Status::Unauthenticated,
                format!(
                    "there is no token: set {VARIABLE}, or name --token-command, --token-file or --token-stdin"
                ),
            )
        })?;
        (Source::Once, text::token(text.as_bytes(), VARIABLE)?)
    };
    Ok(TokenCredential {
        source,
        current: Mutex::new(first),
    })
}

/// The option or the variable that names the source.
pub(crate) fn origin(options: &TokenSource) -> &'static str {
    match options {
        TokenSource {
            token_command: Some(_),
            ..
        } => "--token-command",
        TokenSource {
            token_file: Some(_), ..
        } => "--token-file",
        TokenSource {
            token_stdin: true, ..
        } => "--token-stdin",
        _ => VARIABLE,
    }
}

impl TokenCredential {
    fn next(&self, claims: Option<&str>) -> std::result::Result<Option<Token>, Error> {
        match &self.source {
            Source::Command(line) => command::token(line, claims).map(Some),
            Source::File(path) => of_file(path).map(Some),
            Source::Once => Ok(None),
        }
    }
}

impl Credential for TokenCredential {
    fn token(&self) -> std::result::Result<Token, Error> {
        Ok(self
            .current
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone())
    }

    fn renew(&self, refused: &Token, claims: Option<&str>) -> std::result::Result<Option<Token>, Error> {
        // Held while the source is asked, so that threads of a run ask once.
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if *current == *refused {
            match self.next(claims)? {
                Some(next) if next != *refused => *current = next,
                _ => return Ok(None),
            }
        }
        Ok(Some(current.clone()))
    }
}

fn of_file(path: &Path) -> std::result::Result<Token, Error> {
    let name = path.display().to_string();
    let file = File::open(path).map_err(|error| unreadable(&name, &error))?;
    text::token(&read(file, &name)?, &name)
}

fn read(source: impl std::io::Read, name: &str) -> std::result::Result<Zeroizing<Vec<u8>>, Error> {
    let mut bytes = Zeroizing::new(Vec::new());
    source
        .take(LONGEST)
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(name, &error))?;
    Ok(bytes)
}

fn unreadable(name: &str, error: &std::io::Error) -> Error {
    Error::new(
        Status::Unauthenticated,
        format!("the token cannot be read from {name}: {error}; name a file that holds one"),
    )
}

#[cfg(unix)]
fn warn_of_readers(path: &Path, io: &Io) {
    use std::os::unix::fs::PermissionsExt as _;

    let is_shared = path
        .metadata()
        .is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0);
    if is_shared {
        io.note(&format!(
            "other users can read the token in {name}; chmod 600 {name}",
            name = path.display()
        ));
    }
}

#[cfg(not(unix))]
fn warn_of_readers(_path: &Path, _io: &Io) {}
