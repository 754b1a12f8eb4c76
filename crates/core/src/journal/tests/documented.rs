//! `docs/journal.md` says what is written and what follows from it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

use serde_json::Value;

use super::fold::folded;
use super::records::encoded;
use super::*;
use crate::{Effect, Outcome, Reason, Status};

fn documentation() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/journal.md")).unwrap()
}

/// The text of the blocks of one language.
fn blocks(language: &str) -> String {
    let documentation = documentation();
    let mut blocks = documentation.split("```");
    std::iter::from_fn(|| blocks.nth(1))
        .filter_map(|block| block.strip_prefix(language))
        .collect()
}

fn example() -> String {
    blocks("json\n")
}

/// The section about the lines of one event.
fn section(event: &str) -> String {
    let documentation = documentation();
    let (_, of_event) = documentation.split_once(&format!("\n**`{event}`**")).unwrap();
    let end = of_event.find("\n**`").or_else(|| of_event.find("\n## "));
    of_event[..end.unwrap()].to_owned()
}

/// The names of all members, nested ones after a dot.
fn members(value: &Value) -> BTreeSet<String> {
    match value {
        Value::Array(list) => list.iter().flat_map(members).collect(),
        Value::Object(object) => object
            .iter()
            .flat_map(|(name, value)| {
                let nested = members(value)
                    .into_iter()
                    .map(move |inner| format!("{name}.{inner}"));
                std::iter::once(name.clone()).chain(nested)
            })
            .collect(),
        _ => BTreeSet::new(),
    }
}

/// A record of each kind, with every member.
fn full_records() -> [Record; 6] {
    let some = || Some("x".to_owned());
    let text = || "x".to_owned();
    let run = RunRecord {
        tool: text(),
        mode: Mode::Run,
        resumes: some(),
        endpoint: text(),
        tenant: some(),
        app: some(),
        initiated_by: some(),
        machine: some(),
        consent: some(),
        justification: some(),
        input_list: Some(Input {
            name: text(),
            sha256: text(),
        }),
        plan: Some(Plan {
            run: text(),
            path: text(),
        }),
        exclusions: Some(Exclusions {
            count: 1,
            sha256: text(),
            each: vec![text()],
        }),
        options: serde_json::Map::new(),
    };
    let read = ReadRecord {
        user: text(),
        id: some(),
        upn: some(),
        enabled: Some(true),
        devices: Some(vec![SnapshotDevice {
            id: text(),
            name: some(),
            os: some(),
            serial: some(),
            state: some(),
            enrolled: some(),
            user_id: some(),
        }]),
        applied: Some(true),
    };
    let sent = SentRecord {
        user: text(),
        id: some(),
        client_request_id: some(),
        approval_code: some(),
    };
    let result = ResultRecord {
        reason: Reason::Stopped,
        status: Some(Status::Rejected),
        effect: Effect::Possible,
        http_status: Some(400),
        approval: Some(Declined::Expired),
        retry_after: Some(Duration::from_secs(1)),
        attempts: 1,
        ..ResultRecord::new(text(), Some(&text()), Outcome::Failed)
    };
    let Ok(result) = result.with_texts(|_| Ok::<_, std::convert::Infallible>(some()));
    let verify = VerifyRecord {
        user: text(),
        id: some(),
        devices: vec![VerifiedDevice {
            id: text(),
            name: some(),
            verdict: Verdict::Gone,
            state: some(),
            since: some(),
            detail: some(),
        }],
    };
    let end = EndRecord {
        counts: Vec::new(),
        duplicates: 1,
        ended_by: Some(Status::Rejected),
        message: some(),
    };
    [
        Record::Run(run),
        Record::Read(read),
        Record::Sent(sent),
        Record::Result(result),
        Record::Verify(verify),
        Record::End(end),
    ]
}

#[test]
fn the_example_is_spelt_as_the_library_spells() {
    let example = example();
    let lines = Lines::new(example.as_bytes(), Path::new("J")).map(Result::unwrap);
    let again: Vec<_> = lines
        .map(|line| encoded(&line.record, line.time, &line.run))
        .collect();
    assert_eq!(again.concat(), example);
    assert!(again.len() > 10);
}

