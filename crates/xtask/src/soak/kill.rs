//! A run that is killed again and again, and goes on each time.

use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::claims::Claim;
use super::journal::Fold;
use super::model;
use super::random::Random;
use super::stage::{self, Orders, PATIENCE, Stage};
use super::worker::Worker;
use super::{Report, Setting};
use crate::tools::Result;

pub(super) const CLAIMS: &[Claim] = &[
    Claim::Accepted,
    Claim::Confirmed,
    Claim::Once,
    Claim::WrittenAhead,
    Claim::Devices,
    Claim::Person,
    Claim::States,
    Claim::Rows,
    Claim::Settled,
    Claim::Quiet,
];

pub(super) fn run(setting: &Setting) -> Result<Report> {
    let (users, kills) = if setting.short { (600, 12) } else { (5000, 50) };
    let tenant = stage::tenant(users, &json!({}));
    let mut stage = Stage::new("kill", setting.program.clone(), &tenant, stage::by_id(users))?;
    let mut random = Random::new(setting.seed);
    let mut killed = 0;
    while killed < kills {
        let left = kills - killed + 1;
        let users_left = users as u64 - stage.count("actions")?.min(users as u64);
        let share = (users_left / (left + 1)).max(1);
        let in_batches = random.below(3) == 0 && share > 25;
        let orders = Orders {
            batch: if in_batches { 20 } else { 1 },
            ..Orders::fast()
        };
        let (worker, reached) = live_until(&stage, &orders, &mut random, share)?;
        if !reached {
            stage.finish(worker, PATIENCE)?;
            break;
        }
        stage.kill(worker, random.below(2) == 0)?;
        killed += 1;
    }
    let worker = stage.start(&Orders::fast())?;
    stage.finish(worker, PATIENCE)?;
    let before = stage.count("attempts")?;
    let worker = stage.start(&Orders::fast())?;
    stage.finish(worker, PATIENCE)?;
    let attempts = stage.count("attempts")?;

    let mut evidence = stage.evidence()?;
    evidence.expected = stage
        .people
        .keys()
        .map(|user| (user.clone(), &["accepted", "confirmed"][..]))
        .collect();
    let confirmed = Fold::of(&evidence.lines)
        .0
        .values()
        .filter(|state| state.outcome() == "confirmed")
        .count();
    let mut verdict = model::judge(&evidence);
    verdict.hold(Claim::Quiet, attempts == before, || {
        format!("{} requests were sent", attempts - before)
    });
    verdict.hold(Claim::Quiet, stage.is_settled(), || {
        "somebody was not done before".to_owned()
    });
    verdict.hold(Claim::Settled, killed == kills, || {
        format!("only {killed} of {kills} lives could be killed")
    });
    Ok(Report {
        claims: CLAIMS,
        figures: format!(
            "{users} users, {killed} kills, {attempts} requests reached the service, {confirmed} users confirmed by a read"
        ),
        verdict,
    })
}

/// Starts a worker and waits for a moment to kill it in, some `share` of users on; false if it was done before.
fn live_until(stage: &Stage, orders: &Orders, random: &mut Random, share: u64) -> Result<(Worker, bool)> {
    let attempts = random.between(0, share);
    let base = stage.count("attempts")?;
    let (point, after, query) = match random.below(3) {
        0 => ("arrived", attempts, "held=1".to_owned()),
        1 => ("acted", attempts, "held=1".to_owned()),
        // At any moment; held up all the same if that comes too late, so that enough is left for the lives to come.
        _ => (
            "arrived",
            attempts + share / 2,
            format!("attempts={}", base + attempts),
        ),
    };
    let pause = random.below(25);
    let order = json!({"match": "removeAll", "point": point, "after": after / orders.batch as u64});
    stage.emulator.post("/_emulator/hold", &order)?;
    let mut worker = stage.start(orders)?;
    let end = Instant::now() + Duration::from_secs(120);
    while worker.is_running()? {
        let answer: Value = stage
            .emulator
            .get(&format!("/_emulator/wait?{query}&seconds=0.2"))?;
        if answer["reached"] == true || answer["counts"]["held"] != 0 {
            thread::sleep(Duration::from_millis(pause));
            if !worker.is_running()? {
                break;
            }
            return Ok((worker, true));
        }
        if Instant::now() > end {
            return Err(format!("the worker did not come to {query} within two minutes").into());
        }
    }
    stage.emulator.post("/_emulator/release", &json!({}))?;
    Ok((worker, false))
}
