//! Whether a 404 proves that an object does not exist, or only hides it.

use crate::body::ErrorBody;

/// The codes with which the service says that an object does not exist
/// (<https://github.com/microsoft/Intune-PowerShell-SDK/issues/119>,
/// <https://github.com/microsoftgraph/microsoft-graph-explorer-v4/issues/3330>).
const CODES: [&str; 2] = ["ResourceNotFound", DIRECTORY];
/// The code of the directory.
const DIRECTORY: &str = "Request_ResourceNotFound";

/// The beginnings of words that name a missing permission.
const WORDS: [&str; 9] = [
    "tag", "scope", "role", "rbac", "permi", "authoriz", "access", "visib", "hidden",
];

/// Whether a 404 in Graph's own form says that the object does not exist.
pub(crate) fn is_shown(body: &ErrorBody) -> bool {
    CODES.iter().any(|code| body.code_is(code)) && !hides(body)
}

/// Whether the directory says that the user does not exist.
pub(crate) fn is_the_directorys(body: &ErrorBody) -> bool {
    body.code_is(DIRECTORY) && !body.is_of_intune() && !hides(body)
}

/// Whether the message mentions scope tags or roles: the object exists, but this sign-in may not see it. "Resource does not
/// contain a tag allowed by the current role" comes with the code of an object that does not exist
/// (<https://github.com/microsoft/Intune-PowerShell-SDK/issues/119>).
pub(crate) fn hides(body: &ErrorBody) -> bool {
    let texts = [&body.message, &body.inner_message].into_iter().flatten();
    let text = texts
        .map(|text| text.to_ascii_lowercase() + " ")
        .collect::<String>();
    text.split(|c: char| !c.is_alphanumeric())
        .any(|word| WORDS.iter().any(|start| word.starts_with(start)) || word.contains("scopetag"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::body;

    fn body(code: &str, message: &str) -> ErrorBody {
        body::parse(&serde_json::json!({"error": {"code": code, "message": message}}).to_string())
    }

    #[test]
    fn a_known_code_whose_words_allow_it() {
        let gone = "Resource 'd0000000-0000-4000-8000-000000000001' does not exist or one of its queried reference-property objects are not present.";
        for code in ["ResourceNotFound", "resourcenotfound", "Request_ResourceNotFound"] {
            assert!(is_shown(&body(code, gone)), "{code}");
            assert!(
                is_shown(&body(code, "The storage stage is advantageous")),
                "{code}"
            );
            for message in [
                "Resource does not contain a tag allowed by the current role.",
                "The resource's Scope is not yours",
                "outside of the RoleScopeTags of the caller",
                "no device with an allowed scopeTag",
                "Tags: none",
            ] {
                assert!(
                    !is_shown(&body(code, message)) && hides(&body(code, message)),
                    "{message}"
                );
            }
        }
        for code in ["UnknownError", "NotFound", "BadRequest", ""] {
            assert!(!is_shown(&body(code, gone)), "{code}");
        }
        let inside = body::parse(
            r#"{"error":{"code":"UnknownError","message":"x","innerError":{"code":"ResourceNotFound"}}}"#,
        );
        assert!(is_shown(&inside));
        let hidden = body::parse(
            r#"{"error":{"code":"ResourceNotFound","message":"x","innerError":{"message":"not in your scope"}}}"#,
        );
        assert!(!is_shown(&hidden));
    }
}
