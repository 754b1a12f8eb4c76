//! The client: it takes options and a credential, and returns receipts and errors.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::action::Action;
use crate::approvals;
use crate::attempts::Attempts;
use crate::clock::{Interrupt, Stop};
use crate::cloud::Endpoint;
use crate::credential::Credential;
use crate::device::DeviceList;
use crate::devices::read_devices;
use crate::error::{Error, Result};
use crate::notice::Notice;
use crate::options::{CallOptions, ClientOptions};
use crate::rate_limiter::{RateLimiter, Unpaced};
use crate::receipt::Receipt;
use crate::retry::Policy;
use crate::session::{Session, client_request_id};
use crate::status::Effect;
use crate::transport::Transport;
use crate::user_id::UserId;
use crate::warnings_for::{Circumstances, add_warnings};

/// Sends requests to one endpoint with one credential over pooled connections. Cheap to clone; threads may share it.
#[derive(Clone)]
pub struct Client {
    service: Arc<Service>,
    credential: Arc<dyn Credential>,
    interrupt: Option<Interrupt>,
}

struct Service {
    options: ClientOptions,
    transport: Transport,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("endpoint", &self.endpoint().root())
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Makes a client. Sends nothing. A [`Token`](crate::Token) is a credential, too.
    pub fn new(options: ClientOptions, credential: impl Credential + 'static) -> Result<Self> {
        let transport = Transport::new(&options)?;
        Ok(Self {
            service: Arc::new(Service { options, transport }),
            credential: Arc::new(credential),
            interrupt: None,
        })
    }

    /// Returns a client with another credential that shares this client's connections.
    #[must_use]
    pub fn with_credential(&self, credential: impl Credential + 'static) -> Self {
        Self {
            service: self.service.clone(),
            credential: Arc::new(credential),
            interrupt: self.interrupt.clone(),
        }
    }

    /// Returns a client whose single calls can end early. It shares this client's connections.
    ///
    /// While a call waits, it calls `interrupt` about 20 times a second, on the thread of the call. Once that returns
    /// `true`, the call returns [`Status::Cancelled`](crate::Status::Cancelled). No attempt follows. An attempt in flight
    /// may still be applied: see the error's effect. Runs do not call it; they have [`Run::stop`](crate::Run::stop).
    #[must_use]
    pub fn with_interrupt(&self, interrupt: Interrupt) -> Self {
        Self {
            interrupt: Some(interrupt),
            ..self.clone()
        }
    }

    pub(crate) fn stop(&self) -> Stop {
        Stop::with_interrupt(self.interrupt.clone())
    }

    /// Retires every Intune-managed device of a user. Blocks the caller's thread until the call ends.
    ///
    /// `Ok` means that the service answered 204: it accepted the action, and the devices retire when they next check in.
    /// For an error, [`effect`](crate::Failure::effect) reports whether the action can have been applied nevertheless. The
    /// signed-in user is refused, by object id and by the names in the token; a single call does not look up whose name it
    /// is. Microsoft does not document whether the action takes the user's primary devices or those that the user enrolled.
    pub fn remove_all_devices(&self, user: &UserId, options: &CallOptions) -> Result<Receipt> {
        self.perform(user, options, &*self.credential, &self.stop(), &mut |_| ())
    }

    /// Reads the devices that Intune lists for a user, with warnings about retiring them.
    ///
    /// Every page is read. A page that cannot be read completely is an error, never fewer devices. Needs
    /// `DeviceManagementManagedDevices.Read.All`
    /// (<https://learn.microsoft.com/graph/api/intune-devices-manageddevice-list>). Of the options only the deadline has an
    /// effect. Microsoft does not document whether the action takes exactly these devices: a device has a primary and an
    /// enrolling user.
    pub fn managed_devices(&self, user: &UserId, options: &CallOptions) -> Result<DeviceList> {
        let (stop, mut silent) = (self.stop(), |_| ());
        let mut session = self.session(options.deadline, &*self.credential, &Unpaced, &stop, &mut silent);
        let mut devices = read_devices(&mut session, user, None)?;
        let circumstances = Circumstances {
            now: session.clock.wall(),
            user_id: user.is_object_id().then(|| user.as_str()),
            max_devices: usize::MAX,
        };
        let warnings = add_warnings(&mut devices, &circumstances);
        Ok(DeviceList { devices, warnings })
    }

    pub(crate) fn credential(&self) -> &dyn Credential {
        &*self.credential
    }

    pub(crate) fn options(&self) -> &ClientOptions {
        &self.service.options
    }

    /// The proxy that requests are sent through, without its password.
    pub(crate) fn proxy(&self) -> Option<&str> {
        self.service.transport.proxy()
    }

    /// The endpoint that requests are sent to.
    pub fn endpoint(&self) -> &Endpoint {
        self.service.transport.endpoint()
    }

    /// The session of a call of this client.
    pub(crate) fn session<'a>(
        &'a self,
        deadline: Option<Duration>,
        credential: &'a dyn Credential,
        limiter: &'a dyn RateLimiter,
        stop: &'a Stop,
        notice: &'a mut dyn FnMut(Notice),
    ) -> Session<'a> {
        let Service { options, transport } = &*self.service;
        Session {
            transport,
            clock: &*options.clock,
            policy: Policy::new(options, deadline),
            timeout: options.timeout,
            credential,
            limiter,
            stop,
            notice,
        }
    }

    pub(crate) fn perform(
        &self,
        user: &UserId,
        options: &CallOptions,
        credential: &dyn Credential,
        stop: &Stop,
        notice: &mut dyn FnMut(Notice),
    ) -> Result<Receipt> {
        let mut session = self.session(options.deadline, credential, &Unpaced, stop, notice);
        let mut attempts = Attempts::new(session.clock);
        let id = client_request_id(options.client_request_id.as_deref());
        let since = session.clock.wall();
        let action = Action::new(user.as_str(), user, options, &id);
        action.send(&mut session, &mut attempts, None).map_err(|error| {
            let error = Error::from(error);
            if !action.is_pending_already(&error) {
                return error;
            }
            let found = if error.effect == Effect::Possible {
                action.pending_codes(&mut session, since).map(approvals::only)
            } else {
                Ok(None)
            };
            Action::explain_pending(error, found)
        })
    }
}
