//! The header of a list and the column that holds the users. A column is taken by its name, never by its content alone.

use graph_devices::UserId;

use super::table::{Record, trimmed};
use super::{ColumnOption, ListError, PassedOver, Why};
use crate::page::is_header_of_a_report;

/// Where the users stand.
#[derive(Debug)]
pub(super) struct Place {
    /// The column, from 0.
    pub(super) column: usize,
    /// The line of the header, if there is one.
    pub(super) header: Option<usize>,
    /// The name of the column; `None` without a header.
    pub(super) name: Option<String>,
    /// The first record of a user.
    pub(super) first: usize,
    /// The number of cells that a record can have.
    pub(super) width: usize,
}

/// What a column holds, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// User principal names.
    Name,
    /// Perhaps the object ids of users.
    Id,
    /// Something of a device.
    Device,
    /// A name or an address of a person that need not be the user principal name.
    Address,
}

/// The names of columns, as [`plain`] writes them.
const NAMES: [(Kind, &[&str]); 4] = [
    (
        Kind::Name,
        &["userprincipalname", "upn", "userupn", "entraupn", "azureadupn"],
    ),
    (
        Kind::Id,
        &["userid", "objectid", "entraobjectid", "azureadobjectid", "id"],
    ),
    (
        Kind::Device,
        &[
            "deviceid",
            "devicename",
            "managementname",
            "manageddevicename",
            "azureaddeviceid",
            "entradeviceid",
            "intunedeviceid",
            "serialnumber",
            "imei",
            "wifimac",
            "wifimacaddress",
            "primaryuserupn",
            "primaryuseremailaddress",
        ],
    ),
    (
        Kind::Address,
        &[
            "email",
            "emailaddress",
            "mail",
            "workemail",
            "businessemail",
            "companyemail",
            "primaryemail",
            "primarysmtpaddress",
            "username",
            "login",
            "loginname",
            "samaccountname",
            "mailnickname",
            "alias",
        ],
    ),
];

/// The header stands within so many records.
const HIGHEST: usize = 10;
/// Of so many columns the names are listed.
const LISTED: usize = 20;
/// The refusal of a list without rows. For exclusions such a list would protect no user.
pub(super) const NO_USERS: &str = "it holds no users; check that it is the right file";
/// So many characters of a text are shown in a message.
const QUOTED: usize = 100;
/// The beginning of the row that Entra's templates contain.
const EXAMPLE: &str = "example:";

