//! An emulator in this process, spoken to over its socket, and a clock that the test holds.
#![allow(dead_code, reason = "every test file uses its own part")]

pub(crate) mod held;
pub(crate) mod runs;

use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use graph_devices::{ClientOptions, Clock, Endpoint, Stop};
use graph_emulator::{Emulator, Options};
use serde_json::Value;

pub(crate) type Tested = Result<(), Box<dyn std::error::Error>>;

pub(crate) const ADELE: &str = "10000000-0000-4000-8000-000000000001";

/// The first time of day of a test's clock: 6 November 1994.
const BORN: Duration = Duration::from_secs(784_111_777);

/// An unsigned token with these claims.
pub(crate) fn token_with(claims: &Value) -> String {
    format!("e30.{}.demo-token", URL_SAFE_NO_PAD.encode(claims.to_string()))
}

/// A step of the time of day without the monotonic clock: the machine slept, or the time was set.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    Forward(Duration),
    Back(Duration),
}

/// A clock that stands still except for waits, which it notes and skips.
#[derive(Default)]
pub(crate) struct TestClock {
    /// How far the time of day went forward, and how far back.
    stepped: Mutex<(Duration, Duration)>,
    /// To come in the next wait.
    in_a_wait: Mutex<Option<Step>>,
    now: Mutex<Duration>,
    /// Added to the time of day.
    ahead: Duration,
    waits: Mutex<Vec<Duration>>,
    stops: bool,
}

impl TestClock {
    /// A clock during whose first wait the stop flag is raised, as another thread or a signal handler would.
    pub(crate) fn stopping() -> Self {
        Self {
            stops: true,
            ..Self::default()
        }
    }

    /// A clock whose time of day is about that of the emulator, so that nothing warns of devices out of the future.
    #[allow(
        clippy::disallowed_methods,
        reason = "the emulator's devices are of today, whenever that is"
    )]
    pub(crate) fn today() -> Self {
        let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        Self::ahead(since_1970.unwrap_or_default().saturating_sub(BORN))
    }

    /// A clock whose time of day is later by this much.
    pub(crate) fn ahead(by: Duration) -> Self {
        Self {
            ahead: by,
            ..Self::default()
        }
    }

    pub(crate) fn waits(&self) -> Vec<Duration> {
        self.waits.lock().map(|waits| waits.clone()).unwrap_or_default()
    }

    /// The waits that are not zero.
    pub(crate) fn real_waits(&self) -> Vec<Duration> {
        let waits = self.waits().into_iter();
        waits.filter(|wait| !wait.is_zero()).collect()
    }

    /// Parts the two clocks.
    pub(crate) fn step(&self, step: Step) {
        if let Ok(mut stepped) = self.stepped.lock() {
            match step {
                Step::Forward(by) => stepped.0 += by,
                Step::Back(by) => stepped.1 += by,
            }
        }
    }

    /// Parts them in the next wait.
    pub(crate) fn step_in_a_wait(&self, step: Step) {
        if let Ok(mut in_a_wait) = self.in_a_wait.lock() {
            *in_a_wait = Some(step);
        }
    }

    /// Advances the clock, as if a person had taken that long.
    pub(crate) fn advance(&self, by: Duration) {
        if let Ok(mut now) = self.now.lock() {
            *now += by;
        }
    }
}

impl Clock for TestClock {
    fn monotonic(&self) -> Duration {
        self.now.lock().map(|now| *now).unwrap_or_default()
    }

    fn wall(&self) -> SystemTime {
        let (forward, back) = self.stepped.lock().map(|stepped| *stepped).unwrap_or_default();
        SystemTime::UNIX_EPOCH + BORN + self.ahead + forward - back
    }

    fn wait(&self, duration: Duration, stop: &Stop) {
        if let Ok(mut waits) = self.waits.lock() {
            waits.push(duration);
        }
        if !duration.is_zero()
            && let Ok(mut in_a_wait) = self.in_a_wait.lock()
            && let Some(step) = in_a_wait.take()
        {
            self.step(step);
        }
        if self.stops {
            stop.raise();
        } else {
            self.advance(duration);
        }
    }

    fn jitter(&self) -> f64 {
        0.5
    }
}

/// The emulator and its management requests.
pub(crate) struct Service(Emulator);

impl Service {
    pub(crate) fn start() -> io::Result<Self> {
        Emulator::start(Options::default()).map(Self)
    }

    pub(crate) fn endpoint(&self) -> &str {
        self.0.endpoint()
    }

    /// Options of a client for this emulator, with this clock.
    pub(crate) fn options(&self, clock: &Arc<TestClock>) -> graph_devices::Result<ClientOptions> {
        Ok(ClientOptions::default()
            .endpoint(Endpoint::parse(self.0.endpoint())?)
            .clock(clock.clone()))
    }

    pub(crate) fn faults(&self, faults: &Value) -> io::Result<()> {
        self.call("POST", "/_emulator/faults", &faults.to_string())
            .map(drop)
    }

    /// Replaces the tenant and clears the log.
    pub(crate) fn reset(&self, parts: &Value) -> io::Result<()> {
        self.post("reset", parts)
    }

    pub(crate) fn post(&self, what: &str, body: &Value) -> io::Result<()> {
        self.call("POST", &format!("/_emulator/{what}"), &body.to_string())
            .map(drop)
    }

    pub(crate) fn patch(&self, what: &str, body: &Value) -> io::Result<()> {
        self.call("PATCH", &format!("/_emulator/{what}"), &body.to_string())
            .map(drop)
    }

    pub(crate) fn delete(&self, what: &str) -> io::Result<()> {
        self.call("DELETE", &format!("/_emulator/{what}"), "").map(drop)
    }

    pub(crate) fn get(&self, what: &str) -> io::Result<Value> {
        let text = self.call("GET", &format!("/_emulator/{what}"), "")?;
        Ok(serde_json::from_str(&text)?)
    }

    /// Options of a client for this emulator, with the real clock.
    pub(crate) fn real_options(&self) -> graph_devices::Result<ClientOptions> {
        Ok(ClientOptions::default().endpoint(Endpoint::parse(self.0.endpoint())?))
    }

    /// Every request so far.
    pub(crate) fn log(&self) -> io::Result<Vec<Value>> {
        let text = self.call("GET", "/_emulator/log", "")?;
        Ok(serde_json::from_str(&text)?)
    }

    fn call(&self, method: &str, path: &str, body: &str) -> io::Result<String> {
        let mut stream = TcpStream::connect(self.0.endpoint().trim_start_matches("http://"))?;
        write!(
            stream,
            "{method} {path} HTTP/1.0\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let (head, body) = answer.split_once("\r\n\r\n").ok_or(io::ErrorKind::InvalidData)?;
        if head.starts_with("HTTP/1.1 2") || head.starts_with("HTTP/1.0 2") {
            return Ok(body.to_owned());
        }
        Err(io::Error::other(answer))
    }
}
