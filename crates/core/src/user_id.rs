//! The user of a call: an object id or a user principal name, and the only place that turns one into a URL.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::error::{Error, Result};

/// The characters that are encoded: all except RFC 3986's unreserved ones and `@`.
pub(crate) const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'@');

/// Longer than any user principal name that the directory allows.
const MAX_BYTES: usize = 320;

/// A user's object id (GUID) or user principal name (`local@domain`), checked.
///
/// Refused are the empty text, `me` and its synonyms, any text in neither form (such as a CSV header), and the characters
/// with which a URL could name another user: `/ \ ? %`, blanks and control characters. An unescaped name can act on another
/// user (<https://github.com/microsoftgraph/msgraph-sdk-powershell/issues/1947>).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UserId(String);

impl UserId {
    /// Checks a text. Nothing is trimmed or corrected.
    pub fn parse(text: &str) -> Result<Self> {
        let refuse = |why: String| {
            Err(Error::invalid_argument(format!(
                "{why}; pass the user's object id (a GUID) or user principal name (name@domain)"
            )))
        };
        if text.is_empty() {
            return refuse("the user id is empty".into());
        }
        if text.len() > MAX_BYTES {
            return refuse(format!("the user id is {} bytes long", text.len()));
        }
        let shown = text.escape_debug();
        if text.eq_ignore_ascii_case("me") || text.eq_ignore_ascii_case("me-token-to-replace") {
            return refuse(format!("`{shown}` means the signed-in user, which is never sent"));
        }
        if text.chars().any(char::is_control) {
            return refuse(format!("the user id `{shown}` contains a control character"));
        }
        if text.chars().any(char::is_whitespace) {
            return refuse(format!("the user id `{shown}` contains a blank"));
        }
        if text.contains(char::REPLACEMENT_CHARACTER) {
            return refuse(format!("the user id `{shown}` was read in the wrong encoding"));
        }
        if let Some(bad) = text.chars().find(|c| r"/\?%".contains(*c)) {
            return refuse(format!("the user id `{shown}` contains `{bad}`"));
        }
        if is_guid(text) || is_principal_name(text) {
            return Ok(Self(text.to_owned()));
        }
        let hint = if text.contains([';', ',']) {
            " (a CSV line with another delimiter?)"
        } else {
            ""
        };
        refuse(format!("`{shown}` is not a user id{hint}"))
    }

    /// The text as given.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is an object id rather than a name.
    pub fn is_object_id(&self) -> bool {
        is_guid(&self.0)
    }

