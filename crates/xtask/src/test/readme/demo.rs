//! What a page shows of `cargo xtask demo` is what it prints.

use super::blocks::Block;
use crate::tools::{Result, command, output};

pub(super) const COMMAND: &str = "$ cargo xtask demo\n";
/// Stands for lines that a page leaves out.
const LEFT_OUT: &str = "...";

/// An error that names each line of the block that the demo does not print, numbers aside.
pub(super) fn check(block: &Block) -> Result {
    let printed = output(command(std::env::current_exe()?).arg("demo"))?;
    let missing = missing(&block.text, &printed);
    if missing.is_empty() {
        Ok(())
    } else {
        Err(format!("the demo does not print: {}", missing.join(" / ")).into())
    }
}

fn missing<'a>(shown: &'a str, printed: &str) -> Vec<&'a str> {
    let printed: Vec<String> = printed.lines().map(masked).collect();
    shown
        .lines()
        .skip(1)
        .filter(|line| line.trim() != LEFT_OUT && !printed.contains(&masked(line)))
        .collect()
}

/// Ports and ids are others each time.
fn masked(line: &str) -> String {
    let line = line.replace(|c: char| c.is_ascii_digit(), "0");
    let parts: Vec<&str> = line.split('0').filter(|part| !part.is_empty()).collect();
    parts.join("0")
}

#[cfg(test)]
mod tests {
    use super::missing;

    #[test]
    fn lines_that_are_not_printed_are_named() {
        let shown = "$ cargo xtask demo\nat http://127.0.0.1:1\n...\n  after  gone\n";
        assert!(missing(shown, "at http://127.0.0.1:54321\n  | more\n  after  gone\n").is_empty());
        assert_eq!(
            missing(shown, "at http://127.0.0.1:2\n  after  here\n"),
            ["  after  gone"]
        );
    }
}
