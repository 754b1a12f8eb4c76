use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::device::Device;
use crate::testing::any_json;

#[test]
fn a_page_and_its_link() -> Result<()> {
    let text = r#"{"@odata.context":"x","value":[{"id":"d1"},{"id":"d2"}],"@odata.nextLink":"https://x/"}"#;
    let page = parse(text)?;
    assert_eq!(page.items, [json!({"id": "d1"}), json!({"id": "d2"})]);
    assert_eq!(page.next.as_deref(), Some("https://x/"));
    for text in [
        r#"{"value":[]}"#,
        r#"{"value":[],"@odata.nextLink":null}"#,
        "\u{feff} {\"value\":[]} \n",
    ] {
        assert_eq!(
            parse(text)?,
            Page {
                items: Vec::new(),
                next: None,
                count: None,
            },
            "{text:?}"
        );
    }
    Ok(())
}

#[test]
fn an_incomplete_page_is_an_error() {
    for text in [
        "",
        "null",
        "[]",
        "204",
        "<html>blocked</html>",
        "{}",
        r#"{"value":null}"#,
        r#"{"value":{"id":"d1"}}"#,
        r#"{"Value":[]}"#,
        r#"{"id":"d1"}"#,
        r#"{"value":[{"id":"d1"}]"#,
        r#"{"value":[{"id":"d1"},{"id":"#,
        r#"{"value":[{"id":"d1"}]}{"error":{"code":"InternalServerError"}}"#,
        r#"{"value":[{"id":"d1"}{"error":{"code":"InternalServerError"}}]}"#,
        r#"{"value":[{"id":"d1"}]}x"#,
        r#"{"value":[{"id":"d1"}],"error":{"code":"InternalServerError"}}"#,
        r#"{"value":[{"id":"d1"}],"error":null}"#,
        r#"{"value":[],"odata.error":{"code":"x"}}"#,
        r#"{"value":[{"id":"d1"},{"error":{"code":"InternalServerError"}}]}"#,
        r#"{"value":[],"@odata.nextLink":7}"#,
        r#"{"value":[],"@odata.nextLink":["https://x/"]}"#,
        r#"{"value":[],"@odata.nextLink":"https://x/","value@odata.nextLink":"https://y/"}"#,
    ] {
        let read = parse(text);
        assert!(
            read.is_err_and(|error| error.status == Status::UnexpectedResponse),
            "{text:?}"
        );
    }
}

#[test]
fn an_error_inside_is_reported() {
    let text = r#"{"value":[],"error":{"code":"InternalServerError","message":"Try later","innerError":{"request-id":"20000000-0000-4000-8000-000000000001"}}}"#;
    let error = parse(text).expect_err("an error");
    assert_eq!(error.code.as_deref(), Some("InternalServerError"));
    assert_eq!(error.service_message.as_deref(), Some("Try later"));
    assert_eq!(
        error.request_id.as_deref(),
        Some("20000000-0000-4000-8000-000000000001")
    );
}

