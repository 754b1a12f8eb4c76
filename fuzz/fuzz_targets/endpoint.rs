//! Where a token may go: an accepted endpoint is https or loopback, and means the host that a URL parser sees in it.
#![no_main]

use graph_core::{Cloud, Endpoint};
use libfuzzer_sys::fuzz_target;
use url::{Host, Url};

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fuzz_target!(|text: &str| {
    if let Ok(cloud) = Cloud::parse(text) {
        assert_eq!(Cloud::parse(cloud.name()).ok(), Some(cloud));
    }
    let from_environment = Endpoint::from_environment_text(text);
    let Ok(endpoint) = Endpoint::parse(text) else {
        assert!(
            from_environment.is_err(),
            "the environment may not do more than code"
        );
        return;
    };
    let url = Url::parse(endpoint.root()).expect("a URL");
    assert_eq!(
        Url::parse(text).ok().as_ref(),
        Some(&url),
        "another URL than the one given"
    );
    assert!(url.scheme() == "https" || url.scheme() == "http" && is_loopback(&url));
    assert!(url.username().is_empty() && url.password().is_none() && !text.contains('@'));
    assert!(url.path() == "/" && url.query().is_none() && url.fragment().is_none());
    assert_eq!(
        Endpoint::parse(endpoint.root()).ok().as_ref(),
        Some(&endpoint),
        "not stable"
    );

    let known = Cloud::ALL
        .into_iter()
        .find(|cloud| cloud.root() == endpoint.root());
    assert_eq!(endpoint.cloud(), known);
    assert_eq!(from_environment.is_ok(), known.is_some() || is_loopback(&url));

    let request = Url::parse(&format!("{}/v1.0/users/adele@contoso.com/x", endpoint.root())).expect("a URL");
    assert_eq!(request.origin(), url.origin(), "the path reached into the host");
    assert!(request.username().is_empty() && request.password().is_none());
});
