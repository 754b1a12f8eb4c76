//! The files of a release, made and then used as on another machine: unpacked or installed, compiled against and run.

mod contents;
mod crates;
mod dotnet;
mod mac;
mod made;
mod packages;
mod platform;
mod programs;
mod python;
mod second;

use crate::dist::targets::{System, TARGETS, Target, WINDOWS};
use crate::dist::{build, natives};
use crate::emulator::{self, Emulator};
use crate::report::Suite;
use crate::secrets::say;
use crate::tools::{Result, fresh, root, target};
use crates::Depth;
use platform::Platform;

/// This machine and Windows.
pub(super) fn checks(suite: &mut Suite) -> Result {
    crates::checks(suite, Depth::Packed);
    targets(suite, &[Target::host()?, &WINDOWS]).map(drop)
}

/// Every target, and a second build in another folder.
pub(super) fn all(suite: &mut Suite) -> Result {
    crates::checks(suite, Depth::Built);
    let made = targets(suite, &TARGETS.iter().collect::<Vec<_>>())?;
    for wanted in TARGETS.iter().filter(|target| target.system == System::Mac) {
        mac::checks(suite, wanted)?;
    }
    second::checks(suite, &made)
}

/// Makes and uses the files of these targets; returns the targets that were made.
fn targets(suite: &mut Suite, wanted: &[&'static Target]) -> Result<Vec<&'static Target>> {
    emulator::build()?;
    let emulator = Emulator::start("release")?;
    let mut made = Vec::new();
    for &target in wanted {
        let before = suite.counts();
        match build::missing(target).or_else(|| platform::missing(target)) {
            Some(missing) => suite.skip(target.triple, &format!("{missing} is missing")),
            None => match one(suite, target, &emulator) {
                Ok(()) => made.push(target),
                Err(error) => suite.check(target.triple, Err(error)),
            },
        }
        let counts = suite.counts().since(before);
        say(format!("{}: {}: {counts}", suite.name(), target.triple));
    }
    dotnet::checks(suite, &made, &emulator)?;
    Ok(made)
}

fn one(suite: &mut Suite, wanted: &'static Target, emulator: &Emulator) -> Result {
    let made = made::make(wanted)?;
    let place = target().join("release").join(wanted.triple);
    fresh(&place)?;
    let mut trees = Vec::new();
    for file in &made {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        if name.contains(wanted.triple) {
            natives::unpack(file, &place)?;
            let end = if name.ends_with(".zip") { ".zip" } else { ".tar.gz" };
            trees.push(place.join(name.trim_end_matches(end)));
        }
    }
    let [library, command_line, rehearsal] = trees.as_slice() else {
        return Err(format!("{made:?} are not three archives").into());
    };
    contents::checks(
        suite,
        wanted,
        library,
        &[command_line, rehearsal],
        &made::folder(wanted),
    )?;
    let platform = Platform::of(wanted, &place)?;
    programs::checks(suite, &platform, library, emulator);
    programs::start(suite, &platform, library, rehearsal);
    suite.check(
        &format!("{}: the command line removes", wanted.triple),
        programs::remove(&platform, library, command_line, emulator),
    );
    packages::checks(suite, &platform, &made, &place, emulator);
    if wanted == Target::host()? {
        python::checks(suite, wanted, &made, emulator)?;
    }
    Ok(())
}

fn source(name: &str) -> std::path::PathBuf {
    root().join("tests").join(name)
}
