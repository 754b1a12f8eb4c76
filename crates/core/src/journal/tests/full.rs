//! Disks that are full or fail: an error that says so, and never a record glued to half a line.
#![cfg(target_os = "linux")]

use std::fs::{self, File, OpenOptions};
use std::path::PathBuf;
use std::process::Command;

use super::*;
use crate::Outcome;

const FOLDER: &str = "GRAPH_DEVICES_TEST_FOLDER";

/// A journal over a device of the system.
fn over(device: &str) -> Journal {
    let file = OpenOptions::new().write(true).open(device).unwrap();
    Journal::over(file, Path::new(device), 0, clock())
}

#[test]
fn a_full_disk_is_an_error_that_says_what_to_do() {
    let path = Path::new("/dev/full");
    let journal = over("/dev/full");
    let full =
        "the journal J could not be written: No space left on device (os error 28); make room and try again";
    for _ in 0..2 {
        assert_eq!(said(journal.sent(&[sent("a@x", None)]), path), full);
        assert_eq!(said(journal.read(&[read("a@x", None, &[])]), path), full);
        assert_eq!(
            said(journal.result(&result("a@x", Outcome::Accepted)), path),
            full
        );
        assert_eq!(said(journal.verify(&VerifyRecord::default()), path), full);
        assert_eq!(said(journal.end(&EndRecord::default()), path), full);
    }
    let failed = journal.end(&EndRecord::default()).unwrap_err();
    assert_eq!(failed.os_error(), Some(28));
}

/// The system may drop what it could not write and report success the next time. Results are still worth a try.
#[test]
fn a_failed_sync_is_not_forgotten() {
    let path = Path::new("/dev/null");
    let journal = over("/dev/null");
    let lost = "the journal J could not be made durable (Invalid argument (os error 22)); check the disk, then resume";
    assert_eq!(said(journal.sent(&[sent("a@x", None)]), path), lost);
    assert_eq!(journal.syncs(), 1);
    assert_eq!(said(journal.sent(&[sent("a@x", None)]), path), lost);
    assert_eq!(said(journal.end(&EndRecord::default()), path), lost);
    assert_eq!(
        journal.end(&EndRecord::default()).unwrap_err().os_error(),
        Some(22)
    );
    assert_eq!(journal.syncs(), 1);
    journal.result(&result("a@x", Outcome::Accepted)).unwrap();
    let queued = ResultRecord {
        approval_code: Some("c1".to_owned()),
        ..result("a@x", Outcome::AwaitingApproval)
    };
    assert_eq!(said(journal.result(&queued), path), lost);
}

#[test]
fn half_a_line_that_cannot_be_cut_off_ends_the_writing() {
    let folder = Folder::new();
    let path = folder.holding("{\"event\":\"ru");
    // A handle that may only read: neither the write nor the repair succeeds.
    let journal = Journal::over(File::open(&path).unwrap(), &path, 0, clock());
    let failed = said(journal.sent(&[sent("a@x", None)]), &path);
    assert_eq!(
        failed,
        "the journal J could not be written: Bad file descriptor (os error 9); check the disk and try again"
    );
    assert_eq!(
        said(journal.result(&result("a@x", Outcome::Accepted)), &path),
        "the journal J is damaged by a failed write (Bad file descriptor (os error 9)); resume it to repair it"
    );
}

/// The file to write to, in the process of a test that may write little.
fn given() -> Option<PathBuf> {
    std::env::var_os(FOLDER).map(|folder| Path::new(&folder).join("leavers.jsonl"))
}

/// Runs a test once more in a process that may write no more than so many blocks to a file: a real disk that is full.
fn in_little_room(test: &str, blocks: u32, folder: &Folder) {
    limited(test, &format!("trap '' XFSZ; ulimit -f {blocks}"), folder);
}

