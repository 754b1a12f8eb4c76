# What ends a run early loses nothing: each user that was sent is in the journal, and the run is resumed without sending a user twice.

BeforeAll {
    . (Join-Path $PSScriptRoot 'TestHelpers.ps1')
    Import-Module $Manifest -Force
    Start-TestEmulator
    $Call = @{ AccessToken = New-TestToken; Force = $true }

    function Start-Case {
        $script:Lines = "Set-Location '$TestDrive'; 1..60 | ForEach-Object { 'user-{0:d6}@contoso.com' -f `$_ } | Remove-GraphAllUserDevice -AccessToken `$Token -Force -JournalPath run.jsonl"
        $script:Journal = Join-Path $TestDrive 'run.jsonl'
        Remove-Item -LiteralPath $Journal -ErrorAction Ignore
        $script:Users = Reset-ManyUser 60
        Set-TestFault @{ match = 'removeAll'; delay_ms = 300; times = 1000 }
    }

    # All that was done is in the journal, and a resumed run finishes the rest.
    function Assert-NothingLost {
        param([int]$AtLeast = 1)

        $acted = Get-ActionCount
        $acted.Count | Should -Not -BeLessThan $AtLeast
        $acted.Count | Should -BeLessThan 60
        $recorded = @(Get-JournalLine $Journal result | Where-Object { $_.outcome -eq 'accepted' } | ForEach-Object { $_.id })
        foreach ($id in $acted.Keys) { $recorded | Should -Contain $id }
        $null = Invoke-RestMethod -Uri "$env:GRAPH_DEVICES_ENDPOINT/_emulator/faults" -Method Delete
        $rest = @($Users | Remove-GraphAllUserDevice @Call -JournalPath $Journal -Resume -WarningAction SilentlyContinue)
        $rest.Count | Should -Be 60
        @($rest | Where-Object { $_.Reason -eq 'done_before' }).Count | Should -Be $acted.Count
        @($rest | Where-Object { $_.Outcome -eq 'accepted' }).Count | Should -Be (60 - $acted.Count)
        $counts = Get-ActionCount
        $counts.Count | Should -Be 60
        @($counts.Values | Where-Object { $_ -ne 1 }) | Should -BeNullOrEmpty
    }
}

Describe 'What stops the pipeline with 16 requests in flight' {
    BeforeEach { Start-Case }

    It 'loses nothing: Select-Object -First 1' {
        $found = @($Users | Remove-GraphAllUserDevice @Call -JournalPath $Journal -WarningVariable warnings -WarningAction SilentlyContinue | Select-Object -First 1)
        $found.Count | Should -Be 1
        "$warnings" | Should -Match 'Stopped\. \d+ of 60 users have a result: \d+ accepted'
        "$warnings" | Should -Match "user-\d{6}@contoso\.com is accepted \(request-id "
        "$warnings" | Should -BeLike "*To go on, run the command again with the same users and options, -JournalPath '$Journal' and -Resume.*"
        Assert-NothingLost -AtLeast 2
    }

    It 'loses nothing: break in the loop of the caller' {
        $rounds = 0
        foreach ($round in 1, 2) {
            $rounds++
            $Users | Remove-GraphAllUserDevice @Call -JournalPath $Journal -WarningAction SilentlyContinue | ForEach-Object { break }
        }
        $rounds | Should -Be 1
        Assert-NothingLost
    }

    It 'loses nothing: continue in the loop of the caller' {
        $after = 0
        $rounds = 0
        foreach ($round in 1, 2) {
            $rounds++
            if ($round -eq 1) { $Users | Remove-GraphAllUserDevice @Call -JournalPath $Journal -WarningAction SilentlyContinue | ForEach-Object { continue } }
            $after++
        }
        $rounds | Should -Be 2
        $after | Should -Be 1
        Assert-NothingLost
    }

    It 'loses nothing: a command after it that throws' {
        $caught = $null
        try { $Users | Remove-GraphAllUserDevice @Call -JournalPath $Journal -WarningVariable warnings -WarningAction SilentlyContinue | ForEach-Object { throw 'disk full' } } catch { $caught = $_ }
        "$caught" | Should -Be 'disk full'
        "$warnings" | Should -BeLike '*Stopped. *'
        Assert-NothingLost
    }

    It 'loses nothing: a command after it that fails with -ErrorAction Stop' {
        $caught = $null
        try { $Users | Remove-GraphAllUserDevice @Call -JournalPath $Journal -WarningAction SilentlyContinue | ForEach-Object { Write-Error 'no' -ErrorAction Stop } } catch { $caught = $_ }
        "$caught" | Should -Be 'no'
        Assert-NothingLost
    }

    It 'loses nothing: exit, whose code is kept' {
        $ran = Invoke-TestProcess -Folder $TestDrive -Script "$Lines | ForEach-Object { exit 3 }"
        $ran.ExitCode | Should -Be 3
        Assert-NothingLost
    }

    It 'loses nothing: Stop()' {
        $shell = New-TestPowerShell $Lines
        $null = $shell.BeginInvoke()
        Wait-ActionCount 2
        $shell.Stop()
        $warnings = @($shell.Streams.Warning | ForEach-Object { "$_" })
        $shell.Dispose()
        "$warnings" | Should -Match 'Stopped\. \d+ of 60 users have a result'
        "$warnings" | Should -Not -Match 'had no answer yet'
        Assert-NothingLost
    }

    It 'loses nothing: Ctrl-C' -Skip:([Environment]::OSVersion.Platform -eq [PlatformID]::Win32NT) {
        $process = Start-TestProcess -Folder $TestDrive -Script "$Lines; 'never reached'"
        Wait-ActionCount 2
        $null = & /bin/kill -INT $process.Process.Id
        $ran = Complete-TestProcess $process
        $ran.Text | Should -Match 'Stopped\. \d+ of 60 users have a result'
        $ran.Text | Should -Not -Match 'never reached'
        Assert-NothingLost
    }

    It 'leaves the next call in the session unharmed' {
        $null = $Users | Remove-GraphAllUserDevice @Call -JournalPath $Journal -WarningAction SilentlyContinue | Select-Object -First 1
        Remove-Item -LiteralPath $Journal
        @($Users[0..9] | Remove-GraphAllUserDevice @Call -WarningAction SilentlyContinue).Count | Should -Be 10
    }

    It 'is a kill: the run is resumed, what was in flight is read first, and no user is sent twice' {
        $null = Invoke-Management hold @{ match = 'removeAll'; after = 20; point = 'acted' }
        $process = Start-TestProcess -Folder $TestDrive -Script $Lines
        $null = Invoke-RestMethod -Uri "$env:GRAPH_DEVICES_ENDPOINT/_emulator/wait?held=10&seconds=60"
        $process.Process.Kill()
        $process.Process.WaitForExit()
        $null = Invoke-RestMethod -Uri "$env:GRAPH_DEVICES_ENDPOINT/_emulator/faults" -Method Delete
        $null = Invoke-RestMethod -Uri "$env:GRAPH_DEVICES_ENDPOINT/_emulator/hold" -Method Delete
        $null = Invoke-Management release @{ lose = $true }
        $rest = @($Users | Remove-GraphAllUserDevice @Call -JournalPath $Journal -Resume -WarningAction SilentlyContinue)
        @($rest | Where-Object { $_.Outcome -eq 'confirmed' }).Count | Should -Not -BeLessThan 10
        @($rest | Where-Object { $_.Outcome -notin 'accepted', 'confirmed' -and $_.Reason -ne 'done_before' }) | Should -BeNullOrEmpty
        $counts = Get-ActionCount
        $counts.Count | Should -Be 60
        @($counts.Values | Where-Object { $_ -ne 1 }) | Should -BeNullOrEmpty
    }
}

