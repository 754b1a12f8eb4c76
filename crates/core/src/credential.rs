//! Who supplies tokens.

use std::sync::{Arc, Mutex, PoisonError, TryLockError};

use crate::error::{Error, Result};
use crate::token::Token;

/// Supplies bearer tokens. Called on the thread that makes the call, once at its start and at most once more.
pub trait Credential: Send + Sync {
    /// A token to begin a call with.
    fn token(&self) -> Result<Token>;

    /// Another token after the service refused `refused`; `claims` is what it must meet (a JSON object as text). The
    /// default is that there is none, and the refusal is final.
    fn renew(&self, refused: &Token, claims: Option<&str>) -> Result<Option<Token>> {
        let _ = (refused, claims);
        Ok(None)
    }
}

impl Credential for Token {
    fn token(&self) -> Result<Token> {
        Ok(self.clone())
    }
}

/// No token at all: for a client that is only used through [`Client::with_credential`](crate::Client::with_credential).
#[derive(Clone, Copy, Debug, Default)]
pub struct NoToken;

impl Credential for NoToken {
    fn token(&self) -> Result<Token> {
        Err(Error::invalid_argument("no token was given; pass a bearer token"))
    }
}

/// A token that its owner replaces from time to time, from any thread. Clones share it.
#[derive(Clone, Debug)]
pub struct SharedToken(Arc<Mutex<Token>>);

impl SharedToken {
    /// Starts with a token.
    pub fn new(token: Token) -> Self {
        Self(Arc::new(Mutex::new(token)))
    }

    /// The token of the calls that begin from now on.
    pub fn set(&self, token: Token) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = token;
    }

    /// The token, unless another thread is replacing it just now; never waits.
    pub fn try_get(&self) -> Option<Token> {
        match self.0.try_lock() {
            Ok(token) => Some(token.clone()),
            Err(TryLockError::Poisoned(token)) => Some(token.into_inner().clone()),
            Err(TryLockError::WouldBlock) => None,
        }
    }
}

impl Credential for SharedToken {
    fn token(&self) -> Result<Token> {
        Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }
}
