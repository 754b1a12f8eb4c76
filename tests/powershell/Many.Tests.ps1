# Many users: devices, plan, journal, resume, limits, status. See about_GraphDevices_ManyUsers.

BeforeAll {
    . (Join-Path $PSScriptRoot 'TestHelpers.ps1')
    Import-Module $Manifest -Force
    Start-TestEmulator
    $Token = @{ AccessToken = New-TestToken; WarningAction = 'SilentlyContinue' }
    $Call = $Token + @{ Force = $true; ErrorAction = 'SilentlyContinue' }
    $Obrien = "o'brien@contoso.com"
    function New-Path { Join-Path $TestDrive "$([guid]::NewGuid().ToString('N')).jsonl" }
}

Describe 'Get-GraphUserManagedDevice' {
    BeforeEach { Reset-TestEmulator }

    It 'lists the devices with their warnings' {
        $found = @(Get-GraphUserManagedDevice adele@contoso.com @Token)
        $found.Count | Should -Be 2
        $found[0].PSObject.TypeNames[0] | Should -Be 'GraphDevices.ManagedDevice'
        $found[0].Name | Should -Be 'ADELE-LAPTOP'
        $found[0].WarningCode | Should -Be 'entra_joined_windows'
        $found[0].RequestedUserId | Should -Be 'adele@contoso.com'
        ($found | Out-String -Width 160) | Should -Match 'Name\s+OperatingSystem\s+OwnerType\s+State\s+WarningCode\s+UserPrincipalName'
        foreach ($cell in $found[0].PSObject.Properties) {
            $null -eq $cell.Value -or $cell.Value -is [string] -or $cell.Value -is [ValueType] | Should -BeTrue -Because "$($cell.Name) is flat"
        }
        @(Get-SentRequest).Count | Should -Be 0
    }

    It 'reads the others where one user is unknown' {
        $found = @('none@contoso.com', 'adele@contoso.com', 'diego@contoso.com' | Get-GraphUserManagedDevice @Token -ErrorAction SilentlyContinue -ErrorVariable problems)
        $found.Count | Should -Be 3
        @($problems).Count | Should -Be 1
        $problems[0].FullyQualifiedErrorId | Should -Be 'user_not_found,Get-GraphUserManagedDevice'
        $problems[0].TargetObject | Should -Be 'none@contoso.com'
    }

    It 'ends where the permission is missing' {
        { Get-GraphUserManagedDevice $Adele -AccessToken (New-TestToken 'no-read-token') } | Should -Throw -ExpectedMessage '*DeviceManagementManagedDevices.Read.All*'
    }

    It 'returns what Remove-GraphAllUserDevice refuses' {
        { Get-GraphUserManagedDevice $Diego @Token | Remove-GraphAllUserDevice @Call } | Should -Throw -ExpectedMessage '*it is a device (SerialNumber)*'
        @(Get-SentRequest).Count | Should -Be 0
    }
}

Describe 'A blocking warning' {
    BeforeEach { Reset-TestEmulator }

    It 'keeps a user from being sent until it is accepted by name' {
        (Remove-GraphAllUserDevice $Adele @Call).Reason | Should -Be 'needs_consent'
        @(Get-SentRequest).Count | Should -Be 0
        (Remove-GraphAllUserDevice $Adele @Call -AcceptWarning entra_joined_windows).Outcome | Should -Be 'accepted'
        @(Get-SentRequest).Count | Should -Be 1
    }
}

Describe 'Without the permission to read' {
    It 'the run goes on and says so once' {
        Reset-TestEmulator
        $found = @($Adele, $Diego | Remove-GraphAllUserDevice -AccessToken (New-TestToken 'no-read-token') -Force -WarningVariable warnings -WarningAction SilentlyContinue)
        @($found | Where-Object { $_.Outcome -eq 'accepted' }).Count | Should -Be 2
        @($warnings | Where-Object { "$_" -match 'DeviceManagementManagedDevices\.Read\.All' }).Count | Should -Be 1
    }
}

