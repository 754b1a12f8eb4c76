//! What goes wrong with requests: by script, or by chance.

use std::collections::VecDeque;
use std::time::Duration;

use serde_json::Value;

use crate::chaos::{Draw, Mishap, Place};
use crate::fixtures;
use crate::reply::{Call, Reply};
use crate::state::State;

/// One entry of the queue.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fault {
    matches: Option<String>,
    times: u64,
    in_batch: bool,
    status: Option<u16>,
    /// No values: the header is taken away.
    headers: Vec<(String, Vec<String>)>,
    answer: Answer,
    pub(crate) delay: Duration,
    pub(crate) ending: Ending,
    /// Whether the request is carried out.
    pub(crate) act: bool,
    /// Came by chance.
    pub(crate) draw: Option<Draw>,
}

/// What stands in for the body.
#[derive(Clone, Debug, Default)]
enum Answer {
    #[default]
    Own,
    Text(String),
    Json(Value),
    Fixture(&'static str),
}

/// How the exchange ends.
#[derive(Clone, Debug, Default)]
pub(crate) enum Ending {
    #[default]
    Answer,
    Truncate(usize),
    Raw(Vec<u8>),
    Reset,
    Close,
    Hang,
}

impl Fault {
    /// What a request meets: the first of the script that fits, else what chance brings.
    pub(crate) fn meet(state: &mut State, target: &str, place: Place) -> Option<Self> {
        let scripted = Self::take(&mut state.faults, target, place == Place::InBatch);
        scripted.or_else(|| {
            let chaos = state.chaos.as_mut()?;
            let draw = chaos.draw(target, place)?;
            Some(Self::by_chance(draw, chaos.retry_after.as_deref()))
        })
    }

    fn by_chance(draw: Draw, retry_after: Option<&str>) -> Self {
        let refusal = |status: u16, act: bool| Self {
            status: Some(status),
            act,
            headers: match retry_after {
                Some(wait) if matches!(status, 429 | 503) => {
                    vec![("Retry-After".to_owned(), vec![wait.to_owned()])]
                }
                _ => Vec::new(),
            },
            ..Self::default()
        };
        let reset = |act: bool| Self {
            ending: Ending::Reset,
            act,
            ..Self::default()
        };
        let fault = match draw.mishap {
            Mishap::Throttled => refusal(429, false),
            Mishap::Unavailable => refusal(503, false),
            Mishap::GatewayTimeout => refusal(504, draw.coin()),
            Mishap::ServerError => refusal(500, draw.coin()),
            Mishap::BadGateway => refusal(502, draw.coin()),
            Mishap::ThrottledBare => Self {
                headers: Vec::new(),
                ..refusal(429, false)
            },
            Mishap::ForeignPage => Self {
                answer: Answer::Fixture("html_proxy_403"),
                act: draw.coin(),
                ..Self::default()
            },
            Mishap::ResetBefore => reset(false),
            Mishap::ResetAfter => reset(true),
            Mishap::BrokenBatch => Self {
                act: true,
                ..Self::default()
            },
        };
        Self {
            draw: Some(draw),
            ..fault
        }
    }

    /// For the record of attempts.
    pub(crate) fn name(&self) -> &'static str {
        self.draw.map_or("scripted", Draw::name)
    }

    /// Reads one fault or an array of them.
    pub(crate) fn parse_all(value: &Value) -> Result<Vec<Self>, String> {
        match value {
            Value::Array(faults) => faults.iter().map(Self::parse).collect(),
            fault => Ok(vec![Self::parse(fault)?]),
        }
    }

