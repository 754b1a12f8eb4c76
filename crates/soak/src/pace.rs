//! The service's quotas: used to the full, kept, and shared with another app.

use std::thread;

use serde_json::{Value, json};

use super::claims::{Claim, Verdict};
use super::clock::ms_between;
use super::evidence::{Evidence, Expected};
use super::stage::{self, Orders, Stage};
use super::{Findings, Setting};
use crate::Result;

const CLAIMS: &[Claim] = &[Claim::Used, Claim::Kept];

/// The least use of a quota, in thousandths, once it settled, and the limit of refused requests of 100,000: alone, and beside
/// another app. The same in both forms, whose quotas differ.
const USED: u64 = 970;
/// Reads leave in groups of twenty, which leaves gaps in a window. More is promised of writes.
const USED_BY_READS: u64 = 900;
const REFUSED: u64 = 100;
const REFUSED_BESIDE: u64 = 2000;

/// Of what another app leaves, in the form whose windows are long beside a wait of a second.
const USED_BESIDE: u64 = 950;
const USED_BESIDE_SHORT: u64 = 800;
/// How many of 10,000 writes are refused for other reasons, and the limit of the time of such a run, in percent of the time that
/// the quota demands.
const OTHER_REASONS: [(u64, u64); 2] = [(50, 125), (200, 160)];

/// A quota, and how many windows it takes to settle: the first minute, of windows of 20 seconds.
struct Form {
    writes: usize,
    /// Of the app and the other one together. Each try for more costs a refusal or some, however wide the quota is, so that of
    /// a small one they are a larger part than of the real one in as many windows.
    shared: usize,
    /// Seconds of the window.
    window: usize,
    /// Windows that each kind of traffic takes.
    alone: usize,
    others: usize,
    beside: usize,
    used_beside: u64,
    /// How long a refusal for other reasons asks to wait, in seconds.
    wait: &'static str,
}
const SETTLING: usize = 3;

/// The quota that the service documents.
const REAL: Form = Form {
    writes: 200,
    shared: 200,
    window: 20,
    alone: 20,
    others: 8,
    beside: 20,
    used_beside: USED_BESIDE,
    wait: "1",
};

/// A shorter window, wide enough that the latency of a busy machine is still a small part of it. Four times the requests in a
/// second, so that as many are counted in less time.
const SHORT: Form = Form {
    writes: 200,
    shared: 400,
    window: 5,
    alone: 7,
    others: 7,
    beside: 10,
    used_beside: USED_BESIDE_SHORT,
    wait: "0.25",
};

/// Traffic of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Alone,
    Batches,
    /// Reads are the narrowest quota.
    Reads,
    /// The tenant's quota is as wide as the app's, and another app takes half of it from the second window on.
    Beside,
    /// How many of 10,000 writes are refused for other reasons.
    OtherReasons {
        refused: u64,
        most: u64,
    },
}

impl Kind {
    fn name(self) -> String {
        match self {
            Self::OtherReasons { refused, .. } => format!("other-reasons-{refused}"),
            _ => format!("{self:?}").to_lowercase(),
        }
    }
}

const KINDS: [Kind; 6] = [
    Kind::Alone,
    Kind::Batches,
    Kind::Reads,
    Kind::Beside,
    Kind::OtherReasons {
        refused: OTHER_REASONS[0].0,
        most: OTHER_REASONS[0].1,
    },
    Kind::OtherReasons {
        refused: OTHER_REASONS[1].0,
        most: OTHER_REASONS[1].1,
    },
];

pub(super) fn run(setting: &Setting) -> Result<Findings> {
    let form = if setting.short { SHORT } else { REAL };
    // Side by side, as they mostly wait.
    let measured: Vec<_> = thread::scope(|scope| {
        let runs = KINDS.map(|kind| {
            let form = &form;
            scope.spawn(move || measure(setting, form, kind))
        });
        runs.into_iter().map(thread::ScopedJoinHandle::join).collect()
    });
    let mut verdict = Verdict::default();
    let mut figures = Vec::new();
    for (kind, measured) in KINDS.into_iter().zip(measured) {
        let (traffic, judged) = measured.map_err(|_| "a measurement panicked")??;
        verdict.merge(judged);
        figures.push(hold(&form, kind, &traffic, &mut verdict));
    }
    Ok(Findings {
        claims: CLAIMS,
        figures: format!("{} in {} s: {}", form.writes, form.window, figures.join("; ")),
        verdict,
    })
}

