//! `graph_client`: one endpoint, one token, pooled connections; a forked child makes its own.

use std::ffi::c_char;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

use graph_core::{
    CallOptions, Client, ClientOptions, Endpoint, Error, NoToken, Result, SharedToken, Status, Token, UserId,
};

use crate::generated::options::{graph_call_options, graph_options};
use crate::generated::records::{graph_device_list, graph_error, graph_receipt};
use crate::guard::{free, guard, handle, require_out, set_null, text, write_handle};
use crate::host::{Process, without_sigpipe};

/// A client. Threads may share it. Free it once, after its last call.
pub struct graph_client {
    options: ClientOptions,
    current: AtomicPtr<Made>,
}

/// The client of one process.
struct Made {
    process: Process,
    /// Absent in the shared client: each call brings its token.
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

    /// The client of this process. A forked child forgets the parent's client without locking or dropping it: the parent's
    /// threads do not exist there, and one of them may hold a lock.
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
                    "the process was forked while the token was being set; create a new client",
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
        // SAFETY: the pointer came from `Made::new`, and the handle is no longer in use.
        if unsafe { made.as_ref() }.is_some_and(|made| made.process.is_current()) {
            free(made);
        }
    }
}

/// Creates a client. Sends nothing. `options` may be NULL for the defaults. The token is copied, and its memory is cleared
/// when the client is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_client_new(
    options: *const graph_options,
    token: *const c_char,
    client: *mut *mut graph_client,
    error: *mut *mut graph_error,
) -> Status {
    set_null(client);
    guard(error, || {
        require_out(client, "client")?;
        // SAFETY: NULL or a live handle, by the contract of the header.
        let options = unsafe { options.as_ref() }
            .map(|options| options.0.clone())
            .unwrap_or_default();
        let made = graph_client::new(options, Some(Token::new(text(token, "token")?)?))?;
        write_handle(client, || made);
        Ok(())
    })
}

/// Frees a client. NULL has no effect. Does not wait for the service.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_client_free(client: *mut graph_client) {
    // Closing a connection writes to it.
    without_sigpipe(|| free(client));
}

/// Replaces the token for later calls. From any thread.
///
/// Active runs use it from their next request, unless `graph_run_set_token` gave them their own. If the token is of another
/// tenant than such a run, nothing more is sent: the next user fails with `GRAPH_STATUS_UNAUTHENTICATED`, and the run ends.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_client_set_token(
    client: *mut graph_client,
    token: *const c_char,
    error: *mut *mut graph_error,
) -> Status {
    guard(error, || {
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
/// Irreversible. `GRAPH_STATUS_OK` means that the service accepted the action (HTTP 204): `*receipt` is set, and the devices
/// retire when they next check in. Otherwise `*error` has the reason, and its effect is whether the action may have been
/// applied. The signed-in user is refused (`GRAPH_STATUS_INVALID_ARGUMENT`). Throttling and transient failures are retried
/// within the deadline. `options`, `receipt` and `error` may be NULL. To stop a call or to renew its token, use a run of one
/// user: see `graph_run_options_set_max_users`.
/// Service: <https://learn.microsoft.com/graph/api/intune-devices-user-removealldevicesfrommanagement>
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_client_remove_all_devices(
    client: *mut graph_client,
    user_id: *const c_char,
    options: *const graph_call_options,
    receipt: *mut *mut graph_receipt,
    error: *mut *mut graph_error,
) -> Status {
    set_null(receipt);
    guard(error, || {
        let client = handle(client, "client")?;
        let user = UserId::parse(text(user_id, "user_id")?)?;
        let options = chosen(options);
        let client = client.client()?;
        let accepted = without_sigpipe(|| client.remove_all_devices(&user, &options))?;
        write_handle(receipt, || accepted.into());
        Ok(())
    })
}

/// Reads the devices that Intune lists for a user (object id or user principal name), on the caller's thread. Warnings say
/// what to know before the devices are retired.
///
/// The deadline covers all pages. A page that cannot be read completely is an error, never a shorter list. `options` may be
/// NULL; only the deadline has an effect. Microsoft does not document whether the action retires exactly these devices: a
/// device has a primary and an enrolling user.
/// Service: <https://learn.microsoft.com/graph/api/intune-devices-manageddevice-list>
#[unsafe(no_mangle)]
pub unsafe extern "C" fn graph_client_managed_devices(
    client: *mut graph_client,
    user_id: *const c_char,
    options: *const graph_call_options,
    devices: *mut *mut graph_device_list,
    error: *mut *mut graph_error,
) -> Status {
    set_null(devices);
    guard(error, || {
        require_out(devices, "devices")?;
        let client = handle(client, "client")?;
        let user = UserId::parse(text(user_id, "user_id")?)?;
        let options = chosen(options);
        let client = client.client()?;
        let found = without_sigpipe(|| client.managed_devices(&user, &options))?;
        write_handle(devices, || found.into());
        Ok(())
    })
}

/// The options of a call, or the defaults for NULL.
fn chosen(options: *const graph_call_options) -> CallOptions {
    // SAFETY: NULL or a live handle, by the contract of the header.
    unsafe { options.as_ref() }
        .map(|options| options.0.clone())
        .unwrap_or_default()
}

/// The shared client and its endpoint.
struct Shared {
    endpoint: Endpoint,
    client: graph_client,
}

static SHARED: AtomicPtr<Shared> = AtomicPtr::new(ptr::null_mut());

/// The client of the calls without a client: one per process, never freed, with the endpoint of the first call. It is made
/// without a lock, so that a fork at that moment leaves no lock held.
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
    fn the_shared_client_keeps_no_token() -> Result<()> {
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
