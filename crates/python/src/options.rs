//! The options of a run, from keyword arguments.

use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::errors::detached;
use crate::generated::options::run_options;
use crate::keywords::Keywords;

/// Checked options of a run or a call.
#[pyclass(frozen, module = "graph_devices._native")]
pub(crate) struct RunOptions {
    pub(crate) core: graph_devices::RunOptions,
    /// Starting the run may take long then.
    pub(crate) reads_a_journal: bool,
}

#[pymethods]
impl RunOptions {
    #[new]
    #[pyo3(signature = (**options))]
    fn new(py: Python<'_>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        let mut given = Keywords::new(py, options)?;
        let reads_a_journal = given.has("resume") || given.has("plan");
        let set = run_options(&mut given)?;
        given.end()?;
        detached(py, move || {
            Ok(Self {
                core: set()?,
                reads_a_journal,
            })
        })
    }
}
