//! The functions that the C library exports, read from crates/capi: hand-written and generated ones.

use std::fs;
use std::path::Path;

use syn::{FnArg, Item, Pat, ReturnType, Type};

use crate::tools::Result;

/// One exported function.
pub(crate) struct Export {
    pub(crate) name: String,
    pub(crate) parameters: Vec<(String, CType)>,
    /// `None` for void.
    pub(crate) result: Option<CType>,
}

/// The types of parameters and return values. Enumerations are `int32_t`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CType {
    Int32,
    Int64,
    UInt32,
    Text,
    /// A handle by the name of its C type, such as `graph_run`.
    Handle(String),
    /// An output for a new handle.
    OutHandle(String),
}

/// Every exported function, file by file in the order of their names.
pub(crate) fn read(capi: &Path) -> Result<Vec<Export>> {
    let mut exports = Vec::new();
    folder(&capi.join("src"), &mut exports)?;
    Ok(exports)
}

fn folder(place: &Path, exports: &mut Vec<Export>) -> Result {
    let mut paths: Vec<_> = fs::read_dir(place)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<std::result::Result<_, _>>()?;
    paths.sort();
    for path in paths {
        if path.is_dir() {
            folder(&path, exports)?;
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let file = syn::parse_file(&fs::read_to_string(&path)?)
                .map_err(|error| format!("{}: {error}", path.display()))?;
            for item in &file.items {
                if let Item::Fn(function) = item
                    && function.sig.abi.is_some()
                {
                    exports.push(export(&function.sig)?);
                }
            }
        }
    }
    Ok(())
}

fn export(signature: &syn::Signature) -> Result<Export> {
    let name = signature.ident.to_string();
    let unknown = || format!("{name}: a type that no other language can pass");
    let parameters = signature.inputs.iter().map(|input| match input {
        FnArg::Typed(input) => match &*input.pat {
            Pat::Ident(ident) => Ok((ident.ident.to_string(), ty(&input.ty).ok_or_else(unknown)?)),
            _ => Err(unknown().into()),
        },
        FnArg::Receiver(_) => Err(unknown().into()),
    });
    Ok(Export {
        parameters: parameters.collect::<Result<_>>()?,
        result: match &signature.output {
            ReturnType::Default => None,
            ReturnType::Type(_, result) => Some(ty(result).ok_or_else(unknown)?),
        },
        name,
    })
}

fn ty(ty: &Type) -> Option<CType> {
    match ty {
        Type::Path(path) => Some(match path.path.segments.last()?.ident.to_string().as_str() {
            "i64" => CType::Int64,
            "u32" => CType::UInt32,
            _ => CType::Int32,
        }),
        Type::Ptr(pointer) => match &*pointer.elem {
            Type::Ptr(inner) => match self::ty(&Type::Ptr(inner.clone()))? {
                CType::Handle(handle) => Some(CType::OutHandle(handle)),
                _ => None,
            },
            Type::Path(path) => Some(match path.path.segments.last()?.ident.to_string().as_str() {
                "c_char" => CType::Text,
                handle => CType::Handle(handle.to_owned()),
            }),
            _ => None,
        },
        _ => None,
    }
}
