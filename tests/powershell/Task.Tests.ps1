# The exit code of an unattended run: the lines of about_GraphDevices_ManyUsers, and examples/retire.ps1.

BeforeAll {
    . (Join-Path $PSScriptRoot 'TestHelpers.ps1')
    Import-Module $Manifest -Force
    Start-TestEmulator

    $About = [IO.File]::ReadAllText((Join-Path $ModuleFolder 'en-US/about_GraphDevices_ManyUsers.help.txt'))
    # The token is the test's.
    $Recipe = [regex]::Match($About, '(?s)        \$ErrorActionPreference = .*?exit 0').Value.Replace('$token = { Get-AzAccessToken -ResourceTypeName MSGraph -AsSecureString }', '')

    # The recipe over a file of such lines, in a process of its own.
    function Invoke-Recipe {
        param([string[]]$Line, [string]$Token = 'demo-token', [string]$Before = '', [switch]$AsCommand)

        $file = Join-Path $TestDrive 'leavers.csv'
        Remove-Item -LiteralPath $file -ErrorAction Ignore
        if ($Line) { [IO.File]::WriteAllLines($file, $Line) }
        $journal = Join-Path $TestDrive 'leavers.jsonl'
        Remove-Item -LiteralPath $journal -ErrorAction Ignore
        $Before = "`$PSDefaultParameterValues = @{ 'Remove-GraphAllUserDevice:AcceptWarning' = 'entra_joined_windows' }`n$Before"
        $script = "$Before`n" + $Recipe.Replace('leavers.csv', "'$file'").Replace('leavers.jsonl', "'$journal'")
        Invoke-TestProcess -Folder $TestDrive -Script $script -Environment @{ TEST_TOKEN = $Token } -AsCommand:$AsCommand
    }
}

Describe 'The lines for a scheduled task' {
    BeforeEach { Reset-TestEmulator }

    It 'are there' { $Recipe | Should -Match 'Import-Csv leavers\.csv' }

    It 'end with <Code> for <Name>' -ForEach @(
        @{ Name = 'accepted users'; Code = 0; Line = 'UserId', 'adele@contoso.com', 'diego@contoso.com' }
        @{ Name = 'a file without users'; Code = 0; Line = @('UserId') }
        @{ Name = 'a user that failed'; Code = 1; Line = 'UserId', 'adele@contoso.com', 'none@contoso.com' }
        @{ Name = '256 users that failed'; Code = 1; Line = @('UserId') + (1..256 | ForEach-Object { "user$_@contoso.com" }) }
        @{ Name = 'a user that needs a person'; Code = 1; Line = 'UserId', 'adele@contoso.com', 'diego@contoso.com'; Before = '$PSDefaultParameterValues.Clear()' }
        @{ Name = 'another delimiter'; Code = 1; Line = 'UserId;Name', 'adele@contoso.com;Adele' }
        @{ Name = 'a row that is no user'; Code = 1; Line = 'UserId', 'adele@contoso.com', 'me' }
        @{ Name = 'a file that is not there'; Code = 1; Line = @() }
        @{ Name = 'no token'; Code = 1; Line = 'UserId', 'adele@contoso.com'; Before = '$token = $null' }
        @{ Name = 'an expired token'; Code = 1; Line = 'UserId', 'adele@contoso.com', 'diego@contoso.com'; Token = 'expired-token' }
        @{ Name = 'approval to be waited for'; Code = 1; Line = 'UserId', 'adele@contoso.com'; Token = 'approval-token'; Before = '$PSDefaultParameterValues["Remove-GraphAllUserDevice:Justification"] = "ticket 4711"' }
        @{ Name = 'errors that are silenced'; Code = 1; Line = 'UserId', 'none@contoso.com'; Before = '$PSDefaultParameterValues["Remove-GraphAllUserDevice:ErrorAction"] = "SilentlyContinue"' }
    ) {
        foreach ($asCommand in $false, $true) {
            $more = @{ Line = $Line }
            if ($_.ContainsKey('Token')) { $more.Token = $_.Token }
            if ($_.ContainsKey('Before')) { $more.Before = $_.Before }
            $ran = Invoke-Recipe @more -AsCommand:$asCommand
            $ran.ExitCode | Should -Be $Code -Because "$Name, as a command: $asCommand`n$($ran.Text)"
        }
    }

    It 'go on with the journal the next time, and then end with 0' {
        $ran = Invoke-Recipe -Line 'UserId', 'adele@contoso.com', 'none@contoso.com'
        $ran.ExitCode | Should -Be 1
        $ran.Text | Should -Match '1 of 2 users are not done: 1 failed\. To go on'
        $null = Invoke-Management users @{ userPrincipalName = 'none@contoso.com'; devices = @(@{ deviceName = 'LATE'; operatingSystem = 'iOS' }) }
        $script = Join-Path $TestDrive 'script.ps1'
        $again = Invoke-TestProcess -Folder $TestDrive -NoModule -Script ([IO.File]::ReadAllText($script))
        $again.ExitCode | Should -Be 0 -Because $again.Text
        @((Get-ActionCount).Values) | Should -Be @(1, 1)
    }

    It 'end with 1 for an answer that was lost' {
        Set-TestFault @{ match = 'removeAll'; reset = 'after'; times = 100 }
        (Invoke-Recipe -Line 'UserId', 'adele@contoso.com' -Before '$PSDefaultParameterValues["Remove-GraphAllUserDevice:TimeoutSec"] = 1').ExitCode | Should -Be 1
    }
}

Describe 'examples/retire.ps1' {
    BeforeEach { Reset-TestEmulator }

    It 'ends with <Code> for <Name>' -ForEach @(
        @{ Name = 'an accepted user'; Code = 0; User = 'adele@contoso.com'; Token = 'demo-token'; Says = 'accepted: adele@contoso.com' }
        @{ Name = 'a user that failed'; Code = 1; User = 'none@contoso.com'; Token = 'demo-token'; Says = 'user_not_found: ' }
        @{ Name = 'a text that is no user'; Code = 1; User = 'me'; Token = 'demo-token'; Says = 'UserNotNamed: ' }
        @{ Name = 'a refused token'; Code = 1; User = 'adele@contoso.com'; Token = 'expired-token'; Says = 'unauthenticated: ' }
        @{ Name = 'no token'; Code = 1; User = 'adele@contoso.com'; Token = ''; Says = ':' }
        @{ Name = 'no module'; Code = 1; User = 'adele@contoso.com'; Token = 'demo-token'; Says = ':'; Modules = '/nowhere' }
    ) {
        $example = Join-Path $PSScriptRoot '../../bindings/powershell/examples/retire.ps1'
        $modules = if ($_.ContainsKey('Modules')) { $_.Modules } else { Split-Path (Split-Path $ModuleFolder) }
        foreach ($asCommand in $false, $true) {
            $ran = Invoke-TestProcess -Folder $TestDrive -NoModule -AsCommand:$asCommand -Script "& '$example' '$User'; exit `$LASTEXITCODE" -Environment @{ GRAPH_TOKEN = $Token; PSModulePath = $modules }
            $ran.ExitCode | Should -Be $Code -Because $ran.Text
            $ran.Text | Should -BeLike "*$Says*"
        }
    }
}
