//! The runs of a journal, distinguished by their ids.

use super::fold::{Story, after, folded};
use super::record::PastRun;
use super::*;

#[test]
fn runs_are_known_by_the_first_and_the_last() {
    let journal_state = Story::new().sent("a@x", None).run().run().journal_state();
    assert_eq!(journal_state.first_run().id, "run-1");
    assert_eq!(journal_state.last_run().id, "run-3");
}

/// A line that begins a run may be lost: every other line names its run.
#[test]
fn runs_are_distinguished_by_their_ids() {
    let story = Story::new().sent("a@x", None).run().refused("a@x");
    let lines: Vec<_> = story.text.lines().map(|line| line.to_owned() + "\n").collect();
    let lost = [&lines[..2], &lines[3..]].concat().concat();
    let journal_state = folded(lost.as_bytes(), Retention::Unfinished).unwrap();
    assert_eq!(
        journal_state.of("a@x").unwrap().state(),
        UserState::InDoubt(after(1))
    );
    assert_eq!(journal_state.last_run().id, "run-1");
    // The beginning of another run in between does not split a run.
    let between = [&lines[..2], &lines[2..3], &lines[1..2]].concat().concat();
    let refused = lines[3].replace("run-2", "run-1");
    let journal_state = folded((between + &refused).as_bytes(), Retention::Unfinished).unwrap();
    assert_eq!(journal_state.of("a@x").unwrap().state(), UserState::Refused);
}

#[test]
fn the_newest_preview_and_the_newest_run_that_is_no_verification_are_known() {
    let ids = |story: &Story| {
        let journal_state = story.journal_state();
        let id = |run: Option<&PastRun>| run.map(|run| run.id.clone());
        (
            id(journal_state.preview()),
            id(journal_state.acting()),
            journal_state.last_run().id.clone(),
        )
    };
    let some = |id: &str| Some(id.to_owned());
    let story = Story::new();
    assert_eq!(ids(&story), (None, some("run-1"), "run-1".to_owned()));
    let story = story.begin(Mode::Preview);
    assert_eq!(ids(&story), (some("run-2"), some("run-2"), "run-2".to_owned()));
    let story = story.begin(Mode::Verify);
    assert_eq!(ids(&story), (some("run-2"), some("run-2"), "run-3".to_owned()));
    let story = story.run().begin(Mode::Verify);
    assert_eq!(ids(&story), (some("run-2"), some("run-4"), "run-5".to_owned()));
    let verified = Story::default().begin(Mode::Verify);
    assert_eq!(ids(&verified), (None, None, "run-1".to_owned()));
    let planned = Story::default().begin(Mode::Preview).begin(Mode::Preview);
    assert_eq!(ids(&planned), (some("run-2"), some("run-2"), "run-2".to_owned()));
}

#[test]
fn another_service_is_refused_in_words_for_a_journal_and_for_a_plan() {
    let path = Path::new("J");
    let elsewhere = RunRecord {
        endpoint: "http://127.0.0.2:1".to_owned(),
        ..run()
    };
    let refused = |role| said(elsewhere.same_service(&run(), role, path), path);
    let fault = "is about http://127.0.0.2:1, but this run is about https://graph.microsoft.com";
    assert_eq!(
        refused(Role::Journal),
        format!("the journal J {fault}; pass the journal of that one, or begin a new one")
    );
    assert_eq!(
        refused(Role::Plan),
        format!("the plan J {fault}; make a preview for this run, and pass its journal")
    );
    for role in [Role::Journal, Role::Plan] {
        assert!(run().same_service(&run(), role, path).is_ok());
    }
}
