//! The bytes of a list as text. No encoding is guessed: bytes that are not UTF-8 become U+FFFD, which core refuses in a
//! user, and which matters in no other column.

use std::fmt;

use super::ListError;

/// How the text of a list was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// UTF-8, also without characters outside ASCII.
    #[default]
    Utf8,
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
    /// The code page of Western Europe, which Windows calls ANSI there.
    Windows1252,
}

impl Encoding {
    /// Every encoding.
    pub(crate) const ALL: [Self; 4] = [Self::Utf8, Self::Utf16Le, Self::Utf16Be, Self::Windows1252];

    /// The name, as `--encoding` takes it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
            Self::Windows1252 => "windows-1252",
        }
    }
}

impl std::str::FromStr for Encoding {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::ALL
            .into_iter()
            .find(|encoding| encoding.name().eq_ignore_ascii_case(text));
        known.ok_or_else(|| {
            format!(
                "there is no encoding {text:?}; there are {}",
                Self::ALL.map(Self::name).join(", ")
            )
        })
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The text of a list.
pub(super) struct Decoded {
    pub(super) text: String,
    pub(super) encoding: Encoding,
    /// Whether a byte order mark stood at its beginning.
    pub(super) has_mark: bool,
    /// Whether bytes became U+FFFD.
    pub(super) is_lossy: bool,
}

/// The byte order marks.
const MARKS: [(&[u8], Encoding); 3] = [
    (b"\xef\xbb\xbf", Encoding::Utf8),
    (b"\xff\xfe", Encoding::Utf16Le),
    (b"\xfe\xff", Encoding::Utf16Be),
];

/// The first bytes of files that are no text.
const NO_LISTS: [(&[u8], &str); 4] = [
    (b"PK\x03\x04", "it is an Excel workbook; save it as \"CSV UTF-8\""),
    (
        b"\xd0\xcf\x11\xe0",
        "it is an old or a protected Excel workbook; save it as \"CSV UTF-8\"",
    ),
    (b"%PDF", "it is a PDF; export the list as CSV"),
    (b"\xff\xfe\0\0", "it is UTF-32; save it as UTF-8"),
];

/// Reads bytes as text, in the encoding that was named, or the one that the bytes show.
pub(super) fn decode(bytes: &[u8], named: Option<Encoding>) -> Result<Decoded, ListError> {
    if let Some((_, why)) = NO_LISTS.iter().find(|(start, _)| bytes.starts_with(start)) {
        return Err(ListError::new(*why));
    }
    let mark = MARKS.iter().find(|(mark, _)| bytes.starts_with(mark));
    if let (Some((_, marked)), Some(named)) = (mark, named)
        && *marked != named
    {
        return Err(ListError::new(format!(
            "it begins with the byte order mark of {marked}; leave out --encoding {named}"
        )));
    }
    let (body, encoding) = match mark {
        Some((mark, encoding)) => (bytes.get(mark.len()..).unwrap_or_default(), *encoding),
        None => (bytes, named.unwrap_or(Encoding::Utf8)),
    };
    let text = match encoding {
        Encoding::Utf8 => String::from_utf8_lossy(body).into_owned(),
        Encoding::Utf16Le => utf_16(body, u16::from_le_bytes),
        Encoding::Utf16Be => utf_16(body, u16::from_be_bytes),
        Encoding::Windows1252 => windows_1252(body)?,
    };
    if text.contains('\0') {
        return Err(ListError::new(if mark.is_none() && named.is_none() {
            "it contains NUL bytes, as UTF-16 does; if it is UTF-16, add --encoding utf-16le or --encoding utf-16be"
        } else {
            "it contains NUL characters, so it is not text in that encoding; save it as UTF-8"
        }));
    }
    Ok(Decoded {
        is_lossy: text.contains(char::REPLACEMENT_CHARACTER),
        text,
        encoding,
        has_mark: mark.is_some(),
    })
}

fn utf_16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let (units, rest) = bytes.as_chunks::<2>();
    let mut text: String = char::decode_utf16(units.iter().map(|pair| unit(*pair)))
        .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect();
    if !rest.is_empty() {
        text.push(char::REPLACEMENT_CHARACTER);
    }
    text
}

