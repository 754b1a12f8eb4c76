<#
.SYNOPSIS
Retires every Intune-managed device of one or more users.

.DESCRIPTION
Sends POST /users/{id}/removeAllDevicesFromManagement to Microsoft Graph for each user, one after the other, and tells
what became of it. Retire removes company apps, data and settings and leaves personal data; a Windows device that is
joined to Entra ID is unjoined, and BitLocker is suspended. It cannot be undone.

The users are read and checked first, all of them; a row that does not say which user it means, and a text that can be no
user's id, ends the command before anything is sent. Then one question is asked for all of them. -WhatIf sends nothing and names each user; -Force, or
-Confirm:$false, asks nothing.

One object is written for each user as its answer comes. Outcome is one of
  accepted           the service took it (HTTP 204); the devices retire when they next check in
  awaiting_approval  Multi Admin Approval queued it; ApprovalCode tells under which code
  failed             refused, or never sent: nothing was done
  unknown            it may have been done: look at the devices before sending it again
  skipped            not tried
After all objects follows one error for each user that was not accepted. Its id is the Status, its target the user. What
every user would meet in the same way (token, permission, licence, no connection) ends the run with one terminating error.

With -ErrorAction Stop the objects still come first, but an assignment ($r = ...) loses them: use -OutVariable r.

Ctrl-C and whatever else stops the pipeline take effect after the call in flight. A warning then says what became of it.

The token needs the permission DeviceManagementManagedDevices.PrivilegedOperations.All; a signed-in person also needs the
Intune role permission Remote tasks / Retire.

.PARAMETER UserId
The users: object ids (GUIDs) or user principal names.

.PARAMETER InputObject
Users from the pipeline: texts, or objects such as rows of a CSV file or users of Microsoft.Graph. Objects are looked at
by name: UserId, Id (if it is a GUID), UserPrincipalName; where several are filled they must agree. A name and an object id
are compared by a read of the name, also with -WhatIf, which needs User.Read.All and DeviceManagementManagedDevices.Read.All;
the object id is sent. A row whose name cannot be read is refused: pipe one of the two columns alone. Devices (anything with
DeviceName or SerialNumber) are refused, because every other device of their owner would be retired too. A user that
comes twice is sent once.

.PARAMETER AccessToken
A token for Microsoft Graph: a SecureString, or the object that Get-AzAccessToken returns. A plain text is refused: it
would stay readable in the history, in transcripts and in $Error.

.PARAMETER Environment
The cloud, by the name that Microsoft.Graph uses: Global (the default), USGov, USGovDoD, China, BleuCloud, DelosCloud.
Without it the variable GRAPH_DEVICES_ENDPOINT counts, which may name this machine, for rehearsals with an emulator.

.PARAMETER CaCertificate
Certificate authorities that are trusted besides the system's: the path of a PEM file, or its text.

.PARAMETER Proxy
The proxy, such as http://proxy.contoso.com:8080; an empty text means none. By default the environment that
PowerShell was started with says (HTTPS_PROXY, NO_PROXY).

.PARAMETER TimeoutSec
How many seconds one attempt may take, 60 by default. A throttled or interrupted call is tried again, for five minutes at
most.

.PARAMETER Justification
The reason that Multi Admin Approval shows to the approver, up to 1024 characters. Tenants without it ignore it.

.PARAMETER Force
Asks nothing. -WhatIf still counts.

.INPUTS
Texts, or objects with UserId, Id or UserPrincipalName.

.OUTPUTS
GraphDevices.Outcome. One for each user: UserId, Outcome, Reason, Status, RequestId, ClientRequestId, HttpStatus, Code,
Message, Effect, Attempts, Date and more.

.EXAMPLE
$token = Get-AzAccessToken -ResourceTypeName MSGraph -AsSecureString
Remove-GraphAllUserDevice -UserId adele@contoso.com -AccessToken $token

With Az.Accounts, signed in as an app (Connect-AzAccount -ServicePrincipal or -Identity) that holds the permission.

.EXAMPLE
Import-Csv leavers.csv -Encoding UTF8 | Remove-GraphAllUserDevice -AccessToken $token -WhatIf

Names each user of a CSV file with a column UserId or UserPrincipalName, and sends nothing. Add -Delimiter ';' to
Import-Csv where the file has semicolons.

.EXAMPLE
Import-Csv leavers.csv -Encoding UTF8 |
    Remove-GraphAllUserDevice -AccessToken $token -OutVariable outcomes
$outcomes | ForEach-Object {
    $row = [ordered]@{}
    foreach ($cell in $_.PSObject.Properties) {
        $row[$cell.Name] = $cell.Value
        if ($cell.Value -is [string] -and $cell.Value -match '^[=+\-@\t\r\n]') { $row[$cell.Name] = "'" + $cell.Value }
    }
    [pscustomobject]$row
} | Export-Csv outcomes.csv -NoTypeInformation

Keeps what became of each user in a file. A spreadsheet runs a cell that begins like a formula, and names and messages come
from outside: hence the ' before it. For a scheduled task see about_GraphDevices, whose lines also set the exit code.