/// Runs a test once more in a process with these limits.
fn limited(test: &str, limits: &str, folder: &Folder) {
    let limit = format!("{limits}; exec \"$0\" \"$@\"");
    let ended = Command::new("sh")
        .args(["-c", &limit])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", &format!("journal::tests::full::{test}"), "--nocapture"])
        .env(FOLDER, folder.file(""))
        .output()
        .unwrap();
    let output = String::from_utf8_lossy(&ended.stdout);
    assert!(
        ended.status.success() && output.contains("1 passed"),
        "{output} {}",
        String::from_utf8_lossy(&ended.stderr)
    );
}

#[test]
fn a_journal_that_cannot_be_begun_leaves_no_file() {
    let Some(path) = given() else {
        let folder = Folder::new();
        in_little_room("a_journal_that_cannot_be_begun_leaves_no_file", 0, &folder);
        assert!(!folder.file("leavers.jsonl").exists());
        return;
    };
    assert_eq!(
        said(Journal::create(&path, &run(), clock()), &path),
        "the journal J could not be written: File too large (os error 27); make room and try again"
    );
}

#[test]
fn a_disk_that_fills_up_in_the_middle_of_a_line_leaves_whole_lines() {
    if let Some(path) = given() {
        return fill(&path);
    }
    let folder = Folder::new();
    in_little_room(
        "a_disk_that_fills_up_in_the_middle_of_a_line_leaves_whole_lines",
        16,
        &folder,
    );

    let path = folder.file("leavers.jsonl");
    let text = fs::read_to_string(&path).unwrap();
    let lines: Vec<serde_json::Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(text.ends_with("\"attempts\":0}\n"), "{text}");
    let message = lines[1]["message"].as_str().unwrap().len();
    assert_eq!(lines.last().unwrap()["user"], "short@x");
    assert!(message > 100 && lines.len() > 3);
    // There is room again.
    let (journal, journal_state) = resume(&path);
    assert_eq!(journal_state.users().count(), lines.len() - 1);
    journal.sent(&[sent("next@x", None)]).unwrap();
}

fn fill(path: &Path) {
    let journal = create(path);
    let long = |number| ResultRecord {
        message: Some("x".repeat(3000)),
        ..result(&format!("u{number}@x"), Outcome::Failed)
    };
    let written = (0..100)
        .take_while(|number| journal.result(&long(*number)).is_ok())
        .count();
    assert!(written > 1, "{written}");
    let length = fs::metadata(path).unwrap().len();
    let failed = said(journal.result(&long(written)), path);
    assert_eq!(
        failed,
        "the journal J could not be written: File too large (os error 27); make room and try again"
    );
    assert_eq!(fs::metadata(path).unwrap().len(), length);
    journal.result(&result("short@x", Outcome::Failed)).unwrap();
}

/// A journal takes more than one descriptor to begin; whichever cannot be had, the disk is not to blame.
#[test]
fn without_descriptors_the_advice_is_about_descriptors() {
    let Some(path) = given() else {
        let folder = Folder::new();
        return limited(
            "without_descriptors_the_advice_is_about_descriptors",
            "ulimit -n 64",
            &folder,
        );
    };
    let mut taken: Vec<File> = std::iter::from_fn(|| File::open("/dev/null").ok()).collect();
    let mut refusals = 0;
    let made = loop {
        match Journal::create(&path, &run(), clock()) {
            Ok(journal) => break journal,
            Err(error) => {
                let advice = "; close what is open or raise the limit of open files, then try again";
                assert!(error.message.ends_with(advice), "{error}");
                assert_eq!((error.os_error(), error.path()), (Some(24), Some(&*path)));
                assert!(!path.exists());
                refusals += 1;
                drop(taken.pop());
            }
        }
    };
    assert!(refusals > 1, "{refusals}");
    drop(made);
    taken.extend(std::iter::from_fn(|| File::open("/dev/null").ok()));
    let refused = said(Journal::resume(&path, &run(), clock(), Retention::All), &path);
    assert_eq!(
        refused,
        "the journal J cannot be written to: Too many open files (os error 24); close what is open or raise the limit of open files, then try again"
    );
}
