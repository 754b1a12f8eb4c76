# The options of a run from a command's parameters. The library judges them.

function New-RunOption {
    param(
        [Collections.IDictionary]$Parameter,
        [AllowEmptyCollection()][string[]]$Exclude = @(),
        [switch]$Preview,
        [string]$Journal,
        [string]$Resume,
        [string]$Plan,
        [switch]$AsksForToken
    )

    $options = New-Object GraphDevices.RunOptions
    $options.Machine = [Environment]::MachineName
    $options.Preview = [bool]$Preview
    $options.TokenEvents = [bool]$AsksForToken
    if ($Journal) { $options.Journal = $Journal }
    if ($Resume) { $options.Resume = $Resume }
    if ($Plan) { $options.Plan = $Plan }
    if ($Exclude.Count -gt 0) { $options.Exclude = $Exclude }
    if ($Parameter.ContainsKey('AcceptWarning')) { $options.AcceptWarning = [string[]]$Parameter['AcceptWarning'] }
    if ($Parameter.ContainsKey('MaxUsers')) { $options.MaxUsers = $Parameter['MaxUsers'] }
    if ($Parameter.ContainsKey('MaxDevicesPerUser')) { $options.MaxDevicesPerUser = $Parameter['MaxDevicesPerUser'] }
    if ($Parameter.ContainsKey('ThrottleLimit')) { $options.Connections = $Parameter['ThrottleLimit'] }
    if ($Preview) { return $options }

    if ($Parameter.ContainsKey('SkipDeviceRead') -and $Parameter['SkipDeviceRead']) { $options.InspectFirst = $false }
    if ($Parameter.ContainsKey('MaxApprovals')) { $options.MaxApprovals = $Parameter['MaxApprovals'] }
    if ($Parameter.ContainsKey('Justification') -and $Parameter['Justification']) { $options.Justification = $Parameter['Justification'] }
    if ($Parameter.ContainsKey('ApprovalCode') -and $Parameter['ApprovalCode']) { $options.ApprovalCode = $Parameter['ApprovalCode'] }
    if ($Parameter.ContainsKey('WriteQuota') -or $Parameter.ContainsKey('WriteQuotaSec')) {
        $requests = if ($Parameter.ContainsKey('WriteQuota')) { $Parameter['WriteQuota'] } else { 150 }
        $seconds = if ($Parameter.ContainsKey('WriteQuotaSec')) { $Parameter['WriteQuotaSec'] } else { 20 }
        $options.WriteQuota = New-Object GraphDevices.Quota $requests, ([TimeSpan]::FromSeconds($seconds))
    }
    $options
}

# A path of the caller's as the system has it: relative to $PWD and not to the folder of the process.
function Resolve-FilePath {
    param([object]$Cmdlet, [string]$Path)

    if ($Path) { $Cmdlet.GetUnresolvedProviderPathFromPSPath($Path) }
}

# The path of a journal in a text, a file or a result; nothing in anything else.
function Get-JournalName {
    param([AllowNull()][object]$Given)

    if ($Given -is [string]) { return $Given }
    if ($null -eq $Given) { return }
    foreach ($name in 'JournalPath', 'FullName') {
        $property = $Given.PSObject.Properties[$name]
        if ($property -and $property.Value) { return "$($property.Value)" }
    }
}
