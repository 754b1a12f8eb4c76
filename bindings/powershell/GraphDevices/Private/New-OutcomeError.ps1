# Error records: the id is the status's name, the text the library's, the target the user.

function New-OutcomeError {
    param([object]$Row, [AllowNull()][Exception]$Cause)

    $what = if ($Row.Message) { $Row.Message } else { "$($Row.Outcome), $($Row.Reason)" }
    $text = "$($Row.UserId): $what"
    if ($Row.RequestId) { $text += " (request-id $($Row.RequestId))" }
    if (-not $Cause) { $Cause = New-Object OperationCanceledException $text }
    New-StatusError -Status $Row.Status -Text $text -Cause $Cause -Target $Row.UserId
}

function New-StatusError {
    param([string]$Status, [string]$Text, [Exception]$Cause, [AllowNull()][object]$Target)

    $record = New-Object Management.Automation.ErrorRecord $Cause, $Status, (Get-StatusCategory -Status $Status), $Target
    $record.ErrorDetails = New-Object Management.Automation.ErrorDetails $Text
    $record.ErrorDetails.RecommendedAction = Get-StatusAdvice -Status $Status
    $record
}

# The one error of what ended a run for all. Its words are the summary's: a run can also end without a row that says why.
function New-FatalError {
    param([object]$Summary, [AllowEmptyCollection()][object[]]$Failure)

    $last = $Failure | Where-Object { $_.Result.Status -eq $Summary.EndedBy } | Select-Object -Last 1
    $cause = if ($last) { $last.Error }
    $text = "$($Summary.Message)"
    if (-not $text -and $last) { $text = "$($last.Result.Message)" }
    if (-not $text) { $text = Get-StatusAdvice -Status $Summary.EndedBy }
    if (-not $cause) { $cause = New-Object InvalidOperationException $text }
    New-StatusError -Status $Summary.EndedBy -Text $text -Cause $cause -Target $(if ($last) { $last.Result.UserId })
}

function New-ConfirmationError {
    $text = 'This needs a confirmation, and there is nobody here to ask: use -Confirm:$false or -Force where that is meant, or -WhatIf. Nothing was sent.'
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
