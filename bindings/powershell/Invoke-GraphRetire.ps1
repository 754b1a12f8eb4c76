<#
.SYNOPSIS
Retires every Intune-managed device of one user by P/Invoke, without the module.

.DESCRIPTION
Calls the C library that lies beside this script. It needs no module and no compiler, and runs in Windows PowerShell 5.1
and PowerShell 7. The exit code is 0 if the service accepted the action (or with -WhatIf), else 1. It cannot be undone.

The variable GRAPH_DEVICES_ENDPOINT may name an emulator on this machine.

.PARAMETER UserId
The user: an object id (GUID) or a user principal name.

.PARAMETER AccessToken
A token for Microsoft Graph. Without it the variable GRAPH_TOKEN is read, and if that is not set, the script asks.

.EXAMPLE
./Invoke-GraphRetire.ps1 adele@contoso.com -WhatIf

Sends nothing.

.EXAMPLE
./Invoke-GraphRetire.ps1 adele@contoso.com -AccessToken (Get-AzAccessToken -ResourceTypeName MSGraph -AsSecureString).Token -Confirm:$false

Retires the devices without a question.
#>
[CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
param(
    [Parameter(Mandatory = $true, Position = 0)]
    [string]$UserId,

    [Parameter(Position = 1)]
    [securestring]$AccessToken
)

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

# The functions of the library as static methods, made at run time.
function Import-Library {
    $names = 'graph_devices.dll', 'libgraph_devices.so', 'libgraph_devices.dylib'
    $path = $names | ForEach-Object { Join-Path $PSScriptRoot $_ } | Where-Object { Test-Path -LiteralPath $_ } | Select-Object -First 1
    if (-not $path) { throw "The library is missing: one of $($names -join ', ') must lie in '$PSScriptRoot'." }

    $assembly = [Reflection.Emit.AssemblyBuilder]::DefineDynamicAssembly((New-Object Reflection.AssemblyName 'GraphRetire'), [Reflection.Emit.AssemblyBuilderAccess]::Run)
    $type = $assembly.DefineDynamicModule('GraphRetire').DefineType('GraphRetire', [Reflection.TypeAttributes]'Public, Class')
    foreach ($function in @(
            @('graph_remove_all_devices_with_environment', [int], [type[]]@([byte[]], [byte[]], [byte[]])),
            @('graph_status_name', [IntPtr], [type[]]@([int])),
            @('graph_status_message', [IntPtr], [type[]]@([int])))) {
        $method = $type.DefinePInvokeMethod($function[0], $path, [Reflection.MethodAttributes]'Public, Static, PinvokeImpl', [Reflection.CallingConventions]::Standard,
            $function[1], $function[2], [Runtime.InteropServices.CallingConvention]::Cdecl, [Runtime.InteropServices.CharSet]::Ansi)
        $method.SetImplementationFlags([Reflection.MethodImplAttributes]::PreserveSig)
    }
    $type.CreateType()
}

# Text as the library takes it: UTF-8 that ends with a NUL. Null stays null.
function ConvertTo-Utf8 {
    param([AllowNull()][char[]]$Character)

    if ($null -eq $Character) { return }
    if ([Array]::IndexOf($Character, [char]0) -ge 0) { throw 'The text holds a NUL character, which no user id and no token has.' }
    $bytes = New-Object byte[] ([Text.Encoding]::UTF8.GetByteCount($Character) + 1)
    $null = [Text.Encoding]::UTF8.GetBytes($Character, 0, $Character.Length, $bytes, 0)
    , $bytes
}

function ConvertFrom-SecretText {
    param([securestring]$Secret)

    $pointer = [Runtime.InteropServices.Marshal]::SecureStringToGlobalAllocUnicode($Secret)
    try {
        $characters = New-Object char[] $Secret.Length
        [Runtime.InteropServices.Marshal]::Copy($pointer, $characters, 0, $characters.Length)
        , $characters
    }
    finally {
        [Runtime.InteropServices.Marshal]::ZeroFreeGlobalAllocUnicode($pointer)
    }
}

$code = 1
$characters = $null
$token = $null
try {
    $library = Import-Library
    if (-not $PSCmdlet.ShouldProcess($UserId, 'Retire every Intune-managed device')) { exit 0 }
    if ($AccessToken) { $characters = ConvertFrom-SecretText -Secret $AccessToken }
    elseif ($env:GRAPH_TOKEN) { $characters = $env:GRAPH_TOKEN.ToCharArray() }
    else { $characters = ConvertFrom-SecretText -Secret (Read-Host -Prompt 'Access token' -AsSecureString) }
    $token = ConvertTo-Utf8 -Character $characters

    # Handed over, since what a script sets in $env: does not reach native code on Linux and macOS.
    $endpoint = [Environment]::GetEnvironmentVariable('GRAPH_DEVICES_ENDPOINT')
    $endpoint = if ($endpoint) { ConvertTo-Utf8 -Character $endpoint.ToCharArray() }
    $status = $library::graph_remove_all_devices_with_environment([byte[]]$endpoint, [byte[]]$token, [byte[]](ConvertTo-Utf8 -Character $UserId.ToCharArray()))
    if ($status -eq 0) {
        $code = 0
        "accepted: $UserId"
    }
    else {
        $name, $message = $library::graph_status_name($status), $library::graph_status_message($status) | ForEach-Object { [Runtime.InteropServices.Marshal]::PtrToStringAnsi($_) }
        Write-Error "${name}: $message" -ErrorAction Continue
    }
}
catch {
    $cause = $_.Exception
    while ($cause.InnerException) { $cause = $cause.InnerException }
    Write-Error $cause.Message -ErrorAction Continue
}
finally {
    if ($null -ne $token) { [Array]::Clear($token, 0, $token.Length) }
    if ($null -ne $characters) { [Array]::Clear($characters, 0, $characters.Length) }
}
exit $code
