//! The memory that a user takes.

use super::fold::folded;
use super::records::encoded;
use super::*;
use crate::Outcome;

/// A sixteenth of a hundred thousand: tables and lists are as full as with that many.
const PEOPLE: usize = 6_250;

/// The journal of a run in which every user has two devices and is accepted, or of a run that was killed before.
fn journal(accepted: bool) -> String {
    let mut text = encoded(&Record::Run(run()), start(), "r");
    for number in 0..PEOPLE {
        let user = format!("given.surname{number:06}@contoso.com");
        let id = format!("10000000-0000-4000-8000-{number:012}");
        let devices = (0..2).map(|device| SnapshotDevice {
            id: format!("d0000000-0000-4000-800{device}-{number:012}"),
            name: Some(format!("DESKTOP-{number:06}")),
            os: Some("Windows".to_owned()),
            serial: Some(format!("{number:012}")),
            state: Some("managed".to_owned()),
            enrolled: Some("2025-01-01T00:00:00Z".to_owned()),
            user_id: Some(id.clone()),
        });
        let read = ReadRecord {
            devices: Some(devices.collect()),
            ..read(&user, Some(&id), &[])
        };
        text += &encoded(&Record::Read(read), start(), "r");
        if accepted {
            let result = ResultRecord::new(user, Some(&id), Outcome::Accepted);
            text += &encoded(&Record::Result(result), start(), "r");
        }
    }
    text
}

#[test]
#[cfg(target_pointer_width = "64")]
fn a_user_takes_the_memory_that_the_documentation_says() {
    for (accepted, retention, documented) in [
        (true, Retention::Unfinished, 210),
        (true, Retention::All, 330 + 2 * 430),
        (false, Retention::Unfinished, 330 + 2 * 430),
    ] {
        let journal_state = folded(journal(accepted).as_bytes(), retention).unwrap();
        assert_eq!(journal_state.users().count(), PEOPLE);
        let each = journal_state.weight() / PEOPLE;
        assert!(
            each.abs_diff(documented) < 20,
            "{accepted} {retention:?}: {each} bytes"
        );
    }
}
