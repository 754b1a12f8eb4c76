//! Journals that were cut off, damaged or are none.

use std::{fs, io};

use super::fold::Story;
use super::*;
use crate::Outcome;

fn load(path: &Path) -> crate::Result<History> {
    super::load(path, Keep::All)
}

fn story() -> String {
    Story::new().add(&Record::Sent(sent("a@x", None))).text
}

/// Resumes, adds somebody, and returns the lines: each has to be whole.
fn resumed(path: &Path) -> Vec<serde_json::Value> {
    let (journal, history) = resume(path);
    assert!(matches!(history.of("a@x").unwrap().state(), State::Doubt(_)));
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
        // Whole but for its line end.
        b"{\"event\":\"weather\"}",
    ];
    for tail in tails {
        let folder = Folder::new();
        let path = folder.holding([story.as_bytes(), tail].concat());
        assert_eq!(load(&path).unwrap().people().count(), 1);
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
        let refused = Journal::resume(&path, &run(), clock(), Keep::All);
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
fn it_does_not_matter_where_a_read_ends() {
    let fold = |text: &[u8]| History::fold(&mut Lines::new(Slow(text), Path::new("J")), Keep::All, None);
    let story = story();
    assert_eq!(fold(story.as_bytes()).unwrap().people().count(), 1);
    assert_eq!(
        fold(&[story.as_bytes(), b"\0\0\0"].concat())
            .unwrap()
            .people()
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
    for text in ["", "{\"event\":\"run\",\"version\":1", "\0\0\0\0"] {
        let path = folder.holding(text);
        assert_eq!(
            said(load(&path), &path),
            "J holds no complete line, so nothing was sent by it; if it is yours, delete it and begin a new journal"
        );
        assert!(Journal::resume(&path, &run(), clock(), Keep::All).is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
}

#[test]
fn a_foreign_file_is_left_alone() {
    let folder = Folder::new();
    let sent_first = Story::default().add(&Record::Sent(sent("a@x", None))).text;
    for text in [
        "UserPrincipalName\nadele@contoso.com\n",
        "{\"level\":\"info\"}\n",
        "\u{feff}{}\n",
        &sent_first,
    ] {
        let path = folder.holding(text);
        let refused = Journal::resume(&path, &run(), clock(), Keep::All);
        assert_eq!(
            said(refused, &path),
            "J is not a journal of graph-devices: its first line is not the beginning of a run; name another file"
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
}

#[test]
fn another_version_is_refused_wherever_it_stands() {
    let folder = Folder::new();
    let newer = story().replace("\"version\":1", "\"version\":2");
    let fault = "is of version 2, and this library reads version 1; use the one that wrote it";
    let path = folder.holding(&newer);
    assert!(said(load(&path), &path).starts_with(&format!("line 1 of the journal J {fault}")));
    let path = folder.holding(story() + &newer);
    assert!(said(load(&path), &path).starts_with(&format!("line 3 of the journal J {fault}")));
}

#[test]
fn another_service_or_tenant_is_refused() {
    let folder = Folder::new();
    let rest = "; name the journal of this one, or begin a new one";
    let refused = |text: &str, newcomer: &RunRecord| {
        let path = folder.holding(text);
        let said = said(Journal::resume(&path, newcomer, clock(), Keep::All), &path);
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
        format!("the journal J is about https://graph.microsoft.com, not https://graph.microsoft.us{rest}")
    );
    let other = format!("the journal J is about the tenant tenant-1, not tenant-2{rest}");
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
    assert!(said(load(&path), &path).starts_with("line 2 of the journal J is about the tenant"));

    for newcomer in [tenant(None), tenant(Some("TENANT-1"))] {
        let path = folder.holding(story());
        assert!(Journal::resume(&path, &newcomer, clock(), Keep::All).is_ok());
    }
    let path = folder.holding(Story::default().add(&forgetful).text);
    let spelt = RunRecord {
        endpoint: "https://Graph.Microsoft.com/".to_owned(),
        ..run()
    };
    assert!(Journal::resume(&path, &spelt, clock(), Keep::All).is_ok());
}
