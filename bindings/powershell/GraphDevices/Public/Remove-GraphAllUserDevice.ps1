<#
.SYNOPSIS
Retires every Intune-managed device of one or more users and returns one result per user.

.DESCRIPTION
For each user the command reads the devices, checks limits, warnings, journal and plan, records in the journal that it is about to
send, sends POST /users/{id}/removeAllDevicesFromManagement to Microsoft Graph, and records the answer. Up to ThrottleLimit
requests run at once. Retire removes company apps, data and settings and leaves personal data; a Windows device that is
joined to Entra ID is unjoined, and BitLocker is suspended. It cannot be undone.

All users are read and checked first. If a row names no user, the command ends before anything is sent.

-WhatIf reads the devices, shows what would be retired and what would be left alone, and neither sends nor writes anything.
Without -Force, the command reads the devices, asks one question with the numbers of devices and users, and binds the run to what
it showed: a device that is enrolled while the question waits is left alone. What was read is kept beside the journal, as the
journal's path with .plan, or in a temporary file if there is no journal.

A result is written for each user as its answer comes, which is not the order of the input. Outcome is one of
  accepted           the service took it (HTTP 204); the devices retire when they next check in
  confirmed          no answer came, but the devices show that it was applied
  awaiting_approval  Multi Admin Approval queued it under ApprovalCode
  failed             refused, or never sent: nothing was done
  unknown            it may have been done: look at the devices before sending it again
  skipped            not sent, for the Reason

The command returns results without -PassThru, unlike other Remove commands, because the outcome is what it is for.

Errors follow the results. If several users were given and some are not done, the first error is RunIncomplete with the counts;
the errors of up to 20 single users follow, each with the Status as its id. A user is done if accepted, confirmed or done
before, if no device is listed, or if excluded. An error that every user would get (token, permission, licence, no connection)
ends the run with one terminating error. For a scheduled task use -Force -ErrorAction Stop: see about_GraphDevices_ManyUsers.

With -ErrorAction Stop all results come first, but an assignment ($r = ...) loses them: use -OutVariable r.

Ctrl-C, Stop, break and Select-Object -First end the run after the requests in flight. Their answers are recorded in the journal,
and a warning has the counts. Continue with -Resume.

The token needs the permission DeviceManagementManagedDevices.PrivilegedOperations.All; to read, it also needs User.Read.All
and DeviceManagementManagedDevices.Read.All. Without these two the run continues, reports that, and has no warnings, limits of
devices or plan. A signed-in person also needs the Intune role permission Remote tasks / Retire.

.PARAMETER UserId
The users: object ids (GUIDs) or user principal names.

.PARAMETER InputObject
Users from the pipeline: texts, or objects such as rows of a CSV file, users of Microsoft.Graph, or results of this command.
Objects are read by the names UserId, Id (if it is a GUID) and UserPrincipalName. A row with a name and an object id is
sent by the object id, after a read that shows that both are the same user. Devices and groups are refused. A user that is given
twice is sent once.

.PARAMETER UserColumn
The columns that name the user, where they are not UserId, Id or UserPrincipalName: -UserColumn 'E-Mail'.

.PARAMETER AccessToken
A token for Microsoft Graph: a SecureString, the object that Get-AzAccessToken returns, or a script block that returns one of
them or the token's text. The script block is called at the start and whenever the service wants another token, with
the claims of the service as its argument. A plain text as an argument is refused: it would stay readable in the
history, in transcripts and in $Error. See about_GraphDevices_Tokens.

.PARAMETER JournalPath
Records the run in this file of JSON lines. A run that was cut off is resumed from it, and Get-GraphUserDeviceRemovalStatus reads
it. A file that exists is refused without -Resume.

.PARAMETER Resume
Goes on with the journal of -JournalPath. Give the same users and options again; the journal stores neither. Users that are done
are skipped, and users whose result is unknown are checked first.

.PARAMETER PlanPath
Binds the run to a plan of New-GraphUserDeviceRemovalPlan: only users of the plan are sent, and only if they have no device that
the plan lacks.

.PARAMETER Exclude
Users that must not be sent, as object ids, names or rows. They are looked up, so either form protects the user.

