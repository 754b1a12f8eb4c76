//! Holding requests back until a release, and waiting for what the emulator has done: for kills and stops at a chosen moment.

use std::time::Duration;

use serde_json::{Value, json};

use crate::path::Path;
use crate::state::State;

/// The requests that are under way, and those of them that are held.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    pub(crate) holds: Vec<Hold>,
    /// How many requests are held now.
    pub(crate) held: u64,
    /// Counts the releases; a held request goes on when it changes.
    pub(crate) releases: u64,
    /// The last release was one that loses those requests that had only arrived.
    pub(crate) loses: bool,
    /// Requests that have come and whose answer is not decided.
    pub(crate) in_flight: u64,
    /// Connections that have not ended.
    pub(crate) open: u64,
}

impl Gate {
    /// Lets all requests go on that are held, and holds no others.
    pub(crate) fn release(&mut self, loses: bool) {
        self.loses = loses;
        self.holds.clear();
        self.releases += 1;
    }

    /// Counts a request in; gives where it is to be held, and how many releases there had been by then.
    pub(crate) fn enter(&mut self, target: &str, body: &[u8]) -> Option<(Point, u64)> {
        self.in_flight += 1;
        let releases = self.releases;
        Hold::take(&mut self.holds, target, body).map(|point| (point, releases))
    }
}

/// Where a held request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Point {
    /// It has come; nothing was done.
    Arrived,
    /// It was carried out; the answer waits.
    Acted,
}

/// Requests to hold.
#[derive(Clone, Debug)]
pub(crate) struct Hold {
    matches: Option<String>,
    /// How many still go through.
    after: u64,
    point: Point,
}

impl Hold {
    /// Reads `{"match": text, "after": number, "point": "arrived" | "acted"}`.
    pub(crate) fn parse(value: &Value) -> Result<Self, String> {
        let mut hold = Self {
            matches: None,
            after: 0,
            point: Point::Arrived,
        };
        for (name, value) in value.as_object().ok_or("a hold is a JSON object")? {
            let wrong = || format!("hold: \"{name}\" cannot be {value}");
            match name.as_str() {
                "match" => hold.matches = Some(value.as_str().ok_or_else(wrong)?.to_owned()),
                "after" => hold.after = value.as_u64().ok_or_else(wrong)?,
                "point" => {
                    hold.point = match value.as_str() {
                        Some("arrived") => Point::Arrived,
                        Some("acted") => Point::Acted,
                        _ => return Err(wrong()),
                    };
                }
                _ => return Err(format!("unknown part of a hold: \"{name}\"")),
            }
        }
        Ok(hold)
    }

    /// Whether and where a request is to be held. A batch is looked through for the text, too.
    fn take(holds: &mut [Self], target: &str, body: &[u8]) -> Option<Point> {
        let hold = holds.iter_mut().find(|hold| {
            hold.matches.as_ref().is_none_or(|part| {
                target.contains(part) || target.ends_with("/$batch") && contains(body, part.as_bytes())
            })
        })?;
        if hold.after > 0 {
            hold.after -= 1;
            return None;
        }
        Some(hold.point)
    }
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    part.is_empty() || bytes.windows(part.len()).any(|window| window == part)
}

/// What `GET /_emulator/wait` waits for.
#[derive(Debug, Default)]
pub(crate) struct Wish {
    actions: Option<u64>,
    attempts: Option<u64>,
    requests: Option<u64>,
    held: Option<u64>,
    idle: bool,
    alone: bool,
    pub(crate) patience: Duration,
}

impl Wish {
    /// Reads `?actions=N&attempts=N&requests=N&held=N&idle=true&alone=true&seconds=S`.
    pub(crate) fn parse(target: &str) -> Result<Self, String> {
        let path = Path::parse(target).ok_or("a malformed target")?;
        let mut wish = Self {
            patience: Duration::from_secs(10),
            ..Self::default()
        };
        for (name, value) in &path.query {
            let wrong = || format!("wait: \"{name}\" cannot be \"{value}\"");
            let number = || value.parse::<u64>().map_err(|_| wrong());
            match name.as_str() {
                "actions" => wish.actions = Some(number()?),
                "attempts" => wish.attempts = Some(number()?),
                "requests" => wish.requests = Some(number()?),
                "held" => wish.held = Some(number()?),
                "idle" => wish.idle = value == "true",
                "alone" => wish.alone = value == "true",
                "seconds" => {
                    let seconds = value.parse().ok().filter(|&seconds| seconds <= 600.0);
                    let patience = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
                    wish.patience = patience.ok_or_else(wrong)?;
                }
                _ => return Err(format!("wait: nothing is called \"{name}\"")),
            }
        }
        Ok(wish)
    }

    pub(crate) fn is_met(&self, state: &State) -> bool {
        let reached = |wanted: Option<u64>, is: u64| wanted.is_none_or(|wanted| is >= wanted);
        reached(self.actions, state.received.actions)
            && reached(self.attempts, state.received.attempts.len() as u64)
            && reached(self.requests, state.received.requests)
            && reached(self.held, state.gate.held)
            && (!self.idle || state.gate.in_flight == 0)
            // But for the one that asks.
            && (!self.alone || state.gate.open <= 1 + state.gate.held)
    }

    pub(crate) fn answer(met: bool, state: &State) -> Value {
        json!({"reached": met, "counts": state.counts()})
    }
}
