//! Parses one page of a list, and the link to the next. A page that cannot be read completely is an error, never fewer
//! items.

use serde_json::{Map, Value};
use url::Url;

use crate::body;
use crate::cloud::Endpoint;
use crate::error::{Error, Result};
use crate::json::{self, Unusable};
use crate::status::Status;
use crate::transport::Answer;
use crate::user_id::is_guid;

/// A page is requested with 999 items and can have 1000. The service sends no page of far more.
const MAX_ITEMS: usize = 3000;
/// The most JSON values of such a page. More are not parsed, since values take far more memory than their text.
const MAX_VALUES: usize = 40 * MAX_ITEMS;

/// The items of one page, and the link to the next, which only [`next_target`] reads.
#[derive(Debug, PartialEq)]
pub(crate) struct Page<T = Value> {
    pub(crate) items: Vec<T>,
    pub(crate) next: Option<String>,
    /// The number of items of the whole list, if the service returned it.
    pub(crate) count: Option<u64>,
}

/// Parses the page of an answer, and removes the token from its texts.
pub(crate) fn read(answer: &Answer) -> Result<Page> {
    let mut page = parse(&answer.body).map_err(|error| error.shown_by(answer))?;
    for item in &mut page.items {
        answer.token.redact_json(item);
    }
    Ok(page)
}

/// Parses the body of a 200. The service has been seen to append an error object to a list that it could not finish
/// (<https://github.com/microsoftgraph/msgraph-sdk-dotnet/issues/1701>), so an error beside the items, among them or after
/// the document makes the page unusable.
pub(crate) fn parse(text: &str) -> Result<Page> {
    let document = json::parse(text, MAX_VALUES).map_err(|why| match why {
        Unusable::Broken => broken(text, "it is not a complete JSON document"),
        Unusable::TooMuch => too_long(),
    })?;
    let Value::Object(mut document) = document else {
        return Err(broken(text, "it is not a JSON object"));
    };
    if has_error(&document) {
        return Err(broken(text, "the service put an error beside the items"));
    }
    let next = next_link(&document).map_err(|why| broken(text, why))?;
    let Some(Value::Array(items)) = document.remove("value") else {
        return Err(broken(text, "it has no list of items"));
    };
    if items.len() > MAX_ITEMS {
        return Err(too_long());
    }
    if items.iter().filter_map(Value::as_object).any(has_error) {
        return Err(broken(text, "the service put an error among the items"));
    }
    let count = count(&document);
    Ok(Page { items, next, count })
}

/// The target of the next page: path and query of the link, which must lead to the endpoint itself. The link comes from
/// outside, and the token would be sent wherever it leads.
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
        return refuse("it contains a blank, a control character or a backslash");
    }
    let (Ok(url), Ok(root)) = (Url::parse(link), Url::parse(endpoint.root())) else {
        return refuse("it is not an absolute URL");
    };
    let authority = link.split('/').nth(2).unwrap_or_default();
    if !url.username().is_empty() || url.password().is_some() || authority.contains('@') {
        return refuse("it contains a user name");
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
        return refuse("it is not below a version of Microsoft Graph");
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

/// `@odata.nextLink` in every annotated form. A link that is present but cannot be followed is an error, since it would end
/// the list early.
fn next_link(document: &Map<String, Value>) -> std::result::Result<Option<String>, &'static str> {
    let mut links = document
        .iter()
        .filter(|(name, link)| name.to_ascii_lowercase().ends_with("nextlink") && !link.is_null());
    match (links.next(), links.next()) {
        (None, _) => Ok(None),
        (Some((_, Value::String(link))), None) => Ok(Some(link.clone())),
        _ => Err("its link to the next page is not a text"),
    }
}

/// `@odata.count`, a number or a text of digits.
fn count(document: &Map<String, Value>) -> Option<u64> {
    let (_, count) = document
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("@odata.count"))?;
    count.as_u64().or_else(|| count.as_str()?.trim().parse().ok())
}

fn too_long() -> Error {
    Error::new(
        Status::UnexpectedResponse,
        format!(
            "a page of far more than {} items was not requested and cannot be trusted; read the list again",
            MAX_ITEMS / 3
        ),
    )
}

/// The error of a page that cannot be used, with the fields of an error inside it.
fn broken(text: &str, why: &str) -> Error {
    let found = body::parse(text);
    let mut error = Error::new(
        Status::UnexpectedResponse,
        format!("a page of the list could not be read: {why}; read the list again"),
    );
    error.request_id = found.request_id.clone().filter(|id| is_guid(id));
    found.copy_to(&mut error);
    error
}

#[cfg(test)]
mod tests;
