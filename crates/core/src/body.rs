//! Parses an error body in every form that has been seen: Graph, Intune nested up to four levels, the inner object alone,
//! legacy OData, OAuth, XML, HTML, plain text, cut off.

use serde_json::Value;

use crate::error::Error;
use crate::text::tidy;
use crate::user_id::is_guid;

/// How many levels of JSON inside JSON text are read.
const MAX_DEPTH: u32 = 6;
/// The length of an error body that is read at most.
pub(crate) const MAX_BODY: usize = 256 * 1024;

/// The fields of an error body. All are empty for a body that says nothing.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct ErrorBody {
    /// Whether the body is an error as Graph or Intune writes it, whole and readable.
    pub(crate) from_graph: bool,
    /// Whether it is an error of the token service that the service passed on.
    pub(crate) from_sign_in: bool,
    pub(crate) code: Option<String>,
    pub(crate) inner_code: Option<String>,
    pub(crate) message: Option<String>,
    /// The messages of the errors inside the error.
    pub(crate) inner_message: Option<String>,
    pub(crate) request_id: Option<String>,
    pub(crate) client_request_id: Option<String>,
    pub(crate) activity_id: Option<String>,
    /// The text as written; see [`crate::retry_after::parse`].
    pub(crate) retry_after: Option<String>,
}

/// Reads a body. Never fails and never claims more than the body says.
pub(crate) fn parse(body: &str) -> ErrorBody {
    let end = (0..=MAX_BODY.min(body.len()))
        .rev()
        .find(|at| body.is_char_boundary(*at));
    let mut found = ErrorBody::default();
    found.read(&body[..end.unwrap_or_default()], 0);
    found.tidy_short_fields();
    found
}

impl ErrorBody {
    /// Copies the fields to an error.
    pub(crate) fn copy_to(self, error: &mut Error) {
        error.activity_id = self.activity_id;
        error.code = self.code;
        error.inner_code = self.inner_code;
        error.service_message = self.message;
    }

    /// Whether Intune wrote it: only Intune has ids of that kind.
    pub(crate) fn is_of_intune(&self) -> bool {
        self.activity_id.is_some()
    }

    /// Reads a complete body. The text of a JSON string can be one, too, if something in between put it into quotes.
    fn read(&mut self, body: &str, depth: u32) {
        let text = body.trim_start_matches('\u{feff}').trim();
        match serde_json::Deserializer::from_str(text)
            .into_iter::<Value>()
            .next()
        {
            Some(Ok(value @ Value::Object(_))) => self.read_document(&value),
            Some(Ok(Value::String(inner))) if depth < MAX_DEPTH && is_whole(text) => {
                self.read(&inner, depth + 1);
            }
            _ if text.starts_with('<') => self.read_markup(text),
            _ if text.contains("\"error\"") || text.starts_with('{') => self.read_broken(text),
            _ => self.message = tidy(text),
        }
    }

    /// Whether the service's message contains this part, in any case of letters.
    pub(crate) fn says(&self, part: &str) -> bool {
        [&self.message, &self.inner_message]
            .into_iter()
            .flatten()
            .any(|text| text.to_ascii_lowercase().contains(part))
    }

    /// Whether the outer or the innermost code is this one, in any case of letters.
    pub(crate) fn code_is(&self, wanted: &str) -> bool {
        [&self.code, &self.inner_code]
            .into_iter()
            .flatten()
            .any(|code| code.eq_ignore_ascii_case(wanted))
    }

    /// Makes codes and ids one printable line: they are shown, as the message is.
    fn tidy_short_fields(&mut self) {
        for field in [
            &mut self.code,
            &mut self.inner_code,
            &mut self.inner_message,
            &mut self.request_id,
            &mut self.client_request_id,
            &mut self.retry_after,
        ] {
            *field = field.take().as_deref().and_then(tidy);
        }
    }

