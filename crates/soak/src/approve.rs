//! Multi Admin Approval through kills: each code is kept, decided, and used for its own user.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use serde_json::json;

use super::claims::Claim;
use super::evidence::Expected;
use super::service;
use super::stage::{self, Held, Orders, Stage};
use super::{Findings, Setting};
use crate::Result;

const CLAIMS: &[Claim] = &[
    Claim::Failed,
    Claim::Awaiting,
    Claim::Effect,
    Claim::Looked,
    Claim::Codes,
];

pub(super) fn run(setting: &Setting) -> Result<Findings> {
    let users: usize = if setting.short { 60 } else { 600 };
    let tenant = stage::tenant(users, &json!({}));
    let mut stage = Stage::new(setting, "approve", &tenant, stage::by_id(users))?;
    let orders = Orders {
        token: "approval-token",
        ..Orders::fast()
    }
    .with(&["--justification", "leaver", "--max-approvals", "1000000"]);
    let mut decided = BTreeMap::new();
    // Killed while requests are queued, and once more while approved ones are carried out.
    kill_after(&mut stage, &orders, users as u64 / 2)?;
    decide(&stage, &mut decided)?;
    kill_after(&mut stage, &orders, users as u64 / 4)?;
    finish(&mut stage, &orders)?;
    decide(&stage, &mut decided)?;
    finish(&mut stage, &orders)?;

    let mut evidence = stage.evidence()?;
    let expect = |person: &str| -> Expected {
        match decided.get(person).copied() {
            // A request does not name its user, so one whose code was lost can be found again only if it is the only one.
            _ if evidence.cut_off().contains(person) => {
                Expected::state(&["accepted", "confirmed", "failed", "awaiting_approval"])
            }
            Some("approved") => Expected::state(&["accepted"]),
            Some("rejected" | "expired") => Expected::state(&["failed"]),
            _ => Expected::state(&["awaiting_approval"]),
        }
    };
    let persons = evidence.approvals.iter();
    let expected = persons
        .map(|(person, _)| (person.clone(), expect(person)))
        .collect();
    let lost = evidence.cut_off().len();
    evidence.expected = expected;
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for status in decided.values() {
        *counts.entry(status).or_default() += 1;
    }
    let mut verdict = stage.judge(&evidence)?;
    let queued: BTreeSet<_> = evidence.approvals.iter().map(|(person, _)| person).collect();
    verdict.hold(Claim::Settled, queued.len() == users, || {
        format!("{} of {users} users were queued", queued.len())
    });
    Ok(Findings {
        claims: CLAIMS,
        figures: format!("{users} users queued, decided {counts:?}, 2 kills under {lost} requests"),
        verdict,
    })
}

/// Decides each request that is undecided, by turns; some are left waiting.
fn decide(stage: &Stage, decided: &mut BTreeMap<String, &'static str>) -> Result {
    for (number, (person, code)) in service::approvals(&stage.emulator)?.into_iter().enumerate() {
        let Some(&status) = ["approved", "rejected", "expired", "approved", ""].get(number % 5) else {
            continue;
        };
        if !status.is_empty() && !decided.contains_key(&person) {
            let path = format!("/_emulator/approvals/{code}");
            stage.emulator.post(&path, &json!({"status": status}))?;
            decided.insert(person, status);
        }
    }
    Ok(())
}

fn kill_after(stage: &mut Stage, orders: &Orders, attempts: u64) -> Result {
    let until = stage.count("attempts")? + attempts;
    let mut worker = stage.start(orders)?;
    let end = Instant::now() + stage.patience;
    while worker.is_running()? && Instant::now() < end {
        let path = format!("/_emulator/wait?attempts={until}&seconds=0.2");
        if stage.emulator.get(&path)?["reached"] == true {
            return stage.kill(worker, Held::GoOn);
        }
    }
    Err("the worker could not be killed in time".into())
}

fn finish(stage: &mut Stage, orders: &Orders) -> Result {
    let worker = stage.start(orders)?;
    stage.finish(worker).map(drop)
}
