//! What `report` makes of journals: a page for a manager and an auditor, a table, or JSON.
//!
//! ```text
//!  journals --core's history--> account    all that is shown, as texts and numbers
//!                                  |
//!           pseudonyms <-----------+--> html    one file, templates/page.{html,css,js}
//!                                  +--> csv
//!                                  +--> json
//!  check    makes the page once more from the bytes that it names, and compares
//! ```

mod account;
mod check;
mod csv;
mod devices;
mod file;
mod html;
mod json;
mod list;
mod people;
mod pseudonyms;
mod runs;
mod totals;

pub(crate) use account::{Account, Made};
pub(crate) use check::{Found, check_bytes, check_page};
pub(crate) use csv::{csv, is_header_of_a_report};
pub(crate) use file::{is_new, write};
pub(crate) use html::html;
pub(crate) use json::json;
pub(crate) use list::Given;
