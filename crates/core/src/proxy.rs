//! The proxy of the environment: which variable names it, whether it is for this endpoint, and its value as a URL.
//!
//! The value is read as curl reads it, and one that curl could not read is refused by the variable's name: passed over, it would
//! send the token around a proxy that is meant to see it.

use std::env;

use hyper_util::client::proxy::matcher::Matcher;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use url::Url;

use crate::cloud::Endpoint;
use crate::error::{Error, Result};

/// The variables for https, the first that is set; then those for everything.
const VARIABLES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
const EXCEPTIONS: [&str; 2] = ["NO_PROXY", "no_proxy"];

/// What must not stand in the user name or password of a URL; `%` is kept where it begins an escape.
const USER_INFO: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'/')
    .add(b':')
    .add(b';')
    .add(b'<')
    .add(b'=')
    .add(b'>')
    .add(b'?')
    .add(b'@')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// The URL of the environment's proxy for an https endpoint, if there is one. No message holds the value: it may have a
/// password.
pub(crate) fn of_environment(endpoint: &Endpoint) -> Result<Option<String>> {
    let set = |name: &'static str| {
        env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(|value| (name, value))
    };
    let Some((name, value)) = VARIABLES.into_iter().find_map(set) else {
        return Ok(None);
    };
    let exceptions = EXCEPTIONS.into_iter().find_map(set);
    let exceptions = exceptions.map(|(_, value)| value.to_string_lossy().into_owned());
    if is_excepted(endpoint, exceptions.as_deref().unwrap_or_default()) {
        return Ok(None);
    }
    match value.to_str().map(str::trim) {
        Some("") => Ok(None),
        Some(text) => url(text).map(Some).ok_or_else(|| unreadable(name)),
        None => Err(unreadable(name)),
    }
}

fn unreadable(name: &str) -> Error {
    Error::invalid_argument(format!(
        "{name} is set but is no proxy URL, so nothing was sent; write it as http://user:password@host:port, with special characters in user name and password percent-encoded"
    ))
}

fn is_excepted(endpoint: &Endpoint, exceptions: &str) -> bool {
    let Ok(to) = endpoint.root().parse() else {
        return false;
    };
    let any = Matcher::builder()
        .all("http://proxy.invalid")
        .no(exceptions)
        .build();
    any.intercept(&to).is_none()
}

/// A proxy as a URL. Without a scheme it is http; the last `@` ends the user name and password, in which everything may stand.
fn url(text: &str) -> Option<String> {
    let (scheme, rest) = text.split_once("://").unwrap_or(("http", text));
    if !["http", "https"]
        .iter()
        .any(|known| scheme.eq_ignore_ascii_case(known))
    {
        return None;
    }
    let (user, host) = match rest.rsplit_once('@') {
        Some((user, host)) => (Some(user), host),
        None => (None, rest),
    };
    let user = user.map(|user| {
        let (name, password) = user
            .split_once(':')
            .map_or((user, None), |(name, password)| (name, Some(password)));
        let password = password.map(|password| format!(":{}", escaped(password)));
        format!("{}{}@", escaped(name), password.unwrap_or_default())
    });
    let host = host.trim_end_matches('/');
    let is_host = !host.is_empty()
        && host
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte));
    let url = format!("{scheme}://{}{host}", user.unwrap_or_default());
    (is_host && Url::parse(&url).is_ok_and(|url| url.has_host())).then_some(url)
}

/// Percent-encodes what must be and is not yet.
fn escaped(text: &str) -> String {
    let mut parts = text.split('%');
    let mut out = utf8_percent_encode(parts.next().unwrap_or_default(), USER_INFO).to_string();
    for part in parts {
        let is_escape = part.len() >= 2 && part.bytes().take(2).all(|byte| byte.is_ascii_hexdigit());
        out.push_str(if is_escape { "%" } else { "%25" });
        out.extend(utf8_percent_encode(part, USER_INFO));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_read_as_curl_reads_it() {
        for (text, read) in [
            ("http://host:8080", Some("http://host:8080")),
            ("host:8080", Some("http://host:8080")),
            ("HTTPS://host/", Some("HTTPS://host")),
            (
                "http://CONTOSO\\svc:pw@host",
                Some("http://CONTOSO%5Csvc:pw@host"),
            ),
            ("http://svc:p^w@host:1", Some("http://svc:p%5Ew@host:1")),
            ("http://svc:pä@host", Some("http://svc:p%C3%A4@host")),
            ("http://svc:p@w@host", Some("http://svc:p%40w@host")),
            ("http://svc:p%40w@host", Some("http://svc:p%40w@host")),
            ("http://svc:100%@host", Some("http://svc:100%25@host")),
            ("http://svc:a#b/c?d@host", Some("http://svc:a%23b%2Fc%3Fd@host")),
            ("http://svc@host", Some("http://svc@host")),
            ("http://[::1]:8080", Some("http://[::1]:8080")),
            ("\"http://host\"", None),
            ("http://[a](b)", None),
            ("http://", None),
            ("http://user:pw@", None),
            ("http://ho st", None),
            ("http://höst", None),
            ("http://host:port", None),
            ("http://host/path", None),
            ("socks5://host:1080", None),
            ("ftp://host", None),
        ] {
            assert_eq!(url(text).as_deref(), read, "{text}");
        }
    }

    #[test]
    fn exceptions_are_those_of_no_proxy() -> Result<()> {
        let endpoint = Endpoint::parse("https://graph.example.com")?;
        for (exceptions, excepted) in [
            ("", false),
            ("*", true),
            ("example.com", true),
            (".example.com", true),
            ("other.com, graph.example.com", true),
            ("other.com", false),
        ] {
            assert_eq!(is_excepted(&endpoint, exceptions), excepted, "{exceptions}");
        }
        Ok(())
    }
}
