//! Makes texts from outside fit to be shown: one printable line of bounded length.

/// The longest text that is passed on.
pub(crate) const MAX_TEXT: usize = 1024;
/// The longest name inside a sentence.
const MAX_NAME: usize = 64;

/// Whether a character is invisible or changes how the text after it looks: bidirectional controls and zero-width
/// characters. A name with one looks like another name.
fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Shows a text from outside on a terminal or in a file: each invisible character, line break, control character and mark that
/// changes the direction of writing becomes its escape, such as `\u{1b}`.
///
/// Texts of [`Device`](crate::Device), [`Error`](crate::Error) and the like are printable already; a user as given is not.
pub fn visible(text: &str) -> String {
    let is_shown = |c: char| !(c.is_control() || is_unseen(c) || matches!(c, '\u{2028}' | '\u{2029}'));
    text.chars()
        .fold(String::with_capacity(text.len()), |mut shown, c| {
            if is_shown(c) {
                shown.push(c);
            } else {
                shown.extend(c.escape_unicode());
            }
            shown
        })
}

/// One printable line, cut at [`MAX_TEXT`]; `None` if nothing is left.
pub(crate) fn tidy(text: &str) -> Option<String> {
    let seen: String = text.chars().filter(|c| !is_unseen(*c)).collect();
    let words = seen
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty());
    let mut line = words.collect::<Vec<_>>().join(" ");
    if line.len() > MAX_TEXT {
        let cut = (0..=MAX_TEXT).rev().find(|at| line.is_char_boundary(*at));
        line.truncate(cut.unwrap_or_default());
        line.push_str(" ...");
    }
    Some(line).filter(|line| !line.is_empty())
}

/// A name from outside in quotes, so that it cannot pass for a part of the sentence around it.
pub(crate) fn quoted(name: &str) -> String {
    let name = tidy(name).unwrap_or_default().replace('"', "'");
    match name.char_indices().nth(MAX_NAME) {
        Some((end, _)) => format!("\"{}...\"", &name[..end]),
        None => format!("\"{name}\""),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn invisible_characters_are_removed() {
        for (text, seen) in [
            ("a\u{202e}gpj.exe", "agpj.exe"),
            ("\u{202a}\u{2066}a\u{2069}\u{202c}b", "ab"),
            ("a\u{200b}\u{200c}\u{200d}\u{2060}\u{feff}b", "ab"),
            ("a\u{200e}\u{200f}\u{61c}b", "ab"),
            (
                "\u{1b}[2J\u{1b}[31mgone\r\nadele accepted",
                "[2J [31mgone adele accepted",
            ),
            ("a\u{2028}b\u{2029}c\u{85}d\u{7}", "a b c d"),
            ("\u{8a9e} \u{e9}", "\u{8a9e} \u{e9}"),
        ] {
            assert_eq!(tidy(text).as_deref(), Some(seen), "{text:?}");
        }
        for text in ["", " \n", "\u{200b}", "\u{202e} \u{feff}"] {
            assert_eq!(tidy(text), None, "{text:?}");
        }
    }

    #[test]
    fn what_cannot_be_seen_is_shown_as_its_escape() {
        for (text, shown) in [
            ("adele@contoso.com", "adele@contoso.com"),
            ("o'brien \u{e9} \u{8a9e}", "o'brien \u{e9} \u{8a9e}"),
            ("\u{1b}]0;x\u{7}", "\\u{1b}]0;x\\u{7}"),
            ("a\u{202e}gpj\r\n\u{2028}", "a\\u{202e}gpj\\u{d}\\u{a}\\u{2028}"),
            ("a\u{200b}\u{feff}\u{9b}", "a\\u{200b}\\u{feff}\\u{9b}"),
        ] {
            assert_eq!(visible(text), shown);
        }
    }

    #[test]
    fn a_name_in_a_sentence_is_quoted_and_cut() {
        assert_eq!(quoted("LAPTOP-1"), "\"LAPTOP-1\"");
        assert_eq!(quoted("a\" is gone; \"b"), "\"a' is gone; 'b\"");
        assert_eq!(
            quoted(&"\u{e9}".repeat(999)),
            format!("\"{}...\"", "\u{e9}".repeat(64))
        );
        assert_eq!(quoted(&"x".repeat(64)), format!("\"{}\"", "x".repeat(64)));
    }

    proptest! {
        #[test]
        fn always_one_seen_line(text in "(\\PC|\\p{C}){0,80}") {
            let line = tidy(&text).unwrap_or_default();
            prop_assert!(!line.chars().any(|c| c.is_control() || is_unseen(c)), "{line:?}");
            prop_assert!(line.len() <= MAX_TEXT + 4);
            prop_assert_eq!(tidy(&line).unwrap_or_default(), line);
        }
    }
}
