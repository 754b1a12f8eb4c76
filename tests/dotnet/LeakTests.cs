// Nothing is left behind.
using System;
using System.Diagnostics;
using System.IO;
using System.Runtime.InteropServices;
using GraphDevices;

static partial class Tests
{
    [Test]
    static void RefusedCallsLeaveNothingBehind()
    {
        using (var client = Connect(Token))
        {
            StaysFlat(100000, () => Equal(1, Library.RemoveAllDevices(Token, "no user")));
            StaysFlat(100000, () => Refusal(client, "no user"));
        }
        Equal(0, Emulator.Count("requests"));
    }

    [Test]
    static void EventsLeaveNothingBehind()
    {
        using (var client = Connect(Token))
        using (Run run = client.StartRun(OneByOne())) StaysFlat(100000, () => That(run.Next(0).Result == null, "a row without a user"));
    }

    [Test]
    static void WhatIsNeverDisposedIsFreedAllTheSame()
    {
        StaysFlat(500, () => Connect(Token).StartRun(OneByOne()));
    }

    /// <summary>Open files and memory after half as much work again are what they were, but for a runtime's own slack.</summary>
    private static void StaysFlat(int times, Action work)
    {
        const int files = 16;
        long bytes = CountsBytes ? 4 << 20 : 32 << 20;
        for (int i = 0; i < 2 * times; i++) work();
        Collect();
        int filesBefore = OpenFiles();
        long bytesBefore = Memory();
        for (int i = 0; i < times; i++) work();
        var clock = Stopwatch.StartNew();
        do Collect(); while ((OpenFiles() > filesBefore + files || Memory() > bytesBefore + bytes) && clock.Elapsed.TotalSeconds < 10);
        That(OpenFiles() <= filesBefore + files, "open files: " + filesBefore + ", then " + OpenFiles());
        That(Memory() <= bytesBefore + bytes, "bytes: " + bytesBefore + ", then " + Memory());
    }

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }

    private static int OpenFiles()
    {
        using (Process self = Process.GetCurrentProcess())
            return Directory.Exists("/proc/self/fd") ? Directory.GetFileSystemEntries("/proc/self/fd").Length : self.HandleCount;
    }

    /// <summary>
    /// Bytes in use, native and managed. The working set, which a collector moves by megabytes at will, only where the C
    /// library does not count.
    /// </summary>
    private static long Memory()
    {
        if (CountsBytes) return GC.GetTotalMemory(true) + NativeBytes();
        using (Process self = Process.GetCurrentProcess()) return self.WorkingSet64;
    }

    private static readonly bool CountsBytes = HasMallinfo();

    private static bool HasMallinfo()
    {
        try
        {
            return NativeBytes() > 0;
        }
        catch (DllNotFoundException)
        {
            return false;
        }
        catch (EntryPointNotFoundException)
        {
            return false;
        }
    }

    private static long NativeBytes()
    {
        Mallinfo info = mallinfo2();
        return info.InUse.ToInt64() + info.Mapped.ToInt64();
    }

    /// <summary>mallinfo2 of glibc: ten sizes, of which two count.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Mallinfo
    {
        internal readonly IntPtr Arena, FreeChunks, FastChunks, MappedRegions, Mapped, Unused, FastFree, InUse, Free, Top;
    }

    [DllImport("libc.so.6", CallingConvention = CallingConvention.Cdecl)]
    private static extern Mallinfo mallinfo2();
}
