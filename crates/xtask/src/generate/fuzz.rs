//! The declarations that the fuzz target calls the C library by.

use super::Generated;
use super::exports::{CType, Export};

pub(super) fn files(exports: &[Export]) -> Vec<Generated> {
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
    vec![Generated {
        path: "fuzz/fuzz_targets/capi/generated/ffi.rs",
        text,
    }]
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
