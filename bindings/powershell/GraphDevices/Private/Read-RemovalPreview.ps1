# What a run would do, read before anything is sent: for -WhatIf, and for the question, to which the run is then bound.

# The rows of a preview, with the number of devices and users that a run would retire. Without the permission to read, Rows is
# null. With Journal the preview is kept as a plan.
function Read-RemovalPreview {
    param(
        [object]$Cmdlet,
        [object]$Client,
        [object]$Users,
        [Collections.IDictionary]$Parameter,
        [AllowEmptyCollection()][string[]]$Exclude,
        [AllowNull()][scriptblock]$TokenScript,
        [string]$Journal,
        [string]$Plan
    )

    $options = New-RunOption -Parameter $Parameter -Exclude $Exclude -Preview -Journal $Journal -Plan $Plan -AsksForToken:($null -ne $TokenScript)
    $state = New-RunState -Total $Users.Count
    $rows = @(Invoke-GraphRun -Cmdlet $Cmdlet -Run $Client.StartRun($options) -State $state -Users $Users -TokenScript $TokenScript -Activity 'Reading devices' -Patience (Get-StopSeconds -Parameter $Parameter) -Convert {
            param($News)
            if ($News.Kind -eq 'result') { $News }
        })
    if ($state.Summary.EndedBy -eq 'permission_denied') {
        Write-Warning "The devices cannot be read: $($state.Summary.Message)."
        return @{ Rows = $null; Devices = 0; Users = 0 }
    }
    if ($state.Summary.EndedBy) {
        $Cmdlet.ThrowTerminatingError((New-FatalError -State $state -Failure $rows))
    }
    $meant = @($rows | Where-Object { $_.Result.Reason -eq 'preview' })
    $devices = ($meant | ForEach-Object { $_.Devices.Devices.Count } | Measure-Object -Sum).Sum
    @{ Rows = $rows; Devices = [int]$devices; Users = $meant.Count }
}

# The lines of -WhatIf.
function Get-PreviewLine {
    param([object[]]$Row)

    foreach ($one in $Row) {
        if ($one.Result.Reason -eq 'preview') {
            foreach ($device in $one.Devices.Devices) { "Retire $(Get-DeviceText -Device $device) of $($one.Result.UserId)" }
            continue
        }
        $why = if ($one.Result.Outcome -eq 'skipped') { "skipped $($one.Result.Reason) $(Get-WarningText -List $one.Devices)".Trim() } else { "$($one.Result.Outcome) $($one.Result.Status)" }
        "Leave $($one.Result.UserId) alone: $why"
    }
}

# The question: how many devices of how many users, and how many users are left alone.
function Get-QuestionText {
    param([object]$Preview, [object]$Users, [switch]$IsResumed)

    $effect = 'Company apps and data are removed, and a Windows device that is joined to Entra ID is unjoined. This cannot be undone.'
    if ($null -eq $Preview -or $null -eq $Preview.Rows) {
        $whom = if ($Users.Count -eq 1) { $Users[0] } else { "$($Users.Count) users" }
        return "Retire every Intune-managed device of ${whom}? The devices were not read. $effect"
    }
    $whom = if ($Preview.Users -eq 1) { @($Preview.Rows | Where-Object { $_.Result.Reason -eq 'preview' })[0].Result.UserId } else { "$($Preview.Users) users" }
    $text = "Retire $($Preview.Devices) device$(if ($Preview.Devices -ne 1) { 's' }) of ${whom}?"
    $left = @($Preview.Rows | Where-Object { $_.Result.Reason -ne 'preview' })
    if ($left.Count -gt 0) {
        $groups = $left | Group-Object { if ($_.Result.Outcome -eq 'skipped') { $_.Result.Reason } else { $_.Result.Status } } | ForEach-Object { "$($_.Name): $($_.Count)" }
        $text += " $($left.Count) user$(if ($left.Count -ne 1) { 's are' } else { ' is' }) left alone ($(@($groups) -join ', '))."
    }
    if ($IsResumed) { $text += ' Users that are done in the journal are not sent again.' }
    "$text $effect A device that is enrolled from now on is left alone."
}
