//! `cargo xtask bench`: this library beside others, on one machine, against one plain and one TLS server, in turns.
//!
//! Prints a Markdown table of medians. The programs are in `tests/bench`.

mod ready;
mod rounds;
mod table;

use std::path::Path;
use std::process::Command;

use serde_json::json;

use crate::dist::{self, Profile};
use crate::emulator::Emulator;
use crate::tools::{Result, cargo, command, find, output, target};
use ready::{PYTHON_PEERS, Ready};
use rounds::{Contender, Medians, medians};
use table::{Better, Row, Table};

/// The latency of a far service.
const LATENCY_MS: u32 = 50;
const CONNECTIONS: usize = 16;
const BATCH: usize = 20;
/// Users that the server generates.
const USERS: usize = 100_000;
const MEGA: f64 = 1e6;
/// What programs trust by default: every contender loads that, and the authority of the server.
const SYSTEM_BUNDLE: &str = "/etc/ssl/certs/ca-certificates.crt";

/// Measures everything and prints the table.
pub(crate) fn run() -> Result {
    let ready = Ready::make()?;
    let stage = Stage::start(ready)?;
    let mut table = Table::default();
    stage.calls(&mut table)?;
    stage.python(&mut table)?;
    powershell(&mut table)?;
    stage.runs(&mut table)?;
    stage.memory(&mut table)?;
    stage.sizes(&mut table)?;
    print!("{}", table.markdown()?);
    Ok(())
}

/// The servers and what is measured against them.
struct Stage {
    ready: Ready,
    plain: Emulator,
    tls: Emulator,
    ca_file: String,
}

impl Stage {
    fn start(ready: Ready) -> Result<Self> {
        let folder = target().join("bench");
        let plain = Emulator::start_release("bench-plain", &["--quiet"])?;
        let tls = Emulator::start_release("bench-tls", &["--quiet", "--tls"])?;
        let ca_file = folder.join("ca.pem");
        let authority = tls.ca_pem.as_deref().ok_or("no certificate authority")?;
        std::fs::write(&ca_file, std::fs::read_to_string(SYSTEM_BUNDLE)? + authority)?;
        generate_users(&plain)?;
        Ok(Self {
            ready,
            plain,
            tls,
            ca_file: ca_file.display().to_string(),
        })
    }

    /// A program and the server that it talks to.
    fn against(&self, mut program: Command, tls: bool) -> Command {
        if tls {
            program.args([&self.tls.endpoint, &self.ca_file]);
        } else {
            program.args([self.plain.endpoint.as_str(), "-"]);
        }
        program
    }

    /// This library and libcurl, each with the same arguments.
    fn in_c(&self, tls: bool, arguments: &[&str]) -> [Contender; 2] {
        [
            ("this library", &self.ready.graph),
            ("libcurl", &self.ready.libcurl),
        ]
        .map(|(name, program)| {
            let mut program = self.against(Command::new(program), tls);
            program.args(arguments);
            Contender { name, program }
        })
    }

    fn calls(&self, table: &mut Table) -> Result {
        let once = medians(7, &mut self.in_c(true, &["once"]), rounds::wall)?;
        table.add(Row::ratio(
            "C: a process with one call over https, ms",
            &once,
            0,
            "libcurl",
            0.3,
        ));
        for (what, tls) in [("C: a call, http, µs", false), ("C: a call, https, µs", true)] {
            let calls = medians(7, &mut self.in_c(tls, &["calls", "2000"]), rounds::numbers)?;
            table.add(Row::ratio(what, &calls, 0, "libcurl", 1.1));
        }
        Ok(())
    }

    fn in_python(&self, tls: bool, mode: &str) -> Vec<Contender> {
        let names = std::iter::once(("this library", "graph_devices")).chain(PYTHON_PEERS);
        names
            .map(|(name, peer)| {
                let mut program = self.ready.python();
                program.arg(peer);
                let mut program = self.against(program, tls);
                program.arg(mode);
                Contender { name, program }
            })
            .collect()
    }

    fn python(&self, table: &mut Table) -> Result {
        let mut imports = self.in_python(false, "import");
        imports.push(Contender {
            name: "bare",
            program: self.ready.bare_python(),
        });
        let imports = over_bare(medians(7, &mut imports, rounds::wall)?);
        table.add(Row::value(
            "Python: an import, ms over the bare interpreter",
            &imports,
            0,
            Better::Lower(12.0),
        ));
        let once = medians(5, &mut self.in_python(true, "once"), rounds::wall)?;
        table.add(Row::ratio(
            "Python: a process with one call over https, ms",
            &once,
            0,
            "requests",
            0.2,
        ));
        for (what, tls) in [
            ("Python: a call, http, µs", false),
            ("Python: a call, https, µs", true),
        ] {
            let calls = medians(5, &mut self.in_python(tls, "300"), rounds::numbers)?;
            table.add(Row::ratio(what, &calls, 0, "requests", 0.15));
        }
        Ok(())
    }

    /// A run with a journal, and libcurl's multi interface without one.
    fn many(&self, rounds: usize, users: usize, batch: usize) -> Result<Medians> {
        let journal = target().join("bench/run.jsonl");
        let (users, batch, connections) = (users.to_string(), batch.to_string(), CONNECTIONS.to_string());
        let path = journal.display().to_string();
        let mut contenders = self.in_c(false, &["users", &users, &connections, &batch, &path, "0"]);
        medians(rounds, &mut contenders, |program| {
            remove(&journal)?;
            rounds::numbers(program)
        })
    }

