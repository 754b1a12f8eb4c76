//! The service's quota: used to the full, kept, and shared with another app.

use serde_json::{Value, json};

use super::claims::{Claim, Verdict};
use super::model;
use super::stage::{self, Orders, PATIENCE, Stage};
use super::{Report, Setting};
use crate::tools::Result;

pub(super) const CLAIMS: &[Claim] = &[
    Claim::Accepted,
    Claim::Once,
    Claim::WrittenAhead,
    Claim::Rows,
    Claim::Settled,
    Claim::Used,
    Claim::Kept,
];

/// A quota, how long it takes to settle, and what is good enough.
struct Form {
    writes: usize,
    /// Seconds of the window.
    window: usize,
    users: usize,
    users_beside: usize,
    /// How much of the quota is used at least, in thousandths.
    used: u64,
    /// How many of the writes may be answered 429, in thousandths of one percent.
    throttled: u64,
    throttled_beside: u64,
    /// How much of what another app leaves is used at least, in thousandths.
    used_beside: u64,
}

/// The quota that the service documents.
const REAL: Form = Form {
    writes: 200,
    window: 20,
    users: 4000,
    users_beside: 2000,
    used: 970,
    throttled: 100,
    throttled_beside: 2000,
    used_beside: 700,
};

/// A tenth of the window, in which a delay weighs ten times as much.
const SHORT: Form = Form {
    writes: 40,
    window: 2,
    users: 400,
    users_beside: 320,
    used: 800,
    throttled: 1000,
    throttled_beside: 8000,
    used_beside: 500,
};

/// Windows after which a quota counts as settled: the first minute, of windows of 20 seconds.
const SETTLING: usize = 3;

pub(super) fn run(setting: &Setting) -> Result<Report> {
    let form = if setting.short { SHORT } else { REAL };
    let quota = json!({"writes": form.writes, "reads": form.writes * 10, "seconds": form.window});
    let (alone, mut verdict) = measure(setting, "pace", &form, form.users, &quota)?;
    let settled = SETTLING * form.window;
    let used = alone.used(settled, form.window, form.writes);
    let throttled = alone.throttled(0);
    verdict.hold(Claim::Used, used >= form.used, || {
        format!("{} of the quota was used", tenths(used))
    });
    verdict.hold(Claim::Kept, throttled <= form.throttled, || {
        format!("{throttled} of 100,000 writes were answered 429")
    });

    // The tenant's quota is as wide as the app's, and another app takes half of it.
    let from = settled;
    let quota = json!({
        "writes": form.writes, "reads": form.writes * 10, "seconds": form.window, "tenant_writes": form.writes,
        "other_app": {"writes": form.writes / 2, "from": from},
    });
    let (beside, _) = measure(setting, "pace-beside", &form, form.users_beside, &quota)?;
    let settled = from + settled;
    let used_beside = beside.used(settled, form.window, form.writes / 2);
    let throttled_beside = beside.throttled(settled);
    verdict.hold(Claim::Kept, throttled_beside <= form.throttled_beside, || {
        format!("beside another app, {throttled_beside} of 100,000 writes were answered 429")
    });
    verdict.hold(Claim::Used, used_beside >= form.used_beside, || {
        format!(
            "beside another app, {} of what it leaves was used",
            tenths(used_beside)
        )
    });
    Ok(Report {
        claims: CLAIMS,
        figures: format!(
            "{} writes in {} s: {} used from window {}, {} of 100,000 answered 429; beside another app {} of the other \
             half used, {} of 100,000 answered 429",
            form.writes,
            form.window,
            tenths(used),
            SETTLING + 1,
            throttled,
            tenths(used_beside),
            throttled_beside
        ),
        verdict,
    })
}

/// Writes and refusals per second.
struct Traffic {
    writes: Vec<u64>,
    throttled: Vec<u64>,
}

impl Traffic {
    fn parse(state: &Value) -> Result<Self> {
        let column = |name: &str| -> Result<Vec<u64>> {
            let column = state["traffic"][name].as_array().ok_or("no traffic")?;
            Ok(column.iter().filter_map(Value::as_u64).collect())
        };
        Ok(Self {
            writes: column("writes")?,
            throttled: column("writes_throttled")?,
        })
    }

    /// Of the quota, in thousandths, over the whole windows from a second on to the last with a write in it.
    fn used(&self, from: usize, window: usize, writes: usize) -> u64 {
        let last = self.writes.iter().rposition(|&count| count > 0).unwrap_or(0);
        let windows = last.saturating_sub(from) / window;
        let sum: u64 = self.writes.iter().skip(from).take(windows * window).sum();
        (sum * 1000).checked_div((windows * writes) as u64).unwrap_or(0)
    }

    /// Of the writes from a second on, how many in 100,000 were answered 429.
    fn throttled(&self, from: usize) -> u64 {
        let sum = |column: &[u64]| column.iter().skip(from).sum::<u64>();
        let throttled = sum(&self.throttled);
        (throttled * 100_000)
            .checked_div(throttled + sum(&self.writes))
            .unwrap_or(100_000)
    }
}

fn measure(
    setting: &Setting,
    name: &str,
    form: &Form,
    users: usize,
    quota: &Value,
) -> Result<(Traffic, Verdict)> {
    let tenant = stage::tenant(users, &json!({"quota": quota}));
    let mut stage = Stage::new(name, setting.program.clone(), &tenant, stage::by_id(users))?;
    let orders = Orders {
        quota: format!("{}/{}", form.writes, form.window),
        read_quota: format!("{}/{}", form.writes * 10, form.window),
        ..Orders::fast()
    };
    let worker = stage.start(&orders)?;
    stage.finish(worker, PATIENCE)?;
    let traffic = Traffic::parse(&stage.emulator.get("/_emulator/state")?)?;
    let mut evidence = stage.evidence()?;
    evidence.expected = stage
        .people
        .keys()
        .map(|user| (user.clone(), &["accepted"][..]))
        .collect();
    Ok((traffic, model::judge(&evidence)))
}

/// Thousandths as percent.
fn tenths(thousandths: u64) -> String {
    format!("{}.{} %", thousandths / 10, thousandths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn use_is_counted_over_whole_windows() {
        let traffic = Traffic {
            writes: vec![40, 0, 20, 20, 10, 30, 40, 0, 7],
            throttled: vec![9, 0, 0, 0, 0, 0, 0, 1, 0],
        };
        assert_eq!(traffic.used(2, 2, 40), 1000);
        assert_eq!(traffic.used(4, 2, 80), 500);
        assert_eq!(traffic.used(8, 2, 40), 0, "no whole window");
        assert_eq!(traffic.throttled(6), 100_000 / 48);
        assert_eq!(traffic.throttled(9), 100_000, "nothing is no success");
    }
}
