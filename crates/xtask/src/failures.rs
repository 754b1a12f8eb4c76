//! What failed, for the end of a run: the last lines of a long log then name each failed test and say why.

/// How a test program begins the line of a failed test: those of this repository, pytest, cargo and Pester.
const HEADS: [&str; 5] = ["FAIL ", "FAILED ", "ERROR ", "---- ", "[-] "];

/// How a line begins that is no longer of a test's message: a stack, a hint of cargo, another test, the end.
const AFTER: [&str; 9] = [
    "at ",
    "stack backtrace:",
    "note: ",
    "[+] ",
    "[!] ",
    "failures:",
    "soak: ",
    "Tests Passed:",
    "====",
];

/// The most lines that are repeated of one failure, and of all.
const OF_ONE: usize = 10;
const OF_ALL: usize = 100;

/// The failed tests in the output of a test program, each with the beginning of its message.
pub(crate) fn found(output: &str) -> Vec<String> {
    let mut failures: Vec<Vec<&str>> = Vec::new();
    let mut is_open = false;
    for line in output.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if is_head(line) {
            failures.push(vec![line]);
            is_open = true;
        } else if is_after(line) {
            is_open = false;
        } else if let Some(failure) = failures.last_mut().filter(|_| is_open) {
            failure.push(line);
        }
    }
    failures.into_iter().map(|lines| lines.join("\n")).collect()
}

fn is_head(line: &str) -> bool {
    let line = line.strip_prefix("soak: ").unwrap_or(line);
    HEADS.iter().any(|head| line.starts_with(head))
}

/// Whether a line does not continue the message of a failed test.
fn is_after(line: &str) -> bool {
    let counts = line.starts_with(|c: char| c.is_ascii_digit()) && line.contains(" failed");
    counts || AFTER.iter().any(|start| line.starts_with(start))
}

/// The failures as they are repeated: each shortened in its middle, and not more than a screen or two of a log holds.
pub(crate) fn repeated(failures: &[String]) -> Vec<String> {
    let mut lines = Vec::new();
    for (number, failure) in failures.iter().enumerate() {
        let short = shortened(failure);
        if lines.len() + short.len() > OF_ALL {
            lines.push(format!("and {} more above", failures.len() - number));
            break;
        }
        lines.extend(short);
    }
    lines
}

/// The first lines name the check, the last lines of a long output say what was wrong.
fn shortened(failure: &str) -> Vec<String> {
    let lines: Vec<&str> = failure.lines().collect();
    let indented = |line: &&str| format!("  {line}");
    if lines.len() <= OF_ONE {
        return lines.iter().map(indented).collect();
    }
    let half = OF_ONE / 2;
    let mut short: Vec<String> = lines[..half].iter().map(indented).collect();
    short.push("  ...".to_owned());
    short.extend(lines[lines.len() - half..].iter().map(indented));
    short
}

#[cfg(test)]
mod tests {
    use super::{OF_ALL, found, repeated};

    #[test]
    fn a_failed_test_of_pester_comes_with_its_message_and_without_the_stack() {
        let output = "Running tests\n    [-] things adds 152ms\n  Expected 1 to be 2.\n  at <ScriptBlock>, x.ps1: line 3\n  \
                      at <ScriptBlock>, <No file>: line 1\n    [+] things hold 1ms\nTests Passed: 1, Failed: 1\n";
        assert_eq!(found(output), ["[-] things adds 152ms\nExpected 1 to be 2."]);
    }

    #[test]
    fn failed_tests_of_other_programs_are_found() {
        for (output, failures) in [
            (
                "F.\n=== short test summary info ===\nFAILED tests/a.py::b - assert 1 == 2\n1 failed, 1 passed in 0.1s\n",
                vec!["FAILED tests/a.py::b - assert 1 == 2"],
            ),
            (
                "test a ... ok\nfailures:\n\n---- b stdout ----\n\nthread 'b' panicked at b.rs:1:2:\nleft is not right\n\
                 note: run with\n\nfailures:\n    b\n\ntest result: FAILED. 1 passed; 1 failed;\n",
                vec!["---- b stdout ----\nthread 'b' panicked at b.rs:1:2:\nleft is not right"],
            ),
            (
                "FAIL line 7: one\nFAIL line 9: two\n3 passed, 2 failed\n",
                vec!["FAIL line 7: one", "FAIL line 9: two"],
            ),
            (
                "soak: FAIL kill: no user is sent twice\nsoak: 1 passed, 1 failed\n",
                vec!["soak: FAIL kill: no user is sent twice"],
            ),
            ("2 passed, 0 failed\n", vec![]),
        ] {
            assert_eq!(found(output), failures, "{output}");
        }
    }

    #[test]
    fn what_is_repeated_is_short_and_says_what_it_leaves_out() {
        let long = (1..=30)
            .map(|number| number.to_string())
            .collect::<Vec<_>>()
            .join("\n");
        let lines = repeated(std::slice::from_ref(&long));
        assert_eq!(
            lines.join("|"),
            "  1|  2|  3|  4|  5|  ...|  26|  27|  28|  29|  30"
        );
        let lines = repeated(&vec![long; 30]);
        assert!(lines.len() <= OF_ALL + 1, "{}", lines.len());
        assert_eq!(lines.last().unwrap(), "and 21 more above");
    }
}
