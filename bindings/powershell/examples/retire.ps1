# Retires every device of one user: retire.ps1 USER, with the access token in GRAPH_TOKEN.
param([Parameter(Mandatory = $true)][string]$User)

Import-Module GraphDevices -ErrorAction Stop

$token = ConvertTo-SecureString $env:GRAPH_TOKEN -AsPlainText -Force
try {
    $outcome = Remove-GraphAllUserDevice -UserId $User -AccessToken $token -Force -ErrorAction Stop
    "accepted: $($outcome.UserId)"
    "request-id: $($outcome.RequestId)"
    "client-request-id: $($outcome.ClientRequestId)"
}
catch [GraphDevices.GraphException] {
    [Console]::Error.WriteLine("$($_.Exception.Status): $($_.Exception.Message)")
    exit 1
}
