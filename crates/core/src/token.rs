//! The bearer token: a secret that cannot be printed, and the claims that explain a failure.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use zeroize::Zeroizing;

use crate::cloud::Cloud;
use crate::error::{Error, Result};
use crate::names::at_home;
use crate::redact;
use crate::status::Status;

/// A bearer token. `Debug` shows no part of it, and there is no `Display`. Clones share its memory, which is cleared when
/// the last one is dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(Arc<Zeroizing<String>>);

/// The beginnings of the type names that objects of .NET and PowerShell become when they are converted to text.
const TYPES: [&str; 3] = ["System.", "Microsoft.", "Azure."];

impl Token {
    /// Checks a token: not empty, printable ASCII without blanks, as a header requires, and without `Bearer ` in front.
    pub fn new(text: &str) -> Result<Self> {
        let refuse = |why: &str| {
            Err(Error::invalid_argument(format!(
                "{why}; pass only the access token"
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
                "the token contains a blank, a line break, a control character or a character outside ASCII",
            );
        }
        if is_name_of_a_type(text) {
            return Err(Error::invalid_argument(
                "the token is the name of a type, which an object such as a SecureString gives as text; convert the SecureString to plain text first, and pass only the access token",
            ));
        }
        Ok(Self(Arc::new(Zeroizing::new(text.to_owned()))))
    }

    pub(crate) fn header(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("Bearer {}", self.0.as_str()))
    }

    /// Removes the token from a text, in case a service echoes it: whole, in pieces, or escaped.
    pub(crate) fn redact(&self, text: &str) -> String {
        redact::redact(&self.0, text)
    }

    /// Removes the token from every text of a document.
    pub(crate) fn redact_json(&self, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.redact(text),
            Value::Array(elements) => elements.iter_mut().for_each(|element| self.redact_json(element)),
            Value::Object(members) => members.values_mut().for_each(|member| self.redact_json(member)),
            _ => {}
        }
    }

    /// Returns the token, or an error if it is for another tenant than the run's, as far as both are known.
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

    /// The object id of the tenant that the token says it is for, unverified; `None` if it does not show it.
    pub fn tenant(&self) -> Option<String> {
        self.facts().tenant
    }

    /// The name of the signed-in user that the token shows, unverified; `None` for an app.
    pub fn signed_in_user(&self) -> Option<String> {
        self.facts().person.shown().cloned()
    }

    /// The claims of the token, unverified: they only explain why the service refused it.
    pub(crate) fn facts(&self) -> TokenFacts {
        TokenFacts::read(&self.0).unwrap_or_default()
    }
}

