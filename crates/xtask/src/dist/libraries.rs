//! Which files the C library has on a system, and their names in the C tree.

use std::fs;
use std::path::Path;

use super::targets::{System, Target};
use crate::tools::{Result, VERSION};

/// The number in the soname. crates/capi/build.rs reads the same file and has the rule.
const SOVERSION: &str = include_str!("../../../capi/SOVERSION").trim_ascii();

/// The files of one system. Paths are relative to `lib`.
pub(super) struct Libraries {
    system: System,
    /// A file that cargo built, and its place.
    copied: Vec<(&'static str, String)>,
    /// Links: the name, and the file beside it that it leads to.
    links: Vec<(String, String)>,
    /// The static library.
    pub(super) fixed: &'static str,
}

/// The name that programs ask the dynamic linker for, on Linux.
pub(crate) fn soname() -> String {
    format!("libgraph_devices.so.{SOVERSION}")
}

impl Libraries {
    pub(super) fn of(target: &Target) -> Self {
        match target.system {
            System::Linux => Self::with_links("libgraph_devices.so", versioned_so(), soname()),
            System::Mac => Self::with_links("libgraph_devices.dylib", versioned_dylib(), install_name()),
            System::Windows if target.triple.ends_with("gnu") => {
                Self::windows("libgraph_devices.dll.a", "libgraph_devices.a")
            }
            System::Windows => Self::windows("graph_devices.dll.lib", "graph_devices.lib"),
        }
    }

    fn with_links(built: &'static str, versioned: String, loaded: String) -> Self {
        Self {
            system: if built.ends_with("dylib") {
                System::Mac
            } else {
                System::Linux
            },
            copied: vec![
                ("libgraph_devices.a", "libgraph_devices.a".to_owned()),
                (built, versioned.clone()),
            ],
            links: vec![(loaded.clone(), versioned), (built.to_owned(), loaded)],
            fixed: "libgraph_devices.a",
        }
    }

    fn windows(import: &'static str, fixed: &'static str) -> Self {
        Self {
            system: System::Windows,
            copied: vec![
                ("graph_devices.dll", "../bin/graph_devices.dll".to_owned()),
                (import, import.to_owned()),
                (fixed, fixed.to_owned()),
            ],
            links: Vec::new(),
            fixed,
        }
    }

    /// Copies them from cargo's folder into the tree.
    pub(super) fn copy(&self, built: &Path, tree: &Path) -> Result {
        let lib = tree.join("lib");
        fs::create_dir_all(&lib)?;
        fs::create_dir_all(tree.join(self.folder_of_shared()))?;
        for (from, to) in &self.copied {
            let (from, to) = (built.join(from), lib.join(to));
            fs::copy(&from, to).map_err(|error| format!("{}: {error}", from.display()))?;
        }
        for (name, to) in &self.links {
            link(to, &lib.join(name))?;
        }
        Ok(())
    }

    /// Where the shared library lies.
    pub(super) fn folder_of_shared(&self) -> &'static str {
        if self.system == System::Windows {
            "bin"
        } else {
            "lib"
        }
    }

    /// What CMake knows of the shared library.
    pub(super) fn cmake_properties(&self) -> String {
        let place = |property: &str, file: &str| format!("{property} \"${{_graph_devices_lib}}/{file}\"");
        let properties = match self.system {
            System::Linux => [
                place("IMPORTED_LOCATION", &versioned_so()),
                format!("IMPORTED_SONAME \"{}\"", soname()),
            ],
            System::Mac => [
                place("IMPORTED_LOCATION", &versioned_dylib()),
                format!("IMPORTED_SONAME \"@rpath/{}\"", install_name()),
            ],
            System::Windows => {
                let import = self.copied.iter().map(|(_, to)| to.as_str());
                let import = import.clone().find(|to| to.contains(".dll.")).unwrap_or_default();
                [
                    place("IMPORTED_LOCATION", "../bin/graph_devices.dll"),
                    place("IMPORTED_IMPLIB", import),
                ]
            }
        };
        properties.join("\n    ")
    }
}

fn versioned_so() -> String {
    format!("libgraph_devices.so.{VERSION}")
}

fn versioned_dylib() -> String {
    format!("libgraph_devices.{VERSION}.dylib")
}

/// The name that programs ask the dynamic linker for, on macOS.
fn install_name() -> String {
    format!("libgraph_devices.{SOVERSION}.dylib")
}

#[cfg(unix)]
fn link(to: &str, from: &Path) -> Result {
    Ok(std::os::unix::fs::symlink(to, from)?)
}

#[cfg(not(unix))]
fn link(_: &str, from: &Path) -> Result {
    Err(format!("{}: links are made on Unix only", from.display()).into())
}

#[cfg(test)]
mod tests {
    use super::super::targets::Target;
    use super::{Libraries, SOVERSION};

    /// Every file that CMake names, and the name in the library itself, is a file or a link of the tree.
    #[test]
    fn what_cmake_and_the_linker_look_for_is_in_the_tree() {
        for (triple, loaded) in [
            (
                "x86_64-unknown-linux-gnu",
                format!("libgraph_devices.so.{SOVERSION}"),
            ),
            (
                "aarch64-apple-darwin",
                format!("libgraph_devices.{SOVERSION}.dylib"),
            ),
            ("x86_64-pc-windows-gnu", "graph_devices.dll".to_owned()),
            ("x86_64-pc-windows-msvc", "graph_devices.dll".to_owned()),
        ] {
            let libraries = Libraries::of(Target::named(triple).unwrap());
            let mut names: Vec<&str> = libraries.copied.iter().map(|(_, to)| to.as_str()).collect();
            let properties = libraries.cmake_properties();
            for line in properties.lines().filter(|line| line.contains("lib}/")) {
                let file = line.split("lib}/").nth(1).unwrap().trim_end_matches('"');
                assert!(names.contains(&file), "{triple}: {file} is not in {names:?}");
            }
            names.extend(libraries.links.iter().map(|(name, _)| name.as_str()));
            assert!(
                names.iter().any(|name| name.ends_with(&loaded)),
                "{triple}: {loaded} is not in {names:?}"
            );
        }
    }
}