    fn read_document(&mut self, value: &Value) {
        if let Some(error) = value.get("error").or_else(|| value.get("odata.error")) {
            if let Some(code) = error.as_str() {
                self.read_oauth(code, value);
            } else if error.is_object() {
                self.from_graph = error.get("code").is_some();
                self.read_error(error);
            }
        } else {
            self.read_error(value);
            self.from_graph = ["_version", "CustomApiErrorPhrase", "ErrorCode", "innerError"]
                .iter()
                .any(|key| value.get(key).is_some())
                || self.activity_id.is_some();
        }
    }

    /// `{"code", "message", "innerError"}`.
    fn read_error(&mut self, error: &Value) {
        self.code = text_of(member(error, "code"));
        let mut inner = member(error, "innerError");
        for _ in 0..MAX_DEPTH {
            let Some(level) = inner else { break };
            fill(&mut self.request_id, text_of(level.get("request-id")));
            fill(
                &mut self.client_request_id,
                text_of(level.get("client-request-id")),
            );
            self.inner_code = text_of(member(level, "code")).or_else(|| self.inner_code.take());
            if let Some(text) = text_of(member(level, "message")) {
                let before = self.inner_message.take().map(|before| before + " ");
                self.inner_message = Some(before.unwrap_or_default() + &text);
            }
            inner = member(level, "innerError");
        }
        match member(error, "message") {
            Some(Value::String(message)) => self.read_message(message, 0),
            Some(message) => self.read_message(text_of(message.get("value")).unwrap_or_default().as_str(), 0),
            None => {}
        }
        if let Some(code) = text_of(error.get("ErrorCode")) {
            self.inner_code = Some(code);
        }
        self.read_intune_members(error, 0);
    }

    /// Reads a message, which can be JSON text again.
    fn read_message(&mut self, message: &str, depth: u32) {
        let text = message.trim();
        if text.starts_with('{') && depth < MAX_DEPTH {
            let value: Option<Value> = serde_json::from_str(text).ok();
            let inner = if let Some(value) = &value {
                self.read_intune_members(value, depth);
                if let Some(code) = text_of(value.get("ErrorCode")) {
                    self.inner_code = Some(code);
                }
                text_of(member(value, "message"))
            } else {
                fill(&mut self.inner_code, scan_whole(text, "ErrorCode"));
                scan(text, "Message").or_else(|| scan(text, "message"))
            };
            if let Some(inner) = inner {
                return self.read_message(&inner, depth + 1);
            }
            if value.is_some() {
                return;
            }
        }
        self.read_sentence(text);
    }

    /// Reads `RetryAfter` and `HttpHeaders` (JSON text again) beside an Intune message.
    fn read_intune_members(&mut self, value: &Value, depth: u32) {
        if let Some(wait) = value.get("RetryAfter").filter(|wait| !wait.is_null()) {
            fill(&mut self.retry_after, text_of(Some(wait)));
        }
        let headers = value
            .get("HttpHeaders")
            .and_then(Value::as_str)
            .and_then(|text| serde_json::from_str::<Value>(text).ok());
        if let Some(Value::Object(headers)) = headers.filter(|_| depth < MAX_DEPTH) {
            let wait = headers
                .iter()
                .find(|(name, _)| name.eq_ignore_ascii_case("retry-after"));
            fill(
                &mut self.retry_after,
                wait.and_then(|(_, value)| text_of(Some(value))),
            );
        }
    }

    /// Reads the sentence for a person, without the boilerplate that Intune adds.
    fn read_sentence(&mut self, text: &str) {
        if let Some((_, rest)) = text.split_once("Activity ID: ") {
            let id: String = rest.chars().take(36).collect();
            fill(&mut self.activity_id, Some(id).filter(|id| is_guid(id)));
        }
        let human = [" - Operation ID", " - Activity ID", " - CustomApiErrorPhrase"]
            .iter()
            .filter_map(|mark| text.find(mark))
            .min()
            .map_or(text, |end| &text[..end]);
        self.message = tidy(human);
    }

