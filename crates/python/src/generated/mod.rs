//! Written by `cargo xtask generate` from core's structs and doc comments; do not edit.

pub(crate) mod fields;
pub(crate) mod options;
