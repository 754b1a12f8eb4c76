//! The bearer token: a secret that cannot be printed, and what may be read from it to explain a failure.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use zeroize::Zeroizing;

use crate::error::{Error, Result};
use crate::names::at_home;
use crate::status::Status;

/// A bearer token. `Debug` shows no part of it, there is no `Display`, and its memory is cleared when it is dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(Zeroizing<String>);

impl Token {
    /// Checks a token: not empty, no blanks, printable ASCII (what a header can carry), no `Bearer ` in front.
    pub fn new(text: &str) -> Result<Self> {
        let refuse = |why: &str| {
            Err(Error::invalid_argument(format!(
                "{why}; pass the access token alone"
            )))
        };
        if text.is_empty() {
            return refuse("the token is empty");
        }
        if text
            .get(..7)
            .is_some_and(|start| start.eq_ignore_ascii_case("bearer "))
        {
            return refuse("the token begins with `Bearer `");
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return refuse(
                "the token holds a blank, a line break, a control character or a character outside ASCII",
            );
        }
        Ok(Self(Zeroizing::new(text.to_owned())))
    }

    pub(crate) fn header(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("Bearer {}", self.0.as_str()))
    }

    /// A text with every occurrence of the token taken out, should a service echo it.
    pub(crate) fn redact(&self, text: &str) -> String {
        text.replace(self.0.as_str(), "[token]")
    }

    /// The token, unless it is of another tenant than a run is about, as far as both are known.
    pub(crate) fn of_tenant(self, tenant: Option<&str>, refused_as: Status) -> Result<Self> {
        match (tenant, self.facts().tenant) {
            (Some(before), Some(now)) if !before.eq_ignore_ascii_case(&now) => Err(Error::new(
                refused_as,
                format!(
                    "the token is for tenant {now}, but the run is about tenant {before}; get one for that tenant"
                ),
            )),
            _ => Ok(self),
        }
    }

    /// What the token says of itself, unverified: good only to explain why the service refused it.
    pub(crate) fn facts(&self) -> TokenFacts {
        TokenFacts::read(&self.0).unwrap_or_default()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

/// Claims of a JWT that explain a refusal. Never shown whole.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct TokenFacts {
    /// Whether the token was a JWT that could be read at all.
    pub(crate) readable: bool,
    pub(crate) audience: Option<String>,
    pub(crate) tenant: Option<String>,
    /// Seconds since 1970.
    pub(crate) expires: Option<i64>,
    /// `scp` (delegated) or `roles` (application).
    pub(crate) permissions: Vec<String>,
    pub(crate) app_only: bool,
    pub(crate) person: Person,
    pub(crate) app: Option<String>,
}

/// The signed-in person, as far as the token tells; an app is none.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Person {
    /// The object id.
    pub(crate) id: Option<String>,
    /// The user principal name. A guest's token has none.
    pub(crate) upn: Option<String>,
    /// The other names, which may be addresses.
    pub(crate) names: Vec<String>,
}

impl Person {
    fn of(claims: &Value) -> Self {
        // Only compared, and shown to nobody who did not sign in: letters of every alphabet count.
        let text = |name: &str| {
            let text = claims.get(name).and_then(Value::as_str)?;
            let is_name = !text.is_empty() && text.len() <= 2048 && !text.chars().any(char::is_control);
            is_name.then(|| text.to_owned())
        };
        let names = ["preferred_username", "unique_name", "email"];
        Self {
            id: text("oid"),
            upn: text("upn"),
            names: names.into_iter().filter_map(text).collect(),
        }
    }

    fn every_name(&self) -> impl Iterator<Item = &String> {
        self.upn.iter().chain(&self.names)
    }

    /// What the person is called in a journal.
    pub(crate) fn shown(&self) -> Option<&String> {
        self.every_name().chain(&self.id).find(|text| is_plain(text))
    }
}

/// Why the signed-in person is left alone: an operator on a list of leavers is a mistake, and the action cannot be undone.
pub(crate) const SIGNED_IN: &str = "the user is the signed-in person, never a leaver";

impl TokenFacts {
    /// Whether a name or an object id is the signed-in person's.
    pub(crate) fn is_person(&self, user: &str) -> bool {
        let Person { id, .. } = &self.person;
        let user = at_home(user);
        id.as_ref().is_some_and(|id| id.eq_ignore_ascii_case(&user))
            || self.person.every_name().any(|own| at_home(own) == user)
    }

    fn read(token: &str) -> Option<Self> {
        let payload = token.split('.').nth(1)?;
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?);
        let claims: Value = serde_json::from_slice(&bytes).ok()?;
        let text = |name: &str| {
            claims
                .get(name)
                .and_then(Value::as_str)
                .filter(|text| is_plain(text))
                .map(str::to_owned)
        };
        let mut permissions: Vec<String> = text("scp")
            .map(|scopes| scopes.split(' ').map(str::to_owned).collect())
            .unwrap_or_default();
        if let Some(roles) = claims.get("roles").and_then(Value::as_array) {
            permissions.extend(
                roles
                    .iter()
                    .filter_map(Value::as_str)
                    .filter(|role| is_plain(role))
                    .map(str::to_owned),
            );
        }
        let app_only =
            claims.get("idtyp").and_then(Value::as_str) == Some("app") || claims.get("scp").is_none();
        let person = if app_only {
            Person::default()
        } else {
            Person::of(&claims)
        };
        Some(Self {
            person,
            app: text("appid").or_else(|| text("azp")),
            readable: claims.is_object(),
            audience: text("aud"),
            tenant: text("tid"),
            expires: claims.get("exp").and_then(Value::as_i64),
            permissions,
            app_only,
        })
    }
}

/// Only short plain text of a token is ever repeated in a message.
fn is_plain(text: &str) -> bool {
    text.len() <= 2048 && text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ')
}

#[cfg(test)]
pub(crate) fn jwt(claims: &Value) -> String {
    format!(
        "{}.{}.sig",
        URL_SAFE_NO_PAD.encode("{}"),
        URL_SAFE_NO_PAD.encode(claims.to_string())
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refused_tokens() {
        for text in [
            "",
            "Bearer demo-token",
            "bearer demo-token",
            "demo token",
            "demo-token\n",
            "demo\u{0}token",
            "tøken",
            "\t",
        ] {
            assert!(Token::new(text).is_err(), "accepted {text:?}");
        }
    }

    #[test]
    fn nothing_prints_it() -> Result<()> {
        assert_eq!(format!("{:?}", Token::new("demo-token")?), "Token(..)");
        Ok(())
    }

    #[test]
    fn facts_of_a_jwt_and_of_anything_else() -> Result<()> {
        let token = Token::new(&jwt(
            &serde_json::json!({"aud": "https://graph.microsoft.com", "exp": 1, "scp": "A B"}),
        ))?;
        let facts = token.facts();
        assert!(facts.readable && !facts.app_only);
        assert_eq!(facts.permissions, ["A", "B"]);
        for text in ["demo-token", "a.b.c", "..", "a.e30.c", "x.!!!.y"] {
            let _ = Token::new(text)?.facts();
        }
        Ok(())
    }
}
