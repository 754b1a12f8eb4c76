//! The .NET assembly's P/Invoke declarations, records and options, in the C# 5 that Windows PowerShell's own compiler
//! reads.

use super::capi::options::name as setter_name;
use super::docs::{Style, line};
use super::exports::{CType, Export};
use super::model::{Doc, Field, Kind, Model, Options, ParameterKind, Record, Setter};
use super::{Generated, names};
use crate::tools::Result;

/// The handles that .NET owns by a `SafeHandle`; accessors of the others take a plain pointer, which an event may own.
const SAFE: [&str; 6] = [
    "graph_options",
    "graph_call_options",
    "graph_run_options",
    "graph_client",
    "graph_run",
    "graph_event",
];

pub(super) fn files(model: &Model, exports: &[Export]) -> Result<Vec<Generated>> {
    Ok(vec![
        file("bindings/powershell/src/generated/Native.cs", &native(exports)),
        file("bindings/powershell/src/generated/Numbers.cs", &numbers(model)?),
        file("bindings/powershell/src/generated/Records.cs", &records(model)?),
        file("bindings/powershell/src/generated/Options.cs", &options(model)?),
    ])
}

fn file(path: &'static str, body: &str) -> Generated {
    Generated {
        path,
        text: format!(
            "// Written by `cargo xtask generate`; do not edit.\nusing System;\nusing System.Collections.Generic;\nusing System.Runtime.InteropServices;\n\nnamespace GraphDevices\n{{\n{body}}}\n"
        ),
    }
}

/// How XML comments name things.
struct CSharp;

impl Style for CSharp {
    fn member(&self, ty: &str, member: &str) -> String {
        match ty {
            "ClientOptions" => format!("Set{}", names::pascal(member)),
            "CallOptions" | "RunOptions" => property(ty, member),
            ty if member.starts_with(|letter: char| letter.is_ascii_uppercase()) => names::word(ty, member),
            _ => property(ty, member),
        }
    }

    fn ty(&self, ty: &str) -> String {
        class(ty).to_owned()
    }

    fn code(&self, text: &str) -> String {
        text.to_owned()
    }
}

fn doc(doc: &Doc, note: &str, indent: &str) -> String {
    let text = line(doc, &CSharp)
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    let note = if note.is_empty() {
        String::new()
    } else {
        format!(" {note}")
    };
    format!("{indent}/// <summary>{text}{note}</summary>\n")
}

/// The class of a record or of options.
pub(super) fn class(record: &str) -> &str {
    match record {
        "Failure" => "GraphException",
        "Warning" => "DeviceWarning",
        record => record,
    }
}

pub(super) fn property(record: &str, field: &str) -> String {
    match (record, field) {
        ("Device", "os_version") => "OSVersion".to_owned(),
        _ => names::pascal(field),
    }
}

fn native(exports: &[Export]) -> String {
    let mut text = String::from(
        "    /// <summary>The functions of graph_devices.h; the header says what each does.</summary>\n    internal static partial class Native\n    {\n",
    );
    for export in exports {
        let parameters: Vec<String> = export
            .parameters
            .iter()
            .map(|(name, ty)| parameter(export, name, ty))
            .collect();
        let result = match &export.result {
            None => "void".to_owned(),
            Some(CType::Handle(handle)) if export.name.ends_with("_new") => safe(handle),
            Some(ty) => plain(ty).to_owned(),
        };
        text += &format!(
            "        [DllImport(Library, CallingConvention = Convention)]\n        internal static extern {result} {}({});\n",
            export.name,
            parameters.join(", ")
        );
    }
    text + "    }\n"
}

fn parameter(export: &Export, name: &str, ty: &CType) -> String {
    let name = match name {
        "event" => "evt".to_owned(),
        "base_ms" => "baseMs".to_owned(),
        name => names::camel(name),
    };
    let ty = match ty {
        // A token is passed from memory that is cleared afterwards.
        CType::Text if name == "token" && !export.name.starts_with("graph_remove_all_devices") => {
            "IntPtr".to_owned()
        }
        CType::Text => "byte[]".to_owned(),
        CType::Handle(handle) if SAFE.contains(&handle.as_str()) && !export.name.ends_with("_free") => {
            safe(handle)
        }
        CType::OutHandle(handle) => format!("out {}", safe(handle)),
        ty => plain(ty).to_owned(),
    };
    format!("{ty} {name}")
}

