//! The service's quotas as sliding windows, another app that uses them, too, and the traffic per second.
//!
//! Documented for Intune: 200 writes in 20 seconds per app and tenant, 400 per tenant for all apps
//! (<https://github.com/microsoftgraph/microsoft-graph-docs-contrib/blob/main/includes/throttling-intune-devices.md>).

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// What a request costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cost {
    Write,
    Read,
}

/// How a refusal names the time to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RetryAfter {
    /// Whole seconds, rounded up.
    Seconds,
    /// To the millisecond.
    Exact,
    /// Not at all, as Intune has been seen to do.
    None,
}

/// At most `limit` in any `length`.
#[derive(Debug)]
struct Window {
    limit: usize,
    length: Duration,
    taken: VecDeque<Instant>,
}

impl Window {
    fn new(limit: usize, length: Duration) -> Self {
        Self {
            limit,
            length,
            taken: VecDeque::new(),
        }
    }

    /// How long until there is room; zero when there is.
    fn wait(&mut self, now: Instant) -> Duration {
        while self
            .taken
            .front()
            .is_some_and(|&oldest| now.saturating_duration_since(oldest) >= self.length)
        {
            self.taken.pop_front();
        }
        if self.taken.len() < self.limit {
            return Duration::ZERO;
        }
        self.taken.front().map_or(self.length, |&oldest| {
            self.length.saturating_sub(now.saturating_duration_since(oldest))
        })
    }
}

/// Another app of the tenant. Its writes come evenly; a refused one waits, and is sent as soon as there is room.
#[derive(Debug)]
struct OtherApp {
    every: Duration,
    from: Duration,
    until: Option<Duration>,
    next: Option<Instant>,
}

/// The quotas of a tenant.
#[derive(Debug)]
pub(crate) struct Quota {
    writes: Window,
    tenant_writes: Option<Window>,
    reads: Option<Window>,
    other_app: Option<OtherApp>,
    retry_after: RetryAfter,
}

impl Quota {
    pub(crate) fn parse(value: &Value) -> Result<Self, String> {
        let members = value.as_object().ok_or("\"quota\" is an object")?;
        let mut length = None;
        let mut writes = None;
        let (mut tenant_writes, mut reads, mut other_app) = (None, None, None);
        let mut retry_after = RetryAfter::Seconds;
        for (name, value) in members {
            let wrong = || format!("\"quota\": \"{name}\" cannot be {value}");
            match name.as_str() {
                "seconds" => length = Some(seconds(value).filter(|time| !time.is_zero()).ok_or_else(wrong)?),
                "writes" => writes = Some(count(value).ok_or_else(wrong)?),
                "tenant_writes" => tenant_writes = Some(count(value).ok_or_else(wrong)?),
                "reads" => reads = Some(count(value).ok_or_else(wrong)?),
                "other_app" => other_app = Some(value),
                "retry_after" => {
                    retry_after = match value.as_str() {
                        Some("seconds") => RetryAfter::Seconds,
                        Some("exact") => RetryAfter::Exact,
                        Some("none") => RetryAfter::None,
                        _ => return Err(wrong()),
                    };
                }
                _ => return Err(format!("\"quota\" has no member \"{name}\"")),
            }
        }
        let (Some(length), Some(writes)) = (length, writes) else {
            return Err("\"quota\" is at least {\"writes\": number, \"seconds\": number}".to_owned());
        };
        Ok(Self {
            writes: Window::new(writes, length),
            tenant_writes: tenant_writes.map(|limit| Window::new(limit, length)),
            reads: reads.map(|limit| Window::new(limit, length)),
            other_app: other_app
                .map(|value| OtherApp::parse(value, length))
                .transpose()?,
            retry_after,
        })
    }

    /// Takes what a request costs, or says how long until it could; `start` is when the traffic began.
    fn take(&mut self, cost: Cost, start: Instant, now: Instant) -> Result<(), Duration> {
        if cost == Cost::Read {
            return self
                .reads
                .as_mut()
                .map_or(Ok(()), |reads| take_all(&mut [reads], now));
        }
        match &mut self.tenant_writes {
            None => take_all(&mut [&mut self.writes], now),
            Some(tenant) => {
                if let Some(other) = &mut self.other_app {
                    other.write(tenant, start, now);
                }
                take_all(&mut [&mut self.writes, tenant], now)
            }
        }
    }

    /// The value of `Retry-After` for a wait.
    pub(crate) fn retry_after(&self, wait: Duration) -> Option<String> {
        match self.retry_after {
            RetryAfter::Seconds => Some(wait.as_millis().div_ceil(1000).max(1).to_string()),
            RetryAfter::Exact => {
                let ms = wait.as_micros().div_ceil(1000);
                Some(format!("{}.{:03}", ms / 1000, ms % 1000))
            }
            RetryAfter::None => None,
        }
    }
}

/// One from each window, or none from any.
fn take_all(windows: &mut [&mut Window], now: Instant) -> Result<(), Duration> {
    let wait = windows.iter_mut().map(|window| window.wait(now)).max();
    if let Some(wait) = wait.filter(|wait| !wait.is_zero()) {
        return Err(wait);
    }
    for window in windows {
        window.taken.push_back(now);
    }
    Ok(())
}

impl OtherApp {
    fn parse(value: &Value, length: Duration) -> Result<Self, String> {
        let form = "\"other_app\" is {\"writes\": number per window, \"from\": seconds, \"until\": seconds}";
        let writes = count(&value["writes"])
            .and_then(|writes| u32::try_from(writes).ok())
            .filter(|&writes| writes > 0)
            .ok_or(form)?;
        let time = |name: &str| match &value[name] {
            Value::Null => Ok(None),
            value => seconds(value).map(Some).ok_or(form),
        };
        Ok(Self {
            every: (length / writes).max(Duration::from_micros(1)),
            from: time("from")?.unwrap_or_default(),
            until: time("until")?,
            next: None,
        })
    }

