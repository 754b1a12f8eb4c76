using System;
using System.Security;

namespace GraphDevices
{
    /// <summary>
    /// Users in, events out; the library's own threads read and send. Add users, end them, and take events until
    /// done. Next is for one thread at a time; everything else may be called from any.
    /// </summary>
    public sealed class Run : IDisposable
    {
        private readonly RunHandle handle;

        internal Run(RunHandle handle)
        {
            this.handle = handle;
        }

        /// <summary>
        /// Adds a user. A text that is no user id becomes a failed row, so that one bad line does not lose the others. Throws a
        /// <see cref="GraphException"/> once the run was stopped (cancelled) or the users have ended, for null (the run goes on), and of
        /// a verification.
        /// </summary>
        public void AddUser(string userId)
        {
            ErrorHandle error;
            GraphException.ThrowIfFailed(Native.graph_run_add_user(handle, Utf8.ToNative(userId), out error), error);
        }

        /// <summary>Ends the list of users. A second call has no effect.</summary>
        public void EndUsers()
        {
            ErrorHandle error;
            GraphException.ThrowIfFailed(Native.graph_run_end_users(handle, out error), error);
        }

        /// <summary>
        /// The next event, waiting so many milliseconds at most; an event of kind none if there is none by then. A progress comes about
        /// once a second, whatever the wait. Throws for a negative wait and after done.
        /// </summary>
        public RunEvent Next(int waitMilliseconds)
        {
            EventHandle evt;
            ErrorHandle error;
            int status = Native.graph_run_next(handle, waitMilliseconds, out evt, out error);
            using (evt)
            {
                GraphException.ThrowIfFailed(status, error);
                Latest = new RunEvent(evt);
                return Latest;
            }
        }

        /// <summary>
        /// The event that Next returned last; null before the first. A host that stops a script between the call and the assignment of
        /// its result finds it here.
        /// </summary>
        public RunEvent Latest { get; private set; }

        /// <summary>
        /// Answers a need_token event. From its next request on the run uses this token and no longer the client's. One of another
        /// tenant than the run's is refused.
        /// </summary>
        public void SetToken(SecureString token)
        {
            Utf8.WithSecret(token, SetToken);
        }

        /// <summary>
        /// Answers a need_token event. From its next request on the run uses this token and no longer the client's. One of another
        /// tenant than the run's is refused.
        /// </summary>
        public void SetToken(string token)
        {
            Utf8.WithText(token, SetToken);
        }

        private bool SetToken(IntPtr token)
        {
            ErrorHandle error;
            GraphException.ThrowIfFailed(Native.graph_run_set_token(handle, token, out error), error);
            return true;
        }

        /// <summary>Asks the run to stop: what is in flight is awaited and reported as its row, waits end at once, the users left are skipped.</summary>
        public void Stop()
        {
            Native.graph_run_stop(handle);
        }

        /// <summary>Stops the run without waiting and frees it. What is in flight is still recorded in its journal, but not reported: take the events to done where that matters.</summary>
        public void Dispose()
        {
            handle.Dispose();
        }
    }
}
