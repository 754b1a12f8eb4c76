//! The Python package's own tests.

use crate::emulator;
use crate::python;
use crate::report::Suite;
use crate::tools::{Result, command, root, target};

pub(super) fn checks(suite: &mut Suite) -> Result {
    let Some(python) = python::environment("test")? else {
        suite.missing("all", "python3");
        return Ok(());
    };
    python::install(&python, &root().join("tests/python/requirements.txt"))?;
    emulator::build()?;
    let mut pytest = command(&python);
    pytest.args(["-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/python"]);
    pytest
        .env("GRAPH_EMULATOR", target().join("debug/graph-emulator"))
        .env_remove("GRAPH_DEVICES_ENDPOINT");
    suite.program("pytest", &mut pytest);
    Ok(())
}
