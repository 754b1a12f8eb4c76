//! The connections of a transport: how each is made, and how the sending thread drives it.

#[cfg(unix)]
use std::fs::File;
use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use reqwest::Client as Http;
use reqwest::header::HeaderValue;
use reqwest::{Proxy, redirect};
use rustls::ClientConfig;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::task::yield_now;
use tokio::time::timeout;

use crate::clock::{Interrupt, STOP_CHECK};
use crate::error::{Error, Result};
use crate::proxy::ProxyServer;
use crate::resolve::Resolver;
use crate::status::Status;
use crate::transport::cause;

/// Connections that were idle for longer are not used again: the service may be closing them.
const IDLE: Duration = Duration::from_secs(30);

/// The stack of a thread that sends if a runtime of the caller occupies the calling thread.
const STACK: usize = 512 * 1024;

/// Connections to one endpoint. Each serves one request at a time.
pub(crate) struct Pool {
    tls: ClientConfig,
    proxy: Option<ProxyServer>,
    connect_timeout: Duration,
    free: Mutex<Free>,
}

/// The connections that no request uses.
#[derive(Default)]
struct Free {
    connections: Vec<Connection>,
    /// The number of times that all connections were given up.
    renewals: u64,
}

/// A reqwest client that keeps one connection, and the runtime that does its work. The sending thread drives it, so no
/// other thread has to be woken, and no work is done between requests.
pub(crate) struct Connection {
    http: Http,
    /// `None` only while the connection is dropped.
    runtime: Option<Runtime>,
    renewals: u64,
}

impl Pool {
    /// The proxy, without its password.
    pub(crate) fn proxy(&self) -> Option<&str> {
        self.proxy.as_ref().map(|server| server.url.as_str())
    }

    /// Makes a pool with its first connection, so that a lack of descriptors or threads is an error at once. Sends nothing.
    pub(crate) fn new(
        tls: ClientConfig,
        proxy: Option<ProxyServer>,
        connect_timeout: Duration,
    ) -> Result<Self> {
        #[cfg(unix)]
        occupy_standard_streams();
        let pool = Self {
            tls,
            proxy,
            connect_timeout,
            free: Mutex::default(),
        };
        pool.put(pool.take()?);
        Ok(pool)
    }

    /// The connection that was used last, or a new one.
    pub(crate) fn take(&self) -> Result<Connection> {
        let renewals = {
            let mut free = self.free();
            if let Some(connection) = free.connections.pop() {
                return Ok(connection);
            }
            free.renewals
        };
        let runtime = Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .build()
            .map_err(|error| cannot_start(&error.to_string()))?;
        Ok(Connection {
            http: self.http()?,
            runtime: Some(runtime),
            renewals,
        })
    }

    /// Takes back a connection for the next request.
    pub(crate) fn put(&self, connection: Connection) {
        let mut free = self.free();
        if connection.renewals == free.renewals {
            free.connections.push(connection);
        }
    }

    /// Renews the pool: later requests use new connections. If several requests failed over connections of one age, only
    /// the first renews it.
    pub(crate) fn renew(&self, failed: &Connection) {
        let mut free = self.free();
        if failed.renewals == free.renewals {
            free.renewals += 1;
            free.connections.clear();
        }
    }

    fn free(&self) -> MutexGuard<'_, Free> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn http(&self) -> Result<Http> {
        let localhost = [
            SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            SocketAddr::from((Ipv6Addr::LOCALHOST, 0)),
        ];
        let builder = Http::builder()
            .tls_backend_preconfigured(self.tls.clone())
            .http1_only()
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(self.connect_timeout)
            .pool_idle_timeout(IDLE)
            .referer(false)
            .dns_resolver(Arc::new(Resolver))
            .resolve_to_addrs("localhost", &localhost)
            // The proxy of the environment was read already.
            .no_proxy();
        let builder = match &self.proxy {
            None => builder,
            Some(server) => builder.proxy(through(server)?),
        };
        match catch_unwind(AssertUnwindSafe(|| builder.build())) {
            Ok(Ok(http)) => Ok(http),
            Ok(Err(error)) => Err(cannot_start(&cause(error))),
            Err(_) => Err(cannot_start("it ended early")),
        }
    }
}

impl Connection {
    /// Does the work on this thread. Returns `None` if `interrupt` ended it; then the connection cannot be used again.
    ///
    /// A thread that runs a runtime of the caller cannot drive another, so a thread of its own does the work.
    pub(crate) fn run<T: Send>(
        &self,
        work: impl AsyncFnOnce(&Http) -> T + Send,
        interrupt: Option<&Interrupt>,
    ) -> io::Result<Option<T>> {
        let Some(runtime) = &self.runtime else {
            return Err(io::ErrorKind::NotConnected.into());
        };
        let drive = || drive(runtime, work(&self.http), interrupt);
        if Handle::try_current().is_err() {
            return Ok(drive());
        }
        thread::scope(|scope| {
            let driver = thread::Builder::new()
                .name("graph-devices-send".into())
                .stack_size(STACK)
                .spawn_scoped(scope, drive)?;
            Ok(driver
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        })
    }
}

fn drive<T>(runtime: &Runtime, work: impl Future<Output = T>, interrupt: Option<&Interrupt>) -> Option<T> {
    let mut work = pin!(async {
        // First the connection's task catches up: it returns the connection, or notices that the server has closed it.
        yield_now().await;
        work.await
    });
    let Some(interrupt) = interrupt else {
        return Some(runtime.block_on(work));
    };
    loop {
        match runtime.block_on(async { timeout(STOP_CHECK, work.as_mut()).await }) {
            Ok(done) => return Some(done),
            Err(_) if interrupt() => return None,
            Err(_) => {}
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // A dropped runtime waits for its threads, which panics inside another runtime. This one has no threads.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// If a host has closed its standard streams, occupies their descriptors permanently: a socket there would send the host's
/// output to the service.
#[cfg(unix)]
fn occupy_standard_streams() {
    use std::os::fd::{AsRawFd as _, IntoRawFd as _};

    while let Ok(nothing) = File::open("/dev/null") {
        if nothing.as_raw_fd() > 2 {
            return;
        }
        // This library does not close it: the host may put a stream of its own there.
        let _ = nothing.into_raw_fd();
    }
}

/// The error if the system refuses a thread, a descriptor or a call. Nothing can have been sent.
pub(crate) fn cannot_start(why: &str) -> Error {
    Error::new(
        Status::ConnectionFailed,
        format!(
            "the HTTP client cannot be started here, so nothing was sent; close files or raise the limits of this process: {why}"
        ),
    )
}

/// The system's error, if this process is out of descriptors.
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
