//! The native libraries of the packages for .NET, one for each platform, taken from laid-out C trees.

use std::fs;
use std::path::{Path, PathBuf};

use super::targets::{System, TARGETS, Target};
use super::{build, files};
use crate::tools::{Result, VERSION, command, files as files_in, fresh, output, target};

/// The name with which a tree and its archive begin.
pub(crate) const C_LIBRARY: &str = "graph-devices";

/// A library: its platform as .NET names it, the file, and the name that it gets.
pub(super) struct Native {
    pub(super) rid: &'static str,
    pub(super) file: PathBuf,
    pub(super) name: &'static str,
    /// The C tree, which has the notices of what is linked into the library. A quick build has none.
    tree: Option<PathBuf>,
}

impl Native {
    /// The library of a quick build, or of one machine.
    pub(super) fn of(target: &Target, built: &Path) -> Self {
        let name = match target.system {
            System::Linux => "libgraph_devices.so",
            System::Mac => "libgraph_devices.dylib",
            System::Windows => "graph_devices.dll",
        };
        Self {
            rid: target.rid,
            file: built.join(name),
            name,
            tree: None,
        }
    }

    /// The library of a C tree.
    fn in_tree(target: &Target, tree: &Path) -> Self {
        let folder = if target.system == System::Windows {
            "bin"
        } else {
            "lib"
        };
        Self {
            tree: Some(tree.to_owned()),
            ..Self::of(target, &tree.join(folder))
        }
    }

    /// Copies the notices and the bill of materials of what is linked into the library.
    pub(super) fn copy_notices(&self, to: &Path) -> Result {
        let Some(tree) = &self.tree else { return Ok(()) };
        let to = to.join("third-party").join(self.rid);
        fs::create_dir_all(&to)?;
        for entry in fs::read_dir(tree)? {
            let entry = entry?;
            let name = entry.file_name();
            let text = name.to_string_lossy();
            if text.starts_with("THIRD-PARTY-") || text.ends_with("cyclonedx.json") {
                fs::copy(entry.path(), to.join(&name))?;
            }
        }
        Ok(())
    }
}

/// The library of each platform that can be built on this machine.
pub(super) fn build_all() -> Result<Vec<Native>> {
    each_platform(|target| match build::missing(target) {
        Some(missing) => {
            eprintln!("without {}: {missing} is missing", target.triple);
            Ok(None)
        }
        None => files::library(target).map(Some),
    })
}

/// The library of each platform whose C archive lies in a folder, or in one below it.
pub(super) fn unpack_all(folder: &Path) -> Result<Vec<Native>> {
    let archives = files_in(folder)?;
    let place = target().join("dist/unpacked");
    fresh(&place)?;
    let natives = each_platform(|target| {
        let name = format!("{C_LIBRARY}-{VERSION}-{}", target.triple);
        let Some(archive) = archives.iter().find(|file| {
            let file = file.file_name().unwrap_or_default().to_string_lossy();
            file.strip_prefix(&name)
                .is_some_and(|end| [".tar.gz", ".zip"].contains(&end))
        }) else {
            return Ok(None);
        };
        unpack(archive, &place)?;
        Ok(Some(place.join(name)))
    })?;
    if natives.is_empty() {
        return Err(format!(
            "{} holds no {C_LIBRARY}-{VERSION}-TARGET archive",
            folder.display()
        )
        .into());
    }
    Ok(natives)
}

/// Two targets of one platform differ in their compiler alone: the first that is there is taken.
fn each_platform(tree: impl Fn(&'static Target) -> Result<Option<PathBuf>>) -> Result<Vec<Native>> {
    let mut natives: Vec<Native> = Vec::new();
    for target in &TARGETS {
        if natives.iter().all(|native| native.rid != target.rid)
            && let Some(tree) = tree(target)?
        {
            natives.push(Native::in_tree(target, &tree));
        }
    }
    Ok(natives)
}

/// Unpacks an archive or a package of a release.
pub(crate) fn unpack(archive: &Path, place: &Path) -> Result {
    let is_zip = archive
        .extension()
        .is_some_and(|kind| kind == "zip" || kind == "nupkg");
    let mut unpack = if is_zip {
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