Describe 'A journal' {
    BeforeEach { Reset-TestEmulator }

    It 'is advised for more than one user' {
        $null = $Diego, $Lee | Remove-GraphAllUserDevice -AccessToken (New-TestToken) -Force -WarningVariable warnings -WarningAction SilentlyContinue
        "$warnings" | Should -Match 'no journal.*-JournalPath'
        $null = Remove-GraphAllUserDevice $Diego -AccessToken (New-TestToken) -Force -WarningVariable warnings -WarningAction SilentlyContinue
        "$warnings" | Should -Not -Match 'no journal'
    }

    It 'and a plan lie in $PWD, which need not be the folder of the process' {
        $folder = (New-Item -ItemType Directory -Path (Join-Path $TestDrive ([guid]::NewGuid().ToString('N')))).FullName
        Push-Location $folder
        try {
            $null = New-GraphUserDeviceRemovalPlan $Diego -PlanPath here-plan.jsonl @Token
            $null = Remove-GraphAllUserDevice $Diego @Call -JournalPath here-run.jsonl -PlanPath here-plan.jsonl
            @(Get-GraphUserDeviceRemovalStatus here-run.jsonl @Token).Count | Should -Be 1
        }
        finally { Pop-Location }
        @(Get-ChildItem -LiteralPath $folder | ForEach-Object Name | Sort-Object) | Should -Be @('here-plan.jsonl', 'here-run.jsonl')
        [IO.File]::Exists((Join-Path ([Environment]::CurrentDirectory) 'here-run.jsonl')) | Should -BeFalse
    }

    It 'that exists is refused without -Resume' {
        $file = New-Path
        $null = Remove-GraphAllUserDevice $Diego @Call -JournalPath $file
        { Remove-GraphAllUserDevice $Diego @Call -JournalPath $file } | Should -Throw -ExpectedMessage '*exists*same users and options again with -Resume*'
        @(Get-SentRequest).Count | Should -Be 1
    }

    It 'is resumed without sending a user twice' {
        $file = New-Path
        $null = Remove-GraphAllUserDevice $Diego @Call -JournalPath $file
        $found = Remove-GraphAllUserDevice $Diego @Call -JournalPath $file -Resume -ErrorAction Stop
        $found.Reason | Should -Be 'done_before'
        @(Get-SentRequest).Count | Should -Be 1
    }

    It 'stands in each result, and names the machine and the reason' {
        $file = New-Path
        (Remove-GraphAllUserDevice $Diego @Call -JournalPath $file -Justification 'ticket 4711').JournalPath | Should -Be $file
        $run = @(Get-JournalLine $file run)[0]
        "$($run | ConvertTo-Json)" | Should -Match ([regex]::Escape([Environment]::MachineName))
        "$($run | ConvertTo-Json)" | Should -Match 'ticket 4711'
    }

    It 'holds no token' {
        $file = New-Path
        $null = $Adele, $Diego | Remove-GraphAllUserDevice @Call -JournalPath $file
        [IO.File]::ReadAllText($file) | Should -Not -Match 'demo-token'
    }
}

Describe 'A plan' {
    BeforeEach { Reset-TestEmulator }

    It 'shows what a run would do, and writes its file' {
        $file = New-Path
        $found = @('adele@contoso.com', 'diego@contoso.com', 'lee@contoso.com' | New-GraphUserDeviceRemovalPlan -PlanPath $file @Token)
        @($found | Sort-Object UserId | ForEach-Object { "$($_.Outcome) $($_.Reason)" }) | Should -Be @('skipped needs_consent', 'skipped preview', 'skipped nothing_listed')
        @($found | Where-Object UserId -eq 'diego@contoso.com')[0].Device | Should -Be 'diego_AndroidForWork (Android, managed)'
        @(Get-SentRequest).Count | Should -Be 0
        [IO.File]::Exists($file) | Should -BeTrue
    }

    It 'is not written with -WhatIf' {
        $file = New-Path
        New-GraphUserDeviceRemovalPlan $Diego -PlanPath $file @Token -WhatIf | Should -BeNullOrEmpty
        [IO.File]::Exists($file) | Should -BeFalse
        @(Invoke-Management reads).Count | Should -Be 0
    }

    It 'names a user that could not be read' {
        $found = @('none@contoso.com', $Diego | New-GraphUserDeviceRemovalPlan -PlanPath (New-Path) @Token -ErrorAction SilentlyContinue -ErrorVariable problems)
        $found.Count | Should -Be 2
        @($problems | ForEach-Object { $_.FullyQualifiedErrorId }) | Should -Contain 'user_not_found,New-GraphUserDeviceRemovalPlan'
    }

    It 'binds a run: a device that was enrolled since is left alone' {
        $file = New-Path
        $null = $Diego, $Obrien | New-GraphUserDeviceRemovalPlan -PlanPath $file @Token
        $null = Invoke-Management "users/$Diego/devices" @{ deviceName = 'NEW-PHONE'; operatingSystem = 'iOS' }
        $found = @($Diego, $Obrien | Remove-GraphAllUserDevice @Call -PlanPath $file -AcceptWarning entra_joined_windows)
        @($found | Where-Object UserId -eq $Diego)[0].Reason | Should -Be 'new_device'
        @($found | Where-Object UserId -eq $Obrien)[0].Outcome | Should -Be 'accepted'
        @(Get-SentRequest).Count | Should -Be 1
    }
}

