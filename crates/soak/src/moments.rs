//! Moments to kill a worker in.

use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::model::PAUSE_SECONDS;
use super::random::Random;
use super::stage::{self, Held, Orders, Stage};
use super::worker::Worker;
use crate::Result;

/// How a moment is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    /// Requests have arrived and are held, nothing was done.
    Arrived,
    /// Requests were carried out, their answers are held.
    Acted,
    /// After some more requests, with anything under way.
    Anywhere,
    /// Reads are held.
    Reading,
    /// After some more bytes of the journal.
    Written,
    /// The run waits, as a 429 asked: one that came alone, or for some of a batch.
    Waiting,
    WaitingBatched,
    /// Requests are held and stay held: they land in the next life.
    Late,
    /// Only the last user is left, and under way.
    Last,
}

/// The phase of a run when it was killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    Reading,
    Sending,
    Waiting,
    Ending,
}

impl Phase {
    pub(super) const ALL: [Self; 4] = [Self::Reading, Self::Sending, Self::Waiting, Self::Ending];
}

/// How a worker came to its end.
pub(super) struct Caught {
    pub(super) worker: Worker,
    /// `None` if it was done before.
    pub(super) phase: Option<Phase>,
    pub(super) held: Held,
}

/// How the moment of a life is chosen.
pub(super) struct Hunt<'a> {
    pub(super) moment: Moment,
    pub(super) orders: &'a Orders,
    /// After about this many more users.
    pub(super) share: u64,
    pub(super) last: usize,
    pub(super) until: Instant,
}