    /// The path of the user below the version root: `/users/{id}`, or `/users('$name@domain')` for a name with a
    /// leading `$` (<https://learn.microsoft.com/graph/api/user-get>).
    pub(crate) fn path(&self) -> String {
        match self.0.strip_prefix('$') {
            Some(rest) => format!(
                "/users('${}')",
                utf8_percent_encode(&rest.replace('\'', "''"), SEGMENT)
            ),
            None => format!("/users/{}", utf8_percent_encode(&self.0, SEGMENT)),
        }
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for UserId {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self> {
        Self::parse(text)
    }
}

/// A text as given, in the form for a message. A text that is far too long for a user id, such as a whole file after one
/// open quote, is cut.
pub(crate) fn shown(text: String) -> String {
    const LONGEST: usize = 1024;
    if text.len() <= LONGEST {
        return text;
    }
    let end = (0..=LONGEST).rev().find(|at| text.is_char_boundary(*at));
    let (cut, _) = text.split_at(end.unwrap_or_default());
    format!("{cut}... ({} bytes in all)", text.len())
}

/// Whether a text is 8-4-4-4-12 hexadecimal digits.
pub(crate) fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// Whether a text is `local@domain` with the characters that occur in directories: letters and digits, and in the local
/// part the marks that Entra allows or that on-premises names contain.
fn is_principal_name(text: &str) -> bool {
    let mut parts = text.split('@');
    let (Some(local), Some(domain), None) = (parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
    };
    let mark = |c: char| c.is_alphanumeric() || "'.-_!#^~$&+=*`".contains(c);
    !local.is_empty() && local != "$" && local.chars().all(mark) && domain.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use percent_encoding::percent_decode_str;
    use proptest::prelude::*;

    use super::*;

    fn path(text: &str) -> String {
        UserId::parse(text).map_or_else(|error| format!("refused: {error}"), |id| id.path())
    }

    #[test]
    fn the_forms_of_the_service() {
        assert_eq!(
            path("10000000-0000-4000-8000-00000000000A"),
            "/users/10000000-0000-4000-8000-00000000000A"
        );
        assert_eq!(path("adele@contoso.com"), "/users/adele@contoso.com");
        assert_eq!(
            path("guest_fabrikam.com#EXT#@contoso.com"),
            "/users/guest_fabrikam.com%23EXT%23@contoso.com"
        );
        assert_eq!(path("o'brien@contoso.com"), "/users/o%27brien@contoso.com");
        assert_eq!(path("$x@y"), "/users('$x@y')");
        assert_eq!(
            path("$o'brien@contoso.com"),
            "/users('$o%27%27brien@contoso.com')"
        );
        assert_eq!(path("søren@contoso.com"), "/users/s%C3%B8ren@contoso.com");
    }

    #[test]
    fn refused_before_anything_is_sent() {
        for text in [
            "",
            "me",
            "ME",
            "me-token-to-replace",
            ".",
            "..",
            "...",
            " ",
            "a b@contoso.com",
            " adele@contoso.com",
            "adele@contoso.com ",
            "a/b@contoso.com",
            r"a\b@contoso.com",
            "a?b@contoso.com",
            "a%40contoso.com",
            "adele%@contoso.com",
            "a\u{0}@contoso.com",
            "a\n@contoso.com",
            "UserPrincipalName",
            "Name;id",
            "adele@contoso.com;Adele",
            "Adele;adele@contoso.com",
            "a@b@contoso.com",
            "@contoso.com",
            "adele@",
            "$@contoso.com",
            "adele@contoso..com",
            "{10000000-0000-4000-8000-000000000001}",
            "10000000-0000-4000-8000-00000000000",
            "\u{a0}",
            "a\u{200b}@contoso.com",
            "a\u{202e}@contoso.com",
        ] {
            assert!(UserId::parse(text).is_err(), "accepted {text:?}");
        }
        assert!(UserId::parse(&format!("{}@contoso.com", "a".repeat(400))).is_err());
    }

    proptest! {
        #[test]
        fn an_accepted_id_names_exactly_that_user(text in "\\PC{0,40}|[$a-zA-Z0-9'#.!^~&+=*_-]{1,20}@[a-z0-9.-]{1,20}") {
            if let Ok(id) = UserId::parse(&text) {
                let url = url::Url::parse(&format!("https://graph.microsoft.com/v1.0{}/action", id.path())).map_err(|e| TestCaseError::fail(e.to_string()))?;
                prop_assert_eq!(url.host_str(), Some("graph.microsoft.com"));
                prop_assert!(url.query().is_none() && url.fragment().is_none());
                let segments: Vec<_> = url.path_segments().map(Iterator::collect).unwrap_or_default();
                let decode = |part: &str| percent_decode_str(part).decode_utf8_lossy().into_owned();
                if let Some(rest) = text.strip_prefix('$') {
                    prop_assert_eq!(segments.len(), 3);
                    prop_assert_eq!(decode(segments[1]), format!("users('${}')", rest.replace('\'', "''")));
                } else {
                    prop_assert_eq!(segments.len(), 4);
                    prop_assert_eq!(segments[1], "users");
                    prop_assert_eq!(decode(segments[2]), text);
                }
                prop_assert_eq!(segments.last().copied(), Some("action"));
            }
        }
    }
}
