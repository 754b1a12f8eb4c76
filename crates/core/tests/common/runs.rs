//! What tests of runs share: a folder, a generated tenant, the results of a run to its end.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use graph_devices::{
    Client, ClientOptions, Event, Notice, Reason, Run, RunOptions, Status, Summary, Token, UserId, UserResult,
};
use serde_json::{Value, json};

use super::{Service, TestClock};

pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A folder of its own for a test, removed at its end.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> std::io::Result<Self> {
        let path = std::env::temp_dir().join(format!("graph-devices-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path)?;
        Ok(Self(path))
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub(crate) fn client(service: &Service, token: &str) -> graph_devices::Result<Client> {
    let options: ClientOptions = service.real_options()?;
    Client::new(
        options.backoff(Duration::from_millis(5), Duration::from_millis(20))?,
        Token::new(token)?,
    )
}

/// A client by the test's clock.
pub(crate) fn clocked(
    service: &Service,
    clock: &Arc<TestClock>,
    token: &str,
) -> graph_devices::Result<Client> {
    Client::new(service.options(clock)?, Token::new(token)?)
}

/// A number of generated users, with personal phones without warnings.
pub(crate) fn phones(users: usize) -> Value {
    json!({"users": [], "generate": {"users": users, "devices": 2, "operating_systems": ["iOS"]}})
}

pub(crate) fn name(number: usize) -> String {
    format!("user-{number:06}@contoso.com")
}

/// The object id of [`name`].
pub(crate) fn id(number: usize) -> String {
    format!("11000000-0000-4000-8000-{number:012}")
}

/// The next event but progress events. A clock that is ahead may end a wait early, and progress events come in a run that hangs, too: neither is
/// waited for without end.
pub(crate) fn next(run: &Run) -> graph_devices::Result<Event> {
    let mut patience = 40_u32;
    while patience > 0 {
        let cost = match run.next(PATIENCE / 8)? {
            Some(Event::Progress(_)) => 1,
            Some(event) => return Ok(event),
            None => 5,
        };
        patience = patience.saturating_sub(cost);
    }
    Err(graph_devices::Error::new(Status::Timeout, "no event came"))
}

/// What a run reported.
pub(crate) struct Ended {
    pub(crate) rows: Vec<UserResult>,
    /// The notices about the run itself.
    pub(crate) notices: Vec<String>,
    /// The number of requests that it reported as sent.
    pub(crate) sendings: usize,
    pub(crate) summary: Summary,
}

/// Takes all events to the end; `answer` handles every other event.
pub(crate) fn answering(
    run: &Run,
    mut answer: impl FnMut(Event) -> Result<(), Box<dyn std::error::Error>>,
) -> Result<Ended, Box<dyn std::error::Error>> {
    let (mut rows, mut notices, mut sendings) = (Vec::new(), Vec::new(), 0);
    loop {
        match next(run)? {
            Event::Done(summary) => {
                return Ok(Ended {
                    rows,
                    notices,
                    sendings,
                    summary,
                });
            }
            Event::Result(row) => rows.push(row),
            Event::Notice(Notice::Run(text)) => notices.push(text),
            Event::Notice(Notice::Sending { .. }) => sendings += 1,
            event => answer(event)?,
        }
    }
}

/// Runs these users only, to the end.
pub(crate) fn ended(
    run: &Run,
    users: impl IntoIterator<Item = String>,
) -> Result<Ended, Box<dyn std::error::Error>> {
    for user in users {
        run.add_user(&user)?;
    }
    run.end_users();
    answering(run, |_| Ok(()))
}

/// Runs these users, and returns the results and the end.
pub(crate) fn finish(
    run: &Run,
    users: impl IntoIterator<Item = String>,
) -> graph_devices::Result<(Vec<UserResult>, Summary)> {
    for user in users {
        run.add_user(&user)?;
    }
    run.end_users();
    let mut rows = Vec::new();
    loop {
        match next(run)? {
            Event::Done(summary) => return Ok((rows, summary)),
            Event::Result(row) => rows.push(row),
            _ => {}
        }
    }
}

/// How many users came to an outcome for a reason.
pub(crate) type Counts = BTreeMap<(&'static str, &'static str), usize>;

pub(crate) fn outcomes(rows: &[UserResult]) -> Counts {
    let mut counts = BTreeMap::new();
    for row in rows {
        *counts.entry((row.outcome.name(), row.reason.name())).or_default() += 1;
    }
    counts
}

pub(crate) fn journal(path: &Path) -> Result<Vec<Value>, Box<dyn std::error::Error>> {
    let text = std::fs::read_to_string(path)?;
    Ok(text.lines().map(serde_json::from_str).collect::<Result<_, _>>()?)
}

/// The users whose devices were retired, by object id, in order.
pub(crate) fn acted(service: &Service) -> std::io::Result<Vec<String>> {
    let actions = service.get("actions")?;
    let acted = actions.as_array().into_iter().flatten();
    Ok(acted
        .filter(|action| action["acted"] == true)
        .filter_map(|action| action["user"].as_str().map(str::to_owned))
        .collect())
}

/// What a journal says of a user, event by event.
pub(crate) fn events_of(path: &Path, user: &str) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let lines = journal(path)?;
    let of_user = lines.iter().filter(|line| line["user"] == user);
    Ok(of_user
        .filter_map(|line| line["event"].as_str().map(str::to_owned))
        .collect())
}

/// Removes lines from a journal, as if the process had been killed at that moment.
pub(crate) fn forget(
    path: &Path,
    mut lost: impl FnMut(&Value) -> bool,
) -> Result<(), Box<dyn std::error::Error>> {
    let mut text = String::new();
    for line in std::fs::read_to_string(path)?.lines() {
        if !lost(&serde_json::from_str(line)?) {
            text.push_str(line);
            text.push('\n');
        }
    }
    Ok(std::fs::write(path, text)?)
}

/// Options with these exclusions.
pub(crate) fn excluding<I: AsRef<str>>(
    mut options: RunOptions,
    users: impl IntoIterator<Item = I>,
) -> graph_devices::Result<RunOptions> {
    for user in users {
        options = options.exclude(UserId::parse(user.as_ref())?);
    }
    Ok(options)
}

/// The rows of a run by that token, in the order of the users.
pub(crate) fn rows(
    service: &Service,
    token: &str,
    options: RunOptions,
    users: &[String],
) -> Result<Vec<UserResult>, Box<dyn std::error::Error>> {
    let run = client(service, token)?.run(options)?;
    let (mut rows, _) = finish(&run, users.iter().cloned())?;
    rows.sort_by_key(|row| users.iter().position(|user| *user == row.user));
    Ok(rows)
}

/// Why each user was skipped.
pub(crate) fn reasons(rows: &[UserResult]) -> Vec<Reason> {
    rows.iter().map(|row| row.reason).collect()
}
