//! Retires every device of one user: `retire USER`, with the access token in `GRAPH_TOKEN`.
#![allow(clippy::disallowed_macros)]

use std::error::Error as StdError;
use std::process::ExitCode;

use graph_devices::{
    CallOptions, Client, ClientOptions, ENDPOINT_VARIABLE, Effect, Endpoint, Error, Receipt, Token, UserId,
};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (Some(user), None) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: retire USER, with the access token in GRAPH_TOKEN");
        return ExitCode::FAILURE;
    };
    match retire(&user) {
        Ok(receipt) => {
            print(&receipt);
            ExitCode::SUCCESS
        }
        Err(error) => {
            complain(&*error);
            ExitCode::FAILURE
        }
    }
}

fn retire(user: &str) -> Result<Receipt, Box<dyn StdError>> {
    let mut options = ClientOptions::default();
    if let Some(endpoint) = variable(ENDPOINT_VARIABLE)? {
        options = options.endpoint(Endpoint::from_environment_text(&endpoint)?);
    }
    let token = variable("GRAPH_TOKEN")?.ok_or("GRAPH_TOKEN is not set")?;
    let client = Client::new(options, Token::new(&token)?)?;
    Ok(client.remove_all_devices(&UserId::parse(user)?, &CallOptions::default())?)
}

/// An environment variable; unset and empty are the same.
fn variable(name: &str) -> Result<Option<String>, Box<dyn StdError>> {
    match std::env::var(name) {
        Ok(text) if text.is_empty() => Ok(None),
        Ok(text) => Ok(Some(text)),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => Err(format!("{name} is not UTF-8").into()),
    }
}

fn print(receipt: &Receipt) {
    let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    println!("accepted for {}", receipt.user);
    println!("request id  {}", or_dash(&receipt.request_id));
    println!("date        {}", or_dash(&receipt.date));
    println!("attempts    {}", receipt.attempts);
    if let Some(endpoint) = &receipt.custom_endpoint {
        println!("endpoint    {endpoint}, not a Microsoft cloud");
    }
}

fn complain(error: &(dyn StdError + 'static)) {
    let Some(error) = error.downcast_ref::<Error>() else {
        eprintln!("{error}");
        return;
    };
    eprintln!("{}: {error}", error.status);
    if error.effect == Effect::Possible {
        eprintln!("it may have been applied: look at the user's devices");
    }
}
