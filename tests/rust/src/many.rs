//! The calls for many users.

use std::path::Path;
use std::time::Duration;

use graph_devices::{
    Event, Result as Answer, Row, Run, RunOptions, Summary, UserId, Verification, WarningCode,
};

use crate::arguments::{Arguments, Unsupported};
use crate::calls::{Output, call_options, connected, given};
use crate::json;

/// Many users.
pub(crate) fn run(arguments: &Arguments) -> Output {
    let numbers = Numbers::read(arguments)?;
    let events = connected(arguments)?.and_then(|client| {
        let run = client.run(options(arguments, &numbers)?)?;
        for user in arguments.all("user") {
            run.add_user(user)?;
        }
        run.end_users();
        Events::drain(&run)
    });
    Ok(match events {
        Ok(events) => json::run(&events.rows, &events.summary),
        Err(error) => json::answer(&Err(error)),
    })
}

/// What became of the devices of a journal.
pub(crate) fn verify(arguments: &Arguments) -> Output {
    let journal = Path::new(arguments.needed("journal")?);
    let events = connected(arguments)?
        .and_then(|client| Events::drain(&client.verify(journal, &RunOptions::default())?));
    Ok(match events {
        Ok(events) => json::verify(&events.verified, &events.summary),
        Err(error) => json::answer(&Err(error)),
    })
}

struct Events {
    rows: Vec<Row>,
    verified: Vec<Verification>,
    summary: Summary,
}

impl Events {
    fn drain(run: &Run) -> Answer<Self> {
        let (mut rows, mut verified) = (Vec::new(), Vec::new());
        loop {
            match run.next(Duration::from_millis(200))? {
                Some(Event::Row(row)) => rows.push(row),
                Some(Event::Verified(verification)) => verified.push(verification),
                Some(Event::Done(summary)) => {
                    return Ok(Self {
                        rows,
                        verified,
                        summary,
                    });
                }
                _ => {}
            }
        }
    }
}

/// The numbers among the options.
struct Numbers {
    quota: Option<(usize, Duration)>,
    read_quota: Option<(usize, Duration)>,
    connections: Option<usize>,
    batch_size: Option<usize>,
    max_users: Option<usize>,
    max_devices_per_user: Option<usize>,
    max_approvals: Option<u64>,
}

impl Numbers {
    fn read(arguments: &Arguments) -> Result<Self, Unsupported> {
        let small = |name| Ok(arguments.number(name)?.map(size));
        Ok(Self {
            quota: quota(arguments, "quota")?,
            read_quota: quota(arguments, "read_quota")?,
            connections: small("connections")?,
            batch_size: small("batch_size")?,
            max_users: small("max_users")?,
            max_devices_per_user: small("max_devices_per_user")?,
            max_approvals: arguments.number("max_approvals")?,
        })
    }
}

fn size(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// `150/20`: so many requests in so many seconds.
fn quota(arguments: &Arguments, name: &str) -> Result<Option<(usize, Duration)>, Unsupported> {
    let Some(text) = arguments.text(name) else {
        return Ok(None);
    };
    let parse = |text: &str| text.parse().map_err(|_| Unsupported("a quota below zero"));
    let (requests, seconds) = text.split_once('/').ok_or(Unsupported("no quota"))?;
    Ok(Some((
        size(parse(requests)?),
        Duration::from_secs(parse(seconds)?),
    )))
}

fn options(arguments: &Arguments, numbers: &Numbers) -> Answer<RunOptions> {
    let text = |name| arguments.text(name);
    let mut options = RunOptions::default().call(call_options(arguments)?);
    options = given(
        options,
        text("journal"),
        |options, path| Ok(options.journal(path)),
    )?;
    options = given(options, text("resume"), |options, path| Ok(options.resume(path)))?;
    options = given(options, text("plan"), |options, path| Ok(options.plan(path)))?;
    options = given(options, text("read"), |options, read| {
        Ok(options.read(read == "1"))
    })?;
    if text("preview") == Some("1") {
        options = options.preview();
    }
    options = given(options, numbers.quota, |options, (writes, per)| {
        options.quota(writes, per)
    })?;
    options = given(options, numbers.read_quota, |options, (reads, per)| {
        options.read_quota(reads, per)
    })?;
    options = given(options, numbers.connections, RunOptions::connections)?;
    options = given(options, numbers.batch_size, RunOptions::batch_size)?;
    options = given(options, numbers.max_users, RunOptions::max_users)?;
    options = given(
        options,
        numbers.max_devices_per_user,
        RunOptions::max_devices_per_user,
    )?;
    options = given(options, numbers.max_approvals, |options, requests| {
        Ok(options.max_approvals(requests))
    })?;
    for user in arguments.all("exclude") {
        options = options.exclude(UserId::parse(user)?);
    }
    for name in arguments.all("accept") {
        options = options.accept(WarningCode::parse(name)?)?;
    }
    options = given(options, text("input"), |options, input| {
        let (name, sha256) = input.split_once(':').unwrap_or((input, ""));
        options.input(name, sha256)
    })?;
    options = given(options, text("operator"), |options, name| {
        Ok(options.operator(name))
    })?;
    given(options, text("host"), |options, name| Ok(options.host(name)))
}