fn plain(ty: &CType) -> &'static str {
    match ty {
        CType::Int32 => "int",
        CType::Int64 => "long",
        CType::UInt32 => "uint",
        _ => "IntPtr",
    }
}

/// `graph_run_options` -> `RunOptionsHandle`
fn safe(handle: &str) -> String {
    format!("{}Handle", names::pascal(handle.trim_start_matches("graph_")))
}

/// Constants that hand-written code uses by name.
fn numbers(model: &Model) -> Result<String> {
    let mut text = String::new();
    for (words, class) in [("Status", "StatusNumber"), ("EventKind", "EventNumber")] {
        let found = model.words(words).ok_or_else(|| format!("core has no {words}"))?;
        text += &format!(
            "{}    internal static class {class}\n    {{\n",
            doc(&found.doc, "", "    ")
        );
        for member in &found.members {
            text += &doc(&member.doc, "", "        ");
            text += &format!(
                "        internal const int {} = {};\n",
                member.ident, member.number
            );
        }
        text += "    }\n\n";
    }
    Ok(text.trim_end().to_owned() + "\n")
}

fn records(model: &Model) -> Result<String> {
    let mut text = String::new();
    for name in [
        "Failure",
        "Receipt",
        "Warning",
        "Device",
        "DeviceList",
        "VerifiedDevice",
    ] {
        let record = model.record(name).ok_or_else(|| format!("core has no {name}"))?;
        text += &one_record(record);
        text.push('\n');
    }
    Ok(text.trim_end().to_owned() + "\n")
}

fn one_record(record: &Record) -> String {
    let class = class(&record.name);
    let c = names::c(&record.name);
    let is_exception = record.name == "Failure";
    let (mut properties, mut reads) = (String::new(), String::new());
    for field in &record.fields {
        // The message is the exception's own.
        if is_exception && field.name == "message" {
            continue;
        }
        let (ty, value, note) = value(&record.name, field, &c);
        let name = property(&record.name, &field.name);
        properties += &doc(&field.doc, note, "        ");
        properties += &format!("        public {ty} {name} {{ get; private set; }}\n");
        reads += &format!("                {name} = {value},\n");
        if is_exception && field.name == "status" {
            properties += "        /// <summary>The number of the status, the same in every language.</summary>\n        public int StatusNumber { get; private set; }\n";
            reads += "                StatusNumber = Native.graph_error_status(from),\n";
        }
    }
    let (constructor, made) = if is_exception {
        (
            String::new(),
            "new GraphException(Utf8.FromNative(Native.graph_error_message(from)))".to_owned(),
        )
    } else {
        (
            format!("        private {class}() {{ }}\n\n"),
            format!("new {class}"),
        )
    };
    format!(
        "{}    public sealed partial class {class}\n    {{\n{constructor}{properties}\n        /// <summary>Copies a graph_{c}.</summary>\n        internal static {class} Read(IntPtr from)\n        {{\n            return {made}\n            {{\n{reads}            }};\n        }}\n    }}\n",
        doc(&record.doc, "", "    ")
    )
}