    fn parse(value: &Value) -> Result<Self, String> {
        let mut fault = Self {
            times: 1,
            ..Self::default()
        };
        let mut act = None;
        let mut decided = None;
        for (name, value) in value.as_object().ok_or("a fault is a JSON object")? {
            let wrong = || format!("fault: \"{name}\" cannot be {value}");
            match name.as_str() {
                "match" => fault.matches = Some(value.as_str().ok_or_else(wrong)?.to_owned()),
                "times" => fault.times = value.as_u64().filter(|&n| n > 0).ok_or_else(wrong)?,
                "in_batch" => fault.in_batch = value.as_bool().ok_or_else(wrong)?,
                "status" => {
                    let status = value.as_u64().filter(|status| (200..=999).contains(status));
                    fault.status = status.and_then(|status| u16::try_from(status).ok());
                    fault.status.ok_or_else(wrong)?;
                }
                "headers" => fault.headers = parse_headers(value).ok_or_else(wrong)?,
                "body" => fault.answer = Answer::Text(value.as_str().ok_or_else(wrong)?.to_owned()),
                "json" => fault.answer = Answer::Json(value.clone()),
                "fixture" => {
                    let name = fixtures::NAMES.iter().find(|&&name| Some(name) == value.as_str());
                    fault.answer = Answer::Fixture(name.ok_or_else(wrong)?);
                }
                "delay_ms" => fault.delay = Duration::from_millis(value.as_u64().ok_or_else(wrong)?),
                "truncate" => {
                    let bytes = value.as_u64().and_then(|bytes| usize::try_from(bytes).ok());
                    fault.ending = Ending::Truncate(bytes.ok_or_else(wrong)?);
                }
                "raw" => fault.ending = Ending::Raw(value.as_str().ok_or_else(wrong)?.into()),
                "hang" => {
                    if value.as_bool().ok_or_else(wrong)? {
                        fault.ending = Ending::Hang;
                    }
                }
                "reset" | "close" => {
                    fault.ending = if name == "reset" {
                        Ending::Reset
                    } else {
                        Ending::Close
                    };
                    decided = match value.as_str() {
                        Some("before") => Some(false),
                        Some("after") => Some(true),
                        _ => return Err(wrong()),
                    };
                }
                "act" => act = Some(value.as_bool().ok_or_else(wrong)?),
                _ => return Err(format!("unknown part of a fault: \"{name}\"")),
            }
        }
        let lets_through = !fault.replaces_answer() && !matches!(fault.ending, Ending::Raw(_) | Ending::Hang);
        if act == Some(false) && lets_through && decided.is_none() {
            return Err("fault: \"act\": false needs an answer in place of the own one".to_owned());
        }
        fault.act = decided.or(act).unwrap_or(lets_through);
        Ok(fault)
    }

    /// Whether the answer of the service is not the one given.
    pub(crate) fn replaces_answer(&self) -> bool {
        self.status.is_some() || !matches!(self.answer, Answer::Own)
    }

    /// The first fault of the queue that fits; it is used up by this.
    fn take(queue: &mut VecDeque<Self>, target: &str, in_batch: bool) -> Option<Self> {
        let at = queue.iter().position(|fault| {
            fault.in_batch == in_batch && fault.matches.as_ref().is_none_or(|part| target.contains(part))
        })?;
        let fault = &mut queue[at];
        fault.times -= 1;
        if fault.times == 0 {
            queue.remove(at)
        } else {
            Some(fault.clone())
        }
    }

    /// The answer in place of `own`.
    ///
    /// `json`, a fixture of Graph and a bare `status` speak as Graph does, with its headers; `body` is a stranger's.
    pub(crate) fn answer(&self, call: &Call, own: Reply) -> Reply {
        let (acted, devices) = (own.acted, own.devices.clone());
        let mut reply = match (&self.answer, self.status) {
            (Answer::Own, None) => own,
            (Answer::Own, Some(status)) => fixtures::of_status(call, status).said_by_graph(call),
            (Answer::Json(json), status) => {
                let mut call = call.clone();
                if let Some(id) = json["error"]["innerError"]["request-id"].as_str() {
                    id.clone_into(&mut call.request_id);
                }
                Reply::json(status.unwrap_or(200), json).said_by_graph(&call)
            }
            (Answer::Text(text), status) => Reply {
                body: text.clone().into_bytes(),
                ..Reply::empty(status.unwrap_or(200))
            },
            (Answer::Fixture(name), status) => {
                let fixture = fixtures::named(name, call);
                Reply {
                    status: status.unwrap_or(fixture.status),
                    ..fixture
                }
            }
        };
        for (name, values) in &self.headers {
            reply.set(name, values);
        }
        Reply {
            acted,
            devices,
            ..reply
        }
    }
}

/// `{"name": text | number | [text, ...] | null}`.
fn parse_headers(value: &Value) -> Option<Vec<(String, Vec<String>)>> {
    let single = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let mut headers = Vec::new();
    for (name, value) in value.as_object()? {
        let values = match value {
            Value::Null => Vec::new(),
            Value::Array(values) => values.iter().map(single).collect::<Option<_>>()?,
            value => vec![single(value)?],
        };
        headers.push((name.clone(), values));
    }
    Some(headers)
}
