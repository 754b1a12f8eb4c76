//! What is read of journals for a report.

use std::path::Path;

use super::fold::{ONE, Story, TWO, after};
use super::records::encoded;
use super::*;
use crate::history::{self, Ending, History, User};
use crate::{Outcome, Reason, Status};

fn of(folder: &Folder, story: &Story) -> History {
    history::read(&[folder.holding(&story.text)]).unwrap()
}

fn names<'a>(users: impl Iterator<Item = User<'a>>) -> Vec<&'a str> {
    users.map(|user| user.user()).collect()
}

#[test]
fn users_stand_in_the_order_of_their_first_line_and_once_with_several_names() {
    let folder = Folder::new();
    let story = Story::new()
        .result("b@x", Outcome::Failed)
        .read("a@x", None, &["d1"])
        .looked("a2@x", ONE, "a2@x")
        .looked("a@x", ONE, "a@x");
    let history = of(&folder, &story);
    assert_eq!(names(history.users()), ["b@x", "a@x"]);
    let user = history.find("A2@X").unwrap();
    assert_eq!(
        (user.user(), user.id(), user.upn()),
        ("a@x", Some(ONE), Some("a@x"))
    );
    assert_eq!(user.first_line(), Some((&*folder.file("journal.jsonl"), 3)));
    assert!(history.find("c@x").is_none());
}

#[test]
fn two_names_that_turn_out_to_be_one_user_keep_the_newest_of_both() {
    let folder = Folder::new();
    let story = Story::new()
        .read("a@x", None, &["d1"])
        .sent("b@x", Some(ONE))
        .result("b@x", Outcome::Accepted)
        .verified("b@x", &[Verdict::Pending])
        .verified("b@x", &[Verdict::Gone])
        .looked("a@x", ONE, "b@x");
    let history = of(&folder, &story);
    assert_eq!(names(history.users()), ["a@x"]);
    let user = history.users().next().unwrap();
    assert_eq!(user.outcome(), Some(Outcome::Accepted));
    assert_eq!(user.result().unwrap().time, after(3));
    assert_eq!(user.first_line().unwrap().1, 2);
    assert_eq!(user.sent().unwrap().time, after(2));
    let verified = user.verified().unwrap();
    assert_eq!((verified.verdict(), verified.time), (Verdict::Gone, after(5)));
    assert_eq!(
        user.devices()
            .unwrap()
            .map(|device| device.id)
            .collect::<Vec<_>>(),
        ["d1"]
    );
}

#[test]
fn the_result_of_a_user_is_the_one_that_decides() {
    let folder = Folder::new();
    let story = Story::new().sent("a@x", None).refused("a@x").skipped("a@x");
    let history = of(&folder, &story);
    let user = history.find("a@x").unwrap();
    assert_eq!(user.outcome(), Some(Outcome::Failed));
    assert_eq!(user.result().unwrap().time, after(2));
    let last = user.last_result().unwrap();
    assert_eq!((last.outcome, last.reason), (Outcome::Skipped, Reason::Stopped));

    let killed = story.sent("a@x", None);
    let history = of(&folder, &killed);
    let user = history.find("a@x").unwrap();
    assert_eq!((user.outcome(), user.result()), (Some(Outcome::Unknown), None));
    assert_eq!(user.last_result(), None, "the skip was before");
    let skipped = of(&folder, &Story::new().sent("a@x", None).skipped("a@x"));
    let last = skipped.find("a@x").unwrap().last_result().unwrap();
    assert_eq!((last.reason, last.time), (Reason::Stopped, after(2)));

    let accepted = killed.result("a@x", Outcome::Accepted).refused("a@x");
    let history = of(&folder, &accepted);
    let user = history.find("a@x").unwrap();
    assert_eq!(user.result(), user.last_result());
    assert_eq!(user.result().unwrap().time, after(5));
}

#[test]
fn a_run_ended_or_was_cut_off_or_is_running() {
    let folder = Folder::new();
    let end = EndRecord {
        counts: vec![("skipped".to_owned(), 1)],
        duplicates: 2,
        ended_by: Some(Status::Throttled),
        message: Some("too much".to_owned()),
    };
    let story = Story::new().run().add(&Record::End(end)).skipped("a@x");
    let history = of(&folder, &story);
    let [cut_off, ended] = history.runs() else {
        panic!("{:?}", history.runs());
    };
    assert_eq!((cut_off.begun, &cut_off.ending), (after(0), &Ending::CutOff));
    let Ending::Ended(end) = &ended.ending else {
        panic!("{ended:?}");
    };
    assert_eq!(
        (end.time, end.duplicates, end.ended_by),
        (after(2), 2, Some(Status::Throttled))
    );
    assert!(!history.journals()[0].is_in_use);

    let path = folder.file("running.jsonl");
    let journal = create(&path);
    let history = history::read(&[&path]).unwrap();
    assert_eq!(history.runs()[0].ending, Ending::Running);
    assert!(history.journals()[0].is_in_use);
    drop(journal);
    assert_eq!(history::read(&[&path]).unwrap().runs()[0].ending, Ending::CutOff);
}

