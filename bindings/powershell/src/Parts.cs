using System;
using System.Collections.Generic;

namespace GraphDevices
{
    /// <summary>Copies what belongs to a native handle.</summary>
    internal static class Parts
    {
        internal static IList<T> All<T>(IntPtr from, int count, Func<IntPtr, int, IntPtr> get, Func<IntPtr, T> read)
        {
            var all = new T[count];
            for (int index = 0; index < count; index++) all[index] = read(get(from, index));
            return all;
        }

        internal static T One<T>(IntPtr from, Func<IntPtr, T> read) where T : class
        {
            return from == IntPtr.Zero ? null : read(from);
        }
    }

    /// <summary>Reads numbers that say by -1 that there is none.</summary>
    internal static class Absent
    {
        internal static int? Number(int value)
        {
            return value < 0 ? (int?)null : value;
        }

        internal static bool? Flag(int value)
        {
            return value < 0 ? (bool?)null : value != 0;
        }

        internal static double? Seconds(long milliseconds)
        {
            return milliseconds < 0 ? (double?)null : milliseconds / 1000.0;
        }
    }
}
