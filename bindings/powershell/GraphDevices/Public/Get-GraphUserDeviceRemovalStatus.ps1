<#
.SYNOPSIS
Returns what has become of the devices that a run retired, from its journal.

.DESCRIPTION
Accepted is not yet retired: a device retires when it next checks in, and Intune then deletes its record. This command asks for
each device that the run of a journal saw, by its id, also weeks later. Verdict is one of
  gone           there is no such device any more
  pending        retire is under way, since the time in Since
  still_managed  the device is managed as before
  needs_person   retire failed, was cancelled or is not supported
  cannot_tell    the device cannot be read

What was read is added to the journal.

The token needs DeviceManagementManagedDevices.Read.All.

.PARAMETER JournalPath
Journals of Remove-GraphAllUserDevice: paths, files, or the results that name their journal. Each journal is read once.

.PARAMETER PendingOnly
Leaves out the devices that are gone.

.PARAMETER AccessToken
A token for Microsoft Graph: a SecureString, the object that Get-AzAccessToken returns, or a script block that returns one. See
about_GraphDevices_Tokens.

.PARAMETER Environment
The cloud, by the name that Microsoft.Graph uses: Global (the default), USGov, USGovDoD, China, BleuCloud, DelosCloud.

.PARAMETER CaCertificate
Certificate authorities that are trusted in addition to the system's: the path of a PEM file, or its text.

.PARAMETER Proxy
The proxy, such as http://proxy.contoso.com:8080; an empty text means none.

.PARAMETER TimeoutSec
How many seconds one attempt may take, 1 to 3600. The default is 60.

.INPUTS
Paths, files, or results of Remove-GraphAllUserDevice.

.OUTPUTS
GraphDevices.RemovalStatus. One per device: UserId, DeviceName, Verdict, State, Since, Detail, DeviceId, Id, JournalPath.

.EXAMPLE
Get-GraphUserDeviceRemovalStatus run.jsonl -AccessToken $token -PendingOnly

Shows the devices that have not checked in yet.

.EXAMPLE
$results | Get-GraphUserDeviceRemovalStatus -AccessToken $token | Group-Object Verdict

Counts the devices of a run by what became of them.

.LINK
Remove-GraphAllUserDevice

.LINK
about_GraphDevices_ManyUsers
#>
function Get-GraphUserDeviceRemovalStatus {
    [CmdletBinding()]
    [OutputType('GraphDevices.RemovalStatus')]
    param(
        [Parameter(Mandatory = $true, Position = 0, ValueFromPipeline = $true)]
        [Alias('FullName')]
        [AllowNull()]
        [object[]]$JournalPath,

        [switch]$PendingOnly,

        [object]$AccessToken,

        [string]$Environment,

        [string]$CaCertificate,

        [AllowEmptyString()]
        [string]$Proxy,

        [ValidateRange(1, 3600)]
        [int]$TimeoutSec
    )

    begin {
        $bound = $PSBoundParameters
        foreach ($preference in (Get-CallerPreference -Cmdlet $PSCmdlet -Bound $bound).GetEnumerator()) {
            Set-Variable -Name $preference.Key -Value $preference.Value -WhatIf:$false -Confirm:$false
        }
        $journals = New-Object Collections.Generic.List[string]
        $nameless = 0
        try {
            $caPem = Get-CertificateText -Cmdlet $PSCmdlet -CaCertificate $CaCertificate
            $token = Resolve-AccessToken -AccessToken $AccessToken
        }
        catch {
            $PSCmdlet.ThrowTerminatingError((ConvertTo-TerminatingError -ErrorRecord $_))
        }
    }

    process {
        foreach ($one in $JournalPath) {
            $path = Get-JournalName -Given $one
            if (-not $path) {
                $nameless++
                continue
            }
            $path = Resolve-FilePath -Cmdlet $PSCmdlet -Path $path
            if (-not $journals.Contains($path)) { $journals.Add($path) }
        }
    }

    end {
        if ($nameless -gt 0) {
            $PSCmdlet.WriteError((New-Object Management.Automation.ErrorRecord (New-Object ArgumentException "$nameless objects name no journal: give the path of a journal, or results of a run with -JournalPath."), 'JournalNotNamed', InvalidData, $null))
        }
        if ($journals.Count -eq 0) { return }
        $client = $null
        try {
            try { $client = New-GraphClient -Token $token.Token -Parameter $bound -CaPem $caPem }
            catch { $PSCmdlet.ThrowTerminatingError((ConvertTo-TerminatingError -ErrorRecord $_)) }
            # No loop of a statement: it would take a break or continue of the caller's for itself.
            $journals | ForEach-Object {
                $journal = $_
                $state = New-RunState -Total 0
                try { $run = $client.StartVerify($journal, (New-RunOption -Parameter @{} -AsksForToken:($null -ne $token.Script))) }
                catch {
                    $PSCmdlet.WriteError((ConvertTo-TerminatingError -ErrorRecord $_))
                    return
                }
                Invoke-GraphRun -Cmdlet $PSCmdlet -Run $run -State $state -TokenScript $token.Script -Activity 'Reading the status of devices' -Patience (Get-StopSeconds -Parameter $bound) -Convert {
                    param($News)
                    if ($News.Kind -ne 'verified') { return }
                    ConvertTo-RemovalStatus -Verified $News.Verified -JournalPath $journal | Where-Object { -not $PendingOnly -or $_.Verdict -ne 'gone' }
                }
                if ($state.Summary.EndedBy) {
                    $PSCmdlet.ThrowTerminatingError((New-FatalError -State $state -Failure @()))
                }
            }
        }
        finally {
            if ($client) { $client.Dispose() }
        }
    }
}
