//! The options of a client and of one call. Everything is checked here, before anything is sent.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::clock::{Clock, SystemClock};
use crate::cloud::{Cloud, Endpoint};
use crate::error::{Error, Result};
use crate::proxy::ProxyServer;
use crate::user_id::is_guid;

/// The longest wait or timeout that can be set, so that none is infinite by accident.
const MAX_DURATION: Duration = Duration::from_secs(24 * 60 * 60);

/// The service's limit for a justification
/// (<https://learn.microsoft.com/intune/intune-service/fundamentals/multi-admin-approval>).
const MAX_JUSTIFICATION: usize = 1024;

/// Options of a [`Client`](crate::Client). Start from `ClientOptions::default()`.
#[derive(Clone)]
pub struct ClientOptions {
    cloud: Option<Cloud>,
    named: Option<Endpoint>,
    environment: Option<Endpoint>,
    pub(crate) connect_timeout: Duration,
    pub(crate) timeout: Duration,
    pub(crate) deadline: Duration,
    pub(crate) max_attempts: u32,
    pub(crate) backoff_base: Duration,
    pub(crate) backoff_cap: Duration,
    pub(crate) proxy: ProxyChoice,
    pub(crate) ca_certificates: Option<String>,
    pub(crate) user_agent_suffix: Option<String>,
    pub(crate) clock: Arc<dyn Clock>,
}

#[derive(Clone, PartialEq, Eq)]
pub(crate) enum ProxyChoice {
    Environment,
    None,
    Server(ProxyServer),
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self {
            cloud: None,
            named: None,
            environment: None,
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(60),
            deadline: Duration::from_secs(300),
            max_attempts: 5,
            backoff_base: Duration::from_secs(1),
            backoff_cap: Duration::from_secs(60),
            proxy: ProxyChoice::Environment,
            ca_certificates: None,
            user_agent_suffix: None,
            clock: Arc::new(SystemClock::new()),
        }
    }
}

impl fmt::Debug for ClientOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientOptions")
            .field("endpoint", &self.chosen().root())
            .field("timeout", &self.timeout)
            .field("deadline", &self.deadline)
            .field("max_attempts", &self.max_attempts)
            .finish_non_exhaustive()
    }
}

impl ClientOptions {
    /// A Microsoft cloud: `global` (the default), `usgov`, `usgov_dod`, `china`, `bleu`, `delos`, or the name that
    /// Microsoft.Graph uses (`USGovDoD`, `BleuCloud`). Case does not matter. Clouds that do not offer the action are
    /// refused. A client takes a cloud or an endpoint, not both.
    #[must_use]
    pub fn cloud(mut self, cloud: Cloud) -> Self {
        self.cloud = Some(cloud);
        self
    }

    /// An endpoint that is not a cloud's: https to any host, or http to loopback (127.0.0.0/8, `[::1]`, localhost). Give
    /// scheme, host and port, without `/v1.0`. Receipts show it. A client takes a cloud or an endpoint, not both.
    #[must_use]
    pub fn endpoint(mut self, endpoint: Endpoint) -> Self {
        self.named = Some(endpoint);
        self
    }

    /// The endpoint of the environment. It has an effect only if the code names neither a cloud nor an endpoint.
    #[must_use]
    pub fn environment_endpoint(mut self, endpoint: Endpoint) -> Self {
        self.environment = Some(endpoint);
        self
    }

    /// The endpoint that requests are sent to.
    pub fn chosen_endpoint(&self) -> Result<Endpoint> {
        if self.cloud.is_some() && self.named.is_some() {
            return Err(Error::invalid_argument(
                "cloud and endpoint exclude each other; pass only one",
            ));
        }
        Ok(self.chosen())
    }

    fn chosen(&self) -> Endpoint {
        let named = self.named.clone().or_else(|| self.cloud.map(Endpoint::from));
        named.or_else(|| self.environment.clone()).unwrap_or_default()
    }

    /// The longest time to wait for a connection. The default is 10 seconds.
    pub fn connect_timeout(mut self, duration: Duration) -> Result<Self> {
        self.connect_timeout = checked("connect timeout", duration)?;
        Ok(self)
    }

    /// The longest time of one attempt. The default is 60 seconds.
    pub fn timeout(mut self, duration: Duration) -> Result<Self> {
        self.timeout = checked("timeout", duration)?;
        Ok(self)
    }

    /// The longest time of a whole call, including all attempts, waits and pages. The default is 5 minutes. In a run it
    /// applies to each request by itself: see [`RunOptions::deadline`](crate::RunOptions::deadline).
    pub fn deadline(mut self, duration: Duration) -> Result<Self> {
        self.deadline = checked("deadline", duration)?;
        Ok(self)
    }

