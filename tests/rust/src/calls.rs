//! The calls for one user.

use graph_devices::{
    CallOptions, Client, ClientOptions, ENDPOINT_VARIABLE, Endpoint, Receipt, Result as Answer, Token, UserId,
};
use serde_json::Value;

use crate::arguments::{Arguments, Unsupported};
use crate::generated;
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
    let options = generated::call_options(arguments)?;
    let call = || client.remove_all_devices(&UserId::parse(user)?, &options?);
    Ok(json::answer(&call()))
}

/// The devices of a user.
pub(crate) fn devices(arguments: &Arguments) -> Output {
    let user = arguments.needed("user")?;
    let client = match connected(arguments)? {
        Ok(client) => client,
        Err(error) => return Ok(json::devices(&Err(error))),
    };
    let options = generated::call_options(arguments)?;
    let call = || client.managed_devices(&UserId::parse(user)?, &options?);
    Ok(json::devices(&call()))
}

pub(crate) fn connected(arguments: &Arguments) -> Result<Answer<Client>, Unsupported> {
    let token = arguments.needed("token")?;
    Ok(client_options(arguments)?.and_then(|options| Client::new(options, Token::new(token)?)))
}

fn client_options(arguments: &Arguments) -> Result<Answer<ClientOptions>, Unsupported> {
    let options = generated::options(arguments)?;
    let Some(file) = arguments.text("ca_certificates_file") else {
        return Ok(options);
    };
    let pem = std::fs::read(file).unwrap_or_default();
    Ok(options.and_then(|options| options.ca_certificates(&String::from_utf8_lossy(&pem))))
}
