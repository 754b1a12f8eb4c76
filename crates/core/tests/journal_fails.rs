//! A journal that cannot be written: no user is sent without a record, the run ends and reports why, and once there is room
//! again every user is finished and none is sent twice.
#![cfg(target_os = "linux")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use common::runs::{Folder, PATIENCE, client, ended, finish, name, next, phones};
use common::{Service, Tested};
use graph_devices::{Client, ClientOptions, Endpoint, Event, Outcome, RunOptions, Status, Token};
use serde_json::{Value, json};

type Failed = Box<dyn std::error::Error>;

/// The variable with the order of a test's process.
const ORDER: &str = "GRAPH_DEVICES_TEST_ORDER";
/// The unit of `ulimit -f`.
const BLOCK: usize = 512;
/// A user id that owns no file.
const UNPRIVILEGED: u32 = 65_534;
const STOPPED: (&str, &str) = ("skipped", "stopped");

/// Performs a run in any process: its results and its end, or the reason that it could not begin.
fn perform(order: &Value) -> Result<Vec<Value>, Failed> {
    let text = |name: &str| order[name].as_str().unwrap_or_default();
    let number = |name: &str| usize::try_from(order[name].as_u64().unwrap_or(1));
    let options = ClientOptions::default()
        .endpoint(Endpoint::parse(text("endpoint"))?)
        .backoff(Duration::from_millis(5), Duration::from_millis(20))?;
    let run_options = RunOptions::default()
        .write_quota(10_000, PATIENCE)?
        .connections(number("connections")?)?
        .initiated_by(text("operator"));
    let run_options = if order["resume"] == true {
        run_options.resume(text("journal"))
    } else {
        run_options.journal(text("journal"))
    };
    let run = match Client::new(options, Token::new("demo-token")?)?.run(run_options) {
        Ok(run) => run,
        Err(error) => return Ok(vec![json!({"error": error.status.name()})]),
    };
    let (rows, summary) = finish(&run, (1..=number("users")?).map(name))?;
    let mut lines: Vec<_> = rows
        .iter()
        .map(|row| {
            json!({
                "user": row.user, "outcome": row.outcome.name(), "reason": row.reason.name(), "detail": row.detail,
                "status": row.error.as_ref().map(|error| error.status.name()),
            })
        })
        .collect();
    lines.push(
        json!({"ended_by": summary.ended_by.map(graph_devices::Status::name), "message": summary.message}),
    );
    Ok(lines)
}

/// Performs what this process was started for.
fn child() -> Option<Tested> {
    let order = std::env::var(ORDER).ok()?;
    let perform_order = || -> Tested {
        let lines = perform(&serde_json::from_str(&order)?)?;
        // The test harness has begun a line.
        let mut out = io::stdout().lock();
        writeln!(out)?;
        for line in lines {
            writeln!(out, "{line}")?;
        }
        Ok(())
    };
    Some(perform_order())
}

/// Performs an order in a process of its own, which `command` starts.
fn in_a_process(command: &mut Command, order: &Value) -> Result<Vec<Value>, Failed> {
    let ended = command
        .args([
            "--exact",
            "a_full_disk_ends_a_run_and_loses_no_user",
            "--nocapture",
        ])
        .env(ORDER, order.to_string())
        .output()?;
    let output = String::from_utf8_lossy(&ended.stdout);
    if !ended.status.success() {
        return Err(format!("{output} {}", String::from_utf8_lossy(&ended.stderr)).into());
    }
    let lines = output.lines().filter(|line| line.starts_with('{'));
    Ok(lines.map(serde_json::from_str).collect::<Result<_, _>>()?)
}

/// Performs an order in a process that may write only `blocks` blocks to a file, as on a full disk.
fn in_little_room(blocks: usize, order: &Value) -> Result<Vec<Value>, Failed> {
    let limit = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
    let mut command = Command::new("sh");
    command.args(["-c", &limit]).arg(std::env::current_exe()?);
    in_a_process(&mut command, order)
}

