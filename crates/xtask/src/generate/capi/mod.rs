//! The C ABI's handles, accessors and setters: Rust that cbindgen then turns into `graph_devices.h`.

mod events;
pub(super) mod options;
mod records;
mod words;

use super::docs::{Style, comment};
use super::model::Model;
use super::{Generated, names};
use crate::tools::{Result, command, output_of};

/// The files of `crates/capi/src/generated`.
pub(super) fn files(model: &Model) -> Result<Vec<Generated>> {
    let files = [
        ("crates/capi/src/generated/words.rs", words::text(model)),
        ("crates/capi/src/generated/records.rs", records::text(model)?),
        ("crates/capi/src/generated/events.rs", events::text(model)?),
        ("crates/capi/src/generated/options.rs", options::text(model)?),
    ];
    files
        .into_iter()
        .map(|(path, text)| {
            Ok(Generated {
                path,
                text: formatted(&text)?,
            })
        })
        .collect()
}

/// Rust as `cargo fmt` leaves it.
pub(super) fn formatted(text: &str) -> Result<String> {
    output_of(
        command("rustfmt").args(["--edition", "2024", "--emit", "stdout"]),
        text,
    )
}

/// How doc comments of the header name things.
pub(super) struct C;

impl Style for C {
    fn member(&self, ty: &str, member: &str) -> String {
        match ty {
            "ClientOptions" | "CallOptions" | "RunOptions" => {
                format!("`graph_{}_set_{member}`", names::c(ty))
            }
            "Client" | "Run" => format!("`graph_{}_{member}`", names::c(ty)),
            "Failure" | "Receipt" | "Warning" | "Device" | "DeviceList" | "VerifiedDevice" => {
                format!("`graph_{}_{member}`", names::c(ty))
            }
            "UserResult" | "Summary" | "Verification" => format!("`graph_event_{member}`"),
            "Progress" => format!("`graph_event_progress_{member}`"),
            _ => format!("`{}{}`", names::constants(ty), names::screaming(member)),
        }
    }

    fn ty(&self, ty: &str) -> String {
        format!("`graph_{}`", names::c(ty))
    }
}

/// A doc comment of an item.
fn doc(paragraphs: &[String]) -> String {
    comment(paragraphs, "/// ", 124)
}