fn hold(form: &Form, kind: Kind, traffic: &Traffic, verdict: &mut Verdict) -> String {
    let window = form.window as u64 * 1000;
    if let Kind::OtherReasons { refused, most } = kind {
        let (count, of) = traffic.refused(0);
        let percent = traffic.percent_of_ideal(window, form.writes);
        verdict.hold(Claim::Used, percent <= most, || {
            format!("{refused} of 10,000 refused for other reasons: {percent} % of the time that the quota demands")
        });
        return format!(
            "{refused} of 10,000 refused for other reasons: {percent} % of the ideal time, {count} of {of} refused"
        );
    }
    // Another app that begins is something new to settle with.
    let settled = match kind {
        Kind::Beside => window * (SETTLING as u64 + 1),
        _ => window * SETTLING as u64,
    };
    let quota = match kind {
        Kind::Beside => form.shared / 2,
        _ => form.writes,
    };
    let used = traffic.used(settled, window, quota);
    let ever = traffic.used(0, window, quota);
    let (refused, of) = traffic.refused(if kind == Kind::Beside { settled } else { 0 });
    let share = (refused * 100_000).checked_div(of).unwrap_or(100_000);
    let limit = if kind == Kind::Beside {
        REFUSED_BESIDE
    } else {
        REFUSED
    };
    verdict.hold(Claim::Kept, share < limit, || {
        format!("{kind:?}: {refused} of {of} requests were refused")
    });
    let is_used = match kind {
        Kind::Beside => used >= form.used_beside,
        Kind::Reads => used >= USED_BY_READS,
        _ => used >= USED,
    };
    verdict.hold(Claim::Used, is_used, || {
        format!("{kind:?}: {} of the quota was used", tenths(used))
    });
    let half = if kind == Kind::Beside { " of its half" } else { "" };
    format!(
        "{kind:?} {} used{half} from second {}, {} from the first, {refused} of {of} refused",
        tenths(used),
        settled / 1000,
        tenths(ever)
    )
}

/// When requests came, in milliseconds from the first, in order; and which were refused.
struct Traffic {
    granted: Vec<u64>,
    refused: Vec<u64>,
}

impl Traffic {
    fn of(evidence: &Evidence, kind: Kind, refused_reads: u64) -> Result<Self> {
        let writes = || evidence.attempts.iter();
        let (mut granted, mut refused): (Vec<&str>, Vec<&str>) = match kind {
            Kind::Reads => (
                evidence.sights.iter().map(|read| read.time.as_str()).collect(),
                Vec::new(),
            ),
            _ => (
                writes()
                    .filter(|write| write.status != Some(429))
                    .map(|write| write.time.as_str())
                    .collect(),
                writes()
                    .filter(|write| write.status == Some(429))
                    .map(|write| write.time.as_str())
                    .collect(),
            ),
        };
        granted.sort_unstable();
        refused.sort_unstable();
        let first = granted.first().copied().ok_or("no traffic")?;
        let from_first = |times: Vec<&str>| -> Option<Vec<u64>> {
            let ms = times.into_iter().map(|time| ms_between(first, time.max(first)));
            ms.collect()
        };
        let mut traffic = Self {
            granted: from_first(granted).ok_or("no times")?,
            refused: from_first(refused).ok_or("no times")?,
        };
        // The time of a refusal does not matter, as none is allowed.
        for _ in 0..refused_reads {
            traffic.refused.push(u64::MAX);
        }
        Ok(traffic)
    }

    /// Of the quota, in thousandths, from a moment on: how much longer than a window it takes until as many more requests
    /// have come as a window has room for. Unlike a count of requests this does not depend on where in a window they come.
    fn used(&self, from: u64, window: u64, quota: usize) -> u64 {
        let later = self.granted.iter().skip(quota);
        let pairs = self.granted.iter().zip(later).filter(|(one, _)| **one >= from);
        let (mut count, mut took) = (0, 0);
        for (one, later) in pairs {
            count += 1;
            took += later - one;
        }
        (count * window * 1000).checked_div(took).unwrap_or(0)
    }

    /// How long all of it took, in percent of the time that the quota demands.
    fn percent_of_ideal(&self, window: u64, quota: usize) -> u64 {
        let took = self.granted.last().copied().unwrap_or(u64::MAX / 100);
        let ideal = self.granted.len() as u64 * window / quota as u64;
        (took * 100).checked_div(ideal).unwrap_or(u64::MAX)
    }

    /// How many requests from a moment on were refused, of how many.
    fn refused(&self, from: u64) -> (u64, u64) {
        let since = |times: &[u64]| times.iter().filter(|time| **time >= from).count() as u64;
        let refused = since(&self.refused);
        (refused, refused + since(&self.granted))
    }
}

