//! An answer before it goes on the wire, and the part of a request that the routes look at.

use std::time::SystemTime;

use serde_json::{Value, json};

use crate::attempts::Attempt;
use crate::bodies;
use crate::chaos::Draw;
use crate::reads::Read;
use crate::routes::is_guid;

/// Headers in the order and case they were sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Headers(pub(crate) Vec<(String, String)>);

impl Headers {
    /// The first value under `name`, in any case of letters.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

/// One call to the emulated service: an HTTP request, or one request inside a batch.
#[derive(Clone, Debug, Default)]
pub(crate) struct Call {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Headers,
    pub(crate) body: Vec<u8>,
    /// `http://host:port` as the client wrote it, for links in answers.
    pub(crate) base: String,
    pub(crate) request_id: String,
    /// How the answer of a batch is to be broken.
    pub(crate) breakage: Option<Draw>,
    /// The name of the fault that it meets.
    pub(crate) fault: Option<&'static str>,
}

impl Call {
    /// The caller's own id, else the request id, as Graph does.
    pub(crate) fn client_request_id(&self) -> &str {
        self.headers.get("client-request-id").unwrap_or(&self.request_id)
    }
}

/// An answer of the emulated service.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// Whether devices of a user were retired for this answer.
    pub(crate) acted: bool,
    /// Those devices.
    pub(crate) devices: Vec<String>,
    /// The requests of a batch with their effects.
    pub(crate) parts: Vec<Part>,
}

/// One request of a batch, for the log.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) id: String,
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) user: Option<String>,
    pub(crate) status: u16,
    pub(crate) acted: bool,
    pub(crate) fault: Option<&'static str>,
    /// Where it is the action.
    pub(crate) attempt: Option<Attempt>,
    /// Where it is a read.
    pub(crate) read: Option<Read>,
}

impl Part {
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "id": self.id,
            "method": self.method,
            "target": self.target,
            "user": self.user,
            "status": self.status,
            "acted": self.acted,
            "fault": self.fault,
        })
    }
}

impl Reply {
    pub(crate) fn empty(status: u16) -> Self {
        let date = httpdate::fmt_http_date(SystemTime::now());
        let headers = vec![("Date".to_owned(), date)];
        Self {
            status,
            headers,
            body: Vec::new(),
            acted: false,
            devices: Vec::new(),
            parts: Vec::new(),
        }
    }

    pub(crate) fn text(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            body: body.into(),
            ..Self::empty(status)
        }
        .with("Content-Type", content_type)
    }

    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::text(status, JSON, body.to_string())
    }

    /// Graph's own error form.
    pub(crate) fn error(status: u16, call: &Call, code: &str, message: &str) -> Self {
        Self::text(status, JSON, bodies::graph_error(call, code, message))
    }

    /// Intune's error form, a JSON text inside Graph's message.
    pub(crate) fn intune_error(status: u16, call: &Call, code: &str, message: &str) -> Self {
        Self::error(status, call, code, &bodies::intune_message(call, message, "{}"))
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Whether it is not in Graph's own form: an error with a code, together with a request id that is a GUID.
    pub(crate) fn is_foreign(&self) -> bool {
        let body: Value = serde_json::from_slice(&self.body).unwrap_or_default();
        let error = &body["error"];
        let inside = error["innerError"]["request-id"].as_str();
        let mut headers = self.headers.iter();
        let id = headers.find(|(name, _)| name.eq_ignore_ascii_case("request-id"));
        let has_id = id.is_some_and(|(_, id)| is_guid(id)) || inside.is_some_and(is_guid);
        self.status != 204 && !(has_id && error["code"].is_string())
    }

    /// Replaces or removes a header.
    pub(crate) fn set(&mut self, name: &str, values: &[String]) {
        self.headers.retain(|(n, _)| !n.eq_ignore_ascii_case(name));
        self.headers
            .extend(values.iter().map(|value| (name.to_owned(), value.clone())));
    }

    /// Adds the headers that every answer of Graph carries.
    pub(crate) fn said_by_graph(self, call: &Call) -> Self {
        self.with("Cache-Control", "no-cache")
            .with("request-id", &call.request_id)
            .with("client-request-id", call.client_request_id())
            .with("x-ms-ags-diagnostic", DIAGNOSTIC)
    }
}

pub(crate) const JSON: &str =
    "application/json; odata.metadata=minimal; odata.streaming=true; IEEE754Compatible=false; charset=utf-8";
const DIAGNOSTIC: &str = r#"{"ServerInfo":{"DataCenter":"Loopback","Slice":"E","Ring":"0","ScaleUnit":"000","RoleInstance":"EMULATOR"}}"#;
