//! Name look-ups, each on a thread of its own. The HTTP client would do the same, but it panics in the middle of a request
//! if no thread can be started. Here that is an error of the connection, and nothing was sent.

use std::io;
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Poll, Waker};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// A stack that is large enough for the look-up modules of a system.
const STACK: usize = 512 * 1024;

/// Resolves names through the system.
pub(crate) struct Resolver;

#[derive(Default)]
struct Pending {
    found: Option<io::Result<Vec<SocketAddr>>>,
    waker: Option<Waker>,
}

impl Pending {
    fn set_found(shared: &Mutex<Self>, found: io::Result<Vec<SocketAddr>>) {
        let mut pending = shared.lock().unwrap_or_else(PoisonError::into_inner);
        pending.found = Some(found);
        if let Some(waker) = pending.waker.take() {
            waker.wake();
        }
    }
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let pending = Arc::new(Mutex::new(Pending::default()));
        let asked = pending.clone();
        let begun = std::thread::Builder::new()
            .name("graph-devices-resolve".into())
            .stack_size(STACK)
            .spawn(move || {
                let found = (name.as_str(), 0).to_socket_addrs().map(Vec::from_iter);
                Pending::set_found(&asked, found);
            });
        if let Err(error) = begun {
            let why =
                format!("no thread can be started to look up a name; raise the limit of threads: {error}");
            Pending::set_found(&pending, Err(io::Error::new(error.kind(), why)));
        }
        Box::pin(std::future::poll_fn(move |context| {
            let mut pending = pending.lock().unwrap_or_else(PoisonError::into_inner);
            match pending.found.take() {
                Some(Ok(found)) => Poll::Ready(Ok(Box::new(found.into_iter()) as Addrs)),
                Some(Err(error)) => Poll::Ready(Err(error.into())),
                None => {
                    pending.waker = Some(context.waker().clone());
                    Poll::Pending
                }
            }
        }))
    }
}
