//! Writes a file that holds personal data: whole or not at all, and for its owner alone.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Result};

/// Writes a file under another name beside it, and then gives it its name. Refuses an existing file unless `force`.
pub(crate) fn write(path: &Path, force: bool, bytes: &[u8]) -> Result<()> {
    if !force {
        is_new(path)?;
    }
    let beside = beside(path);
    let written = create(&beside)
        .and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        })
        .and_then(|()| fs::rename(&beside, path));
    written.map_err(|error| {
        // What was written is a part, or nothing.
        let _ = fs::remove_file(&beside);
        Failure::unable(format!(
            "{} could not be written: {error}; name a file in a folder that can be written to",
            path.display()
        ))
    })
}

/// Refuses a file that exists, and one in a folder that does not.
pub(crate) fn is_new(path: &Path) -> Result<()> {
    let shown = path.display();
    if path.exists() {
        return Err(Failure::usage(format!(
            "{shown} exists; name another file, or replace it by graph-devices report --force"
        )));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if folder.is_some_and(|folder| !folder.is_dir()) {
        return Err(Failure::usage(format!(
            "{shown} is in a folder that does not exist; make it, or name another file"
        )));
    }
    Ok(())
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    path.with_file_name(name)
}

fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
