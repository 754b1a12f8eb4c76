//! `GET /users/{id}`.

use serde_json::{Map, Value, json};

use super::{Answer, not_found, only_options, resolve_user, selection};
use crate::path::Path;
use crate::reply::{Call, Reply};
use crate::state::State;
use crate::tokens::{self, Kind};

/// What comes without `$select`; `accountEnabled` is not in it.
const DEFAULT: &[&str] = &[
    "businessPhones",
    "displayName",
    "givenName",
    "id",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
];

pub(super) fn get(state: &State, call: &Call, kind: Kind, path: &Path) -> Answer {
    tokens::may_read_users(kind, call)?;
    only_options(path, call, &["select"])?;
    let id = resolve_user(state, call, &path.segments[2])?;
    let user = state.directory.find(&id).ok_or_else(|| not_found(call, &id))?;
    let selected = selection(path, call, "user", |name| user.record.contains_key(name))?;
    let names = if selected.is_empty() { DEFAULT } else { &selected };
    let context = format!("{}/v1.0/$metadata#users/$entity", call.base);
    let mut shown = Map::from_iter([("@odata.context".to_owned(), json!(context))]);
    for &name in names {
        shown.insert(
            name.to_owned(),
            user.record.get(name).cloned().unwrap_or(Value::Null),
        );
    }
    Ok(Reply::json(200, &Value::Object(shown)))
}
