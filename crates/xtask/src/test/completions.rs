//! Completions are scripts that each shell can parse, and manual pages are ones that man can show.

use std::path::Path;

use crate::dist::{Profile, cli};
use crate::report::Suite;
use crate::tools::{Result, command, files, find, output};

/// Has PowerShell parse a script; exits with 1 if it finds an error.
const PARSE: &str = "$errors = $null; [void][Management.Automation.Language.Parser]::ParseFile($env:SCRIPT, [ref]$null, [ref]$errors); $errors; exit [int]($errors.Count -gt 0)";

/// How a shell checks a script without running it.
const SHELLS: [(&str, &str, &[&str]); 4] = [
    ("bash", "bash", &["-n"]),
    ("zsh", "zsh", &["-n"]),
    ("fish", "fish", &["--no-execute"]),
    (
        "powershell",
        "pwsh",
        &["-NoProfile", "-NonInteractive", "-Command", PARSE],
    ),
];

pub(super) fn checks(suite: &mut Suite) -> Result {
    let tree = cli::lay_out(Profile::Dev)?;
    for (shell, program, check) in SHELLS {
        let what = format!("completions of {shell}");
        let Some((_, file)) = cli::COMPLETIONS.iter().find(|(name, _)| *name == shell) else {
            return Err(format!("{shell} has no completions").into());
        };
        match find(program) {
            Some(program) => {
                let script = tree.join("completions").join(file);
                suite.check(&what, parses(&program, check, &script));
            }
            // No package of Debian has it.
            None if program == "pwsh" => suite.skip(&what, "pwsh is not on PATH"),
            None => suite.missing(&what, program),
        }
    }
    let Some(man) = find("man") else {
        suite.missing("manual pages", "man");
        return Ok(());
    };
    for page in files(&tree.join("man"))? {
        let name = page
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        suite.check(&name, shows(&man, &page));
    }
    Ok(())
}

fn parses(shell: &Path, check: &[&str], script: &Path) -> Result {
    if !std::fs::read_to_string(script)?.contains("graph-devices") {
        return Err("the script does not name the program".into());
    }
    let mut parse = command(shell);
    parse.args(check);
    if check.contains(&PARSE) {
        parse.env("SCRIPT", script);
    } else {
        parse.arg(script);
    }
    output(&mut parse).map(drop)
}

/// Shows a page without warnings.
fn shows(man: &Path, page: &Path) -> Result {
    let mut show = command(man);
    show.args(["--warnings", "-l"])
        .arg(page)
        .env("MANWIDTH", "100")
        .env("LC_ALL", "C.UTF-8");
    let shown = crate::tools::attempt(&mut show)?;
    let (text, said) = (
        String::from_utf8_lossy(&shown.stdout),
        String::from_utf8_lossy(&shown.stderr),
    );
    if shown.status.success() && said.is_empty() && text.contains("SYNOPSIS") {
        return Ok(());
    }
    Err(format!("man: {said}{text}").into())
}
