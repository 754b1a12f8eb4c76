//! The end of `remove`: what became of the whole case, what is left, and how to go on.

use graph_devices::Status;
use graph_devices::history::History;

use super::Case;
use crate::case::Standing;
use crate::digest;
use crate::exit::Exit;
use crate::failure::exit_of;
use crate::journal_file::{command_with, given, quoted};
use crate::lines::{Line, Summary};
use crate::people::Source;
use crate::rows::thousands;
use crate::run::Ended;

/// So many users are named.
const NAMED: usize = 10;

/// Reports the end, and returns the exit code. `page` is that of the page of `--report`.
pub(super) fn report(case: &Case<'_>, history: &History, ended: Option<&Ended>, page: Exit) -> Exit {
    let standing = Standing::of(history);
    let summary = ended.map(|ended| &ended.summary);
    let ended_by = summary.and_then(|summary| summary.ended_by);
    let stopped = ended.and_then(|ended| ended.stopped);
    let early = stopped.or_else(|| ended_by.map(exit_of)).unwrap_or_default();
    let exit = standing.exit.max(early).max(page);
    let queued = standing.counts.contains_key("awaiting_approval");
    let next = (early != Exit::Done || queued || standing.to_do > 0).then(|| case.next());
    let message = summary.and_then(|summary| summary.message.as_deref());

    let io = case.io;
    if let Some(message) = message.filter(|_| stopped.is_none()) {
        io.error(message);
    }
    say(case, &standing, queued);
    if let Some(next) = &next {
        let done = if stopped.is_some() {
            "stopped; go on"
        } else {
            "go on"
        };
        io.note(&format!("{done} with: {next}"));
    }
    let lines = standing.left.iter().filter_map(|(user, _)| case.lines.get(user));
    let mut left: Vec<_> = lines.copied().collect();
    left.sort_unstable();
    let mut line = Summary {
        run: history.runs().last().map(|run| run.id.as_str()),
        counts: standing
            .counts
            .iter()
            .map(|(name, count)| (*name, *count))
            .collect(),
        duplicates: case.duplicates,
        left,
        ended_by: ended_by.map(Status::name),
        message,
        next: next.as_deref(),
        ..Summary::new("remove", exit)
    };
    line.set_journal(&case.journal);
    io.line(&Line::Summary(line));
    exit
}

fn say(case: &Case<'_>, standing: &Standing, queued: bool) {
    let io = case.io;
    let accepted = standing.counts.contains_key("accepted");
    let reminder = if accepted {
        " Accepted is not yet retired: devices retire when they check in."
    } else {
        ""
    };
    io.row(&format!("{}.{reminder}", standing.sentence(case.duplicates)));
    if !standing.left.is_empty() {
        let named = standing
            .left
            .iter()
            .take(NAMED)
            .map(|(user, why)| match case.lines.get(user) {
                Some(line) => format!("line {line} ({why})"),
                None => format!("{} ({why})", graph_devices::visible(user)),
            });
        let mut named = named.collect::<Vec<_>>().join(", ");
        let more = standing.left.len().saturating_sub(NAMED);
        if more > 0 {
            named = format!("{named} and {} more", thousands(more as u64));
        }
        io.row(&format!("left for you: {named}"));
    }
    if queued {
        io.row("the tenant wants a second administrator to approve; once approved, go on: each is sent with its own code");
    }
    if let Ok((sha256, bytes)) = digest::of_file(&case.journal, u64::MAX) {
        io.row(&format!(
            "journal {}, first {} bytes: sha256 {sha256}",
            case.journal.display(),
            thousands(bytes)
        ));
    }
    if accepted {
        io.row(&format!(
            "sign-ins are not revoked by this; later: graph-devices verify {}",
            quoted(&case.journal.display().to_string())
        ));
    }
}

impl Case<'_> {
    /// The command that goes on with the journal, with the options that it does not hold.
    pub(super) fn next(&self) -> String {
        if let Some(source) = &self.unpreviewed {
            return self.again(source);
        }
        command_with(
            &self.options(),
            &quoted(&self.journal.display().to_string()),
            None,
        )
    }

    /// The same, to be asked.
    pub(super) fn next_asking(&self) -> String {
        let journal = quoted(&self.journal.display().to_string());
        command_with(&self.options_asking(), &journal, None)
    }

    /// The command that gives the list again, with all options: the journal need not hold any yet.
    pub(super) fn again(&self, source: &Source) -> String {
        let args = self.args;
        let flags = [("--no-preview", args.no_preview), ("--no-read", args.no_read)];
        let flags = flags.into_iter().filter(|(_, is_set)| *is_set);
        let flags = flags.map(|(flag, _)| flag.to_owned()).collect();
        let options = [
            self.bound(),
            flags,
            args.connection.words(),
            given(args.list.options()),
            args.rules.words(),
            args.writes.words(),
            args.pace.words(),
        ];
        let list: Vec<_> = source.words().iter().map(|word| quoted(word)).collect();
        let journal = self.journal.display().to_string();
        command_with(&options.concat(), &list.join(" "), Some(&journal))
    }

    fn options(&self) -> Vec<String> {
        [self.bound(), self.options_asking()].concat()
    }

    fn bound(&self) -> Vec<String> {
        let bound = self.args.yes.map(super::confirm::by_option);
        bound.into_iter().collect()
    }

    fn options_asking(&self) -> Vec<String> {
        let excluded = self.args.rules.exclude.iter();
        let excluded = given(excluded.map(|who| ("--exclude", Some(who.clone()))));
        [self.args.connection.words(), excluded].concat()
    }
}
