//! The calls for many users.

use std::path::Path;
use std::time::Duration;

use graph_devices::{Event, Result as Answer, Run, RunOptions, Summary, UserResult, Verification};

use crate::arguments::Arguments;
use crate::calls::{Output, connected};
use crate::generated;
use crate::json;

/// Many users.
pub(crate) fn run(arguments: &Arguments) -> Output {
    let options = generated::run_options(arguments)?;
    let events = connected(arguments)?.and_then(|client| {
        let run = client.run(options?)?;
        for user in arguments.all("user") {
            run.add_user(user)?;
        }
        run.end_users();
        Events::drain(&run)
    });
    Ok(match events {
        Ok(events) => json::run(&events.results, &events.summary),
        Err(error) => json::answer(&Err(error)),
    })
}

/// What became of the devices of a journal.
pub(crate) fn verify(arguments: &Arguments) -> Output {
    let journal = Path::new(arguments.needed("journal")?);
    let events = connected(arguments)?
        .and_then(|client| Events::drain(&client.verify(journal, &RunOptions::default())?));
    Ok(match events {
        Ok(events) => json::verify(&events.verified, &events.summary),
        Err(error) => json::answer(&Err(error)),
    })
}

struct Events {
    results: Vec<UserResult>,
    verified: Vec<Verification>,
    summary: Summary,
}

impl Events {
    fn drain(run: &Run) -> Answer<Self> {
        let (mut results, mut verified) = (Vec::new(), Vec::new());
        loop {
            match run.next(Duration::from_millis(200))? {
                Some(Event::Result(result)) => results.push(result),
                Some(Event::Verified(verification)) => verified.push(verification),
                Some(Event::Done(summary)) => {
                    return Ok(Self {
                        results,
                        verified,
                        summary,
                    });
                }
                _ => {}
            }
        }
    }
}
