# Invoke-GraphRetire.ps1: the library by P/Invoke, without the module.

BeforeAll {
    . (Join-Path $PSScriptRoot 'TestHelpers.ps1')
    Start-TestEmulator
    $Retire = @(Get-ChildItem -LiteralPath (Join-Path $ModuleFolder 'native') -Recurse -Filter 'Invoke-GraphRetire.ps1')[0].FullName

    function Invoke-Retire {
        param([string]$Arguments, [string]$Token = 'demo-token', [string]$Answer = '', [string]$Path = $Retire)

        Invoke-TestProcess -Folder $TestDrive -NoModule -Answer $Answer -Environment @{ GRAPH_TOKEN = $Token } -Script "& '$Path' $Arguments; exit `$LASTEXITCODE"
    }
}

Describe 'Invoke-GraphRetire.ps1' {
    BeforeEach { Reset-TestEmulator }

    It 'ends with <Code> for <Name>' -ForEach @(
        @{ Name = 'an accepted user'; Code = 0; User = 'adele@contoso.com'; Token = 'demo-token'; Text = 'accepted: adele@contoso.com' }
        @{ Name = 'a user that is unknown'; Code = 1; User = 'none@contoso.com'; Token = 'demo-token'; Text = 'user_not_found: ' }
        @{ Name = 'a text that is no user'; Code = 1; User = 'me'; Token = 'demo-token'; Text = 'invalid_argument: ' }
        @{ Name = 'a refused token'; Code = 1; User = 'adele@contoso.com'; Token = 'expired-token'; Text = 'unauthenticated: ' }
    ) {
        $ran = Invoke-Retire "'$User' -Confirm:`$false" -Token $Token
        $ran.ExitCode | Should -Be $Code -Because $ran.Text
        $ran.Text | Should -BeLike "*$Text*"
        $ran.Text | Should -Not -Match 'demo-token|expired-token'
    }

    It 'retires the devices of that user' {
        $null = Invoke-Retire "$Diego -Confirm:`$false"
        @(Get-SentUser) | Should -Be @($Diego)
        @((Get-ActionCount).Values) | Should -Be @(1)
    }

    It 'sends nothing with -WhatIf, and ends with 0' {
        $ran = Invoke-Retire 'adele@contoso.com -WhatIf'
        $ran.ExitCode | Should -Be 0
        $ran.Text | Should -BeLike '*What if: *Retire every Intune-managed device*adele@contoso.com*'
        @(Get-SentRequest).Count | Should -Be 0
    }

    It 'asks first' {
        (Invoke-Retire 'adele@contoso.com' -Answer "n`n").ExitCode | Should -Be 0
        @(Get-SentRequest).Count | Should -Be 0
        (Invoke-Retire 'adele@contoso.com' -Answer "y`n").ExitCode | Should -Be 0
        @(Get-SentRequest).Count | Should -Be 1
    }

    It 'ends with 1 where no one can answer' {
        (Invoke-Retire 'adele@contoso.com').ExitCode | Should -Be 1
        @(Get-SentRequest).Count | Should -Be 0
    }

    It 'takes a SecureString' {
        $ran = Invoke-TestProcess -Folder $TestDrive -Script "& '$Retire' $Diego -AccessToken `$token -Confirm:`$false; exit `$LASTEXITCODE"
        $ran.ExitCode | Should -Be 0 -Because $ran.Text
        @(Get-SentUser) | Should -Be @($Diego)
    }

    It 'uses the endpoint that the script before it set' {
        $ran = Invoke-TestProcess -Folder $TestDrive -NoModule -Environment @{ GRAPH_TOKEN = 'demo-token'; GRAPH_DEVICES_ENDPOINT = 'http://127.0.0.1:1' } -Script "`$env:GRAPH_DEVICES_ENDPOINT = '$env:GRAPH_DEVICES_ENDPOINT'; & '$Retire' $Diego -Confirm:`$false; exit `$LASTEXITCODE"
        $ran.ExitCode | Should -Be 0 -Because $ran.Text
        @(Get-SentUser) | Should -Be @($Diego)
    }

    It 'refuses an endpoint elsewhere' {
        $ran = Invoke-TestProcess -Folder $TestDrive -NoModule -Environment @{ GRAPH_TOKEN = 'demo-token'; GRAPH_DEVICES_ENDPOINT = 'https://evil.example' } -Script "& '$Retire' $Diego -Confirm:`$false; exit `$LASTEXITCODE"
        $ran.ExitCode | Should -Be 1
        $ran.Text | Should -Match 'invalid_argument'
    }

    It 'names the library that is missing' {
        $alone = Join-Path $TestDrive 'Invoke-GraphRetire.ps1'
        Copy-Item -LiteralPath $Retire -Destination $alone
        $ran = Invoke-Retire 'adele@contoso.com -Confirm:$false' -Path $alone
        $ran.ExitCode | Should -Be 1
        $ran.Text | Should -Match 'The library is missing'
    }
}
