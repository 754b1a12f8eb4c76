# The loop of a run: users and tokens in, results out. The library's own threads read and send meanwhile.

# What a run has come to so far, for progress, for the end and for a stop.
function New-RunState {
    param([int]$Total, [string]$JournalPath)

    @{
        Total   = $Total
        Added   = 0
        Done    = 0
        Counts  = [ordered]@{}
        Late    = New-Object Collections.Generic.List[object]
        Summary = $null
        Journal = $JournalPath
    }
}

# Drives a run to its end and writes what Convert makes of each of its events. Errors end the command of Cmdlet. The run is disposed.
function Invoke-GraphRun {
    param(
        [object]$Cmdlet,
        [object]$Run,
        [hashtable]$State,
        [AllowNull()][AllowEmptyCollection()][object]$Users,
        [AllowNull()][scriptblock]$TokenScript,
        [scriptblock]$Convert,
        [string]$Activity,
        [int]$Patience
    )

    $shown = $false
    $writing = $false
    $repeat = $false
    $failure = $null
    $news = $null
    $open = $null
    try {
        # A break or continue of the caller's comes out of the write and would end or repeat this loop alone: it is known by
        # $writing and handed on below.
        while ($null -eq $State.Summary) {
            if ($writing) { $repeat = $true; break }
            $out = $null
            try {
                $news = $Run.Next(200)
                $open = $news
                if ($news.Kind -eq 'need_users') {
                    if ($null -ne $Users -and $State.Added -lt $Users.Count -and -not $failure) {
                        $State.Added++
                        $Run.AddUser($Users[$State.Added - 1])
                    }
                    else {
                        $Run.EndUsers()
                    }
                }
                elseif ($news.Kind -eq 'need_token') {
                    try { $Run.SetToken((Get-ScriptToken -Script $TokenScript -Claims $news.Claims)) }
                    catch {
                        # What is in flight is still awaited and written below.
                        $failure = $_
                        $Run.Stop()
                        $Run.EndUsers()
                    }
                }
                elseif ($news.Kind -eq 'done') {
                    $State.Summary = $news
                }
                else {
                    Add-RunEvent -State $State -News $news
                    $out = & $Convert $news
                }
            }
            catch {
                $Cmdlet.ThrowTerminatingError((ConvertTo-TerminatingError -ErrorRecord $_))
            }
            if ($news.Kind -eq 'notice') {
                if ($news.NoticeKind -eq 'run') { Write-Warning $news.Text } else { Write-Verbose $news.Text }
            }
            elseif ($news.Kind -eq 'progress' -and $State.Total -ne 1) {
                $shown = $true
                Show-RunProgress -Activity $Activity -State $State -Tick $news.Progress
            }
            if ($null -ne $out) {
                $writing = $true
                $out
                $writing = $false
            }
            $open = $null
        }
    }
    finally {
        # After Ctrl-C or a stop from below, writing an object or an error here would end this block at once.
        try {
            if ($null -eq $State.Summary) {
                # Ctrl-C can end this block between the call of Next and its assignment, or before the result is written.
                if (-not [object]::ReferenceEquals($Run.Latest, $news)) { Add-LateEvent -State $State -News $Run.Latest }
                elseif ($open -and -not $writing) { Add-LateResult -State $State -News $open }
                Stop-GraphRun -Run $Run -State $State -Seconds $Patience
            }
        }
        finally {
            $Run.Dispose()
        }
        if ($shown) { Write-Progress -Activity $Activity -Completed }
        if ($null -eq $State.Summary -and $State.Added -gt 0) { Write-Warning (Get-StopText -State $State) }
    }

    if ($writing) {
        if ($repeat) { continue } else { break }
    }
    if ($failure) {
        $text = "$($failure.Exception.Message) $(Get-CountText -State $State) $(Get-ResumeText -State $State)"
        $Cmdlet.ThrowTerminatingError((New-TokenError -Id $failure.FullyQualifiedErrorId.Split(',')[0] -Text $text.Trim() -Cause $failure.Exception))
    }
}

function Add-RunEvent {
    param([hashtable]$State, [object]$News)

    if ($News.Kind -eq 'result') {
        $State.Done++
        $word = if ($News.Result.Outcome -eq 'skipped') { $News.Result.Reason } else { $News.Result.Outcome }
        $State.Counts[$word]++
    }
    elseif ($News.Kind -eq 'verified') {
        $State.Done++
        $State.Counts[$News.Verified.Verdict]++
    }
}

# The same for an event that is not written.
function Add-LateEvent {
    param([hashtable]$State, [object]$News)

    Add-RunEvent -State $State -News $News
    Add-LateResult -State $State -News $News
}

function Add-LateResult {
    param([hashtable]$State, [object]$News)

    if ($News.Kind -eq 'result' -and $News.Result.Outcome -ne 'skipped') { $State.Late.Add($News.Result) }
}

function Show-RunProgress {
    param([string]$Activity, [hashtable]$State, [object]$Tick)

    # A verification learns from its journal how many users there are.
    $total = if ($State.Total -gt 0) { $State.Total } else { [int]$Tick.Given }
    $progress = @{ Activity = $Activity; Status = "$($State.Done) of $total users" }
    if ($total -gt 0) { $progress.PercentComplete = [int][Math]::Min(100, 100 * $State.Done / $total) }
    if ($Tick.UsersPerHour -gt 0) {
        $progress.Status += ", $($Tick.UsersPerHour) an hour"
        $progress.SecondsRemaining = [int][Math]::Ceiling(3600 * ($total - $State.Done) / $Tick.UsersPerHour)
    }
    Write-Progress @progress
}