.EXAMPLE
$answer = Get-MsalToken -ClientId $clientId -TenantId $tenantId -Scopes 'https://graph.microsoft.com/DeviceManagementManagedDevices.PrivilegedOperations.All'
$token = ConvertTo-SecureString $answer.AccessToken -AsPlainText -Force
Remove-GraphAllUserDevice -UserId adele@contoso.com -AccessToken $token

With MSAL.PS, as a signed-in person.

.EXAMPLE
Connect-MgGraph -Scopes DeviceManagementManagedDevices.PrivilegedOperations.All, User.Read.All
$answer = Invoke-MgGraphRequest -Uri 'v1.0/organization' -OutputType HttpResponseMessage
$token = ConvertTo-SecureString $answer.RequestMessage.Headers.Authorization.Parameter -AsPlainText -Force
Get-MgUser -Filter 'accountEnabled eq false' | Remove-GraphAllUserDevice -AccessToken $token -WhatIf

With the token of Microsoft.Graph's own context.

.EXAMPLE
$token = Read-Host -AsSecureString
Remove-GraphAllUserDevice -UserId adele@contoso.com -AccessToken $token -Justification 'Left on Friday, ticket 4711'

With a token pasted by hand, in a tenant with Multi Admin Approval.

.LINK
https://learn.microsoft.com/graph/api/intune-devices-user-removealldevicesfrommanagement

