//! A command of the system's shell that prints a token.

use std::io::Read as _;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use graph_devices::{Error, Status, Token};
use zeroize::Zeroizing;

use super::{LONGEST, text};

/// The longest time that the command may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// The variable in which the command finds what the new token must meet.
const CLAIMS_VARIABLE: &str = "GRAPH_CLAIMS";

/// Runs the command and reads the token that it prints. What it prints as errors is shown.
pub(super) fn token(line: &str, claims: Option<&str>) -> Result<Token, Error> {
    let failed = |why: String| {
        Error::new(
            Status::Unauthenticated,
            format!("the token command {why}; run it by itself to see what it prints"),
        )
    };
    let mut command = shell(line);
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    match claims {
        Some(claims) => command.env(CLAIMS_VARIABLE, claims),
        None => command.env_remove(CLAIMS_VARIABLE),
    };
    let mut child = command
        .spawn()
        .map_err(|error| failed(format!("cannot be started: {error}")))?;
    let Some(printed) = printed(&mut child) else {
        // It may have ended meanwhile.
        let _ = child.kill();
        return Err(failed(format!(
            "did not end within {} seconds",
            PATIENCE.as_secs()
        )));
    };
    let status = child
        .wait()
        .map_err(|error| failed(format!("was lost: {error}")))?;
    if !status.success() {
        return Err(failed(format!("ended with {status}")));
    }
    text::token(&printed, "what the token command printed")
}

/// What a child prints until it closes its output; `None` if it takes too long.
fn printed(child: &mut Child) -> Option<Zeroizing<Vec<u8>>> {
    let output = child.stdout.take()?;
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut bytes = Zeroizing::new(Vec::new());
        // What was read before an error is judged as a token.
        let _ = output.take(LONGEST).read_to_end(&mut bytes);
        let _ = sender.send(bytes);
    });
    receiver.recv_timeout(PATIENCE).ok()
}

#[cfg(unix)]
fn shell(line: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", line]);
    command
}

#[cfg(windows)]
fn shell(line: &str) -> Command {
    use std::os::windows::process::CommandExt as _;

    let mut command = Command::new("cmd");
    command.raw_arg(format!("/d /s /c \"{line}\""));
    command
}
