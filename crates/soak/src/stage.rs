//! An emulator, a list of users, a journal and the lives of the worker on them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};

use super::Setting;
use super::claims::Verdict;
use super::clock::now;
use super::evidence::{self, Evidence, Life};
use super::journal::{Event, Journal, Line};
use super::model;
use super::service::{self, Attempt, Sight};
use super::worker::{Output, Worker};
use crate::emulator::Emulator;
use crate::{Result, fresh};

/// The arguments of the worker.
#[derive(Clone, Debug)]
pub(super) struct Orders {
    pub(super) token: &'static str,
    pub(super) quota: String,
    pub(super) read_quota: String,
    pub(super) connections: usize,
    pub(super) batch: usize,
    pub(super) more: Vec<String>,
    /// How much the journal may grow, in kilobytes.
    pub(super) room: Option<u64>,
}

impl Orders {
    /// As fast as possible, one user in a request. The windows are small, so that the worker soon forgets a stray 429.
    pub(super) fn fast() -> Self {
        Self {
            token: "demo-token",
            quota: "1000/0.01".to_owned(),
            read_quota: "1000/0.01".to_owned(),
            connections: 16,
            batch: 1,
            more: Vec::new(),
            room: None,
        }
    }

    /// With these arguments as well.
    pub(super) fn with(mut self, words: &[&str]) -> Self {
        self.more.extend(words.iter().map(|&word| word.to_owned()));
        self
    }
}

/// What happens to requests that the service holds when a worker is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Held {
    GoOn,
    /// Those that had only arrived are lost, as if they had never come.
    Lost,
    /// They stay held, and land in a later life.
    Stay,
}

/// One soak: its service, its users, its journal.
pub(super) struct Stage {
    pub(super) emulator: Emulator,
    program: PathBuf,
    folder: PathBuf,
    /// A worker that reports nothing for this long hangs.
    pub(super) patience: Duration,
    journal: Journal,
    /// The same list for every life.
    pub(super) people: BTreeMap<String, String>,
    lives: Vec<Life>,
    is_judged: bool,
}

/// Statuses that end a run when three users in a row meet them.
const TROUBLE: [&str; 4] = [
    "service_unavailable",
    "timeout",
    "interrupted",
    "unexpected_response",
];

impl Stage {
    /// A tenant as the parts of a reset describe it, and a list of users: each as given, with the object id of the person.
    pub(super) fn new(
        setting: &Setting,
        name: &str,
        tenant: &Value,
        people: Vec<(String, String)>,
    ) -> Result<Self> {
        let folder = setting.folder.join(name);
        fresh(&folder)?;
        let emulator = Emulator::start()?;
        emulator.post("/_emulator/reset", tenant)?;
        fs::write(folder.join("tenant.json"), tenant.to_string())?;
        let list: Vec<&str> = people.iter().map(|(user, _)| user.as_str()).collect();
        fs::write(folder.join("users.txt"), list.join("\n") + "\n")?;
        Ok(Self {
            emulator,
            program: setting.worker.clone(),
            journal: Journal::new(&folder.join(evidence::JOURNAL)),
            folder,
            patience: setting.patience(),
            people: people.into_iter().collect(),
            lives: Vec::new(),
            is_judged: false,
        })
    }

    /// Starts the worker: on a new journal the first time, later on the same.
    pub(super) fn start(&mut self, orders: &Orders) -> Result<Worker> {
        let path = |name: &str| self.folder.join(name).display().to_string();
        let journal = if self.journal.exists() {
            "--resume"
        } else {
            "--journal"
        };
        let mut arguments = vec![path("users.txt")];
        for (name, value) in [
            (journal, path(evidence::JOURNAL)),
            ("--endpoint", self.emulator.endpoint().to_owned()),
            ("--quota", orders.quota.clone()),
            ("--read-quota", orders.read_quota.clone()),
            ("--connections", orders.connections.to_string()),
            ("--batch", orders.batch.to_string()),
        ] {
            arguments.extend([name.to_owned(), value]);
        }
        arguments.extend(orders.more.iter().cloned());
        let errors = self.folder.join("errors.txt");
        let room = orders.room.map(|room| self.journal_size() / 1024 + room);
        let worker = Worker::start(&self.program, &arguments, orders.token, &errors, room)?;
        self.lives.push(Life {
            started: worker.started_at.clone(),
            ..Life::default()
        });
        Ok(worker)
    }

    /// Kills a worker. Its requests under way end before anything else begins, unless they are to stay held.
    pub(super) fn kill(&mut self, worker: Worker, held: Held) -> Result {
        let output = worker.kill()?;
        let ended = now();
        match held {
            Held::Stay => drop(self.emulator.delete("/_emulator/hold")?),
            _ => drop(
                self.emulator
                    .post("/_emulator/release", &json!({"lose": held == Held::Lost}))?,
            ),
        }
        self.ended(output, ended, true)
    }

    /// Waits for the worker's own end. Trouble that three users in a row met ends a run, too: the users left are for the next life.
    pub(super) fn finish_or_give_up(&mut self, worker: Worker) -> Result {
        let (mut output, _) = worker.finish(self.patience)?;
        let met = output
            .ended_by
            .take_if(|ended_by| TROUBLE.contains(&ended_by.as_str()));
        self.ended(output, now(), false)?;
        let life = self.lives.last_mut().ok_or("no life")?;
        life.gave_up = met.is_some();
        Ok(())
    }

    /// Waits for the worker's own end. Returns its peak memory in kilobytes, or 0 where the system
    /// does not report it.
    pub(super) fn finish(&mut self, worker: Worker) -> Result<u64> {
        let (output, peak) = worker.finish(self.patience)?;
        self.ended(output, now(), false)?;
        Ok(peak)
    }

