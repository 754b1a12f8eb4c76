# Loads the assembly of native/<rid>/, and with it the native library beside it. Every fault that the runtime would report in
# its own words, or not at all, is looked for first and thrown as one sentence. Files are looked up without commands, as in
# GraphDevices.psm1.

function Import-NativeLibrary {
    param([string]$ModuleFolder, [version]$ModuleVersion)

    $rid = Get-ProcessRid
    $folder = Get-NativeFolder -ModuleFolder $ModuleFolder -Rid $rid
    $library = [IO.Path]::Combine($folder, (Get-NativeFileName -Rid $rid))
    $assembly = [IO.Path]::Combine($folder, 'GraphDevices.dll')
    foreach ($path in $assembly, $library) {
        Assert-FilePresent -Path $path
        Assert-FileNotBlocked -Path $path
    }
    Assert-Architecture -Path $library -Rid $rid
    Assert-NoOtherAssembly -Path $assembly

    try {
        $loaded = [Reflection.Assembly]::LoadFrom($assembly)
    }
    catch {
        throw "GraphDevices cannot load '$assembly': $(Get-InnermostMessage $_.Exception)"
    }
    if ($loaded.Location -ne $assembly) {
        throw (Get-OtherVersionText -Location $loaded.Location)
    }
    try {
        [GraphDevices.Library]::CheckVersion()
        $native = [GraphDevices.Library]::Version
    }
    catch {
        throw "GraphDevices cannot use '$library': $(Get-InnermostMessage $_.Exception)"
    }
    if ([version]$native -ne $ModuleVersion) {
        throw "The native library '$library' is version $native, but the module is version ${ModuleVersion}: install the module again."
    }
}

# The platform of this process, which is not always the machine's: a 32-bit PowerShell needs a 32-bit library.
function Get-ProcessRid {
    $runtime = 'System.Runtime.InteropServices.RuntimeInformation' -as [type]
    if ($runtime -and $runtime.GetProperty('ProcessArchitecture')) {
        $cpu = "$($runtime::ProcessArchitecture)".ToLowerInvariant()
    }
    elseif ([IntPtr]::Size -eq 4) {
        $cpu = 'x86'
    }
    else {
        $cpu = "$env:PROCESSOR_ARCHITECTURE".ToLowerInvariant().Replace('amd64', 'x64')
    }

    if ([Environment]::OSVersion.Platform -eq [PlatformID]::Win32NT) {
        return "win-$cpu"
    }
    if ($runtime::IsOSPlatform([Runtime.InteropServices.OSPlatform]::OSX)) {
        return "osx-$cpu"
    }
    $property = $runtime.GetProperty('RuntimeIdentifier')
    $name = if ($property) { "$($property.GetValue($null))".ToLowerInvariant() } else { '' }
    if ($name.Contains('musl') -or $name.Contains('alpine')) {
        return "linux-musl-$cpu"
    }
    "linux-$cpu"
}

function Get-NativeFileName {
    param([string]$Rid)

    switch ($Rid.Split('-')[0]) {
        'win' { 'graph_devices.dll' }
        'osx' { 'libgraph_devices.dylib' }
        default { 'libgraph_devices.so' }
    }
}

function Get-NativeFolder {
    param([string]$ModuleFolder, [string]$Rid)

    $root = [IO.Path]::Combine($ModuleFolder, 'native')
    $folder = [IO.Path]::Combine($root, $Rid)
    if ([IO.Directory]::Exists($folder)) {
        return $folder
    }
    $built = @()
    if ([IO.Directory]::Exists($root)) {
        $built = @([IO.Directory]::GetDirectories($root) | ForEach-Object { [IO.Path]::GetFileName($_) } | Sort-Object)
    }
    $planned = 'win-x64', 'win-arm64', 'win-x86', 'linux-x64', 'linux-arm64', 'linux-musl-x64', 'linux-musl-arm64', 'osx-arm64', 'osx-x64'
    $missing = @($planned | Where-Object { $built -notcontains $_ })
    $has = if ($built) { $built -join ', ' } else { 'none' }
    throw "This copy of GraphDevices has no native library for $Rid, the platform of this process (built: $has; not built: $($missing -join ', '))."
}

function Assert-FilePresent {
    param([string]$Path)

    if (-not [IO.File]::Exists($Path)) {
        throw "A file of GraphDevices is missing: '$Path'. Install the module again."
    }
}

