# Retires every device of one user: retire.ps1 USER, with the access token in GRAPH_TOKEN. The exit code is 0 only if the service
# accepted it. As the single call of other languages it reads no devices first.
param([Parameter(Mandatory = $true)][string]$User)

$ErrorActionPreference = 'Stop'
try {
    Import-Module GraphDevices
    $outcome = Remove-GraphAllUserDevice -UserId $User -AccessToken { $env:GRAPH_TOKEN } -SkipDeviceRead -Force
    "$($outcome.Outcome): $($outcome.UserId)"
    "request-id: $($outcome.RequestId)"
    "client-request-id: $($outcome.ClientRequestId)"
}
catch {
    $status = $_.FullyQualifiedErrorId.Split(',')[0]
    [Console]::Error.WriteLine("${status}: $($_.Exception.Message)")
    exit 1
}
exit [int]($outcome.Outcome -ne 'accepted')
