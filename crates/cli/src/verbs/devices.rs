//! `devices`: what people have. Reads only.

use graph_devices::{CallOptions, Client, Device, DeviceList, Error, Outcome, UserId, visible};

use crate::args::Connection;
use crate::client::connect;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::io::Io;
use crate::lines::{DeviceRow, Line, Row, Summary};
use crate::list::{self, ListOptions};
use crate::people::People;
use crate::rows::{Table, counted};

/// Show the devices that people have
#[derive(clap::Args, Debug)]
#[command(after_long_help = "Examples:
  graph-devices devices adele@contoso.com
  graph-devices devices leavers.csv
  graph-devices devices adele@contoso.com --all")]
pub(crate) struct Args {
    #[command(flatten)]
    people: People,
    /// Show every property of each device
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    list: ListOptions,
    #[command(flatten)]
    connection: Connection,
}

pub(crate) fn run(args: &Args, io: &Io) -> Result<Exit, Failure> {
    let list = args.people.source(&args.connection.token)?.read(&args.list)?;
    list::show(&list, io);
    let client = connect(&args.connection, io)?;
    let users = list.rows.iter().map(|row| row.user.as_str());
    let table = Table::new(users, list.rows.last().map(|row| row.line), io.width());
    let (mut exit, mut read, mut listed) = (Exit::Done, 0, 0);
    for row in &list.rows {
        match devices_of(&client, &row.user) {
            Ok(found) => {
                (read, listed) = (read + 1, listed + found.devices.len() as u64);
                show(&table, row.line, &row.user, &found, args.all, io);
            }
            Err(error) if error.is_fatal() => return Err(error.into()),
            Err(error) => {
                exit = exit.max(Exit::Left);
                show_error(&table, row.line, &row.user, &error, io);
            }
        }
    }
    io.row(&format!(
        "{} of {}",
        counted(listed, "device", "devices"),
        counted(read, "person", "people")
    ));
    io.line(&Line::Summary(Summary::new("devices", exit)));
    Ok(exit)
}

fn devices_of(client: &Client, user: &str) -> Result<DeviceList, Error> {
    client.managed_devices(&UserId::parse(user)?, &CallOptions::default())
}

fn show(table: &Table, line: usize, user: &str, found: &DeviceList, all: bool, io: &Io) {
    let none = if found.devices.is_empty() {
        "no device is listed"
    } else {
        ""
    };
    io.rows(&table.user(Some(line), user, found.devices.iter(), none));
    for device in found.devices.iter().filter(|_| all) {
        io.rows(&properties(device));
    }
    io.line(&Line::Row(Box::new(Row {
        line: Some(line),
        user,
        devices: Some(found.devices.iter().map(DeviceRow::of).collect()),
        ..Row::default()
    })));
}

fn show_error(table: &Table, line: usize, user: &str, error: &Error, io: &Io) {
    io.row(&table.cut(&table.row(Some(line), user, &format!("failed: {}", error.message))));
    io.line(&Line::Row(Box::new(Row {
        line: Some(line),
        user,
        outcome: Some(Outcome::Failed.name()),
        status: Some(error.status.name()),
        message: Some(&error.message),
        attempts: error.attempts,
        ..Row::default()
    })));
}

/// Every property that the service gave, one a line, under the names that `--json` has.
fn properties(device: &Device) -> Vec<String> {
    let row = serde_json::to_value(DeviceRow::of(device)).unwrap_or_default();
    let members = row.as_object().into_iter().flatten();
    members
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| {
            let text = value.as_str().map_or_else(|| value.to_string(), visible);
            format!("      {name:<20} {text}")
        })
        .collect()
}