    /// Waits for the end of a worker whose journal has no room to grow.
    pub(super) fn run_out(&mut self, worker: Worker) -> Result {
        let (mut output, _) = worker.finish(self.patience)?;
        match output.ended_by.take().as_deref() {
            // It could not record its counts.
            Some("journal") => output.counts = None,
            other => return Err(format!("without room the run was ended by {other:?}").into()),
        }
        self.ended(output, now(), true)?;
        let life = self.lives.last_mut().ok_or("no life")?;
        life.had_no_room = true;
        Ok(())
    }

    fn ended(&mut self, output: Output, ended: String, killed: bool) -> Result {
        // Its connections are gone, so only held requests of it can come later.
        let quiet = self.emulator.get("/_emulator/wait?alone=true&seconds=8")?;
        if quiet["reached"] != true {
            return Err("connections of the worker are still open".into());
        }
        let ended_by = output.ended_by.clone();
        self.note(output, ended, killed)?;
        match ended_by {
            Some(ended_by) => Err(format!("the run was ended by {ended_by}").into()),
            None => Ok(()),
        }
    }

    fn note(&mut self, output: Output, ended: String, killed: bool) -> Result {
        let before = self.journal.lines.len();
        self.journal.read_on()?;
        let life = self.lives.last_mut().ok_or("no life")?;
        (life.ended, life.killed) = (ended, killed);
        (life.rows, life.counts) = (output.rows, output.counts);
        life.lines = before..self.journal.lines.len();
        Ok(())
    }

    /// The lives so far.
    pub(super) fn lives(&self) -> &[Life] {
        &self.lives
    }

    /// The users whose devices the journal on the disk records as read, also while a worker writes it.
    pub(super) fn read_users(&self) -> BTreeSet<String> {
        let text = fs::read_to_string(self.folder.join(evidence::JOURNAL)).unwrap_or_default();
        let events = text
            .lines()
            .filter_map(|line| Line::parse(line).ok())
            .map(|line| line.event);
        let users = events.filter_map(|event| match event {
            Event::Read {
                user,
                devices: Some(_),
                ..
            } => Some(user),
            _ => None,
        });
        users.collect()
    }

    /// The bytes of the journal on the disk.
    pub(super) fn journal_size(&self) -> u64 {
        let file = fs::metadata(self.folder.join(evidence::JOURNAL));
        file.map_or(0, |file| file.len())
    }

    /// What the emulator counts.
    pub(super) fn counts(&self) -> Result<Value> {
        Ok(self.emulator.get("/_emulator/wait?seconds=0")?["counts"].clone())
    }

    /// What the emulator counts under this name, such as `attempts`.
    pub(super) fn count(&self, name: &str) -> Result<u64> {
        self.counts()?[name]
            .as_u64()
            .ok_or_else(|| format!("the emulator does not count {name}").into())
    }

    /// Whether the last life left no user to do: each was done before, or cannot be done.
    pub(super) fn is_settled(&self) -> bool {
        self.lives.last().is_some_and(|life| {
            life.counts.is_some()
                && !life.gave_up
                && life.rows.iter().all(|row| {
                    row.outcome == "accepted" || row.outcome == "confirmed" || row.outcome == "skipped"
                })
        })
    }

    /// All that is known now. The service's records are kept in the folder.
    pub(super) fn evidence(&self) -> Result<Evidence> {
        let file = |name: &str| self.folder.join(name);
        Ok(Evidence {
            people: self.people.clone(),
            lines: self.journal.lines.clone(),
            lives: self.lives.clone(),
            attempts: service::fetch(&self.emulator, "actions", &file(evidence::ACTIONS), |value| {
                Attempt::parse(value).map(Some)
            })?,
            sights: service::fetch(&self.emulator, "reads", &file(evidence::READS), Sight::parse)?,
            approvals: service::approvals(&self.emulator)?,
            ..Evidence::default()
        })
    }

    /// Keeps the evidence and judges it.
    pub(super) fn judge(&mut self, evidence: &Evidence) -> Result<Verdict> {
        evidence.keep(&self.folder)?;
        self.is_judged = true;
        Ok(model::judge(evidence))
    }
}

impl Drop for Stage {
    /// Keeps what is known so far if the part broke off.
    fn drop(&mut self) {
        if !self.is_judged {
            let is_open = self.lives.last().is_some_and(|life| life.ended.is_empty());
            let noted = if is_open {
                self.note(Output::default(), now(), true)
            } else {
                Ok(())
            };
            let kept = noted
                .and_then(|()| self.evidence())
                .and_then(|evidence| evidence.keep(&self.folder));
            if let Err(error) = kept {
                eprintln!("soak: the evidence is not kept: {error}");
            }
        }
    }
}

/// The users that the emulator makes by rule, by object id.
pub(super) fn by_id(count: usize) -> Vec<(String, String)> {
    (1..=count).map(|n| (id(n), id(n))).collect()
}

/// The same, by name.
pub(super) fn by_name(count: usize) -> Vec<(String, String)> {
    (1..=count).map(|n| (name(n), id(n))).collect()
}

/// The object id of a user that the emulator makes by rule, from 1.
pub(super) fn id(number: usize) -> String {
    format!("11000000-0000-4000-8000-{number:012}")
}

/// The name of that user.
pub(super) fn name(number: usize) -> String {
    format!("user-{number:06}@contoso.com")
}

/// A tenant of this many users by rule, with devices that need no consent, and more parts of a reset.
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
