//! An emulator in this process and plain HTTP to it over a socket.
#![allow(dead_code, reason = "every test file uses its own part")]

use std::error::Error;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use graph_emulator::{Emulator, Options};
use serde_json::Value;

pub(crate) type Outcome = Result<(), Box<dyn Error>>;

pub(crate) const ADELE: &str = "10000000-0000-4000-8000-000000000001";
pub(crate) const DIEGO: &str = "10000000-0000-4000-8000-000000000002";
pub(crate) const ACTION: &str = "removeAllDevicesFromManagement";
pub(crate) const GOOD: &str = "demo-token";

const PATIENCE: Duration = Duration::from_secs(20);

/// An answer as read from the socket.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    pub(crate) fn json(&self) -> Result<Value, Box<dyn Error>> {
        Ok(serde_json::from_str(&self.body)?)
    }

    /// `error.code` and `error.message`.
    pub(crate) fn error(&self) -> Result<(String, String), Box<dyn Error>> {
        let json = self.json()?;
        let member = |name: &str| {
            json["error"][name]
                .as_str()
                .map(str::to_owned)
                .ok_or("no error member")
        };
        Ok((member("code")?, member("message")?))
    }
}

/// One TCP connection.
pub(crate) struct Connection(TcpStream);

impl Connection {
    pub(crate) fn send(&mut self, request: &str) -> io::Result<()> {
        self.0.write_all(request.as_bytes())
    }

    /// Reads one answer with its body.
    pub(crate) fn answer(&mut self) -> io::Result<Answer> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            self.0.read_exact(&mut byte)?;
            head.push(byte[0]);
        }
        let head = String::from_utf8_lossy(&head).into_owned();
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|text| text.parse().ok())
            .unwrap_or_default();
        let mut answer = Answer {
            status,
            head,
            body: String::new(),
        };
        let length = answer
            .header("content-length")
            .and_then(|text| text.parse().ok())
            .unwrap_or(0);
        let mut body = vec![0; length];
        self.0.read_exact(&mut body)?;
        answer.body = String::from_utf8_lossy(&body).into_owned();
        Ok(answer)
    }

    /// Reads until the server ends the connection.
    pub(crate) fn rest(&mut self) -> io::Result<String> {
        let mut bytes = Vec::new();
        self.0.read_to_end(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

pub(crate) struct Stage {
    emulator: Emulator,
}

impl Stage {
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self {
            emulator: Emulator::start(Options::default())?,
        })
    }

    /// A stage after a reset with these parts.
    pub(crate) fn with(parts: &Value) -> Result<Self, Box<dyn Error>> {
        let stage = Self::new()?;
        stage.manage("POST", "reset", parts)?;
        Ok(stage)
    }

    pub(crate) fn address(&self) -> &str {
        self.emulator.endpoint().trim_start_matches("http://")
    }

    pub(crate) fn connect(&self) -> io::Result<Connection> {
        let stream = TcpStream::connect(self.address())?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Connection(stream))
    }

    /// Sends a request as it is on a connection of its own.
    pub(crate) fn send(&self, request: &str) -> io::Result<Answer> {
        let mut connection = self.connect()?;
        connection.send(request)?;
        connection.answer()
    }

    pub(crate) fn get(&self, target: &str, token: &str) -> io::Result<Answer> {
        self.send(&format!(
            "GET {target} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {token}\r\n\r\n",
            self.address()
        ))
    }

    /// Retires a user, named as in the path.
    pub(crate) fn retire(&self, user: &str, token: &str) -> io::Result<Answer> {
        self.retire_with(user, token, "")
    }

    /// As [`Stage::retire`] with more header lines, each with its line end.
    pub(crate) fn retire_with(&self, user: &str, token: &str, headers: &str) -> io::Result<Answer> {
        self.send(&retire_request(user, token, headers))
    }

    pub(crate) fn manage(&self, method: &str, path: &str, body: &Value) -> Result<Value, Box<dyn Error>> {
        let answer = self.manage_raw(method, path, &body.to_string())?;
        if answer.status != 200 {
            return Err(answer.body.into());
        }
        answer.json()
    }

    pub(crate) fn manage_raw(&self, method: &str, path: &str, body: &str) -> io::Result<Answer> {
        self.send(&format!(
            "{method} /_emulator/{path} HTTP/1.1\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ))
    }

    pub(crate) fn faults(&self, faults: &Value) -> Result<Value, Box<dyn Error>> {
        self.manage("POST", "faults", faults)
    }

    pub(crate) fn state(&self) -> Result<Value, Box<dyn Error>> {
        self.manage("GET", "state", &Value::Null)
    }

    pub(crate) fn log(&self) -> Result<Vec<Value>, Box<dyn Error>> {
        let log = self.manage("GET", "log", &Value::Null)?;
        Ok(log.as_array().ok_or("the log is no array")?.clone())
    }

    /// The management states of a user's devices.
    pub(crate) fn device_states(&self, upn: &str) -> Result<Vec<String>, Box<dyn Error>> {
        let state = self.state()?;
        let users = state["users"].as_array().ok_or("no users")?;
        let user = users
            .iter()
            .find(|user| user["userPrincipalName"] == upn)
            .ok_or("no such user")?;
        let devices = user["devices"].as_array().ok_or("no devices")?;
        Ok(devices
            .iter()
            .filter_map(|device| Some(device["managementState"].as_str()?.to_owned()))
            .collect())
    }
}

pub(crate) fn retire_request(user: &str, token: &str, headers: &str) -> String {
    format!(
        "POST /v1.0/users/{user}/{ACTION} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\
         {headers}Content-Length: 0\r\n\r\n"
    )
}

/// Intune's error inside a message.
pub(crate) fn nested(message: &str) -> Result<Value, Box<dyn Error>> {
    Ok(serde_json::from_str(message)?)
}
