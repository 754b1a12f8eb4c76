//! What holds for every journal, in any order of its records.

use std::collections::BTreeMap;

use journal_definition::{Definition, Later, Step};
use proptest::collection::vec;
use proptest::prelude::*;

use super::fold::{ONE, Story, TWO, folded};
use super::*;
use crate::{Effect, Outcome};

const NAMES: [&str; 3] = ["a@x", "A2@x", "b@x"];
/// The object id of each name: the first two are one person's.
const IDS: [&str; 3] = [ONE, ONE, TWO];

const STEPS: [Step; 22] = [
    Step::Run,
    Step::Read(None),
    Step::Read(Some(true)),
    Step::Read(Some(false)),
    Step::Sent,
    Step::Code,
    Step::Refused,
    Step::Skipped,
    Step::Unknown,
    Step::Possible,
    Step::Queued,
    Step::Declined,
    Step::Accepted,
    Step::Confirmed,
    Step::Strange(Later::Event),
    Step::Strange(Later::Code),
    Step::Strange(Later::Outcome),
    Step::Strange(Later::Status),
    Step::Strange(Later::Effect),
    Step::Strange(Later::Approval),
    Step::Strange(Later::Reason),
    Step::Strange(Later::Skip),
];

/// The steps of a resumed run for a user that is not sent again.
const IDLE: [Step; 4] = [Step::Run, Step::Read(None), Step::Skipped, Step::Refused];

/// How a step names its user.
#[derive(Clone, Copy, Debug)]
struct Whom {
    name: usize,
    by: By,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum By {
    Name,
    Both,
    Id,
}

fn whom() -> impl Strategy<Value = Whom> {
    let by = prop_oneof![Just(By::Name), Just(By::Both), Just(By::Id)];
    (0..NAMES.len(), by).prop_map(|(name, by)| Whom { name, by })
}

fn steps(of: &'static [Step]) -> impl Strategy<Value = Vec<(Step, Whom)>> {
    vec((proptest::sample::select(of), whom()), 0..24)
}

fn story_of(steps: &[(Step, Whom)]) -> Story {
    let mut story = Story::new();
    for (at, (step, whom)) in steps.iter().enumerate() {
        story = add_step(story, *step, *whom, at);
    }
    story
}

fn add_step(story: Story, step: Step, whom: Whom, at: usize) -> Story {
    let id = IDS[whom.name];
    let (user, id) = match whom.by {
        By::Name => (NAMES[whom.name], None),
        By::Both => (NAMES[whom.name], Some(id)),
        By::Id => (id, Some(id)),
    };
    let result = |outcome| ResultRecord::new(user, id, outcome);
    let record = match step {
        Step::Run => return story.run(),
        Step::Read(applied) => Record::Read(ReadRecord {
            applied,
            upn: (whom.by == By::Id).then(|| NAMES[whom.name].to_owned()),
            ..read(user, id, &[&format!("d{at}")])
        }),
        Step::Sent => Record::Sent(sent(user, id)),
        Step::Code => Record::Sent(SentRecord {
            approval_code: Some(format!("c{at}")),
            ..sent(user, id)
        }),
        Step::Refused => Record::Result(result(Outcome::Failed)),
        Step::Skipped => Record::Result(result(Outcome::Skipped)),
        Step::Unknown => Record::Result(result(Outcome::Unknown)),
        Step::Possible => Record::Result(ResultRecord {
            effect: Effect::Possible,
            ..result(Outcome::Failed)
        }),
        Step::Queued => Record::Result(ResultRecord {
            approval_code: Some(format!("c{at}")),
            ..result(Outcome::AwaitingApproval)
        }),
        Step::Declined => Record::Result(ResultRecord {
            approval: Some(Declined::Expired),
            ..result(Outcome::Failed)
        }),
        Step::Accepted => Record::Result(result(Outcome::Accepted)),
        Step::Confirmed => Record::Result(result(Outcome::Confirmed)),
        Step::Strange(later) => return strange(story, later, result, at),
    };
    story.add(&record)
}

/// A line with one unknown word.
fn strange(story: Story, later: Later, result: impl Fn(Outcome) -> ResultRecord, at: usize) -> Story {
    let refused = || ResultRecord {
        status: Some(crate::Status::Rejected),
        reason: crate::Reason::Stopped,
        ..result(Outcome::Failed)
    };
    let (record, known) = match later {
        Later::Event => (refused(), "\"event\":\"result\""),
        Later::Code => {
            let approval_code = Some(format!("c{at}"));
            let queued = ResultRecord {
                approval_code,
                ..result(Outcome::AwaitingApproval)
            };
            (queued, "\"event\":\"result\"")
        }
        Later::Outcome => (refused(), "\"outcome\":\"failed\""),
        Later::Status => (refused(), "\"status\":\"rejected\""),
        Later::Effect => (refused(), "\"effect\":\"none\""),
        Later::Approval => {
            let approval = Some(Declined::Expired);
            (
                ResultRecord {
                    approval,
                    ..refused()
                },
                "\"approval\":\"expired\"",
            )
        }
        Later::Reason => (refused(), "\"reason\":\"stopped\""),
        Later::Skip => {
            let reason = crate::Reason::Stopped;
            let skipped = ResultRecord {
                reason,
                ..result(Outcome::Skipped)
            };
            (skipped, "\"reason\":\"stopped\"")
        }
    };
    let mut story = story.add(&Record::Result(record));
    let line = story.text.trim_end().rfind('\n').unwrap_or_default();
    let last = story.text.split_off(line);
    let (name, _) = known.split_once(':').unwrap();
    assert!(last.contains(known), "{last}");
    story.text += &last.replace(known, &format!("{name}:\"later\""));
    story
}

/// The state of every user, as text.
fn all(journal_state: &JournalState) -> String {
    let people: Vec<_> = journal_state
        .users()
        .map(|record| {
            let code = record.approval_code();
            (
                record.user(),
                record.id(),
                record.snapshot(),
                record.state(),
                code,
                record.declined(),
            )
        })
        .collect();
    let found: Vec<_> = NAMES
        .iter()
        .chain(&IDS)
        .map(|user| journal_state.of(user).map(UserRecord::user))
        .collect();
    format!("{people:#?} {found:?} {:?}", journal_state.last_run())
}

/// The users that are done, by name, and their outcomes.
fn done(journal_state: &JournalState) -> BTreeMap<&'static str, Outcome> {
    let outcome = |user: &&'static str| match journal_state.of(user)?.state() {
        UserState::Done(outcome) => Some((*user, outcome)),
        _ => None,
    };
    NAMES.iter().chain(&IDS).filter_map(outcome).collect()
}