    /// The most times that a request is sent, 1 to 100. The default is 5; 1 switches retries off.
    pub fn max_attempts(mut self, attempts: u32) -> Result<Self> {
        if attempts == 0 || attempts > 100 {
            return Err(Error::invalid_argument("max attempts must be 1 to 100"));
        }
        self.max_attempts = attempts;
        Ok(self)
    }

    /// The first and the longest wait before a retry, if the service names none. Waits grow exponentially, with full
    /// jitter. The defaults are 1 second and 60 seconds.
    pub fn backoff(mut self, base: Duration, cap: Duration) -> Result<Self> {
        if base > cap {
            return Err(Error::invalid_argument(
                "the backoff's base must not be above its cap",
            ));
        }
        self.backoff_base = base;
        self.backoff_cap = checked("backoff cap", cap)?;
        Ok(self)
    }

    /// A proxy, such as `http://user:password@proxy.example:8080`; an empty text means no proxy. The default is the proxy
    /// that the environment names when the client is made (`HTTPS_PROXY`, else `ALL_PROXY`, and `NO_PROXY`). A client is
    /// refused if that text is not the URL of a proxy. Loopback is always reached without a proxy.
    pub fn proxy(mut self, url: &str) -> Result<Self> {
        self.proxy = if url.is_empty() {
            ProxyChoice::None
        } else {
            ProxyChoice::Server(ProxyServer::from_option(url)?)
        };
        Ok(self)
    }

    /// Certificate authorities in PEM. They are trusted in addition to the platform's.
    pub fn ca_certificates(mut self, pem: &str) -> Result<Self> {
        crate::pem::certificates(pem)?;
        self.ca_certificates = Some(pem.to_owned());
        Ok(self)
    }

    /// A text after `graph-devices/<version>` in the `User-Agent`, such as `offboarding/2.1`: 1 to 200 printable ASCII
    /// characters.
    pub fn user_agent_suffix(mut self, suffix: &str) -> Result<Self> {
        if suffix.is_empty()
            || suffix.len() > 200
            || !suffix.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ')
        {
            return Err(Error::invalid_argument(
                "the user agent suffix must be 1 to 200 printable ASCII characters",
            ));
        }
        self.user_agent_suffix = Some(suffix.to_owned());
        Ok(self)
    }

    /// A clock in place of the system's, for tests.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }
}

/// Options of one call. Start from `CallOptions::default()`.
#[derive(Clone, Debug, Default)]
pub struct CallOptions {
    pub(crate) justification: Option<String>,
    pub(crate) approval_code: Option<String>,
    pub(crate) client_request_id: Option<String>,
    pub(crate) deadline: Option<Duration>,
}

impl CallOptions {
    /// The reason that Multi Admin Approval shows to the approver: 1 to 1024 characters. It has no effect in a tenant
    /// without Multi Admin Approval.
    pub fn justification(mut self, justification: &str) -> Result<Self> {
        if justification.trim().is_empty() || justification.chars().count() > MAX_JUSTIFICATION {
            return Err(Error::invalid_argument(
                "a justification must be 1 to 1024 characters",
            ));
        }
        self.justification = Some(justification.to_owned());
        Ok(self)
    }

    /// The code of an approved request (a GUID), as the queued call returned it. It belongs to one user and is sent in
    /// place of the justification.
    pub fn approval_code(mut self, code: &str) -> Result<Self> {
        if !is_guid(code) {
            return Err(Error::invalid_argument(
                "an approval code is a GUID; pass it as the queued call returned it",
            ));
        }
        self.approval_code = Some(code.to_owned());
        Ok(self)
    }

    /// A GUID that identifies this call in the service's logs. The default is a new one for each call.
    pub fn client_request_id(mut self, id: &str) -> Result<Self> {
        if !is_guid(id) {
            return Err(Error::invalid_argument("a client request id is a GUID"));
        }
        self.client_request_id = Some(id.to_owned());
        Ok(self)
    }

    /// The deadline of this call, in place of the client's. It includes all attempts, waits and pages.
    pub fn deadline(mut self, duration: Duration) -> Result<Self> {
        self.deadline = Some(checked("deadline", duration)?);
        Ok(self)
    }
}

fn checked(name: &str, duration: Duration) -> Result<Duration> {
    if duration.is_zero() || duration > MAX_DURATION {
        return Err(Error::invalid_argument(format!(
            "the {name} must be above 0 and at most 24 hours"
        )));
    }
    Ok(duration)
}
