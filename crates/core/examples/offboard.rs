//! Retires the devices of all users in a file, one a line, and keeps a journal of it:
//!
//! `offboard USERS --journal PATH` or, after it was stopped or killed, `offboard USERS --resume PATH`
//!
//! The access token is in `GRAPH_TOKEN`. The program prints one line of JSON for each user, and the counts as the last
//! line. The exit status is 0 if the run came to its end, 1 if it ended early, 2 if it did not start.
#![allow(clippy::disallowed_macros)]

use std::collections::HashMap;
use std::error::Error as StdError;
use std::io::{self, BufRead as _, BufReader, Lines, Write as _};
use std::process::ExitCode;
use std::time::Duration;

use graph_devices::{
    CallOptions, Client, ClientOptions, ENDPOINT_VARIABLE, Endpoint, Event, Outcome, Run, RunOptions,
    Summary, Token, UserResult,
};
use serde_json::{Value, json};

const USAGE: &str = "\
usage: offboard USERS (--journal PATH | --resume PATH) [--quota WRITES/SECONDS] [--read-quota READS/SECONDS]
       [--connections N] [--batch N] [--endpoint URL] [--attempts N] [--longest-wait SECONDS] [--deadline SECONDS]
       [--justification TEXT] [--max-approvals N] [--stdin-guard]";

/// The number of users that are added at a time.
const PORTION: usize = 1000;

type Result<T> = std::result::Result<T, Box<dyn StdError>>;
type Users = Lines<BufReader<std::fs::File>>;

fn main() -> ExitCode {
    match start() {
        Ok((run, users)) => drive(&run, users).unwrap_or_else(|error| {
            eprintln!("offboard: {error}");
            ExitCode::FAILURE
        }),
        Err(error) => {
            eprintln!("offboard: {error}");
            ExitCode::from(2)
        }
    }
}

fn start() -> Result<(Run, Users)> {
    let arguments = Arguments::read(std::env::args().skip(1))?;
    let token = Token::new(&std::env::var("GRAPH_TOKEN").map_err(|_| "GRAPH_TOKEN is not set")?)?;
    let client = Client::new(arguments.client()?, token)?;
    let users = BufReader::new(std::fs::File::open(&arguments.users)?).lines();
    if arguments.flags.contains_key("stdin-guard") {
        std::thread::spawn(|| {
            // The input is closed when the program that started this one ends.
            let _ = io::copy(&mut io::stdin(), &mut io::sink());
            std::process::exit(3);
        });
    }
    Ok((client.run(arguments.run()?)?, users))
}

/// Adds users to the run and prints its events, to the end.
fn drive(run: &Run, mut users: Users) -> Result<ExitCode> {
    let mut out = io::stdout().lock();
    loop {
        match run.next(Duration::from_secs(1))? {
            Some(Event::Result(row)) => writeln!(out, "{}", row_json(&row))?,
            Some(Event::NeedUsers) => feed(run, &mut users)?,
            Some(Event::NeedToken { .. }) => run.stop(),
            Some(Event::Notice(notice)) => log(&notice),
            Some(Event::Done(summary)) => {
                writeln!(out, "{}", summary_json(&summary))?;
                return Ok(ExitCode::from(u8::from(summary.ended_by.is_some())));
            }
            _ => {}
        }
    }
}

fn feed(run: &Run, users: &mut Users) -> Result<()> {
    let mut fed = 0;
    for user in users.by_ref().take(PORTION) {
        let user = user?;
        let user = user.trim();
        if !user.is_empty() {
            run.add_user(user)?;
        }
        fed += 1;
    }
    if fed < PORTION {
        run.end_users();
    }
    Ok(())
}

fn log(notice: &graph_devices::Notice) {
    if let graph_devices::Notice::Run(text) = notice {
        eprintln!("offboard: {text}");
    }
}

