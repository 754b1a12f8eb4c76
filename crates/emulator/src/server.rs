//! The listener, a thread per connection, and the end of both.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::exchange::{self, ConnectionNumber, Exchange};
use crate::faults::Ending;
use crate::gate::{Point, Wish};
use crate::management;
use crate::reply::Reply;
use crate::state::State;
use crate::tls::Tls;
use crate::wire::{Request, Stream, Unreadable, Wire};

/// How often a thread that waits for the state checks whether the server stops.
const STOP_CHECK: Duration = Duration::from_millis(100);

/// A request is not held longer than this, as its releaser may be gone.
const HOLD: Duration = Duration::from_secs(3600);

/// What all connections share.
#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    /// The state has changed.
    changed: Condvar,
    stopping: Mutex<bool>,
    stop: Condvar,
    connections: Mutex<Vec<Weak<TcpStream>>>,
    log: bool,
    tls: Option<Tls>,
}

impl Shared {
    /// Waits; true when the server is to stop.
    fn sleep(&self, time: Duration) -> bool {
        let stopping = lock(&self.stopping);
        *self
            .stop
            .wait_timeout_while(stopping, time, |stopping| !*stopping)
            .unwrap_or_else(PoisonError::into_inner)
            .0
    }

    /// Waits until the state meets a condition; false if the time or the server ends first.
    fn wait_for(&self, patience: Duration, met: impl Fn(&State) -> bool) -> (MutexGuard<'_, State>, bool) {
        let end = Instant::now() + patience;
        let mut state = lock(&self.state);
        loop {
            let left = end.saturating_duration_since(Instant::now());
            if met(&state) {
                return (state, true);
            }
            if left.is_zero() || *lock(&self.stopping) {
                return (state, false);
            }
            state = self
                .changed
                .wait_timeout(state, left.min(STOP_CHECK))
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    /// Holds a request until the number of releases is no longer `releases`.
    fn hold(&self, releases: u64) -> Released {
        lock(&self.state).gate.held += 1;
        self.changed.notify_all();
        let (mut state, let_go) = self.wait_for(HOLD, |state| state.gate.releases != releases);
        state.gate.held -= 1;
        self.changed.notify_all();
        match (let_go, state.gate.loses) {
            (false, _) => Released::Never,
            (true, true) => Released::Lost,
            (true, false) => Released::On,
        }
    }

    /// From the arrival of a request to its answer; `None` when the server ends.
    fn exchange(&self, number: &mut ConnectionNumber, request: &Request, scheme: &str) -> Option<Exchange> {
        let Some(path) = exchange::management_path(request) else {
            let mut state = lock(&self.state);
            let held = state.gate.enter(&request.target, &request.body);
            // Under the same lock, so that requests meet faults in the order in which they are counted.
            let begun = (!matches!(held, Some((Point::Arrived, _))))
                .then(|| exchange::begin(&mut state, number, request, scheme));
            drop(state);
            let exchange = self.carry_out(held, begun, number, request, scheme);
            lock(&self.state).gate.in_flight -= 1;
            self.changed.notify_all();
            return exchange;
        };
        if is_wait(&request.method, path) {
            return Some(Exchange::management(self.wait(path)));
        }
        let exchange = exchange::begin(&mut lock(&self.state), number, request, scheme);
        self.changed.notify_all();
        Some(exchange)
    }

    fn carry_out(
        &self,
        held: Option<(Point, u64)>,
        begun: Option<Exchange>,
        number: &mut ConnectionNumber,
        request: &Request,
        scheme: &str,
    ) -> Option<Exchange> {
        if let Some((Point::Arrived, releases)) = held {
            match self.hold(releases) {
                Released::On => {}
                Released::Lost => return Some(Exchange::lost()),
                Released::Never => return None,
            }
        }
        let exchange = match begun {
            Some(exchange) => exchange,
            None => exchange::begin(&mut lock(&self.state), number, request, scheme),
        };
        self.changed.notify_all();
        if let Some((Point::Acted, releases)) = held
            && self.hold(releases) == Released::Never
        {
            return None;
        }
        if !exchange.delay.is_zero() && self.sleep(exchange.delay) {
            return None;
        }
        let line = exchange.finish(&mut lock(&self.state));
        if let Some(line) = line.filter(|_| self.log) {
            eprintln!("{line}");
        }
        Some(exchange)
    }

    fn wait(&self, path: &str) -> Reply {
        match Wish::parse(path) {
            Ok(wish) => {
                let (state, met) = self.wait_for(wish.patience, |state| wish.is_met(state));
                Reply::text(200, "application/json", Wish::answer(met, &state).to_string())
            }
            Err(message) => Reply::text(400, "text/plain", message),
        }
    }
}

/// Whether a management request waits, so that the state is not locked meanwhile.
fn is_wait(method: &str, path: &str) -> bool {
    method == "GET" && path.starts_with("/wait")
}

/// How a held request goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Released {
    On,
    /// As if it had never come.
    Lost,
    /// The server ends.
    Never,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A running listener; ends with its connections on drop.
#[derive(Debug)]
pub(crate) struct Server {
    shared: Arc<Shared>,
    address: SocketAddr,
    acceptor: Option<JoinHandle<()>>,
}

impl Server {
    pub(crate) fn start(port: u16, log: bool, tls: Option<Tls>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            state: Mutex::new(State::seed()),
            changed: Condvar::new(),
            stopping: Mutex::new(false),
            stop: Condvar::new(),
            connections: Mutex::new(Vec::new()),
            log,
            tls,
        });
        let acceptor = {
            let shared = Arc::clone(&shared);
            thread::Builder::new()
                .name("emulator".to_owned())
                .spawn(move || accept(&listener, &shared))?
        };
        Ok(Self {
            shared,
            address,
            acceptor: Some(acceptor),
        })
    }

