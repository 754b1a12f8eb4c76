//! Options of runs, and core's options from them.

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use clap::Args;
use graph_devices::history::Run as PastRun;
use graph_devices::{RunOptions, UserId, WarningCode};

use crate::case::Widened;
use crate::failure::{Failure, Result};
use crate::journal_file::given;
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

    /// The words of a command that give the same rules.
    pub(crate) fn words(&self) -> Vec<String> {
        let number = |number: Option<usize>| number.map(|number| number.to_string());
        let excluded = self.exclude.iter().map(|who| ("--exclude", Some(who.clone())));
        let accepted = self.accept_warning.iter();
        let accepted = accepted.map(|warning| ("--accept-warning", Some(warning.name().to_owned())));
        let others = [
            ("--max-devices", number(self.max_devices)),
            ("--max-users", number(self.max_users)),
            ("--initiated-by", self.initiated_by.clone()),
        ];
        given(excluded.chain(accepted).chain(others))
    }

    /// The rules of an earlier run, where these options say nothing.
    #[must_use]
    pub(crate) fn or(&self, earlier: &PastRun) -> Self {
        let mut rules = self.clone();
        rules.accept_warning.extend(accepted(earlier));
        rules.max_devices = rules
            .max_devices
            .or_else(|| earlier_number(earlier, "max_devices_per_user"));
        rules
    }

    /// What these options allow beyond an earlier run.
    pub(crate) fn widen(&self, earlier: &PastRun) -> Widened {
        let before: Vec<_> = accepted(earlier).collect();
        let most = earlier_number(earlier, "max_devices_per_user");
        Widened {
            warnings: self
                .accept_warning
                .iter()
                .any(|warning| !before.contains(warning)),
            devices: self.max_devices > most,
        }
    }
}

fn accepted(run: &PastRun) -> impl Iterator<Item = WarningCode> {
    let names = run.accepted_warnings.iter();
    names.filter_map(|name| WarningCode::parse(name).ok())
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

    /// The words of a command that give the same pace.
    pub(crate) fn words(&self) -> Vec<String> {
        given([
            ("--read-quota", self.read_quota.map(quota_word)),
            ("--connections", self.connections.map(|number| number.to_string())),
        ])
    }

    /// What an earlier run had, where these options say nothing.
    pub(crate) fn or(&self, earlier: &PastRun) -> Self {
        Self {
            read_quota: self.read_quota.or_else(|| earlier_quota(earlier, "read_quota")),
            connections: self
                .connections
                .or_else(|| earlier_number(earlier, "connections")),
        }
    }
}

/// A number among the options of an earlier run, as its journal has them.
pub(crate) fn earlier_number<N: FromStr>(run: &PastRun, name: &str) -> Option<N> {
    let found = run.options.iter().find(|(known, _)| known == name);
    found.and_then(|(_, value)| value.parse().ok())
}

/// A quota among them.
pub(crate) fn earlier_quota(run: &PastRun, name: &str) -> Option<(usize, Duration)> {
    let window = earlier_number(run, &format!("{name}_window_ms"))?;
    Some((earlier_number(run, name)?, Duration::from_millis(window)))
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

/// A quota as [`quota`] reads it.
pub(crate) fn quota_word((requests, window): (usize, Duration)) -> String {
    format!("{requests}/{}", humantime::format_duration(window))
}

/// `150/20s`.
pub(crate) fn quota(text: &str) -> std::result::Result<(usize, Duration), String> {
    let parsed = text
        .split_once('/')
        .and_then(|(requests, window)| Some((requests.parse().ok()?, crate::args::duration(window).ok()?)));
    parsed.ok_or_else(|| "a quota is a number in a time, such as 150/20s".to_owned())
}
