//! A resumed run is bound as the first one was: it is refused without the same plan and exclusions.

mod common;

use std::path::Path;

use common::runs::{Folder, client, finish, name, outcomes, phones};
use common::{Service, Tested};
use graph_devices::{RunOptions, Status};

/// Why a run is refused. It must not have sent anything.
fn refused(service: &Service, options: RunOptions) -> Result<String, Box<dyn std::error::Error>> {
    let before = service.log()?.len();
    let Err(error) = client(service, "demo-token")?.run(options) else {
        return Err("it began".into());
    };
    assert_eq!(error.status, Status::Journal);
    assert_eq!(service.log()?.len(), before);
    Ok(error.message.clone())
}

fn to_the_end(service: &Service, options: RunOptions) -> Tested {
    let run = client(service, "demo-token")?.run(options)?;
    finish(&run, (1..=2).map(name))?;
    Ok(())
}

fn resume(path: &Path) -> RunOptions {
    RunOptions::default().resume(path)
}

#[test]
fn a_resumed_run_requires_the_same_exclusions() -> Tested {
    let (service, folder) = (Service::start()?, Folder::new("bounds-exclude")?);
    service.reset(&phones(2))?;
    let path = folder.file("leavers.jsonl");
    let excluding =
        |options: RunOptions| -> graph_devices::Result<_> { Ok(options.exclude(name(2).parse()?)) };
    to_the_end(&service, excluding(RunOptions::default().journal(&path))?)?;
    let message = refused(&service, resume(&path))?;
    assert!(message.contains("had exclusions (1)") && message.contains("resume it with the same"));
    // A verification sends nothing, and does not change what a resumed run requires.
    let verification = client(&service, "demo-token")?.verify(&path, &RunOptions::default())?;
    finish(&verification, [])?;
    refused(&service, resume(&path))?;
    let run = client(&service, "demo-token")?.run(excluding(resume(&path))?)?;
    let (rows, _) = finish(&run, (1..=2).map(name))?;
    assert_eq!(outcomes(&rows).get(&("skipped", "excluded")), Some(&1));
    Ok(())
}

#[test]
fn a_resumed_run_requires_a_plan_again() -> Tested {
    let (service, folder) = (Service::start()?, Folder::new("bounds-plan")?);
    service.reset(&phones(2))?;
    let (plan, path) = (folder.file("plan.jsonl"), folder.file("leavers.jsonl"));
    to_the_end(&service, RunOptions::default().journal(&plan).preview())?;
    to_the_end(&service, RunOptions::default().journal(&path).plan(&plan))?;
    let message = refused(&service, resume(&path))?;
    assert!(message.contains("was held to the plan") && message.contains("plan.jsonl"));
    to_the_end(&service, resume(&path).plan(&plan))
}

#[test]
fn only_a_preview_is_a_plan() -> Tested {
    let (service, folder) = (Service::start()?, Folder::new("bounds-no-plan")?);
    service.reset(&phones(2))?;
    let path = folder.file("leavers.jsonl");
    to_the_end(&service, RunOptions::default().journal(&path))?;
    let message = refused(&service, RunOptions::default().plan(&path))?;
    assert!(message.contains("contains no preview"), "{message}");
    Ok(())
}
