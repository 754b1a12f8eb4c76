//! A service that throttles, breaks down, loses answers and garbles them, until everybody is settled all the same.

use serde_json::json;

use super::claims::Claim;
use super::model;
use super::stage::{self, Orders, PATIENCE, Stage};
use super::{Report, Setting};
use crate::tools::Result;

pub(super) const CLAIMS: &[Claim] = &[
    Claim::Accepted,
    Claim::Confirmed,
    Claim::Failed,
    Claim::Unknown,
    Claim::Once,
    Claim::WrittenAhead,
    Claim::Devices,
    Claim::Person,
    Claim::States,
    Claim::Rows,
    Claim::Settled,
];

/// More lives than this mean that it does not settle.
const MAX_LIVES: usize = 20;

/// Users one by one.
pub(super) fn run_single(setting: &Setting) -> Result<Report> {
    run(setting, "chaos", 1)
}

/// Users in batches, whose answers break, too.
pub(super) fn run_batched(setting: &Setting) -> Result<Report> {
    run(setting, "batch", 20)
}

fn run(setting: &Setting, name: &str, batch: usize) -> Result<Report> {
    let users = if setting.short { 700 } else { 20_000 };
    let rate = if setting.short { 0.06 } else { 0.05 };
    // So few users make so few batches that more of them must break.
    let broken = if setting.short { 0.25 } else { rate };
    let rates = json!({
        "429": rate, "503": rate, "504": rate, "reset_before": rate, "reset_after": rate, "broken_batch": broken,
    });
    let chaos = json!({"chaos": {"seed": setting.seed, "rates": rates, "retry_after": "0.005"}});
    let tenant = stage::tenant(users, &chaos);
    let mut stage = Stage::new(name, setting.program.clone(), &tenant, stage::by_id(users))?;
    // Two attempts, so that a request comes to its end in every way.
    let orders = Orders {
        batch,
        ..Orders::fast()
    }
    .with(&["--attempts", "2", "--longest-wait", "0.005"]);
    while !stage.is_settled() && stage.lives().len() < MAX_LIVES {
        let worker = stage.start(&orders)?;
        stage.finish(worker, PATIENCE)?;
    }
    let mut evidence = stage.evidence()?;
    evidence.expected = stage
        .people
        .keys()
        .map(|user| (user.clone(), &["accepted", "confirmed"][..]))
        .collect();
    let verdict = model::judge(&evidence);
    let first = stage.lives().first().and_then(|life| life.counts.clone());
    let told = first.map(|counts| {
        let count = |name: &str| counts.get(name).copied().unwrap_or(0);
        format!(
            "first run {} accepted, {} failed, {} unknown",
            count("accepted"),
            count("failed"),
            count("unknown")
        )
    });
    Ok(Report {
        claims: CLAIMS,
        figures: format!(
            "{users} users, {:.0} % of each fault{}, {}; settled after {} runs",
            rate * 100.0,
            if batch > 1 && broken > rate {
                format!(", {:.0} % of broken batches", broken * 100.0)
            } else {
                String::new()
            },
            told.unwrap_or_default(),
            stage.lives().len()
        ),
        verdict,
    })
}
