//! The place of a journal's file, and its permissions.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;

use crate::error::{Error, Result};

use super::{refusal, trouble};

/// Opens a file, never as one of the first three descriptors: if a host has closed its standard streams, its output would
/// be written into the journal.
pub(super) fn open(options: &OpenOptions, path: &Path) -> io::Result<File> {
    let file = options.open(path)?;
    #[cfg(unix)]
    if std::os::fd::AsRawFd::as_raw_fd(&file) <= 2 {
        // The copy gets a descriptor above the standard streams.
        return file.try_clone();
    }
    Ok(file)
}

/// Opens an existing journal for reading, and for writing if `writes`. Also returns a notice if others could read it.
pub(super) fn open_journal(path: &Path, writes: bool) -> Result<(File, Option<String>)> {
    let file = open_existing(path, writes)?;
    let notice = keep_private(&file, path)?;
    Ok((file, notice))
}

/// Opens an existing file without a look at its permissions, which only a run relies on.
pub(super) fn open_existing(path: &Path, writes: bool) -> Result<File> {
    is_file(path)?;
    let what = if writes {
        "cannot be written to"
    } else {
        "cannot be read"
    };
    open(OpenOptions::new().read(true).write(writes), path).map_err(|cause| unopened(path, what, &cause))
}

/// Refuses anything other than a file before it is opened: opening a pipe can wait forever.
fn is_file(path: &Path) -> Result<()> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => is_no_ones_link(path),
        Ok(_) => Err(refusal(
            path,
            format!("{} is not a file; pass the path of a journal", path.display()),
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

/// The folder of a file.
fn folder(path: &Path) -> &Path {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

/// Refuses a link that another user may have made, even in a folder like `/tmp`, whose links others cannot change: it can
/// lead to another journal of the same owner.
#[cfg(unix)]
fn is_no_ones_link(path: &Path) -> Result<()> {
    use std::os::unix::fs::MetadataExt as _;

    let is_link = fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink());
    if is_link && fs::metadata(folder(path)).is_ok_and(|metadata| metadata.mode() & 0o022 != 0) {
        let message = format!(
            "{} is a link in a folder that others may write to; pass the path of the journal itself",
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

/// Refuses a journal that others may have written to, and removes the permission of others to read it.
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
                "others may write to the journal {} (mode {mode:04o}), and it decides which users are sent; check that its content is yours, then chmod 600 it, or if that has no effect, move it to another disk",
                path.display()
            ),
        ));
    }
    if mode & 0o777 == mode & 0o700 || !metadata.is_file() {
        return Ok(None);
    }
    let tightened = file.set_permissions(fs::Permissions::from_mode(mode & 0o700));
    let now = match tightened {
        Ok(()) => "now only its owner can".to_owned(),
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

/// Whether an open file no longer has a name.
#[cfg(unix)]
pub(super) fn is_nameless(file: &File) -> io::Result<bool> {
    Ok(std::os::unix::fs::MetadataExt::nlink(&file.metadata()?) == 0)
}

#[cfg(not(unix))]
pub(super) fn is_nameless(_: &File) -> io::Result<bool> {
    Ok(false)
}

/// Makes the name of a file durable: the process that created it may have died before that. Some systems cannot do that,
/// and some need not.
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
