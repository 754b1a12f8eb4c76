//! The sources of tokens.

use std::sync::{Arc, Mutex, PoisonError, TryLockError};

use crate::error::{Error, Result};
use crate::token::Token;

/// Supplies bearer tokens. Called on the thread of the call: once at its start, and at most once more.
pub trait Credential: Send + Sync {
    /// Returns a token to begin a call with.
    fn token(&self) -> Result<Token>;

    /// Returns another token after the service refused `refused`. If the service sent `claims` (a JSON object as text), the
    /// new token must meet them. The default returns `None`; then the refusal is final.
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

/// No token, for a client that is only used through [`Client::with_credential`](crate::Client::with_credential).
#[derive(Clone, Copy, Debug, Default)]
pub struct NoToken;

impl Credential for NoToken {
    fn token(&self) -> Result<Token> {
        Err(Error::invalid_argument("no token was given; pass a bearer token"))
    }
}

/// A token that its owner can replace, from any thread. Clones share it.
#[derive(Clone, Debug)]
pub struct SharedToken(Arc<Mutex<Token>>);

impl SharedToken {
    /// Starts with a token.
    pub fn new(token: Token) -> Self {
        Self(Arc::new(Mutex::new(token)))
    }

    /// Replaces the token, for the calls that begin from now on.
    pub fn set(&self, token: Token) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = token;
    }

    /// The token, unless another thread is replacing it at this moment. Never waits.
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
