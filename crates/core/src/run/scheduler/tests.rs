use super::next::SKIP_AT_ONCE;
use super::*;
use crate::run::task::Task;
use crate::status::Reason;

fn scheduler() -> Scheduler {
    Scheduler::new(
        &RunOptions::default(),
        None,
        Arc::new(crate::clock::SystemClock::new()),
        Duration::from_secs(300),
    )
}

/// Carries out what a thread would do next; false if that is to wait, or to end.
fn skips_some(scheduler: &Scheduler) -> bool {
    let mut state = scheduler.state();
    let Some(Task::Skip(ready, users)) = scheduler.task(&mut state) else {
        return false;
    };
    drop(state);
    assert!(ready.is_empty() && !users.is_empty());
    for user in users {
        scheduler.finish(
            UserResult::skipped(user, None, Reason::Stopped, "the run had ended".into()),
            false,
        );
    }
    true
}

#[test]
fn a_run_that_ends_skips_its_users_as_fast_as_the_caller_takes_events() -> Result<(), Error> {
    const USERS: usize = 20_000;
    let scheduler = scheduler();
    for user in 0..USERS {
        scheduler.add_user(&format!("user-{user}@contoso.com"))?;
    }
    scheduler.stop.raise();
    let mut taken = 0;
    while taken < USERS {
        while skips_some(&scheduler) {}
        let waiting = scheduler.events.len();
        assert!(waiting < MANY_EVENTS + SKIP_AT_ONCE, "{waiting}");
        let Some(event) = scheduler.next_event(Duration::ZERO) else {
            break;
        };
        taken += usize::from(matches!(event, Event::Result(_)));
    }
    assert_eq!(taken, USERS, "every user, each once");
    assert!(matches!(scheduler.task(&mut scheduler.state()), Some(Task::Quit)));
    Ok(())
}

#[test]
fn a_run_that_was_dropped_does_not_wait_for_its_caller() -> Result<(), Error> {
    let scheduler = scheduler();
    for user in 0..2 * MANY_EVENTS {
        scheduler.add_user(&format!("user-{user}@contoso.com"))?;
    }
    scheduler.drop_run();
    while skips_some(&scheduler) {}
    assert!(matches!(scheduler.task(&mut scheduler.state()), Some(Task::Quit)));
    Ok(())
}
