//! Very many users, and the memory they take.

use serde_json::json;

use super::claims::{Claim, Verdict};
use super::evidence::Expected;
use super::stage::{self, Orders, Stage};
use super::{Findings, Setting};
use crate::Result;

const CLAIMS: &[Claim] = &[Claim::Memory];

/// The limit of bytes for each further user, in both forms: a name, an id and the tables that hold them.
const BYTES_A_USER: u64 = 600;

pub(super) fn run(setting: &Setting) -> Result<Findings> {
    let sizes = if setting.short {
        [1000, 12_000]
    } else {
        [10_000, 100_000]
    };
    let (few, mut verdict) = measure(setting, "few", sizes[0])?;
    let (many, others) = measure(setting, "many", sizes[1])?;
    verdict.merge(others);
    let more = (sizes[1] - sizes[0]) as u64;
    for (what, few, many) in [
        ("run", few.run, many.run),
        ("resumed run", few.resumed, many.resumed),
    ] {
        if few == 0 {
            return Err("this system does not report the peak memory of a process".into());
        }
        let bytes = many.saturating_sub(few) * 1024;
        verdict.hold(Claim::Memory, bytes <= more * BYTES_A_USER, || {
            format!("{more} more users took {bytes} more bytes in a {what}")
        });
    }
    let each = |few: u64, many: u64| many.saturating_sub(few) * 1024 / more;
    Ok(Findings {
        claims: CLAIMS,
        figures: format!(
            "peak memory {:.1} MB at {} users, {:.1} MB at {}, {} bytes for each more; resumed {:.1} MB and {:.1} MB, {}",
            megabytes(few.run),
            sizes[0],
            megabytes(many.run),
            sizes[1],
            each(few.run, many.run),
            megabytes(few.resumed),
            megabytes(many.resumed),
            each(few.resumed, many.resumed)
        ),
        verdict,
    })
}

/// Peak memory in kilobytes.
struct Peaks {
    run: u64,
    /// Of a second run over the whole journal.
    resumed: u64,
}

fn measure(setting: &Setting, name: &str, users: usize) -> Result<(Peaks, Verdict)> {
    let tenant = stage::tenant(users, &json!({}));
    let mut stage = Stage::new(setting, name, &tenant, stage::by_id(users))?;
    let orders = Orders {
        batch: 20,
        ..Orders::fast()
    };
    let peaks = Peaks {
        run: finish(&mut stage, &orders)?,
        resumed: finish(&mut stage, &orders)?,
    };
    let mut evidence = stage.evidence()?;
    let expected = || Expected::state(&["accepted"]);
    let people = stage.people.keys();
    evidence.expected = people.map(|user| (user.clone(), expected())).collect();
    let verdict = stage.judge(&evidence)?;
    Ok((peaks, verdict))
}

fn finish(stage: &mut Stage, orders: &Orders) -> Result<u64> {
    let worker = stage.start(orders)?;
    stage.finish(worker)
}

fn megabytes(kilobytes: u64) -> f64 {
    f64::from(u32::try_from(kilobytes).unwrap_or(u32::MAX)) / 1024.0
}
