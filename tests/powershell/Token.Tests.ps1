# Tokens from a script block. See about_GraphDevices_Tokens.

BeforeAll {
    . (Join-Path $PSScriptRoot 'TestHelpers.ps1')
    Import-Module $Manifest -Force
    Start-TestEmulator
    $Call = @{ Force = $true; WarningAction = 'SilentlyContinue' }
}

Describe 'A script block as the token' {
    BeforeEach { Reset-TestEmulator }

    It 'may return <Name>' -ForEach @(
        @{ Name = 'a SecureString'; Block = { ConvertTo-SecureString 'demo-token' -AsPlainText -Force } }
        @{ Name = 'what Get-AzAccessToken returns'; Block = { [pscustomobject]@{ Token = ConvertTo-SecureString 'demo-token' -AsPlainText -Force; ExpiresOn = [DateTimeOffset]::UtcNow.AddHours(1) } } }
        @{ Name = 'what an older Get-AzAccessToken returns'; Block = { [pscustomobject]@{ Token = 'demo-token'; ExpiresOn = [DateTimeOffset]::UtcNow.AddHours(1) } } }
        @{ Name = 'the text'; Block = { 'demo-token' } }
    ) {
        (Remove-GraphAllUserDevice $Diego -AccessToken $Block @Call).Outcome | Should -Be 'accepted'
    }

    It 'is called again when the service wants another token' {
        $asked = New-Object Collections.Generic.List[object]
        $block = { $asked.Add($args[0]); if ($asked.Count -eq 1) { 'expired-token' } else { 'demo-token' } }
        $found = @($Diego, 'first.last+tag@contoso.com' | Remove-GraphAllUserDevice -AccessToken $block @Call)
        @($found | ForEach-Object Outcome) | Should -Be @('accepted', 'accepted')
        $asked.Count | Should -Be 2
        $asked[0] | Should -BeNullOrEmpty
    }

    It 'is called with the claims of the service' {
        $asked = New-Object Collections.Generic.List[object]
        $block = { param($claims) $asked.Add($claims); if ($asked.Count -eq 1) { 'claims-token' } else { 'demo-token' } }
        (Remove-GraphAllUserDevice $Diego -AccessToken $block @Call).Outcome | Should -Be 'accepted'
        "$($asked[1])" | Should -Match '^\{"access_token":'
    }

    It 'that throws at the start ends the command: <Name>' -ForEach @(
        @{ Name = 'throw'; Block = { throw 'no sign-in' }; Text = '*script block of -AccessToken failed: no sign-in.*' }
        @{ Name = 'nothing'; Block = { }; Text = '*returned 0 objects*' }
        @{ Name = 'two'; Block = { 'demo-token'; 'demo-token' }; Text = '*returned 2 objects*' }
        @{ Name = 'a number'; Block = { 17 }; Text = '*returned a Int32*' }
        @{ Name = 'an empty text'; Block = { '' }; Text = '*returned a String*' }
        @{ Name = 'a break'; Block = { break }; Text = '*returned 0 objects*' }
    ) {
        $caught = $null
        try { Remove-GraphAllUserDevice $Diego -AccessToken $Block @Call } catch { $caught = $_ }
        $caught.FullyQualifiedErrorId | Should -Be 'AccessTokenScriptFailed,Remove-GraphAllUserDevice'
        "$caught" | Should -BeLike $Text
        @(Get-SentRequest).Count | Should -Be 0
    }

    It 'that throws during a run stops it: what is in flight is recorded, and the error says how to go on' {
        $users = Reset-ManyUser 40
        $file = Join-Path $TestDrive 'thrown.jsonl'
        # The first ten are accepted; then the token is refused.
        Set-TestFault @(@{ match = 'removeAll'; times = 10; delay_ms = 200 }, @{ match = 'removeAll'; status = 401; times = 1000; delay_ms = 200 })
        $asked = New-Object Collections.Generic.List[object]
        $block = { $asked.Add(1); if ($asked.Count -gt 1) { throw 'the sign-in has ended' }; 'demo-token' }
        $caught = $null
        $kept = $null
        try { $null = $users | Remove-GraphAllUserDevice -AccessToken $block @Call -JournalPath $file -OutVariable kept -ErrorAction SilentlyContinue } catch { $caught = $_ }
        $caught.FullyQualifiedErrorId | Should -Be 'AccessTokenScriptFailed,Remove-GraphAllUserDevice'
        "$caught" | Should -BeLike "*the sign-in has ended. * of 40 users have a result: *accepted*-JournalPath '$file' and -Resume."
        $acted = Get-ActionCount
        $acted.Count | Should -Be 10
        @($kept | Where-Object { $_.Outcome -eq 'accepted' }).Count | Should -Be 10
        @(Get-JournalLine $file result | Where-Object { $_.outcome -eq 'accepted' }).Count | Should -Be 10
        $null = Invoke-RestMethod -Uri "$env:GRAPH_DEVICES_ENDPOINT/_emulator/faults" -Method Delete
        $rest = @($users | Remove-GraphAllUserDevice -AccessToken (New-TestToken) @Call -JournalPath $file -Resume)
        @($rest | Where-Object { $_.Outcome -eq 'accepted' }).Count | Should -Be 30
        @((Get-ActionCount).Values | Where-Object { $_ -ne 1 }) | Should -BeNullOrEmpty
    }

    It 'runs in the scope of the caller' {
        $mine = 'demo-token'
        (Remove-GraphAllUserDevice $Diego -AccessToken { $mine } @Call).Outcome | Should -Be 'accepted'
    }

    It 'serves the other commands' {
        $file = Join-Path $TestDrive 'others.jsonl'
        @(Get-GraphUserManagedDevice $Diego -AccessToken { 'demo-token' } -WarningAction SilentlyContinue).Count | Should -Be 1
        @(New-GraphUserDeviceRemovalPlan $Diego -PlanPath $file -AccessToken { 'demo-token' } -WarningAction SilentlyContinue).Count | Should -Be 1
    }
}

Describe 'A token of Az' {
    It 'whose time is over is refused before anything is sent' {
        Reset-TestEmulator
        foreach ($time in [DateTimeOffset]::UtcNow.AddMinutes(-61), [datetime]::UtcNow.AddMinutes(-61)) {
            $az = [pscustomobject]@{ Token = New-TestToken; ExpiresOn = $time }
            $caught = $null
            try { Remove-GraphAllUserDevice $Diego -AccessToken $az @Call } catch { $caught = $_ }
            $caught.FullyQualifiedErrorId | Should -Be 'AccessTokenExpired,Remove-GraphAllUserDevice'
            "$caught" | Should -BeLike 'The token expired 6? minutes ago.*script block*'
        }
        @(Get-SentRequest).Count | Should -Be 0
    }
}
