//! The proxy of a client, from its option or from the environment. It is read once, when the client is made. A text that is
//! not a proxy is refused, never ignored, since the token would then take another route.

use std::ffi::OsString;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::Uri;
use hyper_util::client::proxy::matcher::Matcher;
use percent_encoding::percent_decode_str;
use url::Url;

use crate::cloud::Endpoint;
use crate::error::{Error, Result};

/// The first variable that is set and not empty names the proxy. Every endpoint except loopback is https, so `HTTP_PROXY`
/// has no effect.
const NAMES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
const EXCEPTIONS: [&str; 2] = ["NO_PROXY", "no_proxy"];

const NO_URL: &str = "is not the URL of a proxy; percent-encode special characters in user name and password";

/// A checked proxy.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct ProxyServer {
    /// Scheme, host and port, without a secret.
    pub(crate) url: String,
    /// The value of `Proxy-Authorization`.
    pub(crate) authorization: Option<String>,
}

impl ProxyServer {
    /// A proxy that the caller names in code.
    pub(crate) fn from_option(text: &str) -> Result<Self> {
        Self::parse(text).map_err(|why| Error::invalid_argument(format!("the proxy {why}")))
    }

    /// The proxy that the environment names for an endpoint.
    pub(crate) fn from_environment(endpoint: &Endpoint) -> Result<Option<Self>> {
        Self::named_by(std::env::var_os, endpoint)
    }

    fn named_by(
        variable: impl Fn(&'static str) -> Option<OsString>,
        endpoint: &Endpoint,
    ) -> Result<Option<Self>> {
        let first = |names: &[&'static str]| {
            names.iter().find_map(|name| {
                let value = variable(name)?;
                let is_blank = value.to_str().is_some_and(|text| text.trim().is_empty());
                (!is_blank).then_some((*name, value))
            })
        };
        let Some((name, value)) = first(&NAMES) else {
            return Ok(None);
        };
        let exceptions = first(&EXCEPTIONS).map(|(_, value)| value.to_string_lossy().into_owned());
        if !is_used(
            "http://proxy.invalid/",
            &exceptions.unwrap_or_default(),
            endpoint.root(),
        ) {
            return Ok(None);
        }
        // The value is never shown: it may contain a password.
        let refused = |why: &str| Error::invalid_argument(format!("{name} is set but {why}"));
        let text = value.to_str().ok_or_else(|| refused(NO_URL))?;
        Self::parse(text).map(Some).map_err(|why| refused(&why))
    }

    /// Parses a text as curl does: without a scheme it is http, the last `@` ends user name and password, and these may
    /// contain any character that does not end the host's part of a URL. The error describes the text without showing it.
    fn parse(text: &str) -> std::result::Result<Self, String> {
        let refuse = || NO_URL.to_owned();
        let text = text.trim();
        if text.starts_with(['"', '\'']) {
            return Err("is not the URL of a proxy, since it is in quotes; remove them".to_owned());
        }
        if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(refuse());
        }
        let (scheme, rest) = text.split_once("://").unwrap_or(("", text));
        let scheme = scheme.to_ascii_lowercase();
        let scheme = match scheme.as_str() {
            "" | "http" => "http",
            "https" => "https",
            "socks" | "socks4" | "socks4a" | "socks5" | "socks5h" => {
                return Err(format!(
                    "names a {scheme} proxy, which this library does not support; name an http:// or https:// proxy"
                ));
            }
            _ => return Err(refuse()),
        };
        let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        // `p/w@proxy` in a password, `http:/proxy` and `http://http://proxy` would otherwise yield a wrong host.
        if path.contains('@') || path.starts_with("//") || authority.ends_with(':') {
            return Err(refuse());
        }
        if !text.contains("://") && !matches!(path, "" | "/") {
            return Err(refuse());
        }
        let (user, host) = match authority.rsplit_once('@') {
            Some((user, host)) => (Some(user), host),
            None => (None, authority),
        };
        if !host.chars().all(|c| c.is_alphanumeric() || "-._:[]".contains(c)) {
            return Err(refuse());
        }
        let url = Url::parse(&format!("{scheme}://{host}/")).map_err(|_| refuse())?;
        if !url.has_host() || !is_used(url.as_str(), "", "https://service.invalid") {
            return Err(refuse());
        }
        Ok(Self {
            url: url.into(),
            authorization: user.filter(|user| !user.is_empty()).map(basic),
        })
    }
}

/// `user:password` in the form of Basic authentication.
fn basic(user: &str) -> String {
    let (user, password) = user.split_once(':').unwrap_or((user, ""));
    let mut bytes: Vec<u8> = percent_decode_str(user).collect();
    bytes.push(b':');
    bytes.extend(percent_decode_str(password));
    format!("Basic {}", STANDARD.encode(bytes))
}

