//! `graph_devices._native`: core for Python. Single calls wait on the caller's thread, and runs are pulled event by event.
//! Both release the interpreter, so that other threads run and Ctrl-C is handled. Users import the typed package in
//! `python/src/graph_devices`.

mod call;
mod client;
mod errors;
mod events;
mod generated;
mod keywords;
mod options;
mod run;
mod seconds;
mod text;

use pyo3::prelude::*;

/// The native part of `graph_devices`.
#[pymodule(gil_used = false)]
mod _native {
    use super::{Python, pyfunction};

    #[pymodule_export]
    use crate::client::Client;
    #[pymodule_export]
    use crate::options::RunOptions;
    #[pymodule_export]
    use crate::run::Run;
    /// The environment variable that the call of two arguments reads.
    #[pymodule_export]
    const ENDPOINT_VARIABLE: &str = graph_devices::ENDPOINT_VARIABLE;

    /// The version of the library.
    #[pyfunction]
    fn version() -> &'static str {
        env!("CARGO_PKG_VERSION")
    }

    /// Runs the command line with the words after its name, and returns the exit code.
    #[pyfunction]
    fn command_line(py: Python<'_>, words: Vec<std::ffi::OsString>) -> u8 {
        let name = std::iter::once("graph-devices".into());
        py.detach(|| graph_devices_cli::run(name.chain(words)))
    }

    /// The names of the statuses, in the order of their numbers.
    #[pyfunction]
    fn statuses() -> Vec<&'static str> {
        graph_devices::Status::all()
            .iter()
            .map(|status| status.name())
            .collect()
    }
}
