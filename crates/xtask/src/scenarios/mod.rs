//! One table of scenarios, run in every language by runners that hold no expectations.

mod compare;
mod driver;
mod process;
mod record;
mod runners;
mod secrets;
mod shape;
mod table;
mod wire;

pub(crate) use driver::{Stage, Verdict, run, run_on};
pub(crate) use runners::{Availability, LANGUAGES, Runner, available};
pub(crate) use table::load;