#[test]
fn every_member_and_every_word_is_documented_where_it_belongs() {
    let everywhere = ["event", "time", "run"];
    let said = |section: &str, word: &str| section.contains(&format!("`{word}`"));
    let whole = documentation();
    for name in everywhere {
        assert!(said(&whole, name), "{name}");
    }
    for record in full_records() {
        let line: Value = serde_json::from_str(&encoded(&record, start(), "r")).unwrap();
        let section = section(line["event"].as_str().unwrap());
        let members = members(&line);
        assert!(members.len() > 5, "{members:?}");
        for member in members {
            let name = member.rsplit('.').next().unwrap();
            assert!(
                said(&section, name) || everywhere.contains(&member.as_str()),
                "{member}"
            );
        }
    }
    let outcomes = Outcome::all().iter().map(|outcome| outcome.name());
    let reasons = Reason::all().iter().map(|reason| reason.name());
    let effects = [Effect::None, Effect::Possible].map(Effect::name);
    let approvals = Declined::ALL.map(Declined::name);
    let words = outcomes.chain(reasons).chain(effects).chain(approvals);
    for word in words.filter(|word| !word.is_empty()) {
        assert!(said(&section("result"), word), "{word}");
    }
    for mode in Mode::ALL.map(Mode::name) {
        assert!(said(&section("run"), mode), "{mode}");
    }
    for verdict in Verdict::all() {
        assert!(said(&section("verify"), verdict.name()), "{verdict}");
    }
}

/// The journal of a program that lost the answers for one user, resumed when that user was refused, and verified later.
fn written() -> Vec<Value> {
    let emulator = graph_emulator::Emulator::start(graph_emulator::Options::default()).unwrap();
    let folder = Folder::new();
    let path = folder.file("leavers.jsonl");
    let endpoint = crate::Endpoint::parse(emulator.endpoint()).unwrap();
    let options = crate::ClientOptions::default().endpoint(endpoint);
    let token = crate::Token::new("demo-token").unwrap();
    let client = crate::Client::new(options.max_attempts(1).unwrap(), token).unwrap();
    let finish = |run: &crate::Run| {
        while !matches!(
            run.next(Duration::from_secs(20)).unwrap(),
            Some(crate::Event::Done(_))
        ) {}
    };
    let throttle =
        br#"[{"match": "000000000002/removeAll", "status": 429, "headers": {"retry-after": "30"}}]"#;
    let accept = crate::WarningCode::all()
        .iter()
        .filter(|code| code.is_acceptable());
    let options = accept.fold(crate::RunOptions::default(), |options, code| {
        options.accept_warning(*code).unwrap()
    });
    let options = options.connections(1).unwrap();
    let runs = [options.clone().journal(&path), options.resume(&path)];
    for (number, options) in runs.into_iter().enumerate() {
        post(emulator.endpoint(), "/_emulator/faults", throttle);
        let run = client.run(options).unwrap();
        run.add_user("adele@contoso.com").unwrap();
        run.add_user("diego@contoso.com").unwrap();
        run.end_users();
        finish(&run);
        if number == 0 {
            forget(&path);
        }
    }
    finish(&client.verify(&path, &crate::RunOptions::default()).unwrap());
    let text = fs::read_to_string(&path).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn post(endpoint: &str, path: &str, body: &[u8]) {
    use std::io::{Read as _, Write as _};

    let mut stream = std::net::TcpStream::connect(endpoint.trim_start_matches("http://")).unwrap();
    let head = format!("POST {path} HTTP/1.0\r\nContent-Length: {}\r\n\r\n", body.len());
    stream.write_all(&[head.as_bytes(), body].concat()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.contains(" 20"), "{answer}");
}

/// Removes the last two lines, as if the process had been killed before them.
fn forget(path: &Path) {
    let text = fs::read_to_string(path).unwrap();
    let lines: Vec<_> = text.split_inclusive('\n').collect();
    fs::write(path, lines[..lines.len() - 2].concat()).unwrap();
}

/// Each line of the example has exactly the members that a program writes in such a line.
#[test]
fn the_example_is_what_a_program_writes() {
    let kind = |line: &Value| {
        let name = |member: &str| line[member].as_str().unwrap_or_default().to_owned();
        let verified = line["counts"]["accepted"].is_null();
        (
            name("event"),
            name("outcome"),
            line["applied"].is_boolean(),
            verified,
        )
    };
    let mut shapes = BTreeMap::<_, BTreeSet<String>>::new();
    for line in written() {
        // Where one line of a kind has an object and another null, that is the program's choice, too.
        shapes.entry(kind(&line)).or_default().extend(members(&line));
    }
    assert_eq!(shapes.len(), 9, "{:?}", shapes.keys());
    let text = example();
    for line in text.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let found = members(&line);
        let written = &shapes[&kind(&line)];
        let is_of_this_run = |member: &String| {
            !["input_list.", "exclusions."]
                .iter()
                .any(|of| member.starts_with(of))
        };
        let found: BTreeSet<_> = found.into_iter().filter(is_of_this_run).collect();
        assert_eq!(&found, written, "{line}");
        assert_eq!(
            line["attempts"].is_null(),
            line["outcome"].is_null(),
            "a result has them: {line}"
        );
    }
    let run: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert!(run["options"].as_object().unwrap().len() > 10);
    for option in run["options"].as_object().unwrap().keys() {
        assert!(section("run").contains(&format!("`{option}`")), "{option}");
    }
}

