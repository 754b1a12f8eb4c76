//! The parts of `graph_devices.hpp` that mirror core: enumerations, records and options. RAII, exceptions and the range of
//! events are hand-written.

use super::capi::options::name as setter_name;
use super::docs::{Style, comment, paragraphs};
use super::model::{Field, Kind, Model, Options, ParameterKind, Record, Setter, Words};
use super::{Generated, names};
use crate::tools::Result;

const WIDTH: usize = 118;

pub(super) fn files(model: &Model) -> Result<Vec<Generated>> {
    Ok(vec![
        file(
            "include/graph_devices/generated/words.hpp",
            "The numbers of graph_devices.h as enumerations, and their names.",
            &["<cstdint>", "\"../../graph_devices.h\""],
            &model.words.iter().map(words).collect::<String>(),
        ),
        file(
            "include/graph_devices/generated/records.hpp",
            "What the library returns, field by field.",
            &[
                "<chrono>",
                "<cstdint>",
                "<memory>",
                "<optional>",
                "<string>",
                "<utility>",
                "<vector>",
                "\"../detail.hpp\"",
                "\"words.hpp\"",
            ],
            &records(model)?,
        ),
        file(
            "include/graph_devices/generated/options.hpp",
            "What a caller may choose. An absent option keeps its default, which graph_devices.h names.",
            &[
                "<chrono>",
                "<cstdint>",
                "<optional>",
                "<string>",
                "<vector>",
                "\"../set.hpp\"",
            ],
            &options(model)?,
        ),
    ])
}

fn file(path: &'static str, about: &str, includes: &[&str], body: &str) -> Generated {
    let name = path.rsplit('/').next().unwrap_or(path).trim_end_matches(".hpp");
    let guard = format!("GRAPH_DEVICES_GENERATED_{}_HPP", name.to_ascii_uppercase());
    let (system, own): (Vec<&str>, Vec<&str>) = includes.iter().partition(|include| include.starts_with('<'));
    let lines = |includes: &[&str]| {
        includes
            .iter()
            .map(|include| format!("#include {include}\n"))
            .collect::<String>()
    };
    Generated {
        path,
        text: format!(
            "/* {about}\n * Written by `cargo xtask generate`; do not edit. Part of graph_devices.hpp. License: MIT OR Apache-2.0. */\n#ifndef {guard}\n#define {guard}\n\n{}\n{}\nnamespace graph_devices {{\n{body}\n}}  // namespace graph_devices\n\n#endif  // {guard}\n",
            lines(&system),
            lines(&own)
        ),
    }
}

/// How comments of the C++ headers name things.
struct Cpp;

impl Style for Cpp {
    fn member(&self, ty: &str, member: &str) -> String {
        match ty {
            "ClientOptions" | "CallOptions" | "RunOptions" | "Client" | "Run" => format!("`{member}`"),
            ty if member.starts_with(|letter: char| letter.is_ascii_uppercase()) => {
                format!("`{}::{}`", names::c(ty), names::snake(member))
            }
            _ => format!("`{member}()`"),
        }
    }

    fn ty(&self, ty: &str) -> String {
        format!("`{}`", names::c(ty))
    }
}

fn doc(doc: &super::model::Doc, indent: &str) -> String {
    comment(&paragraphs(doc, &Cpp), &format!("{indent}/// "), WIDTH)
}

fn words(words: &Words) -> String {
    let c = names::c(&words.name);
    let constants = names::constants(&words.name);
    // `None` is an absent event instead.
    let members = words
        .members
        .iter()
        .filter(|member| !(c == "event_kind" && member.number == 0));
    let members: String = members
        .map(|member| {
            format!(
                "{}    {} = {constants}{},\n",
                doc(&member.doc, "    "),
                names::snake(&member.ident),
                names::screaming(&member.ident)
            )
        })
        .collect();
    format!(
        "\n{}enum class {c} : std::int32_t {{\n{members}}};\n\n/// Its name, the same in every language.\ninline const char *name({c} value) noexcept {{\n    return graph_{c}_name(static_cast<std::int32_t>(value));\n}}\n",
        doc(&words.doc, "")
    )
}