# Windows marks what came from the internet in a second stream of the file; other systems have no such mark.
function Assert-FileNotBlocked {
    param([string]$Path)

    if ([Environment]::OSVersion.Platform -ne [PlatformID]::Win32NT) {
        return
    }
    # A provider without streams has no such parameter, which an ErrorAction does not cover.
    $mark = try { Get-Item -LiteralPath $Path -Stream Zone.Identifier -ErrorAction Ignore } catch { $null }
    if ($mark) {
        throw (Get-BlockedText -Path $Path)
    }
}

function Get-BlockedText {
    param([string]$Path)

    $module = Split-Path (Split-Path (Split-Path $Path))
    "Windows has blocked '$Path' because it came from the internet. If you trust it: Get-ChildItem -LiteralPath '$module' -Recurse | Unblock-File; then start a new session."
}

function Assert-Architecture {
    param([string]$Path, [string]$Rid)

    $found = @(Get-LibraryPlatform -Path $Path)
    $wanted = $Rid.Replace('-musl', '')
    if ($found.Count -eq 0) {
        throw "'$Path' is no native library: it is damaged or was not downloaded whole. Install the module again."
    }
    if ($found -notcontains $wanted) {
        throw "'$Path' is built for $($found -join ', '), but this process is ${Rid}: install the module again, or start the PowerShell of that platform."
    }
}

# The platforms named in the header of a native library (ELF, PE or Mach-O, also a universal one); nothing for other files.
function Get-LibraryPlatform {
    param([string]$Path)

    $bytes = New-Object byte[] 4096
    $stream = [IO.File]::OpenRead($Path)
    try {
        $length = $stream.Read($bytes, 0, $bytes.Length)
    }
    finally {
        $stream.Dispose()
    }
    if ($length -lt 64) {
        return
    }
    $magic = [BitConverter]::ToString($bytes, 0, 4)
    if ($magic -eq '7F-45-4C-46') {
        'linux-' + (Get-CpuName ([BitConverter]::ToUInt16($bytes, 18)) @{ 3 = 'x86'; 62 = 'x64'; 40 = 'arm'; 183 = 'arm64' })
    }
    elseif ($magic.StartsWith('4D-5A', [StringComparison]::Ordinal)) {
        $offset = [BitConverter]::ToInt32($bytes, 60)
        if ($offset -gt 0 -and $offset -le $length - 6 -and [BitConverter]::ToString($bytes, $offset, 4) -eq '50-45-00-00') {
            'win-' + (Get-CpuName ([BitConverter]::ToUInt16($bytes, $offset + 4)) @{ 332 = 'x86'; 34404 = 'x64'; 452 = 'arm'; 43620 = 'arm64' })
        }
    }
    else {
        $cpus = @{ 16777223 = 'x64'; 16777228 = 'arm64' }
        if ($magic -eq 'CF-FA-ED-FE') {
            'osx-' + (Get-CpuName ([BitConverter]::ToInt32($bytes, 4)) $cpus)
        }
        elseif ($magic -eq 'CA-FE-BA-BE') {
            for ($entry = 0; $entry -lt $bytes[7] -and $entry -lt 8; $entry++) {
                [byte[]]$cpu = $bytes[(8 + 20 * $entry)..(11 + 20 * $entry)]
                [Array]::Reverse($cpu)
                'osx-' + (Get-CpuName ([BitConverter]::ToInt32($cpu, 0)) $cpus)
            }
        }
    }
}

function Get-CpuName {
    param([int]$Number, [hashtable]$Names)

    if ($Names.ContainsKey($Number)) { $Names[$Number] } else { "cpu$Number" }
}

# An assembly is never unloaded, and a second one of the same name is silently the first.
function Assert-NoOtherAssembly {
    param([string]$Path)

    foreach ($assembly in [AppDomain]::CurrentDomain.GetAssemblies()) {
        if ($assembly.GetName().Name -eq 'GraphDevices' -and $assembly.Location -ne $Path) {
            throw (Get-OtherVersionText -Location $assembly.Location)
        }
    }
}

function Get-OtherVersionText {
    param([string]$Location)

    "Another copy of GraphDevices is already loaded in this session, from '$Location': start a new session to use this one."
}

function Get-InnermostMessage {
    param([Exception]$Exception)

    while ($Exception.InnerException) {
        $Exception = $Exception.InnerException
    }
    $Exception.Message.Split([char[]]"`r`n")[0]
}
