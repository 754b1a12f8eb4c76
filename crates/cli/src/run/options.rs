//! Options of runs, and core's options from them.

use std::path::Path;
use std::time::Duration;

use clap::Args;
use graph_devices::history::Run as PastRun;
use graph_devices::{RunOptions, UserId, WarningCode};

use crate::failure::{Failure, Result};
use crate::list::{self, ListOptions};

/// Who is left alone, and what a person consents to.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Rules")]
pub(crate) struct Rules {
    /// A user who must not be sent, or @FILE with a list of them; may be repeated
    #[arg(long, value_name = "WHO|@FILE")]
    pub(crate) exclude: Vec<String>,
    /// Consent to a blocking warning, such as `entra_joined_windows`; may be repeated
    #[arg(long, value_name = "WARNING", value_parser = warning)]
    pub(crate) accept_warning: Vec<WarningCode>,
    /// A user with more devices is left alone [default: 10]
    #[arg(long, value_name = "N")]
    pub(crate) max_devices: Option<usize>,
    /// Nothing is sent if the list has more users [default: no limit]
    #[arg(long, value_name = "N")]
    pub(crate) max_users: Option<usize>,
    /// The person who starts the run, for the journal [default: the signed-in user]
    #[arg(long, value_name = "NAME")]
    pub(crate) initiated_by: Option<String>,
}

/// How fast a run reads.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Pace")]
pub(crate) struct Pace {
    /// The most reads in a window of time [default: 2000/20s]
    #[arg(long, value_name = "N/TIME", value_parser = quota)]
    pub(crate) read_quota: Option<(usize, Duration)>,
    /// The most requests in flight, 1 to 64 [default: 16]
    #[arg(long, value_name = "N")]
    pub(crate) connections: Option<usize>,
}

impl Rules {
    /// Adds what these options say.
    pub(crate) fn apply(&self, mut options: RunOptions) -> Result<RunOptions> {
        for user in &self.exclude {
            for user in excluded(user)? {
                options = options.exclude(user);
            }
        }
        for warning in &self.accept_warning {
            options = options.accept_warning(*warning)?;
        }
        if let Some(devices) = self.max_devices {
            options = options.max_devices_per_user(devices)?;
        }
        if let Some(users) = self.max_users {
            options = options.max_users(users)?;
        }
        if let Some(who) = &self.initiated_by {
            options = options.initiated_by(who);
        }
        Ok(options.machine(&machine()))
    }

    /// The rules of an earlier run, where these options say nothing.
    #[must_use]
    pub(crate) fn or(&self, earlier: &PastRun) -> Self {
        let number = |name: &str| option(earlier, name).and_then(|text| text.parse().ok());
        let mut rules = self.clone();
        if rules.accept_warning.is_empty() {
            let names = earlier.accepted_warnings.iter();
            rules.accept_warning = names.filter_map(|name| WarningCode::parse(name).ok()).collect();
        }
        rules.max_devices = rules.max_devices.or_else(|| number("max_devices_per_user"));
        rules
    }
}

impl Pace {
    /// Adds what these options say.
    pub(crate) fn apply(&self, mut options: RunOptions) -> Result<RunOptions> {
        if let Some((reads, window)) = self.read_quota {
            options = options.read_quota(reads, window)?;
        }
        if let Some(connections) = self.connections {
            options = options.connections(connections)?;
        }
        Ok(options)
    }
}

/// An option of an earlier run, as its journal has it.
fn option<'a>(run: &'a PastRun, name: &str) -> Option<&'a str> {
    let found = run.options.iter().find(|(known, _)| known == name);
    found.map(|(_, value)| value.as_str())
}

/// The name of this machine, for the journal.
pub(crate) fn machine() -> String {
    gethostname::gethostname().to_string_lossy().into_owned()
}

/// The users of `--exclude`: one, or those of a list.
fn excluded(text: &str) -> Result<Vec<UserId>> {
    let Some(path) = text.strip_prefix('@') else {
        return Ok(vec![UserId::parse(text)?]);
    };
    let bytes = std::fs::read(Path::new(path)).map_err(|error| {
        Failure::usage(format!(
            "--exclude: {path} cannot be read: {error}; check the name"
        ))
    })?;
    let list = list::read(path, &bytes, &ListOptions::default())?;
    let users = list.rows.iter().map(|row| {
        UserId::parse(&row.user).map_err(|error| Failure {
            line: Some(row.line),
            ..Failure::usage(format!("--exclude: {path}: {}", error.message))
        })
    });
    users.collect()
}

fn warning(name: &str) -> std::result::Result<WarningCode, String> {
    WarningCode::parse(name).map_err(|error| error.message.clone())
}

/// `150/20s`.
pub(crate) fn quota(text: &str) -> std::result::Result<(usize, Duration), String> {
    let parsed = text
        .split_once('/')
        .and_then(|(requests, window)| Some((requests.parse().ok()?, crate::args::duration(window).ok()?)));
    parsed.ok_or_else(|| "a quota is a number in a time, such as 150/20s".to_owned())
}
