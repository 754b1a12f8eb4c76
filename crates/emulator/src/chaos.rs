//! Faults by chance: each request draws by a seed, its target and how often that target was asked for, so that the order
//! in which several connections bring their requests changes nothing.

use std::collections::HashMap;

use serde_json::Value;

/// What can go wrong by chance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mishap {
    Throttled,
    Unavailable,
    GatewayTimeout,
    ResetBefore,
    ResetAfter,
    BrokenBatch,
    /// A 429 without a time to wait.
    ThrottledBare,
    ServerError,
    BadGateway,
    /// The page of a proxy.
    ForeignPage,
}

impl Mishap {
    const ALL: [Self; 10] = [
        Self::ThrottledBare,
        Self::ServerError,
        Self::BadGateway,
        Self::ForeignPage,
        Self::Throttled,
        Self::Unavailable,
        Self::GatewayTimeout,
        Self::ResetBefore,
        Self::ResetAfter,
        Self::BrokenBatch,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Throttled => "429",
            Self::Unavailable => "503",
            Self::GatewayTimeout => "504",
            Self::ResetBefore => "reset_before",
            Self::ResetAfter => "reset_after",
            Self::BrokenBatch => "broken_batch",
            Self::ThrottledBare => "429_bare",
            Self::ServerError => "500",
            Self::BadGateway => "502",
            Self::ForeignPage => "html_403",
        }
    }

    fn happens_in(self, place: Place) -> bool {
        match place {
            Place::Single => self != Self::BrokenBatch,
            Place::Batch => true,
            // The others end a connection, or would break the batch around them.
            Place::InBatch => !matches!(
                self,
                Self::ResetBefore | Self::ResetAfter | Self::BrokenBatch | Self::ForeignPage
            ),
        }
    }
}

/// Where a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Single,
    Batch,
    InBatch,
}

/// A mishap that was drawn.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Draw {
    pub(crate) mishap: Mishap,
    /// For further decisions by chance.
    pub(crate) random: u64,
}

/// The ways in which the answer of a batch is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Breakage {
    /// A page of HTML in place of a JSON value.
    Html,
    /// One answer is left out.
    Missing,
    /// One answer has an id that no request had.
    WrongId,
    /// The JSON ends in the middle.
    Cut,
}

impl Breakage {
    fn name(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Missing => "missing",
            Self::WrongId => "wrong_id",
            Self::Cut => "cut",
        }
    }
}

impl Draw {
    /// For the record of attempts, which names each way of breaking.
    pub(crate) fn name(self) -> &'static str {
        match self.mishap {
            Mishap::BrokenBatch => self.breakage().name(),
            mishap => mishap.name(),
        }
    }

    pub(crate) fn coin(self) -> bool {
        self.random & 1 == 1
    }

    pub(crate) fn breakage(self) -> Breakage {
        match self.random >> 1 & 3 {
            0 => Breakage::Html,
            1 => Breakage::Missing,
            2 => Breakage::WrongId,
            _ => Breakage::Cut,
        }
    }

    /// One of `count` parts.
    pub(crate) fn victim(self, count: usize) -> usize {
        usize::try_from(self.random >> 8).unwrap_or(0) % count.max(1)
    }
}

/// The rates and what was drawn so far.
#[derive(Debug)]
pub(crate) struct Chaos {
    seed: u64,
    rates: Vec<(Mishap, f64)>,
    matches: Option<String>,
    /// The `Retry-After` of a 429 and a 503.
    pub(crate) retry_after: Option<String>,
    asked: HashMap<u64, u64>,
}

