//! Core's client from the options of a command line.

use graph_devices::{
    Client, ClientOptions, Cloud, Credential as _, ENDPOINT_VARIABLE, Endpoint, Status, Token,
};

use crate::args::Connection;
use crate::failure::{Failure, Result};
use crate::io::Io;
use crate::token;

/// Makes the client, and warns of an endpoint that is no Microsoft cloud.
pub(crate) fn connect(connection: &Connection, io: &Io) -> Result<Client> {
    let options = options(connection)?;
    let credential = token::credential(&connection.token, io)?;
    if let Some(tenant) = &connection.tenant {
        is_for(&credential.token()?, tenant)?;
    }
    let client = Client::new(options, credential)?;
    let endpoint = client.endpoint();
    if endpoint.cloud().is_none() {
        io.note(&format!("not a Microsoft cloud: {}", endpoint.root()));
    }
    Ok(client)
}

fn options(connection: &Connection) -> Result<ClientOptions> {
    let mut options = ClientOptions::default().user_agent_suffix("command-line")?;
    if let Some(text) = std::env::var(ENDPOINT_VARIABLE)
        .ok()
        .filter(|text| !text.is_empty())
    {
        options = options.environment_endpoint(Endpoint::from_environment_text(&text)?);
    }
    if let Some(name) = &connection.cloud {
        options = options.cloud(Cloud::parse(name)?);
    }
    if let Some(url) = &connection.endpoint {
        options = options.endpoint(Endpoint::parse(url)?);
    }
    if let Some(url) = &connection.proxy {
        options = options.proxy(url)?;
    }
    if let Some(path) = &connection.ca_file {
        let pem = std::fs::read_to_string(path).map_err(|error| {
            Failure::usage(format!(
                "--ca-file: {} cannot be read: {error}; name a file with certificates in PEM",
                path.display()
            ))
        })?;
        options = options.ca_certificates(&pem)?;
    }
    if let Some(timeout) = connection.timeout {
        options = options.timeout(timeout)?;
    }
    if let Some(deadline) = connection.deadline {
        options = options.deadline(deadline)?;
    }
    if let Some(attempts) = connection.attempts {
        options = options.max_attempts(attempts)?;
    }
    Ok(options)
}

/// Refuses a token that is not known to be for the tenant.
fn is_for(token: &Token, tenant: &str) -> Result<()> {
    let message = match token.tenant() {
        Some(found) if found.eq_ignore_ascii_case(tenant) => return Ok(()),
        Some(found) => format!("the token is for tenant {found}, not {tenant}; get one for {tenant}"),
        None => format!(
            "the token does not show its tenant, so it is not known to be for {tenant}; get another, or leave out --tenant"
        ),
    };
    Err(Failure {
        status: Some(Status::Unauthenticated),
        ..Failure::unable(message)
    })
}
