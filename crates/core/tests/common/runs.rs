//! What tests of runs share: a folder, a tenant by rule, the rows of a run to its end.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use graph_devices::{Client, ClientOptions, Event, Row, Run, Status, Summary, Token};
use serde_json::{Value, json};

use super::Service;

pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A folder of its own for a test, taken away at its end.
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

/// So many users by rule, with personal phones that nothing warns about.
pub(crate) fn phones(users: usize) -> Value {
    json!({"users": [], "generate": {"users": users, "devices": 2, "operating_systems": ["iOS"]}})
}

pub(crate) fn name(number: usize) -> String {
    format!("user-{number:06}@contoso.com")
}

/// Everybody's row, and the end.
pub(crate) fn finish(
    run: &Run,
    users: impl IntoIterator<Item = String>,
) -> graph_devices::Result<(Vec<Row>, Summary)> {
    for user in users {
        run.add_user(&user)?;
    }
    run.end_users();
    let mut rows = Vec::new();
    loop {
        match run.next(PATIENCE)? {
            Some(Event::Done(summary)) => return Ok((rows, summary)),
            Some(Event::Row(row)) => rows.push(row),
            Some(_) => {}
            None => return Err(graph_devices::Error::new(Status::Timeout, "no event came")),
        }
    }
}

/// How many users came to an outcome for a reason.
pub(crate) type Counts = BTreeMap<(&'static str, &'static str), usize>;

pub(crate) fn outcomes(rows: &[Row]) -> Counts {
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
