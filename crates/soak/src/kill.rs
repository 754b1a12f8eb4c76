//! A run that is killed many times, under faults, and resumed each time.

use std::collections::BTreeMap;
use std::time::Instant;

use serde_json::json;

use super::claims::{Claim, Verdict};
use super::evidence::{Evidence, Expected};
use super::journal::State;
use super::model::Timeline;
use super::moments::{Hunt, Moment, Phase};
use super::random::Random;
use super::stage::{self, Orders, Stage};
use super::{Findings, Setting};
use crate::Result;

const CLAIMS: &[Claim] = &[
    Claim::Confirmed,
    Claim::Effect,
    Claim::Looked,
    Claim::Waits,
    Claim::Spread,
    Claim::Doubted,
    Claim::Quiet,
];

/// Kilobytes that the journal may grow by in a life that runs out of room.
const ROOM: u64 = 50;
/// How many lives in a row make a long doubt.
const LONG: usize = 3;
/// A run that takes more lives than this without a kill does not settle.
const MAX_LIVES: usize = 20;

struct Form {
    users: usize,
    kills: usize,
    /// Every third life or so sends in batches; all that are held at a kill may go on.
    batch: usize,
    /// Kills in each phase, and people in long doubt, at least.
    in_phase: usize,
    doubted: usize,
}

const LONG_FORM: Form = Form {
    users: 5000,
    kills: 50,
    batch: 20,
    in_phase: 4,
    doubted: 20,
};

const SHORT_FORM: Form = Form {
    users: 600,
    kills: 16,
    batch: 4,
    in_phase: 1,
    doubted: 3,
};

/// How the lives end, in this order; between the two parts of it by chance. A life that is killed over its first reads settles
/// no user, so that those in doubt before stay in doubt.
const BEGINNING: [Moment; 11] = [
    Moment::Arrived,
    Moment::Reading,
    Moment::Reading,
    Moment::Acted,
    Moment::Waiting,
    Moment::Anywhere,
    Moment::Late,
    Moment::Written,
    Moment::WaitingBatched,
    Moment::Late,
    Moment::Reading,
];
const END: [Moment; 5] = [
    Moment::Acted,
    Moment::Last,
    Moment::Last,
    Moment::Last,
    Moment::Last,
];
const MIDDLE: [Moment; 12] = [
    Moment::Arrived,
    Moment::Acted,
    Moment::Anywhere,
    Moment::Anywhere,
    Moment::Reading,
    Moment::Reading,
    Moment::Reading,
    Moment::Written,
    Moment::Waiting,
    Moment::WaitingBatched,
    Moment::Late,
    Moment::Late,
];

pub(super) fn run(setting: &Setting) -> Result<Findings> {
    let form = if setting.short { SHORT_FORM } else { LONG_FORM };
    let rates = json!({
        "429": 0.02, "503": 0.02, "500": 0.02, "504": 0.02, "reset_before": 0.02, "reset_after": 0.02, "broken_batch": 0.05,
    });
    let chaos = json!({"chaos": {"seed": setting.seed, "rates": rates, "retry_after": "0.005"}});
    let tenant = stage::tenant(form.users, &chaos);
    let mut stage = Stage::new(setting, "kill", &tenant, stage::by_id(form.users))?;
    let kills = kill(&mut stage, &form, setting.seed)?;
    let without_room = stage.lives().iter().filter(|life| life.had_no_room).count();

    let orders = orders(1);
    let lives = stage.lives().len();
    while !stage.is_settled() && stage.lives().len() < lives + MAX_LIVES {
        let worker = stage.start(&orders)?;
        stage.finish_or_give_up(worker)?;
    }
    let before = stage.count("attempts")?;
    let worker = stage.start(&orders)?;
    stage.finish(worker)?;
    let attempts = stage.count("attempts")?;

    let mut evidence = stage.evidence()?;
    let people = stage.people.keys();
    evidence.expected = people.map(|user| (user.clone(), Expected::done())).collect();
    let mut verdict = stage.judge(&evidence)?;
    verdict.hold(Claim::Quiet, attempts == before, || {
        format!("{} requests were sent", attempts - before)
    });
    verdict.hold(Claim::Quiet, stage.is_settled(), || {
        "a user was not done before".to_owned()
    });
    let spread = spread(&kills, &form, &mut verdict);
    let doubts = doubts(&evidence, &form, &mut verdict);
    let landed = landed(&evidence, &mut verdict);
    Ok(Findings {
        claims: CLAIMS,
        figures: format!(
            "{} users, {} kills: {spread}; {without_room} life without room for its journal, {attempts} requests reached the service, {landed}, {doubts}",
            form.users,
            kills.len()
        ),
        verdict,
    })
}

fn orders(batch: usize) -> Orders {
    Orders {
        batch,
        ..Orders::fast()
    }
    .with(&["--attempts", "3", "--longest-wait", "0.005"])
}

/// A kill: in which phase, and how many of a thousand users had been acted on by then.
struct Kill {
    phase: Phase,
    done: u64,
}