Describe 'A limit' {
    BeforeEach { Reset-TestEmulator }

    It 'of users keeps all from being sent' {
        { $Adele, $Diego, $Lee | Remove-GraphAllUserDevice @Call -MaxUsers 2 } | Should -Throw -ExpectedMessage '*limit of 2*'
        @(Get-SentRequest).Count | Should -Be 0
    }

    It 'of devices leaves the user alone' {
        (Remove-GraphAllUserDevice $Adele @Call -MaxDevicesPerUser 1).Reason | Should -Be 'too_many_devices'
        @(Get-SentRequest).Count | Should -Be 0
    }

    It 'of writes sets the pace' {
        $users = Reset-ManyUser 6
        $clock = [Diagnostics.Stopwatch]::StartNew()
        $null = $users | Remove-GraphAllUserDevice @Call -WriteQuota 3 -WriteQuotaSec 2
        $clock.Elapsed.TotalSeconds | Should -BeGreaterThan 1.9
    }

    It 'of requests at once is kept' {
        $users = Reset-ManyUser 12
        $null = Invoke-Management hold @{ match = 'removeAll' }
        $shell = New-TestPowerShell "`$input | Remove-GraphAllUserDevice -AccessToken `$Token -Force -AcceptWarning entra_joined_windows -ThrottleLimit 3"
        $null = $shell.BeginInvoke([Management.Automation.PSDataCollection[object]]$users)
        # One user is sent alone until the first is accepted.
        $null = Invoke-RestMethod -Uri "$env:GRAPH_DEVICES_ENDPOINT/_emulator/wait?held=1&seconds=60"
        $null = Invoke-Management release @{ hold = @{ match = 'removeAll' } }
        $null = Invoke-RestMethod -Uri "$env:GRAPH_DEVICES_ENDPOINT/_emulator/wait?held=3&seconds=60"
        (Invoke-RestMethod -Uri "$env:GRAPH_DEVICES_ENDPOINT/_emulator/wait?held=4&seconds=1").reached | Should -BeFalse
        $null = Invoke-RestMethod -Uri "$env:GRAPH_DEVICES_ENDPOINT/_emulator/hold" -Method Delete
        $null = Invoke-Management release $null
        $shell.Stop()
        $shell.Dispose()
    }
}

Describe 'Exclusions' {
    BeforeEach { Reset-TestEmulator }

    It 'protect a user under either form: <Name>' -ForEach @(
        @{ Name = 'an object id against a name'; Given = 'diego@contoso.com'; Out = '10000000-0000-4000-8000-000000000002' }
        @{ Name = 'a name against an object id'; Given = '10000000-0000-4000-8000-000000000002'; Out = 'diego@contoso.com' }
        @{ Name = 'a row'; Given = 'diego@contoso.com'; Out = [pscustomobject]@{ UserPrincipalName = 'diego@contoso.com' } }
    ) {
        (Remove-GraphAllUserDevice $Given @Call -Exclude $Out).Reason | Should -Be 'excluded'
        @(Get-SentRequest).Count | Should -Be 0
    }

    It 'that name no user are refused' {
        { Remove-GraphAllUserDevice $Diego @Call -Exclude 'me' } | Should -Throw -ExpectedMessage '-Exclude: Row 1:*Nothing was sent.'
    }
}

Describe 'The same person' {
    It 'by name and by object id is sent once' {
        Reset-TestEmulator
        $null = 'diego@contoso.com', $Diego | Remove-GraphAllUserDevice @Call
        @(Get-SentRequest).Count | Should -Be 1
    }
}