#[test]
fn a_torn_end_does_not_count_and_is_reported() {
    let folder = Folder::new();
    let story = Story::new().refused("a@x");
    let torn = format!("{}{{\"event\":\"result\"", story.text);
    let history = history::read(&[folder.holding(&torn)]).unwrap();
    let file = &history.journals()[0];
    assert_eq!(
        (file.lines, file.length, file.torn),
        (2, story.text.len() as u64, 17)
    );
    let nul = folder.holding([story.text.as_bytes(), &[0; 5_000]].concat());
    assert_eq!(history::read(&[nul]).unwrap().journals()[0].torn, 5_000);
}

#[test]
fn the_beginning_of_a_journal_says_what_it_said_then() {
    let folder = Folder::new();
    let story = Story::new().refused("a@x");
    let length = story.text.len() as u64;
    let path = folder.holding(&story.result("a@x", Outcome::Accepted).text);
    let history = history::read_beginnings(&[(&path, length)]).unwrap();
    assert_eq!(history.find("a@x").unwrap().outcome(), Some(Outcome::Failed));
    assert_eq!(
        (history.journals()[0].length, history.journals()[0].torn),
        (length, 0)
    );
    assert_eq!(
        history::read_beginnings(&[(&path, length - 1)])
            .unwrap()
            .users()
            .count(),
        0
    );
}

#[test]
fn a_preview_has_the_users_that_it_came_to() {
    let folder = Folder::new();
    let story = Story::new().skipped("old@x").begin(Mode::Preview);
    let story = story.skipped("b@x").skipped("a@x").read("cut@x", None, &[]);
    let history = of(&folder, &story);
    assert_eq!(names(history.previewed()), ["b@x", "a@x"]);
    assert_eq!(history.preview().unwrap().begun, after(2));
    let again = story.begin(Mode::Preview).skipped("a@x");
    assert_eq!(names(of(&folder, &again).previewed()), ["a@x"]);
    assert_eq!(
        names(of(&folder, &Story::new().skipped("a@x")).previewed()),
        [""; 0]
    );
}

/// A journal with one line about one user.
fn journal(
    folder: &Folder,
    name: &str,
    run_id: &str,
    hour: u64,
    record: &RunRecord,
    line: &Record,
) -> PathBuf {
    let time = start() + Duration::from_secs(hour * 3600);
    let text = encoded(&Record::Run(record.clone()), time, run_id) + &encoded(line, time, run_id);
    let path = folder.file(name);
    fs::write(&path, text).unwrap();
    path
}

#[test]
fn several_journals_are_one_story_in_the_order_of_their_beginnings() {
    let folder = Folder::new();
    let accepted = Record::Result(ResultRecord::new("a@x", Some(ONE), Outcome::Accepted));
    let later = journal(&folder, "later", "r2", 2, &run(), &accepted);
    let read = Record::Read(read("A@x", Some(ONE), &["d1"]));
    let earlier = journal(&folder, "earlier", "r1", 1, &run(), &read);
    let history = history::read(&[&later, &earlier]).unwrap();
    assert_eq!(names(history.users()), ["A@x"]);
    let user = history.users().next().unwrap();
    assert_eq!(user.outcome(), Some(Outcome::Accepted));
    assert_eq!(user.devices().unwrap().len(), 1);
    assert_eq!(user.first_line(), Some((&*earlier, 2)));
    let paths: Vec<_> = history.journals().iter().map(|journal| &journal.path).collect();
    assert_eq!(paths, [&earlier, &later]);
}

#[test]
fn what_is_no_one_story_is_refused() {
    let folder = Folder::new();
    let skipped = Record::Result(result("a@x", Outcome::Skipped));
    let ours = journal(&folder, "ours", "r1", 1, &run(), &skipped);
    let copy = journal(&folder, "copy", "r1", 1, &run(), &skipped);
    let foreign = RunRecord {
        tenant: Some("tenant-2".to_owned()),
        ..run()
    };
    let theirs = journal(&folder, "theirs", "r2", 2, &foreign, &skipped);
    for (other, why) in [(&copy, "same journal"), (&theirs, "about the tenant tenant-2")] {
        let error = history::read(&[&ours, other]).unwrap_err();
        assert!(error.message.contains(why), "{}", error.message);
        assert_eq!(error.path(), Some(other.as_path()));
    }
    let error = history::read::<&Path>(&[]).unwrap_err();
    assert_eq!(error.status, Status::InvalidArgument);
    let newer = Story::new().text.replace("\"version\":1", "\"version\":2");
    let error = history::read(&[folder.holding(newer)]).unwrap_err();
    assert!(error.message.contains("is of version 2"), "{}", error.message);
}

#[test]
#[cfg(unix)]
fn the_file_stays_as_it_is() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = Folder::new();
    let path = folder.holding(Story::new().looked("a@x", TWO, "a@x").text);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o664)).unwrap();
    assert_eq!(history::read(&[&path]).unwrap().users().count(), 1);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o664);
}
