# The end of a run that was cut short, for a `finally`: nothing is emitted, the answers are kept in the state.

# Asks the run to stop and waits for the requests in flight, for so long at most. A wait that a person notices is reported.
function Stop-GraphRun {
    param([object]$Run, [hashtable]$State, [int]$Seconds)

    $clock = [Diagnostics.Stopwatch]::StartNew()
    $reported = $false
    $Run.Stop()
    while ($clock.Elapsed.TotalSeconds -lt $Seconds) {
        try { $news = $Run.Next(200) } catch { return }
        $open = $State.Added - $State.Done
        if (-not $reported -and $open -gt 0 -and $clock.Elapsed.TotalSeconds -ge 2) {
            $reported = $true
            Write-Warning "Stopping: waiting for the requests in flight, $Seconds seconds at most."
        }
        if ($news.Kind -eq 'done') { return }
        Add-LateEvent -State $State -News $news
    }
}

# One text of what is known: counts, the answers that came during the stop, and how to go on.
function Get-StopText {
    param([hashtable]$State)

    $text = "Stopped. $(Get-CountText -State $State)"
    foreach ($row in @($State.Late | Select-Object -First 20)) {
        $text += " $($row.UserId) is $($row.Outcome)"
        if ($row.RequestId) { $text += " (request-id $($row.RequestId))" }
        $text += '.'
    }
    if ($State.Late.Count -gt 20) { $text += " $($State.Late.Count - 20) more answers came during the stop." }
    $open = $State.Added - $State.Done
    if ($open -gt 0) { $text += " $open user$(if ($open -ne 1) { 's' }) had no answer yet: their devices may have been retired, so look at them before sending again." }
    "$text $(Get-ResumeText -State $State)".Trim()
}

function Get-CountText {
    param([hashtable]$State)

    $counts = foreach ($name in $State.Counts.Keys) { "$($State.Counts[$name]) $name" }
    $text = "$($State.Done) of $($State.Total) users have a result"
    if ($counts) { $text += ": $(@($counts) -join ', ')" }
    "$text."
}

function Get-ResumeText {
    param([hashtable]$State)

    if (-not $State.Journal) { return '' }
    "To go on, run the command again with the same users and options, -JournalPath '$($State.Journal)' and -Resume."
}
