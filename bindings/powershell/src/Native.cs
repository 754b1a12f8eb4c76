using System;
using System.Runtime.InteropServices;

[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]

namespace GraphDevices
{
    /// <summary>Where the functions of graph_devices.h come from; generated/Native.cs declares them.</summary>
    internal static partial class Native
    {
        private const string Library = "graph_devices";
        private const CallingConvention Convention = CallingConvention.Cdecl;
    }
}
