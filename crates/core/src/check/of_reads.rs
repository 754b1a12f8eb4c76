//! What reads show: the connection, the clocks, and what may be read.

use std::time::{Duration, SystemTime};

use super::{Check, CheckKind, CheckState};
use crate::devices::{Identity, IdentityCheck, read_devices};
use crate::error::{Error, Result};
use crate::explain::in_words;
use crate::page;
use crate::reads::{Read, get};
use crate::request_kind::RequestKind;
use crate::session::Session;
use crate::transport::Answer;
use crate::user_id::UserId;

/// A difference of the clocks up to this is none: the service's header has whole seconds, and the answer takes time.
const SAME_TIME: Duration = Duration::from_secs(5);
/// The read of the whole tenant that [`Client::check`] sends.
const ONE_DEVICE: &str = "/v1.0/deviceManagement/managedDevices?$select=id&$top=1";

/// Reads one device of the tenant. Returns whether the service can be reached.
pub(super) fn tenant(session: &mut Session<'_>, checks: &mut Vec<Check>) -> bool {
    let began = session.clock.monotonic();
    let read = Read {
        kind: RequestKind::ReadDevices,
        subject: "one device of the tenant",
        target: ONE_DEVICE,
    };
    let found = get(session, &read, None, |answer| {
        page::read(answer)?;
        Ok(date(answer))
    });
    let took = session.clock.monotonic().saturating_sub(began);
    let http_status = found
        .as_ref()
        .map_or_else(|error| error.http_status, |_| Some(200));
    if http_status.is_none() {
        checks.extend(found.err().map(|error| unreached(&error)));
        return false;
    }
    let answered = format!("answered after {} ms", took.as_millis());
    checks.push(Check::new(CheckKind::Reach, CheckState::Ok, answered));
    if let Ok(Some(date)) = &found {
        checks.push(clock(*date, session.clock.wall()));
    }
    checks.push(Check::of(CheckKind::Read, found, |_| {
        "devices of the tenant can be read".to_owned()
    }));
    true
}

fn unreached(error: &Error) -> Check {
    Check::new(CheckKind::Reach, CheckState::Fail, error.message.clone())
}

/// The time of the service, at which it answered.
fn date(answer: &Answer) -> Option<SystemTime> {
    httpdate::parse_http_date(answer.header("date")?).ok()
}

fn clock(service: SystemTime, here: SystemTime) -> Check {
    let (difference, side) = match here.duration_since(service) {
        Ok(ahead) => (ahead, "ahead of"),
        Err(behind) => (behind.duration(), "behind"),
    };
    if difference <= SAME_TIME {
        return Check::new(
            CheckKind::Clock,
            CheckState::Ok,
            "this machine's clock agrees with the service's, to a few seconds",
        );
    }
    Check::new(
        CheckKind::Clock,
        CheckState::Warn,
        format!(
            "this machine's clock is about {} {side} the service's; set it",
            in_words(difference)
        ),
    )
}

pub(super) fn user(session: &mut Session<'_>, user: &UserId) -> Check {
    Check::of(CheckKind::User, devices_of(session, user), |count| {
        let devices = if count == 1 { "device" } else { "devices" };
        format!("{user}: {count} {devices}")
    })
}

/// Reads a user and the number of the user's devices.
fn devices_of(session: &mut Session<'_>, user: &UserId) -> Result<usize> {
    match Identity::read(session, user, None)? {
        IdentityCheck::Confirmed(_) => Ok(read_devices(session, user, None)?.len()),
        IdentityCheck::Renamed(why) => Err(Error::invalid_argument(why)),
        IdentityCheck::Unconfirmed(error) => Err(error),
    }
}
