//! The PowerShell module's own tests: Pester, in the `pwsh` on PATH.

use std::path::Path;

use crate::dist::{Profile, powershell};
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
    let tests = root().join("tests/powershell");
    let has_cultures = knows_cultures(&pwsh);
    if !has_cultures {
        suite.skip(
            "tr-TR, az-Latn-AZ and lt-LT",
            "ICU is not installed (Debian: libicu and its number)",
        );
    }
    let mut pester = command(pwsh);
    pester
        .args(["-NoProfile", "-NonInteractive", "-Command"])
        .arg(format!("Invoke-Pester -CI -Path '{}'", tests.display()));
    pester
        .env("GRAPH_DEVICES_MODULE", module)
        .env("GRAPH_EMULATOR", target().join("debug/graph-emulator"));
    pester.env_remove("GRAPH_DEVICES_ENDPOINT").env_remove(HAS_ICU);
    if has_cultures {
        pester.env(HAS_ICU, "1");
    }
    suite.program("Pester", &mut pester);
    Ok(())
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