Describe 'Many users' {
    It 'are sent 16 at once' {
        $users = Reset-ManyUser 40
        Set-TestFault @{ match = 'removeAll'; delay_ms = 300; times = 40 }
        $clock = [Diagnostics.Stopwatch]::StartNew()
        $found = @($users | Remove-GraphAllUserDevice @Call)
        @($found | Where-Object { $_.Outcome -eq 'accepted' }).Count | Should -Be 40
        # One after the other takes 12 seconds.
        $clock.Elapsed.TotalSeconds | Should -BeLessThan 9
    }

    It 'become a CSV file and come back' {
        Reset-TestEmulator
        $file = Join-Path $TestDrive 'results.csv'
        'adele@contoso.com', 'diego@contoso.com' | Remove-GraphAllUserDevice @Call | Export-Csv $file -NoTypeInformation
        $rows = @(Import-Csv $file)
        @($rows | Sort-Object UserId | ForEach-Object { $_.Reason + $_.Outcome }) | Should -Be @('needs_consentskipped', 'accepted')
        @(Import-Csv $file | Remove-GraphAllUserDevice @Call -AcceptWarning entra_joined_windows).Count | Should -Be 2
    }
}

Describe 'Get-GraphUserDeviceRemovalStatus' {
    BeforeEach { Reset-TestEmulator }

    It 'shows what became of the devices: <Form>' -ForEach @(
        @{ Form = 'a path' }, @{ Form = 'a file' }, @{ Form = 'results' }
    ) {
        $file = New-Path
        $results = @('diego@contoso.com', $Lee | Remove-GraphAllUserDevice @Call -JournalPath $file)
        $given = switch ($Form) { 'a path' { , $file } 'a file' { , (Get-Item -LiteralPath $file) } default { $results } }
        $found = @($given | Get-GraphUserDeviceRemovalStatus @Token | Where-Object DeviceName)
        $found.Count | Should -Be 1
        $found[0].PSObject.TypeNames[0] | Should -Be 'GraphDevices.RemovalStatus'
        "$($found[0].DeviceName) $($found[0].Verdict) $($found[0].State)" | Should -Be 'diego_AndroidForWork pending retireIssued'
        $found[0].Since | Should -Match '^\d{4}-'
        $null = Invoke-RestMethod -Uri "$env:GRAPH_DEVICES_ENDPOINT/_emulator/devices/$($found[0].DeviceId)" -Method Delete
        @($given | Get-GraphUserDeviceRemovalStatus @Token | Where-Object DeviceName)[0].Verdict | Should -Be 'gone'
        @($given | Get-GraphUserDeviceRemovalStatus @Token -PendingOnly | Where-Object DeviceName) | Should -BeNullOrEmpty
    }

    It 'is shown as a table' {
        $file = New-Path
        $null = Remove-GraphAllUserDevice $Diego @Call -JournalPath $file
        (Get-GraphUserDeviceRemovalStatus $file @Token | Out-String -Width 160) | Should -Match 'UserId\s+DeviceName\s+Verdict\s+State\s+Since'
    }

    It 'names objects without a journal, and reads the others' {
        $file = New-Path
        $results = @(Remove-GraphAllUserDevice $Diego @Call) + @(Remove-GraphAllUserDevice $Diego @Call -JournalPath $file)
        $found = @($results | Get-GraphUserDeviceRemovalStatus @Token -ErrorAction SilentlyContinue -ErrorVariable problems)
        $found.Count | Should -Be 1
        $problems[0].FullyQualifiedErrorId | Should -Be 'JournalNotNamed,Get-GraphUserDeviceRemovalStatus'
    }

    It 'names a journal that is not there, and reads the others' {
        $file = New-Path
        $null = Remove-GraphAllUserDevice $Diego @Call -JournalPath $file
        $found = @((New-Path), $file | Get-GraphUserDeviceRemovalStatus @Token -ErrorAction SilentlyContinue -ErrorVariable problems)
        $found.Count | Should -Be 1
        @($problems | ForEach-Object { $_.FullyQualifiedErrorId }) | Should -Contain 'journal,Get-GraphUserDeviceRemovalStatus'
    }

    It 'passes a break of the caller on' {
        $files = 1..2 | ForEach-Object { $file = New-Path; $null = Remove-GraphAllUserDevice $Diego @Call -JournalPath $file; $file }
        $rounds = 0
        foreach ($round in 1, 2) {
            $rounds++
            $files | Get-GraphUserDeviceRemovalStatus @Token | ForEach-Object { break }
        }
        $rounds | Should -Be 1
    }
}
