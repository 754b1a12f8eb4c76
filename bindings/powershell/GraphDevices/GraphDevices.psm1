Set-StrictMode -Version 3.0

# Looked at before anything else: what the module does first is forbidden there, and each line would be an error of its own.
if ($ExecutionContext.SessionState.LanguageMode -ne 'FullLanguage') {
    throw "GraphDevices cannot run in the language mode $($ExecutionContext.SessionState.LanguageMode) (Constrained Language, as set by WDAC or AppLocker): have the administrator of that policy allow the module's folder, or sign the module and allow its signer. Nothing was loaded."
}

# The commands for files would load a module of PowerShell's own first, which takes longer than all else here.
foreach ($folder in 'Private', 'Public') {
    foreach ($file in [IO.Directory]::GetFiles([IO.Path]::Combine($PSScriptRoot, $folder), '*.ps1')) {
        . $file
    }
}

$manifest = Import-PowerShellDataFile -LiteralPath ([IO.Path]::Combine($PSScriptRoot, 'GraphDevices.psd1'))
Import-NativeLibrary -ModuleFolder $PSScriptRoot -ModuleVersion $manifest.ModuleVersion

# What completion offers: the clouds by the names of Microsoft.Graph, and the blocking warnings that can be accepted.
$script:Clouds = 'Global', 'USGov', 'USGovDoD', 'China', 'BleuCloud', 'DelosCloud'
$script:AcceptableWarnings = 'entra_joined_windows', 'platform_without_retire', 'enrolled_today', 'shared_device', 'another_user'

$completer = {
    param($Command, $Parameter, $Word)
    $names = if ($Parameter -eq 'Environment') { $script:Clouds } else { $script:AcceptableWarnings }
    $names | Where-Object { $_.StartsWith("$Word", [StringComparison]::OrdinalIgnoreCase) }
}
Register-ArgumentCompleter -CommandName $manifest.FunctionsToExport -ParameterName Environment -ScriptBlock $completer
Register-ArgumentCompleter -CommandName $manifest.FunctionsToExport -ParameterName AcceptWarning -ScriptBlock $completer

Set-Alias -Name Invoke-GraphUserDeviceRetire -Value Remove-GraphAllUserDevice
Export-ModuleMember -Function $manifest.FunctionsToExport -Alias $manifest.AliasesToExport
