//! `graph_client`: one endpoint, one token, pooled connections; made anew in a forked child.

use std::ffi::c_char;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

use graph_core::{
    CallOptions, Client, ClientOptions, Endpoint, Error, NoToken, Result, SharedToken, Status, Token, UserId,
};

use crate::generated::options::{graph_call_options, graph_options};
use crate::generated::records::{graph_device_list, graph_error, graph_receipt};
use crate::guard::{clear, free, give, handle, required, status, text};
use crate::host::{Process, without_sigpipe};

/// A client. Free to share between threads; free it once, after its last call.
pub struct graph_client {
    options: ClientOptions,
    current: AtomicPtr<Made>,
}

/// A client as made in one process.
struct Made {
    process: Process,
    /// The client of the calls without one has none: each call brings its own.
    token: Option<SharedToken>,
    client: Client,
}

impl Made {
    fn new(options: &ClientOptions, token: Option<Token>) -> Result<*mut Self> {
        let token = token.map(SharedToken::new);
        let client = without_sigpipe(|| match token.clone() {
            Some(token) => Client::new(options.clone(), token),
            None => Client::new(options.clone(), NoToken),
        })?;
        Ok(Box::into_raw(Box::new(Self {
            process: Process::current(),
            token,
            client,
        })))
    }
}

impl graph_client {
    fn new(options: ClientOptions, token: Option<Token>) -> Result<Self> {
        let current = AtomicPtr::new(Made::new(&options, token)?);
        Ok(Self { options, current })
    }

    /// The client of this process. In a forked child the parent's is forgotten, never locked or dropped: its threads are
    /// not here and its locks may be held by one of them.
    fn made(&self) -> Result<&Made> {
        let old = self.current.load(Ordering::Acquire);
        // SAFETY: `current` always points to a `Made` that lives until the handle is freed.
        let made = unsafe { &*old };
        if made.process.is_current() {
            return Ok(made);
        }
        let token = match &made.token {
            None => None,
            Some(token) => Some(token.try_get().ok_or_else(|| {
                Error::new(
                    Status::Internal,
                    "the process was forked while the token was being set; make a new client",
                )
            })?),
        };
        let new = Made::new(&self.options, token)?;
        let winner = match self
            .current
            .compare_exchange(old, new, Ordering::AcqRel, Ordering::Acquire)
        {
            Ok(_) => new,
            Err(other) => {
                free(new);
                other
            }
        };
        // SAFETY: as above.
        Ok(unsafe { &*winner })
    }

    pub(crate) fn client(&self) -> Result<&Client> {
        Ok(&self.made()?.client)
    }
}

impl Drop for graph_client {
    fn drop(&mut self) {
        let made = self.current.swap(ptr::null_mut(), Ordering::AcqRel);
        // SAFETY: the pointer came from `Made::new`, and nobody uses the handle any more.
        if unsafe { made.as_ref() }.is_some_and(|made| made.process.is_current()) {
            free(made);
        }
    }
}

/// Makes a client. Nothing is sent yet. `options` may be NULL for the defaults; the token is copied and its memory
/// cleared when the client goes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_client_new(
    options: *const graph_options,
    token: *const c_char,
    client: *mut *mut graph_client,
    error: *mut *mut graph_error,
) -> Status {
    clear(client);
    status(error, || {
        required(client, "client")?;
        // SAFETY: NULL or a live handle, by the contract of the header.
        let options = unsafe { options.as_ref() }
            .map(|options| options.0.clone())
            .unwrap_or_default();
        let made = graph_client::new(options, Some(Token::new(text(token, "token")?)?))?;
        give(client, || made);
        Ok(())
    })
}

/// Frees a client; NULL is nothing. Never waits for the service.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_client_free(client: *mut graph_client) {
    // To close a connection is to write to it.
    without_sigpipe(|| free(client));
}

/// Replaces the token for the calls that begin from now on. From any thread.
///
/// Runs under way use it from their next request on, unless they have one by `graph_run_set_token`. If it is of another tenant
/// than such a run's, every user meets `GRAPH_STATUS_UNAUTHENTICATED` from then on, nothing is sent, and the run ends.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_client_set_token(
    client: *mut graph_client,
    token: *const c_char,
    error: *mut *mut graph_error,
) -> Status {
    status(error, || {
        let client = handle(client, "client")?;
        let token = Token::new(text(token, "token")?)?;
        if let Some(shared) = &client.made()?.token {
            shared.set(token);
        }
        Ok(())
    })
}