/// Users, their faults, and the journal of their run.
struct Stage {
    service: Service,
    folder: Folder,
    users: usize,
    faults: Value,
    order: Value,
}

impl Stage {
    fn new(folder: &str, users: usize, connections: usize) -> Result<Self, Failed> {
        let (service, folder) = (Service::start()?, Folder::new(folder)?);
        let order = json!({
            "endpoint": service.endpoint(), "journal": folder.file("leavers.jsonl"), "users": users,
            "connections": connections,
        });
        Ok(Self {
            service,
            folder,
            users,
            faults: json!([]),
            order,
        })
    }

    fn journal(&self) -> PathBuf {
        self.folder.file("leavers.jsonl")
    }

    fn begin(&self) -> Tested {
        let _ = fs::remove_file(self.journal());
        self.service.reset(&phones(self.users))?;
        Ok(self.service.faults(&self.faults)?)
    }

    /// The lines of the journal, and where in the file each begins.
    fn lines(&self) -> Result<Vec<(usize, Value)>, Failed> {
        let mut at = 0;
        let mut lines = Vec::new();
        for line in fs::read_to_string(self.journal())?.split_inclusive('\n') {
            lines.push((at, serde_json::from_str(line)?));
            at += line.len();
        }
        Ok(lines)
    }

    /// The journal of a complete run with enough room. With one connection every other run writes lines of the same length.
    fn rehearsed(&self) -> Result<Rehearsed, Failed> {
        self.begin()?;
        perform(&self.order)?;
        Ok(Rehearsed(self.lines()?))
    }

    /// The run again, on a disk that is full at a place of the rehearsal's journal.
    fn full_at(&mut self, place: usize) -> Result<RunFacts, Failed> {
        self.begin()?;
        let padding = (BLOCK - place % BLOCK) % BLOCK;
        self.order["operator"] = json!("x".repeat(padding));
        let lines = in_little_room((place + padding) / BLOCK, &self.order)?;
        let facts = RunFacts::of(self, lines)?;
        facts.is_true(self.users);
        Ok(facts)
    }

    /// With room again every user is done, and was sent once.
    fn has_room_again(&mut self) -> Tested {
        self.order["resume"] = json!(true);
        let lines = perform(&self.order)?;
        let facts = RunFacts::of(self, lines)?;
        let done = |row: &&Value| {
            matches!(row["outcome"].as_str(), Some("accepted" | "confirmed"))
                || row["reason"] == "done_before"
        };
        assert_eq!(
            facts.rows.iter().filter(done).count(),
            self.users,
            "{:?}",
            facts.rows
        );
        assert_eq!(facts.ended_by, Value::Null);
        let mut acted = BTreeMap::new();
        for action in facts.actions.iter().filter(|action| action["acted"] == true) {
            *acted.entry(action["user"].to_string()).or_insert(0) += 1;
        }
        assert_eq!(acted.len(), self.users);
        assert!(acted.values().all(|times| *times == 1), "{acted:?}");
        Ok(())
    }
}

struct Rehearsed(Vec<(usize, Value)>);

impl Rehearsed {
    /// Where the line of an event of a user begins, and how long it is.
    fn find(&self, event: &str, user: Option<usize>) -> Result<(usize, usize), Failed> {
        let user = user.map_or(Value::Null, |user| json!(name(user)));
        let mut starts = self.0.iter();
        let found = starts.find(|(_, line)| line["event"] == event && line["user"] == user);
        let (start, _) = found.ok_or("no such line")?;
        let end = starts.next().map_or(*start, |(next, _)| *next);
        Ok((*start, end - start))
    }
}

/// What a run reported and recorded, and what the service received.
struct RunFacts {
    rows: Vec<Value>,
    ended_by: Value,
    actions: Vec<Value>,
    sent: BTreeSet<String>,
    results: BTreeSet<String>,
}

