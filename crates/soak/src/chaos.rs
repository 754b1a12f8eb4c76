//! A service that throttles, breaks down, loses answers and garbles them, until each user is settled all the same.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::claims::{Claim, Verdict};
use super::evidence::Expected;
use super::service::Attempt;
use super::stage::{self, Orders, Stage};
use super::{Findings, Setting};
use crate::Result;

const CLAIMS: &[Claim] = &[
    Claim::Confirmed,
    Claim::Failed,
    Claim::Unknown,
    Claim::Effect,
    Claim::Looked,
    Claim::Struck,
];

/// A list that takes more lives than this does not settle.
const MAX_LIVES: usize = 60;

/// What strikes a request, alone or as a whole batch; only some strike one inside a batch.
const MISHAPS: [&str; 9] = [
    "429",
    "503",
    "504",
    "reset_before",
    "reset_after",
    "429_bare",
    "500",
    "502",
    "html_403",
];
const INSIDE: [&str; 6] = ["429", "503", "504", "429_bare", "500", "502"];
const BREAKAGES: [&str; 4] = ["html", "missing", "wrong_id", "cut"];

struct Form {
    users: usize,
    batch: usize,
    /// The rate of each of the first five mishaps, of each of the others, and of broken batches.
    rate: f64,
    rare: f64,
    broken: f64,
}

/// Users one by one.
pub(super) fn run_single(setting: &Setting) -> Result<Findings> {
    run(setting, "chaos", 1)
}

/// Users in batches, whose answers break, too.
pub(super) fn run_batched(setting: &Setting) -> Result<Findings> {
    run(setting, "batch", 20)
}

fn run(setting: &Setting, name: &str, batch: usize) -> Result<Findings> {
    let form = if setting.short {
        // Small batches that break often, so that they break in every way.
        Form {
            users: 700,
            batch: batch.min(5),
            rate: 0.06,
            rare: 0.02,
            broken: 0.25,
        }
    } else {
        Form {
            users: 20_000,
            batch,
            rate: 0.05,
            rare: 0.01,
            broken: 0.05,
        }
    };
    let mut rates = json!({"broken_batch": form.broken});
    for (at, mishap) in MISHAPS.iter().enumerate() {
        rates[mishap] = json!(if at < 5 { form.rate } else { form.rare });
    }
    let chaos = json!({"chaos": {"seed": setting.seed, "rates": rates, "retry_after": "0.005"}});
    let tenant = stage::tenant(form.users, &chaos);
    let mut stage = Stage::new(setting, name, &tenant, stage::by_id(form.users))?;
    // Two attempts, so that a request comes to its end in every way.
    let orders = Orders {
        batch: form.batch,
        ..Orders::fast()
    }
    .with(&["--attempts", "2", "--longest-wait", "0.005"]);
    while !stage.is_settled() && stage.lives().len() < MAX_LIVES {
        let worker = stage.start(&orders)?;
        stage.finish_or_give_up(worker)?;
    }
    let mut evidence = stage.evidence()?;
    let people = stage.people.keys();
    evidence.expected = people.map(|user| (user.clone(), Expected::done())).collect();
    let mut verdict = stage.judge(&evidence)?;
    let struck = Struck::count(&evidence.attempts);
    struck.hold(&rates, batch > 1, setting.short, &mut verdict);
    let first = stage.lives().first().and_then(|life| life.counts.clone());
    let reported = first.map(|counts| {
        let count = |name: &str| counts.get(name).copied().unwrap_or(0);
        format!(
            "first run {} accepted, {} failed, {} unknown",
            count("accepted"),
            count("failed"),
            count("unknown")
        )
    });
    Ok(Findings {
        claims: CLAIMS,
        figures: format!(
            "{} users, {} attempts, {}; {}; settled after {} runs",
            form.users,
            evidence.attempts.len(),
            struck.describe(),
            reported.unwrap_or_default(),
            stage.lives().len()
        ),
        verdict,
    })
}

/// How often something struck, and how often it could have.
#[derive(Clone, Copy, Debug, Default)]
struct Share {
    struck: u32,
    of: u32,
}

impl Share {
    fn rate(self) -> f64 {
        f64::from(self.struck) / f64::from(self.of.max(1))
    }

    /// Within a fifth of the rate, or within three standard deviations.
    fn is_near(self, rate: f64) -> bool {
        let deviation = (rate * (1.0 - rate) / f64::from(self.of.max(1))).sqrt();
        (self.rate() - rate).abs() <= (rate / 5.0).max(3.0 * deviation)
    }
}

/// What struck the writes.
struct Struck {
    shares: BTreeMap<String, Share>,
    batched: usize,
}

