//! Error bodies in the forms of the service: Graph's own, Intune's inside it, and Intune's twice inside it.

use crate::clock;
use crate::reply::Call;

/// `{"error":{"code","message","innerError"}}`.
pub(crate) fn graph_error(call: &Call, code: &str, message: &str) -> String {
    format!(
        r#"{{"error":{{"code":{},"message":{},"innerError":{{"date":{},"request-id":{},"client-request-id":{}}}}}}}"#,
        quote(code),
        quote(message),
        quote(&clock::inner_error_date()),
        quote(&call.request_id),
        quote(call.client_request_id()),
    )
}

/// Intune's error, a JSON text; `http_headers` is a JSON text too.
pub(crate) fn intune_message(call: &Call, message: &str, http_headers: &str) -> String {
    let text = format!(
        "{message} - Operation ID (for customer support): 00000000-0000-0000-0000-000000000000 \
         - Activity ID: {} - Url: https://fef.emulator00.manage.microsoft.com/StatelessEmulatorFEService{}?api-version=2024-01-01",
        call.client_request_id(),
        call.target.split('?').next().unwrap_or_default(),
    );
    format!(
        "{{\r\n  \"_version\": 3,\r\n  \"Message\": {},\r\n  \"CustomApiErrorPhrase\": \"\",\r\n  \"RetryAfter\": null,\r\n  \
         \"ErrorSourceService\": \"\",\r\n  \"HttpHeaders\": {}\r\n}}",
        quote(&text),
        quote(http_headers),
    )
}

/// The answer to a signed-in user without the Intune role: a 401 that is not about the token.
pub(crate) fn intune_double_nested(call: &Call) -> String {
    let headers = format!(
        r#"{{"WWW-Authenticate":{}}}"#,
        quote(r#"Bearer realm="urn:intune:service,emulator""#)
    );
    let message = format!(
        r#"{{"ErrorCode":"Forbidden","Message":{},"Target":null,"Details":null,"InnerError":null,"InstanceAnnotations":[]}}"#,
        quote(&intune_message(call, "An error has occurred", &headers)),
    );
    graph_error(call, "UnknownError", &message)
}

/// The page that http.sys writes by itself.
pub(crate) fn http_sys_page(title: &str, sentence: &str) -> String {
    format!(
        "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\"\"http://www.w3.org/TR/html4/strict.dtd\">\r\n\
         <HTML><HEAD><TITLE>{title}</TITLE>\r\n\
         <META HTTP-EQUIV=\"Content-Type\" Content=\"text/html; charset=us-ascii\"></HEAD>\r\n\
         <BODY><h2>{title}</h2>\r\n<hr><p>{sentence}</p>\r\n</BODY></HTML>\r\n"
    )
}

/// `text` as a JSON string.
pub(crate) fn quote(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
