//! SHA-256 of files and texts.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

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
pub(crate) fn of_bytes(bytes: &[u8]) -> Digest {
    digest(&SHA256, bytes)
}

/// A digest in hexadecimal digits.
pub(crate) fn hexadecimal(digest: &Digest) -> String {
    digest.as_ref().iter().fold(String::new(), |mut hex, byte| {
        // Writing into a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
