<#
.SYNOPSIS
Returns the devices that Intune lists for one or more users, with warnings.

.DESCRIPTION
Reads the devices that Remove-GraphAllUserDevice would retire. Nothing is changed. WarningCode names what to know before a
device is retired; a blocking warning keeps Remove-GraphAllUserDevice from sending until it is accepted by name.

A user that cannot be read gives one error, and the others are read all the same. The error's id is the status.

Do not pipe the devices to Remove-GraphAllUserDevice, which refuses them: it retires all devices of a user, not one.

The token needs User.Read.All and DeviceManagementManagedDevices.Read.All.

.PARAMETER UserId
The users: object ids (GUIDs) or user principal names.

.PARAMETER InputObject
Users from the pipeline: texts, or objects with UserId, Id (if it is a GUID) or UserPrincipalName.

.PARAMETER UserColumn
The columns that name the user, where they are not UserId, Id or UserPrincipalName: -UserColumn 'E-Mail'.

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
Texts, or objects with UserId, Id or UserPrincipalName.

.OUTPUTS
GraphDevices.ManagedDevice. One per device: Name, OperatingSystem, OwnerType, State, SerialNumber, Enrolled, LastSync, WarningCode,
RequestedUserId (the user as given) and more. Times are as the service wrote them.

.EXAMPLE
Get-GraphUserManagedDevice adele@contoso.com -AccessToken { Get-AzAccessToken -ResourceTypeName MSGraph -AsSecureString }

Lists the devices of a user.

.EXAMPLE
Import-Csv leavers.csv | Get-GraphUserManagedDevice -AccessToken $token | Where-Object WarningCode | Format-Table RequestedUserId, Name, WarningCode

Shows the devices that need a look before anything is retired.

.LINK
about_GraphDevices
#>
function Get-GraphUserManagedDevice {
    [CmdletBinding(DefaultParameterSetName = 'InputObject')]
    [OutputType('GraphDevices.ManagedDevice')]
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
        $list = New-UserList -UserColumn $UserColumn
        try {
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
        $failures = New-Object Collections.Generic.List[object]
        $state = New-RunState -Total $users.Count
        try {
            try {
                Assert-UserList -List $list
                if ($users.Count -eq 0) { return }
                $client = New-GraphClient -Token $token.Token -Parameter $bound -CaPem $caPem
                Assert-SamePerson -Cmdlet $PSCmdlet -Client $client -Pair $list.Pairs.ToArray()
                $run = $client.StartRun((New-RunOption -Parameter @{} -Preview -AsksForToken:($null -ne $token.Script)))
            }
            catch {
                $PSCmdlet.ThrowTerminatingError((ConvertTo-TerminatingError -ErrorRecord $_))
            }
            Invoke-GraphRun -Cmdlet $PSCmdlet -Run $run -State $state -Users $users -TokenScript $token.Script -Activity 'Reading devices' -Patience (Get-StopSeconds -Parameter $bound) -Convert {
                param($News)
                if ($News.Kind -ne 'result') { return }
                $found = $News.Devices
                # The preview leaves the signed-in person alone, but that person's devices can be read.
                if ($null -eq $found -and $News.Result.Reason -eq 'excluded') { $found = $client.ManagedDevices($News.Result.UserId, $null) }
                if ($null -eq $found) {
                    $failures.Add($News)
                    return
                }
                foreach ($warning in $found.Warnings) { Write-Warning "$($News.Result.UserId): $($warning.Message) ($($warning.Code))" }
                foreach ($device in $found.Devices) { ConvertTo-ManagedDevice -Device $device -RequestedUserId $News.Result.UserId }
            }
        }
        finally {
            if ($client) { $client.Dispose() }
        }
        if ($state.Summary.EndedBy) {
            $PSCmdlet.ThrowTerminatingError((New-FatalError -State $state -Failure $failures.ToArray()))
        }
        foreach ($failure in $failures) {
            $PSCmdlet.WriteError((New-OutcomeError -Row $failure.Result -Cause $failure.Error))
        }
    }
}
