//! The declarations of the C library for the fuzz target.

use super::Generated;
use super::capi::formatted;
use super::capi::options::{name as setter_name, ty};
use super::exports::{CType, Export};
use super::model::{Kind, Model};
use crate::tools::Result;

pub(super) fn files(model: &Model, exports: &[Export]) -> Result<Vec<Generated>> {
    let mut text = String::from(
        "//! The C entry points; enumerations are their numbers. Written by `cargo xtask generate`; do not edit.\n\nuse std::ffi::{c_char, c_void};\n\npub type Handle = *mut c_void;\npub type Text = *const c_char;\n\nunsafe extern \"C\" {\n",
    );
    for export in exports {
        let parameters: Vec<&str> = export.parameters.iter().map(|(_, ty)| rust(ty)).collect();
        let parameters: Vec<String> = parameters.iter().map(|ty| format!("_: {ty}")).collect();
        let result = export
            .result
            .as_ref()
            .map_or(String::new(), |ty| format!(" -> {}", rust(ty)));
        text += &format!("    pub fn {}({}){result};\n", export.name, parameters.join(", "));
    }
    text += "}\n";
    Ok(vec![
        Generated {
            path: "fuzz/fuzz_targets/capi/generated/ffi.rs",
            text,
        },
        tables(model)?,
    ])
}

/// Tables of the functions that the target picks from.
fn tables(model: &Model) -> Result<Generated> {
    let failure = model.record("Failure").ok_or("core has no Failure")?;
    let texts: Vec<String> = failure
        .fields
        .iter()
        .filter(|field| field.kind == Kind::MaybeText)
        .map(|field| format!("graph_error_{}", field.name))
        .collect();
    let mut text = String::from(
        "//! Functions to pick from. Written by `cargo xtask generate`; do not edit.\n\nuse super::ffi::*;\n\npub type GetText = unsafe extern \"C\" fn(Handle) -> Text;\npub type SetText = unsafe extern \"C\" fn(Handle, Text, *mut Handle) -> i32;\npub type SetNumber = unsafe extern \"C\" fn(Handle, i32, *mut Handle) -> i32;\npub type SetTime = unsafe extern \"C\" fn(Handle, i64, *mut Handle) -> i32;\n",
    );
    text += &table("ERROR_TEXTS", "GetText", &texts);
    for (name, prefix) in [
        ("ClientOptions", "OPTION"),
        ("CallOptions", "CALL_OPTION"),
        ("RunOptions", "RUN_OPTION"),
    ] {
        let options = model.options(name).ok_or_else(|| format!("core has no {name}"))?;
        for (kind, suffix, c) in [
            ("*const c_char", "TEXTS", "SetText"),
            ("i32", "NUMBERS", "SetNumber"),
            ("i64", "TIMES", "SetTime"),
        ] {
            let found: Vec<String> = options
                .setters
                .iter()
                .filter(|setter| matches!(setter.parameters.as_slice(), [one] if ty(one.kind) == kind))
                .map(|setter| setter_name(name, setter))
                .collect();
            if !found.is_empty() {
                text += &table(&format!("{prefix}_{suffix}"), c, &found);
            }
        }
    }
    Ok(Generated {
        path: "fuzz/fuzz_targets/capi/generated/tables.rs",
        text: formatted(&text)?,
    })
}

fn table(name: &str, ty: &str, functions: &[String]) -> String {
    format!(
        "\npub const {name}: [{ty}; {}] = [{}];\n",
        functions.len(),
        functions.join(", ")
    )
}

fn rust(ty: &CType) -> &'static str {
    match ty {
        CType::Int32 => "i32",
        CType::Int64 => "i64",
        CType::UInt32 => "u32",
        CType::Text => "Text",
        CType::Handle(_) => "Handle",
        CType::OutHandle(_) => "*mut Handle",
    }
}
