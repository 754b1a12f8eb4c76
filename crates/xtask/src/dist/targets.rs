//! The platforms that a release has files for.

use crate::tools::{Result, command, output};

/// A platform.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// Rust's name.
    pub(crate) triple: &'static str,
    pub(crate) system: System,
    /// The oldest glibc that its files run with.
    pub(crate) glibc: Option<&'static str>,
    /// The platform of its wheel, in maturin's words; `None` if maturin finds it.
    pub(crate) wheel: Option<&'static str>,
    /// .NET's name.
    pub(crate) rid: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum System {
    Linux,
    Mac,
    Windows,
}

/// The last two are built on their own systems only.
pub(crate) const TARGETS: [Target; 6] = [
    Target {
        triple: "x86_64-unknown-linux-gnu",
        system: System::Linux,
        glibc: Some("2.17"),
        wheel: Some("manylinux2014"),
        rid: "linux-x64",
    },
    Target {
        triple: "aarch64-unknown-linux-gnu",
        system: System::Linux,
        glibc: Some("2.17"),
        wheel: Some("manylinux2014"),
        rid: "linux-arm64",
    },
    Target {
        triple: "x86_64-unknown-linux-musl",
        system: System::Linux,
        glibc: None,
        wheel: Some("musllinux_1_2"),
        rid: "linux-musl-x64",
    },
    WINDOWS,
    Target {
        triple: "x86_64-pc-windows-msvc",
        system: System::Windows,
        glibc: None,
        wheel: None,
        rid: "win-x64",
    },
    Target {
        triple: "aarch64-apple-darwin",
        system: System::Mac,
        glibc: None,
        wheel: None,
        rid: "osx-arm64",
    },
];

/// 64-bit Windows with the GNU tools, which build on Linux.
pub(crate) const WINDOWS: Target = Target {
    triple: "x86_64-pc-windows-gnu",
    system: System::Windows,
    glibc: None,
    wheel: None,
    rid: "win-x64",
};

impl Target {
    /// The target of that name.
    pub(crate) fn named(triple: &str) -> Result<&'static Self> {
        TARGETS
            .iter()
            .find(|target| target.triple == triple)
            .ok_or_else(|| {
                let known: Vec<&str> = TARGETS.iter().map(|target| target.triple).collect();
                format!("{triple} is not one of {}", known.join(", ")).into()
            })
    }

    /// The target of this machine.
    pub(crate) fn host() -> Result<&'static Self> {
        let version = output(command("rustc").arg("-vV"))?;
        let triple = version
            .lines()
            .find_map(|line| line.strip_prefix("host: "))
            .ok_or("rustc did not name its host")?;
        Self::named(triple)
    }

    /// What is added to the name of a program.
    pub(crate) fn exe(&self) -> &'static str {
        if self.system == System::Windows {
            ".exe"
        } else {
            ""
        }
    }
}
