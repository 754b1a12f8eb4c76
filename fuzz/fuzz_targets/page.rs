//! A page of devices is read whole or not at all, its dates never panic, and its link leads nowhere but to the endpoint.
//!
//! An input is a page, or a link to the next one.
#![no_main]

use std::time::{Duration, SystemTime};

use graph_core::{Endpoint, fuzzing};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use url::Url;

fuzz_target!(|text: &str| {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_718_452_800);
    stays(text);
    let Some((devices, next)) = fuzzing::page(text, now) else {
        return;
    };
    let document: Value =
        serde_json::from_str(text.trim_start_matches('\u{feff}')).expect("a page that is no JSON was read");
    assert!(document.get("error").is_none(), "an error was overlooked");
    let listed: Vec<Option<&str>> = document["value"]
        .as_array()
        .expect("a page without a list was read")
        .iter()
        .map(|element| element["id"].as_str())
        .collect();
    let read: Vec<Option<&str>> = devices.iter().map(|device| Some(device.id.as_str())).collect();
    assert_eq!(read, listed, "another list than the one written");
    let link = document.get("@odata.nextLink").filter(|link| !link.is_null());
    if let Some(link) = link {
        assert_eq!(link.as_str(), next.as_deref(), "the list ends early");
    }
    for device in &devices {
        assert!(!device.id.is_empty());
        for shown in [&device.name, &device.model, &device.user_id]
            .into_iter()
            .flatten()
        {
            assert!(
                !shown.contains(char::is_control),
                "{shown:?} does not fit one line"
            );
        }
    }
    if let Some(link) = next {
        stays(&link);
    }
});

/// A link that is followed is asked of the endpoint alone.
fn stays(link: &str) {
    for root in ["https://graph.microsoft.com", "http://127.0.0.1:8080"] {
        let endpoint = Endpoint::parse(root).expect("an endpoint");
        let Some(target) = fuzzing::next_target(&endpoint, link) else {
            continue;
        };
        let sent = Url::parse(&format!("{root}{target}")).expect("a URL");
        assert_eq!(sent.origin(), Url::parse(root).expect("a URL").origin());
        assert!(sent.username().is_empty() && sent.password().is_none() && sent.fragment().is_none());
        assert!(sent.path().starts_with("/v1.0/") || sent.path().starts_with("/beta/"));
        assert_eq!(
            Url::parse(link).ok(),
            Some(sent),
            "another target than the link's"
        );
    }
}
