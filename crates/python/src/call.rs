//! One call on the caller's thread. While it waits, Python handles signals, other threads run, and the credential may renew
//! the token.

use std::sync::{Arc, Mutex, PoisonError};

use graph_devices::{Client, Credential, Error, Result, Status, Token};
use pyo3::prelude::*;

use crate::errors::detached;
use crate::text::Text;

/// The exception that Python raised during a call. It ends the call and is raised instead of the call's error.
#[derive(Default)]
struct Raised(Mutex<Option<PyErr>>);

impl Raised {
    /// Runs `work` in Python. Returns `None` if it raised, or if Python is exiting.
    fn attempt<T>(&self, work: impl for<'py> FnOnce(Python<'py>) -> PyResult<T>) -> Option<T> {
        match Python::try_attach(work)? {
            Ok(value) => Some(value),
            Err(error) => {
                *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                None
            }
        }
    }

    fn take(&self) -> Option<PyErr> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// The caller's token, and the function that returns another one for claims, if any.
struct Caller {
    token: Token,
    renew: Option<Py<PyAny>>,
    raised: Arc<Raised>,
}

impl Credential for Caller {
    fn token(&self) -> Result<Token> {
        Ok(self.token.clone())
    }

    fn renew(&self, _refused: &Token, claims: Option<&str>) -> Result<Option<Token>> {
        let Some(renew) = &self.renew else {
            return Ok(None);
        };
        let text = self
            .raised
            .attempt(|py| renew.bind(py).call1((claims,))?.extract::<Text>());
        match text {
            Some(text) => Token::new(&text).map(Some),
            None => Err(Error::new(Status::Cancelled, Status::Cancelled.message())),
        }
    }
}

/// Makes a call with the interpreter released. `renew` is a function that takes claims and returns a token.
#[expect(
    clippy::redundant_closure_for_method_calls,
    reason = "the method is of one lifetime, the closure of any"
)]
pub(crate) fn call<T: Send>(
    py: Python<'_>,
    client: &Client,
    token: Text,
    renew: Option<Py<PyAny>>,
    work: impl FnOnce(&Client) -> Result<T> + Send,
) -> PyResult<T> {
    let raised = Arc::new(Raised::default());
    let (of_caller, of_signals) = (raised.clone(), raised.clone());
    let result = detached(py, move || {
        let caller = Caller {
            token: Token::new(&token)?,
            renew,
            raised: of_caller,
        };
        let client = client.with_credential(caller).with_interrupt(Arc::new(move || {
            of_signals.attempt(|py| py.check_signals()).is_none()
        }));
        work(&client)
    });
    raised.take().map_or(result, Err)
}
