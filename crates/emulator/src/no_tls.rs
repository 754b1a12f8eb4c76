//! In place of https, in a build without the feature `tls`.

use std::io;

use crate::wire::Stream;

/// There is none.
#[derive(Debug)]
pub(crate) enum Tls {}

impl Tls {
    pub(crate) fn new() -> io::Result<Self> {
        let message = "this build has no TLS; build it with the feature tls";
        Err(io::Error::new(io::ErrorKind::Unsupported, message))
    }

    pub(crate) fn ca_pem(&self) -> &str {
        match *self {}
    }

    pub(crate) fn wrap<S: Stream>(&self, _: S) -> io::Result<S> {
        match *self {}
    }
}
