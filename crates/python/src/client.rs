//! The client of `_native`: options in, calls and runs out.

use std::path::PathBuf;

use graph_devices::{CallOptions, Endpoint, NoToken, Result, Token, UserId};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::call::call;
use crate::errors::{apart, detached};
use crate::generated::fields;
use crate::generated::options::{call_options as options_of_call, options as client_options};
use crate::keywords::Keywords;
use crate::options::RunOptions;
use crate::run::Run;
use crate::text::Text;

/// One endpoint and its pooled connections; each run has its own token. Threads may share it.
#[pyclass(frozen, module = "graph_devices._native")]
pub(crate) struct Client {
    core: graph_devices::Client,
    scope: String,
    process: u32,
}

/// A forked child does not have the threads of a client, so it forgets the client instead of dropping it.
impl Drop for Client {
    fn drop(&mut self) {
        if self.process != std::process::id() {
            std::mem::forget(self.core.clone());
        }
    }
}

#[pymethods]
impl Client {
    #[new]
    #[pyo3(signature = (*, environment=None, **options))]
    fn new(py: Python<'_>, environment: Option<Text>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        let mut given = Keywords::new(py, options)?;
        let is_named = given.has("cloud") || given.has("endpoint");
        let set = client_options(&mut given)?;
        given.end()?;
        detached(py, move || {
            let mut options = set()?;
            if let (Some(text), false) = (environment, is_named) {
                options = options.environment_endpoint(Endpoint::from_environment_text(&text)?);
            }
            let core = graph_devices::Client::new(options, NoToken)?;
            let scope = core.endpoint().cloud().unwrap_or_default().scope();
            Ok(Self {
                core,
                scope,
                process: std::process::id(),
            })
        })
    }

    /// The scope of the token: that of the cloud, or of the worldwide cloud if the endpoint is not a known cloud.
    #[getter]
    fn scope(&self) -> &str {
        &self.scope
    }

    /// Starts a run; users are added to it.
    fn run(&self, py: Python<'_>, token: Text, options: &RunOptions) -> PyResult<Run> {
        let (core, chosen) = (self.core.clone(), options.core.clone());
        let begin = move || with(&core, &token)?.run(chosen);
        // Reading a long journal takes time.
        let run = if options.reads_a_journal {
            apart(py, begin)
        } else {
            detached(py, begin)
        };
        run.map(Run::new)
    }

    /// Starts a verification of the devices in a journal.
    fn verify(&self, py: Python<'_>, token: Text, journal: PathBuf, options: &RunOptions) -> PyResult<Run> {
        let (core, options) = (self.core.clone(), options.core.clone());
        apart(py, move || with(&core, &token)?.verify(&journal, &options)).map(Run::new)
    }

    /// Retires the devices of a user; returns the fields of the receipt.
    #[pyo3(signature = (token, user, renew=None, **options))]
    fn remove_all_devices<'py>(
        &self,
        py: Python<'py>,
        token: Text,
        user: Text,
        renew: Option<Py<PyAny>>,
        options: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let set = call_options(py, options)?;
        let receipt = call(py, &self.core, token, renew, move |client| {
            client.remove_all_devices(&UserId::parse(&user)?, &set()?)
        })?;
        fields::receipt(py, &receipt)
    }

    /// Reads the devices of a user; returns the fields of the list.
    #[pyo3(signature = (token, user, renew=None, **options))]
    fn managed_devices<'py>(
        &self,
        py: Python<'py>,
        token: Text,
        user: Text,
        renew: Option<Py<PyAny>>,
        options: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let set = call_options(py, options)?;
        let devices = call(py, &self.core, token, renew, move |client| {
            client.managed_devices(&UserId::parse(&user)?, &set()?)
        })?;
        fields::device_list(py, &devices)
    }
}

/// The options of a call, from keyword arguments.
fn call_options(
    py: Python<'_>,
    options: Option<&Bound<'_, PyDict>>,
) -> PyResult<impl FnOnce() -> Result<CallOptions> + Send + use<>> {
    let mut given = Keywords::new(py, options)?;
    let set = options_of_call(&mut given)?;
    given.end()?;
    Ok(set)
}

fn with(client: &graph_devices::Client, token: &str) -> Result<graph_devices::Client> {
    Ok(client.with_credential(Token::new(token)?))
}
