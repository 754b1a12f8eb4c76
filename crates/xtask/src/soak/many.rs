//! Very many users, and the memory they take.

use serde_json::json;

use super::claims::{Claim, Verdict};
use super::model;
use super::stage::{self, Orders, PATIENCE, Stage};
use super::{Report, Setting};
use crate::tools::Result;

pub(super) const CLAIMS: &[Claim] = &[
    Claim::Accepted,
    Claim::Once,
    Claim::WrittenAhead,
    Claim::Devices,
    Claim::Person,
    Claim::States,
    Claim::Rows,
    Claim::Settled,
    Claim::Memory,
];

/// What each further user may take, in bytes: a name, an id, and the tables that hold them, growing.
const BYTES_A_USER: u64 = 1024;

pub(super) fn run(setting: &Setting) -> Result<Report> {
    let sizes = if setting.short {
        [500, 4000]
    } else {
        [10_000, 100_000]
    };
    let (few, _) = measure(setting, "many-few", sizes[0])?;
    let (many, verdict) = measure(setting, "many", sizes[1])?;
    let mut verdict = verdict;
    let more = (sizes[1] - sizes[0]) as u64;
    let each = many.saturating_sub(few) * 1024 / more;
    if few == 0 {
        return Err("this system does not tell the peak memory of a process".into());
    }
    verdict.hold(Claim::Memory, each <= BYTES_A_USER, || {
        format!("each further user took {each} bytes, more than {BYTES_A_USER}")
    });
    Ok(Report {
        claims: CLAIMS,
        figures: format!(
            "peak memory {:.1} MB at {} users, {:.1} MB at {}: {each} bytes a user",
            megabytes(few),
            sizes[0],
            megabytes(many),
            sizes[1]
        ),
        verdict,
    })
}

fn measure(setting: &Setting, name: &str, users: usize) -> Result<(u64, Verdict)> {
    let tenant = stage::tenant(users, &json!({}));
    let mut stage = Stage::new(name, setting.program.clone(), &tenant, stage::by_id(users))?;
    let orders = Orders {
        batch: 20,
        ..Orders::fast()
    };
    let worker = stage.start(&orders)?;
    stage.finish(worker, PATIENCE)?;
    let mut evidence = stage.evidence()?;
    evidence.expected = stage
        .people
        .keys()
        .map(|user| (user.clone(), &["accepted"][..]))
        .collect();
    Ok((stage.peak, model::judge(&evidence)))
}

fn megabytes(kilobytes: u64) -> f64 {
    f64::from(u32::try_from(kilobytes).unwrap_or(u32::MAX)) / 1024.0
}
