//! The client of `_native`: options in, runs and readings out.

use std::path::PathBuf;

use graph_devices::{CallOptions, ClientOptions, Cloud, Credential, Endpoint, Error, Result, Token, UserId};
use pyo3::prelude::*;

use crate::errors::{apart, detached};
use crate::options::RunOptions;
use crate::reading::Reading;
use crate::run::Run;
use crate::seconds::seconds;
use crate::text::Text;

/// One endpoint and its pooled connections; each run brings its own token. Free to share between threads.
#[pyclass(frozen, module = "graph_devices._native")]
pub(crate) struct Client {
    core: graph_devices::Client,
    scope: String,
    process: u32,
}

/// In a forked child the threads of a client are missing, so it is forgotten there rather than taken apart.
impl Drop for Client {
    fn drop(&mut self) {
        if self.process != std::process::id() {
            std::mem::forget(self.core.clone());
        }
    }
}

/// A client has no token of its own.
struct NoToken;

impl Credential for NoToken {
    fn token(&self) -> Result<Token> {
        Err(Error::invalid_argument("no token was given"))
    }
}

#[pymethods]
impl Client {
    #[new]
    #[pyo3(signature = (*, cloud=None, endpoint=None, environment=None, timeout=None, connect_timeout=None, deadline=None, max_attempts=None, backoff=None, proxy=None, ca_pem=None, user_agent_suffix=None))]
    #[allow(clippy::too_many_arguments, reason = "keyword arguments of Python")]
    fn new(
        py: Python<'_>,
        cloud: Option<Text>,
        endpoint: Option<Text>,
        environment: Option<Text>,
        timeout: Option<f64>,
        connect_timeout: Option<f64>,
        deadline: Option<f64>,
        max_attempts: Option<i64>,
        backoff: Option<(f64, f64)>,
        proxy: Option<Text>,
        ca_pem: Option<Text>,
        user_agent_suffix: Option<Text>,
    ) -> PyResult<Self> {
        detached(py, move || {
            let named = match (cloud, endpoint, environment) {
                (None, None, None) => Endpoint::default(),
                (Some(cloud), None, _) => Cloud::parse(&cloud)?.into(),
                (None, Some(url), _) => Endpoint::parse(&url)?,
                (None, None, Some(text)) => Endpoint::from_environment_text(&text)?,
                (Some(_), Some(_), _) => {
                    return Err(Error::invalid_argument(
                        "cloud and endpoint exclude each other; pass one",
                    ));
                }
            };
            let scope = named.cloud().unwrap_or_default().scope();
            let mut options = ClientOptions::default().endpoint(named);
            if let Some(value) = timeout {
                options = options.timeout(seconds("timeout", value)?)?;
            }
            if let Some(value) = connect_timeout {
                options = options.connect_timeout(seconds("connect_timeout", value)?)?;
            }
            if let Some(value) = deadline {
                options = options.deadline(seconds("deadline", value)?)?;
            }
            if let Some(value) = max_attempts {
                options = options.max_attempts(u32::try_from(value).unwrap_or_default())?;
            }
            if let Some((base, cap)) = backoff {
                options = options.backoff(seconds("backoff", base)?, seconds("backoff", cap)?)?;
            }
            if let Some(url) = proxy {
                options = options.proxy(&url)?;
            }
            if let Some(pem) = ca_pem {
                options = options.ca_pem(&pem)?;
            }
            if let Some(suffix) = user_agent_suffix {
                options = options.user_agent_suffix(&suffix)?;
            }
            Ok(Self {
                core: graph_devices::Client::new(options, NoToken)?,
                scope,
                process: std::process::id(),
            })
        })
    }

    /// The scope to ask a token for: that of the cloud, and of the worldwide one where the endpoint is no known cloud.
    #[getter]
    fn scope(&self) -> &str {
        &self.scope
    }

    /// Starts a run; users are added to it.
    fn run(&self, py: Python<'_>, token: Text, options: &RunOptions) -> PyResult<Run> {
        let (core, chosen) = (self.core.clone(), options.core.clone());
        let begin = move || with(&core, &token)?.run(chosen);
        // A long journal takes a while to read.
        let run = if options.reads_a_journal {
            apart(py, begin)
        } else {
            detached(py, begin)
        };
        run.map(Run::new)
    }

    /// Starts a look at what became of the devices that a journal holds.
    fn verify(&self, py: Python<'_>, token: Text, journal: PathBuf, options: &RunOptions) -> PyResult<Run> {
        let (core, options) = (self.core.clone(), options.core.clone());
        apart(py, move || with(&core, &token)?.verify(&journal, &options)).map(Run::new)
    }

    /// Starts to read the devices of a user.
    #[pyo3(signature = (token, user, *, supplies_tokens=false, deadline=None))]
    fn managed_devices(
        &self,
        py: Python<'_>,
        token: Text,
        user: Text,
        supplies_tokens: bool,
        deadline: Option<f64>,
    ) -> PyResult<Reading> {
        detached(py, move || {
            let mut call = CallOptions::default();
            if let Some(value) = deadline {
                call = call.deadline(seconds("deadline", value)?)?;
            }
            let (token, user) = (Token::new(&token)?, UserId::parse(&user)?);
            Reading::start(&self.core, token, supplies_tokens, user, call)
        })
    }
}

fn with(client: &graph_devices::Client, token: &str) -> Result<graph_devices::Client> {
    Ok(client.with_credential(Token::new(token)?))
}