    /// All its writes up to now, in the order of time.
    fn write(&mut self, tenant: &mut Window, start: Instant, now: Instant) {
        let mut next = self.next.unwrap_or(start + self.from);
        let end = self.until.map_or(now, |until| now.min(start + until));
        let mut at = next;
        while next <= end && at <= end {
            at = at.max(next);
            let wait = tenant.wait(at);
            if wait.is_zero() {
                tenant.taken.push_back(at);
                next += self.every;
            }
            at += wait;
        }
        self.next = Some(next);
    }
}

fn count(value: &Value) -> Option<usize> {
    value.as_u64().and_then(|number| usize::try_from(number).ok())
}

fn seconds(value: &Value) -> Option<Duration> {
    Duration::try_from_secs_f64(value.as_f64()?).ok()
}

/// How many requests came and were refused, for each second from the first request that has a cost.
#[derive(Debug, Default)]
pub(crate) struct Traffic {
    start: Option<Instant>,
    seconds: Vec<Counts>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    writes: u64,
    writes_throttled: u64,
    reads: u64,
    reads_throttled: u64,
}

impl Traffic {
    /// Counts a request against the quota, if there is one; `Err` is the wait until it would have room.
    pub(crate) fn take(
        &mut self,
        quota: Option<&mut Quota>,
        cost: Cost,
        now: Instant,
    ) -> Result<(), Duration> {
        let start = *self.start.get_or_insert(now);
        let taken = quota.map_or(Ok(()), |quota| quota.take(cost, start, now));
        let at = usize::try_from(now.saturating_duration_since(start).as_secs()).unwrap_or(0);
        if at >= self.seconds.len() {
            self.seconds.resize(at + 1, Counts::default());
        }
        if let Some(counts) = self.seconds.get_mut(at) {
            match (cost, &taken) {
                (Cost::Write, Ok(())) => counts.writes += 1,
                (Cost::Write, Err(_)) => counts.writes_throttled += 1,
                (Cost::Read, Ok(())) => counts.reads += 1,
                (Cost::Read, Err(_)) => counts.reads_throttled += 1,
            }
        }
        taken
    }

    /// One value per second from the first, `writes` being those the quota had room for.
    pub(crate) fn to_json(&self) -> Value {
        let column = |of: fn(&Counts) -> u64| self.seconds.iter().map(of).collect::<Vec<_>>();
        json!({
            "writes": column(|counts| counts.writes),
            "writes_throttled": column(|counts| counts.writes_throttled),
            "reads": column(|counts| counts.reads),
            "reads_throttled": column(|counts| counts.reads_throttled),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quota(value: &Value) -> Quota {
        Quota::parse(value).unwrap()
    }

    #[test]
    fn the_window_slides() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut quota = quota(&json!({"writes": 2, "seconds": 1}));
        let mut take = |ms| quota.take(Cost::Write, start, at(ms));
        assert_eq!(take(0), Ok(()));
        assert_eq!(take(600), Ok(()));
        assert_eq!(take(700), Err(Duration::from_millis(300)));
        assert_eq!(take(1000), Ok(()));
        assert_eq!(take(1100), Err(Duration::from_millis(500)));
        assert_eq!(
            quota.take(Cost::Read, start, at(1100)),
            Ok(()),
            "reads have their own"
        );
    }

    #[test]
    fn another_app_eats_of_the_tenants_quota() {
        let start = Instant::now();
        let mut quota = quota(&json!({
            "writes": 10, "tenant_writes": 10, "seconds": 1, "other_app": {"writes": 5, "from": 10, "until": 20},
        }));
        let mut second = |second: u64| {
            let from = start + Duration::from_secs(second);
            let taken = (0..100).filter(|n| {
                let now = from + Duration::from_millis(n * 10);
                quota.take(Cost::Write, start, now).is_ok()
            });
            taken.count()
        };
        assert_eq!(second(0), 10);
        second(10);
        assert_eq!((second(12), second(18)), (5, 5), "the other app has its half");
        second(20);
        assert_eq!(second(22), 10);
    }

    #[test]
    fn another_app_gets_its_part_of_a_quota_that_is_full() {
        let start = Instant::now();
        let mut quota = quota(&json!({
            "writes": 10, "tenant_writes": 10, "seconds": 1, "other_app": {"writes": 5, "from": 0.5},
        }));
        // All of it, at the first moment, several times.
        let taken = (0..1000).filter(|ms| {
            let now = start + Duration::from_millis(ms * 10);
            quota.take(Cost::Write, start, now).is_ok()
        });
        let late = taken.filter(|&ms| ms >= 200).count();
        assert!((38..=44).contains(&late), "{late} of 80 in 8 seconds");
    }

    #[test]
    fn a_refusal_takes_nothing() {
        let now = Instant::now();
        let mut quota = quota(&json!({"writes": 1, "tenant_writes": 5, "seconds": 1}));
        for _ in 0..9 {
            let _ = quota.take(Cost::Write, now, now);
        }
        assert_eq!(quota.tenant_writes.map(|tenant| tenant.taken.len()), Some(1));
    }

    #[test]
    fn retry_after_has_the_form_that_was_asked_for() {
        let sent = |form: &str| {
            quota(&json!({"writes": 1, "seconds": 1, "retry_after": form}))
                .retry_after(Duration::from_micros(1_200_100))
        };
        assert_eq!(sent("seconds").as_deref(), Some("2"));
        assert_eq!(sent("exact").as_deref(), Some("1.201"));
        assert_eq!(sent("none"), None);
    }
}