    fn runs(&self, table: &mut Table) -> Result {
        let near = self.many(5, 5_000, 1)?;
        table.add(Row::ratio(
            "C: a run, 16 connections, CPU µs a user",
            &near,
            1,
            "libcurl",
            2.0,
        ));
        self.plain.post(
            "/_emulator/faults",
            &json!({"delay_ms": LATENCY_MS, "times": 100_000_000}),
        )?;
        let single = self.many(3, 1_600, 1)?;
        let batches = self.many(3, 24_000, BATCH)?;
        generate_users(&self.plain)?;
        table.add(Row::value(
            "C: a run, 16 connections, 50 ms, CPU µs a user",
            &single,
            1,
            Better::Lower(120.0),
        ));
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        let ceiling = CONNECTIONS as f64 * 1000.0 / f64::from(LATENCY_MS);
        table.add(Row::value(
            "C: the same, users a second of 320",
            &single,
            0,
            Better::Higher(ceiling * 0.95),
        ));
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        let ceiling = ceiling * BATCH as f64;
        table.add(Row::value(
            "C: the same in batches of 20, users a second of 6,400",
            &batches,
            0,
            Better::Higher(ceiling * 0.9),
        ));
        Ok(())
    }

    fn memory(&self, table: &mut Table) -> Result {
        let journal = target().join("bench/memory.jsonl");
        let most = |users: usize, resume: &str| -> Result<f64> {
            let (users, path) = (users.to_string(), journal.display().to_string());
            let [mut ours, _] = self.in_c(false, &["users", &users, "16", "1", &path, resume]);
            Ok(rounds::numbers(&mut ours.program)?[2] * 1024.0)
        };
        remove(&journal)?;
        let few = most(USERS / 10, "0")?;
        let few_resumed = most(USERS / 10, "1")?;
        remove(&journal)?;
        let many = most(USERS, "0")?;
        let many_resumed = most(USERS, "1")?;
        remove(&journal)?;
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        let more = (USERS - USERS / 10) as f64;
        for (what, value, goal) in [
            ("C: memory of a run of 10,000 users, MB", few / MEGA, 12.0),
            (
                "C: memory a user, 100,000 over 10,000, bytes",
                (many - few) / more,
                100.0,
            ),
            (
                "C: memory a user, resumed, bytes",
                (many_resumed - few_resumed) / more,
                200.0,
            ),
        ] {
            table.add(Row::ours(what, value, goal));
        }
        Ok(())
    }

    fn sizes(&self, table: &mut Table) -> Result {
        table.add(Row::ours(
            "size of the shared library, MB",
            size(&self.ready.library)?,
            3.2,
        ));
        table.add(Row::ours(
            "size of the wheel with the command line, MB",
            size(&self.ready.wheel)?,
            2.2,
        ));
        let tree = output(&mut cargo(&[
            "tree",
            "-p",
            "graph-devices-capi",
            "-e",
            "normal",
            "--prefix",
            "none",
        ]))?;
        let mut crates: Vec<&str> = tree.lines().filter_map(|line| line.split(" (").next()).collect();
        crates.sort_unstable();
        crates.dedup();
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        table.add(Row::ours("crates in it", crates.len() as f64, 110.0));
        Ok(())
    }
}

/// A process that imports the module and has a call refused, beside one that does nothing.
fn powershell(table: &mut Table) -> Result {
    let Some(pwsh) = find("pwsh") else {
        eprintln!("xtask: without pwsh on PATH, PowerShell is not measured");
        return Ok(());
    };
    let module = dist::powershell::lay_out(Profile::Release)?.join("GraphDevices.psd1");
    let call = format!(
        "Import-Module '{}'; try {{ Remove-GraphAllUserDevice 'no user' -AccessToken ([securestring]::new()) -Force -ErrorAction Stop }} catch {{ exit 0 }}; exit 1",
        module.display()
    );
    let mut contenders =
        [("this library", call.as_str()), ("a bare host", "exit 0")].map(|(name, script)| {
            let mut program = command(&pwsh);
            program.args(["-NoProfile", "-NonInteractive", "-Command", script]);
            Contender { name, program }
        });
    let processes = medians(5, &mut contenders, rounds::wall)?;
    table.add(Row::ratio(
        "PowerShell: a process with an import and a refused call, ms",
        &processes,
        0,
        "a bare host",
        1.3,
    ));
    Ok(())
}

/// A tenant of many users, without faults.
fn generate_users(emulator: &Emulator) -> Result {
    emulator.reset(Some(
        &json!({"generate": {"users": USERS, "devices": 1}, "keep_log": false}),
    ))
}

/// What each costs beside the interpreter alone.
fn over_bare(mut medians: Medians) -> Medians {
    let bare = medians.remove("bare").map_or(0.0, |values| values[0]);
    for values in medians.values_mut() {
        values[0] -= bare;
    }
    medians
}

fn size(file: &Path) -> Result<f64> {
    #[expect(clippy::cast_precision_loss, reason = "a few million")]
    Ok(file.metadata()?.len() as f64 / MEGA)
}

fn remove(file: &Path) -> Result {
    match std::fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}