.PARAMETER AcceptWarning
Blocking warnings that are accepted, by name, such as entra_joined_windows. A user with another blocking warning is skipped.

.PARAMETER MaxUsers
If more users than this are given, nothing is sent.

.PARAMETER MaxDevicesPerUser
A user with more devices is skipped. The default is 10.

.PARAMETER MaxApprovals
In a tenant with Multi Admin Approval, the run ends once more requests than this are queued. The default is 0: the first one ends
the run.

.PARAMETER ThrottleLimit
How many requests run at once, 1 to 64. The default is 16. With 1, results come in the order of the input.

.PARAMETER WriteQuota
How many requests that retire may leave in WriteQuotaSec seconds. The default is 150. Microsoft's limit is 200 for an app and
tenant and 400 for all apps of a tenant.

.PARAMETER WriteQuotaSec
The seconds of WriteQuota. The default is 20.

.PARAMETER SkipDeviceRead
Reads no devices before sending. There are then no warnings, no limit of devices and no plan.

.PARAMETER Justification
The reason that Multi Admin Approval shows to the approver, up to 1024 characters; it also stands in the journal. Tenants
without Multi Admin Approval ignore it.

.PARAMETER ApprovalCode
The code of a request that was approved, as ApprovalCode of the earlier result. It belongs to one user.

.PARAMETER Environment
The cloud, by the name that Microsoft.Graph uses: Global (the default), USGov, USGovDoD, China, BleuCloud, DelosCloud.
Without it the variable GRAPH_DEVICES_ENDPOINT counts, which may name this machine, for rehearsals with an emulator.

.PARAMETER CaCertificate
Certificate authorities that are trusted in addition to the system's: the path of a PEM file, or its text.

.PARAMETER Proxy
The proxy, such as http://proxy.contoso.com:8080; an empty text means none. By default the environment that
PowerShell was started with decides (HTTPS_PROXY, NO_PROXY).

.PARAMETER TimeoutSec
How many seconds one attempt may take, 1 to 3600. The default is 60. A throttled or interrupted request is tried again, for five
minutes at most.

.PARAMETER Force
Suppresses the confirmation prompt. -WhatIf still applies.

.INPUTS
Texts, or objects with UserId, Id or UserPrincipalName.

.OUTPUTS
GraphDevices.RemovalResult. One per user: UserId, Outcome, Reason, Status, RequestId, ClientRequestId, HttpStatus, Code,
Message, Effect, Attempts, Date, ApprovalCode, Id, DeviceCount, WarningCode, Device, JournalPath and more.

.EXAMPLE
$token = { Get-AzAccessToken -ResourceTypeName MSGraph -AsSecureString }
Remove-GraphAllUserDevice -UserId adele@contoso.com -AccessToken $token

With Az.Accounts, signed in as an app (Connect-AzAccount -ServicePrincipal or -Identity) that has the permission.

.EXAMPLE
Import-Csv leavers.csv -Encoding UTF8 | Remove-GraphAllUserDevice -AccessToken $token -WhatIf

Shows the devices of each user of a CSV file, and sends nothing. Add -Delimiter ';' to Import-Csv where the file has semicolons.

.EXAMPLE
Import-Csv leavers.csv -Encoding UTF8 |
    Remove-GraphAllUserDevice -AccessToken $token -JournalPath leavers.jsonl -OutVariable outcomes
$outcomes | ForEach-Object {
    $row = [ordered]@{}
    foreach ($cell in $_.PSObject.Properties) {
        $row[$cell.Name] = $cell.Value
        if ($cell.Value -is [string] -and $cell.Value -match '^[=+\-@\t\r\n]') { $row[$cell.Name] = "'" + $cell.Value }
    }
    [pscustomobject]$row
} | Export-Csv outcomes.csv -NoTypeInformation

Records the run, and keeps the results in a file. A spreadsheet runs a cell that begins like a formula, and names and messages come
from outside: the ' before it prevents that.

.EXAMPLE
Import-Csv leavers.csv | Remove-GraphAllUserDevice -AccessToken $token -JournalPath leavers.jsonl -Resume -Force

Goes on with a run that was cut off.

