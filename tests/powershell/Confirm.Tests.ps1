BeforeAll {
    . (Join-Path $PSScriptRoot 'TestHelpers.ps1')
    Import-Module $Manifest -Force
    Start-TestEmulator
    $Call = @{ AccessToken = New-TestToken; WarningAction = 'SilentlyContinue' }

    # A function of another module, with a -WhatIf and -Confirm of its own that it does not pass on.
    $Wrapper = New-Module -Name LeaverTools -ScriptBlock {
        function Remove-Leaver {
            [CmdletBinding(SupportsShouldProcess = $true)]
            param([string]$Name, [object]$Token, [switch]$Force)
            Remove-GraphAllUserDevice -UserId $Name -AccessToken $Token -Force:$Force
        }
    }
    Import-Module $Wrapper -Force
}

AfterAll { Remove-Module LeaverTools }

Describe '-WhatIf' {
    BeforeEach { Reset-TestEmulator }

    It 'sends nothing and says for each user what would be done' {
        $told = Invoke-TestProcess -Folder $TestDrive -Script "'adele@contoso.com', 'diego@contoso.com' | Remove-GraphAllUserDevice -AccessToken `$token -WhatIf"
        $told.Text | Should -Match 'What if: Retire every Intune-managed device of adele@contoso\.com'
        $told.Text | Should -Match 'What if: Retire every Intune-managed device of diego@contoso\.com'
        @(Get-SentRequest).Count | Should -Be 0
    }

    It 'is stronger than -Force and -Confirm:$false' {
        Remove-GraphAllUserDevice $Adele @Call -Force -WhatIf | Should -BeNullOrEmpty
        Remove-GraphAllUserDevice $Adele @Call -Confirm:$false -WhatIf | Should -BeNullOrEmpty
        @(Get-SentRequest).Count | Should -Be 0
    }

    It 'of the caller counts: <Name>' -ForEach @(
        @{ Name = 'a preference in the script'; Script = { $WhatIfPreference = $true; Remove-GraphAllUserDevice $Adele @Call -Force } }
        @{ Name = 'a preference and -Confirm:$false'; Script = { $WhatIfPreference = $true; Remove-GraphAllUserDevice $Adele @Call -Confirm:$false } }
        @{ Name = 'a wrapper in another module'; Script = { Remove-Leaver $Adele $Call.AccessToken -WhatIf } }
        @{ Name = 'a wrapper that forces'; Script = { Remove-Leaver $Adele $Call.AccessToken -Force -WhatIf } }
        @{ Name = 'a function in the script under a preference'; Script = { function Remove-Mine { Remove-GraphAllUserDevice $Adele @Call -Force }; $WhatIfPreference = $true; Remove-Mine } }
    ) {
        & $Script | Should -BeNullOrEmpty
        @(Get-SentRequest).Count | Should -Be 0
    }

    It 'of the caller gives way to -WhatIf:$false' {
        $WhatIfPreference = $true
        (Remove-GraphAllUserDevice $Adele @Call -Force -WhatIf:$false).Outcome | Should -Be 'accepted'
    }
}

Describe 'The question' {
    BeforeEach { Reset-TestEmulator }

    It 'is one for all, and <Answer> means <Sent> requests' -ForEach @(
        @{ Answer = 'n'; Sent = 0 }
        @{ Answer = 'l'; Sent = 0 }
        @{ Answer = 'y'; Sent = 3 }
        @{ Answer = 'a'; Sent = 3 }
    ) {
        $script = "'adele@contoso.com', 'diego@contoso.com', 'lee@contoso.com' | Remove-GraphAllUserDevice -AccessToken `$token | ForEach-Object { `"`$(`$_.UserId) is `$(`$_.Outcome)`" }"
        $told = Invoke-TestProcess -Folder $TestDrive -Script $script -Answer "$Answer`n"
        [regex]::Matches($told.Text, 'Retire every Intune-managed device of 3 users\?').Count | Should -Be 1
        [regex]::Matches($told.Text, 'is accepted').Count | Should -Be $Sent
        @(Get-SentRequest).Count | Should -Be $Sent
    }

    It 'names a single user' {
        $told = Invoke-TestProcess -Folder $TestDrive -Script "Remove-GraphAllUserDevice adele@contoso.com -AccessToken `$token" -Answer "n`n"
        $told.Text | Should -Match 'Retire every Intune-managed device of adele@contoso\.com\?'
    }

    It 'is not asked with <Name>' -ForEach @(
        @{ Name = '-Force'; Script = { Remove-GraphAllUserDevice $Adele @Call -Force } }
        @{ Name = '-Confirm:$false'; Script = { Remove-GraphAllUserDevice $Adele @Call -Confirm:$false } }
        @{ Name = 'a ConfirmPreference of None'; Script = { $ConfirmPreference = 'None'; Remove-GraphAllUserDevice $Adele @Call } }
        @{ Name = 'the -Confirm:$false of a wrapper'; Script = { Remove-Leaver $Adele $Call.AccessToken -Confirm:$false } }
    ) {
        (& $Script).Outcome | Should -Be 'accepted'
    }

    It 'that nobody can answer is one own error before anything is sent' {
        $shell = New-TestPowerShell "try { '$Adele', '$Diego' | Remove-GraphAllUserDevice -AccessToken `$Token } catch { `$_ }"
        $record = @($shell.Invoke())[0]
        $shell.Dispose()
        $record.FullyQualifiedErrorId | Should -Be 'ConfirmationImpossible,Remove-GraphAllUserDevice'
        "$record" | Should -BeLike '*-Confirm:$false or -Force*Nothing was sent.'
        @(Get-SentRequest).Count | Should -Be 0
    }

    It 'is an error where the input has ended' {
        $told = Invoke-TestProcess -Folder $TestDrive -Script "try { Remove-GraphAllUserDevice adele@contoso.com -AccessToken `$token } catch { `"caught `$(`$_.FullyQualifiedErrorId)`" }"
        $told.Text | Should -Match 'caught ConfirmationImpossible,Remove-GraphAllUserDevice'
        @(Get-SentRequest).Count | Should -Be 0
    }
}
