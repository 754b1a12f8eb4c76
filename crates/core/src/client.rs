//! The client: options and a credential in, receipts and errors out.

use std::fmt;
use std::sync::Arc;

use crate::action::{Call, Notice};
use crate::clock::Stop;
use crate::credential::Credential;
use crate::error::Result;
use crate::options::{CallOptions, ClientOptions};
use crate::receipt::Receipt;
use crate::retry::Policy;
use crate::transport::Transport;
use crate::user_id::UserId;

/// Talks to one endpoint with one credential over pooled connections. Cheap to clone, free to share between threads.
#[derive(Clone)]
pub struct Client {
    service: Arc<Service>,
    credential: Arc<dyn Credential>,
}

struct Service {
    options: ClientOptions,
    transport: Transport,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("endpoint", &self.service.options.endpoint.root())
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Makes a client. Nothing is sent yet. A [`Token`](crate::Token) is a credential, too.
    pub fn new(options: ClientOptions, credential: impl Credential + 'static) -> Result<Self> {
        let transport = Transport::new(&options)?;
        Ok(Self {
            service: Arc::new(Service { options, transport }),
            credential: Arc::new(credential),
        })
    }

    /// The same client, connections included, for another credential.
    #[must_use]
    pub fn with_credential(&self, credential: impl Credential + 'static) -> Self {
        Self {
            service: self.service.clone(),
            credential: Arc::new(credential),
        }
    }

    /// Retires every Intune-managed device of a user, on the caller's thread.
    ///
    /// `Ok` means that the service answered 204: it accepted the action, and the devices retire when they next check in.
    /// For an error, its [`effect`](crate::Failure::effect) tells whether the action can have been applied all the
    /// same. Microsoft does not document whether the user's primary devices are meant or those the user enrolled.
    pub fn remove_all_devices(&self, user: &UserId, options: &CallOptions) -> Result<Receipt> {
        self.perform(user, options, &*self.credential, &Stop::default(), &mut |_| ())
    }

    pub(crate) fn credential(&self) -> &dyn Credential {
        &*self.credential
    }

    pub(crate) fn perform(
        &self,
        user: &UserId,
        options: &CallOptions,
        credential: &dyn Credential,
        stop: &Stop,
        notice: &mut dyn FnMut(Notice),
    ) -> Result<Receipt> {
        let Service {
            options: client,
            transport,
        } = &*self.service;
        let call = Call {
            transport,
            clock: &*client.clock,
            policy: Policy::new(client, options.deadline),
            timeout: client.timeout,
            credential,
            options,
            stop,
            notice,
        };
        call.perform(user)
    }
}
