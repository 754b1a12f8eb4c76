//! `tests/dotnet/generated/Fields.cs`

use super::{Argument, argument, printed};
use crate::generate::Generated;
use crate::generate::dotnet::{class, property};
use crate::generate::model::{Field, Kind, Model, Options, Record, Setter};
use crate::generate::names;
use crate::tools::Result;

pub(super) fn file(model: &Model) -> Result<Generated> {
    let of = |name: &str| model.options(name).ok_or_else(|| format!("core has no {name}"));
    let printers: String = printed(model)?.into_iter().map(print).collect();
    let text = format!(
        "// What the scenario runner prints of each record, and how it takes options. Written by `cargo xtask generate`; do not edit.\nusing System.Collections.Generic;\nusing System.Linq;\nusing GraphDevices;\n\nstatic partial class Json\n{{\n{printers}}}\n\nstatic class Given\n{{\n{}{}{}}}\n",
        client(of("ClientOptions")?),
        values(of("CallOptions")?),
        values(of("RunOptions")?)
    );
    Ok(Generated {
        path: "tests/dotnet/generated/Fields.cs",
        text,
    })
}

fn print(record: &Record) -> String {
    let class = class(&record.name);
    let members: Vec<String> = record
        .fields
        .iter()
        .map(|field| member(&record.name, field))
        .collect();
    format!(
        "    internal static string Of({class} from)\n    {{\n        if (from == null) return \"null\";\n        return Object(\n            {});\n    }}\n\n    internal static string Of(IList<{class}> all)\n    {{\n        return all == null ? \"null\" : Array(all.Select(Of));\n    }}\n\n",
        members.join(",\n            ")
    )
}

fn member(record: &str, field: &Field) -> String {
    let name = &field.name;
    let get = format!("from.{}", property(record, name));
    match &field.kind {
        Kind::Word(words) if words == "Status" => {
            format!("TextMember(\"{name}\", {get}),\n            Member(\"{name}_number\", {get}Number)")
        }
        Kind::Duration | Kind::MaybeDuration => format!("Member(\"{name}_ms\", Milliseconds({get}))"),
        Kind::Number | Kind::MaybeNumber | Kind::Count | Kind::MaybeFlag => {
            format!("Member(\"{name}\", {get})")
        }
        Kind::List(_) | Kind::Maybe(_) => format!("Member(\"{name}\", Of({get}))"),
        _ => format!("TextMember(\"{name}\", {get})"),
    }
}

fn client(options: &Options) -> String {
    let set = |setter: &Setter| {
        let (name, method) = (
            &setter.name,
            format!("options.Set{}", names::pascal(&setter.name)),
        );
        match argument(setter) {
            Argument::Milliseconds => format!("        given.GiveMilliseconds(\"{name}_ms\", {method});\n"),
            Argument::TwoMilliseconds => format!(
                "        given.Give(\"{name}_base_ms\", first => given.GiveMilliseconds(\"{name}_cap_ms\", longest => {method}(Arguments.Milliseconds(first), longest)));\n"
            ),
            Argument::Number => {
                format!("        given.Give(\"{name}\", value => {method}(int.Parse(value)));\n")
            }
            _ => format!("        given.Give(\"{name}\", {method});\n"),
        }
    };
    let body: String = options.setters.iter().map(set).collect();
    format!("    internal static void Set(ClientOptions options, Arguments given)\n    {{\n{body}    }}\n\n")
}

fn values(options: &Options) -> String {
    let class = &options.name;
    let set = |setter: &Setter| {
        let (name, property) = (&setter.name, names::pascal(&setter.name));
        match argument(setter) {
            Argument::Switch => format!("            {property} = given.Text(\"{name}\") == \"1\",\n"),
            Argument::Flag => format!("            {property} = given.Flag(\"{name}\"),\n"),
            Argument::Texts => format!("            {property} = given.All(\"{name}\"),\n"),
            Argument::Number => format!("            {property} = given.Number(\"{name}\"),\n"),
            Argument::Milliseconds => format!("            {property} = given.Time(\"{name}_ms\"),\n"),
            Argument::Quota => format!("            {property} = given.Quota(\"{name}\"),\n"),
            Argument::Pair => setter
                .parameters
                .iter()
                .enumerate()
                .map(|(at, parameter)| {
                    format!(
                        "            {property}{} = given.Part(\"{name}\", {at}),\n",
                        names::pascal(&parameter.name)
                    )
                })
                .collect(),
            _ => format!("            {property} = given.Text(\"{name}\"),\n"),
        }
    };
    let body: String = options.setters.iter().map(set).collect();
    format!(
        "    internal static {class} {class}(Arguments given)\n    {{\n        return new {class}\n        {{\n{body}        }};\n    }}\n\n"
    )
}
