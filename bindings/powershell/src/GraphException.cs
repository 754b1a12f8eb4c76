using System;

namespace GraphDevices
{
    public sealed partial class GraphException : Exception
    {
        private GraphException(string message) : base(message) { }

        /// <summary>Throws what a call left behind, if it failed.</summary>
        internal static void ThrowIfFailed(int status, ErrorHandle error)
        {
            using (error)
            {
                if (status != 0) throw Read(error.Pointer);
            }
        }
    }
}
