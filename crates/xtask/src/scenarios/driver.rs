//! Runs every row in one language: a process per row, one emulator for all of them.

use std::collections::BTreeSet;
use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::compare::{mismatches, with_status};
use super::process::say;
use super::record;
use super::runners::Runner;
use super::secrets::leaks;
use super::shape::{fields_seen, fields_unseen, malformed};
use super::table::{Call, Template};
use super::wire;
use crate::emulator::Emulator;
use crate::report::Counts;
use crate::tools::{Result, root};

/// The results of one language.
pub(crate) struct Verdict {
    /// Rows and field checks.
    pub(crate) counts: Counts,
    /// Rows with an argument that the language cannot hold.
    pub(crate) unsupported: usize,
    /// One text per failure.
    pub(crate) failures: Vec<String>,
}

/// The surroundings of the rows: an emulator, and further servers.
pub(crate) struct Stage {
    pub(crate) emulator: Emulator,
    /// Further placeholders and their values.
    pub(crate) places: Vec<(&'static str, String)>,
    /// The logs of proxies, with a line for each `CONNECT` that they were asked for.
    pub(crate) proxy_logs: Vec<PathBuf>,
}

/// Runs the table of scenarios in one language: every field must have had a value in some row.
pub(crate) fn run(runner: &Runner, templates: &[Template]) -> Result<Verdict> {
    let stage = Stage {
        emulator: Emulator::start(runner.language)?,
        places: Vec::new(),
        proxy_logs: Vec::new(),
    };
    let (mut verdict, seen) = run_on(&stage, runner, templates);
    for field in fields_unseen(&seen.calls, &seen.fields) {
        verdict.fail(&format!("{field} is null in every row"));
    }
    Ok(verdict)
}

/// Runs a table in one language; also returns the fields that had a value.
pub(crate) fn run_on(stage: &Stage, runner: &Runner, templates: &[Template]) -> (Verdict, Seen) {
    let mut verdict = Verdict {
        counts: Counts::default(),
        unsupported: 0,
        failures: Vec::new(),
    };
    let mut seen = Seen::default();
    for template in templates {
        match row(runner, stage, template, &mut seen) {
            Ok(Judged::Fits) => verdict.counts.passed += 1,
            Ok(Judged::Unsupported) => verdict.unsupported += 1,
            Ok(Judged::Wrong(wrong)) => verdict.fail(&format!("{}: {}", template.name, wrong.join("\n    "))),
            Err(error) => verdict.fail(&format!("{}: {error}", template.name)),
        }
    }
    (verdict, seen)
}

impl Stage {
    /// How many tunnels the proxies have been asked for so far.
    fn tunnels(&self) -> Result<usize> {
        let mut number = 0;
        for log in &self.proxy_logs {
            number += fs::read_to_string(log)?.matches(": CONNECT ").count();
        }
        Ok(number)
    }
}

impl Verdict {
    fn fail(&mut self, why: &str) {
        self.counts.failed += 1;
        self.failures.push(why.to_owned());
    }
}

/// What the rows of a language have shown.
#[derive(Default)]
pub(crate) struct Seen {
    calls: Vec<Call>,
    fields: BTreeSet<String>,
}

enum Judged {
    Fits,
    Unsupported,
    Wrong(Vec<String>),
}

fn row(runner: &Runner, stage: &Stage, template: &Template, seen: &mut Seen) -> Result<Judged> {
    let emulator = &stage.emulator;
    let dead = dead_endpoint()?;
    let port = emulator.port.to_string();
    let not_pem = root().join("Cargo.toml").display().to_string();
    let journal = record::path(runner.language, &template.name)?;
    let journal_path = journal.display().to_string();
    let mut places = vec![
        ("endpoint", emulator.endpoint.as_str()),
        ("port", &port),
        ("dead", &dead),
        ("not_pem", &not_pem),
        ("journal", &journal_path),
    ];
    places.extend(stage.places.iter().map(|(name, value)| (*name, value.as_str())));
    let row = template.fill(&places)?;
    let tunnels = stage.tunnels()?;
    emulator.reset(row.start.as_ref())?;
    emulator.post("/_emulator/faults", &json!(row.faults))?;

    record::write(&journal, &row, &emulator.endpoint)?;
    let said = say(runner, emulator, &row)?;
    let output = match said.line() {
        Ok(output) => output,
        Err(wrong) => return Ok(Judged::Wrong(vec![wrong])),
    };
    if output.get("unsupported").is_some() {
        let wrong = format!("only a row marked so may be unsupported: {output}");
        let no_such_call = output["unsupported"] == row.call.word();
        return Ok(if row.not_every_language || no_such_call {
            Judged::Unsupported
        } else {
            Judged::Wrong(vec![wrong])
        });
    }
    seen.calls.push(row.call);
    fields_seen(row.call, &output, &mut seen.fields);
    let log = emulator.get("/_emulator/log")?;
    let log = log.as_array().ok_or("the emulator's log is no array")?;
    let mut wrong = malformed(row.call, &output);
    wrong.extend(mismatches("output", &row.expect, &with_status(row.call, &output)));
    wrong.extend(wire::mismatched(&row.wire, log, stage.tunnels()? - tunnels));
    wrong.extend(request_id_not_sent(&output, log));
    let (missing, recorded) = record::missing(&journal, &row);
    wrong.extend(missing);
    wrong.extend(leaks(
        &row,
        &output,
        &[("standard error", &said.stderr), ("the journal", &recorded)],
    ));
    if wrong.is_empty() {
        return Ok(Judged::Fits);
    }
    wrong.push(format!("printed {output}"));
    wrong.extend(
        said.stderr
            .lines()
            .next_back()
            .map(|line| format!("stderr ends {line}")),
    );
    Ok(Judged::Wrong(wrong))
}

/// An endpoint of this machine where nothing listens.
fn dead_endpoint() -> Result<String> {
    Ok(format!(
        "http://{}",
        TcpListener::bind("127.0.0.1:0")?.local_addr()?
    ))
}

/// The client-request-id that the caller gets must be the one that was sent; where the action was sent, with the action.
fn request_id_not_sent(output: &Value, log: &[Value]) -> Option<String> {
    let reported = ["error", "receipt"]
        .iter()
        .find_map(|kind| output[*kind]["client_request_id"].as_str())?;
    let is_action = |entry: &&Value| entry["method"] == "POST";
    let request = log.iter().rfind(is_action).or_else(|| log.last())?;
    let sent = request["headers"]["client-request-id"].as_str()?;
    (sent != reported).then(|| format!("client_request_id is {reported}, but {sent} was sent"))
}
