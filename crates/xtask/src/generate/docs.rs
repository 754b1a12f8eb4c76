//! Doc comments of core in the style of another language.

use super::model::Doc;

/// How a language writes the links of core's doc comments.
pub(crate) trait Style {
    /// A member of a type, such as `("RunOptions", "inspect_first")` or `("Status", "Journal")`.
    fn member(&self, ty: &str, member: &str) -> String;
    /// A type, such as `Receipt`.
    fn ty(&self, ty: &str) -> String;
    /// A text in code font.
    fn code(&self, text: &str) -> String {
        format!("`{text}`")
    }
}

/// The paragraphs of a doc comment, with links and code in the style of the language.
pub(crate) fn paragraphs(doc: &Doc, style: &dyn Style) -> Vec<String> {
    doc.0
        .split("\n\n")
        .filter(|paragraph| !paragraph.is_empty())
        .map(|paragraph| linked(paragraph, style))
        .collect()
}

/// A doc comment as one line.
pub(crate) fn line(doc: &Doc, style: &dyn Style) -> String {
    paragraphs(doc, style).join(" ")
}

/// Turns ``[`Type::member`](path)`` and `` `code` `` into the style of the language.
fn linked(text: &str, style: &dyn Style) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('`') {
        let link = rest[..at].ends_with('[');
        out.push_str(if link { &rest[..at - 1] } else { &rest[..at] });
        let Some(length) = rest[at + 1..].find('`') else {
            rest = &rest[at..];
            break;
        };
        let code = &rest[at + 1..at + 1 + length];
        rest = &rest[at + 2 + length..];
        if !link {
            out.push_str(&style.code(code));
            continue;
        }
        out.push_str(&match code.rsplit("::").next() {
            Some(member) if code.contains("::") => {
                let ty = code[..code.len() - member.len() - 2]
                    .rsplit("::")
                    .next()
                    .unwrap_or_default();
                style.member(ty, member)
            }
            _ => style.ty(code),
        });
        rest = rest.strip_prefix(']').unwrap_or(rest);
        if rest.starts_with('(')
            && let Some(end) = rest.find(')')
        {
            rest = &rest[end + 1..];
        }
    }
    out + rest
}

/// Wraps words to lines of at most `width` characters.
pub(crate) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let last = lines.last().map_or(0, |line| line.chars().count());
        if last > 0 && last + 1 + word.chars().count() > width {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}

/// A comment of several paragraphs, each line behind `prefix`.
pub(crate) fn comment(paragraphs: &[String], prefix: &str, width: usize) -> String {
    let blank = format!("{}\n", prefix.trim_end());
    let written: Vec<String> = paragraphs
        .iter()
        .map(|paragraph| {
            wrapped(paragraph, width.saturating_sub(prefix.chars().count()))
                .iter()
                .map(|line| format!("{prefix}{line}\n"))
                .collect()
        })
        .collect();
    written.join(&blank)
}

/// Adds a sentence to the last paragraph.
pub(crate) fn add(paragraphs: &mut Vec<String>, sentence: &str) {
    if sentence.is_empty() {
        return;
    }
    match paragraphs.last_mut() {
        Some(last) => {
            last.push(' ');
            last.push_str(sentence);
        }
        None => paragraphs.push(sentence.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Plain;

    impl Style for Plain {
        fn member(&self, ty: &str, member: &str) -> String {
            format!("<{ty}.{member}>")
        }
        fn ty(&self, ty: &str) -> String {
            format!("<{ty}>")
        }
    }

    #[test]
    fn links_and_code_are_rewritten() {
        let doc = Doc("See [`RunOptions::read`] and [`Event::Done`](crate::Event::Done) of [`Run`](crate::Run), or `x`.".into());
        assert_eq!(
            line(&doc, &Plain),
            "See <RunOptions.read> and <Event.Done> of <Run>, or `x`."
        );
    }

    #[test]
    fn lines_are_wrapped_between_words() {
        assert_eq!(wrapped("one two three", 8), ["one two", "three"]);
        assert_eq!(
            comment(&["one two three".into(), "four".into()], "// ", 11),
            "// one two\n// three\n//\n// four\n"
        );
    }
}
