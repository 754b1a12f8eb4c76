//! The service of a soak: an emulator in this process, driven by its management routes.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use graph_emulator::Options;
use serde_json::Value;

use crate::Result;

/// A started emulator; it ends when this value is dropped.
pub(crate) struct Emulator(graph_emulator::Emulator);

impl Emulator {
    pub(crate) fn start() -> Result<Self> {
        Ok(Self(graph_emulator::Emulator::start(Options::default())?))
    }

    /// `http://127.0.0.1:PORT`.
    pub(crate) fn endpoint(&self) -> &str {
        self.0.endpoint()
    }

    pub(crate) fn get(&self, path: &str) -> Result<Value> {
        self.call("GET", path, None)
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Result<Value> {
        self.call("POST", path, Some(body))
    }

    pub(crate) fn patch(&self, path: &str, body: &Value) -> Result<Value> {
        self.call("PATCH", path, Some(body))
    }

    pub(crate) fn delete(&self, path: &str) -> Result<Value> {
        self.call("DELETE", path, None)
    }

    /// HTTP/1.0, so that the answer is neither chunked nor kept open.
    fn call(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Value> {
        let address = self.endpoint().trim_start_matches("http://");
        let body = body.map(Value::to_string).unwrap_or_default();
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        write!(
            stream,
            "{method} {path} HTTP/1.0\r\nHost: {address}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let (head, body) = answer
            .split_once("\r\n\r\n")
            .ok_or_else(|| format!("{path}: no answer"))?;
        let line = head.lines().next().unwrap_or_default();
        let status = line.split(' ').nth(1).unwrap_or_default();
        if !status.starts_with('2') {
            return Err(format!("{method} {path}: {line}: {body}").into());
        }
        Ok(serde_json::from_str(body).unwrap_or(Value::Null))
    }
}
