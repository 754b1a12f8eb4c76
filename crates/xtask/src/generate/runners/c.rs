//! `tests/c/generated/fields.h`

use super::{Argument, OPTIONS, argument, printed};
use crate::generate::Generated;
use crate::generate::capi::options::{name as setter_name, parameter_name, ty};
use crate::generate::model::{Field, Kind, Model, Options, Parameter, Record, Setter};
use crate::generate::names;
use crate::tools::Result;

pub(super) fn file(model: &Model) -> Result<Generated> {
    let mut text = String::from(
        "/* What the scenario runner prints of each record, and how it takes options.\n * Written by `cargo xtask generate`; do not edit. */\n#ifndef FIELDS_H\n#define FIELDS_H\n\n#include \"../scenario.h\"\n",
    );
    for record in printed(model)? {
        // A device has warnings, so `Warning` comes first.
        text += &print(record);
    }
    for name in OPTIONS {
        text += &set(model.options(name).ok_or_else(|| format!("core has no {name}"))?);
    }
    text += "\n#endif\n";
    Ok(Generated {
        path: "tests/c/generated/fields.h",
        text,
    })
}

/// `tests/c/generated/nothing.h`: every accessor with NULL, every setter without options or value.
pub(super) fn nothing(model: &Model) -> Result<Generated> {
    let mut body = String::from("\nstatic void accessors_of_nothing(void) {\n");
    for record in printed(model)? {
        body += &record
            .fields
            .iter()
            .map(|field| absent(record, field))
            .collect::<String>();
    }
    body += "}\n\n/* Refused, and the message names what is missing or negative. */\nstatic void setters_of_nothing(void) {\n    graph_options *options = graph_options_new();\n    graph_call_options *call_options = graph_call_options_new();\n    graph_run_options *run_options = graph_run_options_new();\n";
    for name in OPTIONS {
        let options = model.options(name).ok_or_else(|| format!("core has no {name}"))?;
        body += &options
            .setters
            .iter()
            .map(|setter| refused(options, setter))
            .collect::<String>();
    }
    body += "    graph_options_free(options);\n    graph_call_options_free(call_options);\n    graph_run_options_free(run_options);\n}\n";
    Ok(Generated {
        path: "tests/c/generated/nothing.h",
        text: format!(
            "/* What accessors and setters do with nothing. Written by `cargo xtask generate`; do not edit. */\n#ifndef NOTHING_H\n#define NOTHING_H\n\n#include \"../abi.h\"\n{body}\n#endif\n"
        ),
    })
}

fn absent(record: &Record, field: &Field) -> String {
    let c = names::c(&record.name);
    let name = match (record.name.as_str(), field.name.as_str()) {
        ("Warning", "code") => "id",
        (_, name) => name,
    };
    match &field.kind {
        Kind::Text | Kind::MaybeText | Kind::State | Kind::Maybe(_) => {
            format!("    CHECK(graph_{c}_{name}(NULL) == NULL);\n")
        }
        Kind::MaybeNumber | Kind::MaybeFlag => {
            format!("    CHECK(graph_{c}_{name}(NULL) == -1);\n")
        }
        Kind::Duration | Kind::MaybeDuration => format!("    CHECK(graph_{c}_{name}_ms(NULL) == -1);\n"),
        Kind::Word(words) | Kind::MaybeWord(words) if words == "Verdict" => {
            format!("    CHECK(graph_{c}_{name}(NULL) == GRAPH_VERDICT_CANNOT_TELL);\n")
        }
        Kind::Number | Kind::Count | Kind::Word(_) | Kind::MaybeWord(_) => {
            format!("    CHECK(graph_{c}_{name}(NULL) == 0);\n")
        }
        Kind::List(_) => {
            let one = name.trim_end_matches('s');
            format!("    CHECK(graph_{c}_{one}_count(NULL) == 0 && graph_{c}_{one}(NULL, 0) == NULL);\n")
        }
    }
}

fn refused(options: &Options, setter: &Setter) -> String {
    let (handle, function) = (names::c(&options.name), setter_name(&options.name, setter));
    let good = |parameter: &Parameter| match ty(parameter.kind) {
        "*const c_char" => "\"x\"",
        _ => "1",
    };
    let goods: Vec<&str> = setter.parameters.iter().map(good).collect();
    let given = |values: &[&str]| {
        values
            .iter()
            .map(|value| format!("{value}, "))
            .collect::<String>()
    };
    let mut text = format!(
        "    NAMED({function}(NULL, {}&error), \"options\");\n",
        given(&goods)
    );
    for (at, parameter) in setter.parameters.iter().enumerate() {
        let mut values = goods.clone();
        values[at] = match ty(parameter.kind) {
            "*const c_char" => "NULL",
            "i64" => "-1",
            _ => "INT32_MIN",
        };
        let name = parameter_name(setter, parameter);
        text += &format!(
            "    NAMED({function}({handle}, {}&error), \"{name}\");\n",
            given(&values)
        );
    }
    text
}