fn measure(setting: &Setting, form: &Form, kind: Kind) -> Result<(Traffic, Verdict)> {
    let writes = match kind {
        Kind::Beside => form.shared,
        _ => form.writes,
    };
    let window = form.window;
    let mut quota = json!({"writes": writes, "seconds": window});
    let users = match kind {
        Kind::Alone => writes * form.alone,
        Kind::Batches | Kind::OtherReasons { .. } => writes * form.others,
        // Each takes two reads, of the user and of the devices; the service counts only the second.
        Kind::Reads => writes / 2 * form.others,
        Kind::Beside => writes * 3 / 2 + writes / 2 * form.beside,
    };
    let mut reset = serde_json::Map::new();
    match kind {
        // Sixteen connections may stand between the two.
        Kind::Reads => quota["reads"] = json!(writes / 2 + 16),
        Kind::Beside => {
            quota["tenant_writes"] = json!(writes);
            quota["other_app"] = json!({"writes": writes / 2, "from": window});
        }
        Kind::OtherReasons { refused, .. } => {
            // Wider than ours, as the service's is.
            quota["writes"] = json!(writes + writes / 3);
            let rate = f64::from(u32::try_from(refused)?) / 10_000.0;
            let chaos = json!({"seed": setting.seed, "rates": {"429": rate}, "retry_after": form.wait, "match": "removeAll"});
            reset.insert("chaos".to_owned(), chaos);
        }
        _ => {}
    }
    reset.insert("quota".to_owned(), quota);
    let tenant = stage::tenant(users, &Value::Object(reset));
    let name = kind.name();
    let mut stage = Stage::new(setting, &name, &tenant, stage::by_id(users))?;
    let reads = if kind == Kind::Reads { writes } else { writes * 10 };
    let orders = Orders {
        quota: format!("{writes}/{window}"),
        read_quota: format!("{reads}/{window}"),
        batch: if kind == Kind::Batches { 20 } else { 1 },
        ..Orders::fast()
    };
    let worker = stage.start(&orders)?;
    stage.finish(worker)?;
    let mut evidence = stage.evidence()?;
    let expected = || Expected::state(&["accepted"]);
    let people = stage.people.keys();
    evidence.expected = people.map(|user| (user.clone(), expected())).collect();
    let refused = stage.emulator.get("/_emulator/state")?["traffic"]["reads_throttled"]
        .as_array()
        .map_or(0, |counts| counts.iter().filter_map(Value::as_u64).sum());
    let traffic = Traffic::of(&evidence, kind, refused)?;
    Ok((traffic, stage.judge(&evidence)?))
}

/// Thousandths as percent.
fn tenths(thousandths: u64) -> String {
    format!("{}.{} %", thousandths / 10, thousandths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn use_is_measured_by_how_long_a_window_takes() {
        let traffic = |granted: Vec<u64>| Traffic {
            granted,
            refused: vec![0, 3000, u64::MAX],
        };
        // Two in a second, in bursts and evenly, and two in two seconds.
        let bursts = traffic(vec![0, 1, 1000, 1001, 2000, 2001]);
        assert_eq!(bursts.used(0, 1000, 2), 1000);
        assert_eq!(traffic(vec![0, 500, 1000, 1500, 2000]).used(0, 1000, 2), 1000);
        assert_eq!(traffic(vec![0, 1000, 2000, 3000]).used(0, 1000, 2), 500);
        assert_eq!(bursts.used(2000, 1000, 2), 0, "nothing is no use");
        assert_eq!(bursts.refused(2000), (2, 4));
    }

    #[test]
    fn the_bounds_are_those_that_are_promised() {
        let form = Form {
            writes: 10,
            shared: 10,
            window: 1,
            alone: 0,
            others: 0,
            beside: 0,
            used_beside: USED_BESIDE,
            wait: "1",
        };
        let broken = |kind: Kind, gap: u64, refused: usize| {
            let traffic = Traffic {
                granted: (0..1200).map(|at| at * gap / 10).collect(),
                refused: vec![100_000; refused],
            };
            let mut verdict = Verdict::default();
            hold(&form, kind, &traffic, &mut verdict);
            verdict.broken().collect::<Vec<_>>()
        };
        assert_eq!(broken(Kind::Alone, 1020, 1), []);
        assert_eq!(broken(Kind::Alone, 1040, 0), [Claim::Used]);
        assert_eq!(broken(Kind::Batches, 1040, 0), [Claim::Used]);
        assert_eq!(broken(Kind::Reads, 1120, 2), [Claim::Used, Claim::Kept]);
        assert_eq!(broken(Kind::Beside, 2000, 20), []);
        assert_eq!(broken(Kind::Beside, 2150, 30), [Claim::Used, Claim::Kept]);
        let other_reasons = Kind::OtherReasons {
            refused: 50,
            most: 125,
        };
        assert_eq!(broken(other_reasons, 1240, 100), []);
        assert_eq!(broken(other_reasons, 1270, 0), [Claim::Used]);
    }
}
