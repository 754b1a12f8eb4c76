//! Sends one request through reqwest, and returns the answer or the reason that there is none.

use std::time::{Duration, SystemTime};

use reqwest::header::{
    ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue,
};
use reqwest::{Response, Url};

use crate::clock::Interrupt;
use crate::cloud::Endpoint;
use crate::connect_error::{self, Reason};
use crate::error::{Error, Result};
use crate::options::{ClientOptions, ProxyChoice};
use crate::pool::Pool;
use crate::proxy::ProxyServer;
use crate::retry_after;
use crate::text;
use crate::token::Token;
use crate::user_id::is_guid;

/// The most bytes that are read of the body of an error.
const MAX_ERROR_BODY: usize = crate::body::MAX_BODY;
/// The most bytes that are read of the body of a list: some thousand devices.
const MAX_LIST_BODY: usize = 32 * 1024 * 1024;

/// A pool of connections to one endpoint.
pub(crate) struct Transport {
    endpoint: Endpoint,
    root: Url,
    user_agent: String,
    pool: Pool,
}

/// The method of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    Get,
    Post,
}

/// One request in the form that is sent.
pub(crate) struct Outgoing<'a> {
    pub(crate) method: Method,
    /// Path and query below the root.
    pub(crate) target: &'a str,
    pub(crate) headers: &'a [(&'static str, &'a str)],
    pub(crate) client_request_id: &'a str,
    /// JSON.
    pub(crate) body: Option<&'a str>,
}

/// The result of sending one request.
pub(crate) enum Sent {
    /// The service, or a proxy or gateway, answered.
    Answer(Answer),
    /// No connection was made, so nothing was sent. `permanent` says that another attempt cannot help.
    Never { why: String, permanent: bool },
    /// No answer in time.
    TimedOut,
    /// The connection was lost after sending.
    Lost { why: String },
    /// The answer is not HTTP.
    Garbled { why: String },
    /// The caller's interrupt ended the wait for an answer.
    Interrupted,
}

/// A status line, headers, and as much of the body as could be read.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
    /// The token that was sent. No text of the answer is shown before it is removed.
    pub(crate) token: Token,
    /// Set if the answer is a part of a batch's answer.
    pub(crate) batch: Option<Batch>,
}

/// The fields of a batch's answer that count for all of its parts.
#[derive(Clone, Debug)]
pub(crate) struct Batch {
    pub(crate) request_id: Option<String>,
    /// The id that was sent with the batch.
    pub(crate) client_request_id: String,
}

impl Answer {
    /// A header as text. A value that is not printable ASCII counts as absent.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .map(str::trim)
            .filter(|text| !text.is_empty())
    }

    /// A header in the form that may be shown.
    pub(crate) fn shown_header(&self, name: &str) -> Option<String> {
        self.shown(self.header(name)?)
    }

    /// A text of the answer in the form that may be shown: one printable line without the token.
    pub(crate) fn shown(&self, text: &str) -> Option<String> {
        text::tidy(text).map(|text| self.token.redact(&text))
    }

    /// The service's id of the request. Graph's is a GUID; any other text comes from a proxy or gateway.
    pub(crate) fn request_id(&self) -> Option<String> {
        self.header("request-id")
            .filter(|id| is_guid(id))
            .map(str::to_owned)
    }

    /// The wait that the service asks for. A date is compared with the service's own, since this machine's clock may be
    /// wrong.
    pub(crate) fn retry_after(&self, written: &str, now: SystemTime) -> Option<Duration> {
        let date = self
            .header("date")
            .and_then(|text| httpdate::parse_http_date(text).ok());
        retry_after::parse(written, date.unwrap_or(now))
    }
}

impl Transport {
    pub(crate) fn new(options: &ClientOptions) -> Result<Self> {
        let mut user_agent = concat!("graph-devices/", env!("CARGO_PKG_VERSION")).to_owned();
        if let Some(suffix) = &options.user_agent_suffix {
            user_agent = format!("{user_agent} {suffix}");
        }
        let endpoint = options.chosen_endpoint()?;
        let tls = crate::tls::config(endpoint.is_secure(), options.ca_certificates.as_deref())?;
        let proxy = match &options.proxy {
            _ if endpoint.is_loopback() => None,
            ProxyChoice::Environment => ProxyServer::from_environment(&endpoint)?,
            ProxyChoice::None => None,
            ProxyChoice::Server(server) => Some(server.clone()),
        };
        let root = Url::parse(endpoint.root())
            .map_err(|_| Error::invalid_argument("requests cannot be sent to the URL of the endpoint"))?;
        Ok(Self {
            endpoint,
            root,
            user_agent,
            pool: Pool::new(tls, proxy, options.connect_timeout)?,
        })
    }

    pub(crate) fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// The proxy, without its password.
    pub(crate) fn proxy(&self) -> Option<&str> {
        self.pool.proxy()
    }

