//! Real files: what is refused, who may write, and what the next run reads.

use std::fs;

use super::fold::ONE;
use super::*;
use crate::{Outcome, Status};

#[test]
fn a_journal_passes_a_run_on_to_the_next() {
    let folder = Folder::new();
    let path = folder.file("leavers.jsonl");
    let journal = create(&path);
    let reads = [read("a@x", Some(ONE), &["d1", "d2"]), read("b@x", None, &[])];
    journal.read(&reads).unwrap();
    journal
        .sent(&[sent("a@x", Some(ONE)), sent("b@x", None)])
        .unwrap();
    journal.result(&result("a@x", Outcome::Accepted)).unwrap();
    let first = journal.run().to_owned();
    drop(journal);

    let (journal, journal_state) = resume(&path);
    assert_eq!(
        journal_state.of("A@X").unwrap().state(),
        UserState::Done(Outcome::Accepted)
    );
    assert_eq!(journal_state.of(ONE).unwrap().user(), "a@x");
    assert!(matches!(
        journal_state.of("b@x").unwrap().state(),
        UserState::InDoubt(_)
    ));
    assert!(journal_state.of("c@x").is_none());
    assert_eq!(journal_state.last_run().id, first);
    assert_ne!(journal.run(), first);
    assert_eq!(journal.path(), path);
    drop(journal);
    let journal_state = load(&path, Retention::All).unwrap();
    assert_eq!(journal_state.first_run().id, first);
    assert_eq!(journal_state.first_run().record.resumes, None);
    assert_eq!(
        journal_state.last_run().record.resumes.as_deref(),
        Some(first.as_str())
    );
    assert_eq!(journal_state.of(ONE).unwrap().snapshot().unwrap().len(), 2);
}

#[test]
fn every_line_has_event_time_and_run_and_is_written_before_the_call_returns() {
    let folder = Folder::new();
    let path = folder.file("leavers.jsonl");
    let journal = create(&path);
    let verified = VerifyRecord {
        user: "a@x".to_owned(),
        ..VerifyRecord::default()
    };
    let end = EndRecord {
        counts: vec![("accepted".to_owned(), 1)],
        ended_by: Some(Status::Throttled),
        ..EndRecord::default()
    };
    let added: [(&str, &dyn Fn() -> crate::Result<()>); 5] = [
        ("read", &|| journal.read(&[read("a@x", None, &[])])),
        ("sent", &|| journal.sent(&[sent("a@x", None)])),
        ("result", &|| journal.result(&result("a@x", Outcome::Accepted))),
        ("verify", &|| journal.verify(&verified)),
        ("end", &|| journal.end(&end)),
    ];
    for (event, add) in added {
        add().unwrap();
        // Another handle sees the line, so it no longer depends on this process.
        let text = fs::read_to_string(&path).unwrap();
        let line: serde_json::Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
        assert_eq!(line["event"], event);
        assert_eq!(line["run"], journal.run());
        assert!(
            line["time"].as_str().unwrap().starts_with("2023-11-14T22:13:"),
            "{line}"
        );
    }
    let lines: Vec<_> = lines(&path).unwrap().map(Result::unwrap).collect();
    assert_eq!(lines.len(), 6);
    assert_eq!(lines[5].record, Record::End(end));
}

#[test]
fn a_file_that_exists_is_refused_and_left_alone() {
    let folder = Folder::new();
    let path = folder.holding("precious\n");
    let refused = Journal::create(&path, &run(), clock());
    assert_eq!(
        said(refused, &path),
        "the journal J exists; resume it, or name another file"
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), "precious\n");
}

/// A process was killed before it had written anything.
#[test]
fn an_empty_file_is_begun() {
    let folder = Folder::new();
    let path = folder.holding("");
    let journal = create(&path);
    journal.sent(&[sent("a@x", None)]).unwrap();
    drop(journal);
    assert_eq!(resume(&path).1.users().count(), 1);
}