/// Whether the HTTP client would use this proxy on its way to `root`, with these exceptions of `NO_PROXY`.
fn is_used(proxy: &str, exceptions: &str, root: &str) -> bool {
    let matcher = Matcher::builder().all(proxy).no(exceptions).build();
    root.parse::<Uri>()
        .is_ok_and(|root| matcher.intercept(&root).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(variables: &[(&str, &str)]) -> Result<Option<ProxyServer>> {
        let lookup = |name: &'static str| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| OsString::from(*value))
        };
        ProxyServer::named_by(lookup, &Endpoint::default())
    }

    fn decoded(server: &ProxyServer) -> Vec<u8> {
        let text = server.authorization.as_deref().unwrap_or_default();
        STANDARD
            .decode(text.strip_prefix("Basic ").expect("Basic"))
            .expect("Base64")
    }

    #[test]
    fn a_proxy_that_curl_uses_is_used() -> Result<()> {
        for (text, url, user) in [
            ("http://proxy.example:8080", "http://proxy.example:8080/", ""),
            ("proxy.example:8080/", "http://proxy.example:8080/", ""),
            ("HTTPS://proxy.example", "https://proxy.example/", ""),
            (
                " http://proxy.example:3128 \r\n",
                "http://proxy.example:3128/",
                "",
            ),
            ("http://[::1]:3128/x", "http://[::1]:3128/", ""),
            (
                r"http://CONTOSO\svc:pw@proxy:1",
                "http://proxy:1/",
                r"CONTOSO\svc:pw",
            ),
            ("http://u:p^w@proxy:1", "http://proxy:1/", "u:p^w"),
            ("http://u:p\u{e4}@proxy:1", "http://proxy:1/", "u:p\u{e4}"),
            ("u:p|{}`<>\"w@proxy:1", "http://proxy:1/", "u:p|{}`<>\"w"),
            (
                "http://u@contoso.com:p@w@proxy:1",
                "http://proxy:1/",
                "u@contoso.com:p@w",
            ),
            ("http://u:p%40w%2F%zz@proxy:1", "http://proxy:1/", "u:p@w/%zz"),
            ("http://u@proxy:1", "http://proxy:1/", "u:"),
            ("http://u:a:b@proxy:1", "http://proxy:1/", "u:a:b"),
        ] {
            let server = ProxyServer::from_option(text)?;
            assert_eq!(server.url, url, "{text}");
            match user {
                "" => assert_eq!(server.authorization, None, "{text}"),
                user => assert_eq!(decoded(&server), user.as_bytes(), "{text}"),
            }
        }
        // Percent-encoded bytes that are not UTF-8 arrive unchanged.
        assert_eq!(
            decoded(&ProxyServer::from_option("http://u:%E4@proxy")?),
            b"u:\xe4"
        );
        Ok(())
    }

    #[test]
    fn a_text_that_is_not_a_proxy_is_refused_by_name_and_never_shown() {
        for text in [
            "\"http://pass-word@proxy:1\"",
            "'http://pass-word@proxy:1'",
            "http://[a](b)",
            "[http://proxy:1](http://proxy:1)",
            "http://",
            "http://:8080",
            "http://pass-word@",
            "http://u:pass-word@:8080",
            "http:/proxy:8080",
            "http//proxy:8080",
            "http:proxy:8080",
            "http:\\\\proxy:8080",
            "http://http://proxy:8080",
            "http://u:12/pass-word@proxy:1",
            "http://u:12#pass-word@proxy:1",
            "http://u:12?pass-word@proxy:1",
            "http://u:pass word@proxy:1",
            "http://u:pass-word@pro xy:1",
            "http://u:pass-word@pro\\xy:1",
            "http://u:pass-word@proxy:port",
            "http://u:pass-word@proxy:99999",
            "http://[::1",
            "ftp://u:pass-word@proxy:1",
            "socks5://u:pass-word@proxy:1080",
            "http://u:pass-word@proxy:1;other:2",
            "http=proxy:1;https=proxy:2",
        ] {
            for name in NAMES {
                let error = named(&[(name, text)])
                    .err()
                    .unwrap_or_else(|| panic!("{text} was taken"));
                let message = &error.message;
                assert!(message.starts_with(&format!("{name} is set but ")), "{message}");
                assert!(!message.contains("pass-word"), "{message}");
                assert_eq!(error.status, crate::Status::InvalidArgument);
            }
            assert!(ProxyServer::from_option(text).is_err(), "{text} was taken");
        }
    }

    #[test]
    fn the_first_variable_that_is_not_blank_counts_unless_there_is_an_exception() -> Result<()> {
        let url = |variables: &[(&str, &str)]| Ok::<_, Error>(named(variables)?.map(|server| server.url));
        let (a, b) = ("http://a:1", "http://b:1");
        assert_eq!(url(&[])?, None);
        assert_eq!(url(&[("HTTP_PROXY", a), ("http_proxy", "\"no\"")])?, None);
        assert_eq!(
            url(&[("HTTPS_PROXY", " "), ("https_proxy", a)])?.as_deref(),
            Some("http://a:1/")
        );
        assert_eq!(
            url(&[("HTTPS_PROXY", ""), ("ALL_PROXY", a)])?.as_deref(),
            Some("http://a:1/")
        );
        assert_eq!(
            url(&[("https_proxy", a), ("ALL_PROXY", b)])?.as_deref(),
            Some("http://a:1/")
        );
        // A valid variable after an invalid one is not used instead.
        assert!(url(&[("HTTPS_PROXY", "http://[a](b)"), ("ALL_PROXY", a)]).is_err());
        for exception in ["*", "microsoft.com", ".microsoft.com", "x, graph.microsoft.com"] {
            assert_eq!(url(&[("HTTPS_PROXY", "\"bad\""), ("NO_PROXY", exception)])?, None);
            assert_eq!(
                url(&[("HTTPS_PROXY", a), ("NO_PROXY", ""), ("no_proxy", exception)])?,
                None
            );
        }
        assert!(url(&[("HTTPS_PROXY", a), ("NO_PROXY", "soft.com")])?.is_some());
        Ok(())
    }

    #[cfg(unix)]
    #[test]
    fn bytes_that_are_not_text_are_refused() {
        use std::os::unix::ffi::OsStringExt as _;
        let value = |_| Some(OsString::from_vec(b"http://u:p\xe4@proxy:1".to_vec()));
        let endpoint = Endpoint::default();
        let only_https = |name: &'static str| (name == "HTTPS_PROXY").then(|| value(name)).flatten();
        assert!(ProxyServer::named_by(only_https, &endpoint).is_err());
    }
}