    /// Sends one request and waits for its answer on this thread, unless `interrupt` ends that wait.
    pub(crate) fn send(
        &self,
        request: &Outgoing<'_>,
        token: &Token,
        timeout: Duration,
        interrupt: Option<&Interrupt>,
    ) -> Sent {
        let never = |why: String, permanent| Sent::Never { why, permanent };
        let Some(headers) = self.headers(request, token) else {
            return never("a header value cannot be sent".into(), true);
        };
        let connection = match self.pool.take() {
            Ok(connection) => connection,
            Err(error) => return never(error.message.clone(), false),
        };
        let url = self.url(request.target);
        let exchange = async |http: &reqwest::Client| {
            let sending = match (request.method, request.body) {
                (Method::Get, _) => http.get(url),
                // The gateway requires a length even without a body; reqwest would leave it out.
                (Method::Post, None) => http.post(url).header(CONTENT_LENGTH, "0"),
                (Method::Post, Some(body)) => http
                    .post(url)
                    .header(CONTENT_TYPE, "application/json")
                    .body(body.to_owned()),
            };
            match sending.timeout(timeout).headers(headers).send().await {
                Ok(response) => Sent::Answer(read(response, token).await),
                Err(error) => missing(error),
            }
        };
        let sent = match connection.run(exchange, interrupt) {
            Ok(Some(sent)) => sent,
            Ok(None) => return Sent::Interrupted,
            Err(error) => return never(format!("no thread can be started: {error}"), false),
        };
        // After a 503 the next request goes over a new connection (<https://learn.microsoft.com/graph/best-practices-concept>).
        if matches!(&sent, Sent::Answer(answer) if answer.status == 503) {
            self.pool.renew(&connection);
        }
        self.pool.put(connection);
        sent
    }

    /// The root is parsed once, not for each request.
    fn url(&self, target: &str) -> Url {
        let (path, query) = target
            .split_once('?')
            .map_or((target, None), |(path, query)| (path, Some(query)));
        let mut url = self.root.clone();
        url.set_path(path);
        url.set_query(query);
        url
    }

    fn headers(&self, request: &Outgoing<'_>, token: &Token) -> Option<HeaderMap> {
        let mut headers = HeaderMap::new();
        let mut bearer = HeaderValue::from_str(&token.header()).ok()?;
        bearer.set_sensitive(true);
        headers.insert(AUTHORIZATION, bearer);
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(
            reqwest::header::USER_AGENT,
            HeaderValue::from_str(&self.user_agent).ok()?,
        );
        let id = [("client-request-id", request.client_request_id)];
        for (name, value) in request.headers.iter().chain(&id) {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_str(value).ok()?);
        }
        Some(headers)
    }
}

/// Reads an answer. Of a body that ends early or takes too long, the part that arrived is kept.
async fn read(mut response: Response, token: &Token) -> Answer {
    let mut body = Vec::new();
    let limit = if response.status().is_success() {
        MAX_LIST_BODY
    } else {
        MAX_ERROR_BODY
    };
    while body.len() < limit
        && let Ok(Some(chunk)) = response.chunk().await
    {
        body.extend_from_slice(&chunk);
    }
    body.truncate(limit);
    let body = token.redact(&String::from_utf8_lossy(&body));
    Answer {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        body,
        token: token.clone(),
        batch: None,
    }
}

/// The reason that there is no answer.
fn missing(error: reqwest::Error) -> Sent {
    let connecting = error.is_connect();
    let timed_out = error.is_timeout();
    let garbled = chain(&error).any(|cause| {
        cause
            .downcast_ref::<hyper::Error>()
            .is_some_and(hyper::Error::is_parse)
    });
    if connecting && timed_out {
        Sent::Never {
            why: "no connection in time".to_owned(),
            permanent: false,
        }
    } else if connecting {
        let Reason { why, permanent } = connect_error::reason(chain(&error.without_url()));
        Sent::Never { why, permanent }
    } else if timed_out {
        Sent::TimedOut
    } else if garbled {
        Sent::Garbled { why: cause(error) }
    } else {
        Sent::Lost { why: cause(error) }
    }
}

/// The innermost cause in words; never the URL, which contains the user's name.
pub(crate) fn cause(error: reqwest::Error) -> String {
    let error = error.without_url();
    chain(&error)
        .last()
        .map_or_else(|| error.to_string(), ToString::to_string)
}

/// An error and its sources, outermost first. An I/O error that only wraps another error is looked into as well.
fn chain<'a>(
    error: &'a (dyn std::error::Error + 'static),
) -> impl Iterator<Item = &'a (dyn std::error::Error + 'static)> {
    std::iter::successors(Some(error), |error| {
        let wrapped = error
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref);
        wrapped
            .map(|inner| inner as &(dyn std::error::Error + 'static))
            .or_else(|| error.source())
    })
}