impl RunFacts {
    fn of(stage: &Stage, mut lines: Vec<Value>) -> Result<Self, Failed> {
        let end = lines.pop().ok_or("it printed nothing")?;
        let journal = stage.lines()?;
        let of = |event: &str, member: &str| {
            let lines = journal.iter().map(|(_, line)| line);
            let lines = lines.filter(|line| line["event"] == event);
            lines.map(|line| line[member].to_string()).collect()
        };
        Ok(Self {
            rows: lines,
            ended_by: end["ended_by"].clone(),
            actions: stage
                .service
                .get("actions")?
                .as_array()
                .cloned()
                .unwrap_or_default(),
            sent: of("sent", "client_request_id"),
            results: of("result", "user"),
        })
    }

    /// Checks what holds at every place where the disk may be full.
    fn is_true(&self, users: usize) {
        assert_eq!((self.rows.len(), &self.ended_by), (users, &json!("journal")));
        let arrived: BTreeSet<_> = self
            .actions
            .iter()
            .map(|action| action["client_request_id"].to_string())
            .collect();
        assert_eq!(arrived, self.sent, "sent and written down");
        for row in &self.rows {
            let is_missing = row["detail"]
                .as_str()
                .is_some_and(|text| text.contains("not in the journal"));
            let is_written = self.results.contains(&row["user"].to_string());
            assert!(is_missing != is_written || row["reason"] == "stopped", "{row}");
        }
    }

    /// The outcomes of the results from this user on.
    fn from(&self, user: usize) -> Vec<(&str, &str)> {
        let rows = self.rows.iter().skip(user - 1);
        rows.map(|row| {
            (
                row["outcome"].as_str().unwrap_or_default(),
                row["reason"].as_str().unwrap_or_default(),
            )
        })
        .collect()
    }
}

#[test]
fn a_full_disk_ends_a_run_and_loses_no_user() -> Tested {
    if let Some(done) = child() {
        return done;
    }
    let mut stage = Stage::new("full", 200, 16)?;
    for blocks in [80, 199, 350] {
        stage.full_at(blocks * BLOCK)?;
        stage.has_room_again()?;
        stage.order["resume"] = json!(false);
    }
    Ok(())
}

#[test]
fn a_user_who_cannot_be_written_down_is_not_sent() -> Tested {
    let mut stage = Stage::new("no-sent", 8, 1)?;
    let (sent, _) = stage.rehearsed()?.find("sent", Some(5))?;
    let facts = stage.full_at(sent)?;
    assert_eq!(facts.actions.len(), 4);
    assert_eq!(
        facts.from(4),
        [("accepted", ""), ("failed", ""), STOPPED, STOPPED, STOPPED]
    );
    assert_eq!(
        facts.rows.get(4).map(|row| &row["status"]),
        Some(&json!("journal"))
    );
    stage.has_room_again()
}

#[test]
fn a_result_that_cannot_be_recorded_is_reported_and_is_the_last() -> Tested {
    let mut stage = Stage::new("no-result", 8, 1)?;
    // A refusal whose record is so long that the whole of the next user would fit in its place.
    let long = "x".repeat(1000);
    let refusal = json!({"error": {"code": long, "message": long, "innerError": {"code": long}}});
    let fifth = "000000000005/removeAll";
    stage.faults = json!([{"match": fifth, "status": 409, "json": refusal}]);
    let rehearsed = stage.rehearsed()?;
    let (result, length) = rehearsed.find("result", Some(5))?;
    let next = rehearsed.find("read", Some(6))?.1 + rehearsed.find("sent", Some(6))?.1;
    assert!(next < length, "{next} {length}");
    let facts = stage.full_at(result + next)?;
    assert_eq!(facts.actions.len(), 5, "another user was sent after that");
    assert_eq!(
        facts.from(4),
        [("accepted", ""), ("unknown", ""), STOPPED, STOPPED, STOPPED]
    );
    stage.has_room_again()
}

