//! How the scenario runners of each language print records and parse options from `name=value` arguments. The driver checks
//! the output against its own list of fields.

mod c;
mod cpp;
mod dotnet;
mod rust;

use super::Generated;
use super::model::{Model, ParameterKind, Record, Setter};
use crate::tools::Result;

/// The records that runners print as a whole; results and summaries differ by call and are hand-written.
const PRINTED: [&str; 5] = ["Receipt", "Failure", "Warning", "Device", "VerifiedDevice"];
const OPTIONS: [&str; 3] = ["ClientOptions", "CallOptions", "RunOptions"];

pub(super) fn files(model: &Model) -> Result<Vec<Generated>> {
    Ok(vec![
        c::file(model)?,
        c::nothing(model)?,
        cpp::file(model)?,
        dotnet::file(model)?,
        rust::file(model)?,
    ])
}

fn printed(model: &Model) -> Result<Vec<&Record>> {
    let record = |name: &&str| {
        model
            .record(name)
            .ok_or_else(|| format!("core has no {name}").into())
    };
    PRINTED.iter().map(record).collect()
}

/// How an option is written as an argument.
enum Argument {
    /// `name=1`
    Switch,
    /// `name=0` or `name=1`
    Flag,
    Text,
    /// One argument for each value.
    Texts,
    Number,
    /// `name_ms=`
    Milliseconds,
    /// `name_base_ms=` and `name_cap_ms=`
    TwoMilliseconds,
    /// `name=150/20`: 150 requests in 20 seconds
    Quota,
    /// `name=one:other`
    Pair,
}

fn argument(setter: &Setter) -> Argument {
    let kinds: Vec<ParameterKind> = setter.parameters.iter().map(|parameter| parameter.kind).collect();
    match kinds.as_slice() {
        [] => Argument::Switch,
        _ if setter.adds => Argument::Texts,
        [ParameterKind::Flag] => Argument::Flag,
        [ParameterKind::Number | ParameterKind::SmallNumber | ParameterKind::LargeNumber] => Argument::Number,
        [ParameterKind::Duration] => Argument::Milliseconds,
        [ParameterKind::Duration, ParameterKind::Duration] => Argument::TwoMilliseconds,
        [ParameterKind::Number, _] => Argument::Quota,
        [_] => Argument::Text,
        _ => Argument::Pair,
    }
}
