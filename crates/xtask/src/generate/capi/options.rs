//! Opaque options and their setters.

use super::{C, doc};
use crate::generate::docs::{add, paragraphs};
use crate::generate::model::{Model, Options, Parameter, ParameterKind, Setter};
use crate::generate::names;
use crate::tools::Result;

/// The structs of options, and how the header describes each handle.
const HANDLES: [(&str, &str); 3] = [
    (
        "ClientOptions",
        "Options of a client. Setters check and copy; `graph_client_new` copies them again.",
    ),
    ("CallOptions", "Options of one call. Setters check and copy."),
    ("RunOptions", "Options of a run. Setters check and copy."),
];

pub(super) fn text(model: &Model) -> Result<String> {
    let mut out = String::from(
        "//! Options: one handle per struct, one setter per option. Core checks the values.\n\nuse std::ffi::c_char;\n\nuse graph_core::{CallOptions, ClientOptions, Cloud, Endpoint, RunOptions, Status, UserId, WarningCode};\n\nuse super::records::graph_error;\nuse crate::guard::{change, flag, free, guard_infallible, lossy, milliseconds, number, path, set, text};\n",
    );
    for (name, described) in HANDLES {
        let options = model.options(name).ok_or_else(|| format!("core has no {name}"))?;
        let c = names::c(name);
        out += &format!(
            r#"
/// {described}
pub struct graph_{c}(pub(crate) {name});

/// Creates options; each setter documents its default. Returns NULL only if memory runs out.
#[unsafe(no_mangle)]
pub extern "C" fn graph_{c}_new() -> *mut graph_{c} {{
    guard_infallible(std::ptr::null_mut(), || Box::into_raw(Box::new(graph_{c}({name}::default()))))
}}

/// Frees options. NULL has no effect.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_{c}_free(options: *mut graph_{c}) {{
    free(options);
}}
"#
        );
        for setter in &options.setters {
            out += &set(options, setter);
        }
    }
    Ok(out)
}

fn set(options: &Options, setter: &Setter) -> String {
    let c = names::c(&options.name);
    let name = name(&options.name, setter);
    let parameters: String = setter
        .parameters
        .iter()
        .map(|parameter| {
            format!(
                "    {}: {},\n",
                parameter_name(setter, parameter),
                ty(parameter.kind)
            )
        })
        .collect();
    let values: Vec<String> = setter
        .parameters
        .iter()
        .map(|parameter| value(parameter.kind, &parameter_name(setter, parameter)))
        .collect();
    let body = if setter.checks {
        format!(
            "change(options, error, |options| &mut options.0, |options| options.{}({}))",
            setter.name,
            values.join(", ")
        )
    } else {
        // A setter that cannot fail needs no copy.
        let (checked, by) = match values.as_slice() {
            [one] => {
                let checked = one
                    .strip_suffix('?')
                    .map_or_else(|| format!("Ok({one})"), str::to_owned);
                let by = format!("{}::{}", options.name, setter.name);
                (checked, by)
            }
            _ => (
                "Ok(())".to_owned(),
                format!("|options, ()| options.{}()", setter.name),
            ),
        };
        format!("set(options, error, |options| &mut options.0, || {checked}, {by})")
    };
    let mut text = paragraphs(&setter.doc, &C);
    add(&mut text, note(setter));
    format!(
        "\n{}#[unsafe(no_mangle)]\npub unsafe extern \"C\" fn {name}(\n    options: *mut graph_{c},\n{parameters}    error: *mut *mut graph_error,\n) -> Status {{\n    {body}\n}}\n",
        doc(&text)
    )
}

/// The C function of a setter.
pub(crate) fn name(options: &str, setter: &Setter) -> String {
    // A setter that adds a value is a verb already: `exclude`, `accept_warning`.
    let verb = if setter.adds { "" } else { "set_" };
    let unit = if setter
        .parameters
        .iter()
        .all(|parameter| parameter.kind == ParameterKind::Duration)
        && !setter.parameters.is_empty()
    {
        "_ms"
    } else {
        ""
    };
    format!("graph_{}_{verb}{}{unit}", names::c(options), setter.name)
}

/// The name of a parameter: core's for a text, the option's for any other single value.
pub(crate) fn parameter_name(setter: &Setter, parameter: &Parameter) -> String {
    let is_alone = setter.parameters.len() == 1;
    match parameter.kind {
        ParameterKind::Duration if is_alone => format!("{}_ms", setter.name),
        ParameterKind::Duration => format!("{}_ms", parameter.name),
        ParameterKind::User => "user_id".to_owned(),
        ParameterKind::Path
        | ParameterKind::Flag
        | ParameterKind::Number
        | ParameterKind::SmallNumber
        | ParameterKind::LargeNumber
            if is_alone =>
        {
            setter.name.clone()
        }
        ParameterKind::Cloud => "name".to_owned(),
        ParameterKind::Endpoint => "url".to_owned(),
        _ => parameter.name.clone(),
    }
}

pub(crate) fn ty(kind: ParameterKind) -> &'static str {
    match kind {
        ParameterKind::Flag
        | ParameterKind::Number
        | ParameterKind::SmallNumber
        | ParameterKind::LargeNumber => "i32",
        ParameterKind::Duration => "i64",
        _ => "*const c_char",
    }
}

/// The expression that converts a parameter for core.
fn value(kind: ParameterKind, name: &str) -> String {
    match kind {
        ParameterKind::Text if name == "pem" => format!("&lossy({name}, {name:?})?"),
        ParameterKind::Text => format!("text({name}, {name:?})?"),
        ParameterKind::Path => format!("path({name}, {name:?})?"),
        ParameterKind::Flag => format!("flag({name}, {name:?})?"),
        ParameterKind::Number => format!("number({name}, {name:?})?"),
        ParameterKind::SmallNumber => format!("u32::try_from(number({name}, {name:?})?).unwrap_or(u32::MAX)"),
        ParameterKind::LargeNumber => format!("number({name}, {name:?})? as u64"),
        ParameterKind::Duration => format!("milliseconds({name}, {name:?})?"),
        ParameterKind::User => format!("UserId::parse(text({name}, {name:?})?)?"),
        ParameterKind::Warning => format!("WarningCode::parse(text({name}, {name:?})?)?"),
        ParameterKind::Cloud => format!("Cloud::parse(text({name}, {name:?})?)?"),
        ParameterKind::Endpoint => format!("Endpoint::parse(text({name}, {name:?})?)?"),
    }
}

/// The unit or range that the C type does not show.
fn note(setter: &Setter) -> &'static str {
    let has = |kind| setter.parameters.iter().any(|parameter| parameter.kind == kind);
    if has(ParameterKind::Duration) {
        "In milliseconds: 1 to 86400000."
    } else if has(ParameterKind::Flag) {
        "1 for yes, 0 for no."
    } else if setter.adds {
        "Call it once for each."
    } else {
        ""
    }
}
