//! `doctor`: what can be known before anything is sent. The checks are core's.

use std::path::PathBuf;

use graph_devices::{Check, CheckKind, CheckState, Client, Status, UserId};

use crate::args::Connection;
use crate::client::connect;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::io::Io;
use crate::lines::{CheckRow, Line, Summary};
use crate::rows::{counted, wrapped};
use crate::token;

/// Check token, permissions, connection, clock and disk before anything is sent
#[derive(clap::Args, Debug)]
#[command(after_long_help = "Examples:
  graph-devices doctor
  graph-devices doctor --user adele@contoso.com
  graph-devices doctor --offline")]
pub(crate) struct Args {
    /// Read this user and the user's devices, too
    #[arg(long, value_name = "USER", conflicts_with = "offline")]
    user: Option<String>,
    /// Send nothing
    #[arg(long)]
    offline: bool,
    /// The folder of the journal
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    journal: PathBuf,
    #[command(flatten)]
    connection: Connection,
}

pub(crate) fn run(args: &Args, io: &Io) -> Result<Exit, Failure> {
    let user = args.user.as_deref().map(UserId::parse).transpose()?;
    let mut checks = match connect(&args.connection, io) {
        Ok(client) => checks(args, &client, user.as_ref()),
        // Without a token nothing can be asked.
        Err(failure) if failure.status == Some(Status::Unauthenticated) => {
            vec![Check::failed(CheckKind::Token, failure.message)]
        }
        Err(failure) => return Err(failure),
    };
    checks.push(Check::journal_folder(&args.journal));
    for check in &checks {
        show(check, io);
    }
    let of = |state| checks.iter().filter(|check| check.state == state).count() as u64;
    let failed = of(CheckState::Fail);
    let exit = if failed > 0 { Exit::Unable } else { Exit::Done };
    io.row(&format!(
        "{} failed; nothing was changed",
        counted(failed, "check", "checks")
    ));
    let counts = CheckState::all().iter().map(|state| (state.name(), of(*state)));
    io.line(&Line::Summary(Summary {
        counts: counts.collect(),
        ..Summary::new("doctor", exit)
    }));
    Ok(exit)
}

/// The checks of a client, of which that of the token names where it is from.
fn checks(args: &Args, client: &Client, user: Option<&UserId>) -> Vec<Check> {
    let mut checks = if args.offline {
        client.check_token()
    } else {
        client.check(user)
    };
    let of_token = checks.iter_mut().filter(|check| check.kind == CheckKind::Token);
    for check in of_token {
        check.message = format!("{}: {}", token::origin(&args.connection.token), check.message);
    }
    checks
}

fn show(check: &Check, io: &Io) {
    let (name, state) = (check.kind.name(), check.state.name());
    for line in wrapped(&format!("{name:<11} {state:<8}"), &check.message, io.width()) {
        io.row(&line);
    }
    io.line(&Line::Check(CheckRow {
        name,
        state,
        message: &check.message,
    }));
}