.EXAMPLE
Import-Csv leavers.csv | Remove-GraphAllUserDevice -AccessToken $token -PlanPath plan.jsonl -JournalPath run.jsonl -AcceptWarning entra_joined_windows -Force

Retires what a plan shows, and no device that was enrolled since.

.EXAMPLE
$answer = Get-MsalToken -ClientId $clientId -TenantId $tenantId -Scopes 'https://graph.microsoft.com/DeviceManagementManagedDevices.PrivilegedOperations.All'
Remove-GraphAllUserDevice -UserId adele@contoso.com -AccessToken { $answer.AccessToken }

With MSAL.PS, as a signed-in person.

.EXAMPLE
Connect-MgGraph -Scopes DeviceManagementManagedDevices.PrivilegedOperations.All, DeviceManagementManagedDevices.Read.All, User.Read.All
$token = { (Invoke-MgGraphRequest -Uri 'v1.0/organization' -OutputType HttpResponseMessage).RequestMessage.Headers.Authorization.Parameter }
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

.LINK
about_GraphDevices_ManyUsers

.LINK
about_GraphDevices_Tokens
#>
function Remove-GraphAllUserDevice {
    [CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High', DefaultParameterSetName = 'InputObject')]
    [OutputType('GraphDevices.RemovalResult')]
    param(
        [Parameter(Mandatory = $true, Position = 0, ParameterSetName = 'UserId')]
        [Alias('UserPrincipalName', 'UPN')]
        [AllowNull()]
        [AllowEmptyString()]
        [AllowEmptyCollection()]
        [string[]]$UserId,

        [Parameter(Mandatory = $true, ValueFromPipeline = $true, ParameterSetName = 'InputObject')]
        [AllowNull()]
        [AllowEmptyString()]
        [AllowEmptyCollection()]
        [object]$InputObject,

        [Parameter(ParameterSetName = 'InputObject')]
        [string[]]$UserColumn,

        [object]$AccessToken,

        [string]$JournalPath,

        [switch]$Resume,

        [string]$PlanPath,

        [AllowNull()]
        [AllowEmptyCollection()]
        [object[]]$Exclude,

        [string[]]$AcceptWarning,

        [ValidateRange(1, 2147483647)]
        [int]$MaxUsers,

        [ValidateRange(1, 2147483647)]
        [int]$MaxDevicesPerUser,

        [ValidateRange(0, 2147483647)]
        [int]$MaxApprovals,

        [ValidateRange(1, 64)]
        [int]$ThrottleLimit,

        [ValidateRange(1, 2147483647)]
        [int]$WriteQuota,

        [ValidateRange(1, 3600)]
        [int]$WriteQuotaSec,

        [switch]$SkipDeviceRead,

        [string]$Justification,

        [string]$ApprovalCode,

        [string]$Environment,

        [string]$CaCertificate,

        [AllowEmptyString()]
        [string]$Proxy,

        [ValidateRange(1, 3600)]
        [int]$TimeoutSec,

        [switch]$Force
    )

    begin {
        $bound = $PSBoundParameters
        foreach ($preference in (Get-CallerPreference -Cmdlet $PSCmdlet -Bound $bound).GetEnumerator()) {
            Set-Variable -Name $preference.Key -Value $preference.Value -WhatIf:$false -Confirm:$false
        }
        $list = New-UserList -UserColumn $UserColumn
        try {
            Assert-RemovalParameter -Parameter $bound
            $journal = Resolve-FilePath -Cmdlet $PSCmdlet -Path $JournalPath
            $plan = Resolve-FilePath -Cmdlet $PSCmdlet -Path $PlanPath
            Assert-JournalFile -Path $journal -IsResumed:$Resume
            $excluded = @(Get-ExcludedUser -Given $Exclude -UserColumn $UserColumn)
            $caPem = Get-CertificateText -Cmdlet $PSCmdlet -CaCertificate $CaCertificate
            $token = Resolve-AccessToken -AccessToken $AccessToken
        }
        catch {
            $PSCmdlet.ThrowTerminatingError((ConvertTo-TerminatingError -ErrorRecord $_))
        }
    }

    process {
        Add-GivenUser -List $list -Given $(if ($PSCmdlet.ParameterSetName -eq 'UserId') { , $UserId } else { , $InputObject })
    }

    end {
        $users = $list.Users
        $client = $null
        $ownPlan = $null
        $temporary = $null
        $failures = New-FailureList
        $state = New-RunState -Total $users.Count -JournalPath $journal
        try {
            try {
                Assert-UserList -List $list
                if ($users.Count -eq 0) { return }
                if ($ApprovalCode -and $users.Count -gt 1) { throw (New-ParameterError -Id 'ParameterConflict' -Text "-ApprovalCode belongs to one user, but $($users.Count) were given.") }
                Assert-PairIsRead -Pair $list.Pairs.ToArray() -IsSkipped:$SkipDeviceRead
                $client = New-GraphClient -Token $token.Token -Parameter $bound -CaPem $caPem
                Assert-SamePerson -Cmdlet $PSCmdlet -Client $client -Pair $list.Pairs.ToArray()
                # The plan of the question that was answered before is the one that a resumed run is bound to.
                if ($Resume -and -not $plan -and (Test-Path -LiteralPath "$journal.plan")) { $plan = "$journal.plan" }
                $reading = @{ Cmdlet = $PSCmdlet; Client = $client; Users = $users; Parameter = $bound; Exclude = $excluded; TokenScript = $token.Script; Plan = $plan }
                if ($WhatIfPreference) {
                    $preview = if ($SkipDeviceRead) { @{ Rows = $null } } else { Read-RemovalPreview @reading }
                    $lines = if ($null -ne $preview.Rows) { Get-PreviewLine -Row $preview.Rows } else { $users | ForEach-Object { "Retire every Intune-managed device of $_" } }
                    foreach ($line in $lines) { $null = $PSCmdlet.ShouldProcess($line, $null, $null) }
                    return
                }
                if (-not $Force -and "$ConfirmPreference" -ne 'None') {
                    $preview = $null
                    if (-not $SkipDeviceRead) {
                        if (-not $plan) {
                            $ownPlan = if ($journal) { "$journal.plan" } else { Join-Path ([IO.Path]::GetTempPath()) "graph-devices-$([guid]::NewGuid().ToString('N')).plan" }
                            $temporary = $ownPlan
                            $reading.Journal = $ownPlan
                        }
                        $preview = Read-RemovalPreview @reading
                        if ($null -eq $preview.Rows) { $ownPlan = $null }
                    }
                    $question = Get-QuestionText -Preview $preview -Users $users -IsResumed:$Resume
                    try { $confirmed = $PSCmdlet.ShouldProcess($question, $question, 'Retire devices') }
                    catch { throw (New-ConfirmationError) }
                    if (-not $confirmed) { return }
                    if ($ownPlan) {
                        $plan = $ownPlan
                        # From now on the journal is bound to it.
                        if ($journal) { $temporary = $null }
                    }
                }
                if (-not $journal -and $users.Count -gt 1) {
                    Write-Warning 'There is no journal: if this run is cut off, only the results that were written show who was sent. Record it with -JournalPath.'
                }
                $files = if ($Resume) { @{ Resume = $journal } } else { @{ Journal = $journal } }
                $run = $client.StartRun((New-RunOption -Parameter $bound -Exclude $excluded -Plan $plan -AsksForToken:($null -ne $token.Script) @files))
            }
            catch {
                $PSCmdlet.ThrowTerminatingError((ConvertTo-TerminatingError -ErrorRecord $_))
            }
            Invoke-GraphRun -Cmdlet $PSCmdlet -Run $run -State $state -Users $users -TokenScript $token.Script -Activity 'Retiring devices' -Patience (Get-StopSeconds -Parameter $bound) -Convert {
                param($News)
                if ($News.Kind -eq 'result') {
                    Add-RunFailure -Failures $failures -News $News
                    Write-Verbose "$($News.Result.UserId): $($News.Result.Outcome), request-id $($News.Result.RequestId)"
                    ConvertTo-RemovalResult -News $News -JournalPath $journal
                }
            }
        }
        finally {
            if ($client) { $client.Dispose() }
            if ($temporary) { [IO.File]::Delete($temporary) }
        }
        Write-RunError -Cmdlet $PSCmdlet -State $state -Failures $failures
    }
}
