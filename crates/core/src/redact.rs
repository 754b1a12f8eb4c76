//! Removes a secret from a text: whole, cut, or as JSON and URLs escape it.

use std::ops::Range;

const MARK: &str = "[token]";
/// A piece of a secret of this length is removed.
const PIECE: usize = 20;
/// Any piece of [`PIECE`] bytes contains one of the secret's blocks of this size completely.
const BLOCK: usize = PIECE / 2;
/// A shorter text is not a secret, and words of our own could contain it.
const LEAST: usize = 6;

/// Returns the text without the secret, and without any piece of it that is as long as [`PIECE`], or as the secret if that
/// is shorter.
pub(crate) fn redact(secret: &str, text: &str) -> String {
    if secret.len() < LEAST || text.len() < secret.len().min(PIECE) {
        return text.to_owned();
    }
    if !text.contains(['\\', '%']) {
        return cut_out(text, &pieces(secret, text));
    }
    let (decoded, origins) = unescaped(text);
    let found = pieces(secret, &decoded).into_iter().filter_map(|found| {
        let first = origins.get(found.start)?;
        let last = origins.get(found.end.checked_sub(1)?)?;
        Some(first.start..last.end)
    });
    let left = cut_out(text, &found.collect::<Vec<_>>());
    // The secret may look like an escape itself.
    cut_out(&left, &pieces(secret, &left))
}

/// The places of pieces of the secret in a text, in order, without overlaps.
fn pieces(secret: &str, text: &str) -> Vec<Range<usize>> {
    let (secret, bytes) = (secret.as_bytes(), text.as_bytes());
    let least = secret.len().min(PIECE);
    let size = if secret.len() < PIECE { secret.len() } else { BLOCK };
    let mut found: Vec<Range<usize>> = Vec::new();
    for (number, block) in secret.chunks_exact(size).enumerate() {
        let at = number * size;
        let block = std::str::from_utf8(block).unwrap_or_default();
        for (start, _) in text.match_indices(block) {
            let same = |(a, b): &(&u8, &u8)| a == b;
            let before = bytes[..start].iter().rev().zip(secret[..at].iter().rev());
            let before = before.take_while(same).count();
            let after = bytes[start + size..].iter().zip(&secret[at + size..]);
            let after = after.take_while(same).count();
            if before + size + after >= least {
                found.push(start - before..start + size + after);
            }
        }
    }
    found.sort_by_key(|piece| piece.start);
    found.dedup_by(|next, last| {
        let overlaps = next.start <= last.end;
        if overlaps {
            last.end = last.end.max(next.end);
        }
        overlaps
    });
    found
}

fn cut_out(text: &str, found: &[Range<usize>]) -> String {
    let mut left = String::with_capacity(text.len());
    let mut from = 0;
    for piece in found {
        left.push_str(text.get(from..piece.start).unwrap_or_default());
        left.push_str(MARK);
        from = piece.end;
    }
    left.push_str(text.get(from..).unwrap_or_default());
    left
}

/// The text without the escapes of JSON (`\u002b`, `\/`, however often escaped) and URLs (`%2B`), and the source of each of
/// its bytes.
fn unescaped(text: &str) -> (String, Vec<Range<usize>>) {
    let (mut plain, mut origins) = (String::with_capacity(text.len()), Vec::new());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let (means, length) = escape(rest).unwrap_or((c, c.len_utf8()));
        let start = text.len() - rest.len();
        plain.push(means);
        origins.extend(std::iter::repeat_n(start..start + length, means.len_utf8()));
        rest = &rest[length..];
    }
    (plain, origins)
}

/// The character of an escape at the start of a text, and the length of the escape.
fn escape(text: &str) -> Option<(char, usize)> {
    if let Some(hex) = text.strip_prefix('%') {
        let code = u8::from_str_radix(hex.get(..2)?, 16).ok()?;
        return code.is_ascii().then_some((code.into(), 3));
    }
    let behind = text.trim_start_matches('\\');
    let slashes = text.len() - behind.len();
    if slashes == 0 {
        return None;
    }
    if behind.starts_with('/') {
        return Some(('/', slashes + 1));
    }
    let code = u32::from_str_radix(behind.strip_prefix('u')?.get(..4)?, 16).ok()?;
    char::from_u32(code).map(|means| (means, slashes + 5))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Not a real secret, and long enough to be found in pieces.
    const SECRET: &str = "0123456789+abcdefghij/ABCDEFGHIJ=klmnop-token";

    #[test]
    fn whole_cut_and_escaped() {
        for text in [
            SECRET.to_owned(),
            SECRET[..20].to_owned(),
            SECRET[7..27].to_owned(),
            SECRET[SECRET.len() - 20..].to_owned(),
            SECRET.replace('+', "\\u002b").replace('/', "\\/"),
            SECRET.replace('+', "\\\\u002B").replace('/', "\\\\\\/"),
            SECRET.replace('0', "\\u0030"),
            SECRET.replace('+', "%2B").replace('/', "%2f").replace('=', "%3D"),
        ] {
            assert_eq!(
                redact(SECRET, &format!("you sent {text} to us")),
                "you sent [token] to us",
                "{text}"
            );
        }
        assert_eq!(redact(SECRET, &SECRET[..19]), SECRET[..19]);
        assert_eq!(
            redact(SECRET, "100 % of it, or C:\\users\\adele"),
            "100 % of it, or C:\\users\\adele"
        );
        assert_eq!(
            redact(SECRET, &format!("{SECRET}{SECRET}x{SECRET}")),
            "[token]x[token]"
        );
    }

    #[test]
    fn a_short_secret_is_not_found_in_pieces_and_a_word_is_not_a_secret() {
        assert_eq!(
            redact("demo-token", "a demo-token, demo-toke"),
            "a [token], demo-toke"
        );
        assert_eq!(redact("the", "the token"), "the token");
    }

    proptest! {
        #[test]
        fn no_piece_is_left(before in "\\PC{0,30}", from in 0_usize..25, length in 20_usize..45, after in "\\PC{0,30}") {
            let piece = &SECRET[from..(from + length).min(SECRET.len())];
            let left = redact(SECRET, &format!("{before}{piece}{after}"));
            for at in 0..=SECRET.len() - PIECE {
                prop_assert!(!left.contains(&SECRET[at..at + PIECE]), "{}", left);
            }
        }

        #[test]
        fn a_text_without_the_secret_is_unchanged(text in "(\\PC|\\\\u00[0-9a-f]{2}|%[0-9A-F]{2}){0,60}") {
            prop_assert_eq!(redact(SECRET, &text), text);
        }
    }
}
