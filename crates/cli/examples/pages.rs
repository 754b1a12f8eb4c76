//! Writes what is generated from the command line: `reference` prints docs/reference/command-line.md, `man FOLDER` writes
//! the manual pages. `cargo xtask` runs it.

#![allow(
    clippy::format_push_string,
    reason = "readability matters more than allocations"
)]

use std::collections::BTreeMap;
use std::path::Path;

use clap::{Arg, Command, CommandFactory as _};
use graph_devices_cli::{CommandLine, Exit};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> Result<()> {
    let mut command = CommandLine::command().disable_help_subcommand(true);
    command.build();
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["reference"] => println!("{}", reference(&command)?),
        ["man", folder] => {
            std::fs::create_dir_all(folder)?;
            clap_mangen::generate_to(command, Path::new(folder))?;
        }
        _ => return Err("usage: pages reference | pages man FOLDER".into()),
    }
    Ok(())
}

/// The page of all commands and their options.
fn reference(command: &Command) -> Result<String> {
    let verbs: Vec<&Command> = command.get_subcommands().collect();
    let mut page = "<!-- Written by `cargo xtask generate` from the sources of crates/cli; do not edit. -->\n\n# Command line\n\nThe commands of `graph-devices` and their options, as `--help` shows them. [The guide](../cli.md) has examples.\n".to_owned();
    let mut shared = BTreeMap::new();
    for verb in &verbs {
        for (heading, rows) in groups(verb, Arg::get_help_heading) {
            let users: &mut Vec<(&str, String)> = shared.entry(heading).or_default();
            users.push((verb.get_name(), rows));
        }
    }
    // A group is shown once if several commands have it, all with the same options.
    let is_shared = |heading: &str| {
        let users = &shared[heading];
        heading != OWN && users.len() > 1 && users.iter().all(|(_, rows)| *rows == users[0].1)
    };
    for verb in &verbs {
        let about = verb
            .get_about()
            .ok_or_else(|| format!("{} says nothing", verb.get_name()))?;
        let usage = (*verb).clone().render_usage().to_string();
        let usage = usage.trim_start_matches("Usage: ");
        page += &format!("\n## {}\n\n{about}.\n\n```text\n{usage}\n```\n", verb.get_name());
        let mut also = Vec::new();
        for (heading, rows) in groups(verb, Arg::get_help_heading) {
            if is_shared(&heading) {
                also.push(format!("[{heading}](#{})", anchor(&heading)));
            } else {
                page += &table(&heading, &rows);
            }
        }
        page += &format!("\nAlso: {}.\n", also.join(", "));
    }
    for (heading, users) in shared.iter().filter(|(heading, _)| is_shared(heading)) {
        let names: Vec<_> = users.iter().map(|(name, _)| format!("`{name}`")).collect();
        let of = if users.len() == verbs.len() {
            "every command".to_owned()
        } else {
            names.join(", ")
        };
        page += &format!("\n## {heading}\n\nOptions of {of}.\n{}", table("", &users[0].1));
    }
    page += "\n## Exit codes\n\nOf several, the strongest counts. Codes are only added; treat one that you do not know as failure.\n\n| code | means |\n|---|---|\n";
    for exit in Exit::ALL {
        page += &format!("| {} | {} |\n", exit.code(), exit.meaning());
    }
    Ok(page.trim_end().to_owned())
}

/// The heading of what only one command has.
const OWN: &str = "";

/// The rows of a command's options and arguments, by heading.
fn groups(verb: &Command, heading: impl Fn(&Arg) -> Option<&str>) -> BTreeMap<String, String> {
    let mut groups: BTreeMap<String, String> = BTreeMap::new();
    for arg in verb
        .get_arguments()
        .filter(|arg| !arg.is_hide_set() && arg.get_id() != "help")
    {
        let rows = groups.entry(heading(arg).unwrap_or(OWN).to_owned()).or_default();
        *rows += &row(arg);
    }
    groups
}

fn row(arg: &Arg) -> String {
    let value = arg.get_action().takes_values().then(|| {
        let names = arg.get_value_names().unwrap_or_default();
        let names: Vec<_> = names.iter().map(|name| format!("<{name}>")).collect();
        names.join(" ")
    });
    let flags = [
        arg.get_short().map(|short| format!("-{short}")),
        arg.get_long().map(|long| format!("--{long}")),
    ];
    let flags: Vec<_> = flags.into_iter().flatten().collect();
    let name = [flags.join(", "), value.unwrap_or_default()].join(" ");
    let help = arg
        .get_long_help()
        .or(arg.get_help())
        .map(ToString::to_string)
        .unwrap_or_default();
    let defaults: Vec<_> = arg
        .get_default_values()
        .iter()
        .map(|value| value.to_string_lossy())
        .collect();
    let default = if arg.get_action().takes_values() && !defaults.is_empty() {
        format!(" [default: {}]", defaults.join(" "))
    } else {
        String::new()
    };
    let values: Vec<_> = arg
        .get_possible_values()
        .iter()
        .map(|value| value.get_name().to_owned())
        .collect();
    let values = if values.is_empty() || arg.is_hide_possible_values_set() || !arg.get_action().takes_values()
    {
        String::new()
    } else {
        format!(" [{}]", values.join(", "))
    };
    let cell = |text: &str| text.trim().replace('|', "\\|").replace('\n', " ");
    format!("| `{}` | {} |\n", cell(&name), cell(&(help + &values + &default)))
}

fn table(heading: &str, rows: &str) -> String {
    let title = if heading == OWN {
        String::new()
    } else {
        format!("\n{heading}:\n")
    };
    format!("{title}\n| option | what it does |\n|---|---|\n{rows}")
}

/// What the heading is linked by.
fn anchor(heading: &str) -> String {
    let kept = heading.to_lowercase();
    kept.chars()
        .filter(|c| c.is_alphanumeric() || " -_".contains(*c))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}
