<#
.SYNOPSIS
Reads the devices of users and writes a plan, to which Remove-GraphAllUserDevice can be bound.

.DESCRIPTION
Shows for each user what Remove-GraphAllUserDevice would do, and keeps the devices that were read in a file. A run with
-PlanPath sends only users of the plan, and only if they have no device that the plan lacks. Nothing is sent to the service.

The results are the same objects that Remove-GraphAllUserDevice returns, all of them skipped: for the Reason preview where a run
would retire the devices, or for another reason where it would leave the user alone. Exclusions of the plan also hold in the run.

The token needs User.Read.All and DeviceManagementManagedDevices.Read.All.

.PARAMETER UserId
The users: object ids (GUIDs) or user principal names.

.PARAMETER InputObject
Users from the pipeline: texts, or objects with UserId, Id (if it is a GUID) or UserPrincipalName.

.PARAMETER UserColumn
The columns that name the user, where they are not UserId, Id or UserPrincipalName: -UserColumn 'E-Mail'.

.PARAMETER PlanPath
The file to write. A file that exists is refused.

.PARAMETER AccessToken
A token for Microsoft Graph: a SecureString, the object that Get-AzAccessToken returns, or a script block that returns one. See
about_GraphDevices_Tokens.

.PARAMETER Exclude
Users that must not be sent, as object ids, names or rows.

.PARAMETER AcceptWarning
Blocking warnings that are accepted, by name, such as entra_joined_windows.

.PARAMETER MaxUsers
If more users than this are given, the plan ends with an error.

.PARAMETER MaxDevicesPerUser
A user with more devices is left alone. The default is 10.

.PARAMETER ThrottleLimit
How many requests run at once, 1 to 64. The default is 16.

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
GraphDevices.RemovalResult. One per user, with DeviceCount, WarningCode and Device.

.EXAMPLE
Import-Csv leavers.csv | New-GraphUserDeviceRemovalPlan -PlanPath plan.jsonl -AccessToken $token | Export-Csv review.csv -NoTypeInformation

Writes a plan, and a table of it for review.

.LINK
Remove-GraphAllUserDevice

.LINK
about_GraphDevices_ManyUsers
#>
function New-GraphUserDeviceRemovalPlan {
    [CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'Low', DefaultParameterSetName = 'InputObject')]
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

        [Parameter(Mandatory = $true)]
        [string]$PlanPath,

        [object]$AccessToken,

        [AllowNull()]
        [AllowEmptyCollection()]
        [object[]]$Exclude,

        [string[]]$AcceptWarning,

        [ValidateRange(1, 2147483647)]
        [int]$MaxUsers,

        [ValidateRange(1, 2147483647)]
        [int]$MaxDevicesPerUser,

        [ValidateRange(1, 64)]
        [int]$ThrottleLimit,

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
            $plan = Resolve-FilePath -Cmdlet $PSCmdlet -Path $PlanPath
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
        $failures = New-FailureList
        $state = New-RunState -Total $users.Count
        try {
            try {
                Assert-UserList -List $list
                if ($users.Count -eq 0) { return }
                if (-not $PSCmdlet.ShouldProcess($plan, "Write a plan for $($users.Count) users")) { return }
                $client = New-GraphClient -Token $token.Token -Parameter $bound -CaPem $caPem
                Assert-SamePerson -Cmdlet $PSCmdlet -Client $client -Pair $list.Pairs.ToArray()
                $run = $client.StartRun((New-RunOption -Parameter $bound -Exclude $excluded -Preview -Journal $plan -AsksForToken:($null -ne $token.Script)))
            }
            catch {
                $PSCmdlet.ThrowTerminatingError((ConvertTo-TerminatingError -ErrorRecord $_))
            }
            Invoke-GraphRun -Cmdlet $PSCmdlet -Run $run -State $state -Users $users -TokenScript $token.Script -Activity 'Reading devices' -Patience (Get-StopSeconds -Parameter $bound) -Convert {
                param($News)
                if ($News.Kind -eq 'result') {
                    Add-RunFailure -Failures $failures -News $News
                    ConvertTo-RemovalResult -News $News
                }
            }
        }
        finally {
            if ($client) { $client.Dispose() }
        }
        Write-PlanError -Cmdlet $PSCmdlet -State $state -Failures $failures
    }
}