#[test]
fn a_new_journal_without_users_is_removed_at_the_end() {
    let folder = Folder::new();
    let path = folder.file("leavers.jsonl");
    let no_users = EndRecord {
        ended_by: Some(Status::InvalidArgument),
        ..EndRecord::default()
    };
    create(&path).end(&no_users).unwrap();
    assert!(!path.exists());
    // The run was stopped before it had any user.
    create(&path).end(&EndRecord::default()).unwrap();
    assert!(path.exists());
    fs::remove_file(&path).unwrap();
    // Users were given, but none has a record.
    let skipped = EndRecord {
        counts: vec![("skipped".to_owned(), 1)],
        ..no_users.clone()
    };
    create(&path).end(&skipped).unwrap();
    assert!(path.exists());
    // A resumed journal does not belong to this run alone.
    resume(&path).0.end(&no_users).unwrap();
    assert!(path.exists());
    let path = folder.file("other.jsonl");
    let journal = create(&path);
    journal.read(&[read("a@x", None, &[])]).unwrap();
    journal.end(&no_users).unwrap();
    assert!(path.exists());
}

/// Only on Unix, where a file can be removed while it is open.
#[test]
#[cfg(unix)]
fn a_journal_that_was_deleted_or_replaced_is_noticed_before_anything_is_sent() {
    let folder = Folder::new();
    let path = folder.file("leavers.jsonl");
    let gone = "the journal J was deleted or replaced while the run wrote to it; nothing more is sent: keep the results of this run, which show the users that were sent, and put the journal back or begin a new one without those users";
    for replaced in [false, true] {
        let journal = create(&path);
        journal.sent(&[sent("a@x", None)]).unwrap();
        if replaced {
            fs::copy(&path, folder.file("copy")).unwrap();
            fs::rename(folder.file("copy"), &path).unwrap();
        } else {
            fs::remove_file(&path).unwrap();
        }
        assert_eq!(
            said(journal.result(&result("a@x", Outcome::Accepted)), &path),
            gone
        );
        assert_eq!(said(journal.sent(&[sent("b@x", None)]), &path), gone);
        assert_eq!(said(journal.end(&EndRecord::default()), &path), gone);
    }
    // It only has another name.
    fs::remove_file(&path).unwrap();
    let journal = create(&path);
    fs::rename(&path, folder.file("moved")).unwrap();
    journal.sent(&[sent("a@x", None)]).unwrap();
}

#[test]
fn a_journal_that_does_not_exist_is_not_resumed() {
    let folder = Folder::new();
    let path = folder.file("leavers.jsonl");
    let absent = "there is no journal J; check the path, or begin a new one";
    assert_eq!(
        said(Journal::resume(&path, &run(), clock(), Retention::All), &path),
        absent
    );
    assert_eq!(said(load(&path, Retention::All), &path), absent);
    assert!(!path.exists());
    let missing = load(&path, Retention::All).unwrap_err();
    assert_eq!(missing.os_error(), Some(2));
}

#[test]
fn a_journal_in_use_is_refused() {
    let folder = Folder::new();
    let path = folder.file("leavers.jsonl");
    let journal = create(&path);
    let busy = "the journal J is in use by another run; wait until that has ended";
    assert_eq!(
        said(Journal::resume(&path, &run(), clock(), Retention::All), &path),
        busy
    );
    drop(journal);
    let (journal, _) = resume(&path);
    assert_eq!(
        said(Journal::resume(&path, &run(), clock(), Retention::All), &path),
        busy
    );
    drop(journal);
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(text.lines().count(), 2, "{text}");
}

#[test]
fn a_run_that_has_ended_leaves_the_journal_to_the_next() {
    let folder = Folder::new();
    let path = folder.file("leavers.jsonl");
    let ended = create(&path);
    ended.read(&[read("a@x", None, &[])]).unwrap();
    ended.end(&EndRecord::default()).unwrap();
    let (journal, _) = resume(&path);
    journal.sent(&[sent("a@x", None)]).unwrap();
    let late = "the run that wrote the journal J has ended; resume it to add to it";
    assert_eq!(said(ended.result(&result("b@x", Outcome::Accepted)), &path), late);
    assert_eq!(said(ended.end(&EndRecord::default()), &path), late);
    let journal_state = load(&path, Retention::All).unwrap();
    assert_eq!(
        journal_state.users().map(UserRecord::user).collect::<Vec<_>>(),
        ["a@x"]
    );
}

#[test]
#[cfg(unix)]
fn a_running_journal_can_be_read() {
    let folder = Folder::new();
    let path = folder.file("leavers.jsonl");
    let journal = create(&path);
    journal.sent(&[sent("a@x", None)]).unwrap();
    assert_eq!(load(&path, Retention::All).unwrap().users().count(), 1);
}

