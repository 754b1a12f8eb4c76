# Error records: the id is the status's name, the text the library's, the target the user.

function New-OutcomeError {
    param([object]$Row, [AllowNull()][Exception]$Cause)

    $what = if ($Row.Message) { $Row.Message } else { "$($Row.Outcome), $($Row.Reason)" }
    $text = "$($Row.UserId): $what"
    if ($Row.RequestId -and $text.IndexOf($Row.RequestId, [StringComparison]::Ordinal) -lt 0) { $text += " (request-id $($Row.RequestId))" }
    if (-not $Cause) { $Cause = New-Object OperationCanceledException $text }
    New-StatusError -Status $Row.Status -Text $text -Cause $Cause -Target $Row.UserId
}

# A user that was left alone, where it was the only one: the id is the reason.
function New-SkippedError {
    param([object]$Row)

    $text = "$($Row.UserId) was left alone ($($Row.Reason)): $($Row.Message)"
    New-Object Management.Automation.ErrorRecord (New-Object InvalidOperationException $text), $Row.Reason, InvalidOperation, $Row.UserId
}

function New-StatusError {
    param([string]$Status, [string]$Text, [Exception]$Cause, [AllowNull()][object]$Target)

    $record = New-Object Management.Automation.ErrorRecord $Cause, $Status, (Get-StatusCategory -Status $Status), $Target
    $record.ErrorDetails = New-Object Management.Automation.ErrorDetails $Text
    # The library's own message mostly is the advice already.
    $advice = Get-StatusAdvice -Status $Status
    if ($advice -and $Text.IndexOf($advice, [StringComparison]::Ordinal) -lt 0) { $record.ErrorDetails.RecommendedAction = $advice }
    $record
}

# The one error of what ended a run for all. Its words are the summary's: a run can also end without a row that says why.
function New-FatalError {
    param([hashtable]$State, [AllowEmptyCollection()][object[]]$Failure)

    $summary = $State.Summary
    $last = $Failure | Where-Object { $_.Result.Status -eq $summary.EndedBy } | Select-Object -Last 1
    $cause = if ($last) { $last.Error }
    $text = "$($summary.Message)"
    if (-not $text -and $last) { $text = "$($last.Result.Message)" }
    if (-not $text) { $text = Get-StatusAdvice -Status $summary.EndedBy }
    if ($State.Total -gt 1 -and $State.Done -gt 0) { $text = "$text. $(Get-CountText -State $State) $(Get-ResumeText -State $State)".Trim() }
    if (-not $cause) { $cause = New-Object InvalidOperationException $text }
    New-StatusError -Status $summary.EndedBy -Text $text -Cause $cause -Target $(if ($last) { $last.Result.UserId })
}

# The one error of a run in which some users are not done.
function New-IncompleteError {
    param([hashtable]$State, [object[]]$Undone, [int]$Shown)

    $count = ($Undone | ForEach-Object { $_.Count } | Measure-Object -Sum).Sum
    $parts = @($Undone | ForEach-Object { "$($_.Count) $($_.Word)" })
    $text = "$count of $($State.Total) users are not done: $($parts -join ', ')."
    if ($Shown -ge $script:MaxErrors) { $text += " The first $Shown errors follow; the results have all of them." }
    $text = "$text $(Get-ResumeText -State $State)".Trim()
    New-Object Management.Automation.ErrorRecord (New-Object InvalidOperationException $text), 'RunIncomplete', OperationStopped, $State.Journal
}

# An error of what the user gave, found before anything is sent.
function New-ParameterError {
    param([string]$Id, [string]$Text)

    New-Object Management.Automation.ErrorRecord (New-Object ArgumentException "$Text Nothing was sent."), $Id, InvalidArgument, $null
}

function New-ConfirmationError {
    $text = 'Confirmation is required, but this session is not interactive. Use -Force or -Confirm:$false to run without it, or -WhatIf. Nothing was sent.'
    New-Object Management.Automation.ErrorRecord (New-Object InvalidOperationException $text), 'ConfirmationImpossible', InvalidOperation, $null
}

# An exception of the library (or of the module) as the record to end the command with.
function ConvertTo-TerminatingError {
    param([Management.Automation.ErrorRecord]$ErrorRecord)

    $cause = $ErrorRecord.Exception
    while ($cause -is [Management.Automation.MethodInvocationException] -and $cause.InnerException) {
        $cause = $cause.InnerException
    }
    if ($cause -is [GraphDevices.GraphException]) {
        return New-StatusError -Status $cause.Status -Text $cause.Message -Cause $cause -Target $null
    }
    if ($cause -ne $ErrorRecord.Exception) {
        return New-Object Management.Automation.ErrorRecord $cause, $cause.GetType().Name, NotSpecified, $null
    }
    $ErrorRecord
}

function Get-StatusCategory {
    param([string]$Status)

    $categories = @{
        invalid_argument       = 'InvalidArgument'
        unauthenticated        = 'AuthenticationError'
        permission_denied      = 'PermissionDenied'
        not_licensed           = 'NotEnabled'
        user_not_found         = 'ObjectNotFound'
        justification_required = 'InvalidArgument'
        approval_pending       = 'ResourceBusy'
        throttled              = 'LimitsExceeded'
        service_unavailable    = 'ResourceUnavailable'
        rejected               = 'InvalidOperation'
        connection_failed      = 'ConnectionError'
        timeout                = 'OperationTimeout'
        interrupted            = 'ConnectionError'
        unexpected_response    = 'ProtocolError'
        cancelled              = 'OperationStopped'
    }
    if ($categories.ContainsKey($Status)) { $categories[$Status] } else { 'NotSpecified' }
}

# What the library says of a status: what it means and what to do next.
function Get-StatusAdvice {
    param([string]$Status)

    for ($number = 0; [GraphDevices.Library]::StatusName($number) -ne 'unknown_status'; $number++) {
        if ([GraphDevices.Library]::StatusName($number) -eq $Status) {
            return [GraphDevices.Library]::StatusMessage($number)
        }
    }
}
