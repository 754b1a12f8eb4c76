# The end of a run that was cut short, for a `finally`: nothing is emitted, the answer lies in the tally.

# Asks the run to stop and waits for the call in flight, for so long at most. Only a wait that is felt is told.
function Stop-GraphRun {
    param([object]$Run, [hashtable]$Tally, [int]$Seconds)

    $clock = [Diagnostics.Stopwatch]::StartNew()
    $told = $false
    $Run.Stop()
    while ($clock.Elapsed.TotalSeconds -lt $Seconds) {
        try { $news = $Run.Next(200) } catch { return }
        if (-not $told -and $Tally.InFlight -and $clock.Elapsed.TotalSeconds -ge 2) {
            $told = $true
            Write-Warning "Stopping: waiting for the answer for $($Tally.InFlight), $Seconds seconds at most."
        }
        if ($news.Kind -eq 'result') {
            $Tally.LastRow = $news.Result
            $Tally.Counts[$news.Result.Outcome]++
            $Tally.InFlight = $null
        }
        elseif ($news.Kind -eq 'done') {
            return
        }
    }
}

# One text of what is known: counts, and what became of the call that was in flight.
function Get-StopText {
    param([hashtable]$Tally)

    $counts = foreach ($name in $Tally.Counts.Keys) { "$($Tally.Counts[$name]) $name" }
    $text = 'Stopped. {0} of {1} users were worked on' -f $Tally.Added, $Tally.Total
    if ($counts) { $text += ": $(@($counts) -join ', ')" }
    $text += '.'
    if ($Tally.LastRow) {
        $text += " The call in flight ended: $($Tally.LastRow.UserId) is $($Tally.LastRow.Outcome)"
        if ($Tally.LastRow.RequestId) { $text += ", request-id $($Tally.LastRow.RequestId)" }
        $text += '.'
        if ($Tally.LastRow.Outcome -eq 'unknown') { $text += ' Look at the devices before sending it again.' }
    }
    elseif ($Tally.InFlight) {
        $text += " The call for $($Tally.InFlight) had no answer yet: its devices may have been retired, so look at them before sending it again."
    }
    $text
}
