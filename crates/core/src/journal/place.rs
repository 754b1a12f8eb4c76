//! Where the file of a journal lies and who may touch it.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;

use crate::error::{Error, Result};

use super::{refusal, trouble};

/// Opens a file, never as one of the first three descriptors: where a host has closed its standard streams, whatever it prints
/// would be written into the journal.
pub(super) fn open(options: &OpenOptions, path: &Path) -> io::Result<File> {
    let file = options.open(path)?;
    #[cfg(unix)]
    if std::os::fd::AsRawFd::as_raw_fd(&file) <= 2 {
        // A copy is made above the standard streams.
        return file.try_clone();
    }
    Ok(file)
}

/// Opens a journal that is there, to be read, and written to if `writes`. Also returns what there is to tell of who could read
/// it.
pub(super) fn open_journal(path: &Path, writes: bool) -> Result<(File, Option<String>)> {
    is_file(path)?;
    let what = if writes {
        "cannot be written to"
    } else {
        "cannot be read"
    };
    let file = open(OpenOptions::new().read(true).write(writes), path)
        .map_err(|cause| unopened(path, what, &cause))?;
    let notice = keep_private(&file, path)?;
    Ok((file, notice))
}

/// Refuses what is no file before it is opened: opening a pipe can wait for ever.
fn is_file(path: &Path) -> Result<()> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => is_no_ones_link(path),
        Ok(_) => Err(refusal(
            path,
            format!("{} is not a file; name a journal", path.display()),
        )),
        Err(cause) => Err(unopened(path, "cannot be read", &cause)),
    }
}

fn unopened(path: &Path, what: &str, cause: &io::Error) -> Error {
    if cause.kind() == io::ErrorKind::NotFound {
        let message = format!(
            "there is no journal {}; check the path, or begin a new one",
            path.display()
        );
        return refusal(path, message).of_file(path, cause.raw_os_error());
    }
    trouble(path, what, cause, "check its path and permissions")
}

/// The folder that a file lies in.
fn folder(path: &Path) -> &Path {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

/// Refuses a link that another may have put there, also in a folder like `/tmp`, where it stays what it is: it can lead to
/// another journal of the same person.
#[cfg(unix)]
fn is_no_ones_link(path: &Path) -> Result<()> {
    use std::os::unix::fs::MetadataExt as _;

    let is_link = fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink());
    if is_link && fs::metadata(folder(path)).is_ok_and(|metadata| metadata.mode() & 0o022 != 0) {
        let message = format!(
            "{} is a link in a folder that others may write to; name the journal that it leads to",
            path.display()
        );
        return Err(refusal(path, message));
    }
    Ok(())
}

#[cfg(not(unix))]
fn is_no_ones_link(_: &Path) -> Result<()> {
    Ok(())
}

/// Refuses a journal that others may have written to, and takes it from those who may only read it.
#[cfg(unix)]
pub(super) fn keep_private(file: &File, path: &Path) -> Result<Option<String>> {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

    let metadata = file
        .metadata()
        .map_err(|cause| trouble(path, "cannot be read", &cause, "check its path and permissions"))?;
    let mode = metadata.mode() & 0o777;
    if mode & 0o022 != 0 {
        return Err(refusal(
            path,
            format!(
                "others may write to the journal {} (mode {mode:04o}), and what it says decides who is sent; see that it says what you wrote, then chmod 600 it, or where that has no effect, move it to another disk",
                path.display()
            ),
        ));
    }
    if mode & 0o777 == mode & 0o700 || !metadata.is_file() {
        return Ok(None);
    }
    let tightened = file.set_permissions(fs::Permissions::from_mode(mode & 0o700));
    let now = match tightened {
        Ok(()) => "now its owner alone can".to_owned(),
        Err(cause) => format!("that could not be changed ({cause}); chmod 600 it"),
    };
    Ok(Some(format!(
        "others could read the journal {} (mode {mode:04o}); {now}",
        path.display()
    )))
}

#[cfg(not(unix))]
pub(super) fn keep_private(_: &File, _: &Path) -> Result<Option<String>> {
    Ok(None)
}

/// Whether a file that is open has no name any more.
#[cfg(unix)]
pub(super) fn is_nameless(file: &File) -> io::Result<bool> {
    Ok(std::os::unix::fs::MetadataExt::nlink(&file.metadata()?) == 0)
}

#[cfg(not(unix))]
pub(super) fn is_nameless(_: &File) -> io::Result<bool> {
    Ok(false)
}

/// Makes the name of a file durable, which its maker may have died before. Some systems cannot, and say so; some need not.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(not(unix)) {
        return Ok(());
    }
    match File::open(folder(path))?.sync_all() {
        Err(cause)
            if matches!(
                cause.kind(),
                io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported
            ) =>
        {
            Ok(())
        }
        other => other,
    }
}
