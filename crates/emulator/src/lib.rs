//! A stateful stand-in for Microsoft Graph and Intune on loopback.
//!
//! It emulates `POST /v1.0/users/{id}/removeAllDevicesFromManagement` and the reads around it, and fails as the
//! service fails: with its error bodies, its throttling and, on request, with broken connections. The contract
//! of requests, tokens and faults stands in the README of this crate.
//!
//! ```
//! let emulator = graph_emulator::Emulator::start(graph_emulator::Options::default())?;
//! assert!(emulator.endpoint().starts_with("http://127.0.0.1:"));
//! # Ok::<(), std::io::Error>(())
//! ```

mod approval;
mod attempts;
mod bodies;
mod chaos;
mod clock;
mod directory;
mod exchange;
mod faults;
mod fixtures;
mod gate;
mod generate;
mod management;
mod path;
mod quota;
mod reads;
mod received;
mod records;
mod reply;
mod routes;
mod server;
mod state;
#[cfg(feature = "tls")]
mod tls;
#[cfg(not(feature = "tls"))]
#[path = "no_tls.rs"]
mod tls;
mod tokens;
mod wire;

use std::io;

use serde_json::Value;

/// How to start an [`Emulator`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// The TCP port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// Speaks https with a certificate for `localhost` and 127.0.0.1 of an authority made at start.
    pub tls: bool,
    /// Writes one line per request to stderr, with the kind of the token and never the token.
    pub log: bool,
}

/// A running emulator with threads of its own; it stops on drop. Can be used from any thread.
#[derive(Debug)]
pub struct Emulator {
    endpoint: String,
    ca_pem: Option<String>,
    server: server::Server,
}

impl Emulator {
    /// Starts listening on 127.0.0.1; fails when the port cannot be had.
    pub fn start(options: Options) -> io::Result<Self> {
        let tls = if options.tls { Some(tls::Tls::new()?) } else { None };
        let ca_pem = tls.as_ref().map(|tls| tls.ca_pem().to_owned());
        let scheme = if options.tls { "https" } else { "http" };
        let server = server::Server::start(options.port, options.log, tls)?;
        let endpoint = format!("{scheme}://{}", server.address());
        Ok(Self {
            endpoint,
            ca_pem,
            server,
        })
    }

    /// The root for clients, `http://127.0.0.1:PORT` or the same with https.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The authority to trust, in PEM; none without TLS.
    pub fn ca_pem(&self) -> Option<&str> {
        self.ca_pem.as_deref()
    }

    /// Answers a management request without a connection: `path` is what follows `/_emulator/`. The error is what the answer
    /// says of a refused one.
    pub fn manage(&self, method: &str, path: &str, body: &Value) -> io::Result<Value> {
        let reply = self
            .server
            .manage(method, &format!("/{path}"), body.to_string().as_bytes());
        let text = String::from_utf8_lossy(&reply.body);
        if reply.status != 200 {
            return Err(io::Error::other(text));
        }
        serde_json::from_str(&text).map_err(io::Error::other)
    }
}

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
