//! Licences, sources and advisories of the dependencies, where cargo-deny is installed.

use crate::report::Suite;
use crate::tools::{cargo, find, output};

pub(super) fn checks(suite: &mut Suite) {
    if find("cargo-deny").is_none() {
        suite.skip("cargo deny check", "cargo-deny is not installed");
        return;
    }
    suite.check(
        "cargo deny check",
        output(&mut cargo(&["deny", "check"])).map(drop),
    );
}
