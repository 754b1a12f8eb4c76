//! The answer to a batch: a status only where the text has exactly one answer of that id, and that one's.
#![no_main]

use graph_core::{Token, fuzzing};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

const IDS: [&str; 20] = [
    "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16", "17", "18", "19",
    "20",
];

fuzz_target!(|text: &str| {
    let token = Token::new("demo-token").expect("a token");
    let Some(statuses) = fuzzing::batch(text, &IDS, &token) else {
        return;
    };
    let document: Value =
        serde_json::from_str(text.trim_start_matches('\u{feff}')).expect("a batch that is no JSON was read");
    let responses = document["responses"]
        .as_array()
        .expect("a batch without answers was read");
    for (id, status) in statuses {
        assert!(IDS.contains(&id.as_str()));
        let said: Vec<Option<u64>> = responses
            .iter()
            .filter(|response| match &response["id"] {
                Value::String(text) => *text == id,
                Value::Number(number) => number.to_string() == id,
                _ => false,
            })
            .map(|response| response["status"].as_u64())
            .collect();
        assert_eq!(said, [Some(u64::from(status))], "of {id}");
        assert!((100..600).contains(&status));
    }
});
