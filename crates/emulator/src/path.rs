//! A request target, taken apart as Graph does it: split at slashes, then decoded once.

use percent_encoding::percent_decode_str;

/// One part of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Segment {
    pub(crate) text: String,
    /// Stood in parentheses and quotes: `users('x')` gives `users` and `x`.
    pub(crate) quoted: bool,
}

/// A path and its query.
#[derive(Clone, Debug, Default)]
pub(crate) struct Path {
    pub(crate) segments: Vec<Segment>,
    pub(crate) query: Vec<(String, String)>,
}

impl Path {
    /// `None` when a key in parentheses is not a well-formed quoted text.
    pub(crate) fn parse(target: &str) -> Option<Self> {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut segments = Vec::new();
        for raw in path.split('/').filter(|part| !part.is_empty()) {
            let text = decode(raw);
            match text.strip_suffix(')').and_then(|text| text.split_once('(')) {
                Some((name, key)) if !name.contains('@') => {
                    segments.push(Segment {
                        text: name.to_owned(),
                        quoted: false,
                    });
                    segments.push(Segment {
                        text: unquote(key)?,
                        quoted: true,
                    });
                }
                _ => segments.push(Segment { text, quoted: false }),
            }
        }
        let query = query
            .split('&')
            .filter(|part| !part.is_empty())
            .map(|part| {
                let (name, value) = part.split_once('=').unwrap_or((part, ""));
                (decode(name), decode(&value.replace('+', " ")))
            })
            .collect();
        Some(Self { segments, query })
    }

    /// The texts of the segments.
    pub(crate) fn texts(&self) -> Vec<&str> {
        self.segments
            .iter()
            .map(|segment| segment.text.as_str())
            .collect()
    }

    /// A query option; `$` before a name may be left out as Graph allows.
    pub(crate) fn option(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(n, _)| n.trim_start_matches('$') == name)
            .map(|(_, value)| value.as_str())
    }
}

/// The path of a target that may name a host, as a proxy gets it.
pub(crate) fn origin_form(target: &str) -> &str {
    match target.find("://") {
        Some(at) if !target.starts_with('/') => {
            let rest = &target[at + 3..];
            rest.find('/').map_or("/", |slash| &rest[slash..])
        }
        _ => target,
    }
}

fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// A text of `OData`: in single quotes, those inside doubled.
fn unquote(literal: &str) -> Option<String> {
    let inner = literal.strip_prefix('\'')?.strip_suffix('\'')?;
    let text = inner.replace("''", "\u{0}");
    (!text.contains('\'')).then(|| text.replace('\u{0}', "'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(target: &str) -> Option<Vec<String>> {
        Some(
            Path::parse(target)?
                .segments
                .into_iter()
                .map(|segment| segment.text)
                .collect(),
        )
    }

    #[test]
    fn segments_are_decoded_once() {
        assert_eq!(
            texts("/users/a%2523b%2Fc@x"),
            Some(vec!["users".into(), "a%23b/c@x".into()])
        );
        assert_eq!(
            texts("/users/o'brien@x?$top=1"),
            Some(vec!["users".into(), "o'brien@x".into()])
        );
    }

    #[test]
    fn keys_in_parentheses_are_unquoted() {
        assert_eq!(
            texts("/users('$o''b@x')/a"),
            Some(vec!["users".into(), "$o'b@x".into(), "a".into()])
        );
        assert_eq!(
            texts("/users(%27%24c@x%27)"),
            Some(vec!["users".into(), "$c@x".into()])
        );
        for bad in ["/users('o'b@x')", "/users(x)", "/users(')"] {
            assert_eq!(texts(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_host_in_the_target_is_cut() {
        assert_eq!(
            origin_form("http://localhost:1/v1.0/me?x=http://a/b"),
            "/v1.0/me?x=http://a/b"
        );
        assert_eq!(origin_form("/a?b=http://c/d"), "/a?b=http://c/d");
    }
}
