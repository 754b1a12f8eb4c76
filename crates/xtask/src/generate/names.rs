//! What core's names become in other languages.

/// `UserNotFound` -> `user_not_found`
pub(crate) fn snake(ident: &str) -> String {
    let mut name = String::new();
    for (at, letter) in ident.char_indices() {
        if letter.is_ascii_uppercase() && at > 0 {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}

/// `user_not_found` -> `USER_NOT_FOUND`, `UserNotFound` -> `USER_NOT_FOUND`
pub(crate) fn screaming(name: &str) -> String {
    if name.contains('_') || !name.starts_with(|letter: char| letter.is_ascii_uppercase()) {
        return name.to_ascii_uppercase();
    }
    snake(name).to_ascii_uppercase()
}

/// `retry_after_ms` -> `RetryAfterMs`
pub(crate) fn pascal(name: &str) -> String {
    let part = |part: &str| {
        let (first, rest) = part.split_at(part.len().min(1));
        first.to_ascii_uppercase() + rest
    };
    name.split('_').map(part).collect()
}

/// `retry_after_ms` -> `retryAfterMs`
pub(crate) fn camel(name: &str) -> String {
    let name = pascal(name);
    let (first, rest) = name.split_at(name.len().min(1));
    first.to_ascii_lowercase() + rest
}

/// The name of a member in every language: core's `name()`. A test of this crate compares it with core's.
pub(crate) fn word(words: &str, ident: &str) -> String {
    if (words, ident) == ("Reason", "None") {
        return String::new();
    }
    snake(ident)
}

/// The C type of a record or an enumeration, without its prefix `graph_`.
pub(crate) fn c(name: &str) -> String {
    match name {
        "Failure" => "error".to_owned(),
        "ClientOptions" => "options".to_owned(),
        name => snake(name),
    }
}

/// The prefix of the C constants of an enumeration: `GRAPH_EVENT_` for `EventKind`. A kind or a code has the name of its
/// subject.
pub(crate) fn constants(words: &str) -> String {
    let name = screaming(words);
    let of = name.strip_suffix("_KIND").or_else(|| name.strip_suffix("_CODE"));
    format!("GRAPH_{}_", of.unwrap_or(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_each_style() {
        assert_eq!(snake("WarningCode"), "warning_code");
        assert_eq!(screaming("UserNotFound"), "USER_NOT_FOUND");
        assert_eq!(screaming("done"), "DONE");
        assert_eq!(pascal("retry_after_ms"), "RetryAfterMs");
        assert_eq!(camel("retry_after"), "retryAfter");
    }
}
