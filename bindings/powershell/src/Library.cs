using System;

namespace GraphDevices
{
    /// <summary>The call of two arguments, the words of the library, and its versions. From any thread.</summary>
    public static class Library
    {
        /// <summary>The ABI that this assembly was written for: the major part must be equal, the minor part at least this.</summary>
        private const uint AbiMajor = 0;
        private const uint AbiMinor = 2;

        /// <summary>What the library names an outcome, and a verdict, that it does not have.</summary>
        private const string UnknownOutcome = "unknown_outcome";
        private const string UnknownVerdict = "unknown_verdict";

        /// <summary>
        /// Retires every Intune-managed device of a user; returns the number of the status, 0 for accepted (HTTP 204).
        /// Irreversible. <see cref="Client"/> gives the reasons of a failure. All calls go to the worldwide cloud, or to what
        /// GRAPH_DEVICES_ENDPOINT named at the first; once it names another, they are refused.
        /// </summary>
        public static int RemoveAllDevices(string token, string userId)
        {
            return RemoveAllDevices(Utf8.ToNative(token), Utf8.ToNative(userId));
        }

        /// <summary>
        /// The same with UTF-8, which may end with a NUL. An <see cref="ArgumentException"/> for a NUL before the end, which
        /// would name another user.
        /// </summary>
        public static int RemoveAllDevices(byte[] token, byte[] userId)
        {
            return Native.graph_remove_all_devices_with_environment(EnvironmentEndpoint(), Utf8.Terminated(token), Utf8.Terminated(userId));
        }

        /// <summary>
        /// Throws a <see cref="GraphException"/> where a text can be no user's id, by the rule of every call. Nothing is sent, so a
        /// whole list can be checked before its first user.
        /// </summary>
        public static void CheckUserId(string userId)
        {
            ErrorHandle error;
            GraphException.ThrowIfFailed(Native.graph_check_user_id(Utf8.ToNative(userId), out error), error);
        }

        /// <summary>
        /// The variable as this runtime has it: .NET on Linux and macOS keeps a copy of the environment, and what a program
        /// sets there is not seen by native code.
        /// </summary>
        internal static byte[] EnvironmentEndpoint()
        {
            return Utf8.ToNative(Environment.GetEnvironmentVariable("GRAPH_DEVICES_ENDPOINT"));
        }

        /// <summary>The version of the native library.</summary>
        public static string Version
        {
            get { return Utf8.FromNative(Native.graph_version()); }
        }

        /// <summary>The version of its interface: major * 65536 + minor.</summary>
        public static long AbiVersion
        {
            get { return Native.graph_abi_version(); }
        }

        /// <summary>Throws an <see cref="InvalidOperationException"/> where the native library does not fit this assembly.</summary>
        public static void CheckVersion()
        {
            uint abi = Native.graph_abi_version();
            if (abi >> 16 != AbiMajor || (abi & 0xffff) < AbiMinor)
                throw new InvalidOperationException(string.Format(
                    "the native library {0} has interface {1}.{2}, but this assembly needs {3}.{4}; install both from one package",
                    Version, abi >> 16, abi & 0xffff, AbiMajor, AbiMinor));
        }

        /// <summary>The name of a status, such as permission_denied.</summary>
        public static string StatusName(int status)
        {
            return Utf8.FromNative(Native.graph_status_name(status));
        }

        /// <summary>What a status means and what to do next.</summary>
        public static string StatusMessage(int status)
        {
            return Utf8.FromNative(Native.graph_status_message(status));
        }

        /// <summary>The name of an outcome, such as awaiting_approval.</summary>
        public static string OutcomeName(int outcome)
        {
            return Utf8.FromNative(Native.graph_outcome_name(outcome));
        }

        /// <summary>The name of a reason, such as stopped.</summary>
        public static string ReasonName(int reason)
        {
            return Utf8.FromNative(Native.graph_reason_name(reason));
        }

        /// <summary>The name of an effect: none or possible.</summary>
        public static string EffectName(int effect)
        {
            return Utf8.FromNative(Native.graph_effect_name(effect));
        }

        /// <summary>The name of a verdict, such as still_managed.</summary>
        public static string VerdictName(int verdict)
        {
            return Utf8.FromNative(Native.graph_verdict_name(verdict));
        }

        /// <summary>Whether the library has an outcome of this number.</summary>
        internal static bool HasOutcome(int outcome)
        {
            return OutcomeName(outcome) != UnknownOutcome;
        }

        /// <summary>Whether the library has a verdict of this number.</summary>
        internal static bool HasVerdict(int verdict)
        {
            return VerdictName(verdict) != UnknownVerdict;
        }
    }
}
