//! HTTP/1.1 on a connection, without a library: faults need the bytes, and tests need them as they were sent.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, SystemTime};

use socket2::SockRef;

use crate::reply::{Headers, Reply};

const MAX_HEAD: usize = 64 * 1024;
const MAX_BODY: usize = 16 * 1024 * 1024;
const LINGER: Duration = Duration::from_millis(500);

/// A connection, in the clear or under TLS.
pub(crate) trait Stream: Read + Write {
    fn tcp(&self) -> &TcpStream;
}

/// A request as received.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Headers,
    pub(crate) body: Vec<u8>,
    /// The bytes from the method to the empty line.
    pub(crate) head: Vec<u8>,
    pub(crate) keep_alive: bool,
    /// When its head had arrived.
    pub(crate) arrived: SystemTime,
}

/// Why there is no request.
#[derive(Debug)]
pub(crate) enum Unreadable {
    /// The connection ended.
    Gone,
    /// Not HTTP; the text says why.
    Bad(&'static str),
}

impl From<io::Error> for Unreadable {
    fn from(_: io::Error) -> Self {
        Self::Gone
    }
}

/// A connection with what was read ahead.
pub(crate) struct Wire<S> {
    stream: S,
    ahead: Vec<u8>,
}

impl<S: Stream> Wire<S> {
    pub(crate) fn new(stream: S) -> Self {
        Self {
            stream,
            ahead: Vec::new(),
        }
    }

    /// Waits for the next request.
    pub(crate) fn read_request(&mut self) -> Result<Request, Unreadable> {
        let head = self.read_head()?;
        let mut request = parse_head(head)?;
        request.body = self.read_body(&request.headers)?;
        Ok(request)
    }

    fn read_head(&mut self) -> Result<Vec<u8>, Unreadable> {
        loop {
            if let Some(at) = find(&self.ahead, b"\r\n\r\n") {
                return Ok(self.take(at + 4));
            }
            if self.ahead.len() > MAX_HEAD {
                return Err(Unreadable::Bad("the request head is too long"));
            }
            self.fill()?;
        }
    }

    fn read_body(&mut self, headers: &Headers) -> Result<Vec<u8>, Unreadable> {
        let chunked = headers
            .get("transfer-encoding")
            .is_some_and(|coding| coding.eq_ignore_ascii_case("chunked"));
        let length = match headers.get("content-length") {
            Some(text) => text
                .trim()
                .parse()
                .map_err(|_| Unreadable::Bad("the content length is no number"))?,
            None => 0,
        };
        if length > MAX_BODY {
            return Err(Unreadable::Bad("the body is too long"));
        }
        let waits = headers
            .get("expect")
            .is_some_and(|value| value.eq_ignore_ascii_case("100-continue"));
        if waits && (chunked || length > 0) {
            self.stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
            self.stream.flush()?;
        }
        if chunked {
            return self.read_chunks();
        }
        self.read_exactly(length)
    }

    fn read_chunks(&mut self) -> Result<Vec<u8>, Unreadable> {
        let mut body = Vec::new();
        loop {
            let line = self.read_line()?;
            let size = line.split(';').next().unwrap_or_default().trim();
            let size =
                usize::from_str_radix(size, 16).map_err(|_| Unreadable::Bad("a chunk without a size"))?;
            if size > MAX_BODY - body.len() {
                return Err(Unreadable::Bad("the body is too long"));
            }
            if size == 0 {
                while !self.read_line()?.is_empty() {}
                return Ok(body);
            }
            body.extend(self.read_exactly(size)?);
            self.read_line()?;
        }
    }

    fn read_line(&mut self) -> Result<String, Unreadable> {
        loop {
            if let Some(at) = find(&self.ahead, b"\r\n") {
                let line = self.take(at + 2);
                return Ok(String::from_utf8_lossy(&line[..at]).into_owned());
            }
            if self.ahead.len() > MAX_HEAD {
                return Err(Unreadable::Bad("a line is too long"));
            }
            self.fill()?;
        }
    }

    fn read_exactly(&mut self, length: usize) -> Result<Vec<u8>, Unreadable> {
        while self.ahead.len() < length {
            self.fill()?;
        }
        Ok(self.take(length))
    }

    fn take(&mut self, length: usize) -> Vec<u8> {
        let rest = self.ahead.split_off(length);
        std::mem::replace(&mut self.ahead, rest)
    }

    fn fill(&mut self) -> Result<(), Unreadable> {
        let mut block = [0; 8192];
        match self.stream.read(&mut block)? {
            0 => Err(Unreadable::Gone),
            count => {
                self.ahead.extend_from_slice(&block[..count]);
                Ok(())
            }
        }
    }

    /// Writes an answer; of its body only the first `limit` bytes if there is a limit.
    pub(crate) fn write_reply(
        &mut self,
        reply: &Reply,
        with_body: bool,
        keep_alive: bool,
        limit: Option<usize>,
    ) -> io::Result<()> {
        let mut bytes = head_of(reply, keep_alive).into_bytes();
        if with_body {
            let length = limit.map_or(reply.body.len(), |limit| limit.min(reply.body.len()));
            bytes.extend_from_slice(&reply.body[..length]);
        }
        self.write_raw(&bytes)
    }

