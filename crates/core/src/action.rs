//! One user: send, judge, wait, send again, until there is an answer to tell.

use std::fmt;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::answer::{APPROVAL_CODE, APPROVAL_JUSTIFICATION, Judgement, judge};
use crate::clock::{Clock, Stop, new_guid};
use crate::credential::Credential;
use crate::error::{Error, Result};
use crate::explain::Context;
use crate::options::CallOptions;
use crate::receipt::Receipt;
use crate::retry::{Policy, Retry, Situation};
use crate::status::{Effect, Status};
use crate::token::Token;
use crate::transport::Transport;
use crate::user_id::UserId;

/// Something that happened on the way, for a log. Its `Display` is one line and never holds a token.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice {
    /// A request leaves now.
    Sending {
        /// The user of the call.
        user: String,
        /// 1 for the first.
        attempt: u32,
        /// The id that is sent with it.
        client_request_id: String,
    },
    /// An attempt failed and another follows.
    Waiting {
        /// The user of the call.
        user: String,
        /// What the attempt came to.
        status: Status,
        /// The HTTP status, if there was an answer.
        http_status: Option<u16>,
        /// The service's id of the request, if there was an answer.
        request_id: Option<String>,
        /// How long until the next attempt.
        wait: Duration,
    },
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sending {
                user,
                attempt,
                client_request_id,
            } => {
                write!(
                    f,
                    "{user}: sending attempt {attempt}, client-request-id {client_request_id}"
                )
            }
            Self::Waiting {
                user,
                status,
                http_status,
                request_id,
                wait,
            } => {
                write!(f, "{user}: {status}")?;
                if let Some(http_status) = http_status {
                    write!(f, ", HTTP {http_status}")?;
                }
                if let Some(request_id) = request_id {
                    write!(f, ", request-id {request_id}")?;
                }
                write!(f, "; trying again in {:.1} s", wait.as_secs_f64())
            }
        }
    }
}

/// What a call works with.
pub(crate) struct Call<'a> {
    pub(crate) transport: &'a Transport,
    pub(crate) clock: &'a dyn Clock,
    pub(crate) policy: Policy,
    pub(crate) timeout: Duration,
    pub(crate) credential: &'a dyn Credential,
    pub(crate) options: &'a CallOptions,
    pub(crate) stop: &'a Stop,
    pub(crate) notice: &'a mut dyn FnMut(Notice),
}

/// What is carried from attempt to attempt.
struct Progress {
    started: Duration,
    /// Time that the caller's code took to supply a token: not the service's to answer for.
    paused: Duration,
    first_send: Option<Duration>,
    attempts: u32,
    effect: Effect,
    renewed: bool,
}

impl Call<'_> {
    /// Retires every device of a user.
    pub(crate) fn perform(mut self, user: &UserId) -> Result<Receipt> {
        let client_request_id = self.options.client_request_id.clone().unwrap_or_else(new_guid);
        let mut progress = Progress {
            started: self.clock.monotonic(),
            paused: Duration::ZERO,
            first_send: None,
            attempts: 0,
            effect: Effect::None,
            renewed: false,
        };
        let outcome = self.attempts(user, &client_request_id, &mut progress);
        outcome.map_err(|mut error| {
            error.effect = error.effect.or(progress.effect);
            error.attempts = progress.attempts;
            if progress.attempts > 0 {
                error.client_request_id.get_or_insert(client_request_id);
            }
            error
        })
    }

    fn attempts(
        &mut self,
        user: &UserId,
        client_request_id: &str,
        progress: &mut Progress,
    ) -> Result<Receipt> {
        let path = format!("{}/removeAllDevicesFromManagement", user.path());
        let justification = self
            .options
            .justification
            .as_ref()
            .map(|text| STANDARD.encode(text));
        let mut headers = vec![("client-request-id", client_request_id)];
        match (&self.options.approval_code, &justification) {
            (Some(code), _) => headers.push((APPROVAL_CODE, code)),
            (None, Some(text)) => headers.push((APPROVAL_JUSTIFICATION, text)),
            (None, None) => {}
        }
        let mut token = self.credential.token()?;
        loop {
            if self.stop.is_raised() {
                return Err(Error::new(Status::Cancelled, Status::Cancelled.message()));
            }
            let timeout = self
                .timeout
                .min(self.policy.deadline.saturating_sub(self.elapsed(progress)));
            progress.attempts += 1;
            (self.notice)(Notice::Sending {
                user: user.to_string(),
                attempt: progress.attempts,
                client_request_id: client_request_id.to_owned(),
            });
            let first_send = *progress.first_send.get_or_insert_with(|| self.clock.monotonic());
            let sent = self
                .transport
                .post(&path, &headers, &token, timeout.max(Duration::from_millis(1)));
            let facts = token.facts();
            let endpoint = self.transport.endpoint();
            let context = Context {
                token: &facts,
                audience: endpoint.cloud().map(crate::Cloud::root),
                user: user.as_str(),
                now: self.clock.wall(),
            };
            let (mut error, retry) = match judge(&sent, &context) {
                Judgement::Accepted {
                    request_id,
                    client_request_id: echoed,
                    date,
                } => {
                    return Ok(Receipt {
                        user: user.to_string(),
                        request_id,
                        client_request_id: echoed.or_else(|| Some(client_request_id.to_owned())),
                        date,
                        attempts: progress.attempts,
                        elapsed: self.elapsed(progress),
                        endpoint: endpoint.unknown_root(),
                    });
                }
                Judgement::Refused { error, retry } => (error, retry),
            };
            progress.effect = progress.effect.or(error.effect);
            if error.status == Status::Unauthenticated && !progress.renewed {
                progress.renewed = true;
                match self.renewed(&token, error.claims.as_deref(), progress) {
                    Ok(Some(new)) => token = new,
                    Ok(None) => return Err(error),
                    Err(cause) => {
                        error.message = format!("{}; no new token: {cause}", error.message);
                        return Err(error);
                    }
                }
                continue;
            }
            self.wait(user, error, retry, first_send, progress)?;
        }
    }

    /// Another token, if there is one and it is not the refused one again.
    fn renewed(
        &self,
        refused: &Token,
        claims: Option<&str>,
        progress: &mut Progress,
    ) -> Result<Option<Token>> {
        let asked = self.clock.monotonic();
        let token = self.credential.renew(claims);
        progress.paused += self.clock.monotonic().saturating_sub(asked);
        Ok(token?.filter(|token| token != refused))
    }

    /// Waits for the next attempt, or gives the error back as final.
    fn wait(
        &mut self,
        user: &UserId,
        error: Error,
        retry: Retry,
        first_send: Duration,
        progress: &Progress,
    ) -> Result<()> {
        let now = Situation {
            retry,
            attempts: progress.attempts,
            effect: progress.effect,
            retry_after: error.retry_after,
            elapsed: self.elapsed(progress),
            since_first_send: self.clock.monotonic().saturating_sub(first_send),
            jitter: self.clock.jitter(),
        };
        let Some(wait) = self.policy.wait(&now) else {
            return Err(error);
        };
        (self.notice)(Notice::Waiting {
            user: user.to_string(),
            status: error.status,
            http_status: error.http_status,
            request_id: error.request_id.clone(),
            wait,
        });
        self.clock.wait(wait, self.stop);
        Ok(())
    }

    fn elapsed(&self, progress: &Progress) -> Duration {
        self.clock
            .monotonic()
            .saturating_sub(progress.started)
            .saturating_sub(progress.paused)
    }
}
