//! The programs of the README and of the pages in docs/ run as they stand, their commands exist, and their links lead somewhere.

mod blocks;
mod demo;
mod links;
mod programs;
mod session;

use std::fs;

use blocks::blocks;
use programs::Folder;

use crate::dist::{Profile, cli};
use crate::emulator::{self, Emulator};
use crate::report::Suite;
use crate::secrets::say;
use crate::tools::{Result, fresh, root, target};

/// Info strings of blocks that are not programs, or cannot run here.
const NOT_RUN: [&str; 8] = ["", "cmake", "csv", "json", "jsonl", "ps1", "text", "xml"];

pub(super) fn checks(suite: &mut Suite) -> Result {
    let folder = target().join("readme");
    fresh(&folder)?;
    emulator::build()?;
    let emulator = Emulator::start("readme")?;
    for page in pages()? {
        let before = suite.counts();
        check(suite, &page, &emulator, &Folder::new(&folder, &page)?)?;
        say(format!(
            "{}: {page}: {}",
            suite.name(),
            suite.counts().since(before)
        ));
    }
    Ok(())
}

/// The README and the pages in docs/, by their path below the top folder. Folders below docs/ hold no programs.
fn pages() -> Result<Vec<String>> {
    let mut pages = vec!["README.md".to_owned()];
    for entry in fs::read_dir(root().join("docs"))? {
        let path = entry?.path();
        if let (Some(name), true) = (path.file_name(), path.extension().is_some_and(|ext| ext == "md")) {
            pages.push(format!("docs/{}", name.to_string_lossy()));
        }
    }
    pages.sort();
    Ok(pages)
}

fn check(suite: &mut Suite, page: &str, emulator: &Emulator, folder: &Folder) -> Result {
    let text = fs::read_to_string(root().join(page)).map_err(|error| format!("{page}: {error}"))?;
    suite.check(&format!("{page}, links"), links::check(page, &text));
    let blocks = blocks(&text);
    let list = blocks.iter().find(|block| block.language == "csv");
    for block in &blocks {
        emulator.reset(None)?;
        let what = format!("{page} line {}, {}", block.line, block.language);
        if block.text.starts_with(demo::COMMAND) {
            suite.check(&format!("{what}, output"), demo::check(block));
        }
        if session::is_one(block) {
            let list = list.map(|list| list.text.as_str());
            let ran = cli::build(Profile::Dev)
                .and_then(|program| session::check(block, list, emulator, &program, &folder.of(block)));
            suite.check(&format!("{what}, output"), ran);
        }
        match block.language.as_str() {
            "c" | "cpp" => programs::native(suite, &what, block, emulator, folder),
            "csharp" => programs::csharp(suite, &what, block, emulator, folder),
            "python" => programs::python(suite, &what, block, emulator, folder),
            "rust" => suite.check(&what, programs::rust(block, emulator, folder)),
            "powershell" => programs::pwsh(suite, &what, block, emulator, folder),
            "sh" | "console" => suite.check(&what, programs::commands(block)),
            other if NOT_RUN.contains(&other) => {}
            _ => suite.check(
                &what,
                Err("neither a language that is run nor one that is not".into()),
            ),
        }
    }
    Ok(())
}