/// The type of a property, how it is read, and its absent value.
fn value(record: &str, field: &Field, c: &str) -> (String, String, &'static str) {
    let get = match (record, field.name.as_str()) {
        ("Warning", "code") => "Native.graph_warning_id(from)".to_owned(),
        (_, name) => format!("Native.graph_{c}_{name}(from)"),
    };
    let with_unit = format!("Native.graph_{c}_{}_ms(from)", field.name);
    let plain = |ty: &str, value: String, note| (ty.to_owned(), value, note);
    match &field.kind {
        Kind::Text | Kind::State => plain("string", format!("Utf8.FromNative({get})"), ""),
        Kind::MaybeText => plain("string", format!("Utf8.FromNative({get})"), "Null if absent."),
        Kind::Number => plain("int", get, ""),
        Kind::Count => plain("long", get, ""),
        Kind::MaybeNumber => plain("int?", format!("Absent.Number({get})"), "Null if absent."),
        Kind::MaybeFlag => plain("bool?", format!("Absent.Flag({get})"), "Null if absent."),
        Kind::Duration => plain("double", format!("{with_unit} / 1000.0"), "In seconds."),
        Kind::MaybeDuration => plain(
            "double?",
            format!("Absent.Seconds({with_unit})"),
            "In seconds; null if absent.",
        ),
        Kind::Word(words) | Kind::MaybeWord(words) => plain(
            "string",
            format!("Utf8.FromNative(Native.graph_{}_name({get}))", names::c(words)),
            "",
        ),
        Kind::List(element) => {
            let class = class(element);
            let one = field.name.trim_end_matches('s');
            let (count, get) = if (record, field.name.as_str()) == ("DeviceList", "devices") {
                (format!("graph_{c}_count"), format!("graph_{c}_get"))
            } else {
                (format!("graph_{c}_{one}_count"), format!("graph_{c}_{one}"))
            };
            (
                format!("IList<{class}>"),
                format!("Parts.All(from, Native.{count}(from), Native.{get}, {class}.Read)"),
                "",
            )
        }
        Kind::Maybe(element) => {
            let class = class(element);
            (
                class.to_owned(),
                format!("Parts.One({get}, {class}.Read)"),
                "Null if absent.",
            )
        }
    }
}

fn options(model: &Model) -> Result<String> {
    let of = |name: &str| model.options(name).ok_or_else(|| format!("core has no {name}"));
    let mut text = client_options(of("ClientOptions")?);
    for name in ["CallOptions", "RunOptions"] {
        text.push('\n');
        text += &properties(of(name)?);
    }
    Ok(text)
}

/// A client's options are set by methods, each of which throws at once.
fn client_options(options: &Options) -> String {
    let mut text = format!(
        "{}    public sealed partial class ClientOptions\n    {{\n",
        doc(&options.doc, "", "    ")
    );
    for setter in &options.setters {
        let parameters: Vec<(String, ParameterKind)> = setter
            .parameters
            .iter()
            .map(|parameter| {
                let name = match parameter.name.as_str() {
                    "base" => "first",
                    "cap" => "longest",
                    name => name,
                };
                (names::camel(name), parameter.kind)
            })
            .collect();
        let declared: Vec<String> = parameters
            .iter()
            .map(|(name, kind)| format!("{} {name}", csharp(*kind)))
            .collect();
        let passed: String = parameters
            .iter()
            .map(|(name, kind)| format!("{}, ", handed(name, *kind)))
            .collect();
        text += &doc(&setter.doc, "", "        ");
        text += &format!(
            "        public void Set{}({})\n        {{\n            ErrorHandle error;\n            GraphException.ThrowIfFailed(Native.{}(Handle, {passed}out error), error);\n        }}\n\n",
            names::pascal(&setter.name),
            declared.join(", "),
            setter_name("ClientOptions", setter)
        );
    }
    text.trim_end().to_owned() + "\n    }\n"
}

fn csharp(kind: ParameterKind) -> &'static str {
    match kind {
        ParameterKind::Flag => "bool",
        ParameterKind::Number | ParameterKind::SmallNumber | ParameterKind::LargeNumber => "int",
        ParameterKind::Duration => "TimeSpan",
        _ => "string",
    }
}

fn handed(name: &str, kind: ParameterKind) -> String {
    match kind {
        ParameterKind::Flag => format!("{name} ? 1 : 0"),
        ParameterKind::Number | ParameterKind::SmallNumber | ParameterKind::LargeNumber => name.to_owned(),
        ParameterKind::Duration => format!("Utf8.Milliseconds({name})"),
        _ if name == "pem" => format!("Utf8.ToNative(Utf8.Visible({name}))"),
        _ => format!("Utf8.ToNative({name})"),
    }
}

