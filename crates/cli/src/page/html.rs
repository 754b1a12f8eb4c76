//! A report as one HTML file, which loads nothing and can be printed.

use std::collections::BTreeSet;

use askama::Template;
use graph_devices::{Outcome, Reason, Verdict};

use super::account::Account;
use super::people::{Person, Standing};
use super::runs::RunFacts;
use crate::digest;

const STYLE: &str = include_str!("../../templates/page.css");
const SCRIPT: &str = include_str!("../../templates/page.js");

#[derive(Template)]
#[template(path = "page.html", whitespace = "minimize")]
struct Page<'a> {
    account: &'a Account,
    title: &'a str,
    policy: String,
    /// How the report was made, as JSON: the check reads it.
    made: String,
    style: String,
    script: &'a str,
    state: (Standing, String),
    open: Vec<OpenItem<'a>>,
    shown: Vec<&'a Person>,
    shows_hours: bool,
    outcomes: Vec<&'static str>,
    verdicts: Vec<&'static str>,
    words: Vec<(&'static str, &'static str)>,
    next: Vec<String>,
}

/// Something that is left for a person.
struct OpenItem<'a> {
    person: &'a Person,
    device: &'a str,
    what: String,
    since: &'a str,
    next: &'a str,
}

/// The page. The error is that of a text that could not be formatted.
pub(crate) fn html(account: &Account) -> Result<String, askama::Error> {
    let style = style(account);
    let made = serde_json::to_string(&account.made).unwrap_or_default();
    Page {
        account,
        title: account
            .made
            .title
            .as_deref()
            .unwrap_or("Retirement of managed devices"),
        policy: format!(
            "default-src 'none'; style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'",
            source(&style),
            source(SCRIPT)
        ),
        made,
        style,
        script: SCRIPT,
        state: state(account),
        open: open(account),
        shown: shown(account),
        shows_hours: account.shows_hours(),
        outcomes: named(
            account
                .people
                .iter()
                .filter_map(|person| person.outcome)
                .map(Outcome::name),
        ),
        verdicts: named(verdicts(account).map(Verdict::name)),
        words: words(account),
        next: next(account),
    }
    .render()
}

/// A source of a content security policy: the hash of what stands in the page.
fn source(text: &str) -> String {
    format!("sha256-{}", digest::in_base64(text.as_bytes()))
}

/// The style sheet, with what stands on each printed page.
fn style(account: &Account) -> String {
    let hashes = account
        .made
        .journals
        .iter()
        .map(|journal| journal.sha256.as_str());
    let foot = format!("journal sha256 {}", hashes.collect::<Vec<_>>().join(", "));
    let head = banner(account).unwrap_or_default();
    let (foot, head) = (css_text(&foot), css_text(&head));
    format!("{STYLE}@page{{@top-center{{content:\"{head}\"}}@bottom-left{{content:\"{foot}\"}}}}")
}

/// A text inside quotes in a style sheet: letters, digits and some marks as they are, all others escaped.
fn css_text(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | ' ' | ':' | '/' | '.' | ',' | '-' => c.to_string(),
            c => format!("\\{:x} ", u32::from(c)),
        })
        .collect()
}

/// What has to be seen on every page.
fn banner(account: &Account) -> Option<String> {
    if account.made.rehearsal {
        Some("REHEARSAL: no tenant was called, no real device was touched".to_owned())
    } else if !account.is_microsoft {
        Some(format!("NOT A MICROSOFT CLOUD: {}", account.endpoint))
    } else {
        None
    }
}

/// Where all of it stands.
fn state(account: &Account) -> (Standing, String) {
    let totals = &account.totals;
    if account.only_previews {
        return (Standing::ToDo, "preview: nothing was sent".to_owned());
    }
    let (open, to_do, waits) = (
        totals.standing(Standing::Open),
        totals.standing(Standing::ToDo),
        totals.standing(Standing::Waits),
    );
    let texts = [
        (open, "need a person", "needs a person"),
        (to_do, "not reached", "not reached"),
        (waits, "wait", "waits"),
    ];
    let texts = texts
        .iter()
        .filter(|(count, _, _)| *count > 0)
        .map(|(count, several, one)| format!("{count} {}", if *count == 1 { one } else { several }));
    let text = texts.collect::<Vec<_>>().join(", ");
    if text.is_empty() {
        return (Standing::Settled, "nothing is left to do".to_owned());
    }
    let worst = [(open, Standing::Open), (to_do, Standing::ToDo)];
    let worst = worst.iter().find(|(count, _)| *count > 0);
    (worst.map_or(Standing::Waits, |(_, standing)| *standing), text)
}

