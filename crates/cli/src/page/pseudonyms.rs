//! A report without the names of people and devices, and the key to it.

use super::account::Account;
use super::csv::row;
use super::people::Person;

/// As much of an id as shows that two are the same, without being one.
fn cut(id: &mut Option<String>) {
    if let Some(id) = id {
        *id = id.chars().take(8).collect();
    }
}

/// Replaces names by numbers in the order of the journal, and cuts ids. Free texts are left out, since they can hold names.
/// Returns the key, as CSV.
pub(super) fn apply(account: &mut Account) -> String {
    let mut key = row(["pseudonym", "user", "object_id", "device_id", "serial"]);
    for (at, person) in account.people.iter_mut().enumerate() {
        let number = if person.number == 0 { at + 1 } else { person.number };
        hide(person, number, &mut key);
    }
    for run in &mut account.runs {
        (run.initiated_by, run.machine, run.justification, run.message) = (None, None, None, None);
        cut(&mut run.app);
    }
    cut(&mut account.tenant);
    for (at, journal) in account.made.journals.iter_mut().enumerate() {
        journal.name = format!("journal {}", at + 1);
    }
    for (at, (name, _)) in account.lists.iter_mut().enumerate() {
        *name = format!("list {}", at + 1);
    }
    key
}

fn hide(person: &mut Person, number: usize, key: &mut String) {
    let pseudonym = format!("Person {number:04}");
    let id = person.id.clone().unwrap_or_default();
    key.push_str(&row([&pseudonym, &person.user, &id, "", ""]));
    for (at, device) in person.devices.iter_mut().flatten().enumerate() {
        let name = format!("Device {number:04}-{}", at + 1);
        let serial = device.serial.take().unwrap_or_default();
        key.push_str(&row([&name, &device.name, "", &device.id, &serial]));
        device.name = name;
        device.id = device.id.chars().take(8).collect();
        device.detail = None;
    }
    person.user = pseudonym;
    (person.upn, person.message, person.service_message) = (None, None, None);
    for id in [
        &mut person.id,
        &mut person.request_id,
        &mut person.client_request_id,
        &mut person.approval_code,
    ] {
        cut(id);
    }
}