Describe 'Stop()' {
    BeforeEach { Reset-TestEmulator }

    It 'waits for a slow request in flight, says so, and reports its outcome' {
        Set-TestFault @{ match = 'removeAll'; delay_ms = 5000; act = $true }
        $shell = New-TestPowerShell "'diego@contoso.com', 'first.last+tag@contoso.com', 'lee@contoso.com' | Remove-GraphAllUserDevice -AccessToken `$Token -Force -ThrottleLimit 1"
        $null = $shell.BeginInvoke()
        Wait-AttemptCount 1
        $shell.Stop()
        $warnings = @($shell.Streams.Warning | ForEach-Object { "$_" })
        $shell.Dispose()
        "$warnings" | Should -BeLike '*Stopping: waiting for the requests in flight, 65 seconds at most.*'
        "$warnings" | Should -BeLike '*diego@contoso.com is accepted (request-id *'
        @(Get-SentUser) | Should -Be @($Diego)
    }

    It 'does not wait for ever for a request that hangs, and says what that means' {
        Set-TestFault @{ match = 'removeAll'; hang = $true; times = 100 }
        $shell = New-TestPowerShell "'diego@contoso.com', 'lee@contoso.com' | Remove-GraphAllUserDevice -AccessToken `$Token -Force -TimeoutSec 3 -ThrottleLimit 1"
        $null = $shell.BeginInvoke()
        Wait-AttemptCount 1
        $clock = [Diagnostics.Stopwatch]::StartNew()
        $shell.Stop()
        $clock.Elapsed.TotalSeconds | Should -BeLessThan 15
        $warnings = @($shell.Streams.Warning | ForEach-Object { "$_" })
        $shell.Dispose()
        "$warnings" | Should -BeLike '*diego@contoso.com is unknown*'
        @(Get-SentRequest).Count | Should -Be 1
    }

    It 'ends the wait between two attempts at once' {
        Set-TestFault @{ match = 'removeAll'; status = 429; headers = @{ 'Retry-After' = '60' }; times = 9 }
        $shell = New-TestPowerShell "'diego@contoso.com', 'lee@contoso.com' | Remove-GraphAllUserDevice -AccessToken `$Token -Force -ThrottleLimit 1"
        $null = $shell.BeginInvoke()
        Wait-AttemptCount 1
        $clock = [Diagnostics.Stopwatch]::StartNew()
        $shell.Stop()
        $clock.Elapsed.TotalSeconds | Should -BeLessThan 15
        $shell.Dispose()
    }
}
