//! How a run sends.

use std::time::Duration;

use clap::Args;
use graph_devices::RunOptions;
use graph_devices::history::Run as PastRun;

use crate::failure::Result;
use crate::journal_file::given;
use crate::run::{earlier_number, earlier_quota, quota, quota_word};

/// How a run sends.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Sending")]
pub(super) struct Writes {
    /// The reason that Multi Admin Approval shows to the approver; it also stands in the journal
    #[arg(long, value_name = "TEXT")]
    justification: Option<String>,
    /// The most requests that may be queued for approval before the run ends [default: 0]
    #[arg(long, value_name = "N")]
    max_approvals: Option<u64>,
    /// The code of an approved request, for a list of one person
    #[arg(long, value_name = "CODE")]
    approval_code: Option<String>,
    /// The most people that are sent in a window of time [default: 150/20s]
    #[arg(long, value_name = "N/TIME", value_parser = quota)]
    write_quota: Option<(usize, Duration)>,
    /// How many people are sent in one request, 1 to 20 [default: 1]
    #[arg(long, value_name = "N")]
    batch: Option<usize>,
}

impl Writes {
    /// Adds what these options say.
    pub(super) fn apply(&self, mut options: RunOptions) -> Result<RunOptions> {
        if let Some(text) = &self.justification {
            options = options.justification(text)?;
        }
        if let Some(requests) = self.max_approvals {
            options = options.max_approvals(requests);
        }
        if let Some(code) = &self.approval_code {
            options = options.approval_code(code)?;
        }
        if let Some((writes, window)) = self.write_quota {
            options = options.write_quota(writes, window)?;
        }
        if let Some(users) = self.batch {
            options = options.batch_size(users)?;
        }
        Ok(options)
    }

    /// The words of a command that sends in the same way.
    pub(super) fn words(&self) -> Vec<String> {
        given([
            ("--justification", self.justification.clone()),
            (
                "--max-approvals",
                self.max_approvals.map(|number| number.to_string()),
            ),
            ("--approval-code", self.approval_code.clone()),
            ("--write-quota", self.write_quota.map(quota_word)),
            ("--batch", self.batch.map(|number| number.to_string())),
        ])
    }

    /// What an earlier run had, where these options say nothing.
    pub(super) fn or(&self, earlier: &PastRun) -> Self {
        let own = self.clone();
        Self {
            justification: own.justification.or_else(|| earlier.justification.clone()),
            max_approvals: own
                .max_approvals
                .or_else(|| earlier_number(earlier, "max_approvals")),
            approval_code: own.approval_code,
            write_quota: own.write_quota.or_else(|| earlier_quota(earlier, "write_quota")),
            batch: own.batch.or_else(|| earlier_number(earlier, "batch_size")),
        }
    }
}