fn open(account: &Account) -> Vec<OpenItem<'_>> {
    let mut items = Vec::new();
    for person in account
        .people
        .iter()
        .filter(|person| person.standing == Standing::Open)
    {
        let since = person.time.as_deref().unwrap_or_default();
        if person.is_open_by_outcome() {
            items.push(OpenItem {
                person,
                device: "",
                what: person.outcome_words(),
                since,
                next: person.message.as_deref().unwrap_or_default(),
            });
            continue;
        }
        for device in person
            .devices()
            .iter()
            .filter(|device| device.standing() == Standing::Open)
        {
            items.push(OpenItem {
                person,
                device: &device.name,
                what: device.verdict.map(Verdict::name).unwrap_or_default().to_owned(),
                since: device.since.as_deref().unwrap_or(since),
                next: device.verdict.map(Verdict::message).unwrap_or_default(),
            });
        }
    }
    items
}

/// Everyone; of more people than `--max-rows`, all who need a person, and the first others.
fn shown(account: &Account) -> Vec<&Person> {
    let is_open = |person: &&Person| person.standing == Standing::Open;
    let open = account.people.iter().filter(is_open).count();
    let mut room = account.made.max_rows.saturating_sub(open);
    let mut shown = Vec::new();
    for person in &account.people {
        if is_open(&person) {
            shown.push(person);
        } else if room > 0 {
            room -= 1;
            shown.push(person);
        }
    }
    shown
}

fn verdicts(account: &Account) -> impl Iterator<Item = Verdict> + '_ {
    let devices = account.people.iter().flat_map(Person::devices);
    devices.filter_map(|device| device.verdict)
}

/// Each name once, in order.
fn named(names: impl Iterator<Item = &'static str>) -> Vec<&'static str> {
    names.collect::<BTreeSet<_>>().into_iter().collect()
}

/// The words that the page uses, each with its meaning.
fn words(account: &Account) -> Vec<(&'static str, &'static str)> {
    let outcomes: Vec<_> = account
        .people
        .iter()
        .filter_map(|person| person.outcome)
        .collect();
    let reasons: Vec<_> = account.people.iter().map(|person| person.reason).collect();
    let found: Vec<_> = verdicts(account).collect();
    let outcomes = Outcome::all()
        .iter()
        .filter(|outcome| outcomes.contains(outcome))
        .map(|outcome| (outcome.name(), outcome.message()));
    let reasons = Reason::all()
        .iter()
        .filter(|reason| **reason != Reason::None && reasons.contains(reason))
        .map(|reason| (reason.name(), reason.message()));
    let verdicts = Verdict::all()
        .iter()
        .filter(|verdict| found.contains(verdict))
        .map(|verdict| (verdict.name(), verdict.message()));
    outcomes.chain(reasons).chain(verdicts).collect()
}

/// What to do next, with the command where there is one.
fn next(account: &Account) -> Vec<String> {
    let totals = &account.totals;
    let journal = account.made.journals.last().map(|journal| journal.name.as_str());
    let journal = journal.unwrap_or_default();
    let mut next = Vec::new();
    if account.made.journals.iter().any(|journal| journal.running) {
        next.push(
            "A run is still writing to the journal: make this report again when it has ended.".to_owned(),
        );
    }
    if totals.standing(Standing::Open) > 0 {
        next.push("See what needs a person, below.".to_owned());
    }
    if totals.standing(Standing::ToDo) > 0 {
        next.push(format!("Carry out what is left: graph-devices remove {journal}"));
    }
    if totals.waiting > 0 {
        next.push(format!(
            "Look at the devices that wait: graph-devices verify {journal}"
        ));
    }
    next
}

/// A time for a person: the page says that it is UTC.
fn moment(time: &str) -> String {
    time.trim_end_matches('Z').replacen('T', " ", 1)
}

/// The same to the minute.
fn minute(time: &str) -> String {
    moment(time).chars().take("2026-07-01 08:00".len()).collect()
}

/// The options of a run that are limits, in one line.
fn limits(run: &RunFacts) -> String {
    let options = run.options.iter().map(|(name, value)| format!("{name} {value}"));
    options.collect::<Vec<_>>().join(", ")
}

fn counts(run: &RunFacts) -> String {
    let counts = run.counts.iter().map(|(name, count)| format!("{name} {count}"));
    let doubles = (run.duplicates > 0).then(|| format!("given twice {}", run.duplicates));
    counts.chain(doubles).collect::<Vec<_>>().join(", ")
}
