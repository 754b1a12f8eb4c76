//! Journals that were cut off or damaged, and files that are not journals.

use std::{fs, io};

use super::fold::{Story, folded};
use super::lines::unreadable;
use super::*;
use crate::Outcome;

fn load(path: &Path) -> crate::Result<JournalState> {
    super::load(path, Retention::All)
}

fn story() -> String {
    Story::new().add(&Record::Sent(sent("a@x", None))).text
}

/// Resumes, adds a user, and returns the lines: each has to be complete.
fn resumed(path: &Path) -> Vec<serde_json::Value> {
    let (journal, journal_state) = resume(path);
    assert!(matches!(
        journal_state.of("a@x").unwrap().state(),
        UserState::InDoubt(_)
    ));
    journal.result(&result("b@x", Outcome::Failed)).unwrap();
    drop(journal);
    let text = fs::read_to_string(path).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn a_torn_tail_is_cut_off_before_anything_is_added() {
    let story = story();
    let long = vec![0; 300_000];
    let tails = [
        &b"{\"event\":\"result\",\"user\":\"a@x\",\"outco"[..],
        b"{",
        b"\xff\xfe",
        b"\0",
        &long,
        b"{\"event\":\"re\0\0\0\0",
        // Complete except for its line end.
        b"{\"event\":\"weather\"}",
    ];
    for tail in tails {
        let folder = Folder::new();
        let path = folder.holding([story.as_bytes(), tail].concat());
        assert_eq!(load(&path).unwrap().users().count(), 1);
        assert_eq!(
            fs::metadata(&path).unwrap().len(),
            (story.len() + tail.len()) as u64
        );
        let lines = resumed(&path);
        let events: Vec<_> = lines.iter().map(|line| line["event"].as_str().unwrap()).collect();
        assert_eq!(events, ["run", "sent", "run", "result"]);
        assert!(fs::read_to_string(&path).unwrap().starts_with(&story));
    }
}

#[test]
fn an_untorn_journal_is_only_added_to() {
    let folder = Folder::new();
    let path = folder.holding(story());
    assert_eq!(resumed(&path).len(), 4);
    assert!(fs::read_to_string(&path).unwrap().starts_with(&story()));
}

#[test]
fn a_broken_line_before_the_end_is_named() {
    let folder = Folder::new();
    let rest = "; nothing was sent: keep a copy, mend the line as docs/journal.md says, then resume";
    let nul = [&vec![0; 200_000][..], b"\n"].concat();
    let cases = [
        (&b"{\"event\":\"result\"\n"[..], "is not JSON"),
        (b"\n", "is not JSON"),
        (b"\xff\n", "is not JSON"),
        (&nul, "is not JSON"),
        (b"[]\n", "is not a JSON object"),
        (
            b"{\"event\":\"sent\",\"time\":\"2026-07-01T08:00:00.000Z\",\"run\":\"r\"}\n",
            "has no \"user\"",
        ),
    ];
    for (line, fault) in cases {
        let path = folder.holding([story().as_bytes(), line, story().as_bytes()].concat());
        assert_eq!(
            said(load(&path), &path),
            format!("line 3 of the journal J {fault}{rest}")
        );
        let refused = Journal::resume(&path, &run(), clock(), Retention::All);
        assert_eq!(
            said(refused, &path),
            format!("line 3 of the journal J {fault}{rest}")
        );
    }
}

#[test]
fn nul_bytes_inside_a_line_do_not_vanish() {
    let folder = Folder::new();
    let torn = [b"{", &vec![0; 200_000][..], b"\"event\":\"weather\"}\n"].concat();
    let path = folder.holding([story().as_bytes(), &torn].concat());
    assert!(said(load(&path), &path).starts_with("line 3 of the journal J is not JSON"));
}

/// Reads as slowly as a reader may: a byte at a time.
struct Slow<'a>(&'a [u8]);

impl io::Read for Slow<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let short = into.len().min(1);
        self.0.read(&mut into[..short])
    }
}

#[test]
fn a_read_may_end_anywhere() {
    let fold =
        |text: &[u8]| JournalState::fold(&mut Lines::new(Slow(text), Path::new("J")), Retention::All, None);
    let story = story();
    assert_eq!(fold(story.as_bytes()).unwrap().users().count(), 1);
    assert_eq!(
        fold(&[story.as_bytes(), b"\0\0\0"].concat())
            .unwrap()
            .users()
            .count(),
        1
    );
    for broken in [
        &b"{\0\"event\":\"weather\"}\n"[..],
        b"\0{\"event\":\"weather\"}\n",
        b"{\"event\":\"weather\"}\0\n",
    ] {
        assert!(fold(&[story.as_bytes(), broken].concat()).is_err());
    }
}

