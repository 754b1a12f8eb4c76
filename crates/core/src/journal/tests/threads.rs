//! Many threads write at once: every record whole, and syncs shared.

use std::collections::HashSet;
use std::fs;
use std::thread;

use super::*;
use crate::Outcome;

const THREADS: usize = 16;

#[test]
fn threads_that_come_during_a_sync_share_the_next_one() {
    let folder = Folder::new();
    let path = folder.file("leavers.jsonl");
    let journal = create(&path);
    let before = journal.syncs();
    thread::scope(|scope| {
        let under_way = journal.syncing();
        for number in 0..THREADS {
            let journal = &journal;
            scope.spawn(move || journal.sent(&[sent(&format!("u{number}@x"), None)]).unwrap());
        }
        while fs::read_to_string(&path).unwrap().matches("\"sent\"").count() < THREADS {
            thread::yield_now();
        }
        drop(under_way);
    });
    assert_eq!(journal.syncs(), before + 1);
}

#[test]
fn all_records_of_all_threads_are_there_and_whole() {
    const EACH: usize = 40;
    let folder = Folder::new();
    let path = folder.file("leavers.jsonl");
    let journal = create(&path);
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let journal = &journal;
            scope.spawn(move || {
                for number in 0..EACH {
                    let user = format!("u{thread}-{number}@x");
                    journal.read(&[read(&user, None, &["d1"])]).unwrap();
                    journal.sent(&[sent(&user, None)]).unwrap();
                    journal.result(&result(&user, Outcome::Accepted)).unwrap();
                }
            });
        }
    });
    journal.end(&EndRecord::default()).unwrap();
    assert!(journal.syncs() <= (THREADS * EACH + 2) as u64);
    drop(journal);
    let (_, journal_state) = resume(&path);
    let done = journal_state
        .users()
        .filter(|record| record.state() == UserState::Done(Outcome::Accepted));
    assert_eq!(
        done.map(UserRecord::user).collect::<HashSet<_>>().len(),
        THREADS * EACH
    );
    assert_eq!(lines(&path).unwrap().count(), 3 * THREADS * EACH + 3);
}

#[test]
fn a_sent_record_is_durable_when_the_call_returns_and_what_follows_waits() {
    let folder = Folder::new();
    let journal = create(&folder.file("leavers.jsonl"));
    let before = journal.syncs();
    journal.read(&[read("a@x", None, &[])]).unwrap();
    assert_eq!(journal.syncs(), before);
    journal.sent(&[sent("a@x", None), sent("b@x", None)]).unwrap();
    assert_eq!(journal.syncs(), before + 1);
    journal.result(&result("a@x", Outcome::Accepted)).unwrap();
    assert_eq!(journal.syncs(), before + 1);
    // The code could not be found again.
    let queued = ResultRecord {
        approval_code: Some("c1".to_owned()),
        ..result("b@x", Outcome::AwaitingApproval)
    };
    journal.result(&queued).unwrap();
    assert_eq!(journal.syncs(), before + 2);
    journal.end(&EndRecord::default()).unwrap();
    assert_eq!(journal.syncs(), before + 3);
}
