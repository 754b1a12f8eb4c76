# A client of the library from the command's parameters. What they may be is the library's to say.

function New-GraphClient {
    param(
        [securestring]$Token,
        [hashtable]$Parameter,
        [string]$CaPem
    )

    $options = New-Object GraphDevices.ClientOptions
    try {
        if ($Parameter.ContainsKey('Environment')) {
            $options.SetCloud($Parameter['Environment'])
        }
        else {
            Set-EndpointFromEnvironment -Option $options
        }
        if ($Parameter.ContainsKey('Proxy')) { $options.SetProxy($Parameter['Proxy']) }
        if ($CaPem) { $options.SetCaCertificates($CaPem) }
        if ($Parameter.ContainsKey('TimeoutSec')) {
            $options.SetTimeout([TimeSpan]::FromSeconds($Parameter['TimeoutSec']))
        }
        $options.SetUserAgentSuffix("PowerShell/$($PSVersionTable.PSVersion.Major).$($PSVersionTable.PSVersion.Minor)")
        [GraphDevices.Client]::new($options, $Token)
    }
    finally {
        $options.Dispose()
    }
}

# Read here and not by the library: on Linux and macOS, what a script sets in $env: does not reach native code, and a rehearsal
# would meet the real service. The library's rule is kept by its strict half, this machine alone; clouds have -Environment.
function Set-EndpointFromEnvironment {
    param([object]$Option)

    $value = [Environment]::GetEnvironmentVariable('GRAPH_DEVICES_ENDPOINT')
    if (-not $value) { return }
    if (-not [regex]::IsMatch($value, '^https?://(127(\.[0-9]{1,3}){3}|localhost|\[::1\])(:[0-9]{1,5})?/?\z', 'IgnoreCase, CultureInvariant')) {
        $exception = New-Object ArgumentException 'The variable GRAPH_DEVICES_ENDPOINT may only name this machine, such as http://127.0.0.1:8080. Remove it, or choose a cloud with -Environment. Nothing was sent.'
        throw (New-Object Management.Automation.ErrorRecord $exception, 'EndpointRefused', InvalidArgument, $null)
    }
    $Option.SetEndpoint($value)
    Write-Warning "This is a rehearsal: GRAPH_DEVICES_ENDPOINT names $value in place of Microsoft Graph."
}

function New-GraphRun {
    param([object]$Client, [string]$Justification)

    $options = New-Object GraphDevices.RunOptions
    if ($Justification) { $options.Justification = $Justification }
    # One user after the other, as given; each request for approval is queued and told.
    $options.InspectFirst = $false
    $options.Connections = 1
    $options.MaxApprovals = [int]::MaxValue
    $Client.StartRun($options)
}