impl Hunt<'_> {
    /// Starts a worker and waits for the moment.
    pub(super) fn run(&self, stage: &mut Stage, random: &mut Random) -> Result<Caught> {
        let overlaps = stage.count("held")? > 0;
        let base = stage.count("attempts")?;
        let size = stage.journal_size();
        if overlaps {
            // Then some requests of this life are under way when those of the dead one land.
            stage
                .emulator
                .post("/_emulator/hold", &json!({"match": "removeAll"}))?;
        } else {
            self.hold(stage, random)?;
        }
        let mut worker = stage.start(self.orders)?;
        if overlaps {
            let held = stage.count("held")?;
            self.wait(stage, &mut worker, &format!("held={}", held + 1), |_| false)?;
            stage.emulator.post("/_emulator/release", &json!({}))?;
            self.hold(stage, random)?;
        }
        let on = random.between(self.share / 2, self.share * 3 / 2).max(1);
        let is_caught = match self.moment {
            Moment::Anywhere => self.wait(stage, &mut worker, &format!("attempts={}", base + on), is_held)?,
            Moment::Written => {
                // A user is some 1,500 bytes.
                let goal = size + on * 1500 + random.below(1500);
                self.written(stage, &mut worker, goal)?
            }
            Moment::Waiting | Moment::WaitingBatched => self.refuse(stage, &mut worker, base + on)?,
            Moment::Arrived | Moment::Acted | Moment::Late => {
                let all = random.between(4, 14);
                let several = format!("held={all}");
                let wish = self.wait(stage, &mut worker, "held=1", |_| false)?;
                // More may follow.
                wish && {
                    stage
                        .emulator
                        .get(&format!("/_emulator/wait?{several}&seconds=0.2"))?;
                    true
                }
            }
            Moment::Reading | Moment::Last => self.wait(stage, &mut worker, "held=1", |_| false)?,
        };
        let pause = match self.moment {
            // A worker that waits for a second is seen, too.
            Moment::Waiting | Moment::WaitingBatched => 1300 + random.below(200),
            _ => random.below(25),
        };
        thread::sleep(Duration::from_millis(pause));
        let is_caught = is_caught && worker.is_running()?;
        if !is_caught {
            stage.emulator.post("/_emulator/release", &json!({}))?;
            stage.emulator.delete("/_emulator/faults")?;
        }
        Ok(Caught {
            phase: is_caught
                .then(|| self.phase(&stage.counts()?, base))
                .transpose()?,
            worker,
            held: match self.moment {
                Moment::Late => Held::Stay,
                // Then the last user is left for another kill.
                Moment::Last => Held::Lost,
                _ => random.pick(&[Held::GoOn, Held::Lost]).unwrap_or(Held::GoOn),
            },
        })
    }

    fn phase(&self, counts: &Value, base: u64) -> Result<Phase> {
        let count = |name: &str| counts[name].as_u64().ok_or("no count");
        Ok(match self.moment {
            Moment::Last => Phase::Ending,
            Moment::Waiting | Moment::WaitingBatched => Phase::Waiting,
            Moment::Reading => Phase::Reading,
            _ if count("attempts")? == base && count("held")? == 0 => Phase::Reading,
            _ => Phase::Sending,
        })
    }

    /// Holds the requests of the moment. For any other moment the worker is held in time, so that enough is left for later
    /// lives.
    fn hold(&self, stage: &Stage, random: &mut Random) -> Result {
        let some = random.between(self.share / 2, self.share * 3 / 2);
        let (text, point, after) = match self.moment {
            Moment::Reading => (
                "managedDevices".to_owned(),
                "arrived",
                random.below(2) * random.below(3),
            ),
            Moment::Acted => ("removeAll".to_owned(), "acted", some),
            Moment::Last => (format!("{}/removeAll", stage::id(self.last)), "arrived", 0),
            Moment::Arrived | Moment::Late => ("removeAll".to_owned(), "arrived", some),
            _ => ("removeAll".to_owned(), "arrived", self.share * 2),
        };
        let after = match self.moment {
            Moment::Reading | Moment::Last => after,
            _ => after / self.orders.batch as u64,
        };
        let order = json!({"match": text, "point": point, "after": after});
        stage.emulator.post("/_emulator/hold", &order).map(drop)
    }

    /// Waits until the emulator meets the wish, or `else_met` holds for its counts; false if the worker ends first.
    fn wait(
        &self,
        stage: &Stage,
        worker: &mut Worker,
        wish: &str,
        else_met: impl Fn(&Value) -> bool,
    ) -> Result<bool> {
        while worker.is_running()? {
            let path = format!("/_emulator/wait?{wish}&seconds=0.2");
            let answer = stage.emulator.get(&path)?;
            if answer["reached"] == true || else_met(&answer["counts"]) {
                return Ok(true);
            }
            self.is_in_time(wish)?;
        }
        Ok(false)
    }

    fn written(&self, stage: &Stage, worker: &mut Worker, goal: u64) -> Result<bool> {
        while worker.is_running()? {
            if stage.journal_size() >= goal || is_held(&stage.counts()?) {
                return Ok(true);
            }
            thread::sleep(Duration::from_millis(1));
            self.is_in_time("the length of its journal")?;
        }
        Ok(false)
    }

    /// Refuses a request and asks the run to wait; true once nothing is under way. Several requests in batches are refused, as
    /// other faults may replace the answer of a whole batch.
    fn refuse(&self, stage: &Stage, worker: &mut Worker, attempts: u64) -> Result<bool> {
        if !self.wait(stage, worker, &format!("attempts={attempts}"), is_held)? {
            return Ok(false);
        }
        let in_batch = self.orders.batch > 1;
        let times = if in_batch { 4 * self.orders.batch } else { 1 };
        let refusal = json!({
            "match": "removeAll", "in_batch": in_batch, "status": 429, "times": times,
            "headers": {"Retry-After": PAUSE_SECONDS.to_string()},
        });
        stage.emulator.post("/_emulator/faults", &refusal)?;
        stage.emulator.post("/_emulator/release", &json!({}))?;
        let mut quiet = 0;
        let mut before = stage.count("attempts")?;
        while worker.is_running()? {
            thread::sleep(Duration::from_millis(20));
            let counts = stage.counts()?;
            let attempts = counts["attempts"].as_u64().unwrap_or(0);
            quiet = if attempts == before && counts["in_flight"] == 0 {
                quiet + 1
            } else {
                0
            };
            before = attempts;
            if quiet == 3 {
                stage.emulator.delete("/_emulator/faults")?;
                return Ok(true);
            }
            self.is_in_time("a 429")?;
        }
        Ok(false)
    }

    fn is_in_time(&self, what: &str) -> Result {
        if Instant::now() > self.until {
            return Err(format!("the worker did not come to {what} in time").into());
        }
        Ok(())
    }
}

fn is_held(counts: &Value) -> bool {
    counts["held"] != 0
}
