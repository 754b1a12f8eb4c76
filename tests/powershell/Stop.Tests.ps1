BeforeAll {
    . (Join-Path $PSScriptRoot 'TestHelpers.ps1')
    Import-Module $Manifest -Force
    Start-TestEmulator
    $Call = @{ AccessToken = New-TestToken; Force = $true }
    $Three = 'adele@contoso.com', 'diego@contoso.com', 'lee@contoso.com'
}

Describe 'What stops the pipeline' {
    BeforeEach { Reset-TestEmulator }

    It 'stops the run: Select-Object -First 1' {
        $found = @($Three | Remove-GraphAllUserDevice @Call -WarningVariable warnings -WarningAction SilentlyContinue | Select-Object -First 1)
        $found.UserId | Should -Be 'adele@contoso.com'
        @(Get-SentUser) | Should -Be @($Adele)
        "$warnings" | Should -BeLike '*Stopped. 1 of 3 users were worked on: 1 accepted.*'
    }

    It 'stops the run: break in the loop of the caller' {
        $rounds = 0
        foreach ($round in 1, 2) {
            $rounds++
            $Three | Remove-GraphAllUserDevice @Call -WarningAction SilentlyContinue | ForEach-Object { break }
        }
        @(Get-SentUser) | Should -Be @($Adele)
        $rounds | Should -Be 1
    }

    It 'stops the run: continue in the loop of the caller' {
        $after = 0
        $rounds = 0
        foreach ($round in 1, 2) {
            $rounds++
            $Three | Remove-GraphAllUserDevice @Call -WarningAction SilentlyContinue | ForEach-Object { continue }
            $after++
        }
        @(Get-SentUser) | Should -Be @($Adele, $Adele)
        $rounds | Should -Be 2
        $after | Should -Be 0
    }

    It 'stops the run: a command after it that throws' {
        $caught = $null
        try { $Three | Remove-GraphAllUserDevice @Call -WarningVariable warnings -WarningAction SilentlyContinue | ForEach-Object { throw 'disk full' } } catch { $caught = $_ }
        "$caught" | Should -Be 'disk full'
        @(Get-SentUser) | Should -Be @($Adele)
        "$warnings" | Should -BeLike '*Stopped. 1 of 3 *'
    }

    It 'stops the run: a command after it that fails with -ErrorAction Stop' {
        $caught = $null
        try { $Three | Remove-GraphAllUserDevice @Call -WarningAction SilentlyContinue | ForEach-Object { Write-Error 'no' -ErrorAction Stop } } catch { $caught = $_ }
        "$caught" | Should -Be 'no'
        @(Get-SentUser) | Should -Be @($Adele)
    }

    It 'stops the run: exit, whose code is kept' {
        $told = Invoke-TestProcess -Folder $TestDrive -Script "'adele@contoso.com', 'diego@contoso.com' | Remove-GraphAllUserDevice -AccessToken `$token -Force | ForEach-Object { exit 3 }"
        $told.ExitCode | Should -Be 3
        @(Get-SentUser) | Should -Be @($Adele)
    }

    It 'leaves the next call in the session unharmed' {
        $null = $Three | Remove-GraphAllUserDevice @Call -WarningAction SilentlyContinue | Select-Object -First 1
        @($Three | Remove-GraphAllUserDevice @Call -WarningAction SilentlyContinue).Count | Should -Be 3
    }

    It 'is never more than one call ahead of what was written' {
        $Three | Remove-GraphAllUserDevice @Call -WarningAction SilentlyContinue | ForEach-Object {
            $index = [array]::IndexOf($Three, $_.UserId)
            @(Get-SentRequest).Count | Should -Be ($index + 1)
        }
    }
}

Describe 'Stop()' {
    BeforeEach { Reset-TestEmulator }

    It 'waits for a slow call in flight, says so, and tells its outcome' {
        Set-TestFault @{ delay_ms = 11000; act = $true }
        $shell = New-TestPowerShell "'adele@contoso.com', 'diego@contoso.com', 'lee@contoso.com' | Remove-GraphAllUserDevice -AccessToken `$Token -Force"
        $null = $shell.BeginInvoke()
        Wait-SentCount 1
        $shell.Stop()
        $warnings = @($shell.Streams.Warning | ForEach-Object { "$_" })
        $shell.Dispose()
        "$warnings" | Should -BeLike '*Stopping: waiting for the answer for adele@contoso.com, 65 seconds at most.*'
        "$warnings" | Should -BeLike '*Stopped. 1 of 3 users were worked on: 1 accepted. The call in flight ended: adele@contoso.com is accepted, request-id *'
        @(Get-SentUser) | Should -Be @($Adele)
    }

    It 'does not wait for ever for a call that hangs, and says what that means' {
        Set-TestFault @{ hang = $true; times = 100 }
        $shell = New-TestPowerShell "'adele@contoso.com', 'diego@contoso.com' | Remove-GraphAllUserDevice -AccessToken `$Token -Force -TimeoutSec 3"
        $null = $shell.BeginInvoke()
        Wait-SentCount 1
        $clock = [Diagnostics.Stopwatch]::StartNew()
        $shell.Stop()
        $clock.Elapsed.TotalSeconds | Should -BeLessThan 10
        $warnings = @($shell.Streams.Warning | ForEach-Object { "$_" })
        $shell.Dispose()
        "$warnings" | Should -BeLike '*Stopped. 1 of 2 users were worked on: 1 unknown. The call in flight ended: adele@contoso.com is unknown. Look at the devices before sending it again.*'
        @(Get-SentRequest).Count | Should -Be 1
    }

    It 'ends the wait between two attempts at once' {
        Set-TestFault @{ status = 429; headers = @{ 'Retry-After' = '60' }; times = 9 }
        $shell = New-TestPowerShell "'adele@contoso.com', 'diego@contoso.com' | Remove-GraphAllUserDevice -AccessToken `$Token -Force"
        $null = $shell.BeginInvoke()
        Wait-SentCount 1
        $clock = [Diagnostics.Stopwatch]::StartNew()
        $shell.Stop()
        $clock.Elapsed.TotalSeconds | Should -BeLessThan 8
        $shell.Dispose()
    }
}

Describe 'Ctrl-C' {
    It 'stops after the call in flight and tells its outcome' -Skip:([Environment]::OSVersion.Platform -eq [PlatformID]::Win32NT) {
        Reset-TestEmulator
        Set-TestFault @{ delay_ms = 2000 }
        $process = Start-TestProcess -Folder $TestDrive -Script "'adele@contoso.com', 'diego@contoso.com' | Remove-GraphAllUserDevice -AccessToken `$token -Force; 'never reached'"
        Wait-SentCount 1
        $null = & /bin/kill -INT $process.Process.Id
        $told = Complete-TestProcess $process
        $told.Text | Should -Match 'Stopped\. 1 of 2 users were worked on: 1 accepted\. The call in flight ended: adele@contoso\.com is accepted'
        $told.Text | Should -Not -Match 'never reached'
        @(Get-SentUser) | Should -Be @($Adele)
    }
}
