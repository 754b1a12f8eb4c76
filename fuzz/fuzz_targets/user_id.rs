//! An accepted id, put into a URL and read back by a URL parser, is exactly that user, in one segment.
#![no_main]

use graph_core::{UserId, fuzzing};
use libfuzzer_sys::fuzz_target;
use percent_encoding::percent_decode_str;
use url::Url;

const ACTION: &str = "removeAllDevicesFromManagement";

fuzz_target!(|text: &str| {
    let Ok(user) = UserId::parse(text) else { return };
    assert_eq!(user.as_str(), text);

    let path = fuzzing::path(&user);
    let url = Url::parse(&format!("https://graph.microsoft.com/v1.0{path}/{ACTION}")).expect("a URL");
    assert_eq!(url.host_str(), Some("graph.microsoft.com"));
    assert_eq!(
        url.path(),
        format!("/v1.0{path}/{ACTION}"),
        "changed by the parser"
    );
    assert!(url.query().is_none() && url.fragment().is_none());

    let segments: Vec<String> = url
        .path_segments()
        .expect("segments")
        .map(|segment| {
            percent_decode_str(segment)
                .decode_utf8()
                .expect("UTF-8")
                .into_owned()
        })
        .collect();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    if text.starts_with('$') {
        let literal = text.replace('\'', "''");
        assert_eq!(segments, ["v1.0", &format!("users('{literal}')"), ACTION]);
    } else {
        assert_eq!(segments, ["v1.0", "users", text, ACTION]);
    }
    assert!(!["me", ".", ".."].contains(&text.to_ascii_lowercase().as_str()));
});
