//! Retires every Intune-managed device of a user through Microsoft Graph, and reports whether it happened.
//!
//! One action, `POST /users/{id}/removeAllDevicesFromManagement`
//! (<https://learn.microsoft.com/graph/api/intune-devices-user-removealldevicesfrommanagement>), which removes company data
//! and management from a person's devices and cannot be undone.
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
//! Only HTTP 204 is a yes. Every other answer is an [`Error`] whose `effect` reports whether the action can have been
//! applied nevertheless, over all attempts: [`Outcome::Failed`] means that nothing was done, [`Outcome::Unknown`] that the
//! action may have been applied.
//!
//! # Many users
//!
//! [`Client::run`] takes any number of users. It reads the users and their devices, skips users that must not be touched,
//! and keeps to the service's limits. It records each step in a journal, so that it can be killed at any moment and
//! resumed. [`RunOptions::preview`] sends nothing, [`Client::verify`] checks the devices later. A [`Reason`] says why a
//! user was skipped.
//!
//! # TLS
//!
//! TLS is rustls with the *ring* provider, passed to the HTTP client explicitly: no process-wide provider is installed, so
//! a host's own provider stays in place. ring was chosen over aws-lc-rs because it needs only a C compiler on the supported
//! platforms, and adds less to a library that other programs load. When it was chosen, on Linux x86-64, the stripped
//! shared library was 3.1 MB with ring and 5.2 MB with aws-lc-rs, and a cold release build took 71 against 107 seconds of
//! processor time. aws-lc-rs also has FIPS and post-quantum key exchange, which the service does not require.
//! The platform's certificates are trusted, through rustls-platform-verifier.
//!
//! # What this crate does not do
//!
//! It prints and logs nothing, and installs no signal handler. The only file that it writes is the journal of a run. The
//! only environment variables that it reads name a proxy (see [`ClientOptions::proxy`]) and, on Linux, the trust store
//! (`SSL_CERT_FILE`, `SSL_CERT_DIR`).
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
mod check;
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

pub use check::{Check, CheckKind, CheckState};
pub use client::Client;
pub use clock::{Clock, Interrupt, Moment, Stop};
pub use cloud::{Cloud, ENDPOINT_VARIABLE, Endpoint};
pub use credential::{Credential, NoToken, SharedToken};
pub use device::{Device, DeviceList, ManagementState};
pub use error::{Error, Failure, Result};
pub use journal::history;
pub use notice::{Notice, NoticeKind};
pub use options::{CallOptions, ClientOptions};
pub use receipt::Receipt;
pub use run::{Event, EventKind, Progress, Run, RunOptions, Summary, UserResult, Verification};
pub use status::{Effect, Outcome, Reason, Status};
pub use text::visible;
pub use token::Token;
pub use user_id::UserId;
pub use verdict::{Verdict, VerifiedDevice};
pub use warning::{Severity, Warning, WarningCode};
