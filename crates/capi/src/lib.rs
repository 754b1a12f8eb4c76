//! The C ABI of graph-devices: handles, accessors and one guard for every export. The header documents each export;
//! `crates/capi/cbindgen.toml` has the header's general part.
//!
//! Every pointer argument is either NULL, which is checked, or, as the header requires, a live handle of this library or a
//! NUL-terminated string. The `unsafe` blocks rely on that contract, which the caller keeps.
#![allow(non_camel_case_types)]
#![allow(clippy::missing_safety_doc)]
// Exports are public to C, though no Rust crate can reach them.
#![allow(unreachable_pub)]
// The texts go to the C header, which is not Markdown.
#![allow(clippy::doc_markdown)]

mod client;
mod environment;
mod event;
mod generated;
mod guard;
mod host;
mod names;
mod run;
mod simple;
mod strings;

/// Major part of the ABI version. It must equal the library's.
pub const GRAPH_ABI_VERSION_MAJOR: u32 = 0;
/// Minor part of the ABI version. The library's must be at least as high.
pub const GRAPH_ABI_VERSION_MINOR: u32 = 2;