    /// `{"error": "invalid_client", "error_description": "AADSTS7000215: ..."}`.
    fn read_oauth(&mut self, code: &str, value: &Value) {
        self.code = Some(code.to_owned());
        let description = text_of(value.get("error_description")).unwrap_or_default();
        let number: String = description
            .strip_prefix("AADSTS")
            .unwrap_or_default()
            .chars()
            .take_while(char::is_ascii_digit)
            .collect();
        self.inner_code = Some(number)
            .filter(|number| !number.is_empty())
            .map(|number| format!("AADSTS{number}"));
        self.from_sign_in = self.inner_code.is_some();
        self.request_id = text_of(value.get("trace_id"));
        self.client_request_id = text_of(value.get("correlation_id"));
        self.message = tidy(description.split("Trace ID:").next().unwrap_or_default());
    }

    /// Reads XML `<ODataError>` or an HTML page.
    fn read_markup(&mut self, text: &str) {
        let element = |name: &str| {
            let (_, rest) = text.split_once(&format!("<{name}>"))?;
            rest.split_once(&format!("</{name}>"))
                .map(|(inner, _)| unescape(inner))
        };
        if text.contains("<ODataError") || text.contains("<m:error") {
            self.inner_code = element("ErrorCode");
            self.code = self.inner_code.clone();
            self.from_graph = self.code.is_some();
            if let Some(message) = element("Message").or_else(|| element("m:message")) {
                self.read_message(&message, 0);
            }
        } else {
            self.message = tidy(&unescape(&without_tags(text)));
        }
    }

    /// Reads JSON that a strict parser refuses: cut off, wrapped by a console, without its outer braces.
    fn read_broken(&mut self, text: &str) {
        self.code = scan_whole(text, "code");
        self.request_id = scan_whole(text, "request-id");
        self.client_request_id = scan_whole(text, "client-request-id");
        if let Some(message) = scan(text, "message") {
            self.read_message(&message, 0);
        }
    }
}

/// Whether nothing follows the first JSON value.
fn is_whole(text: &str) -> bool {
    serde_json::from_str::<Value>(text).is_ok()
}

/// A member whose name begins with a small or a capital letter.
fn member<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    value
        .as_object()?
        .iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
}

fn fill(slot: &mut Option<String>, text: Option<String>) {
    if slot.is_none() {
        *slot = text;
    }
}

/// A short text or a number; anything else counts as absent.
fn text_of(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The text after `"name":` in JSON that is broken elsewhere, if it is complete.
fn scan_whole(text: &str, name: &str) -> Option<String> {
    let found = scan(text, name)?;
    text.contains(&format!("{found}\"")).then_some(found)
}

/// The text after `"name":` in JSON that is broken elsewhere; up to the end if the closing quote is missing.
fn scan(text: &str, name: &str) -> Option<String> {
    let (_, rest) = text.split_once(&format!("\"{name}\""))?;
    let rest = rest
        .trim_start()
        .strip_prefix(':')?
        .trim_start()
        .strip_prefix('"')?;
    let mut found = String::new();
    let mut chars = rest.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => break,
            '\\' => match chars.next() {
                Some('n' | 'r' | 't') => found.push(' '),
                Some('u') => {
                    let hex: String = chars.by_ref().take(4).collect();
                    let code = u32::from_str_radix(&hex, 16).ok();
                    found.extend(code.and_then(char::from_u32));
                }
                Some(escaped) => found.push(escaped),
                None => break,
            },
            _ => found.push(c),
        }
    }
    Some(found).filter(|found| !found.trim().is_empty())
}

fn without_tags(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut inside = false;
    for c in text.chars() {
        match c {
            '<' => inside = true,
            '>' => {
                inside = false;
                plain.push(' ');
            }
            _ if !inside => plain.push(c),
            _ => {}
        }
    }
    plain
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&apos;", "'")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests;
