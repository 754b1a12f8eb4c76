//! The files of a release, made and then used as on another machine: unpacked or installed, compiled against and run.

mod contents;
mod platform;
mod programs;
mod python;
mod second;

use std::path::Path;

use crate::dist::targets::{TARGETS, Target, WINDOWS};
use crate::dist::{build, files};
use crate::emulator::{self, Emulator};
use crate::report::Suite;
use crate::tools::{Result, command, fresh, output, root, target};
use platform::Platform;

/// This machine and Windows.
pub(super) fn checks(suite: &mut Suite) -> Result {
    let host = Target::host()?;
    targets(suite, &[host, &WINDOWS])
}

/// Every target, and a second build in another folder.
pub(super) fn all(suite: &mut Suite) -> Result {
    targets(suite, &TARGETS.iter().collect::<Vec<_>>())?;
    second::checks(suite)
}

fn targets(suite: &mut Suite, wanted: &[&'static Target]) -> Result {
    emulator::build()?;
    let emulator = Emulator::start("release")?;
    for target in wanted {
        match build::missing(target).or_else(|| platform::missing(target)) {
            Some(missing) => suite.skip(target.triple, &format!("{missing} is missing")),
            None => {
                if let Err(error) = one(suite, target, &emulator) {
                    suite.check(target.triple, Err(error));
                }
            }
        }
    }
    Ok(())
}

fn one(suite: &mut Suite, wanted: &'static Target, emulator: &Emulator) -> Result {
    let out = target().join("dist/release").join(wanted.triple);
    fresh(&out)?;
    let made = files::make(wanted, &out)?;
    let place = target().join("release").join(wanted.triple);
    fresh(&place)?;
    let mut trees = Vec::new();
    for file in &made {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        if name.contains(wanted.triple) {
            unpack(file, &place)?;
            let end = if name.ends_with(".zip") { ".zip" } else { ".tar.gz" };
            trees.push(place.join(name.trim_end_matches(end)));
        }
    }
    let [library, rehearsal] = trees.as_slice() else {
        return Err(format!("{made:?} are not two archives").into());
    };
    contents::checks(suite, wanted, library, rehearsal, &out)?;
    let platform = Platform::of(wanted, &place)?;
    programs::checks(suite, &platform, library, rehearsal, emulator);
    if wanted == Target::host()? {
        python::checks(suite, wanted, &made, emulator)?;
    }
    Ok(())
}

fn unpack(archive: &Path, place: &Path) -> Result {
    let mut unpack = if archive.to_string_lossy().ends_with(".zip") {
        let mut python = command("python3");
        python.args(["-m", "zipfile", "-e"]).arg(archive).arg(place);
        python
    } else {
        let mut tar = command("tar");
        tar.arg("-xzf").arg(archive).arg("-C").arg(place);
        tar
    };
    output(&mut unpack).map(drop)
}

fn source(name: &str) -> std::path::PathBuf {
    root().join("tests").join(name)
}