/// The records that are classes; `error` and `event` are hand-written over a base with their fields.
fn records(model: &Model) -> Result<String> {
    let record = |name: &str| model.record(name).ok_or_else(|| format!("core has no {name}"));
    let mut out = base(record("Failure")?, "error", &["status", "message"]);
    for name in ["Receipt", "Warning", "Device", "DeviceList", "VerifiedDevice"] {
        out += &class(record(name)?);
    }
    Ok(out)
}

fn class(record: &Record) -> String {
    let c = names::c(&record.name);
    let accessors: String = record
        .fields
        .iter()
        .map(|field| accessor(&record.name, field))
        .collect();
    format!(
        "\n{}class {c} {{\npublic:\n    explicit {c}(std::shared_ptr<const graph_{c}> handle) noexcept : handle_(std::move(handle)) {{}}\n\n{accessors}\nprivate:\n    std::shared_ptr<const graph_{c}> handle_;\n}};\n",
        doc(&record.doc, "")
    )
}

fn base(record: &Record, c: &str, without: &[&str]) -> String {
    let fields = record
        .fields
        .iter()
        .filter(|field| !without.contains(&field.name.as_str()));
    let accessors: String = fields.map(|field| accessor(&record.name, field)).collect();
    format!(
        "\n/// The fields of {c}.\nclass {c}_fields {{\npublic:\n{accessors}\nprotected:\n    {c}_fields() noexcept = default;\n    explicit {c}_fields(std::shared_ptr<const graph_{c}> handle) noexcept : handle_(std::move(handle)) {{}}\n\n    std::shared_ptr<const graph_{c}> handle_ = {{}};\n}};\n"
    )
}

fn accessor(record: &str, field: &Field) -> String {
    let c = names::c(record);
    let get = match (record, field.name.as_str()) {
        ("Warning", "code") => "graph_warning_id(handle_.get())".to_owned(),
        (_, name) => format!("graph_{c}_{name}(handle_.get())"),
    };
    let with_unit = format!("graph_{c}_{}_ms(handle_.get())", field.name);
    let (ty, can_throw, value) = match &field.kind {
        Kind::Text | Kind::State => ("std::string".to_owned(), true, get),
        Kind::MaybeText => (
            "std::optional<std::string>".to_owned(),
            true,
            format!("graph_devices::detail::text({get})"),
        ),
        Kind::Number => ("int".to_owned(), false, get),
        Kind::Count => ("std::int64_t".to_owned(), false, get),
        Kind::MaybeNumber => (
            "std::optional<int>".to_owned(),
            false,
            format!("graph_devices::detail::number({get})"),
        ),
        Kind::MaybeFlag => (
            "std::optional<bool>".to_owned(),
            false,
            format!("graph_devices::detail::tristate({get})"),
        ),
        Kind::Duration => (
            "std::chrono::milliseconds".to_owned(),
            false,
            format!("std::chrono::milliseconds({with_unit})"),
        ),
        Kind::MaybeDuration => (
            "std::optional<std::chrono::milliseconds>".to_owned(),
            false,
            format!("graph_devices::detail::duration({with_unit})"),
        ),
        Kind::Word(words) | Kind::MaybeWord(words) => {
            let ty = format!("graph_devices::{}", names::c(words));
            let value = format!("static_cast<{ty}>({get})");
            (ty, false, value)
        }
        Kind::List(element) => {
            let element = names::c(element);
            let one = field.name.trim_end_matches('s');
            let (count, get) = if (record, field.name.as_str()) == ("DeviceList", "devices") {
                (format!("graph_{c}_count"), format!("graph_{c}_get"))
            } else {
                (format!("graph_{c}_{one}_count"), format!("graph_{c}_{one}"))
            };
            (
                format!("std::vector<graph_devices::{element}>"),
                true,
                format!(
                    "graph_devices::detail::parts<graph_devices::{element}>(handle_, {count}(handle_.get()), {get})"
                ),
            )
        }
        Kind::Maybe(element) => {
            let element = names::c(element);
            (
                format!("std::optional<graph_devices::{element}>"),
                true,
                format!("graph_devices::detail::part<graph_devices::{element}>(handle_, {get})"),
            )
        }
    };
    let noexcept = if can_throw { "" } else { " noexcept" };
    let head = format!("    {ty} {}() const{noexcept} {{", field.name);
    let one_line = format!("{head} return {value}; }}\n");
    let body = if one_line.len() <= WIDTH {
        one_line
    } else {
        format!("{head}\n        return {value};\n    }}\n")
    };
    doc(&field.doc, "    ") + &body
}

