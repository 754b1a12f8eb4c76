//! Tries in a folder what a journal needs of it.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::Path;

use crate::clock::new_guid;
use crate::error::Result;

use super::file::{ELSEWHERE, lock};
use super::place::{open, sync_folder};
use super::trouble;

/// Creates, locks and syncs a file in a folder, and removes it.
pub(crate) fn probe(folder: &Path) -> Result<()> {
    let path = folder.join(format!("graph-devices-check-{}", new_guid()));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    let file = open(&options, &path).map_err(|cause| {
        trouble(
            &path,
            "could not be created",
            &cause,
            "name a folder that can be written to",
        )
    })?;
    let result = lock(&file, &path).and_then(|()| make_durable(file, &path));
    let removed = fs::remove_file(&path);
    result?;
    removed.map_err(|cause| trouble(&path, "could not be removed", &cause, "remove it"))
}

fn make_durable(mut file: File, path: &Path) -> Result<()> {
    file.write_all(b"\n")
        .and_then(|()| file.sync_data())
        .and_then(|()| sync_folder(path))
        .map_err(|cause| trouble(path, "could not be made durable", &cause, ELSEWHERE))
}