#[test]
fn a_page_of_more_than_it_can_have_is_not_built() {
    let page = |items: usize| {
        format!(
            r#"{{"value":[{}{{"id":"n"}}]}}"#,
            r#"{"id":"n"},"#.repeat(items - 1)
        )
    };
    assert_eq!(
        parse(&page(MAX_ITEMS)).map(|page| page.items.len()).ok(),
        Some(MAX_ITEMS)
    );
    let member = format!(r#"{{"value":[],"x":[0{}]}}"#, ",0".repeat(MAX_VALUES));
    let nested = format!(r#"{{"value":[{{"id":"n","x":[0{}]}}]}}"#, ",0".repeat(MAX_VALUES));
    // The rest is not parsed, or it would be found to be broken.
    let endless = format!(r#"{{"value":[{}"#, "{},".repeat(MAX_VALUES));
    for text in [page(MAX_ITEMS + 1), page(100_000), member, nested, endless] {
        let error = parse(&text).expect_err("an error");
        assert_eq!(error.status, Status::UnexpectedResponse);
        assert!(error.message.contains("cannot be trusted"), "{}", error.message);
    }
}

#[test]
fn the_count_of_a_list() {
    for (text, said) in [
        (r#"{"value":[]}"#, None),
        (r#"{"value":[],"@odata.count":0}"#, Some(0)),
        (r#"{"value":[],"@odata.count":3}"#, Some(3)),
        (r#"{"value":[],"@odata.count":"3"}"#, Some(3)),
        (r#"{"value":[],"@odata.count":-1}"#, None),
        (r#"{"value":[],"@odata.count":null}"#, None),
    ] {
        assert_eq!(parse(text).map(|page| page.count).ok(), Some(said), "{text}");
    }
}

#[test]
fn links_that_stay() -> Result<()> {
    let global = Endpoint::default();
    for (link, target) in [
        (
            "https://graph.microsoft.com/v1.0/users/x@contoso.com/managedDevices?$select=id&$skiptoken=a%2Fb'c",
            "/v1.0/users/x@contoso.com/managedDevices?$select=id&$skiptoken=a%2Fb%27c",
        ),
        ("https://GRAPH.microsoft.com:443/beta/x", "/beta/x"),
        (
            "https://graph.microsoft.com/v1.0/users('$x@y')?",
            "/v1.0/users('$x@y')?",
        ),
    ] {
        assert_eq!(next_target(&global, link)?, target);
    }
    let loopback = Endpoint::parse("http://127.0.0.1:8080")?;
    assert_eq!(
        next_target(&loopback, "http://127.0.0.1:8080/v1.0/x?y")?,
        "/v1.0/x?y"
    );
    Ok(())
}

#[test]
fn links_that_lead_elsewhere() -> Result<()> {
    let global = Endpoint::default();
    for link in [
        "",
        "/v1.0/users",
        "//graph.microsoft.com/v1.0/users",
        "http://graph.microsoft.com/v1.0/users",
        "https://graph.microsoft.com:444/v1.0/users",
        "https://graph.microsoft.com:80/v1.0/users",
        "https://graph.microsoft.us/v1.0/users",
        "https://dod-graph.microsoft.us/v1.0/users",
        "https://graph.microsoft.com.evil.example/v1.0/users",
        "https://evil-graph.microsoft.com/v1.0/users",
        "https://xgraph.microsoft.com/v1.0/users",
        "https://graph.microsoft.com./v1.0/users",
        "https://graph.micros\u{43e}ft.com/v1.0/users",
        "https://graph.microsoft.com@evil.example/v1.0/users",
        "https://evil.example@graph.microsoft.com/v1.0/users",
        "https://user:pass@graph.microsoft.com/v1.0/users",
        "https://:pass@graph.microsoft.com/v1.0/users",
        "https://@graph.microsoft.com/v1.0/users",
        "https://evil.example/https://graph.microsoft.com/v1.0/users",
        "https://evil.example/v1.0/users?https://graph.microsoft.com/",
        "https://graph.microsoft.com\\@evil.example/v1.0/users",
        "https:\\\\graph.microsoft.com\\v1.0\\users",
        "https://graph.microsoft .com/v1.0/users",
        "https://graph.microsoft.com/v1.0/users\n",
        "\u{0}https://graph.microsoft.com/v1.0/users",
        "https://graph.microsoft.com/v1.0/users#x",
        "https://graph.microsoft.com",
        "https://graph.microsoft.com/v1.0",
        "https://graph.microsoft.com/v2.0/users",
        "https://graph.microsoft.com/V1.0/users",
        "https://graph.microsoft.com//v1.0/users",
        "https://graph.microsoft.com/v1.0/../users",
        "https://graph.microsoft.com/v1.0/%2e%2e/users",
        "https://graph.microsoft.com/x?/v1.0/",
        "file:///v1.0/users",
        "data:/v1.0/users",
        "javascript:/v1.0/",
    ] {
        let target = next_target(&global, link);
        assert!(target.is_err(), "{link:?} gave {target:?}");
    }
    let loopback = Endpoint::parse("http://127.0.0.1:8080")?;
    for link in [
        "http://127.0.0.1/v1.0/x",
        "http://127.0.0.1:8081/v1.0/x",
        "http://localhost:8080/v1.0/x",
        "https://127.0.0.1:8080/v1.0/x",
    ] {
        assert!(next_target(&loopback, link).is_err(), "{link}");
    }
    Ok(())
}

/// Links that are nearly right, put together from parts that are right and wrong.
fn any_link() -> impl Strategy<Value = String> {
    let scheme = prop_oneof![
        8 => Just("https://"), 1 => Just("http://"), 1 => Just("//"), 1 => Just("https:"), 1 => Just("")
    ];
    let user = prop_oneof![3 => Just(""), 1 => Just("a@"), 1 => Just("evil.example/@"), 1 => Just("evil.example\\@")];
    let host = prop_oneof![4 => Just("graph.microsoft.com".to_owned()), 1 => "[a-z.@:/\\\\]{0,12}"];
    let port = prop_oneof![3 => Just(""), 1 => Just(":443"), 1 => Just(":444"), 1 => Just(".evil.example")];
    let path =
        prop_oneof![2 => Just("/v1.0/".to_owned()), 1 => Just("/beta/../".to_owned()), 1 => "\\PC{0,8}"];
    (scheme, user, host, port, path, "\\PC{0,20}|[a-z/.%?#@]{0,20}")
        .prop_map(|(scheme, user, host, port, path, rest)| format!("{scheme}{user}{host}{port}{path}{rest}"))
}

proptest! {
    #[test]
    fn never_panics_and_holds_what_the_text_holds(text in any_json().prop_map(|value| value.to_string()), cut in any::<prop::sample::Index>()) {
        if let Ok(page) = parse(&text) {
            let document: Value = serde_json::from_str(&text).map_err(|e| TestCaseError::fail(e.to_string()))?;
            prop_assert_eq!(document.get("value").and_then(Value::as_array), Some(&page.items));
        }
        let cut = cut.index(text.len() + 1);
        if let Some(part) = text.get(..cut).filter(|_| cut < text.len()) {
            prop_assert!(parse(part).is_err(), "a cut page");
        }
    }

    #[test]
    fn an_unreadable_element_never_makes_a_shorter_list(count in 0_usize..5, odd in any_json(), at in any::<prop::sample::Index>()) {
        let mut items: Vec<Value> = (0..count).map(|n| json!({"id": format!("d{n}")})).collect();
        items.insert(at.index(count + 1), odd.clone());
        let devices = parse(&json!({"value": items}).to_string())
            .and_then(|page| page.items.iter().map(Device::from_json).collect::<Result<Vec<_>>>());
        match devices {
            Ok(devices) => prop_assert_eq!(devices.len(), count + 1),
            Err(_) => prop_assert!(odd.get("error").is_some() || Device::from_json(&odd).is_err()),
        }
    }

    #[test]
    fn a_link_never_leaves_the_origin(link in any_link()) {
        let endpoint = Endpoint::default();
        if let Ok(target) = next_target(&endpoint, &link) {
            let sent = Url::parse(&format!("{}{target}", endpoint.root())).map_err(|e| TestCaseError::fail(e.to_string()))?;
            let root = Url::parse(endpoint.root()).map_err(|e| TestCaseError::fail(e.to_string()))?;
            prop_assert_eq!(sent.origin(), root.origin());
            prop_assert!(sent.username().is_empty() && sent.password().is_none() && sent.fragment().is_none());
            prop_assert!(sent.path().starts_with("/v1.0/") || sent.path().starts_with("/beta/"), "{}", sent);
            let meant = Url::parse(&link).map_err(|e| TestCaseError::fail(e.to_string()))?;
            prop_assert_eq!(sent, meant, "not the link");
        }
    }
}
