@{
    RootModule             = 'GraphDevices.psm1'
    ModuleVersion          = '0.1.0'
    GUID                   = 'b2f0c9d4-5f0e-4c57-9d0b-6e3c6a1f7a52'
    Author                 = 'The graph-devices authors'
    CompanyName            = 'The graph-devices authors'
    Copyright              = '(c) The graph-devices authors. MIT OR Apache-2.0.'
    Description            = 'Retires every Intune-managed device of one user or of thousands through Microsoft Graph, with a journal to resume from, and returns for each user whether it happened: yes, no, queued for approval, or unknown.'
    PowerShellVersion      = '5.1'
    DotNetFrameworkVersion = '4.6.2'
    CompatiblePSEditions   = @('Desktop', 'Core')
    FormatsToProcess       = @('GraphDevices.Format.ps1xml')
    FunctionsToExport      = @('Get-GraphUserDeviceRemovalStatus', 'Get-GraphUserManagedDevice', 'New-GraphUserDeviceRemovalPlan', 'Remove-GraphAllUserDevice')
    CmdletsToExport        = @()
    VariablesToExport      = @()
    AliasesToExport        = @('Invoke-GraphUserDeviceRetire')
    PrivateData            = @{
        PSData = @{
            Tags       = @('Intune', 'MicrosoftGraph', 'Graph', 'Retire', 'Offboarding', 'Device', 'MDM', 'PSEdition_Desktop', 'PSEdition_Core', 'Windows', 'Linux')
            LicenseUri = 'https://github.com/graph-devices/graph-devices/blob/main/LICENSE-MIT'
            ProjectUri = 'https://github.com/graph-devices/graph-devices'
            ReleaseNotes = 'https://github.com/graph-devices/graph-devices/blob/main/CHANGELOG.md'
        }
    }
}
