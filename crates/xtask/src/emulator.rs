//! One running `graph-emulator`, and its management routes.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::tools::{Result, cargo, messages, target};

/// A started emulator; it ends when this value is dropped.
pub(crate) struct Emulator {
    child: Child,
    /// `http://127.0.0.1:PORT`.
    pub(crate) endpoint: String,
    /// The port alone.
    pub(crate) port: u16,
    /// The authority of its certificate, if it speaks TLS.
    pub(crate) ca_pem: Option<String>,
}

/// Builds the emulator.
pub(crate) fn build() -> Result {
    messages(&mut cargo(&["build", "--package", "graph-emulator"])).map(drop)
}

/// Builds the optimised emulator, for measurements.
pub(crate) fn build_release() -> Result {
    messages(&mut cargo(&["build", "--release", "--package", "graph-emulator"])).map(drop)
}

impl Emulator {
    /// Starts the emulator that [`build`] built. Its log goes to `target/log/emulator-NAME.log`.
    pub(crate) fn start(name: &str) -> Result<Self> {
        Self::start_with("debug", name, &[])
    }

    /// Starts the emulator that [`build_release`] built, with flags of its own.
    pub(crate) fn start_release(name: &str, flags: &[&str]) -> Result<Self> {
        Self::start_with("release", name, flags)
    }

    fn start_with(profile: &str, name: &str, flags: &[&str]) -> Result<Self> {
        let logs = target().join("log");
        fs::create_dir_all(&logs)?;
        let program = target()
            .join(profile)
            .join(format!("graph-emulator{}", std::env::consts::EXE_SUFFIX));
        let mut child = Command::new(program)
            .args(["--port", "0", "--stdin-guard"])
            .args(flags)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(File::create(logs.join(format!("emulator-{name}.log")))?)
            .spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("no standard output")?).read_line(&mut line)?;
        let ready: Value =
            serde_json::from_str(&line).map_err(|_| format!("the emulator did not start: {line:?}"))?;
        let endpoint = ready["endpoint"]
            .as_str()
            .ok_or("the emulator named no endpoint")?
            .to_owned();
        let port = endpoint
            .rsplit(':')
            .next()
            .and_then(|port| port.parse().ok())
            .ok_or("no port")?;
        Ok(Self {
            child,
            endpoint,
            port,
            ca_pem: ready["ca_pem"].as_str().map(str::to_owned),
        })
    }

    /// Restores the seed state; a body replaces parts of it.
    pub(crate) fn reset(&self, parts: Option<&Value>) -> Result {
        self.call("POST", "/_emulator/reset", parts).map(drop)
    }

    /// Gets from the emulator under `/_emulator/`.
    pub(crate) fn get(&self, path: &str) -> Result<Value> {
        self.call("GET", path, None)
    }

    /// Posts to the emulator under `/_emulator/`.
    pub(crate) fn post(&self, path: &str, body: &Value) -> Result<Value> {
        self.call("POST", path, Some(body))
    }

    /// HTTP/1.0, so that the answer is neither chunked nor kept open.
    fn call(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Value> {
        let body = body.map(Value::to_string).unwrap_or_default();
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        write!(
            stream,
            "{method} {path} HTTP/1.0\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let (head, body) = answer
            .split_once("\r\n\r\n")
            .ok_or_else(|| format!("{path}: no answer"))?;
        if !head
            .split_whitespace()
            .nth(1)
            .is_some_and(|status| status.starts_with('2'))
        {
            return Err(format!(
                "{method} {path}: {}: {body}",
                head.lines().next().unwrap_or_default()
            )
            .into());
        }
        Ok(serde_json::from_str(body).unwrap_or(Value::Null))
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        if !matches!(wait(&mut self.child), Ok(true)) {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

fn wait(child: &mut Child) -> std::io::Result<bool> {
    for _ in 0..200 {
        if child.try_wait()?.is_some() {
            return Ok(true);
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    Ok(false)
}
