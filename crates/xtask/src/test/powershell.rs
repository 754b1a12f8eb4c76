//! The PowerShell module's own tests: Pester, in whatever `pwsh` is on PATH.

use crate::dist::{Profile, powershell};
use crate::emulator;
use crate::report::Suite;
use crate::tools::{Result, command, find, root, target};

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
    let mut pester = command(pwsh);
    pester
        .args(["-NoProfile", "-NonInteractive", "-Command"])
        .arg(format!("Invoke-Pester -CI -Path '{}'", tests.display()));
    pester
        .env("GRAPH_DEVICES_MODULE", module)
        .env("GRAPH_EMULATOR", target().join("debug/graph-emulator"));
    pester.env_remove("GRAPH_DEVICES_ENDPOINT");
    suite.program("Pester", &mut pester);
    Ok(())
}
