//! One page of a list, and where the next one is. A page that cannot be read whole is an error, never fewer items.

use serde_json::{Map, Value};
use url::Url;

use crate::body;
use crate::cloud::Endpoint;
use crate::error::{Error, Result};
use crate::status::Status;

/// The items of one page and the link to the next, which is opaque but for [`next_target`].
#[derive(Debug, PartialEq)]
pub(crate) struct Page {
    pub(crate) items: Vec<Value>,
    pub(crate) next: Option<String>,
}

/// Reads the body of a 200. The service has been seen to append an error object to a list that it could not finish
/// (<https://github.com/microsoftgraph/msgraph-sdk-dotnet/issues/1701>), so an error beside the items, among them or behind
/// the document makes the page worthless.
pub(crate) fn parse(text: &str) -> Result<Page> {
    let document: Value = serde_json::from_str(text.trim_start_matches('\u{feff}'))
        .map_err(|_| broken(text, "it is no whole JSON document"))?;
    let Value::Object(mut document) = document else {
        return Err(broken(text, "it is no JSON object"));
    };
    if has_error(&document) {
        return Err(broken(text, "the service put an error beside the items"));
    }
    let next = next_link(&document).map_err(|why| broken(text, why))?;
    let Some(Value::Array(items)) = document.remove("value") else {
        return Err(broken(text, "it has no list of items"));
    };
    if items.iter().filter_map(Value::as_object).any(has_error) {
        return Err(broken(text, "the service put an error among the items"));
    }
    Ok(Page { items, next })
}

/// What to GET for the next page: path and query of the link, which must lead to the endpoint itself. The link comes from
/// outside, and the token goes where it leads.
pub(crate) fn next_target(endpoint: &Endpoint, link: &str) -> Result<String> {
    let refuse = |why: &str| {
        Err(Error::new(
            Status::UnexpectedResponse,
            format!("the link to the next page was not followed: {why}"),
        ))
    };
    if link
        .chars()
        .any(|c| c.is_control() || c.is_whitespace() || c == '\\')
    {
        return refuse("it holds a blank, a control character or a backslash");
    }
    let (Ok(url), Ok(root)) = (Url::parse(link), Url::parse(endpoint.root())) else {
        return refuse("it is no absolute URL");
    };
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("it holds a user name");
    }
    if (url.scheme(), url.host(), url.port_or_known_default())
        != (root.scheme(), root.host(), root.port_or_known_default())
    {
        return refuse("it leads to another host");
    }
    if !["/v1.0/", "/beta/"]
        .iter()
        .any(|version| url.path().starts_with(version))
    {
        return refuse("it leads out of Microsoft Graph's versions");
    }
    if url.fragment().is_some() {
        return refuse("it has a fragment");
    }
    Ok(match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    })
}

fn has_error(object: &Map<String, Value>) -> bool {
    ["error", "odata.error"]
        .iter()
        .any(|name| object.contains_key(*name))
}

/// `@odata.nextLink`, however it is annotated. One that is there but cannot be followed would end the list early.
fn next_link(document: &Map<String, Value>) -> std::result::Result<Option<String>, &'static str> {
    let mut links = document
        .iter()
        .filter(|(name, link)| name.to_ascii_lowercase().ends_with("nextlink") && !link.is_null());
    match (links.next(), links.next()) {
        (None, _) => Ok(None),
        (Some((_, Value::String(link))), None) => Ok(Some(link.clone())),
        _ => Err("its link to the next page is no text"),
    }
}

/// A page that cannot be used, with what an error inside it says.
fn broken(text: &str, why: &str) -> Error {
    let found = body::parse(text);
    let mut error = Error::new(
        Status::UnexpectedResponse,
        format!("a page of the list could not be read: {why}; read the list again"),
    );
    error.code = found.code;
    error.inner_code = found.inner_code;
    error.service_message = found.message;
    error.request_id = found.request_id;
    error.client_request_id = found.client_request_id;
    error.activity_id = found.activity_id;
    error
}