/// Retires every Intune-managed device of a user (object id or user principal name), on the caller's thread.
///
/// `GRAPH_STATUS_OK`: the service accepted it (HTTP 204), `*receipt` is set, and the devices retire when they next check
/// in. Else `*error` says why, and its effect whether the action can have been applied all the same. Irreversible. The person
/// of the token is refused (`GRAPH_STATUS_INVALID_ARGUMENT`). Throttling and passing failures are tried again within the
/// deadline. `options` may be NULL; `receipt` and `error` too. A call that can be stopped, or whose token can be renewed, is a
/// run of one user: see `graph_run_options_set_max_users`.
/// Service: <https://learn.microsoft.com/graph/api/intune-devices-user-removealldevicesfrommanagement>
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_client_remove_all_devices(
    client: *mut graph_client,
    user_id: *const c_char,
    options: *const graph_call_options,
    receipt: *mut *mut graph_receipt,
    error: *mut *mut graph_error,
) -> Status {
    clear(receipt);
    status(error, || {
        let client = handle(client, "client")?;
        let user = UserId::parse(text(user_id, "user_id")?)?;
        let options = chosen(options);
        let client = client.client()?;
        let accepted = without_sigpipe(|| client.remove_all_devices(&user, &options))?;
        give(receipt, || accepted.into());
        Ok(())
    })
}

/// Reads the devices that Intune lists for a user (object id or user principal name), with warnings of what to know before
/// they are retired, on the caller's thread.
///
/// All pages are read within one deadline, and a page that cannot be read whole is an error, never fewer devices. Of the
/// options, which may be NULL, only the deadline counts. Whether the action takes exactly these devices is not documented: a
/// device has a primary and an enrolling user, and Microsoft does not say which of them is meant.
/// Service: <https://learn.microsoft.com/graph/api/intune-devices-manageddevice-list>
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_client_managed_devices(
    client: *mut graph_client,
    user_id: *const c_char,
    options: *const graph_call_options,
    devices: *mut *mut graph_device_list,
    error: *mut *mut graph_error,
) -> Status {
    clear(devices);
    status(error, || {
        required(devices, "devices")?;
        let client = handle(client, "client")?;
        let user = UserId::parse(text(user_id, "user_id")?)?;
        let options = chosen(options);
        let client = client.client()?;
        let found = without_sigpipe(|| client.managed_devices(&user, &options))?;
        give(devices, || found.into());
        Ok(())
    })
}

/// The options of a call; the defaults for NULL.
fn chosen(options: *const graph_call_options) -> CallOptions {
    // SAFETY: NULL or a live handle, by the contract of the header.
    unsafe { options.as_ref() }
        .map(|options| options.0.clone())
        .unwrap_or_default()
}

/// The client of the calls without one, and where it goes.
struct Shared {
    endpoint: Endpoint,
    client: graph_client,
}

static SHARED: AtomicPtr<Shared> = AtomicPtr::new(ptr::null_mut());

/// The client of the calls without one: one for the process, never freed, to the endpoint that is named at the first call.
/// No lock is held while it is made, so that a fork in the middle leaves nothing behind.
pub(crate) fn shared(
    endpoint: impl FnOnce() -> Result<Endpoint>,
    token: &Token,
) -> Result<(Client, &'static Endpoint)> {
    let mut found = SHARED.load(Ordering::Acquire);
    if found.is_null() {
        let endpoint = endpoint()?;
        let options = ClientOptions::default().endpoint(endpoint.clone());
        let client = graph_client::new(options, None)?;
        let new = Box::into_raw(Box::new(Shared { endpoint, client }));
        found = match SHARED.compare_exchange(ptr::null_mut(), new, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => new,
            Err(other) => {
                free(new);
                other
            }
        };
    }
    // SAFETY: made above, and never freed.
    let shared = unsafe { &*found };
    let client = shared.client.client()?;
    Ok((client.with_credential(token.clone()), &shared.endpoint))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_client_of_the_calls_without_one_keeps_no_token() -> Result<()> {
        let endpoint = || Endpoint::parse("http://127.0.0.1:1");
        shared(endpoint, &Token::new("first-token")?)?;
        // SAFETY: made by the call above, and never freed.
        let kept = unsafe { &*SHARED.load(Ordering::Acquire) };
        assert!(kept.client.made()?.token.is_none());
        let user = UserId::parse("adele@contoso.com")?;
        let refused = kept
            .client
            .client()?
            .remove_all_devices(&user, &CallOptions::default());
        assert_eq!(
            refused.err().map(|error| error.status),
            Some(Status::InvalidArgument)
        );
        Ok(())
    }
}
