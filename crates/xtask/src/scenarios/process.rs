//! One runner process: its arguments and environment from a row, and its output.

use std::io::Read;
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::runners::Runner;
use super::table::{Call, Row};
use crate::emulator::Emulator;
use crate::tools::{Result, command, tail};

/// A runner that takes longer than this hangs.
const PATIENCE: Duration = Duration::from_secs(30);

/// The output of a runner.
pub(crate) struct Said {
    /// `None` if it had to be ended.
    status: Option<ExitStatus>,
    stdout: String,
    pub(crate) stderr: String,
}

impl Said {
    /// The one JSON line on the standard output.
    pub(crate) fn line(&self) -> std::result::Result<Value, String> {
        let context = || {
            format!(
                "\n    stdout {:?}\n    stderr {}",
                self.stdout,
                tail(&self.stderr, 15)
            )
        };
        let Some(status) = self.status else {
            return Err(format!("hung for {} s{}", PATIENCE.as_secs(), context()));
        };
        if !status.success() {
            return Err(format!("the runner ended with {status}{}", context()));
        }
        let mut lines = self.stdout.lines();
        let output = lines.next().and_then(|line| serde_json::from_str(line).ok());
        match (output, lines.next()) {
            (Some(output), None) => Ok(output),
            _ => Err(format!("the runner must print one JSON line{}", context())),
        }
    }
}

/// Runs the runner for one row, to its end or to the time limit.
pub(crate) fn say(runner: &Runner, emulator: &Emulator, row: &Row) -> Result<Said> {
    let mut child = prepared(runner, emulator, row)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let stdout = reader(child.stdout.take());
    let stderr = reader(child.stderr.take());
    let end = Instant::now() + PATIENCE;
    let mut status = child.try_wait()?;
    while status.is_none() && Instant::now() < end {
        thread::sleep(Duration::from_millis(2));
        status = child.try_wait()?;
    }
    if status.is_none() {
        child.kill()?;
        child.wait()?;
    }
    let text = |thread: thread::JoinHandle<String>| thread.join().unwrap_or_default();
    Ok(Said {
        status,
        stdout: text(stdout),
        stderr: text(stderr),
    })
}

fn prepared(runner: &Runner, emulator: &Emulator, row: &Row) -> Command {
    let mut command = command(&runner.program);
    command.args(&runner.arguments).arg(row.call.word());
    for proxy in ["http_proxy", "https_proxy", "all_proxy", "no_proxy"] {
        command.env_remove(proxy).env_remove(proxy.to_uppercase());
    }
    match row.call {
        Call::TwoArgument => command.env("GRAPH_DEVICES_ENDPOINT", &emulator.endpoint),
        _ => command.env_remove("GRAPH_DEVICES_ENDPOINT"),
    };
    for (name, value) in &row.env {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let named = row.with.contains_key("endpoint") || row.with.contains_key("cloud");
    if row.call != Call::TwoArgument && !named {
        command.arg(format!("endpoint={}", emulator.endpoint));
    }
    for (name, value) in &row.with {
        let values = match value {
            Value::Null => continue,
            Value::Array(values) => values.as_slice(),
            one => std::slice::from_ref(one),
        };
        command.args(values.iter().map(|value| {
            format!(
                "{name}={}",
                value.as_str().map_or_else(|| value.to_string(), str::to_owned)
            )
        }));
    }
    command
}

fn reader(stream: Option<impl Read + Send + 'static>) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut stream) = stream {
            let _ = stream.read_to_end(&mut bytes);
        }
        String::from_utf8_lossy(&bytes).into_owned()
    })
}
