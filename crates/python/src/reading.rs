//! A user's devices, read on a thread of its own and pulled like a run: so Python sees signals and supplies tokens.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use graph_devices::{CallOptions, Client, Credential, DeviceList, Error, Result, Status, Token, UserId};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::errors::{detached, no_thread};
use crate::events::EventFields;
use crate::generated::fields;
use crate::seconds::seconds;
use crate::text::Text;

enum Found {
    NeedToken(Option<String>),
    Devices(Result<DeviceList>),
}

/// The reading of a user's devices: take events until `devices`. Dropping it ends it without waiting.
#[pyclass(frozen, module = "graph_devices._native")]
pub(crate) struct Reading {
    found: Mutex<Receiver<Found>>,
    tokens: Sender<Token>,
    _awaited: Arc<()>,
}

/// The caller's token; another one from the caller where that can supply it.
struct Asking {
    token: Mutex<Token>,
    supplies: bool,
    asks: Sender<Found>,
    tokens: Mutex<Receiver<Token>>,
    awaited: Weak<()>,
}

impl Credential for Asking {
    fn token(&self) -> Result<Token> {
        if self.awaited.strong_count() == 0 {
            return Err(Error::new(Status::Cancelled, Status::Cancelled.message()));
        }
        Ok(self.token.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }

    fn renew(&self, _refused: &Token, claims: Option<&str>) -> Result<Option<Token>> {
        let ask = Found::NeedToken(claims.map(str::to_owned));
        if !self.supplies || self.asks.send(ask).is_err() {
            return Ok(None);
        }
        let tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        let renewed = tokens.recv().ok();
        if let Some(token) = &renewed {
            *self.token.lock().unwrap_or_else(PoisonError::into_inner) = token.clone();
        }
        Ok(renewed)
    }
}

impl Reading {
    pub(crate) fn start(
        client: &Client,
        token: Token,
        supplies: bool,
        user: UserId,
        call: CallOptions,
    ) -> Result<Self> {
        let (asks, found) = channel();
        let (tokens, given) = channel();
        let awaited = Arc::new(());
        let client = client.with_credential(Asking {
            token: Mutex::new(token),
            supplies,
            asks: asks.clone(),
            tokens: Mutex::new(given),
            awaited: Arc::downgrade(&awaited),
        });
        std::thread::Builder::new()
            .name("graph-devices-read".into())
            .spawn(move || {
                // Nobody may be there to hear it.
                let _ = asks.send(Found::Devices(client.managed_devices(&user, &call)));
            })
            .map_err(|error| no_thread(&error))?;
        Ok(Self {
            found: Mutex::new(found),
            tokens,
            _awaited: awaited,
        })
    }
}

#[pymethods]
impl Reading {
    /// `need_token`, `devices`, or `None` if there is nothing within so many seconds. Other threads run meanwhile.
    fn next<'py>(&self, py: Python<'py>, wait: f64) -> PyResult<Option<EventFields<'py>>> {
        let found = detached(py, move || {
            let found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
            match found.recv_timeout(seconds("wait", wait)?) {
                Ok(Found::Devices(devices)) => devices.map(|list| Some(Ok(list))),
                Ok(Found::NeedToken(claims)) => Ok(Some(Err(claims))),
                Err(RecvTimeoutError::Timeout) => Ok(None),
                Err(RecvTimeoutError::Disconnected) => {
                    Err(Error::new(Status::Internal, Status::Internal.message()))
                }
            }
        })?;
        Ok(match found {
            None => None,
            Some(Ok(list)) => Some(("devices", fields::device_list(py, &list)?)),
            Some(Err(claims)) => {
                let told = PyDict::new(py);
                told.set_item("claims", claims)?;
                Some(("need_token", told))
            }
        })
    }

    /// Answers `need_token`.
    fn set_token(&self, py: Python<'_>, token: Text) -> PyResult<()> {
        let token = detached(py, move || Token::new(&token))?;
        // Nobody waits for it if the call has ended.
        let _ = self.tokens.send(token);
        Ok(())
    }
}
