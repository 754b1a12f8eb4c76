# The errors of a run, after its results: what ended it for all, or what is not done.

# So many errors of single users are written; the summary has the counts of all.
$script:MaxErrors = 20

# Keeps the event of a user that is not done.
function Add-RunFailure {
    param([hashtable]$Failures, [object]$News)

    if ($News.Result.Outcome -in 'accepted', 'confirmed') { return }
    $Failures.Last = $News
    if ($News.Result.Outcome -eq 'skipped') { return }
    if ($Failures.First.Count -lt $script:MaxErrors) { $Failures.First.Add($News) }
}

function New-FailureList {
    @{ First = New-Object Collections.Generic.List[object]; Last = $null }
}

function Write-RunError {
    param([object]$Cmdlet, [hashtable]$State, [hashtable]$Failures)

    if ($State.Summary.EndedBy) {
        $known = @($Failures.First.ToArray()) + @($Failures.Last | Where-Object { $_ })
        $Cmdlet.ThrowTerminatingError((New-FatalError -State $State -Failure $known))
    }
    $undone = @(Get-UndoneCount -State $State)
    if ($undone.Count -eq 0) { return }
    if ($State.Total -eq 1 -and $Failures.First.Count -eq 0) {
        $Cmdlet.WriteError((New-SkippedError -Row $Failures.Last.Result))
        return
    }
    if ($State.Total -gt 1) {
        $Cmdlet.WriteError((New-IncompleteError -State $State -Undone $undone -Shown $Failures.First.Count))
    }
    foreach ($failure in $Failures.First) {
        $Cmdlet.WriteError((New-OutcomeError -Row $failure.Result -Cause $failure.Error))
    }
}

# Outcomes, and reasons of skipped users, that leave something to do.
function Get-UndoneCount {
    param([hashtable]$State)

    $done = 'accepted', 'confirmed', 'done_before', 'nothing_listed', 'excluded', 'preview'
    foreach ($word in $State.Counts.Keys) {
        if ($done -notcontains $word) { [pscustomobject]@{ Word = $word; Count = $State.Counts[$word] } }
    }
}

# A plan leaves users alone on purpose; only those that could not be read are errors.
function Write-PlanError {
    param([object]$Cmdlet, [hashtable]$State, [hashtable]$Failures)

    foreach ($word in @($State.Counts.Keys)) {
        if ($word -notin 'failed', 'unknown', 'awaiting_approval') { $State.Counts.Remove($word) }
    }
    Write-RunError -Cmdlet $Cmdlet -State $State -Failures $Failures
}
