Set-StrictMode -Version 3.0

# Looked at before anything else: what the module does first is forbidden there, and each line would be an error of its own.
if ($ExecutionContext.SessionState.LanguageMode -ne 'FullLanguage') {
    throw "GraphDevices cannot run in the language mode $($ExecutionContext.SessionState.LanguageMode) (Constrained Language, as set by WDAC or AppLocker): have the administrator of that policy allow the module's folder, or sign the module and allow its signer. Nothing was loaded."
}

foreach ($folder in 'Private', 'Public') {
    foreach ($file in Get-ChildItem -LiteralPath (Join-Path $PSScriptRoot $folder) -Filter '*.ps1') {
        . $file.FullName
    }
}

$manifest = Import-PowerShellDataFile -LiteralPath (Join-Path $PSScriptRoot 'GraphDevices.psd1')
Import-NativeLibrary -ModuleFolder $PSScriptRoot -ModuleVersion $manifest.ModuleVersion

Set-Alias -Name Invoke-GraphUserDeviceRetire -Value Remove-GraphAllUserDevice
Export-ModuleMember -Function Remove-GraphAllUserDevice -Alias Invoke-GraphUserDeviceRetire
