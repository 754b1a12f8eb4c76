//! Where requests are sent, and with which token.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::{duration, tenant};
use crate::journal_file::given;

/// Core's own timeout of an attempt.
const USUAL_TIMEOUT: Duration = Duration::from_secs(60);

/// The connection and the token.
#[derive(Args, Debug)]
#[command(next_help_heading = "Connection")]
pub(crate) struct Connection {
    /// A Microsoft cloud, such as usgov or china [default: global]
    #[arg(long, value_name = "NAME", conflicts_with = "endpoint")]
    pub(crate) cloud: Option<String>,
    /// Another endpoint: https, or http to loopback
    #[arg(long, value_name = "URL")]
    pub(crate) endpoint: Option<String>,
    /// A proxy; an empty text for none [default: the environment's]
    #[arg(long, value_name = "URL")]
    pub(crate) proxy: Option<String>,
    /// Certificate authorities to trust besides the system's
    #[arg(long, value_name = "PEM")]
    pub(crate) ca_file: Option<PathBuf>,
    /// The tenant that the token must be for, a GUID; of another nothing is sent
    #[arg(long, value_name = "GUID", value_parser = tenant)]
    pub(crate) tenant: Option<String>,
    /// The longest time of one attempt [default: 60s]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) timeout: Option<Duration>,
    /// The longest time of a request with all its attempts and waits [default: 5m]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) deadline: Option<Duration>,
    /// The most times that a request is sent [default: 5]
    #[arg(long, value_name = "N")]
    pub(crate) attempts: Option<u32>,
    #[command(flatten)]
    pub(crate) token: TokenSource,
}

impl Connection {
    /// The options that lead to the same service, for a command that goes on. A proxy's URL and a token command may hold a secret,
    /// and are left out.
    pub(crate) fn words(&self) -> Vec<String> {
        let path = |path: &PathBuf| path.display().to_string();
        given([
            ("--cloud", self.cloud.clone()),
            ("--endpoint", self.endpoint.clone()),
            ("--tenant", self.tenant.clone()),
            ("--ca-file", self.ca_file.as_ref().map(path)),
            ("--token-file", self.token.token_file.as_ref().map(path)),
        ])
    }

    /// The longest time that an answer is awaited.
    pub(crate) fn patience(&self) -> Duration {
        self.timeout.unwrap_or(USUAL_TIMEOUT)
    }
}

/// Where the token comes from: one of these, else `GRAPH_TOKEN`.
#[derive(Args, Debug)]
#[command(next_help_heading = "Token (else the variable GRAPH_TOKEN)")]
#[group(multiple = false)]
#[allow(clippy::struct_field_names, reason = "the names of the options")]
pub(crate) struct TokenSource {
    /// A command of the system's shell that prints a token; run again when the service wants another
    #[arg(long, value_name = "COMMAND")]
    pub(crate) token_command: Option<String>,
    /// A file with a token; read again when the service wants another
    #[arg(long, value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
    /// Read the token from the standard input
    #[arg(long)]
    pub(crate) token_stdin: bool,
}
