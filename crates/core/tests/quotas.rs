//! The quota of reads, as the service counts them.

mod common;

use std::time::Duration;

use common::runs::{PATIENCE, client, finish, name, phones};
use common::{Service, Tested};
use graph_devices::{Outcome, RunOptions};
use serde_json::{Value, json};

#[test]
fn reads_keep_their_quota() -> Tested {
    const USERS: usize = 60;
    let window = Duration::from_millis(500);
    for (connections, reads) in [(4, 40), (1, 30)] {
        let service = Service::start()?;
        let mut tenant = phones(USERS);
        // Half of the reads are of devices, which alone the emulator counts; fewer than all of them fit.
        tenant["quota"] = json!({"writes": 1000, "seconds": window.as_secs_f64(), "reads": 30});
        service.reset(&tenant)?;
        let options = RunOptions::default()
            .write_quota(1000, PATIENCE)?
            .read_quota(reads, window)?
            .connections(connections)?;
        let (_, summary) = finish(
            &client(&service, "demo-token")?.run(options)?,
            (1..=USERS).map(name),
        )?;
        assert_eq!(summary.count(Outcome::Accepted), 60);
        let state = service.get("state")?;
        let traffic = |name: &str| {
            let seconds = state["traffic"][name].as_array();
            seconds
                .into_iter()
                .flatten()
                .filter_map(Value::as_u64)
                .sum::<u64>()
        };
        assert_eq!((traffic("reads"), traffic("reads_throttled")), (60, 0));
    }
    Ok(())
}
