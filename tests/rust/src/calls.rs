//! The calls for one user.

use graph_devices::{
    CallOptions, Client, ClientOptions, Cloud, ENDPOINT_VARIABLE, Endpoint, Receipt, Result as Answer, Token,
    UserId,
};
use serde_json::Value;

use crate::arguments::{Arguments, Unsupported};
use crate::json;

pub(crate) type Output = Result<Value, Unsupported>;

/// A token and a user, to the endpoint of the environment.
pub(crate) fn two_argument(arguments: &Arguments) -> Output {
    let (token, user) = (arguments.needed("token")?, arguments.needed("user")?);
    let endpoint = std::env::var(ENDPOINT_VARIABLE).unwrap_or_default();
    let call = || -> Answer<Receipt> {
        let options = ClientOptions::default().endpoint(Endpoint::from_environment_text(&endpoint)?);
        let user = UserId::parse(user)?;
        Client::new(options, Token::new(token)?)?.remove_all_devices(&user, &CallOptions::default())
    };
    Ok(json::status(&call()))
}

/// A client with options.
pub(crate) fn client(arguments: &Arguments) -> Output {
    let user = arguments.needed("user")?;
    let client = match connected(arguments)? {
        Ok(client) => client,
        Err(error) => return Ok(json::answer(&Err(error))),
    };
    let call = || client.remove_all_devices(&UserId::parse(user)?, &call_options(arguments)?);
    Ok(json::answer(&call()))
}

/// The devices of a user.
pub(crate) fn devices(arguments: &Arguments) -> Output {
    let user = arguments.needed("user")?;
    let client = match connected(arguments)? {
        Ok(client) => client,
        Err(error) => return Ok(json::devices(&Err(error))),
    };
    let call = || client.managed_devices(&UserId::parse(user)?, &call_options(arguments)?);
    Ok(json::devices(&call()))
}

pub(crate) fn connected(arguments: &Arguments) -> Result<Answer<Client>, Unsupported> {
    let token = arguments.needed("token")?;
    Ok(client_options(arguments)?.and_then(|options| Client::new(options, Token::new(token)?)))
}

fn client_options(arguments: &Arguments) -> Result<Answer<ClientOptions>, Unsupported> {
    let attempts = arguments
        .number("max_attempts")?
        .map(|number| u32::try_from(number).unwrap_or(u32::MAX));
    let (timeout, connect) = (
        arguments.milliseconds("timeout_ms")?,
        arguments.milliseconds("connect_timeout_ms")?,
    );
    let deadline = arguments.milliseconds("deadline_ms")?;
    let backoff = arguments
        .milliseconds("backoff_base_ms")?
        .zip(arguments.milliseconds("backoff_cap_ms")?);
    let pem = arguments
        .text("ca_pem_file")
        .map(|file| std::fs::read_to_string(file).unwrap_or_default())
        .or_else(|| arguments.text("ca_pem").map(str::to_owned));
    let set = || -> Answer<ClientOptions> {
        let mut options = ClientOptions::default();
        options = given(options, arguments.text("cloud"), |options, name| {
            Ok(options.cloud(Cloud::parse(name)?))
        })?;
        options = given(options, arguments.text("endpoint"), |options, url| {
            Ok(options.endpoint(Endpoint::parse(url)?))
        })?;
        options = given(options, timeout, ClientOptions::timeout)?;
        options = given(options, connect, ClientOptions::connect_timeout)?;
        options = given(options, deadline, ClientOptions::deadline)?;
        options = given(options, attempts, ClientOptions::max_attempts)?;
        options = given(options, backoff, |options, (base, cap)| {
            options.backoff(base, cap)
        })?;
        options = given(options, arguments.text("proxy"), ClientOptions::proxy)?;
        options = given(options, pem, |options, pem| options.ca_pem(&pem))?;
        given(
            options,
            arguments.text("user_agent_suffix"),
            ClientOptions::user_agent_suffix,
        )
    };
    Ok(set())
}

pub(crate) fn call_options(arguments: &Arguments) -> Answer<CallOptions> {
    let mut options = CallOptions::default();
    options = given(
        options,
        arguments.text("justification"),
        CallOptions::justification,
    )?;
    options = given(
        options,
        arguments.text("approval_code"),
        CallOptions::approval_code,
    )?;
    given(
        options,
        arguments.text("client_request_id"),
        CallOptions::client_request_id,
    )
}

pub(crate) fn given<O, T>(options: O, value: Option<T>, set: impl FnOnce(O, T) -> Answer<O>) -> Answer<O> {
    match value {
        Some(value) => set(options, value),
        None => Ok(options),
    }
}
