BeforeAll {
    . (Join-Path $PSScriptRoot 'TestHelpers.ps1')
    Import-Module $Manifest -Force
    Start-TestEmulator
    $Call = @{ AccessToken = New-TestToken; AcceptWarning = 'entra_joined_windows'; WarningAction = 'SilentlyContinue' }

    # A function of another module, with a -WhatIf and -Confirm of its own that it does not pass on.
    $Wrapper = New-Module -Name LeaverTools -ScriptBlock {
        function Remove-Leaver {
            [CmdletBinding(SupportsShouldProcess = $true)]
            param([string]$Name, [object]$Token, [switch]$Force)
            Remove-GraphAllUserDevice -UserId $Name -AccessToken $Token -Force:$Force -AcceptWarning entra_joined_windows
        }
    }
    Import-Module $Wrapper -Force
}

AfterAll { Remove-Module LeaverTools }

Describe '-WhatIf' {
    BeforeEach { Reset-TestEmulator }

    It 'reads and names devices, sends nothing and writes nothing' {
        $script = "'adele@contoso.com', 'diego@contoso.com', 'lee@contoso.com', 'none@contoso.com' | Remove-GraphAllUserDevice -AccessToken `$token -JournalPath journal.jsonl -WhatIf"
        $ran = Invoke-TestProcess -Folder $TestDrive -Script "Set-Location '$TestDrive'; $script"
        $ran.Text | Should -Match 'What if: Leave adele@contoso\.com alone: skipped needs_consent entra_joined_windows'
        $ran.Text | Should -Match 'What if: Retire diego_AndroidForWork \(Android, managed\) of diego@contoso\.com'
        $ran.Text | Should -Match 'What if: Leave lee@contoso\.com alone: skipped nothing_listed'
        $ran.Text | Should -Match 'What if: Leave none@contoso\.com alone: failed user_not_found'
        @(Get-SentRequest).Count | Should -Be 0
        @(Invoke-Management reads).Count | Should -BeGreaterThan 0
        @(Get-ChildItem -LiteralPath $TestDrive -Filter 'journal*').Count | Should -Be 0
    }

    It 'names the users, with one warning, where the devices cannot be read' {
        $ran = Invoke-TestProcess -Folder $TestDrive -Environment @{ TEST_TOKEN = 'no-read-token' } -Script "'adele@contoso.com', 'diego@contoso.com' | Remove-GraphAllUserDevice -AccessToken `$token -WhatIf"
        [regex]::Matches($ran.Text, 'WARNING: The devices cannot be read').Count | Should -Be 1
        $ran.Text | Should -Match 'What if: Retire every Intune-managed device of adele@contoso\.com'
        $ran.Text | Should -Match 'What if: Retire every Intune-managed device of diego@contoso\.com'
    }

    It 'refuses a journal that exists, as the run would' {
        $file = Join-Path $TestDrive 'taken.jsonl'
        [IO.File]::WriteAllText($file, 'x')
        { Remove-GraphAllUserDevice $Adele @Call -JournalPath $file -WhatIf } | Should -Throw -ExpectedMessage '*exists*-Resume*'
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
        @{ Answer = 'y'; Sent = 2 }
        @{ Answer = 'a'; Sent = 2 }
    ) {
        $script = "'adele@contoso.com', 'diego@contoso.com', 'lee@contoso.com' | Remove-GraphAllUserDevice -AccessToken `$token -AcceptWarning entra_joined_windows -JournalPath '$TestDrive/asked.jsonl' | ForEach-Object { `"`$(`$_.UserId) is `$(`$_.Outcome)`" }"
        Remove-Item "$TestDrive/asked.jsonl*" -ErrorAction Ignore
        $ran = Invoke-TestProcess -Folder $TestDrive -Script $script -Answer "$Answer`n"
        [regex]::Matches($ran.Text, 'Retire 3 devices of 2 users\? 1 user is left alone \(nothing_listed: 1\)\.').Count | Should -Be 1
        [regex]::Matches($ran.Text, 'is accepted').Count | Should -Be $Sent
        @(Get-SentRequest).Count | Should -Be $Sent
        Test-Path "$TestDrive/asked.jsonl" | Should -Be ($Sent -gt 0)
        Test-Path "$TestDrive/asked.jsonl.plan" | Should -Be ($Sent -gt 0)
    }

    It 'names a single user' {
        $ran = Invoke-TestProcess -Folder $TestDrive -Script "Remove-GraphAllUserDevice diego@contoso.com -AccessToken `$token" -Answer "n`n"
        $ran.Text | Should -Match 'Retire 1 device of diego@contoso\.com\?'
    }

    It 'counts users where the devices cannot be read' {
        $ran = Invoke-TestProcess -Folder $TestDrive -Environment @{ TEST_TOKEN = 'no-read-token' } -Script "'adele@contoso.com', 'diego@contoso.com' | Remove-GraphAllUserDevice -AccessToken `$token | ForEach-Object Outcome" -Answer "y`n"
        $ran.Text | Should -Match 'Retire every Intune-managed device of 2 users\? The devices were not read\.'
        @(Get-SentRequest).Count | Should -Be 2
    }

    It 'binds the run to what it showed: <Name>' -ForEach @(
        @{ Name = 'with a journal'; Journal = "-JournalPath '{0}'" }
        @{ Name = 'without one'; Journal = '' }
    ) {
        $file = Join-Path $TestDrive "$([guid]::NewGuid().ToString('N')).jsonl"
        $script = "'diego@contoso.com', 'o''brien@contoso.com' | Remove-GraphAllUserDevice -AccessToken `$token -AcceptWarning entra_joined_windows $($Journal -f $file) | ForEach-Object { `"`$(`$_.UserId) is `$(`$_.Outcome) `$(`$_.Reason)`" }"
        $before = @(Get-ChildItem -LiteralPath ([IO.Path]::GetTempPath()) -Filter 'graph-devices-*.plan').Count
        $started = Start-TestProcess -Folder $TestDrive -Script $script -KeepOpen
        Wait-ReadCount 4
        $null = Invoke-Management "users/$Diego/devices" @{ deviceName = 'NEW-PHONE'; operatingSystem = 'iOS' }
        $started.Process.StandardInput.WriteLine('y')
        $started.Process.StandardInput.Close()
        $ran = Complete-TestProcess $started
        $ran.Text | Should -Match 'diego@contoso\.com is skipped new_device'
        $ran.Text | Should -Match "o'brien@contoso\.com is accepted"
        @(Get-SentRequest).Count | Should -Be 1
        @(Get-ChildItem -LiteralPath ([IO.Path]::GetTempPath()) -Filter 'graph-devices-*.plan').Count | Should -Be $before
    }

    It 'that was answered binds a resumed run, too' {
        $file = Join-Path $TestDrive 'again.jsonl'
        $null = Invoke-TestProcess -Folder $TestDrive -Script "Remove-GraphAllUserDevice diego@contoso.com -AccessToken `$token -JournalPath '$file'" -Answer "y`n"
        $null = Invoke-Management "users/10000000-0000-4000-8000-000000000007/devices" @{ deviceName = 'NEW-PAD'; operatingSystem = 'iOS' }
        $found = @('diego@contoso.com', 'first.last+tag@contoso.com' | Remove-GraphAllUserDevice @Call -JournalPath $file -Resume -Force -ErrorAction SilentlyContinue)
        @($found | Sort-Object UserId | ForEach-Object Reason) | Should -Be @('done_before', 'new_device')
        @(Get-SentRequest).Count | Should -Be 1
    }

    It 'is not asked with <Name>' -ForEach @(
        @{ Name = '-Force'; Script = { Remove-GraphAllUserDevice $Adele @Call -Force } }
        @{ Name = '-Confirm:$false'; Script = { Remove-GraphAllUserDevice $Adele @Call -Confirm:$false } }
        @{ Name = 'a ConfirmPreference of None'; Script = { $ConfirmPreference = 'None'; Remove-GraphAllUserDevice $Adele @Call } }
        @{ Name = 'the -Confirm:$false of a wrapper'; Script = { Remove-Leaver $Adele $Call.AccessToken -Confirm:$false } }
    ) {
        (& $Script).Outcome | Should -Be 'accepted'
    }

    It 'that has no answer is one own error before anything is sent' {
        $shell = New-TestPowerShell "try { '$Adele', '$Diego' | Remove-GraphAllUserDevice -AccessToken `$Token } catch { `$_ }"
        $record = @($shell.Invoke())[0]
        $shell.Dispose()
        $record.FullyQualifiedErrorId | Should -Be 'ConfirmationImpossible,Remove-GraphAllUserDevice'
        "$record" | Should -BeLike '*-Force or -Confirm:$false*Nothing was sent.'
        @(Get-SentRequest).Count | Should -Be 0
    }

    It 'is an error where the input has ended' {
        $ran = Invoke-TestProcess -Folder $TestDrive -Script "try { Remove-GraphAllUserDevice adele@contoso.com -AccessToken `$token } catch { `"caught `$(`$_.FullyQualifiedErrorId)`" }"
        $ran.Text | Should -Match 'caught ConfirmationImpossible,Remove-GraphAllUserDevice'
        @(Get-SentRequest).Count | Should -Be 0
    }
}
