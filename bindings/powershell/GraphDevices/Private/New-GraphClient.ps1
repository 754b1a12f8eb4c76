# A client of the library from the command's parameters. The library judges their values.

function New-GraphClient {
    param(
        [securestring]$Token,
        [Collections.IDictionary]$Parameter,
        [string]$CaPem
    )

    $options = New-Object GraphDevices.ClientOptions
    try {
        if ($Parameter.ContainsKey('Environment')) {
            Set-Cloud -Option $options -Name $Parameter['Environment']
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

# A refused cloud is reported with the names that completion offers.
function Set-Cloud {
    param([object]$Option, [string]$Name)

    try { $Option.SetCloud($Name) }
    catch {
        $text = Get-InnermostMessage $_.Exception
        $end = $text.IndexOf('; choose one of ', [StringComparison]::Ordinal)
        if ($end -lt 0) { throw }
        throw (New-Object Management.Automation.ErrorRecord (New-Object ArgumentException "$($text.Substring(0, $end)); choose one of $($script:Clouds -join ', '). Nothing was sent."), 'invalid_argument', InvalidArgument, $Name)
    }
}

# Read here and not by the library: on Linux and macOS, what a script sets in $env: does not reach native code, and a rehearsal
# would reach the real service. The stricter half of the library's rule applies: this machine alone; clouds have -Environment.
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

# The text of -CaCertificate, which is the path of a PEM file or its text.
function Get-CertificateText {
    param([object]$Cmdlet, [string]$CaCertificate)

    if (-not $CaCertificate -or $CaCertificate.IndexOf('-----BEGIN', [StringComparison]::Ordinal) -ge 0) { return $CaCertificate }
    [IO.File]::ReadAllText((Resolve-FilePath -Cmdlet $Cmdlet -Path $CaCertificate))
}

# How many seconds to wait for the requests in flight once a run is stopped: the library ends each by the attempt's own timeout.
function Get-StopSeconds {
    param([Collections.IDictionary]$Parameter)

    if ($Parameter.ContainsKey('TimeoutSec')) { $Parameter['TimeoutSec'] + 5 } else { 65 }
}
