//! The packages for users, laid out in `target/dist`.

pub(crate) mod build;
pub(crate) mod c;
pub(crate) mod cli;
pub(crate) mod files;
mod libraries;
pub(crate) mod linked;
pub(crate) mod natives;
mod nuget;
mod packages;
pub(crate) mod powershell;
pub(crate) mod python;
pub(crate) mod targets;

use std::fs;
use std::path::Path;

use crate::tools::{Result, root};

/// Which build of the library is laid out: the optimised one for users, the quick one for tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    Release,
    Dev,
}

impl Profile {
    /// Cargo's name of the profile.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Dev => "dev",
        }
    }

    /// The folder in cargo's target folder.
    fn folder(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Dev => "debug",
        }
    }

    /// The folder in `target/dist` for something called `name`.
    fn dist(self, name: &str) -> String {
        match self {
            Self::Release => name.to_owned(),
            Self::Dev => format!("{name}-dev"),
        }
    }
}

fn copy_licences(folder: &Path) -> Result {
    for name in ["LICENSE-MIT", "LICENSE-APACHE"] {
        let licence = root().join(name);
        fs::copy(&licence, folder.join(name)).map_err(|error| format!("{}: {error}", licence.display()))?;
    }
    Ok(())
}
