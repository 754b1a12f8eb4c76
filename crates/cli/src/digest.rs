//! SHA-256 of files and bytes.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{Context, Digest, SHA256, digest};

/// The SHA-256 of the first so many bytes of a file, and how many there were.
pub(crate) fn of_file(path: &Path, length: u64) -> io::Result<(String, u64)> {
    let mut context = Context::new(&SHA256);
    let mut file = File::open(path)?.take(length);
    let mut buffer = vec![0; 64 << 10];
    let mut read = 0;
    loop {
        let part = file.read(&mut buffer)?;
        if part == 0 {
            return Ok((hexadecimal(&context.finish()), read));
        }
        read += part as u64;
        context.update(buffer.get(..part).unwrap_or_default());
    }
}

/// The SHA-256 of bytes.
pub(crate) fn of_bytes(bytes: &[u8]) -> String {
    hexadecimal(&digest(&SHA256, bytes))
}

/// The same in Base64, as a content security policy names a text.
pub(crate) fn in_base64(bytes: &[u8]) -> String {
    STANDARD.encode(digest(&SHA256, bytes))
}

fn hexadecimal(digest: &Digest) -> String {
    digest.as_ref().iter().fold(String::new(), |mut hex, byte| {
        // Writing into a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