#[test]
fn a_user_whose_devices_cannot_be_written_down_is_not_sent() -> Tested {
    let mut stage = Stage::new("no-read", 8, 1)?;
    let rehearsed = stage.rehearsed()?;
    let (read, length) = rehearsed.find("read", Some(5))?;
    let room = rehearsed.find("sent", Some(5))?.1;
    assert!(room < length, "{room} {length}");
    let facts = stage.full_at(read + room)?;
    assert_eq!(facts.actions.len(), 4);
    assert_eq!(
        facts.from(4),
        [("accepted", ""), STOPPED, STOPPED, STOPPED, STOPPED]
    );
    stage.has_room_again()
}

#[test]
fn an_end_that_cannot_be_recorded_is_reported() -> Tested {
    let mut stage = Stage::new("no-end", 3, 1)?;
    let (end, _) = stage.rehearsed()?.find("end", None)?;
    let facts = stage.full_at(end)?;
    assert_eq!(facts.from(1), [("accepted", ""); 3]);
    stage.has_room_again()
}

#[test]
fn a_journal_that_may_not_be_written_is_reported_before_anything_is_sent() -> Tested {
    let mut stage = Stage::new("read-only", 3, 1)?;
    stage.rehearsed()?;
    let (journal, folder) = (stage.journal(), stage.folder.file(""));
    let before = fs::read(&journal)?;
    let program = stage.folder.file("program");
    fs::copy(std::env::current_exe()?, &program)?;
    fs::set_permissions(&journal, Permissions::from_mode(0o444))?;
    fs::set_permissions(&folder, Permissions::from_mode(0o555))?;
    // Such permissions do not restrict root, which can become another user.
    let is_root = OpenOptions::new().append(true).open(&journal).is_ok();
    stage.service.reset(&phones(3))?;
    for (resume, file) in [(true, "leavers.jsonl"), (false, "new.jsonl")] {
        stage.order["resume"] = json!(resume);
        stage.order["journal"] = json!(stage.folder.file(file));
        let mut command = Command::new(&program);
        if is_root {
            command.uid(UNPRIVILEGED).gid(UNPRIVILEGED);
        }
        assert_eq!(
            in_a_process(&mut command, &stage.order)?,
            [json!({"error": "journal"})],
            "{file}"
        );
    }
    assert!(stage.service.log()?.is_empty());
    assert_eq!(fs::read(&journal)?, before);
    Ok(fs::set_permissions(&folder, Permissions::from_mode(0o755))?)
}

#[test]
fn a_journal_that_is_deleted_under_a_run_ends_it_before_anybody_else_is_sent() -> Tested {
    for replaced in [false, true] {
        let (service, folder) = (Service::start()?, Folder::new("deleted")?);
        service.reset(&phones(8))?;
        let path = folder.file("leavers.jsonl");
        let run =
            client(&service, "demo-token")?.run(RunOptions::default().connections(1)?.journal(&path))?;
        run.add_user(&name(1))?;
        let first = loop {
            if let Event::Result(row) = next(&run)? {
                break row;
            }
        };
        assert_eq!(first.outcome, Outcome::Accepted);
        if replaced {
            fs::copy(&path, folder.file("copy"))?;
            fs::rename(folder.file("copy"), &path)?;
        } else {
            fs::remove_file(&path)?;
        }
        let (rows, summary) = finish(&run, (2..=8).map(name))?;
        assert_eq!(summary.ended_by, Some(Status::Journal), "{:?}", summary.message);
        assert!(
            summary
                .message
                .is_some_and(|message| message.contains("was deleted or replaced"))
        );
        assert_eq!(rows.len(), 7);
        assert!(rows.iter().all(|row| row.receipt.is_none()));
        let actions = service.get("actions")?;
        assert_eq!(actions.as_array().map(Vec::len), Some(1));
    }
    Ok(())
}