.LINK
about_GraphDevices
#>
function Remove-GraphAllUserDevice {
    [CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High', DefaultParameterSetName = 'Pipeline')]
    [OutputType('GraphDevices.Outcome')]
    param(
        [Parameter(Mandatory = $true, Position = 0, ParameterSetName = 'UserId')]
        [AllowNull()]
        [AllowEmptyString()]
        [AllowEmptyCollection()]
        [string[]]$UserId,

        [Parameter(Mandatory = $true, ValueFromPipeline = $true, ParameterSetName = 'Pipeline')]
        [AllowNull()]
        [AllowEmptyString()]
        [AllowEmptyCollection()]
        [object]$InputObject,

        [object]$AccessToken,

        [ArgumentCompleter({
                param($Command, $Parameter, $Word)
                'Global', 'USGov', 'USGovDoD', 'China', 'BleuCloud', 'DelosCloud' | Where-Object { $_.StartsWith("$Word", [StringComparison]::OrdinalIgnoreCase) }
            })]
        [string]$Environment,

        [string]$CaCertificate,

        [AllowEmptyString()]
        [string]$Proxy,

        [int]$TimeoutSec,

        [string]$Justification,

        [switch]$Force
    )

    begin {
        # A function of a module sees only the global preferences. Those of the caller count: the -WhatIf of a wrapper must
        # not become a real retire.
        $bound = $PSBoundParameters
        if (-not $bound.ContainsKey('WhatIf') -and $PSCmdlet.GetVariableValue('WhatIfPreference')) {
            $WhatIfPreference = $true
        }
        foreach ($pair in @(
                @('Confirm', 'ConfirmPreference'), @('ErrorAction', 'ErrorActionPreference'),
                @('Verbose', 'VerbosePreference'), @('WarningAction', 'WarningPreference'),
                @('ProgressAction', 'ProgressPreference'))) {
            $value = $PSCmdlet.GetVariableValue($pair[1])
            if ($bound.ContainsKey($pair[0]) -or $null -eq $value) { continue }
            # Windows PowerShell takes Ignore from a parameter alone.
            if ("$value" -eq 'Ignore') { $value = 'SilentlyContinue' }
            switch ($pair[1]) {
                'ConfirmPreference' { $ConfirmPreference = $value }
                'ErrorActionPreference' { $ErrorActionPreference = $value }
                'VerbosePreference' { $VerbosePreference = $value }
                'WarningPreference' { $WarningPreference = $value }
                'ProgressPreference' { $ProgressPreference = $value }
            }
        }

        $users = New-Object Collections.Generic.List[string]
        $seen = New-Object 'Collections.Generic.HashSet[string]' ([StringComparer]::OrdinalIgnoreCase)
        $pairs = New-Object Collections.Generic.List[object]
        $row = 0
        $caPem = ''
        try {
            $token = Resolve-AccessToken -AccessToken $AccessToken
            if ($CaCertificate) {
                $caPem = $CaCertificate
                if ($CaCertificate.IndexOf('-----BEGIN', [StringComparison]::Ordinal) -lt 0) {
                    $caPem = [IO.File]::ReadAllText($PSCmdlet.GetUnresolvedProviderPathFromPSPath($CaCertificate))
                }
            }
        }
        catch {
            $PSCmdlet.ThrowTerminatingError((ConvertTo-TerminatingError -ErrorRecord $_))
        }
    }

    process {
        $given = if ($PSCmdlet.ParameterSetName -eq 'UserId') { , $UserId } else { , $InputObject }
        try {
            if ($null -eq $given -or $given -is [string] -or $given -isnot [Collections.IList]) {
                $given = , $given
            }
            foreach ($one in $given) {
                $row++
                $user = Resolve-UserId -InputObject $one -Row $row
                if ($seen.Add($user.User)) { $users.Add($user.User) }
                if ($user.Name -and $seen.Add("$($user.Name.Value) $($user.User)")) { $pairs.Add($user) }
            }
        }
        catch {
            $PSCmdlet.ThrowTerminatingError((ConvertTo-TerminatingError -ErrorRecord $_))
        }
    }

    end {
        if ($users.Count -eq 0) { return }

        $whom = if ($users.Count -eq 1) { $users[0] } else { "$($users.Count) users" }
        $client = $null
        $run = $null
        $summary = $null
        $failures = New-Object Collections.Generic.List[object]
        $tally = @{ Total = $users.Count; Added = 0; Counts = [ordered]@{}; InFlight = $null; LastRow = $null }
        $clock = [Diagnostics.Stopwatch]::StartNew()
        $shown = -200
        $writing = $false
        $repeat = $false
        # Seconds to wait for the call in flight once stopped: the library ends it by the attempt's own timeout.
        $patience = 65
        if ($bound.ContainsKey('TimeoutSec')) { $patience = $TimeoutSec + 5 }
        try {
            try {
                $client = New-GraphClient -Token $token -Parameter $bound -CaPem $caPem
                Assert-SamePerson -Client $client -Pair $pairs.ToArray()
                if ($WhatIfPreference) {
                    foreach ($user in $users) {
                        $null = $PSCmdlet.ShouldProcess("Retire every Intune-managed device of $user", $null, $null)
                    }
                    return
                }
                $confirmed = [bool]$Force
                if (-not $confirmed) {
                    try {
                        $confirmed = $PSCmdlet.ShouldProcess(
                            "Retire every Intune-managed device of $whom",
                            "Retire every Intune-managed device of ${whom}? Company apps and data are removed, and a Windows device that is joined to Entra ID is unjoined. This cannot be undone.",
                            'Retire devices')
                    }
                    catch {
                        throw (New-ConfirmationError)
                    }
                }
                if (-not $confirmed) { return }
                $run = New-GraphRun -Client $client -Justification $Justification
            }
            catch {
                $PSCmdlet.ThrowTerminatingError((ConvertTo-TerminatingError -ErrorRecord $_))
            }

            # A user is added when the one before is told and written: nothing is in flight while the pipeline works.
            # A `break` or `continue` of the caller's comes out of the write and would end or repeat this loop alone: it is
            # known by $writing and handed on below.
            while ($null -eq $summary) {
                if ($writing) { $repeat = $true; break }
                try {
                    $news = $run.Next(200)
                    if ($news.Kind -eq 'need_users') {
                        if ($tally.Added -lt $users.Count) {
                            $tally.InFlight = $users[$tally.Added]
                            $tally.Added++
                            $run.AddUser($tally.InFlight)
                        }
                        else {
                            $run.EndUsers()
                        }
                    }
                }
                catch {
                    $PSCmdlet.ThrowTerminatingError((ConvertTo-TerminatingError -ErrorRecord $_))
                }
                if ($news.Kind -eq 'notice') {
                    Write-Verbose $news.Text
                }
                elseif ($news.Kind -eq 'done') {
                    $summary = $news
                }
                elseif ($news.Kind -eq 'result') {
                    $outcome = $news.Result
                    $tally.InFlight = $null
                    $tally.Counts[$outcome.Outcome]++
                    Write-Verbose "$($outcome.UserId): $($outcome.Outcome), request-id $($outcome.RequestId)"
                    if ($outcome.Outcome -notin 'accepted', 'confirmed') { $failures.Add($news) }
                    $outcome.PSObject.TypeNames.Insert(0, 'GraphDevices.Outcome')
                    $writing = $true
                    $outcome
                    $writing = $false
                }

                $told = $tally.Added - [int]($null -ne $tally.InFlight)
                if ($users.Count -gt 1 -and $told -gt 0 -and $clock.ElapsedMilliseconds - $shown -ge 200) {
                    $shown = $clock.ElapsedMilliseconds
                    Write-Progress -Activity 'Retiring devices' -Status "$told of $($users.Count) users" -CurrentOperation "$($tally.InFlight)" -PercentComplete (100 * $told / $users.Count)
                }
            }
        }
        finally {
            # After Ctrl-C or a stop from below, writing an object or an error here would end this block at once.
            try {
                if ($run -and $null -eq $summary) { Stop-GraphRun -Run $run -Tally $tally -Seconds $patience }
            }
            finally {
                if ($run) { $run.Dispose() }
                if ($client) { $client.Dispose() }
            }
            if ($shown -ge 0) { Write-Progress -Activity 'Retiring devices' -Completed }
            if ($run -and $null -eq $summary) { Write-Warning (Get-StopText -Tally $tally) }
        }

        if ($writing) {
            if ($repeat) { continue } else { break }
        }
        if ($summary.EndedBy) {
            $PSCmdlet.ThrowTerminatingError((New-FatalError -Summary $summary -Failure $failures.ToArray()))
        }
        foreach ($failure in $failures) {
            $PSCmdlet.WriteError((New-OutcomeError -Row $failure.Result -Cause $failure.Error))
        }
    }
}