fn doubted(journal_state: &JournalState) -> Vec<&'static str> {
    let users = NAMES.iter().chain(&IDS).copied();
    users
        .filter(|user| {
            matches!(
                journal_state.of(user).map(UserRecord::state),
                Some(UserState::InDoubt(_))
            )
        })
        .collect()
}

/// The device that the snapshot of a person consists of, and the approval code.
fn kept(record: &UserRecord) -> (Option<String>, Option<String>) {
    let device = record.snapshot().map(|devices| devices[0].id.clone());
    (device, record.approval_code().map(str::to_owned))
}

proptest! {
    #[test]
    fn a_person_is_where_the_definition_says(steps in vec(proptest::sample::select(&STEPS[..]), 0..16)) {
        let one = Whom { name: 0, by: By::Both };
        let journal_state = story_of(&steps.iter().map(|step| (*step, one)).collect::<Vec<_>>()).fold(Retention::All).unwrap();
        let state = match journal_state.of(ONE).map_or(UserState::Untouched, UserRecord::state) {
            UserState::Done(_) => "done",
            UserState::InDoubt(_) => "doubt",
            UserState::Declined => "declined",
            UserState::Queued => "queued",
            UserState::Refused => "refused",
            UserState::Untouched => "untouched",
        };
        let definition = Definition::of(&steps);
        prop_assert_eq!(state, definition.state());
        let (snapshot, code) = journal_state.of(ONE).map(kept).unwrap_or_default();
        prop_assert_eq!(snapshot, definition.snapshot().map(|at| format!("d{at}")));
        prop_assert_eq!(code, definition.code().map(|at| format!("c{at}")));
    }

    #[test]
    fn the_result_that_decides_is_the_one_of_the_definition(steps in vec(proptest::sample::select(&STEPS[..]), 0..16)) {
        let one = Whom { name: 0, by: By::Both };
        let folder = Folder::new();
        let story = story_of(&steps.iter().map(|step| (*step, one)).collect::<Vec<_>>());
        let history = crate::history::read(&[folder.holding(&story.text)]).unwrap();
        let decisive = Definition::of(&steps).decisive();
        // The line of a run comes first.
        let time = history.find(ONE).and_then(|user| user.result()).map(|result| result.time);
        prop_assert_eq!(time, decisive.map(|at| super::fold::after(at as u64 + 1)));
    }

    /// Whenever it turns out that two names are one person's.
    #[test]
    fn no_snapshot_is_late_and_the_newest_code_is_kept_however_people_are_named(steps in steps(&STEPS)) {
        let mut story = story_of(&steps);
        for name in &NAMES[..2] {
            story = story.add(&Record::Result(ResultRecord::new(*name, Some(ONE), Outcome::Skipped)));
        }
        let journal_state = story.fold(Retention::All).unwrap();
        let (snapshot, code) = journal_state.of(ONE).map(kept).unwrap_or_default();
        // Steps of the other person say nothing of this one.
        let mine = |(step, whom): &(Step, Whom)| if whom.name < 2 || *step == Step::Run { *step } else { Step::Skipped };
        let definition = Definition::of(&steps.iter().map(mine).collect::<Vec<_>>());
        prop_assert_eq!(code, definition.code().map(|at| format!("c{at}")));
        if let Some(read) = definition.untouched_read() {
            prop_assert_eq!(snapshot, Some(format!("d{read}")));
        } else if let Some(snapshot) = snapshot {
            let read = snapshot[1..].parse().unwrap();
            prop_assert!(!definition.is_late(read), "{}", snapshot);
        }
    }

    #[test]
    fn a_skip_changes_nothing(steps in steps(&STEPS), at in any::<prop::sample::Index>()) {
        // For a known user: a skip may be the first record of a user.
        let mut skipped = steps.clone();
        if steps.is_empty() {
            return Ok(());
        }
        let at = at.index(steps.len());
        let whom = steps[at].1;
        prop_assume!(steps[at].0 != Step::Run);
        skipped.push((Step::Skipped, whom));
        let states = |steps: &[(Step, Whom)]| {
            let journal_state = story_of(steps).fold(Retention::All).unwrap();
            journal_state.users().map(|record| (record.user().to_owned(), record.state())).collect::<Vec<_>>()
        };
        prop_assert_eq!(states(&steps), states(&skipped));
    }

    #[test]
    fn a_user_that_is_done_stays_done(before in steps(&STEPS), after in steps(&STEPS)) {
        let both: Vec<_> = before.iter().chain(&after).copied().collect();
        let (before, both) = (story_of(&before).fold(Retention::Unfinished).unwrap(), story_of(&both).fold(Retention::Unfinished).unwrap());
        let (before, both) = (done(&before), done(&both));
        for user in before.keys() {
            prop_assert!(both.contains_key(user), "{}", user);
        }
    }

    #[test]
    fn a_doubt_outlives_every_resume_that_does_not_settle_it(before in steps(&STEPS), after in steps(&IDLE)) {
        let whom = Whom { name: 2, by: By::Id };
        let both: Vec<_> = before.iter().copied().chain([(Step::Run, whom)]).chain(after).collect();
        let (before, both) = (story_of(&before).fold(Retention::All).unwrap(), story_of(&both).fold(Retention::All).unwrap());
        for user in doubted(&before) {
            // Two names may belong to one user, who was done under the other.
            let state = both.of(user).map(UserRecord::state);
            prop_assert!(matches!(state, Some(UserState::InDoubt(_) | UserState::Done(_))), "{} {:?}", user, state);
        }
    }

    #[test]
    fn garbage_at_the_end_never_panics_and_claims_nothing(steps in steps(&STEPS), tail in vec(any::<u8>(), 0..200)) {
        let story = story_of(&steps);
        let before = all(&story.fold(Retention::All).unwrap());
        let bytes: Vec<_> = story.text.bytes().chain(tail).collect();
        if let Ok(journal_state) = folded(&bytes, Retention::All) {
            prop_assert_eq!(all(&journal_state), before);
        }
    }

    #[test]
    fn garbage_alone_is_no_journal(bytes in vec(any::<u8>(), 0..300)) {
        prop_assert!(folded(&bytes, Retention::All).is_err());
    }
}

proptest! {
    // Each case is cut at every byte.
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn every_cut_says_what_its_whole_lines_say(steps in vec((proptest::sample::select(&STEPS[..]), whom()), 0..8)) {
        let text = story_of(&steps).text;
        let bytes = text.as_bytes();
        let first = text.find('\n').unwrap_or_default();
        let mut whole = String::new();
        for cut in 0..=bytes.len() {
            let (kept, _) = bytes.split_at(cut);
            let journal_state = folded(kept, Retention::All);
            if cut <= first {
                prop_assert!(journal_state.is_err());
                continue;
            }
            let said = all(&journal_state.unwrap());
            if kept.ends_with(b"\n") {
                whole = said;
            } else {
                prop_assert_eq!(&said, &whole);
            }
        }
    }
}