impl Struck {
    fn count(attempts: &[Attempt]) -> Self {
        let mut batches: BTreeMap<&str, Vec<&Attempt>> = BTreeMap::new();
        let mut struck = Self {
            shares: BTreeMap::new(),
            batched: 0,
        };
        for attempt in attempts {
            match &attempt.batch {
                None => struck.add(&MISHAPS, attempt.fault.as_deref()),
                Some(batch) => batches.entry(batch).or_default().push(attempt),
            }
        }
        for parts in batches.values() {
            struck.batched += parts.len();
            let whole = parts.first().and_then(|part| part.batch_fault.as_deref());
            struck.add(&[&MISHAPS[..], &BREAKAGES].concat(), whole);
            // No part of a request that is not carried out can be struck.
            if parts.iter().any(|part| part.acted || part.fault.is_some()) {
                for part in parts {
                    struck.add(&INSIDE, part.fault.as_deref());
                }
            }
        }
        struck
    }

    fn add(&mut self, possible: &[&str], met: Option<&str>) {
        for &name in possible {
            let share = self.shares.entry(name.to_owned()).or_default();
            share.of += 1;
            share.struck += u32::from(met == Some(name));
        }
    }

    fn share(&self, name: &str) -> Share {
        self.shares.get(name).copied().unwrap_or_default()
    }

    /// The four ways in which batches break, together.
    fn broken(&self) -> Share {
        let shares = BREAKAGES.map(|name| self.share(name));
        Share {
            struck: shares.iter().map(|share| share.struck).sum(),
            of: shares[0].of,
        }
    }

    fn hold(&self, rates: &Value, in_batches: bool, short: bool, verdict: &mut Verdict) {
        let broken: BTreeSet<&str> = BREAKAGES.into_iter().filter(|_| in_batches).collect();
        for name in MISHAPS.into_iter().chain(broken) {
            let share = self.share(name);
            verdict.hold(Claim::Struck, share.struck > 0, || format!("{name} never struck"));
            let rate = rates[name].as_f64().filter(|_| !short);
            let is_near = rate.is_none_or(|rate| share.is_near(rate));
            verdict.hold(Claim::Struck, is_near, || {
                format!("{name} struck {} of {}", share.struck, share.of)
            });
        }
        if in_batches {
            let share = self.broken();
            let is_near = rates["broken_batch"]
                .as_f64()
                .is_some_and(|rate| share.is_near(rate));
            verdict.hold(Claim::Struck, short || is_near, || {
                format!("{} of {} batches were broken", share.struck, share.of)
            });
            verdict.hold(Claim::Struck, self.batched > 0, || {
                "no user was sent in a batch".to_owned()
            });
        }
    }

    fn describe(&self) -> String {
        let percent = |name: &str, share: Share| format!("{name} {:.1} %", share.rate() * 100.0);
        let mut reported: Vec<String> = MISHAPS
            .iter()
            .map(|name| percent(name, self.share(name)))
            .collect();
        if self.batched > 0 {
            reported.push(percent("broken", self.broken()));
            reported.push(format!("{} attempts in batches", self.batched));
        }
        reported.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempt(batch: Option<&str>, fault: Option<&str>, batch_fault: Option<&str>, acted: bool) -> Attempt {
        let time = "2026-01-01T00:00:00.000Z";
        Attempt::parse(&json!({
            "order": 1, "time": time, "arrived": time, "devices": [], "acted": acted, "batch": batch, "fault": fault,
            "batch_fault": batch_fault,
        }))
        .unwrap()
    }

    #[test]
    fn mishaps_are_counted_where_they_can_strike() {
        let struck = Struck::count(&[
            attempt(None, Some("429"), None, false),
            attempt(None, None, None, true),
            attempt(Some("a"), Some("503"), Some("cut"), false),
            attempt(Some("a"), None, Some("cut"), true),
            attempt(Some("b"), None, Some("429"), false),
            attempt(Some("b"), None, Some("429"), false),
        ]);
        let share = |name: &str| (struck.share(name).struck, struck.share(name).of);
        assert_eq!(
            share("429"),
            (2, 6),
            "two alone, two batches, the two of one batch"
        );
        assert_eq!(share("503"), (1, 6));
        assert_eq!(share("reset_after"), (0, 4));
        assert_eq!(share("cut"), (1, 2));
        assert_eq!((struck.broken().struck, struck.broken().of), (1, 2));
        assert_eq!(struck.batched, 4);
        let mut verdict = Verdict::default();
        struck.hold(&json!({}), true, true, &mut verdict);
        let error = verdict.of(Claim::Struck).unwrap_err().to_string();
        assert!(error.contains("504 never struck"), "{error}");
    }

    #[test]
    fn a_rate_is_met_within_a_fifth_of_it() {
        let near = |struck, of| Share { struck, of }.is_near(0.05);
        assert!(near(1000, 20_000) && near(1190, 20_000) && near(810, 20_000));
        assert!(!near(1210, 20_000) && !near(790, 20_000));
        assert!(near(8, 100) && !near(20, 100), "few may be further off");
    }
}