/// Whether a text is a type name such as `System.Security.SecureString`. No token begins in this way.
fn is_name_of_a_type(text: &str) -> bool {
    TYPES.iter().any(|start| text.starts_with(start))
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._+`[],".contains(&byte))
        && text
            .split('.')
            .all(|part| part.starts_with(|c: char| c.is_ascii_uppercase()))
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

/// Claims of a JWT that explain a refusal. They are never shown completely.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct TokenFacts {
    /// Whether the token is a JWT that can be read.
    pub(crate) readable: bool,
    pub(crate) audience: Option<String>,
    pub(crate) tenant: Option<String>,
    pub(crate) issuer: Option<String>,
    /// Seconds since 1970.
    pub(crate) not_before: Option<i64>,
    /// Seconds since 1970.
    pub(crate) expires: Option<i64>,
    /// `scp` (delegated) or `roles` (application).
    pub(crate) permissions: Vec<String>,
    pub(crate) app_only: bool,
    pub(crate) person: Person,
    pub(crate) app: Option<String>,
}

/// The signed-in user, as far as the token shows. Every field is empty for an app.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Person {
    /// The object id.
    pub(crate) id: Option<String>,
    /// The user principal name. A guest's token has none.
    pub(crate) upn: Option<String>,
    /// The other names in the token, which may be mail addresses.
    pub(crate) names: Vec<String>,
}

impl Person {
    fn of(claims: &Value) -> Self {
        // The names are only compared, and shown only to the user who signed in, so letters of every alphabet count.
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

    /// The name of the user for a journal.
    pub(crate) fn shown(&self) -> Option<&String> {
        self.every_name().chain(&self.id).find(|text| is_plain(text))
    }
}

/// The application id of Microsoft Graph, as an audience.
pub(crate) const GRAPH_APP_ID: &str = "00000003-0000-0000-c000-000000000000";

/// Why the signed-in user is not sent: an operator on a list of leavers is a mistake, and the action cannot be undone.
pub(crate) const SIGNED_IN: &str =
    "the user is the signed-in user, which is never sent; check the list of users";

impl TokenFacts {
    /// Whether a name or an object id belongs to the signed-in user.
    pub(crate) fn is_person(&self, user: &str) -> bool {
        let Person { id, .. } = &self.person;
        let user = at_home(user);
        id.as_ref().is_some_and(|id| id.eq_ignore_ascii_case(&user))
            || self.person.every_name().any(|own| at_home(own) == user)
    }

    /// Whether it is the token of an app without a signed-in user, as far as it can be read.
    pub(crate) fn is_app(&self) -> bool {
        self.readable && self.app_only
    }

    /// Whether it names a permission.
    pub(crate) fn has(&self, permission: &str) -> bool {
        self.permissions.iter().any(|name| name == permission)
    }

    /// How long it is valid from now on.
    pub(crate) fn left(&self, now: SystemTime) -> Option<Duration> {
        let expires = Duration::from_secs(u64::try_from(self.expires?).ok()?);
        let now = now.duration_since(UNIX_EPOCH).ok()?;
        Some(expires.saturating_sub(now))
    }

    /// The clouds whose Microsoft Graph the token can be for; empty if it does not show that.
    pub(crate) fn clouds(&self) -> Vec<Cloud> {
        let audience = self.audience.as_deref().unwrap_or_default();
        let of_audience = Cloud::of_host_of(audience, Cloud::root);
        if !of_audience.is_empty() || !audience.eq_ignore_ascii_case(GRAPH_APP_ID) {
            return of_audience;
        }
        // The app id is the same in every cloud. So is the issuer https://sts.windows.net, in some of them.
        let issuer = self.issuer.as_deref().unwrap_or_default();
        Cloud::of_host_of(issuer, Cloud::authority)
    }

    /// Refuses a token that is for another cloud, before it is sent anywhere.
    pub(crate) fn is_for(&self, ours: Option<Cloud>) -> Result<()> {
        let (Some(ours), clouds) = (ours, self.clouds()) else {
            return Ok(());
        };
        let Some(first) = clouds.first().filter(|_| !clouds.contains(&ours)) else {
            return Ok(());
        };
        let names: Vec<_> = clouds.iter().map(|cloud| cloud.name()).collect();
        let of = if clouds.len() > 1 {
            first.authority()
        } else {
            first.root()
        };
        Err(Error::new(
            Status::Unauthenticated,
            format!(
                "the token is for {of}; use cloud {}, or get a token with the audience {}",
                names.join(" or "),
                ours.root()
            ),
        ))
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
            issuer: text("iss"),
            not_before: claims.get("nbf").and_then(Value::as_i64),
            expires: claims.get("exp").and_then(Value::as_i64),
            permissions,
            app_only,
        })
    }
}

/// Whether a text of a token may be repeated in a message: only short plain text may.
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
    fn the_name_of_a_type_is_no_token() {
        for text in [
            "System.Security.SecureString",
            "System.String[]",
            "System.Threading.Tasks.Task`1[System.String]",
            "Microsoft.Azure.Commands.Profile.Models.PSAccessToken",
            "Azure.Core.AccessToken",
        ] {
            let error = Token::new(text).expect_err(text);
            assert_eq!(error.status, Status::InvalidArgument);
            assert!(
                error.message.contains("convert the SecureString"),
                "{}",
                error.message
            );
            assert!(!error.message.contains(text));
        }
        for text in [
            "System.demo-token",
            "System..token",
            "system.a.b",
            "e30.e30.demo-token",
            "Systematic",
        ] {
            assert!(Token::new(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn a_token_of_another_cloud_is_refused() {
        let says = |claims: Value, ours: Option<Cloud>| {
            let facts = TokenFacts::read(&jwt(&claims)).unwrap_or_default();
            facts
                .is_for(ours)
                .err()
                .map(|error| (error.status, error.message.clone()))
        };
        let app = |issuer: &str| serde_json::json!({"aud": GRAPH_APP_ID, "iss": issuer});
        for cloud in Cloud::ALL {
            for ours in Cloud::ALL {
                for audience in [cloud.root().to_owned(), cloud.root().to_uppercase() + "/"] {
                    let said = says(serde_json::json!({"aud": audience}), Some(ours));
                    assert_eq!(said.is_some(), cloud != ours, "{audience} at {}", ours.name());
                    if let Some((status, message)) = said {
                        assert_eq!(status, Status::Unauthenticated);
                        let named = format!("the token is for {}; use cloud {}", cloud.root(), cloud.name());
                        assert!(message.starts_with(&named), "{message}");
                    }
                }
            }
            assert_eq!(says(serde_json::json!({"aud": cloud.root()}), None), None);
        }
        let government = app("https://login.microsoftonline.us/x/v2.0");
        let (_, message) = says(government.clone(), Some(Cloud::Global)).expect("a refusal");
        assert!(message.contains("use cloud usgov or usgov_dod"), "{message}");
        assert_eq!(says(government, Some(Cloud::UsGovDod)), None);
        for issuer in [
            "https://sts.chinacloudapi.cn/x/",
            "https://login.partner.microsoftonline.cn/x/v2.0",
        ] {
            assert!(says(app(issuer), Some(Cloud::Global)).is_some(), "{issuer}");
            assert_eq!(says(app(issuer), Some(Cloud::China)), None);
        }
        for claims in [
            app("https://sts.windows.net/x/"),
            app("https://login.microsoftonline.us.evil.example/"),
            app(""),
            serde_json::json!({"aud": "https://management.azure.com", "iss": "https://login.microsoftonline.us/x/v2.0"}),
            serde_json::json!({"aud": "https://graph.microsoft.us.evil.example"}),
            serde_json::json!({}),
        ] {
            assert_eq!(says(claims.clone(), Some(Cloud::Global)), None, "{claims}");
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
