//! The token of a run: asked for once, however many requests it was refused for.

use super::board::Board;
use super::event::Event;
use crate::client::Client;
use crate::credential::Credential;
use crate::error::Result;
use crate::status::Status;
use crate::token::Token;

/// The token last set on the run, else the client's; another one from the run's caller where it supplies them.
pub(super) struct RunCredential<'a> {
    pub(super) board: &'a Board,
    pub(super) client: &'a Client,
    pub(super) token_events: bool,
}

impl Credential for RunCredential<'_> {
    /// While a new token is asked for, everybody waits for it.
    fn token(&self) -> Result<Token> {
        let given = self
            .board
            .wait_for(|state| (!state.asking_token).then(|| state.token.clone()))
            .flatten();
        match given {
            Some(token) => Ok(token),
            None => self.of_the_runs_tenant(self.client.credential().token()?),
        }
    }

    fn renew(&self, refused: &Token, claims: Option<&str>) -> Result<Option<Token>> {
        // Another thread may have asked meanwhile: its token serves this one, too.
        let turn = self.board.wait_for(|state| {
            if state.asking_token {
                return None;
            }
            let newer = state.token.clone().filter(|token| token != refused);
            state.asking_token = newer.is_none();
            Some(newer)
        });
        match turn {
            None => return Ok(None),
            Some(Some(newer)) => return Ok(Some(newer)),
            Some(None) => {}
        }
        let asking = Asking(self.board);
        let found = if self.token_events {
            self.board.state().token = None;
            self.board.tell(Event::NeedToken {
                claims: claims.map(str::to_owned),
            });
            Ok(self.board.wait_for(|state| state.token.clone()))
        } else {
            let renewed = self.client.credential().renew(refused, claims)?;
            renewed.map(|token| self.of_the_runs_tenant(token)).transpose()
        };
        if let Ok(Some(token)) = &found {
            self.board.state().token = Some(token.clone());
        }
        drop(asking);
        found
    }
}

impl RunCredential<'_> {
    /// A token that its owner replaced meanwhile may be any tenant's. Every user would meet that.
    fn of_the_runs_tenant(&self, token: Token) -> Result<Token> {
        token.of_tenant(self.board.tenant.as_deref(), Status::Unauthenticated)
    }
}

/// One thread asks for a token and all others wait for it, until this is dropped: also if the credential panics.
struct Asking<'a>(&'a Board);

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        self.0.state().asking_token = false;
        self.0.notify();
    }
}
