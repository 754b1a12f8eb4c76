//! Safety of the host process: signals and forks.

/// Runs `body` with SIGPIPE blocked on this thread and on every thread started meanwhile: a service that resets a connection
/// must not kill the host. A SIGPIPE that `body` caused on this thread is taken away before the mask is restored.
#[cfg(unix)]
pub(crate) fn without_sigpipe<T>(body: impl FnOnce() -> T) -> T {
    struct Restore {
        pipe: libc::sigset_t,
        before: libc::sigset_t,
        was_pending: bool,
    }
    impl Drop for Restore {
        fn drop(&mut self) {
            if !self.was_pending && is_pending(libc::SIGPIPE) {
                let mut signal = 0;
                // SAFETY: the signal is blocked and pending, so this returns at once.
                unsafe { libc::sigwait(&raw const self.pipe, &raw mut signal) };
            }
            // SAFETY: the set was filled by `pthread_sigmask`.
            unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &raw const self.before, std::ptr::null_mut()) };
        }
    }
    // SAFETY: both sets are plain memory that the calls fill; this thread's mask alone is changed.
    let blocked = unsafe {
        let mut pipe: libc::sigset_t = std::mem::zeroed();
        let mut before: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&raw mut pipe);
        libc::sigaddset(&raw mut pipe, libc::SIGPIPE);
        (libc::pthread_sigmask(libc::SIG_BLOCK, &raw const pipe, &raw mut before) == 0)
            .then_some((pipe, before))
    };
    let _restore = blocked.map(|(pipe, before)| Restore {
        pipe,
        before,
        was_pending: is_pending(libc::SIGPIPE),
    });
    body()
}

#[cfg(unix)]
fn is_pending(signal: libc::c_int) -> bool {
    // SAFETY: the set is plain memory that the call fills.
    unsafe {
        let mut pending: libc::sigset_t = std::mem::zeroed();
        libc::sigpending(&raw mut pending) == 0 && libc::sigismember(&raw const pending, signal) == 1
    }
}

#[cfg(not(unix))]
pub(crate) fn without_sigpipe<T>(body: impl FnOnce() -> T) -> T {
    body()
}

/// Defers `pthread_cancel` on this thread until it is dropped: unwinding that C starts inside Rust would abort the process
/// (<https://github.com/rust-lang/rust/issues/65441>). The request takes effect at the caller's next cancellation point.
pub(crate) struct Uncancelled {
    #[cfg(all(unix, not(target_os = "android")))]
    before: Option<libc::c_int>,
}

/// Declared here because the crate libc does not declare it on every platform.
///
/// cbindgen:ignore
#[cfg(all(unix, not(target_os = "android")))]
mod pthread {
    unsafe extern "C" {
        pub(super) fn pthread_setcancelstate(state: libc::c_int, before: *mut libc::c_int) -> libc::c_int;
    }
}

impl Uncancelled {
    #[cfg(all(unix, not(target_os = "android")))]
    pub(crate) fn begin() -> Self {
        // <pthread.h>: 1 in glibc and musl, 0 on Apple's systems.
        const DISABLE: libc::c_int = if cfg!(target_vendor = "apple") { 0 } else { 1 };
        let mut before = 0;
        // SAFETY: it writes the previous state to `before`; only this thread's state changes.
        let done = unsafe { pthread::pthread_setcancelstate(DISABLE, &raw mut before) } == 0;
        Self {
            before: done.then_some(before),
        }
    }

    #[cfg(not(all(unix, not(target_os = "android"))))]
    pub(crate) fn begin() -> Self {
        Self {}
    }
}

#[cfg(all(unix, not(target_os = "android")))]
impl Drop for Uncancelled {
    fn drop(&mut self) {
        if let Some(before) = self.before {
            // SAFETY: the state that `begin` found.
            unsafe { pthread::pthread_setcancelstate(before, std::ptr::null_mut()) };
        }
    }
}

/// The process that created a handle: after a fork the child does not have the threads of that handle.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Process(u32);

impl Process {
    pub(crate) fn current() -> Self {
        Self(std::process::id())
    }

    pub(crate) fn is_current(self) -> bool {
        self == Self::current()
    }
}