/// The name of a column in the form that is compared: of `User name [userPrincipalName] Required` the part in brackets,
/// without case, blanks and punctuation.
fn plain(name: &str) -> String {
    let inner = name
        .split_once('[')
        .and_then(|(_, rest)| rest.split_once(']'))
        .map_or(name, |(inner, _)| inner);
    let letters = inner.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

fn kind(name: &str) -> Option<Kind> {
    let name = plain(name);
    let known = NAMES.iter().find(|(_, names)| names.contains(&name.as_str()));
    known.map(|(kind, _)| *kind)
}

/// Finds the users among records that are not blank. What stands around the header is passed over.
pub(super) fn find(
    records: &[Record],
    is_divided: bool,
    wanted: Option<&ColumnOption>,
    passed_over: &mut Vec<PassedOver>,
) -> Result<Place, ListError> {
    let Some((header, column)) = header_and_column(records, is_divided, wanted)? else {
        return without_header(records, is_divided, wanted);
    };
    let (titles, below) = (&records[..header], &records[header + 1..]);
    for record in titles {
        if let Some(user) = record.cells.iter().find(|cell| is_user(trimmed(cell))) {
            return Err(ListError::new(format!(
                "the user {} stands above the header; put the header first",
                quoted(user)
            ))
            .at(record.line));
        }
        passed_over.push(PassedOver::new(record.line, Why::Title));
    }
    let name = records[header].cell(column);
    let mut first = header + 1;
    for record in below {
        let Some(why) = continues_header(record, column, name) else {
            break;
        };
        passed_over.push(PassedOver::new(record.line, why));
        first += 1;
    }
    let rows = &records[first..];
    if kind(name) == Some(Kind::Id) && wanted.is_none() {
        require_object_ids(rows, column, name)?;
    }
    refuse_another_header(rows)?;
    Ok(Place {
        column,
        header: Some(records[header].line),
        name: Some(name.to_owned()),
        first,
        width: records[header].cells.len(),
    })
}

/// The place of the header and that of the users' column; `None` if there is no header.
fn header_and_column(
    records: &[Record],
    is_divided: bool,
    wanted: Option<&ColumnOption>,
) -> Result<Option<(usize, usize)>, ListError> {
    let top = &records[..records.len().min(HIGHEST)];
    let with = |fits: &dyn Fn(&str) -> bool| {
        top.iter()
            .position(|record| record.cells.iter().any(|cell| fits(cell)))
    };
    let known = || {
        NAMES
            .iter()
            .find_map(|(sought, _)| with(&|cell| kind(cell) == Some(*sought)))
    };
    match wanted {
        None => known()
            .map(|at| Ok((at, known_column(&records[at])?)))
            .transpose(),
        Some(ColumnOption::Name(name)) => match with(&|cell| is_named(cell, name)) {
            Some(at) => Ok(Some((
                at,
                only(&records[at], |cell| is_named(cell, name))?.unwrap_or_default(),
            ))),
            None => Err(no_column(
                top,
                is_divided,
                &format!("no column has the name {}", quoted(name)),
            )),
        },
        Some(ColumnOption::Number(number)) => {
            let column = number.get() - 1;
            let first = records
                .first()
                .filter(|record| !is_user(record.cell(column)))
                .map(|_| 0);
            let Some(at) = known().or(first) else {
                return Ok(None);
            };
            if column < records[at].cells.len() {
                return Ok(Some((at, column)));
            }
            Err(no_column(
                top,
                is_divided,
                &format!("there is no column {number}"),
            ))
        }
    }
}

/// The column of the users in a header that has at least one known name.
fn known_column(header: &Record) -> Result<usize, ListError> {
    let of = |sought: Kind| only(header, move |cell| kind(cell) == Some(sought));
    let first = |sought| header.cells.iter().find(|cell| kind(cell) == Some(sought));
    // The report of this program has a row for each device, and is a list of people all the same.
    let is_report = is_header_of_a_report(header.cells.iter().map(|cell| trimmed(cell)));
    if let Some(device) = first(Kind::Device).filter(|_| !is_report) {
        return Err(ListError::new(format!(
            "it is a list of devices, as its column {} shows, and each owner would lose all devices; give a list of people, or name the column of the people with --column",
            quoted(device)
        ))
        .at(header.line));
    }
    if let Some(column) = of(Kind::Name)?.map_or_else(|| of(Kind::Id), |column| Ok(Some(column)))? {
        return Ok(column);
    }
    let address = first(Kind::Address).map(|name| quoted(name)).unwrap_or_default();
    Err(ListError::new(format!(
        "the column {address} need not hold the user principal names; if it does, add --column {address}"
    ))
    .at(header.line))
}

/// The places of other columns, by their names.
pub(super) fn others(header: Option<&Record>, names: &[String]) -> Result<Vec<usize>, ListError> {
    let place = |name: &String| {
        let missing = || {
            let names = header.map(|header| header.cells.iter().map(|cell| quoted(cell)));
            let names = names.map_or_else(Vec::new, Iterator::collect);
            ListError::new(format!(
                "no column has the name {}; the header has {}",
                quoted(name),
                names.join(", ")
            ))
        };
        let header = header.ok_or_else(missing)?;
        only(header, |cell| is_named(cell, name))?.ok_or_else(missing)
    };
    names.iter().map(place).collect()
}

/// The one column that fits, if any does. Several are refused.
fn only(header: &Record, fits: impl Fn(&str) -> bool) -> Result<Option<usize>, ListError> {
    let mut fitting = header.cells.iter().enumerate().filter(|(_, cell)| fits(cell));
    let Some((first, one)) = fitting.next() else {
        return Ok(None);
    };
    let Some((second, another)) = fitting.next() else {
        return Ok(Some(first));
    };
    let (first, second) = (first + 1, second + 1);
    Err(ListError::new(format!(
        "columns {first} {} and {second} {} both fit; choose one by its number, such as --column {first}",
        quoted(one),
        quoted(another)
    ))
    .at(header.line))
}

/// A list without header: one user a line, or a column that was given by number.
fn without_header(
    records: &[Record],
    is_divided: bool,
    wanted: Option<&ColumnOption>,
) -> Result<Place, ListError> {
    let column = match wanted {
        Some(ColumnOption::Number(number)) => number.get() - 1,
        _ => 0,
    };
    match records.first() {
        None => Err(ListError::new(NO_USERS)),
        Some(first) if is_user(first.cell(column)) && (!is_divided || wanted.is_some()) => Ok(Place {
            column,
            header: None,
            name: None,
            first: 0,
            width: first.cells.len(),
        }),
        Some(_) => Err(no_column(
            records,
            is_divided,
            "no column is known to hold the users",
        )),
    }
}

/// The refusal of a list whose users were not found, with the columns that are there.
fn no_column(top: &[Record], is_divided: bool, why: &str) -> ListError {
    let Some(first) = top.first() else {
        return ListError::new(NO_USERS);
    };
    if !is_divided {
        return ListError::new(format!(
            "{why}: {} is neither a user nor a known name of a column; correct the line, name the delimiter with --delimiter, or add --column 1 if it is the header",
            quoted(first.cell(0))
        ))
        .at(first.line);
    }
    let names = first.cells.iter().enumerate().take(LISTED);
    let names: Vec<_> = names
        .map(|(at, name)| format!("{} {}", at + 1, quoted(name)))
        .collect();
    ListError::new(format!(
        "{why}; name it with --column; the first line has {}",
        names.join(", ")
    ))
    .at(first.line)
}

/// Why a record below the header is a part of it, such as a second line of names.
fn continues_header(record: &Record, column: usize, name: &str) -> Option<Why> {
    let cell = record.cell(column);
    let start = record.cell(0).get(..EXAMPLE.len()).unwrap_or_default();
    if start.eq_ignore_ascii_case(EXAMPLE) {
        return Some(Why::Example);
    }
    let is_name = kind(cell).is_some() || is_named(cell, name);
    let is_rule = !cell.is_empty() && cell.bytes().all(|byte| byte == b'-');
    (!is_user(cell) && (is_name || is_rule)).then_some(Why::SecondHeader)
}

/// Refuses a second table below the first: its users may stand in another column.
fn refuse_another_header(records: &[Record]) -> Result<(), ListError> {
    let is_header = |record: &&Record| record.cells.iter().any(|cell| kind(cell) == Some(Kind::Name));
    match records.iter().find(is_header) {
        None => Ok(()),
        Some(record) => Err(ListError::new(
            "another header stands below the first; make it one table, or two files",
        )
        .at(record.line)),
    }
}

fn require_object_ids(records: &[Record], column: usize, name: &str) -> Result<(), ListError> {
    let is_object_id = |cell: &str| UserId::parse(cell).is_ok_and(|user| user.is_object_id());
    let mut cells = records.iter().map(|record| (record.line, record.cell(column)));
    match cells.find(|(_, cell)| !cell.is_empty() && !is_object_id(cell)) {
        None => Ok(()),
        Some((line, cell)) => Err(ListError::new(format!(
            "the column {name} need not hold users, since {cell} is no object id; if it does, add --column {name}",
            name = quoted(name),
            cell = quoted(cell)
        ))
        .at(line)),
    }
}

fn is_user(cell: &str) -> bool {
    UserId::parse(cell).is_ok()
}

fn is_named(cell: &str, name: &str) -> bool {
    trimmed(cell) == trimmed(name) || (!plain(name).is_empty() && plain(cell) == plain(name))
}

/// A text of the list in a message. A long one, such as a whole file without line breaks, is cut.
pub(super) fn quoted(text: &str) -> String {
    let mut characters = trimmed(text).chars();
    let begin: String = characters.by_ref().take(QUOTED).collect();
    let more = if characters.next().is_some() { "..." } else { "" };
    format!("\"{}{more}\"", begin.escape_debug())
}
