use std::sync::mpsc::{Receiver, channel};

use super::*;
use crate::status::Reason;

fn board() -> (Board, Receiver<Event>) {
    let (sender, receiver) = channel();
    let options = RunOptions::default();
    (
        Board::new(
            &options,
            None,
            sender,
            Arc::new(crate::clock::SystemClock::new()),
            Duration::from_secs(300),
        ),
        receiver,
    )
}

/// Carries out what a thread would do next; false if that is to wait, or to end.
fn leaves_some(board: &Board) -> bool {
    let mut state = board.state();
    let Some(Task::Leave(ready, users)) = board.task(&mut state) else {
        return false;
    };
    drop(state);
    assert!(ready.is_empty() && !users.is_empty());
    for user in users {
        board.done(
            UserResult::skipped(user, None, Reason::Stopped, "the run had ended".into()),
            false,
        );
    }
    true
}

#[test]
fn a_run_that_ends_leaves_its_users_as_fast_as_the_caller_takes_them() -> Result<(), Error> {
    const USERS: usize = 20_000;
    let (board, receiver) = board();
    for user in 0..USERS {
        board.add_user(&format!("user-{user}@contoso.com"))?;
    }
    board.stop.raise();
    let mut taken = 0;
    while taken < USERS {
        while leaves_some(&board) {}
        let waiting = board.waiting_events.load(Ordering::SeqCst);
        assert!(waiting < MANY_EVENTS + LEAVE_AT_ONCE, "{waiting}");
        let Ok(event) = receiver.try_recv() else {
            break;
        };
        board.taken(&event);
        taken += usize::from(matches!(event, Event::Result(_)));
    }
    assert_eq!(taken, USERS, "everybody, each once");
    assert!(matches!(board.task(&mut board.state()), Some(Task::Quit)));
    Ok(())
}

#[test]
fn a_run_that_was_dropped_waits_for_nobody() -> Result<(), Error> {
    let (board, receiver) = board();
    for user in 0..2 * MANY_EVENTS {
        board.add_user(&format!("user-{user}@contoso.com"))?;
    }
    drop(receiver);
    board.dropped();
    while leaves_some(&board) {}
    assert!(matches!(board.task(&mut board.state()), Some(Task::Quit)));
    Ok(())
}
