//! The token of a run. It is renewed once, however many requests it was refused for.

use super::event::Event;
use super::scheduler::Scheduler;
use crate::client::Client;
use crate::credential::Credential;
use crate::error::Result;
use crate::status::Status;
use crate::token::Token;

/// Supplies the token last set on the run, or else the client's. The caller of the run renews it, if it supplies tokens.
pub(super) struct RunCredential<'a> {
    pub(super) scheduler: &'a Scheduler,
    pub(super) client: &'a Client,
    pub(super) token_events: bool,
}

impl Credential for RunCredential<'_> {
    /// Waits while the token is being renewed.
    fn token(&self) -> Result<Token> {
        let given = self
            .scheduler
            .wait_for(|state| (!state.token.is_renewing).then(|| state.token.current.clone()))
            .flatten();
        match given {
            Some(token) => Ok(token),
            None => self.of_the_runs_tenant(self.client.credential().token()?),
        }
    }

    fn renew(&self, refused: &Token, claims: Option<&str>) -> Result<Option<Token>> {
        // Another thread may have renewed it meanwhile: that token serves this thread, too.
        let turn = self.scheduler.wait_for(|state| {
            if state.token.is_renewing {
                return None;
            }
            let newer = state.token.current.clone().filter(|token| token != refused);
            state.token.is_renewing = newer.is_none();
            Some(newer)
        });
        match turn {
            None => return Ok(None),
            Some(Some(newer)) => return Ok(Some(newer)),
            Some(None) => {}
        }
        let renewing = Renewing(self.scheduler);
        let found = if self.token_events {
            self.scheduler.state().token.current = None;
            self.scheduler.emit(Event::NeedToken {
                claims: claims.map(str::to_owned),
            });
            Ok(self.scheduler.wait_for(|state| state.token.current.clone()))
        } else {
            let renewed = self.client.credential().renew(refused, claims)?;
            renewed.map(|token| self.of_the_runs_tenant(token)).transpose()
        };
        if let Ok(Some(token)) = &found {
            self.scheduler.state().token.current = Some(token.clone());
        }
        drop(renewing);
        found
    }
}

impl RunCredential<'_> {
    /// Refuses a token of another tenant, with which its owner may have replaced the first. Every user would meet that.
    fn of_the_runs_tenant(&self, token: Token) -> Result<Token> {
        token.of_tenant(self.scheduler.tenant.as_deref(), Status::Unauthenticated)
    }
}

/// One thread renews the token and all others wait for it, until this is dropped: also if the credential panics.
struct Renewing<'a>(&'a Scheduler);

impl Drop for Renewing<'_> {
    fn drop(&mut self) {
        self.0.state().token.is_renewing = false;
        self.0.wake();
    }
}
