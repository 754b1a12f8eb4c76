//! The packages of Linux distributions, each installed by its own tool into a root of its own and used from there.

use std::fs;
use std::path::{Path, PathBuf};

use super::platform::Platform;
use super::programs;
use crate::dist::natives::unpack;
use crate::emulator::Emulator;
use crate::report::Suite;
use crate::tools::{Result, command, find, fresh, output};

/// A form of package, and the program that installs it.
struct Form {
    end: &'static str,
    tool: &'static str,
    install: fn(package: &Path, root: &Path) -> Result,
}

const FORMS: [Form; 3] = [
    Form {
        end: "deb",
        tool: "dpkg",
        install: by_dpkg,
    },
    Form {
        end: "rpm",
        tool: "rpm",
        install: by_rpm,
    },
    // Debian has no apk. Its packages are archives that tar reads.
    Form {
        end: "apk",
        tool: "tar",
        install: unpack,
    },
];

pub(super) fn checks(
    suite: &mut Suite,
    platform: &Platform,
    made: &[PathBuf],
    place: &Path,
    emulator: &Emulator,
) {
    for form in &FORMS {
        let Some(package) = made
            .iter()
            .find(|file| file.extension().is_some_and(|end| end == form.end))
        else {
            continue;
        };
        let what = format!(
            "{}: .{} by {}, shared",
            platform.target.triple, form.end, form.tool
        );
        if find(form.tool).is_none() {
            suite.skip(&what, &format!("{} is not installed", form.tool));
            continue;
        }
        let root = place.join(form.end);
        let used = fresh(&root)
            .and_then(|()| (form.install)(package, &root))
            .and_then(|()| programs::shared(platform, &root.join("usr"), emulator));
        suite.check(&what, used);
    }
}

/// Without what it depends on: the root is empty.
fn by_dpkg(package: &Path, root: &Path) -> Result {
    let state = root.join("var/lib/dpkg");
    for folder in ["info", "updates"] {
        fs::create_dir_all(state.join(folder))?;
    }
    for file in ["status", "available"] {
        fs::write(state.join(file), "")?;
    }
    let mut dpkg = command("dpkg");
    dpkg.arg("--root").arg(root);
    dpkg.args([
        "--log=/dev/null",
        "--force-depends",
        "--force-architecture",
        "--force-not-root",
        "--install",
    ]);
    output(dpkg.arg(package)).map(drop)
}

fn by_rpm(package: &Path, root: &Path) -> Result {
    let mut rpm = command("rpm");
    rpm.arg("--root").arg(root);
    rpm.args(["--nodeps", "--ignorearch", "--install"]);
    output(rpm.arg(package)).map(drop)
}
