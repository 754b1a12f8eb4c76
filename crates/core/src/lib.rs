//! Retire every Intune-managed device of a user through Microsoft Graph, and say truthfully what happened.
//!
//! One action, `POST /users/{id}/removeAllDevicesFromManagement`
//! (<https://learn.microsoft.com/graph/api/intune-devices-user-removealldevicesfrommanagement>), done with care: retiring
//! removes company data and management from a person's devices and cannot be undone.
//!
//! ```no_run
//! use graph_devices::{CallOptions, Client, ClientOptions, Token, UserId};
//!
//! # fn main() -> Result<(), graph_devices::Error> {
//! let client = Client::new(ClientOptions::default(), Token::new("demo-token")?)?;
//! match client.remove_all_devices(&UserId::parse("adele@contoso.com")?, &CallOptions::default()) {
//!     Ok(receipt) => println!("accepted, request-id {:?}", receipt.request_id),
//!     Err(error) => println!("{}: {error}", error.outcome().name()),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Only HTTP 204 is a yes. Every other answer is an [`Error`] whose `effect` says whether the action can have
//! been applied all the same, over all attempts: [`Outcome::Failed`] means that nothing was done, [`Outcome::Unknown`]
//! that it may have been.
//!
//! # Many users
//!
//! [`Client::run`] takes any number of users: it reads who they are and which devices they have, skips who must not be
//! touched, paces itself by the service's limits, and records each step in a journal, so that it can be killed at any moment
//! and taken up again. [`RunOptions::preview`] sends nothing, [`Client::verify`] looks later what became of the devices.
//! What a user is skipped for is a [`Reason`].
//!
//! # TLS
//!
//! TLS is rustls with the *ring* provider, handed to the HTTP client explicitly: no process-wide provider is installed, so
//! a host that has its own is left alone. ring was chosen over aws-lc-rs because it needs nothing but a C compiler on the
//! platforms this is meant for, and adds less to a library that other programs load: measured on Linux x86-64 with version
//! 0.1.0, the stripped shared library is 3.1 MB with ring and 5.2 MB with aws-lc-rs, and a cold release build takes 71 against
//! 107 seconds of processor time. What aws-lc-rs has beyond it, FIPS and post-quantum key exchange, the service does not ask
//! for. Trust is the platform's, by rustls-platform-verifier.
//!
//! # What this crate does not do
//!
//! It reads no environment variable but those that name a proxy (see [`ClientOptions::proxy`]) and, on Linux, the trust store
//! (`SSL_CERT_FILE`, `SSL_CERT_DIR`), writes no file but the journal that a run was given, prints nothing, logs nothing, installs no
//! signal handler.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod absence;
mod action;
mod answer;
mod approvals;
mod attempts;
mod batch;
mod body;
mod challenge;
mod client;
mod clock;
mod cloud;
mod connect_error;
mod credential;
mod device;
mod devices;
mod error;
mod error_scope;
mod explain;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
mod journal;
mod json;
mod lookup;
mod names;
mod notice;
mod options;
mod page;
mod pem;
mod pool;
mod proxy;
mod rate_limiter;
mod reads;
mod receipt;
mod redact;
mod request_kind;
mod resolve;
mod retry;
mod retry_after;
mod run;
mod session;
mod sliding_window;
mod status;
#[cfg(test)]
mod testing;
mod text;
mod tls;
mod token;
mod transport;
mod user_id;
mod verdict;
mod warning;
mod warnings_for;

pub use client::Client;
pub use clock::{Clock, Interrupt, Moment, Stop};
pub use cloud::{Cloud, ENDPOINT_VARIABLE, Endpoint};
pub use credential::{Credential, NoToken, SharedToken};
pub use device::{Device, DeviceList, ManagementState};
pub use error::{Error, Failure, Result};
pub use notice::{Notice, NoticeKind};
pub use options::{CallOptions, ClientOptions};
pub use receipt::Receipt;
pub use run::{Event, EventKind, Progress, Run, RunOptions, Summary, UserResult, Verification};
pub use status::{Effect, Outcome, Reason, Status};
pub use token::Token;
pub use user_id::UserId;
pub use verdict::{Verdict, VerifiedDevice};
pub use warning::{Severity, Warning, WarningCode};