#[test]
fn the_example_comes_to_what_is_said_of_it() {
    let journal_state = folded(example().as_bytes(), Retention::All).unwrap();
    let states: Vec<_> = journal_state
        .users()
        .map(|record| (record.user(), record.state()))
        .collect();
    assert_eq!(
        states,
        [
            ("adele@contoso.com", UserState::Done(Outcome::Accepted)),
            ("bob@contoso.com", UserState::Refused)
        ]
    );
}

/// The documented repair of an unreadable line, in place of each of the last lines about Bob.
#[test]
fn the_line_to_mend_with_makes_a_doubt() {
    let documentation = documentation();
    let advised = documentation.lines().find(|line| line.starts_with("`{")).unwrap();
    let example = example();
    for broken in [
        "77aa1f04-1f6e-4a2c-8a55-2f1f3f6b9c33\"}",
        "\"outcome\":\"failed\"",
    ] {
        let mend = |line| {
            if str::contains(line, broken) {
                advised.trim_matches('`')
            } else {
                line
            }
        };
        let mended: Vec<_> = example.lines().map(mend).collect();
        let journal_state = folded((mended.join("\n") + "\n").as_bytes(), Retention::All).unwrap();
        let bob = journal_state.of("bob@contoso.com").unwrap();
        assert!(matches!(bob.state(), UserState::InDoubt(_)), "{broken}");
        assert_eq!(bob.snapshot().unwrap().len(), 1);
        assert_eq!(journal_state.users().count(), 2);
    }
}

#[test]
#[cfg(unix)]
fn the_documented_filters_run() {
    let folder = Folder::new();
    // A line that is whole but for its end does not count either.
    let accepted = example();
    let accepted = accepted
        .lines()
        .find(|line| line.contains("\"accepted\",\"status\""))
        .unwrap();
    fs::write(folder.file("leavers.jsonl"), example() + accepted).unwrap();
    let commands = blocks("sh\n");
    let printed: Vec<_> = commands
        .lines()
        .map(|command| {
            let ran = Command::new("sh")
                .args(["-c", command])
                .current_dir(folder.file(""))
                .output()
                .unwrap();
            assert!(
                ran.status.success(),
                "{command}: {}",
                String::from_utf8_lossy(&ran.stderr)
            );
            String::from_utf8_lossy(&ran.stdout).lines().count()
        })
        .collect();
    assert_eq!(printed, [0, 2, 1, 3, 0]);
}

/// A leaver chooses the name of a device, and a spreadsheet would run it.
#[test]
#[cfg(unix)]
fn no_filter_gives_a_spreadsheet_a_formula() {
    let hostile = [
        "=cmd|' /C calc'!A0",
        "+1",
        "-1",
        "@SUM(1)",
        "\t=1",
        "\r=1",
        "\n=1",
    ];
    let mut story = super::fold::Story::new();
    for text in hostile {
        let mut read = read(text, None, &["d1"]);
        for device in read.devices.iter_mut().flatten() {
            (device.name, device.serial) = (Some(text.to_owned()), Some(text.to_owned()));
        }
        let accepted = ResultRecord {
            request_id: Some(text.to_owned()),
            ..result(text, Outcome::Accepted)
        };
        story = story.add(&Record::Read(read)).add(&Record::Result(accepted));
    }
    let folder = Folder::new();
    fs::write(folder.file("whole.jsonl"), story.text).unwrap();
    let mut cells = 0;
    for command in blocks("sh\n").lines().filter(|line| line.contains("@csv")) {
        let ran = Command::new("sh")
            .args(["-c", command])
            .current_dir(folder.file(""))
            .output()
            .unwrap();
        let printed = String::from_utf8(ran.stdout).unwrap();
        for cell in printed
            .trim_matches('"')
            .split("\",\"")
            .flat_map(|cells| cells.split("\"\n\""))
        {
            assert!(
                !cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']),
                "{command}: {cell:?}"
            );
            cells += usize::from(cell.starts_with('\''));
        }
    }
    assert_eq!(cells, hostile.len() * 5);
}
