//! `name=value` arguments; a value may be given as the hex of its bytes.

use std::time::Duration;

/// A call that the Rust API cannot express.
pub(crate) struct Unsupported(pub(crate) &'static str);

/// The arguments in the order given.
pub(crate) struct Arguments(Vec<(String, String)>);

impl Arguments {
    pub(crate) fn read(words: impl Iterator<Item = String>) -> Result<Self, Unsupported> {
        let pairs = words.filter_map(|word| {
            word.split_once('=')
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
        });
        pairs
            .map(|(name, value)| Ok((name, decoded(value)?)))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Every value of a name.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(found, _)| found == name)
            .map(|(_, value)| value.as_str())
    }

    /// `150/20`: 150 requests in 20 seconds.
    pub(crate) fn quota(&self, name: &str) -> Result<Option<(usize, Duration)>, Unsupported> {
        let Some(text) = self.text(name) else {
            return Ok(None);
        };
        let parse = |text: &str| text.parse().map_err(|_| Unsupported("a quota below zero"));
        let (requests, seconds) = text.split_once('/').ok_or(Unsupported("no quota"))?;
        let requests = usize::try_from(parse(requests)?).unwrap_or(usize::MAX);
        Ok(Some((requests, Duration::from_secs(parse(seconds)?))))
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(found, _)| found == name)
            .map(|(_, value)| value.as_str())
    }

    /// An argument that the Rust API requires.
    pub(crate) fn needed(&self, name: &str) -> Result<&str, Unsupported> {
        self.text(name).ok_or(Unsupported("absent"))
    }

    pub(crate) fn number(&self, name: &str) -> Result<Option<u64>, Unsupported> {
        let parse = |text: &str| text.parse().map_err(|_| Unsupported("a number below zero"));
        self.text(name).map(parse).transpose()
    }

    pub(crate) fn milliseconds(&self, name: &str) -> Result<Option<Duration>, Unsupported> {
        Ok(self.number(name)?.map(Duration::from_millis))
    }
}

fn decoded(value: String) -> Result<String, Unsupported> {
    let Some(digits) = value.strip_prefix("hex:") else {
        return Ok(value);
    };
    let pairs = digits
        .as_bytes()
        .chunks(2)
        .map(|pair| std::str::from_utf8(pair).unwrap_or_default());
    let bytes = pairs
        .filter_map(|pair| u8::from_str_radix(pair, 16).ok())
        .collect();
    String::from_utf8(bytes).map_err(|_| Unsupported("not utf-8"))
}
