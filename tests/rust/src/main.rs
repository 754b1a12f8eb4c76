//! Makes one call of the Rust API and prints every public field as one line of JSON. It holds no expectations: see
//! `tests/scenarios`.
//!
//! `scenario-runner two_argument|client|devices|run|verify name=value ...`

mod arguments;
mod calls;
mod generated;
mod json;
mod many;

use std::process::ExitCode;

use arguments::Arguments;

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let call = words.next().unwrap_or_default();
    let output = Arguments::read(words).and_then(|arguments| match call.as_str() {
        "two_argument" => calls::two_argument(&arguments),
        "client" => calls::client(&arguments),
        "devices" => calls::devices(&arguments),
        "run" => many::run(&arguments),
        "verify" => many::verify(&arguments),
        _ => Err(arguments::Unsupported("no such call")),
    });
    println!(
        "{}",
        output.unwrap_or_else(|unsupported| json::unsupported(&unsupported))
    );
    ExitCode::SUCCESS
}
