//! The public surface of core, as the languages mirror it.

/// Everything that is mirrored in other languages.
#[derive(Clone, Debug, Default)]
pub(crate) struct Model {
    pub(crate) words: Vec<Words>,
    pub(crate) records: Vec<Record>,
    pub(crate) options: Vec<Options>,
    pub(crate) events: Vec<Event>,
}

/// An enumeration whose members have the same number and name in every language.
#[derive(Clone, Debug)]
pub(crate) struct Words {
    /// In Rust, such as `WarningCode`.
    pub(crate) name: String,
    pub(crate) doc: Doc,
    pub(crate) members: Vec<Word>,
}

#[derive(Clone, Debug)]
pub(crate) struct Word {
    /// In Rust, such as `UserNotFound`.
    pub(crate) ident: String,
    pub(crate) number: i32,
    pub(crate) doc: Doc,
}

/// A struct that callers read.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    /// In Rust, such as `Receipt`.
    pub(crate) name: String,
    pub(crate) doc: Doc,
    pub(crate) fields: Vec<Field>,
}

#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) doc: Doc,
    pub(crate) kind: Kind,
}

/// What a field holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    /// Absent if the service omitted it.
    MaybeText,
    /// `u32`
    Number,
    /// `u16`
    MaybeNumber,
    /// `u64`
    Count,
    Duration,
    MaybeDuration,
    MaybeFlag,
    /// A number of that enumeration.
    Word(String),
    MaybeWord(String),
    /// `ManagementState`: a text; the service may add values.
    State,
    List(String),
    /// Another record.
    Maybe(String),
}

/// A struct of options: its public setters.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    /// In Rust, such as `RunOptions`.
    pub(crate) name: String,
    pub(crate) doc: Doc,
    pub(crate) setters: Vec<Setter>,
}

#[derive(Clone, Debug)]
pub(crate) struct Setter {
    pub(crate) name: String,
    pub(crate) doc: Doc,
    pub(crate) parameters: Vec<Parameter>,
    /// Whether it returns a `Result`.
    pub(crate) checks: bool,
    /// Whether each call adds one more value.
    pub(crate) adds: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) kind: ParameterKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ParameterKind {
    Text,
    Path,
    Flag,
    /// `usize`
    Number,
    /// `u32`
    SmallNumber,
    /// `u64`
    LargeNumber,
    Duration,
    User,
    Warning,
    Cloud,
    Endpoint,
}

/// A variant of `Event`.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    /// In Rust, such as `NeedUsers`.
    pub(crate) ident: String,
    /// The record that it carries.
    pub(crate) record: Option<String>,
}

/// A doc comment: paragraphs of plain text, with links as rustdoc has them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Doc(pub(crate) String);

impl Model {
    pub(crate) fn record(&self, name: &str) -> Option<&Record> {
        self.records.iter().find(|record| record.name == name)
    }

    pub(crate) fn words(&self, name: &str) -> Option<&Words> {
        self.words.iter().find(|words| words.name == name)
    }

    pub(crate) fn options(&self, name: &str) -> Option<&Options> {
        self.options.iter().find(|options| options.name == name)
    }
}