#[test]
fn an_endless_line_is_not_taken_into_memory() {
    let folder = Folder::new();
    let endless = "x".repeat((16 << 20) + (1 << 20));
    let path = folder.holding(&endless);
    assert_eq!(
        said(load(&path), &path),
        "J is not a journal of graph-devices: its first line has no end; name another file"
    );
    let path = folder.holding(story() + &endless);
    assert!(said(load(&path), &path).starts_with("line 3 of the journal J is too long; "));
}

#[test]
fn a_file_without_a_whole_line_says_that_nothing_was_sent() {
    let folder = Folder::new();
    for text in ["{\"event\":\"run\",\"version\":1", "\0\0\0\0"] {
        let path = folder.holding(text);
        assert_eq!(
            said(load(&path), &path),
            "J holds no complete line, so nothing was sent by it; if it is yours, delete it and begin a new journal"
        );
        assert!(Journal::resume(&path, &run(), clock(), Retention::All).is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
    let path = folder.holding("");
    let empty = "J is empty, so nothing was sent by it; begin a new journal with it";
    assert_eq!(said(load(&path), &path), empty);
    let resumed = Journal::resume(&path, &run(), clock(), Retention::All);
    assert_eq!(said(resumed, &path), empty);
}

#[test]
fn a_foreign_file_is_left_alone() {
    let folder = Folder::new();
    for text in [
        "UserPrincipalName\nadele@contoso.com\n",
        "{\"level\":\"info\"}\n",
        "{\"event\":\"run\"}\n{\"event\":\"sent\"}\n{\"event\":\"weather\"}\n",
        "\u{feff}{}\n",
    ] {
        let path = folder.holding(text);
        let refused = Journal::resume(&path, &run(), clock(), Retention::All);
        assert_eq!(
            said(refused, &path),
            "J is not a journal of graph-devices: its first line is not the beginning of a run; name another file"
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
}

/// A new journal in its place would send every user again.
#[test]
fn a_journal_whose_first_line_is_damaged_is_not_called_a_foreign_file() {
    let folder = Folder::new();
    let story = Story::new()
        .add(&Record::Sent(sent("a@x", None)))
        .run()
        .add(&Record::Sent(sent("b@x", None)))
        .text;
    let (first, rest) = story.split_once('\n').unwrap();
    let nul = "\0".repeat(200_000);
    for first in [
        String::new(),
        nul.clone(),
        nul + &first[20..],
        format!("\u{feff}{}", &first[..40]),
        first.replace("\"run\"", "\"ran\""),
        first.replace("\"mode\"", "\"mood\""),
        first[..40].to_owned(),
        // Another line is broken, too.
        "\n{".to_owned(),
    ] {
        let text = format!("{first}\n{rest}");
        let path = folder.holding(&text);
        let damaged = "line 1 of the journal J is damaged or lost; nothing was sent: keep a copy, mend the line as docs/journal.md says, then resume; with a new journal, users that are done would be sent again";
        assert_eq!(said(load(&path), &path), damaged, "{first:?}");
        let resumed = Journal::resume(&path, &run(), clock(), Retention::All);
        assert_eq!(said(resumed, &path), damaged, "{first:?}");
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
    for lost in [rest, rest.split_once('\n').unwrap().0] {
        let path = folder.holding(lost.to_owned() + "\n");
        assert!(said(load(&path), &path).starts_with("line 1 of the journal J is damaged or lost; "));
    }
    // With a first line of another run it reads as before.
    let again = story.lines().nth(2).unwrap().replace("run-2", "run-1");
    let journal_state = folded(format!("{again}\n{rest}").as_bytes(), Retention::All).unwrap();
    assert_eq!(journal_state.users().count(), 2);
    let states = journal_state.users().map(UserRecord::state);
    assert!(
        states
            .into_iter()
            .all(|state| matches!(state, UserState::InDoubt(_)))
    );
}

#[test]
fn a_journal_that_windows_keeps_from_readers_is_still_being_written() {
    let path = Path::new("J");
    let locked = io::Error::from_raw_os_error(33);
    let error = |is_windows| said::<()>(Err(unreadable(path, &locked, is_windows)), path);
    assert_eq!(
        error(true),
        "the journal J is still being written by a run; wait until that has ended"
    );
    let elsewhere = error(false);
    assert!(
        elsewhere.starts_with("the journal J could not be read: "),
        "{elsewhere}"
    );
    assert!(elsewhere.ends_with("; check the disk"), "{elsewhere}");
}

/// A text that an editor saved.
#[test]
fn a_byte_order_mark_is_named() {
    let folder = Folder::new();
    let (story, mark) = (story(), "\u{feff}");
    let rest = "begins with a byte order mark, which an editor adds; nothing was sent: keep a copy, mend the line as docs/journal.md says, then resume";
    for (text, line) in [
        (format!("{mark}{story}"), 1),
        (format!("{story}{mark}{story}"), 3),
    ] {
        let path = folder.holding(&text);
        let named = format!("line {line} of the journal J {rest}");
        assert_eq!(said(load(&path), &path), named);
        let resumed = Journal::resume(&path, &run(), clock(), Retention::All);
        assert_eq!(said(resumed, &path), named);
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
    for (mark, bytes) in [
        (0xfeff_u16, u16::to_le_bytes as fn(u16) -> [u8; 2]),
        (0xfeff, u16::to_be_bytes),
    ] {
        let units = std::iter::once(mark).chain(story.encode_utf16());
        let path = folder.holding(units.flat_map(bytes).collect::<Vec<_>>());
        let said = said(load(&path), &path);
        assert!(
            said.starts_with("J is UTF-16 text, but a journal is UTF-8; "),
            "{said}"
        );
    }
}

#[test]
fn a_later_version_is_refused_wherever_it_stands_and_names_what_wrote_it() {
    let folder = Folder::new();
    let newer = story()
        .replace("\"version\":1", "\"version\":2")
        .replace("devices/0.1.0", "devices/7.0.0");
    for (text, line) in [(newer.clone(), 1), (story() + &newer, 3)] {
        let path = folder.holding(&text);
        let refused = format!(
            "the journal J (line {line}) is of version 2, and this release reads versions up to 1; nothing was sent: use graph-devices/7.0.0, which wrote it, or a later release"
        );
        assert_eq!(said(load(&path), &path), refused);
        let resumed = Journal::resume(&path, &run(), clock(), Retention::All);
        assert_eq!(said(resumed, &path), refused);
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
    let path = folder.holding(story() + &story().replace("\"version\":1", "\"version\":0"));
    assert!(said(load(&path), &path).starts_with("line 3 of the journal J has a \"version\" "));
}

#[test]
fn the_journal_of_another_action_is_refused_and_one_that_names_none_is_of_this() {
    let folder = Folder::new();
    let action = "\"action\":\"removeAllDevicesFromManagement\"";
    assert!(story().contains(action));
    let wipe = story().replace(action, "\"action\":\"wipe\"");
    for (text, line) in [(wipe.clone(), 1), (story() + &wipe, 3)] {
        let path = folder.holding(&text);
        let refused = format!(
            "the journal J (line {line}) is about the action wipe, but this run is about removeAllDevicesFromManagement; nothing was sent: pass a journal of this action, or begin a new one"
        );
        assert_eq!(said(load(&path), &path), refused);
        let resumed = Journal::resume(&path, &run(), clock(), Retention::All);
        assert_eq!(said(resumed, &path), refused);
    }
    for none in ["", "\"action\":null,"] {
        let path = folder.holding(story().replace(&format!("{action},"), none));
        assert_eq!(load(&path).unwrap().users().count(), 1);
    }
}

#[test]
fn another_service_or_tenant_is_refused() {
    let folder = Folder::new();
    let rest = "; pass the journal of that one, or begin a new one";
    let refused = |text: &str, newcomer: &RunRecord| {
        let path = folder.holding(text);
        let said = said(Journal::resume(&path, newcomer, clock(), Retention::All), &path);
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
        said
    };
    let elsewhere = RunRecord {
        endpoint: "https://graph.microsoft.us".to_owned(),
        ..run()
    };
    let tenant = |tenant: Option<&str>| RunRecord {
        tenant: tenant.map(str::to_owned),
        ..run()
    };
    assert_eq!(
        refused(&story(), &elsewhere),
        format!(
            "the journal J is about https://graph.microsoft.com, but this run is about https://graph.microsoft.us{rest}"
        )
    );
    let other = format!(
        "the journal J is about the tenant tenant-1, but this run is about the tenant tenant-2{rest}"
    );
    assert_eq!(refused(&story(), &tenant(Some("tenant-2"))), other);
    // Known of an earlier run only.
    let forgetful = Record::Run(tenant(None));
    assert_eq!(
        refused(&Story::new().add(&forgetful).text, &tenant(Some("tenant-2"))),
        other
    );
    let known_later = Story::default().add(&forgetful).run().text;
    assert_eq!(refused(&known_later, &tenant(Some("tenant-2"))), other);
    // Two journals put together.
    let path = folder.holding(Story::new().add(&Record::Run(tenant(Some("tenant-2")))).text);
    assert!(said(load(&path), &path).starts_with(
        "line 2 of the journal J is about the tenant tenant-2, but the earlier lines are about the tenant tenant-1; "
    ));

    for newcomer in [tenant(None), tenant(Some("TENANT-1"))] {
        let path = folder.holding(story());
        assert!(Journal::resume(&path, &newcomer, clock(), Retention::All).is_ok());
    }
    let path = folder.holding(Story::default().add(&forgetful).text);
    let spelt = RunRecord {
        endpoint: "https://Graph.Microsoft.com/".to_owned(),
        ..run()
    };
    assert!(Journal::resume(&path, &spelt, clock(), Retention::All).is_ok());
}