fn options(model: &Model) -> Result<String> {
    let mut out = String::new();
    for name in ["ClientOptions", "CallOptions", "RunOptions"] {
        let options = model.options(name).ok_or_else(|| format!("core has no {name}"))?;
        out += &structure(options);
    }
    out += "\nnamespace detail {\n";
    for name in ["ClientOptions", "CallOptions", "RunOptions"] {
        let options = model.options(name).ok_or_else(|| format!("core has no {name}"))?;
        out += &conversion(options);
    }
    out += "\n}  // namespace detail\n";
    Ok(out)
}

fn structure(options: &Options) -> String {
    let mut members = String::new();
    for setter in &options.setters {
        members += &doc(&setter.doc, "    ");
        members += &format!("    {} {} = {{}};\n", member_type(setter), setter.name);
        if setter.name == "endpoint" {
            members += "    /// Reads the endpoint from GRAPH_DEVICES_ENDPOINT; only known clouds and loopback are allowed there. Has no effect if\n    /// `cloud` or `endpoint` is set.\n    bool endpoint_from_environment = false;\n    /// The same for a runtime with its own copy of the environment: its text of GRAPH_DEVICES_ENDPOINT.\n    std::optional<std::string> endpoint_variable_value = {};\n";
        }
    }
    format!(
        "\n{}struct {} {{\n{members}}};\n",
        doc(&options.doc, ""),
        names::c(&options.name)
    )
}

fn member_type(setter: &Setter) -> &'static str {
    let kinds: Vec<ParameterKind> = setter.parameters.iter().map(|parameter| parameter.kind).collect();
    match kinds.as_slice() {
        [] => "std::optional<bool>",
        _ if setter.adds => "std::vector<std::string>",
        [ParameterKind::Flag] => "std::optional<bool>",
        [ParameterKind::Duration] => "std::optional<std::chrono::milliseconds>",
        [ParameterKind::Number | ParameterKind::SmallNumber | ParameterKind::LargeNumber] => {
            "std::optional<int>"
        }
        [_] => "std::optional<std::string>",
        [ParameterKind::Duration, _] => "std::optional<graph_devices::backoff>",
        [ParameterKind::Number, _] => "std::optional<graph_devices::quota>",
        _ => "std::optional<graph_devices::input>",
    }
}

fn conversion(options: &Options) -> String {
    let c = names::c(&options.name);
    let mut body = String::new();
    for setter in &options.setters {
        let (function, member) = (setter_name(&options.name, setter), &setter.name);
        let is_text =
            setter.parameters.len() == 1 && matches!(member_type(setter), "std::optional<std::string>");
        body += &if setter.parameters.is_empty() {
            format!("    if (from.{member}.value_or(false)) call({function}, to);\n")
        } else if setter.adds {
            format!(
                "    for (const std::string &one : from.{member}) call({function}, to, whole(one, \"{member}\"));\n"
            )
        } else if setter.name == "ca_certificates" {
            format!("    set(to, {function}, visible(from.{member}), \"{member}\");\n")
        } else if is_text {
            format!("    set(to, {function}, from.{member}, \"{member}\");\n")
        } else {
            format!("    set(to, {function}, from.{member});\n")
        };
        if setter.name == "cloud" {
            body += "    if (from.endpoint_from_environment) call(graph_options_set_endpoint_from_environment, to);\n    set(to, graph_options_set_endpoint_variable_value, from.endpoint_variable_value, \"endpoint_variable_value\");\n";
        }
    }
    format!(
        "\ninline {c}_handle handle(const {c} &from) {{\n    auto made = detail::made<{c}_handle>(graph_{c}_new());\n    graph_{c} *to = made.get();\n{body}    return made;\n}}\n"
    )
}
