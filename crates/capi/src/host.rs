//! Safety of the host process: signals and forks.

/// Runs `body` with SIGPIPE blocked on this thread, so that every thread started meanwhile has it blocked for good: a
/// service that resets a connection must not kill the host.
#[cfg(unix)]
pub(crate) fn without_sigpipe<T>(body: impl FnOnce() -> T) -> T {
    struct Restore(libc::sigset_t);
    impl Drop for Restore {
        fn drop(&mut self) {
            // SAFETY: the set was filled by `pthread_sigmask`.
            unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &raw const self.0, std::ptr::null_mut()) };
        }
    }
    // SAFETY: both sets are plain memory that the calls fill; this thread's mask alone is changed.
    let before = unsafe {
        let mut pipe: libc::sigset_t = std::mem::zeroed();
        let mut before: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&raw mut pipe);
        libc::sigaddset(&raw mut pipe, libc::SIGPIPE);
        (libc::pthread_sigmask(libc::SIG_BLOCK, &raw const pipe, &raw mut before) == 0).then_some(before)
    };
    let _restore = before.map(Restore);
    body()
}

#[cfg(not(unix))]
pub(crate) fn without_sigpipe<T>(body: impl FnOnce() -> T) -> T {
    body()
}

/// The process that something was made in: after a fork the child has none of the threads it relies on.
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
