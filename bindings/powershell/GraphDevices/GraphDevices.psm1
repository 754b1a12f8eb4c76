Set-StrictMode -Version 3.0

foreach ($folder in 'Private', 'Public') {
    foreach ($file in Get-ChildItem -LiteralPath (Join-Path $PSScriptRoot $folder) -Filter '*.ps1') {
        . $file.FullName
    }
}

$manifest = Import-PowerShellDataFile -LiteralPath (Join-Path $PSScriptRoot 'GraphDevices.psd1')
Import-NativeLibrary -ModuleFolder $PSScriptRoot -ModuleVersion $manifest.ModuleVersion

Set-Alias -Name Invoke-GraphUserDeviceRetire -Value Remove-GraphAllUserDevice
Export-ModuleMember -Function Remove-GraphAllUserDevice -Alias Invoke-GraphUserDeviceRetire
