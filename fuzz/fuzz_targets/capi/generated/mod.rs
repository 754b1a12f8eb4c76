//! Written by `cargo xtask generate`; do not edit.

pub mod ffi;
pub mod tables;
