//! The steps of a rehearsal, each a process of this program.

use std::path::Path;
use std::process::{Child, Command, ExitStatus};

use super::tenant::Tenant;
use crate::exit::Exit;
use crate::failure::{Failure, Result};
use crate::io::Io;
use crate::journal_file::quoted;
use crate::list::ListOptions;

/// The token that the emulator takes.
pub(super) const TOKEN: &str = "demo-token";

const JOURNAL: &str = "rehearsal.jsonl";
pub(super) const REPORT: &str = "rehearsal.html";
/// The variables that name a proxy.
const PROXIES: [&str; 6] = [
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
];

/// What all steps share.
pub(super) struct Steps<'a> {
    pub(super) folder: &'a Path,
    /// The name of the list in the folder.
    pub(super) list: &'a str,
    pub(super) options: &'a ListOptions,
    pub(super) endpoint: &'a str,
    /// There is a terminal to ask on.
    pub(super) asks: bool,
    pub(super) io: &'a Io,
}

impl Steps<'_> {
    /// All of them. The exit code is that of the first that did not come to its end.
    pub(super) fn all(&self, tenant: &Tenant) -> Result<Exit> {
        let people = tenant.with_devices()?;
        let list = [words(&[self.list]), self.list_words()].concat();
        let mut carry_out = words(&["--accept-warning", "entra_joined_windows"]);
        carry_out.extend(words(&[
            "--write-quota",
            "100000/1s",
            "--read-quota",
            "100000/1s",
        ]));
        if !self.asks {
            carry_out.extend(words(&["--yes", &people.to_string()]));
        }
        let first = [list.clone(), words(&["--journal", JOURNAL]), carry_out.clone()].concat();
        if let Some(exit) = self.remove_until_killed(tenant, people / 2, &first)? {
            return Ok(exit);
        }
        self.say("the program was killed half-way, as a machine can be; its journal knows how far it came, and goes on");
        self.step("remove", &[words(&[JOURNAL]), carry_out].concat())?;
        tenant.let_days_pass()?;
        self.say("days later, some devices have checked in, and one could not retire");
        self.step("verify", &words(&[JOURNAL]))?;
        let report = words(&[JOURNAL, "--rehearsal", "--output", REPORT, "--list"]);
        self.step("report", &[report, list].concat())?;
        Ok(Exit::Done)
    }

    /// The options that read the list in the same way.
    fn list_words(&self) -> Vec<String> {
        let options = self.options.options().into_iter();
        let given = options.filter_map(|(name, value)| Some((name, value?)));
        given.flat_map(|(name, value)| [name.to_owned(), value]).collect()
    }

    /// Removes until so many people are done, and kills the program then. Returns its exit code if it ended before that.
    fn remove_until_killed(&self, tenant: &Tenant, removals: usize, args: &[String]) -> Result<Option<Exit>> {
        tenant.hold_after(removals)?;
        let mut child = self.start("remove", args)?;
        loop {
            if tenant.is_holding()? {
                let killed = child.kill().and_then(|()| child.wait());
                killed.map_err(|error| Failure::unable(format!("the step could not be killed: {error}")))?;
                tenant.release()?;
                return Ok(None);
            }
            let ended = child.try_wait();
            if let Some(status) = ended.map_err(|error| not_ended(&error))? {
                return came_to_its_end("remove", status).map(Some);
            }
        }
    }

    fn step(&self, verb: &str, args: &[String]) -> Result<Exit> {
        let ended = self.start(verb, args)?.wait();
        came_to_its_end(verb, ended.map_err(|error| not_ended(&error))?)
    }

    /// Starts this program once more, in the folder of the rehearsal.
    fn start(&self, verb: &str, args: &[String]) -> Result<Child> {
        let words: Vec<_> = args.iter().map(|word| quoted(word)).collect();
        self.say(&format!("$ graph-devices {verb} {}", words.join(" ")));
        self.io.flush();
        let program = std::env::current_exe()
            .map_err(|error| Failure::unable(format!("this program cannot be found: {error}")))?;
        let mut command = Command::new(program);
        command.arg(verb).args(args).current_dir(self.folder);
        if self.io.is_json() {
            command.arg("--json");
        }
        for proxy in PROXIES {
            command.env_remove(proxy);
        }
        command
            .env("GRAPH_DEVICES_ENDPOINT", self.endpoint)
            .env("GRAPH_TOKEN", TOKEN)
            .spawn()
            .map_err(|error| Failure::unable(format!("this program could not be started once more: {error}")))
    }

    fn say(&self, text: &str) {
        self.io.note(&format!("\n{text}"));
    }
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn not_ended(error: &std::io::Error) -> Failure {
    Failure::unable(format!("the end of a step could not be seen: {error}"))
}

/// The exit code of a step. One that only says that something is left is no fault of a rehearsal.
fn came_to_its_end(verb: &str, status: ExitStatus) -> Result<Exit> {
    let exit = Exit::ALL
        .into_iter()
        .find(|exit| status.code() == Some(exit.code().into()));
    match exit {
        Some(exit @ (Exit::Done | Exit::Left | Exit::Waiting)) => Ok(exit),
        Some(exit) => Err(Failure::new(
            exit,
            format!("the rehearsal ended at {verb}; start it again to see the rest"),
        )),
        None => Err(Failure::unable(format!(
            "the rehearsal ended at {verb}: {status}"
        ))),
    }
}
