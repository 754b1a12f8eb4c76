//! The C ABI of graph-devices: handles, accessors and one guard for every export. The header says what each does;
//! `crates/capi/cbindgen.toml` holds its general part.
//!
//! Every pointer that comes in is either NULL, which is checked, or what the header demands: a live handle of this library
//! or a NUL-terminated string. That contract is the caller's, and it is what the `unsafe` blocks here rest on.
#![allow(non_camel_case_types)]
#![allow(clippy::missing_safety_doc)]
// Exports are public to C, though no Rust crate can reach them.
#![allow(unreachable_pub)]
// The texts are for C's header, which knows no Markdown.
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

/// Major part of the ABI version: a caller needs it to be equal.
pub const GRAPH_ABI_VERSION_MAJOR: u32 = 0;
/// Minor part of the ABI version: a caller needs at least the one it was built with.
pub const GRAPH_ABI_VERSION_MINOR: u32 = 2;