#[test]
fn a_run_of_no_users_leaves_no_journal() -> Tested {
    let (service, folder) = (Service::start()?, Folder::new("no-users")?);
    let path = folder.file("leavers.jsonl");
    let client = client(&service, "demo-token")?;
    let options = || RunOptions::default().journal(&path);
    let (_, summary) = finish(&client.run(options())?, [])?;
    assert_eq!(summary.ended_by, Some(Status::InvalidArgument));
    assert!(!path.exists());
    service.reset(&phones(1))?;
    let (rows, _) = finish(&client.run(options())?, [name(1)])?;
    assert_eq!(rows.len(), 1);
    let refused = client.run(options()).err().ok_or("begun twice")?;
    assert_eq!((refused.path(), refused.os_error()), (Some(&*path), Some(17)));
    Ok(())
}

/// An unclosed quote in a big file makes one user of the whole file.
#[test]
fn a_text_of_megabytes_is_a_failed_row_and_the_others_are_sent() -> Tested {
    let (service, folder) = (Service::start()?, Folder::new("long")?);
    service.reset(&phones(2))?;
    let path = folder.file("leavers.jsonl");
    let run = client(&service, "demo-token")?.run(RunOptions::default().connections(1)?.journal(&path))?;
    let users = [name(1), "\u{1}é".repeat(6 << 20), name(2)];
    let (rows, summary) = finish(&run, users)?;
    assert_eq!(summary.ended_by, None, "{:?}", summary.message);
    assert_eq!(summary.count(Outcome::Accepted), 2);
    let long = rows
        .iter()
        .find(|row| row.outcome == Outcome::Failed)
        .ok_or("no row")?;
    assert!(long.user.len() < 1100 && long.user.ends_with("... (18874368 bytes in all)"));
    let longest = fs::read_to_string(&path)?.lines().map(str::len).max();
    assert!(longest.is_some_and(|longest| longest < 8192), "{longest:?}");
    Ok(())
}

#[test]
fn permissions_of_others_on_a_journal_or_plan_are_reported() -> Tested {
    let (service, folder) = (Service::start()?, Folder::new("open")?);
    service.reset(&phones(1))?;
    let (plan, path) = (folder.file("plan.jsonl"), folder.file("leavers.jsonl"));
    let client = client(&service, "demo-token")?;
    finish(
        &client.run(RunOptions::default().preview().journal(&plan))?,
        [name(1)],
    )?;
    let open = |file: &PathBuf, mode| fs::set_permissions(file, Permissions::from_mode(mode));
    let mode = |file: &PathBuf| fs::metadata(file).map(|file| file.permissions().mode() & 0o777);
    let of_plan = |options: RunOptions| client.run(options.plan(&plan));
    open(&plan, 0o664)?;
    let refused = of_plan(RunOptions::default()).err().ok_or("taken")?;
    assert!(
        refused.message.contains("others may write to") && refused.message.contains("chmod 600"),
        "{refused}"
    );
    open(&plan, 0o644)?;
    let notices = ended(&of_plan(RunOptions::default().journal(&path))?, [name(1)])?.notices;
    assert!(
        notices.iter().any(|text| text.contains("plan.jsonl")),
        "{notices:?}"
    );
    assert_eq!(mode(&plan)?, 0o600);

    open(&path, 0o606)?;
    assert!(client.verify(&path, &RunOptions::default()).is_err());
    open(&path, 0o640)?;
    let notices = ended(&client.verify(&path, &RunOptions::default())?, [])?.notices;
    assert!(
        notices.iter().any(|text| text.contains("could read")),
        "{notices:?}"
    );
    assert_eq!(mode(&path)?, 0o600);
    open(&path, 0o604)?;
    let notices = ended(&of_plan(RunOptions::default().resume(&path))?, [name(1)])?.notices;
    assert!(
        notices.iter().any(|text| text.contains("could read")),
        "{notices:?}"
    );
    assert_eq!(mode(&path)?, 0o600);
    Ok(())
}
