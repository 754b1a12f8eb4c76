// The assembly fits the header, the library and the runtimes it is for.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using GraphDevices;

static partial class Tests
{
    [Test]
    static void VersionsOfAssemblyAndLibraryAreOne()
    {
        Equal(Library.Version + ".0", typeof(Client).Assembly.GetName().Version.ToString());
        Library.CheckVersion();
        Equal(2L, Library.AbiVersion);
    }

    [Test]
    static void ATextThatIsNoUserIdIsRefusedWithoutARequest()
    {
        Library.CheckUserId("adele@contoso.com");
        foreach (string text in new[] { "", "me", "UPN,Department", "a@contoso.com;b@contoso.com" })
        {
            try
            {
                Library.CheckUserId(text);
            }
            catch (GraphException error)
            {
                Equal("invalid_argument", error.Status);
                continue;
            }
            throw new Exception("accepted: " + text);
        }
    }

    [Test]
    static void EveryFunctionOfTheHeaderIsImportedAndNoOther()
    {
        string header = Regex.Replace(File.ReadAllText("include/graph_devices.h"), @"/\*.*?\*/", "", RegexOptions.Singleline);
        var declared = Regex.Matches(header, @"\b(graph_[a-z_]+)\(").Cast<Match>().Select(match => match.Groups[1].Value);
        Equal(Lines(declared), Lines(Imports().Select(method => method.Name)));
    }

    [Test]
    static void EveryImportIsFoundInTheLibrary()
    {
        foreach (MethodInfo method in Imports()) Marshal.Prelink(method);
    }

    [Test]
    static void ImportsUseTheCallingConventionOfCAndPlainTypes()
    {
        var plain = new[] { typeof(int), typeof(uint), typeof(long), typeof(void), typeof(IntPtr), typeof(byte[]) };
        foreach (MethodInfo method in Imports())
        {
            var import = (DllImportAttribute)method.GetCustomAttributes(typeof(DllImportAttribute), false).Single();
            Equal(CallingConvention.Cdecl, import.CallingConvention);
            Equal("graph_devices", import.Value);
            foreach (Type type in method.GetParameters().Select(parameter => parameter.ParameterType).Concat(new[] { method.ReturnType }))
            {
                Type bare = type.IsByRef ? type.GetElementType() : type;
                That(plain.Contains(bare) || typeof(SafeHandle).IsAssignableFrom(bare), method.Name + " uses " + type);
            }
        }
    }

    [Test]
    static void TheAssemblyNeedsNothingButTheFramework()
    {
        var framework = new[] { "mscorlib", "System", "System.Core" };
        foreach (AssemblyName name in typeof(Client).Assembly.GetReferencedAssemblies())
            That(framework.Contains(name.Name), "refers to " + name.Name);
        Equal("v4.0.30319", typeof(Client).Assembly.ImageRuntimeVersion);
    }

    [Test]
    static void EveryStatusHasAWordAndASentence()
    {
        var names = Enumerable.Range(0, 18).Select(Library.StatusName).ToList();
        Equal(18, names.Distinct().Count());
        Equal("ok", names[0]);
        Equal("internal", names[17]);
        foreach (int number in Enumerable.Range(0, 18)) That(Library.StatusMessage(number).Length > 10, names[number]);
        Equal("unknown_status", Library.StatusName(18));
        Equal("unknown_status", Library.StatusName(-1));
    }

    private static IEnumerable<MethodInfo> Imports()
    {
        return typeof(Client).Assembly.GetType("GraphDevices.Native", true)
            .GetMethods(BindingFlags.Static | BindingFlags.NonPublic)
            .Where(method => method.Name.StartsWith("graph_", StringComparison.Ordinal));
    }

    private static string Lines(IEnumerable<string> names)
    {
        return string.Join("\n", names.Distinct().OrderBy(name => name, StringComparer.Ordinal));
    }
}
