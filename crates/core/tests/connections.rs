//! Connections between calls: kept, and replaced if the server has closed one meanwhile.

mod common;

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, mpsc};
use std::thread;

use common::{ADELE, Service, TestClock, Tested};
use graph_devices::{CallOptions, Client, ClientOptions, Endpoint, Token, UserId};
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

/// Answers one request on each connection as if it were to be kept, then closes it, and says so.
fn closes_after_each(listener: &TcpListener, closed: &mpsc::Sender<()>) -> std::io::Result<()> {
    for stream in listener.incoming() {
        let mut lines = BufReader::new(stream?);
        let mut line = String::new();
        while lines.read_line(&mut line)? > 2 {
            line.clear();
        }
        let mut stream = lines.into_inner();
        stream.write_all(
            b"HTTP/1.1 204 No Content\r\nrequest-id: 20000000-0000-4000-8000-000000000001\r\n\r\n",
        )?;
        drop(stream);
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
    let (sender, closed) = mpsc::channel();
    thread::spawn(move || closes_after_each(&listener, &sender));
    let clock = Arc::new(TestClock::default());
    let options = ClientOptions::default().endpoint(endpoint).clock(clock.clone());
    let client = Client::new(options, Token::new("demo-token")?)?;
    for _ in 0..20 {
        let receipt = client.remove_all_devices(&UserId::parse(ADELE)?, &CallOptions::default())?;
        assert_eq!(receipt.attempts, 1);
        closed.recv()?;
    }
    Ok(())
}
