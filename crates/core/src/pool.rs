//! The HTTP client below a transport: how it is made, and how it goes.

use std::io;
use std::mem::ManuallyDrop;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use reqwest::blocking::Client as Http;
use reqwest::header::HeaderValue;
use reqwest::{Proxy, redirect};
use rustls::ClientConfig;

use crate::error::{Error, Result};
use crate::proxy::ProxyServer;
use crate::resolve::Resolver;
use crate::status::Status;
use crate::transport::cause;

/// Connections that were idle longer are not used again: the service may be closing them.
const IDLE: Duration = Duration::from_secs(30);

/// A reqwest client. Dropping one joins its thread, which can take a while: that is left to a thread of its own.
pub(crate) struct Pool(Option<Http>);

impl Pool {
    pub(crate) fn new(
        tls: &ClientConfig,
        proxy: Option<&ProxyServer>,
        connect_timeout: Duration,
    ) -> Result<Self> {
        let localhost = [
            SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            SocketAddr::from((Ipv6Addr::LOCALHOST, 0)),
        ];
        let builder = Http::builder()
            .tls_backend_preconfigured(tls.clone())
            .http1_only()
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(connect_timeout)
            .timeout(None)
            .pool_idle_timeout(IDLE)
            .referer(false)
            .dns_resolver(Arc::new(Resolver))
            .resolve_to_addrs("localhost", &localhost)
            // The environment was asked already.
            .no_proxy();
        let builder = match proxy {
            None => builder,
            Some(server) => builder.proxy(through(server)?),
        };
        // It has a thread and descriptors of its own; where they cannot be had, it fails or panics.
        match catch_unwind(AssertUnwindSafe(|| builder.build())) {
            Ok(Ok(http)) => Ok(Self(Some(http))),
            Ok(Err(error)) => Err(cannot_start(&cause(error))),
            Err(_) => Err(cannot_start("its thread ended early")),
        }
    }

    /// The client; none while the pool goes.
    pub(crate) fn http(&self) -> Option<&Http> {
        self.0.as_ref()
    }
}

/// The error where the system refuses a thread, a descriptor or a call: nothing can have been sent.
pub(crate) fn cannot_start(why: &str) -> Error {
    Error::new(
        Status::ConnectionFailed,
        format!(
            "the HTTP client cannot be started here, so nothing was sent; close files or raise the limits of this process: {why}"
        ),
    )
}

/// The system's word that this process is out of descriptors, if it is.
pub(crate) fn out_of_descriptors() -> Option<io::Error> {
    std::net::UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))
        .err()
        .filter(|error| matches!(error.raw_os_error(), Some(23 | 24)))
}

fn through(server: &ProxyServer) -> Result<Proxy> {
    let unusable = || Error::invalid_argument("the proxy cannot be used; check its URL");
    let proxy = Proxy::all(&server.url).map_err(|_| unusable())?;
    let Some(authorization) = &server.authorization else {
        return Ok(proxy);
    };
    let mut header = HeaderValue::from_str(authorization).map_err(|_| unusable())?;
    header.set_sensitive(true);
    Ok(proxy.custom_http_auth(header))
}

impl Drop for Pool {
    fn drop(&mut self) {
        if let Some(http) = self.0.take() {
            let http = ManuallyDrop::new(http);
            // If no thread can be had, the client is leaked rather than joined here.
            let _ = std::thread::Builder::new()
                .name("graph-devices-close".into())
                .spawn(move || drop(ManuallyDrop::into_inner(http)));
        }
    }
}