    pub(crate) fn write_raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes)?;
        self.stream.flush()
    }

    /// Reads on until the client goes.
    pub(crate) fn hang(&mut self) {
        let mut block = [0; 1024];
        while matches!(self.stream.read(&mut block), Ok(1..)) {}
    }

    /// Ends with a FIN, and reads what still comes so that no RST follows.
    pub(crate) fn close(mut self) {
        let tcp = self.stream.tcp();
        if tcp.shutdown(Shutdown::Write).is_ok() && tcp.set_read_timeout(Some(LINGER)).is_ok() {
            self.hang();
        }
    }

    /// Ends with an RST.
    pub(crate) fn reset(self) {
        // Without the option the drop sends a FIN; the error has no reader.
        let _ = SockRef::from(self.stream.tcp()).set_linger(Some(Duration::ZERO));
    }
}

fn parse_head(head: Vec<u8>) -> Result<Request, Unreadable> {
    const BAD: Unreadable = Unreadable::Bad("the request head is not HTTP/1.1");
    let text = String::from_utf8_lossy(&head);
    let mut lines = text.trim_end_matches("\r\n").split("\r\n");
    let mut first = lines.next().unwrap_or_default().split(' ');
    let (Some(method), Some(target), Some(version), None) =
        (first.next(), first.next(), first.next(), first.next())
    else {
        return Err(BAD);
    };
    if method.is_empty() || target.is_empty() || !version.starts_with("HTTP/1.") {
        return Err(BAD);
    }
    let mut headers = Headers::default();
    for line in lines {
        let (name, value) = line.split_once(':').ok_or(BAD)?;
        if name.is_empty() || name.contains([' ', '\t']) {
            return Err(BAD);
        }
        headers.0.push((name.to_owned(), value.trim().to_owned()));
    }
    let connection = headers.get("connection").unwrap_or_default().to_lowercase();
    let keep_alive = match version {
        "HTTP/1.0" => connection.contains("keep-alive"),
        _ => !connection.contains("close"),
    };
    let (method, target) = (method.to_owned(), target.to_owned());
    Ok(Request {
        method,
        target,
        headers,
        body: Vec::new(),
        keep_alive,
        head,
        arrived: SystemTime::now(),
    })
}

fn head_of(reply: &Reply, keep_alive: bool) -> String {
    let mut head = format!("HTTP/1.1 {} {}\r\n", reply.status, reason(reply.status));
    for (name, value) in &reply.headers {
        head.extend([name, ": ", value, "\r\n"]);
    }
    let has = |name: &str| reply.headers.iter().any(|(n, _)| n.eq_ignore_ascii_case(name));
    let bodyless = reply.status < 200 || [204, 304].contains(&reply.status);
    if !bodyless && !has("content-length") && !has("transfer-encoding") {
        head.extend(["Content-Length: ", &reply.body.len().to_string(), "\r\n"]);
    }
    if !keep_alive && !has("connection") {
        head.push_str("Connection: close\r\n");
    }
    head + "\r\n"
}

/// The head with the values of tokens and secrets replaced, all else byte for byte.
pub(crate) fn without_secrets(head: &[u8]) -> Vec<u8> {
    let mut clean = Vec::with_capacity(head.len());
    for line in head.split_inclusive(|&byte| byte == b'\n') {
        let name_end = line.iter().position(|&byte| byte == b':').unwrap_or(0);
        let name = line[..name_end].to_ascii_lowercase();
        if name != b"authorization" && name != b"proxy-authorization" {
            clean.extend_from_slice(line);
            continue;
        }
        let after_name = &line[name_end + 1..];
        let Some(blanks) = after_name.iter().position(|byte| !byte.is_ascii_whitespace()) else {
            clean.extend_from_slice(line);
            continue;
        };
        let scheme = after_name[blanks..]
            .iter()
            .position(|&byte| byte == b' ')
            .map_or(0, |at| at + 1);
        clean.extend_from_slice(&line[..name_end + 1 + blanks + scheme]);
        clean.extend_from_slice(b"[token]\r\n");
    }
    clean
}

fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        204 => "No Content",
        301 => "Moved Permanently",
        302 => "Found",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        407 => "Proxy Authentication Required",
        408 => "Request Timeout",
        409 => "Conflict",
        410 => "Gone",
        411 => "Length Required",
        412 => "Precondition Failed",
        413 => "Content Too Large",
        424 => "Failed Dependency",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Status",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_replaced_and_nothing_else() {
        let head = b"GET / HTTP/1.1\r\nAUTHORIZATION:  Bearer a b\r\nProxy-Authorization: x\r\nAuthorization:\r\nX: Bearer y\r\n\r\n";
        let clean = without_secrets(head);
        assert_eq!(
            String::from_utf8_lossy(&clean),
            "GET / HTTP/1.1\r\nAUTHORIZATION:  Bearer [token]\r\nProxy-Authorization: [token]\r\nAuthorization:\r\nX: Bearer y\r\n\r\n"
        );
    }
}
