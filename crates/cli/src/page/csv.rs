//! A report as CSV for spreadsheets: a row for each device, and one for a person without any.

use super::account::Account;
use super::devices::Device;
use super::people::Person;

/// `UserPrincipalName` comes first, so that the report of the people who are left is a list of users again.
const COLUMNS: [&str; 24] = [
    "UserPrincipalName",
    "line",
    "object_id",
    "directory_name",
    "standing",
    "outcome",
    "reason",
    "time",
    "status",
    "message",
    "request_id",
    "client_request_id",
    "approval_code",
    "device_id",
    "device_name",
    "os",
    "serial",
    "state_before",
    "enrolled",
    "verdict",
    "state",
    "since",
    "detail",
    "verified",
];

/// Whether a header is that of such a report, which may have more columns.
pub(crate) fn is_header_of_a_report<'a>(cells: impl Iterator<Item = &'a str>) -> bool {
    cells.take(COLUMNS.len()).eq(COLUMNS)
}

/// The whole report: UTF-8 with a byte order mark, which spreadsheets need, and CRLF.
pub(crate) fn csv(account: &Account) -> String {
    let given = account.made.columns.iter().flatten();
    let hours = account.shows_hours().then_some("hours_to_accepted");
    let header = COLUMNS.into_iter().chain(given.map(String::as_str)).chain(hours);
    let mut text = format!("\u{feff}{}", row(header));
    for person in &account.people {
        if person.devices().is_empty() {
            text.push_str(&line(person, None, hours.is_some()));
        }
        for device in person.devices() {
            text.push_str(&line(person, Some(device), hours.is_some()));
        }
    }
    text
}

fn line(person: &Person, device: Option<&Device>, shows_hours: bool) -> String {
    fn of(text: Option<&String>) -> &str {
        text.map(String::as_str).unwrap_or_default()
    }
    let number = person.line.map(|line| line.to_string()).unwrap_or_default();
    let hours = person.hours.map(|hours| hours.to_string()).unwrap_or_default();
    let person_cells = [
        &person.user,
        &number,
        of(person.id.as_ref()),
        of(person.upn.as_ref()),
        person.standing.words(),
        person
            .outcome
            .map(graph_devices::Outcome::name)
            .unwrap_or_default(),
        person.reason.name(),
        of(person.time.as_ref()),
        person.status.unwrap_or_default(),
        of(person.message.as_ref()),
        of(person.request_id.as_ref()),
        of(person.client_request_id.as_ref()),
        of(person.approval_code.as_ref()),
    ];
    let device_cells = device.map_or([""; 10], |device| {
        [
            &device.id,
            &device.name,
            of(device.os.as_ref()),
            of(device.serial.as_ref()),
            of(device.before.as_ref()),
            of(device.enrolled.as_ref()),
            device
                .verdict
                .map(graph_devices::Verdict::name)
                .unwrap_or_default(),
            of(device.state.as_ref()),
            of(device.since.as_ref()),
            of(device.detail.as_ref()),
        ]
    });
    let verified = of(person.verified.as_ref());
    let given = person.columns.iter().map(String::as_str);
    let cells = person_cells.into_iter().chain(device_cells).chain([verified]);
    row(cells.chain(given).chain(shows_hours.then_some(hours.as_str())))
}

/// A row. A cell that a spreadsheet would take for a formula begins with an apostrophe
/// (<https://owasp.org/www-community/attacks/CSV_Injection>).
pub(super) fn row<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let cells = cells.into_iter().map(|cell| {
        let guard = if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
            "'"
        } else {
            ""
        };
        if cell.contains(['"', ',', '\r', '\n']) {
            format!("\"{guard}{}\"", cell.replace('"', "\"\""))
        } else {
            format!("{guard}{cell}")
        }
    });
    let mut row = cells.collect::<Vec<_>>().join(",");
    row.push_str("\r\n");
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_no_formula_and_one_cell() {
        assert_eq!(
            row([
                "=1+1",
                "+1",
                "-1",
                "@x",
                "\tx",
                "a,b",
                "say \"hi\"",
                "=\"a\",b",
                "a-b",
                ""
            ]),
            "'=1+1,'+1,'-1,'@x,'\tx,\"a,b\",\"say \"\"hi\"\"\",\"'=\"\"a\"\",b\",a-b,\r\n"
        );
    }
}
