//! Connections between calls: kept, and replaced if the server has closed one meanwhile.

mod common;

use std::io::{BufRead, BufReader, ErrorKind, Write as _};
use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;

use common::{ADELE, Service, TestClock, Tested};
use graph_devices::{CallOptions, Client, ClientOptions, Effect, Endpoint, Status, Token, UserId};
use serde_json::json;

#[test]
fn calls_share_a_connection() -> Tested {
    let (service, clock) = (Service::start()?, Arc::new(TestClock::default()));
    let client = Client::new(service.options(&clock)?, Token::new("demo-token")?)?;
    // A refusal with a body keeps the connection as well: the body is read to its end.
    service.faults(&json!([{}, {"fixture": "intune_nested_400"}, {}]))?;
    for _ in 0..3 {
        let _ = client.remove_all_devices(&UserId::parse(ADELE)?, &CallOptions::default());
    }
    let connections: Vec<_> = service
        .log()?
        .iter()
        .map(|entry| entry["connection"].clone())
        .collect();
    assert_eq!(connections, [1, 1, 1]);
    Ok(())
}

const ACCEPTED: &[u8] =
    b"HTTP/1.1 204 No Content\r\nrequest-id: 20000000-0000-4000-8000-000000000001\r\n\r\n";

fn read_head(lines: &mut impl BufRead) -> std::io::Result<()> {
    let mut line = String::new();
    while lines.read_line(&mut line)? > 2 {
        line.clear();
    }
    Ok(())
}

#[test]
fn a_call_opens_no_connection_beside_the_kept_one() -> Tested {
    const CALLS: usize = 10;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let endpoint = Endpoint::parse(&format!("http://{}", listener.local_addr()?))?;
    let client = Client::new(
        ClientOptions::default().endpoint(endpoint),
        Token::new("demo-token")?,
    )?;
    let user = UserId::parse(ADELE)?;
    let calls = thread::spawn(move || {
        (0..CALLS).try_for_each(|_| {
            client
                .remove_all_devices(&user, &CallOptions::default())
                .map(drop)
        })
    });
    let mut lines = BufReader::new(listener.accept()?.0);
    for _ in 0..CALLS {
        read_head(&mut lines)?;
        lines.get_mut().write_all(ACCEPTED)?;
    }
    calls.join().map_err(|_| "the calls panicked")??;
    listener.set_nonblocking(true)?;
    let another = listener.accept().map(drop);
    assert!(another.is_err_and(|error| error.kind() == ErrorKind::WouldBlock));
    Ok(())
}

/// Answers one request on each connection as if it would be kept, and closes it once the call has returned.
fn closes_after_each(
    listener: &TcpListener,
    returned: &mpsc::Receiver<()>,
    closed: &mpsc::Sender<()>,
) -> std::io::Result<()> {
    for stream in listener.incoming() {
        let mut lines = BufReader::new(stream?);
        read_head(&mut lines)?;
        lines.get_mut().write_all(ACCEPTED)?;
        if returned.recv().is_err() {
            break;
        }
        drop(lines);
        if closed.send(()).is_err() {
            break;
        }
    }
    Ok(())
}

#[test]
fn a_kept_connection_that_the_server_has_closed_is_no_error() -> Tested {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let endpoint = Endpoint::parse(&format!("http://{}", listener.local_addr()?))?;
    let (now_closed, closed) = mpsc::channel();
    let (has_returned, returned) = mpsc::channel();
    thread::spawn(move || closes_after_each(&listener, &returned, &now_closed));
    let clock = Arc::new(TestClock::default());
    let options = ClientOptions::default().endpoint(endpoint).clock(clock.clone());
    let client = Client::new(options, Token::new("demo-token")?)?;
    for _ in 0..20 {
        let receipt = client.remove_all_devices(&UserId::parse(ADELE)?, &CallOptions::default())?;
        assert_eq!(receipt.attempts, 1);
        has_returned.send(())?;
        closed.recv()?;
    }
    Ok(())
}

#[test]
fn a_thread_of_a_callers_runtime_can_call() -> Tested {
    let (service, clock) = (Service::start()?, Arc::new(TestClock::default()));
    let client = Client::new(service.options(&clock)?, Token::new("demo-token")?)?;
    let user = UserId::parse(ADELE)?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let receipt = runtime.block_on(async {
        let receipt = client.remove_all_devices(&user, &CallOptions::default());
        // The client closes its connections on the same thread.
        drop(client);
        receipt
    })?;
    assert_eq!(receipt.attempts, 1);
    Ok(())
}

#[test]
fn an_interrupt_ends_a_call_that_waits_for_its_answer() -> Tested {
    let (service, clock) = (Service::start()?, Arc::new(TestClock::default()));
    service.faults(&json!([{"hang": true}, {}]))?;
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = asked.clone();
    // It returns false before the attempt, and twice while the call waits.
    let interrupt = Arc::new(move || counter.fetch_add(1, Ordering::SeqCst) >= 3);
    let client = Client::new(service.options(&clock)?, Token::new("demo-token")?)?;
    let user = UserId::parse(ADELE)?;
    let interrupted = client
        .with_interrupt(interrupt)
        .remove_all_devices(&user, &CallOptions::default());
    let Err(error) = interrupted else {
        return Err("it was accepted".into());
    };
    assert_eq!(
        (error.status, error.effect),
        (Status::Cancelled, Effect::Possible)
    );
    assert_eq!((error.attempts, asked.load(Ordering::SeqCst)), (1, 4));
    // The interrupted connection is not used again.
    client.remove_all_devices(&user, &CallOptions::default())?;
    assert_eq!(service.log()?.len(), 2);
    Ok(())
}