fn print(record: &Record) -> String {
    let c = names::c(&record.name);
    let mut body = String::new();
    for field in &record.fields {
        body += &member(record, field, &c, body.is_empty());
    }
    let index = if record
        .fields
        .iter()
        .any(|field| matches!(field.kind, Kind::List(_)))
    {
        "    int32_t index;\n"
    } else {
        ""
    };
    format!(
        "\nstatic void print_{c}(const graph_{c} *from) {{\n{index}    if (from == NULL) {{\n        printf(\"null\");\n        return;\n    }}\n    putchar('{{');\n{body}    putchar('}}');\n}}\n"
    )
}

fn member(record: &Record, field: &Field, c: &str, is_first: bool) -> String {
    let name = &field.name;
    let get = match (record.name.as_str(), name.as_str()) {
        ("Warning", "code") => "graph_warning_id(from)".to_owned(),
        _ => format!("graph_{c}_{name}(from)"),
    };
    let comma = if is_first { "" } else { "," };
    let key = |key: &str| format!("    printf(\"{comma}\\\"{key}\\\":\");\n");
    let key_after = |key: &str| format!("    printf(\",\\\"{key}\\\":\");\n");
    match &field.kind {
        Kind::Text | Kind::MaybeText | Kind::State => key(name) + &format!("    string({get});\n"),
        Kind::Number | Kind::MaybeNumber | Kind::Count => key(name) + &format!("    whole({get});\n"),
        Kind::Duration | Kind::MaybeDuration => {
            key(&format!("{name}_ms")) + &format!("    whole(graph_{c}_{name}_ms(from));\n")
        }
        Kind::MaybeFlag => key(name) + &format!("    flag({get});\n"),
        Kind::Word(words) | Kind::MaybeWord(words) => {
            let mut text = key(name) + &format!("    string(graph_{}_name({get}));\n", names::c(words));
            if words == "Status" {
                text += &(key_after("status_number") + &format!("    whole({get});\n"));
            }
            text
        }
        Kind::List(element) => {
            let one = name.trim_end_matches('s');
            key(name)
                + &format!(
                    "    putchar('[');\n    for (index = 0; index < graph_{c}_{one}_count(from); index++) {{\n        if (index > 0) putchar(',');\n        print_{}(graph_{c}_{one}(from, index));\n    }}\n    putchar(']');\n",
                    names::c(element)
                )
        }
        Kind::Maybe(element) => key(name) + &format!("    print_{}({get});\n", names::c(element)),
    }
}

fn set(options: &Options) -> String {
    let c = names::c(&options.name);
    let body: String = options
        .setters
        .iter()
        .map(|setter| one(options, setter))
        .collect();
    format!(
        "\nstatic graph_status set_{c}(graph_{c} *options, graph_error **error) {{\n    graph_status status = GRAPH_STATUS_OK;\n    int64_t value, second;\n    char *found, *colon;\n    long requests, seconds;\n    int index;\n    (void)value, (void)second, (void)colon, (void)requests, (void)seconds, (void)index;\n{body}    return status;\n}}\n"
    )
}

fn one(options: &Options, setter: &Setter) -> String {
    let (name, function) = (&setter.name, setter_name(&options.name, setter));
    let (condition, values) = match argument(setter) {
        Argument::Switch => (
            format!("(found = text(\"{name}\")) != NULL && strcmp(found, \"1\") == 0"),
            String::new(),
        ),
        Argument::Text => (
            format!("(found = text(\"{name}\")) != NULL"),
            "found, ".to_owned(),
        ),
        Argument::Texts => {
            return format!(
                "    index = 0;\n    while (status == GRAPH_STATUS_OK && (found = next(\"{name}\", &index)) != NULL)\n        status = {function}(options, found, error);\n"
            );
        }
        Argument::Flag | Argument::Number => (
            format!("number(\"{name}\", &value)"),
            "(int32_t)value, ".to_owned(),
        ),
        Argument::Milliseconds => (format!("number(\"{name}_ms\", &value)"), "value, ".to_owned()),
        Argument::TwoMilliseconds => (
            format!("number(\"{name}_base_ms\", &value) && number(\"{name}_cap_ms\", &second)"),
            "value, second, ".to_owned(),
        ),
        Argument::Quota => (
            format!(
                "(found = text(\"{name}\")) != NULL && sscanf(found, \"%ld/%ld\", &requests, &seconds) == 2"
            ),
            "(int32_t)requests, (int64_t)seconds * 1000, ".to_owned(),
        ),
        Argument::Pair => (
            format!(
                "(found = text(\"{name}\")) != NULL && (colon = strchr(found, ':')) != NULL && (*colon = '\\0') == '\\0'"
            ),
            "found, colon + 1, ".to_owned(),
        ),
    };
    format!(
        "    if (status == GRAPH_STATUS_OK && {condition})\n        status = {function}(options, {values}error);\n"
    )
}
