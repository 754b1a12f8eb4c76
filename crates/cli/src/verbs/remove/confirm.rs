//! Consent to a removal: typed on the terminal, or bounded by `--yes N`.

use std::path::Path;

use graph_devices::history::Run as PastRun;
use graph_devices::{CheckKind, Client, visible};

use crate::case::ToRetire;
use crate::exit::Exit;
use crate::failure::{Failure, Result};
use crate::io::Io;
use crate::journal_file;
use crate::question::Terminal;
use crate::signals::Watch;

/// What a person is asked.
pub(super) struct Asked<'a> {
    pub(super) to_retire: &'a ToRetire,
    pub(super) journal: &'a Path,
    pub(super) preview: Option<&'a PastRun>,
    pub(super) client: &'a Client,
}

/// The answer.
pub(super) enum Answer {
    /// How, for the journal.
    Yes(String),
    /// Why not.
    No(String),
}

/// The value of `--yes`.
pub(super) fn bound(text: &str) -> std::result::Result<u64, String> {
    text.parse()
        .map_err(|_| "--yes takes the most people that may be retired, such as --yes 10".to_owned())
}

/// Consent by `--yes`, as the journal records it.
pub(super) fn by_option(bound: u64) -> String {
    format!("--yes {bound}")
}

/// Refuses at once where no one can be asked.
pub(super) fn is_possible(yes: Option<u64>, people: usize) -> Result<()> {
    if yes.is_none() && Terminal::open().is_none() {
        return Err(Failure::new(
            Exit::NotConfirmed,
            format!(
                "there is no terminal to ask on, and nothing was sent; to retire at most {people} without a question, add --yes {people}"
            ),
        ));
    }
    Ok(())
}

/// Asks whether to go on with a journal in which a run has begun. `--yes` is about a number of people and no answer to this.
pub(super) fn go_on(journal: &Path, yes: Option<u64>, watch: &Watch, io: &Io) -> Result<()> {
    let begun = visible(&format!(
        "{} is the journal of this list, and a run has begun in it",
        journal.display()
    ));
    let terminal = Terminal::open().filter(|_| yes.is_none());
    let refusal = match terminal {
        None => Failure::usage(format!("{begun}; go on with the journal")),
        Some(terminal) => {
            let answer = terminal.ask(&format!("{begun}. Go on with it? [y/N] "), watch, io);
            let answer = answer.unwrap_or_default().to_ascii_lowercase();
            if answer == "y" || answer == "yes" {
                return Ok(());
            }
            Failure::new(Exit::NotConfirmed, "not confirmed; nothing was sent")
        }
    };
    Err(refusal.with_next(journal_file::command(journal)))
}

pub(super) fn too_many(people: usize, bound: u64) -> String {
    format!(
        "{people} people are to be retired, more than --yes {bound} allows, and nothing was sent; check the list, or add --yes {people}"
    )
}

impl Asked<'_> {
    /// Asks, unless `--yes` answers.
    pub(super) fn confirm(&self, yes: Option<u64>, watch: &Watch, io: &Io) -> Answer {
        let people = self.to_retire.users.len();
        if let Some(bound) = yes {
            return if people as u64 <= bound {
                Answer::Yes(by_option(bound))
            } else {
                Answer::No(too_many(people, bound))
            };
        }
        let Some(terminal) = Terminal::open() else {
            return Answer::No("the terminal to ask on is gone; nothing was sent".to_owned());
        };
        let question = self.question();
        match terminal.ask(&question, watch, io) {
            Some(typed) if typed == people.to_string() => Answer::Yes(format!("typed {people}")),
            _ => Answer::No("not confirmed; nothing was sent".to_owned()),
        }
    }

    /// The question and all that a person needs to answer it: it is asked on the terminal also where nothing else is shown.
    fn question(&self) -> String {
        let mut lines = vec![self.to_retire.sentence()];
        let checks = self.client.check_token();
        let of_token = checks
            .iter()
            .filter(|check| matches!(check.kind, CheckKind::Token | CheckKind::Tenant));
        lines.extend(of_token.map(|check| visible(&format!("{}: {}", check.kind, check.message))));
        lines.push(visible(&format!("recorded in {}", self.journal.display())));
        let endpoint = self.client.endpoint();
        if endpoint.cloud().is_none() {
            lines.push(format!("not a Microsoft cloud: {}", endpoint.root()));
        }
        let age = self.preview.and_then(|run| run.begun.elapsed().ok());
        if let Some(age) = age.filter(|age| age.as_secs() >= 60) {
            let minutes = std::time::Duration::from_secs(age.as_secs() / 60 * 60);
            lines.push(format!(
                "the preview is {} old",
                humantime::format_duration(minutes)
            ));
        }
        let people = self.to_retire.users.len();
        lines.push(format!("Type {people} to retire them, anything else to leave: "));
        lines.join("\n")
    }
}