/// Options of a call or a run are properties, which are passed when it starts.
fn properties(options: &Options) -> String {
    let class = &options.name;
    let c = names::c(class);
    let (mut declared, mut set) = (String::new(), String::new());
    for setter in &options.setters {
        let (properties, handed) = passed(setter);
        for (at, (name, ty)) in properties.iter().enumerate() {
            let note = if ty == "bool" {
                ""
            } else {
                "Null leaves the default."
            };
            declared += &doc(&setter.doc, if at == 0 { note } else { "" }, "        ");
            declared += &format!("        public {ty} {name} {{ get; set; }}\n");
        }
        set += &handed.replace("SETTER", &format!("Native.{}", setter_name(class, setter)));
    }
    format!(
        "{}    public sealed partial class {class}\n    {{\n{declared}\n        internal static {class}Handle ToNative({class} options)\n        {{\n            {class}Handle handle = Native.graph_{c}_new();\n            if (options == null) return handle;\n            try\n            {{\n                options.SetOn(handle);\n                return handle;\n            }}\n            catch\n            {{\n                handle.Dispose();\n                throw;\n            }}\n        }}\n\n        private void SetOn({class}Handle to)\n        {{\n            ErrorHandle error;\n{set}        }}\n    }}\n",
        doc(&options.doc, "", "    ")
    )
}

/// The properties of an option, and the statement that passes them.
fn passed(setter: &Setter) -> (Vec<(String, String)>, String) {
    let name = names::pascal(&setter.name);
    let kinds: Vec<ParameterKind> = setter.parameters.iter().map(|parameter| parameter.kind).collect();
    let one = |ty: &str, condition: String, values: String| {
        (
            vec![(name.clone(), ty.to_owned())],
            format!(
                "            if ({condition}) GraphException.ThrowIfFailed(SETTER(to, {values}out error), error);\n"
            ),
        )
    };
    match kinds.as_slice() {
        [] => one("bool", name.clone(), String::new()),
        _ if setter.adds => (
            vec![(name.clone(), "IEnumerable<string>".to_owned())],
            format!(
                "            foreach (string one in {name} ?? new string[0])\n                GraphException.ThrowIfFailed(SETTER(to, Utf8.ToNative(one ?? \"\"), out error), error);\n"
            ),
        ),
        [ParameterKind::Flag] => one(
            "bool?",
            format!("{name} != null"),
            format!("{name}.Value ? 1 : 0, "),
        ),
        [ParameterKind::Duration] => one(
            "TimeSpan?",
            format!("{name} != null"),
            format!("Utf8.Milliseconds({name}.Value), "),
        ),
        [ParameterKind::Number | ParameterKind::SmallNumber | ParameterKind::LargeNumber] => {
            one("int?", format!("{name} != null"), format!("{name}.Value, "))
        }
        [_] => one(
            "string",
            format!("{name} != null"),
            format!("Utf8.ToNative({name}), "),
        ),
        [ParameterKind::Number, ParameterKind::Duration] => one(
            "Quota",
            format!("{name} != null"),
            format!("{name}.Requests, Utf8.Milliseconds({name}.Window), "),
        ),
        _ => {
            let parts: Vec<String> = setter
                .parameters
                .iter()
                .map(|parameter| name.clone() + &names::pascal(&parameter.name))
                .collect();
            let given: Vec<String> = parts.iter().map(|part| format!("{part} != null")).collect();
            let values: String = parts
                .iter()
                .map(|part| format!("Utf8.ToNative({part}), "))
                .collect();
            (
                parts
                    .into_iter()
                    .map(|part| (part, "string".to_owned()))
                    .collect(),
                format!(
                    "            if ({}) GraphException.ThrowIfFailed(SETTER(to, {values}out error), error);\n",
                    given.join(" || ")
                ),
            )
        }
    }
}
