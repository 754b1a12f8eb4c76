//! An emulator, a list of users, a journal and the lives of the worker on them.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};

use super::evidence::{Evidence, Life};
use super::journal::Journal;
use super::service;
use super::worker::{Told, Worker};
use crate::emulator::Emulator;
use crate::tools::{Result, fresh, target};

/// No life takes longer than this by itself.
pub(super) const PATIENCE: Duration = Duration::from_secs(3600);

/// How the worker is to work.
#[derive(Clone, Debug)]
pub(super) struct Orders {
    pub(super) token: &'static str,
    pub(super) quota: String,
    pub(super) read_quota: String,
    pub(super) connections: usize,
    pub(super) batch: usize,
    pub(super) more: Vec<String>,
}

impl Orders {
    /// As fast as it goes, one user in a request. The windows are small, so that what the worker learns from a stray 429
    /// it soon forgets.
    pub(super) fn fast() -> Self {
        Self {
            token: "demo-token",
            quota: "1000/0.01".to_owned(),
            read_quota: "1000/0.01".to_owned(),
            connections: 16,
            batch: 1,
            more: Vec::new(),
        }
    }

    /// With these words besides.
    pub(super) fn with(mut self, words: &[&str]) -> Self {
        self.more.extend(words.iter().map(|&word| word.to_owned()));
        self
    }
}

/// The set of one soak.
pub(super) struct Stage {
    pub(super) emulator: Emulator,
    program: PathBuf,
    folder: PathBuf,
    journal: Journal,
    /// The same list for every life.
    pub(super) people: BTreeMap<String, String>,
    lives: Vec<Life>,
}

impl Stage {
    /// A tenant as the parts of a reset describe it, and a list of users: each as given, with the object id of the person.
    pub(super) fn new(
        name: &str,
        program: PathBuf,
        tenant: &Value,
        people: Vec<(String, String)>,
    ) -> Result<Self> {
        let folder = target().join("soak").join(name);
        fresh(&folder)?;
        let emulator = Emulator::start_quiet(&format!("soak-{name}"))?;
        emulator.reset(Some(tenant))?;
        let list: Vec<&str> = people.iter().map(|(user, _)| user.as_str()).collect();
        fs::write(folder.join("users.txt"), list.join("\n") + "\n")?;
        Ok(Self {
            emulator,
            program,
            journal: Journal::new(&folder.join("journal.jsonl")),
            folder,
            people: people.into_iter().collect(),
            lives: Vec::new(),
        })
    }

    /// Starts the worker: on a new journal, later on the same again.
    pub(super) fn start(&self, orders: &Orders) -> Result<Worker> {
        let path = |name: &str| self.folder.join(name).display().to_string();
        let journal = if self.journal.exists() {
            "--resume"
        } else {
            "--journal"
        };
        let mut arguments = vec![path("users.txt")];
        for (name, value) in [
            (journal, path("journal.jsonl")),
            ("--endpoint", self.emulator.endpoint.clone()),
            ("--quota", orders.quota.clone()),
            ("--read-quota", orders.read_quota.clone()),
            ("--connections", orders.connections.to_string()),
            ("--batch", orders.batch.to_string()),
        ] {
            arguments.extend([name.to_owned(), value]);
        }
        arguments.extend(orders.more.iter().cloned());
        let errors = self.folder.join("errors.txt");
        Worker::start(&self.program, &arguments, orders.token, &errors)
    }

    /// Kills a worker; what it has left under way ends before anything else begins. Requests that the service holds but has
    /// not looked at are let through, or lost.
    pub(super) fn kill(&mut self, worker: Worker, lose: bool) -> Result {
        let told = worker.kill()?;
        self.emulator.post("/_emulator/release", &json!({"lose": lose}))?;
        self.ended(told)
    }

    /// Waits for the worker's own end. Gives the most memory it has had at a time, in kilobytes, or 0 where the system does
    /// not tell.
    pub(super) fn finish(&mut self, worker: Worker, patience: Duration) -> Result<u64> {
        let (told, peak) = worker.finish(patience)?;
        self.ended(told)?;
        Ok(peak)
    }

    fn ended(&mut self, told: Told) -> Result {
        let quiet = self.emulator.get("/_emulator/wait?idle=true&seconds=5")?;
        if quiet["reached"] != true {
            return Err("requests are still under way".into());
        }
        if let Some(fatal) = told.fatal {
            return Err(format!("the run was ended by {fatal}").into());
        }
        let before = self.journal.lines.len();
        self.journal.read_on()?;
        self.lives.push(Life {
            rows: told.rows,
            counts: told.counts,
            lines: before..self.journal.lines.len(),
        });
        Ok(())
    }

    /// The lives so far.
    pub(super) fn lives(&self) -> &[Life] {
        &self.lives
    }

    pub(super) fn journal(&self) -> &Journal {
        &self.journal
    }

    /// What the emulator counts under this name, such as `attempts`.
    pub(super) fn count(&self, name: &str) -> Result<u64> {
        let counts = self.emulator.get("/_emulator/wait?seconds=0")?;
        counts["counts"][name]
            .as_u64()
            .ok_or_else(|| format!("the emulator does not count {name}").into())
    }

    /// The last life told that nobody was left to do: everybody was done before, or is beyond doing.
    pub(super) fn is_settled(&self) -> bool {
        self.lives.last().is_some_and(|life| {
            life.counts.is_some()
                && life.rows.iter().all(|row| {
                    row.outcome == "accepted" || row.outcome == "confirmed" || row.outcome == "skipped"
                })
        })
    }

    /// All that is known now.
    pub(super) fn evidence(&self) -> Result<Evidence> {
        Ok(Evidence {
            people: self.people.clone(),
            lines: self.journal.lines.clone(),
            lives: self.lives.clone(),
            attempts: service::attempts(&self.emulator)?,
            approvals: service::approvals(&self.emulator)?,
            ..Evidence::default()
        })
    }
}

/// The users whom the emulator makes by rule, by object id.
pub(super) fn by_id(count: usize) -> Vec<(String, String)> {
    (1..=count).map(|n| (id(n), id(n))).collect()
}

/// The same, by name.
pub(super) fn by_name(count: usize) -> Vec<(String, String)> {
    (1..=count).map(|n| (name(n), id(n))).collect()
}

/// The object id of a user whom the emulator makes by rule, from 1.
pub(super) fn id(number: usize) -> String {
    format!("11000000-0000-4000-8000-{number:012}")
}

/// The name of that user.
pub(super) fn name(number: usize) -> String {
    format!("user-{number:06}@contoso.com")
}

/// A tenant of so many users by rule, with devices that need nobody's consent, and more parts of a reset.
pub(super) fn tenant(users: usize, parts: &Value) -> Value {
    let mut tenant = json!({
        "users": [],
        "generate": {"users": users, "devices": 2, "operating_systems": ["iOS", "macOS"]},
        "keep_log": false,
    });
    if let (Some(tenant), Some(parts)) = (tenant.as_object_mut(), parts.as_object()) {
        tenant.extend(parts.clone());
    }
    tenant
}