    /// Answers a management request without a connection; `path` is what follows `/_emulator`.
    pub(crate) fn manage(&self, method: &str, path: &str, body: &[u8]) -> Reply {
        if is_wait(method, path) {
            return self.shared.wait(path);
        }
        let reply = management::answer(&mut lock(&self.shared.state), method, path, body);
        self.shared.changed.notify_all();
        reply
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        *lock(&self.shared.stopping) = true;
        self.shared.stop.notify_all();
        // Wakes the acceptor, which then sees the flag.
        let woken = TcpStream::connect(self.address).is_ok();
        for connection in lock(&self.shared.connections)
            .drain(..)
            .filter_map(|weak| weak.upgrade())
        {
            // An error means that the connection has ended by itself.
            let _ = connection.shutdown(Shutdown::Both);
        }
        if let Some(acceptor) = self.acceptor.take().filter(|_| woken) {
            // A panic of the acceptor has been reported on stderr.
            let _ = acceptor.join();
        }
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for tcp in listener.incoming() {
        if *lock(&shared.stopping) {
            return;
        }
        let Ok(tcp) = tcp else { continue };
        // Nagle's delay is only lost time here.
        let _ = tcp.set_nodelay(true);
        let tcp = Arc::new(tcp);
        {
            let mut connections = lock(&shared.connections);
            connections.retain(|weak| weak.strong_count() > 0);
            connections.push(Arc::downgrade(&tcp));
        }
        let shared = Arc::clone(shared);
        let counted = Counted::new(&shared);
        let run = move || open(&counted.0, Plain(tcp));
        // Without a thread the connection is dropped, as a server out of resources would do.
        let _ = thread::Builder::new().name("connection".to_owned()).spawn(run);
    }
}

/// A connection that counts as open until it is dropped.
struct Counted(Arc<Shared>);

impl Counted {
    fn new(shared: &Arc<Shared>) -> Self {
        lock(&shared.state).gate.open += 1;
        Self(Arc::clone(shared))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        lock(&self.0.state).gate.open -= 1;
        self.0.changed.notify_all();
    }
}

fn open(shared: &Shared, stream: Plain) {
    match &shared.tls {
        None => serve(shared, Wire::new(stream), "http"),
        Some(tls) => match tls.wrap(stream) {
            Ok(stream) => serve(shared, Wire::new(stream), "https"),
            Err(error) => eprintln!("TLS cannot start: {error}"),
        },
    }
}

/// A connection in the clear.
struct Plain(Arc<TcpStream>);

impl Read for Plain {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        (&*self.0).read(buffer)
    }
}

impl Write for Plain {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        (&*self.0).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Stream for Plain {
    fn tcp(&self) -> &TcpStream {
        &self.0
    }
}

/// Answers requests until the connection ends; an error of writing means that the client has gone.
fn serve<S: Stream>(shared: &Shared, mut wire: Wire<S>, scheme: &str) {
    let mut number = ConnectionNumber::default();
    loop {
        let request = match wire.read_request() {
            Ok(request) => request,
            Err(Unreadable::Gone) => return,
            Err(Unreadable::Bad(reason)) => {
                let reply = Reply::text(400, "text/plain", reason);
                let _ = wire.write_reply(&reply, true, false, None);
                return wire.close();
            }
        };
        let Some(exchange) = shared.exchange(&mut number, &request, scheme) else {
            return;
        };
        let reply = &exchange.reply;
        let with_body = request.method != "HEAD";
        // http.sys ends the connection after a write without a length.
        let keep_alive = request.keep_alive && reply.status != 411;
        match exchange.ending {
            Ending::Answer => {
                let written = wire.write_reply(reply, with_body, keep_alive, None);
                if written.is_err() || !keep_alive {
                    return wire.close();
                }
            }
            Ending::Truncate(limit) => {
                let _ = wire.write_reply(reply, with_body, true, Some(limit));
                return wire.close();
            }
            Ending::Raw(bytes) => {
                let _ = wire.write_raw(&bytes);
                return wire.close();
            }
            Ending::Reset => return wire.reset(),
            Ending::Close => return wire.close(),
            Ending::Hang => return wire.hang(),
        }
    }
}
