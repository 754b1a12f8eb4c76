//! Parses JSON from outside only if its values fit into memory: a few megabytes of `{},{},{},...` would become gigabytes of
//! values.

use serde_json::Value;

/// Why a document is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unusable {
    /// It is not a complete JSON document.
    Broken,
    /// It has too many values.
    TooMuch,
}

/// Parses a document of at most about `most` values, with or without a byte order mark.
pub(crate) fn parse(text: &str, most: usize) -> Result<Value, Unusable> {
    let text = text.trim_start_matches('\u{feff}');
    if holds_more_than(text, most) {
        return Err(Unusable::TooMuch);
    }
    serde_json::from_str(text).map_err(|_| Unusable::Broken)
}

/// Counts the characters that begin or separate values outside of texts, and stops at the bound. Allocates nothing.
fn holds_more_than(text: &str, most: usize) -> bool {
    let (mut count, mut in_text, mut is_escaped) = (0, false, false);
    for byte in text.bytes() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if in_text => is_escaped = true,
            b'"' => in_text = !in_text,
            b'[' | b'{' | b',' if !in_text => {
                count += 1;
                if count > most {
                    return true;
                }
            }
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::any_json;

    #[test]
    fn no_more_than_it_may() {
        for text in [
            "[1,2,3]",
            r#"{"a":[{"b":1}]}"#,
            r#"["[{,,,","\"[[[,","\\"]"#,
            "\u{feff}7 ",
        ] {
            assert!(parse(text, 3).is_ok(), "{text}");
        }
        for text in [
            "[1,2,3,4]",
            "[[[[",
            r#"["\\",[],[]]"#,
            r#"{"a":1,"b":2,"c":3,"d":4}"#,
        ] {
            assert_eq!(parse(text, 3), Err(Unusable::TooMuch), "{text}");
        }
        for text in ["", "[1,2", "[1]x", "{\"a\"}", "[1]{}"] {
            assert_eq!(parse(text, 3), Err(Unusable::Broken), "{text}");
        }
    }

    fn values(value: &Value) -> usize {
        1 + match value {
            Value::Array(elements) => elements.iter().map(values).sum(),
            Value::Object(members) => members.values().map(values).sum(),
            _ => 0,
        }
    }

    proptest! {
        #[test]
        fn parsed_values_are_within_the_bound(document in any_json(), most in 0_usize..60) {
            match parse(&document.to_string(), most) {
                Ok(read) => {
                    prop_assert!(values(&read) <= 2 * most + 1);
                    prop_assert_eq!(read, document);
                }
                Err(why) => {
                    prop_assert_eq!(why, Unusable::TooMuch);
                    prop_assert!(values(&document) + values(&document) > most);
                }
            }
        }
    }
}