/// The characters of bytes 0x80 to 0x9F (<https://www.unicode.org/Public/MAPPINGS/VENDORS/MICSFT/WINDOWS/CP1252.TXT>).
const CP_1252: &str = "€\u{fffd}‚ƒ„…†‡ˆ‰Š‹Œ\u{fffd}Ž\u{fffd}\u{fffd}‘’“”•–—˜™š›œ\u{fffd}žŸ";

fn windows_1252(bytes: &[u8]) -> Result<String, ListError> {
    if !bytes.is_ascii() && std::str::from_utf8(bytes).is_ok() {
        return Err(ListError::new("it is UTF-8; leave out --encoding windows-1252"));
    }
    let high: Vec<char> = CP_1252.chars().collect();
    let character = |byte: &u8| match byte {
        0x80..=0x9f => high.get(usize::from(byte - 0x80)).copied(),
        _ => Some(char::from(*byte)),
    };
    Ok(bytes.iter().filter_map(character).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], named: Option<Encoding>) -> Result<(String, Encoding, bool), String> {
        let text = decode(bytes, named).map_err(|error| error.message)?;
        assert_eq!(
            text.has_mark,
            MARKS.iter().any(|(mark, _)| bytes.starts_with(mark))
        );
        Ok((text.text, text.encoding, text.is_lossy))
    }

    #[test]
    fn the_encoding_is_that_of_the_mark_or_the_one_named() {
        use Encoding::{Utf8, Utf16Be, Utf16Le, Windows1252};
        for (bytes, named, text, encoding) in [
            (&b"a\xc3\xa9"[..], None, "a\u{e9}", Utf8),
            (b"\xef\xbb\xbfa", None, "a", Utf8),
            (b"\xef\xbb\xbfa", Some(Utf8), "a", Utf8),
            (b"\xff\xfea\0\xe9\0", None, "a\u{e9}", Utf16Le),
            (b"\xfe\xff\0a\0\xe9", None, "a\u{e9}", Utf16Be),
            (b"a\0", Some(Utf16Le), "a", Utf16Le),
            (b"\xd8\x3d\xde\x00", Some(Utf16Be), "\u{1f600}", Utf16Be),
            (
                b"a\xe9\x80b\x92",
                Some(Windows1252),
                "a\u{e9}\u{20ac}b\u{2019}",
                Windows1252,
            ),
            (b"a", Some(Windows1252), "a", Windows1252),
            (b"", None, "", Utf8),
        ] {
            assert_eq!(
                read(bytes, named),
                Ok((text.to_owned(), encoding, false)),
                "{bytes:?}"
            );
        }
    }

    #[test]
    fn what_cannot_be_read_becomes_one_sign_and_takes_no_delimiter_with_it() {
        for (bytes, named, text) in [
            (&b"Ad\xe9,a"[..], None, "Ad\u{fffd},a"),
            (b"\xe3\x83,", None, "\u{fffd},"),
            (b"\xff\xfea\0\0", None, "a\u{fffd}"),
            (b"\xff\xfe\0\xd8;\0", None, "\u{fffd};"),
            (b"\x81;", Some(Encoding::Windows1252), "\u{fffd};"),
        ] {
            let read = read(bytes, named).map(|(text, _, lossy)| (text, lossy));
            assert_eq!(read, Ok((text.to_owned(), true)), "{bytes:?}");
        }
    }

    #[test]
    fn what_is_no_text_is_refused_with_what_helps() {
        for (bytes, named, says) in [
            (&b"PK\x03\x04rest"[..], None, "CSV UTF-8"),
            (b"\xd0\xcf\x11\xe0\xa1", None, "protected Excel workbook"),
            (b"%PDF-1.7", None, "PDF"),
            (b"\xff\xfe\0\0a\0\0\0", None, "UTF-32"),
            (b"a\0b\0", None, "--encoding utf-16le"),
            (b"\0a\0b", None, "--encoding utf-16be"),
            (b"a\0b\0", Some(Encoding::Utf8), "not text in that encoding"),
            (
                b"\xef\xbb\xbfa",
                Some(Encoding::Windows1252),
                "leave out --encoding windows-1252",
            ),
            (b"\xff\xfea\0", Some(Encoding::Utf16Be), "mark of utf-16le"),
            (b"a\xc3\xa9", Some(Encoding::Windows1252), "it is UTF-8"),
        ] {
            let error = read(bytes, named).expect_err(says);
            assert!(error.contains(says), "{error}");
        }
    }
}