#[test]
#[cfg(unix)]
fn only_the_owner_may_read_it() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = Folder::new();
    let path = folder.file("leavers.jsonl");
    drop(create(&path));
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_path_that_is_not_a_file_is_refused() {
    let folder = Folder::new();
    let path = folder.file("");
    let refused = Journal::resume(&path, &run(), clock(), Retention::All);
    assert_eq!(
        said(refused, &path),
        "J is not a file; pass the path of a journal"
    );
    assert_eq!(
        said(load(&path, Retention::All), &path),
        "J is not a file; pass the path of a journal"
    );
    let missing = folder.file("no/such/folder/leavers.jsonl");
    let refused = said(Journal::create(&missing, &run(), clock()), &missing);
    assert!(
        refused.starts_with("the journal J could not be created: "),
        "{refused}"
    );
    assert!(
        refused.ends_with("; name a file in a folder that can be written to"),
        "{refused}"
    );
}

/// Another run may lock the journal between the two.
#[test]
fn a_journal_that_was_made_and_is_locked_by_another_run_is_left_to_it() {
    let folder = Folder::new();
    let path = folder.holding("");
    let other = fs::File::open(&path).unwrap();
    other.lock().unwrap();
    let made = fs::OpenOptions::new().write(true).open(&path).unwrap();
    let journal = Journal::over(made, &path, 0, clock());
    assert_eq!(
        said(journal.begun(&run()), &path),
        "the journal J is in use by another run; wait until that has ended"
    );
    assert!(path.exists());
    let taken = Journal::create(&path, &run(), clock());
    assert_eq!(
        said(taken, &path),
        "the journal J is in use by another run; wait until that has ended"
    );
    // The other run has written meanwhile, and ended.
    let made = fs::OpenOptions::new().write(true).open(&path).unwrap();
    fs::write(&path, "precious\n").unwrap();
    drop(other);
    let journal = Journal::over(made, &path, 0, clock());
    assert_eq!(
        said(journal.begun(&run()), &path),
        "the journal J exists; resume it, or name another file"
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), "precious\n");
}

/// Permissions do not restrict root, so these are places where Linux lets no user write.
#[test]
#[cfg(target_os = "linux")]
fn a_place_that_cannot_be_written_to_is_an_error() {
    let path = Path::new("/proc/leavers.jsonl");
    let refused = said(Journal::create(path, &run(), clock()), path);
    assert!(
        refused.starts_with("the journal J could not be created: "),
        "{refused}"
    );
    // A program that is running.
    let path = std::env::current_exe().unwrap();
    let refused = said(Journal::resume(&path, &run(), clock(), Retention::All), &path);
    assert!(
        refused.starts_with("the journal J cannot be written to: "),
        "{refused}"
    );
    assert!(refused.ends_with("; check its path and permissions"), "{refused}");
}

/// A pipe without a writer would block its reader forever.
#[test]
#[cfg(target_os = "linux")]
fn a_pipe_is_not_waited_for() {
    let folder = Folder::new();
    let path = folder.file("pipe");
    let made = std::process::Command::new("mkfifo").arg(&path).status().unwrap();
    assert!(made.success());
    assert_eq!(
        said(load(&path, Retention::All), &path),
        "J is not a file; pass the path of a journal"
    );
}

#[test]
fn a_name_without_a_folder_lies_in_the_working_one() {
    let path = format!("graph-devices-{}.jsonl", crate::clock::new_guid());
    let path = Path::new(&path);
    let made = Journal::create(path, &run(), clock());
    fs::remove_file(path).unwrap();
    assert!(made.is_ok());
}

#[test]
fn a_line_that_could_not_be_read_again_is_not_written() {
    let folder = Folder::new();
    let path = folder.file("leavers.jsonl");
    let journal = create(&path);
    let refused = said(journal.sent(&[sent(&"x".repeat(17 << 20), None)]), &path);
    let next = " is too long for the journal J; leave out its user and check that user's devices by hand";
    assert!(refused.ends_with(next), "{refused}");
    journal.sent(&[sent("a@x", None)]).unwrap();
    assert_eq!(load(&path, Retention::All).unwrap().users().count(), 1);
}
