//! The PowerShell module's own tests: Pester, in the `pwsh` on PATH, and in one for Windows.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::wine;
use crate::dist::targets::WINDOWS;
use crate::dist::{Profile, build, powershell};
use crate::emulator;
use crate::report::Suite;
use crate::tools::{Result, attempt, command, find, printed, root, target};

/// The Pester tests of other cultures run if this variable is set.
const HAS_ICU: &str = "GRAPH_DEVICES_ICU";

pub(super) fn checks(suite: &mut Suite) -> Result {
    let Some(pwsh) = find("pwsh") else {
        suite.skip("all", "pwsh is not on PATH");
        return Ok(());
    };
    if find("mcs").is_none() {
        suite.missing("all", "mcs");
        return Ok(());
    }
    emulator::build()?;
    let module = powershell::lay_out(Profile::Dev)?;
    let has_cultures = knows_cultures(&pwsh);
    if !has_cultures {
        suite.skip(
            "tr-TR, az-Latn-AZ and lt-LT",
            "ICU is not installed (Debian: libicu and its number)",
        );
    }
    let emulator = target().join("debug/graph-emulator");
    let mut tests = pester(pwsh, Path::to_path_buf, &module, &emulator);
    if has_cultures {
        tests.env(HAS_ICU, "1");
    }
    suite.program("Pester", &mut tests);
    Ok(())
}

/// Names a PowerShell for Windows that sees the folders of this machine as drive Z, such as a script that starts pwsh.exe under wine.
const WINDOWS_PWSH: &str = "GRAPH_DEVICES_WINDOWS_PWSH";

pub(super) fn checks_on_windows(suite: &mut Suite) -> Result {
    let Some(pwsh) = std::env::var_os(WINDOWS_PWSH).filter(|pwsh| !pwsh.is_empty()) else {
        suite.skip("all", &format!("{WINDOWS_PWSH} names no PowerShell for Windows"));
        return Ok(());
    };
    if let Some(missing) = wine::missing().or_else(|| find("mcs").is_none().then(|| "mcs".to_owned())) {
        suite.skip("all", &format!("{missing} is not installed"));
        return Ok(());
    }
    let built = build::library(&WINDOWS, Profile::Dev)?.folder;
    let emulator = build::emulator(&WINDOWS, Profile::Dev)?;
    let module = powershell::lay_out_windows(Profile::Dev, &built)?;
    // Beside what imports it; the module for users has none.
    for folder in [&built, &module.join("native/win-x64")] {
        wine::stand_in(folder)?;
    }
    suite.program(
        "Pester",
        pester(pwsh.into(), wine::path, &module, &emulator).env(IS_WINE, "1"),
    );
    Ok(())
}

/// The Pester tests that need the trust store of Windows are skipped if this variable is set.
const IS_WINE: &str = "GRAPH_DEVICES_WINE";

/// Pester over all tests of the module.
fn pester(pwsh: PathBuf, shown: fn(&Path) -> PathBuf, module: &Path, emulator: &Path) -> Command {
    let tests = shown(&root().join("tests/powershell"));
    let mut pester = command(pwsh);
    pester
        .args(["-NoProfile", "-NonInteractive", "-Command"])
        .arg(format!("Invoke-Pester -CI -Path '{}'", tests.display()))
        .env("GRAPH_DEVICES_MODULE", shown(module))
        .env("GRAPH_EMULATOR", shown(emulator))
        .env_remove("GRAPH_DEVICES_ENDPOINT")
        .env_remove(HAS_ICU)
        .env_remove(IS_WINE);
    pester
}

/// The lower case of I in Turkish.
const DOTLESS_I: &str = "305";

/// Whether PowerShell can change its culture on this machine: without ICU, .NET starts only in its invariant mode.
fn knows_cultures(pwsh: &Path) -> bool {
    let mut shell = command(pwsh);
    shell
        .args([
            "-NoProfile",
            "-Command",
            "[int]'I'.ToLower([cultureinfo]'tr-TR')[0]",
        ])
        .env("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "0")
        .env("DOTNET_SYSTEM_GLOBALIZATION_PREDEFINED_CULTURES_ONLY", "0");
    attempt(&mut shell).is_ok_and(|ended| printed(&ended).trim() == DOTLESS_I)
}
