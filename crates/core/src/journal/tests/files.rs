//! Real files: what is refused, what is repaired, what is durable.

use std::fs;

use super::*;
use crate::{Outcome, Reason};

const ID: &str = "10000000-0000-4000-8000-000000000001";

#[test]
fn a_run_is_told_again_by_its_journal() {
    let folder = Folder::new();
    let path = folder.file("leavers.jsonl");
    let journal = create(&path);
    journal
        .read(&[read("a@x", Some(ID), &["d1", "d2"]), read("b@x", None, &[])])
        .unwrap();
    journal.sent(&[sent("a@x", Some(ID)), sent("b@x", None)]).unwrap();
    journal.result(&result("a@x", Outcome::Accepted)).unwrap();
    let first = journal.run().to_owned();
    drop(journal);

    let (journal, history) = resume(&path);
    assert_eq!(history.of("A@X").unwrap().state(), State::Done(Outcome::Accepted));
    assert_eq!(history.of(ID).unwrap().user(), "a@x");
    assert!(matches!(history.of("b@x").unwrap().state(), State::Doubt(_)));
    assert!(history.of("c@x").is_none());
    assert_eq!(history.last_run().id, first);
    assert_ne!(journal.run(), first);
    drop(journal);
    let history = History::load(&path, Keep::All).unwrap();
    assert_eq!(history.first_run().id, first);
    assert_eq!(history.last_run().record.resumes.as_deref(), Some(first.as_str()));
    assert_eq!(history.of(ID).unwrap().snapshot().unwrap().len(), 2);
    let _ = Reason::None;
}