fn kill(stage: &mut Stage, form: &Form, seed: u64) -> Result<Vec<Kill>> {
    let mut random = Random::new(seed);
    let mut kills = Vec::new();
    while kills.len() < form.kills {
        let left = form.kills - kills.len();
        let moment = match (BEGINNING.get(kills.len()), left.checked_sub(1)) {
            (_, Some(end)) if end < END.len() => END.iter().rev().nth(end).copied(),
            (Some(moment), _) => Some(*moment),
            (None, _) => random.pick(&MIDDLE),
        };
        let users = form.users as u64;
        if kills.len() == form.kills / 2 && cfg!(unix) && !stage.lives().iter().any(|life| life.had_no_room) {
            let cramped = Orders {
                room: Some(ROOM),
                ..orders(1)
            };
            let worker = stage.start(&cramped)?;
            stage.run_out(worker)?;
        }
        let acted = stage.count("actions")?.min(users);
        let share = ((users - acted) / (left as u64 + 1)).max(1);
        let moment = moment.unwrap_or(Moment::Anywhere);
        let in_batches = match moment {
            Moment::Waiting => false,
            Moment::WaitingBatched => true,
            _ => random.below(3) == 0 && share > form.batch as u64,
        };
        let caught = Hunt {
            moment,
            orders: &orders(if in_batches { form.batch } else { 1 }),
            share,
            last: form.users,
            until: Instant::now() + stage.patience,
        }
        .run(stage, &mut random)?;
        let Some(phase) = caught.phase else {
            // It was done before the moment came. There is another try as long as users are left.
            stage.finish_or_give_up(caught.worker)?;
            if stage.lives().len() > form.kills + MAX_LIVES {
                break;
            }
            continue;
        };
        let done = stage.count("actions")?.min(users) * 1000 / users;
        stage.kill(caught.worker, caught.held)?;
        kills.push(Kill { phase, done });
    }
    Ok(kills)
}

/// Compares the spread with the form, and describes it.
fn spread(kills: &[Kill], form: &Form, verdict: &mut Verdict) -> String {
    verdict.hold(Claim::Spread, kills.len() == form.kills, || {
        format!("only {} of {} lives could be killed", kills.len(), form.kills)
    });
    let mut phases = BTreeMap::new();
    for phase in Phase::ALL {
        let count = kills.iter().filter(|kill| kill.phase == phase).count();
        phases.insert(format!("{phase:?}").to_lowercase(), count);
        verdict.hold(Claim::Spread, count >= form.in_phase, || {
            format!("{count} kills while {phase:?}, not {}", form.in_phase)
        });
    }
    let mut quarters = [0; 4];
    for kill in kills {
        let at = usize::try_from(kill.done * 4 / 1001).unwrap_or(3);
        if let Some(quarter) = quarters.get_mut(at) {
            *quarter += 1;
        }
    }
    for (at, count) in quarters.iter().enumerate() {
        verdict.hold(Claim::Spread, *count > 0, || {
            format!("no kill in quarter {} of the users", at + 1)
        });
    }
    let phases: Vec<String> = phases
        .iter()
        .map(|(phase, count)| format!("{count} {phase}"))
        .collect();
    format!("{}, {quarters:?} by quarter of the users", phases.join(", "))
}

fn doubts(evidence: &Evidence, form: &Form, verdict: &mut Verdict) -> String {
    let longest = Timeline::new(evidence).longest_doubts();
    let long = longest.values().filter(|&&lives| lives >= LONG).count();
    verdict.hold(Claim::Doubted, long >= form.doubted, || {
        format!("{long} people over {LONG} lives, not {}", form.doubted)
    });
    let most = longest.values().max().copied().unwrap_or(0);
    let states = State::of_all(&evidence.lines);
    let confirmed = states
        .values()
        .filter(|state| state.outcome == "confirmed")
        .count();
    format!(
        "{long} people in doubt over {LONG} lives and more, at most {most}; {confirmed} confirmed by a look"
    )
}

/// How many requests of a dead life landed in a later one, and how many people were ordered twice by that.
fn landed(evidence: &Evidence, verdict: &mut Verdict) -> String {
    let timeline = Timeline::new(evidence);
    let late = evidence
        .attempts
        .iter()
        .filter(|attempt| timeline.life_at(&attempt.arrived) < timeline.life_at(&attempt.time));
    let persons: Vec<&str> = late.filter_map(|attempt| attempt.person.as_deref()).collect();
    let acted_twice = |person: &&&str| {
        let attempts = timeline.attempts(person).iter();
        attempts.filter(|attempt| attempt.acted).count() > 1
    };
    let twice = persons.iter().filter(acted_twice).count();
    for (what, count) in [
        ("landed a life late", persons.len()),
        ("ordered a person twice", twice),
    ] {
        verdict.hold(Claim::Spread, count > 0, || format!("no request {what}"));
    }
    format!(
        "{} landed a life late, {twice} of them on people ordered twice",
        persons.len()
    )
}