impl Chaos {
    pub(crate) fn parse(value: &Value) -> Result<Self, String> {
        let mut chaos = Self {
            seed: 0,
            rates: Vec::new(),
            matches: None,
            retry_after: Some("1".to_owned()),
            asked: HashMap::new(),
        };
        for (name, value) in value.as_object().ok_or("\"chaos\" is an object")? {
            let wrong = || format!("\"chaos\": \"{name}\" cannot be {value}");
            match name.as_str() {
                "seed" => chaos.seed = value.as_u64().ok_or_else(wrong)?,
                "match" => chaos.matches = Some(value.as_str().ok_or_else(wrong)?.to_owned()),
                "retry_after" => {
                    chaos.retry_after = match value {
                        Value::Null => None,
                        Value::String(text) => Some(text.clone()),
                        Value::Number(number) => Some(number.to_string()),
                        _ => return Err(wrong()),
                    };
                }
                "rates" => {
                    for (name, rate) in value.as_object().ok_or_else(wrong)? {
                        let mishap = Mishap::ALL.into_iter().find(|mishap| mishap.name() == name);
                        let rate = rate.as_f64().filter(|rate| (0.0..=1.0).contains(rate));
                        chaos.rates.push(mishap.zip(rate).ok_or_else(wrong)?);
                    }
                }
                _ => return Err(format!("\"chaos\" has no member \"{name}\"")),
            }
        }
        Ok(chaos)
    }

    /// Draws for a request; each mishap has its own rate, one request meets one at most.
    pub(crate) fn draw(&mut self, target: &str, place: Place) -> Option<Draw> {
        if self.matches.as_ref().is_some_and(|part| !target.contains(part)) {
            return None;
        }
        let target = hash(target) ^ u64::from(place == Place::InBatch);
        let times = self.asked.entry(target).or_default();
        *times += 1;
        let mut state = self.seed ^ target ^ times.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut rest = fraction(next(&mut state));
        let random = next(&mut state);
        for &(mishap, rate) in &self.rates {
            if mishap.happens_in(place) {
                if rest < rate {
                    return Some(Draw { mishap, random });
                }
                rest -= rate;
            }
        }
        None
    }
}

/// FNV-1a (<http://www.isthe.com/chongo/tech/comp/fnv/>).
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// `SplitMix64` (<https://prng.di.unimi.it/splitmix64.c>).
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// From 0 to below 1.
fn fraction(random: u64) -> f64 {
    f64::from(u32::try_from(random >> 32).unwrap_or_default()) / (f64::from(u32::MAX) + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn chaos(seed: u64) -> Chaos {
        Chaos::parse(&json!({"seed": seed, "rates": {
            "429": 0.05, "503": 0.05, "504": 0.05, "reset_before": 0.05, "reset_after": 0.05, "broken_batch": 0.05,
        }}))
        .unwrap()
    }

    fn draws(seed: u64, targets: impl Iterator<Item = usize>) -> HashMap<usize, Option<&'static str>> {
        let mut chaos = chaos(seed);
        targets
            .map(|n| {
                let draw = chaos.draw(&format!("/users/{n}"), Place::Single);
                (n, draw.map(|draw| draw.mishap.name()))
            })
            .collect()
    }

    #[test]
    fn the_rates_are_met_and_the_order_does_not_matter() {
        let forwards = draws(7, 0..20_000);
        for name in ["429", "503", "504", "reset_before", "reset_after"] {
            let count = forwards.values().filter(|&&found| found == Some(name)).count();
            assert!((850..1150).contains(&count), "{name}: {count}");
        }
        assert_eq!(forwards, draws(7, (0..20_000).rev()));
        assert_ne!(forwards, draws(8, 0..20_000));
    }

    #[test]
    fn each_request_draws_by_its_target_and_single_ones_break_no_batch() {
        let mut chaos = chaos(1);
        let mut hits = |place| {
            (0..2000)
                .filter_map(|_| chaos.draw("/v1.0/$batch", place))
                .map(|draw| draw.mishap)
                .collect::<Vec<_>>()
        };
        let batch = hits(Place::Batch);
        assert!(batch.contains(&Mishap::BrokenBatch) && (500..700).contains(&batch.len()));
        assert!(!hits(Place::Single).contains(&Mishap::BrokenBatch));
        let inside = hits(Place::InBatch);
        assert!(!inside.contains(&Mishap::ResetAfter) && (240..360).contains(&inside.len()));
    }
}
