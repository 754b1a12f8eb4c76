// Nothing is left behind.
using System;
using System.Diagnostics;
using System.IO;
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
        using (Run run = client.StartRun(null)) StaysFlat(100000, () => That(run.Next(0).Row == null, "a row without a user"));
    }

    [Test]
    static void WhatIsNeverDisposedIsFreedAllTheSame()
    {
        StaysFlat(500, () => Connect(Token).StartRun(null));
    }

    /// <summary>Open files and memory after half as much work again are what they were, but for a runtime's own slack.</summary>
    private static void StaysFlat(int times, Action work)
    {
        const int files = 16;
        const long bytes = 4 << 20;
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

    private static long Memory()
    {
        using (Process self = Process.GetCurrentProcess()) return self.WorkingSet64;
    }
}
