//! The program under test: an example of the library that off-boards the users of a file.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::clock::now;
use super::evidence::Row;
use crate::Result;

/// What a worker printed before it ended.
#[derive(Debug, Default)]
pub(super) struct Output {
    pub(super) rows: Vec<Row>,
    pub(super) counts: Option<BTreeMap<String, u64>>,
    pub(super) ended_by: Option<String>,
}

/// A running worker; it does not outlive this value, nor this program.
pub(super) struct Worker {
    child: Child,
    reader: Option<JoinHandle<Result<Output>>>,
    errors: PathBuf,
    /// Before it was started.
    pub(super) started_at: String,
    /// How many lines it has printed.
    lines: Arc<AtomicUsize>,
    peak: u64,
}

impl Worker {
    /// With `room`, none of its files can grow beyond this many kilobytes, as if the disk were full.
    pub(super) fn start(
        program: &Path,
        arguments: &[String],
        token: &str,
        errors: &Path,
        room: Option<u64>,
    ) -> Result<Self> {
        let started_at = now();
        let mut command = match room {
            None => Command::new(program),
            Some(kilobytes) => {
                let mut shell = Command::new("sh");
                // Without the trap the signal that comes with it would end the worker.
                let limit = "trap '' XFSZ; ulimit -f $(($0 * 2)); exec \"$@\"";
                shell.args(["-c", limit, &kilobytes.to_string()]).arg(program);
                shell
            }
        };
        let mut child = command
            .args(arguments)
            .arg("--stdin-guard")
            .env("GRAPH_TOKEN", token)
            .env_remove("GRAPH_DEVICES_ENDPOINT")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(File::create(errors)?)
            .spawn()
            .map_err(|error| format!("{}: {error}", program.display()))?;
        let stdout = child.stdout.take().ok_or("no standard output")?;
        let lines = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&lines);
        Ok(Self {
            child,
            reader: Some(thread::spawn(move || read(stdout, &counter))),
            errors: errors.to_owned(),
            started_at,
            lines,
            peak: 0,
        })
    }

    /// Whether it still runs; also measures its memory.
    pub(super) fn is_running(&mut self) -> Result<bool> {
        self.peak = self.peak.max(peak_memory(self.child.id()).unwrap_or(0));
        Ok(self.child.try_wait()?.is_none())
    }

    /// Ends it at once, without a chance to clean up.
    pub(super) fn kill(mut self) -> Result<Output> {
        self.child.kill()?;
        self.child.wait()?;
        self.end()
    }

    /// Waits for its own end, as long as it reports a user now and then. Returns its peak memory in kilobytes, too.
    pub(super) fn finish(mut self, patience: Duration) -> Result<(Output, u64)> {
        let (mut seen, mut since) = (0, Instant::now());
        while self.is_running()? {
            let now = self.lines.load(Ordering::Relaxed);
            if now > seen {
                (seen, since) = (now, Instant::now());
            }
            if since.elapsed() > patience {
                return Err(format!("the worker reported no user for {} s", patience.as_secs()).into());
            }
            thread::sleep(Duration::from_millis(20));
        }
        let status = self.child.wait()?;
        let output = self.end()?;
        if output.counts.is_none() && output.ended_by.is_none() {
            let errors = fs::read_to_string(&self.errors).unwrap_or_default();
            return Err(format!("the worker ended early, {status}: {errors}").into());
        }
        Ok((output, self.peak))
    }

    fn end(&mut self) -> Result<Output> {
        match self.reader.take().map(JoinHandle::join) {
            Some(Ok(output)) => output,
            _ => Err("the reader of the worker panicked".into()),
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // Either has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Rows and the closing line. A worker that was killed may leave half a line.
fn read(stdout: impl Read, counter: &AtomicUsize) -> Result<Output> {
    let mut output = Output::default();
    let mut stdout = BufReader::new(stdout);
    let mut line = String::new();
    while stdout.read_line(&mut line)? > 0 {
        if !line.ends_with('\n') {
            break;
        }
        let value: Value = serde_json::from_str(&line).map_err(|error| format!("{error}: {line}"))?;
        counter.fetch_add(1, Ordering::Relaxed);
        let text = |name: &str| value[name].as_str().map(str::to_owned);
        if let Some(counts) = value["counts"].as_object() {
            let counts = counts
                .iter()
                .filter_map(|(name, count)| Some((name.clone(), count.as_u64()?)));
            output.counts = Some(counts.collect());
            output.ended_by = text("ended_by");
        } else {
            output.rows.push(Row {
                user: text("user").ok_or("a row without a user")?,
                outcome: text("outcome").ok_or("a row without an outcome")?,
                reason: text("reason").unwrap_or_default(),
                approval_code: text("approval_code"),
            });
        }
        line.clear();
    }
    Ok(output)
}

/// `VmHWM` of a process.
fn peak_memory(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}