fn row_json(row: &UserResult) -> Value {
    let error = row.error.as_ref();
    json!({
        "user": row.user,
        "id": row.id,
        "outcome": row.outcome.name(),
        "reason": row.reason.name(),
        "detail": row.detail,
        "status": error.map(|error| error.status.name()),
        "effect": error.map(|error| error.effect.name()),
        "message": error.map(|error| error.message.as_str()),
        "attempts": error.map(|error| error.attempts).or(row.receipt.as_ref().map(|receipt| receipt.attempts)),
        "approval_code": error.and_then(|error| error.approval_code.as_deref()),
    })
}

fn summary_json(summary: &Summary) -> Value {
    let counts = Outcome::all()
        .iter()
        .map(|&outcome| (outcome.name().to_owned(), json!(summary.count(outcome))));
    json!({
        "counts": counts.collect::<serde_json::Map<_, _>>(),
        "duplicates": summary.duplicates,
        "ended_by": summary.ended_by.map(graph_devices::Status::name),
        "message": summary.message,
    })
}

struct Arguments {
    users: String,
    flags: HashMap<String, String>,
}

impl Arguments {
    fn read(mut words: impl Iterator<Item = String>) -> Result<Self> {
        let mut users = None;
        let mut flags = HashMap::new();
        while let Some(word) = words.next() {
            match word.strip_prefix("--") {
                None if users.is_none() => users = Some(word),
                None => return Err(USAGE.into()),
                Some("stdin-guard") => drop(flags.insert("stdin-guard".to_owned(), String::new())),
                Some(name) => {
                    let value = words.next().ok_or(USAGE)?;
                    flags.insert(name.to_owned(), value);
                }
            }
        }
        let users = users.ok_or(USAGE)?;
        Ok(Self { users, flags })
    }

    fn client(&self) -> Result<ClientOptions> {
        let mut options = ClientOptions::default();
        for (name, value) in &self.flags {
            options = match name.as_str() {
                "endpoint" => options.endpoint(Endpoint::from_environment_text(value)?),
                "attempts" => options.max_attempts(value.parse()?)?,
                "longest-wait" => {
                    let cap = seconds(value)?;
                    options.backoff(cap.min(Duration::from_secs(1)), cap)?
                }
                "deadline" => options.deadline(seconds(value)?)?,
                _ => options,
            };
        }
        if !self.flags.contains_key("endpoint")
            && let Ok(endpoint) = std::env::var(ENDPOINT_VARIABLE)
        {
            options = options.endpoint(Endpoint::from_environment_text(&endpoint)?);
        }
        Ok(options)
    }

    fn run(&self) -> Result<RunOptions> {
        let mut options = RunOptions::default();
        for (name, value) in &self.flags {
            options = match name.as_str() {
                "journal" => options.journal(value),
                "resume" => options.resume(value),
                "quota" => {
                    let (writes, window) = quota(value)?;
                    options.write_quota(writes, window)?
                }
                "read-quota" => {
                    let (reads, window) = quota(value)?;
                    options.read_quota(reads, window)?
                }
                "connections" => options.connections(value.parse()?)?,
                "batch" => options.batch_size(value.parse()?)?,
                "justification" => options.call(CallOptions::default().justification(value)?),
                "max-approvals" => options.max_approvals(value.parse()?),
                "endpoint" | "attempts" | "longest-wait" | "deadline" | "stdin-guard" => options,
                _ => return Err(format!("unknown option --{name}\n{USAGE}").into()),
            };
        }
        if self.flags.contains_key("journal") == self.flags.contains_key("resume") {
            return Err(USAGE.into());
        }
        Ok(options)
    }
}

/// `150/20`.
fn quota(text: &str) -> Result<(usize, Duration)> {
    let (requests, window) = text.split_once('/').ok_or("a quota is REQUESTS/SECONDS")?;
    Ok((requests.parse()?, seconds(window)?))
}

fn seconds(text: &str) -> Result<Duration> {
    Ok(Duration::try_from_secs_f64(text.parse()?)?)
}
