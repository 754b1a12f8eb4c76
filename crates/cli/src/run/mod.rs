//! Drives core's runs: users in, events out, until the last event or the second signal.

mod bar;
mod options;

use std::time::Duration;

use graph_devices::{Event, Notice, Run, Summary, UserResult, Verification};

pub(crate) use bar::Bar;
pub(crate) use options::{Pace, Rules, earlier_number, earlier_quota, machine, quota, quota_word};

use crate::exit::Exit;
use crate::failure::{Failure, Result};
use crate::io::Io;
use crate::lines::Line;
use crate::signals::Watch;

/// How long an event is awaited before signals are checked.
const CHECK: Duration = Duration::from_millis(50);

/// The number of users that are added at a time.
const PORTION: usize = 1000;

/// What a run reports of a user.
pub(crate) enum Report<'a> {
    Result(&'a UserResult),
    Verified(&'a Verification),
}

/// How a run ended.
pub(crate) struct Ended {
    pub(crate) summary: Summary,
    /// The signal that stopped it.
    pub(crate) stopped: Option<Exit>,
}

/// Drives a run to its last event. A first signal stops the run, which awaits the requests in flight for at most `patience`; at
/// a second one this returns an error without waiting.
pub(crate) fn drive<'a>(
    run: &Run,
    mut users: impl Iterator<Item = &'a str>,
    patience: Duration,
    watch: &Watch,
    bar: &mut Bar,
    io: &Io,
    mut report: impl FnMut(Report<'_>),
) -> Result<Ended> {
    let mut stopped = None;
    loop {
        if let Some(exit) = watch.received() {
            if stopped.is_some() {
                return Err(Failure::new(
                    exit,
                    "stopped without waiting for the answers under way",
                ));
            }
            stopped = Some(exit);
            run.stop();
            io.note(&format!(
                "stopping: the answers under way are awaited, at most {} s (Ctrl-C again: leave now)",
                patience.as_secs()
            ));
        }
        match run.next(CHECK)? {
            Some(Event::Result(result)) => {
                bar.count(&result);
                report(Report::Result(&result));
            }
            Some(Event::Verified(verification)) => report(Report::Verified(&verification)),
            Some(Event::NeedUsers) => add(run, &mut users)?,
            Some(Event::Notice(notice)) => {
                bar.notice(&notice);
                show(&notice, io);
            }
            Some(Event::Progress(progress)) => bar.progress(&progress, io),
            Some(Event::Done(summary)) => {
                bar.end(io);
                return Ok(Ended { summary, stopped });
            }
            _ => {}
        }
    }
}

/// Adds some more users, or ends them. A run that was stopped takes none.
fn add<'a>(run: &Run, users: &mut impl Iterator<Item = &'a str>) -> Result<()> {
    let mut added = 0;
    for user in users.by_ref().take(PORTION) {
        if let Err(error) = run.add_user(user) {
            if error.status == graph_devices::Status::Cancelled {
                return Ok(());
            }
            return Err(error.into());
        }
        added += 1;
    }
    if added < PORTION {
        run.end_users();
    }
    Ok(())
}

fn show(notice: &Notice, io: &Io) {
    let message = graph_devices::visible(&notice.to_string());
    match notice {
        Notice::Sending { .. } => return io.detail(2, &message),
        Notice::Waiting { .. } => return io.detail(1, &message),
        _ => io.note(&message),
    }
    io.line(&Line::Notice { message: &message });
}
