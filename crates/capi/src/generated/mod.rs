//! Written by `cargo xtask generate` from core's structs and doc comments; do not edit.

pub(crate) mod events;
pub(crate) mod options;
pub(crate) mod records;
pub(crate) mod words;
