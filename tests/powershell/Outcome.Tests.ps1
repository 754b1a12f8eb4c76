BeforeAll {
    . (Join-Path $PSScriptRoot 'TestHelpers.ps1')
    Import-Module $Manifest -Force
    Start-TestEmulator
    $Call = @{ AccessToken = New-TestToken; AcceptWarning = 'entra_joined_windows'; ThrottleLimit = 1; Force = $true; WarningAction = 'SilentlyContinue' }
}

Describe 'An outcome' {
    BeforeEach { Reset-TestEmulator }

    It 'of an accepted user has every field' {
        $found = Remove-GraphAllUserDevice adele@contoso.com @Call
        $found.PSObject.TypeNames[0] | Should -Be 'GraphDevices.RemovalResult'
        $found.UserId | Should -Be 'adele@contoso.com'
        $found.Outcome | Should -Be 'accepted'
        $found.Status | Should -Be 'ok'
        $found.RequestId | Should -Match '^[0-9a-f-]{36}$'
        $found.ClientRequestId | Should -Match '^[0-9a-f-]{36}$'
        $found.Attempts | Should -Be 1
        $found.Date | Should -Match '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d'
        $found.Effect | Should -BeNullOrEmpty
        @((Invoke-Management state).users[0].devices | Where-Object { $_.managementState -ne 'retireIssued' }) | Should -BeNullOrEmpty
    }

    It 'of a refused user says why' {
        $found = Remove-GraphAllUserDevice none@contoso.com @Call -ErrorAction SilentlyContinue
        $found.Outcome | Should -Be 'failed'
        $found.Status | Should -Be 'user_not_found'
        $found.HttpStatus | Should -Be 404
        $found.Code | Should -Be 'Request_ResourceNotFound'
        $found.Message | Should -Not -BeNullOrEmpty
        $found.Effect | Should -Be 'none'
    }

    It 'is shown as a table' {
        $text = Remove-GraphAllUserDevice adele@contoso.com @Call | Out-String -Width 140
        $text | Should -Match 'UserId\s+Outcome\s+Reason\s+Devices\s+WarningCode'
        $text | Should -Match 'adele@contoso\.com\s+accepted\s+2\s+entra_joined_windows'
    }

    It 'stays readable as CSV and JSON' {
        $found = Remove-GraphAllUserDevice adele@contoso.com @Call
        $row = $found | ConvertTo-Csv -NoTypeInformation | ConvertFrom-Csv
        $row.Outcome | Should -Be 'accepted'
        $row.Date | Should -Be $found.Date
        $json = $found | ConvertTo-Json
        $json | Should -Match '"Outcome":\s*"accepted"'
        $json | Should -Match '"Status":\s*"ok"'
        foreach ($cell in $found.PSObject.Properties) {
            $null -eq $cell.Value -or $cell.Value -is [string] -or $cell.Value -is [ValueType] | Should -BeTrue -Because "$($cell.Name) is flat"
        }
        $row.Device | Should -Be "ADELE-LAPTOP (Windows, managed), Adele's iPhone (iOS, managed)"
    }

    It 'is no formula in the CSV file of <Name>' -ForEach @(
        @{ Name = 'the README'; File = 'README.md'; Pattern = '(?s)(\$outcomes \| ForEach-Object \{.*?\| Export-Csv )' }
        @{ Name = 'the help'; File = 'GraphDevices/Public/Remove-GraphAllUserDevice.ps1'; Pattern = '(?s)(\$outcomes \| ForEach-Object \{.*?\| Export-Csv )' }
    ) {
        $text = [IO.File]::ReadAllText((Join-Path (Join-Path $PSScriptRoot '../../bindings/powershell') $File))
        $recipe = [regex]::Match($text, $Pattern).Groups[1].Value
        $recipe | Should -Not -BeNullOrEmpty
        $outcomes = @(Remove-GraphAllUserDevice '=x@contoso.com', '+x@contoso.com', '-x@contoso.com', 'adele@contoso.com' @Call -ErrorAction SilentlyContinue)
        $outcomes += [pscustomobject]@{ UserId = '@x'; Message = "`t=1"; Code = "`r=1"; CustomEndpoint = "`n=1"; Attempts = -1 }
        $file = Join-Path $TestDrive 'outcomes.csv'
        & ([scriptblock]::Create("param(`$outcomes, `$file) Set-StrictMode -Version 3.0; $recipe `$file -NoTypeInformation")) $outcomes $file
        $rows = @(Import-Csv $file)
        @($rows | ForEach-Object { $_.UserId }) | Should -Be @("'=x@contoso.com", "'+x@contoso.com", "'-x@contoso.com", 'adele@contoso.com', "'@x")
        $rows[4].Message | Should -Be "'`t=1"
        $rows[4].Code | Should -Be "'`r=1"
        $rows[4].CustomEndpoint | Should -Be "'`n=1"
        $rows[4].Attempts | Should -Be '-1'
    }

    It 'says unknown where the answer was lost' {
        Set-TestFault @{ match = 'removeAll'; reset = 'after'; times = 100 }
        $found = Remove-GraphAllUserDevice adele@contoso.com @Call -TimeoutSec 1 -ErrorAction SilentlyContinue -ErrorVariable problems
        $found.Outcome | Should -Be 'unknown'
        $found.Effect | Should -Be 'possible'
        $problems[0].FullyQualifiedErrorId | Should -Be 'interrupted,Remove-GraphAllUserDevice'
    }
}

Describe 'Errors' {
    BeforeEach { Reset-TestEmulator }

    It 'come after all objects: one with the counts, then one for each user with an error' {
        $all = @('none@contoso.com', $Adele, 'nowhere@contoso.com' | Remove-GraphAllUserDevice @Call -ErrorAction Continue 2>&1)
        @($all | ForEach-Object { $_.GetType().Name }) | Should -Be @('PSCustomObject', 'PSCustomObject', 'PSCustomObject', 'ErrorRecord', 'ErrorRecord', 'ErrorRecord')
        $all[3].FullyQualifiedErrorId | Should -Be 'RunIncomplete,Remove-GraphAllUserDevice'
        "$($all[3])" | Should -Be '2 of 3 users are not done: 2 failed.'
        $record = $all[4]
        $record.FullyQualifiedErrorId | Should -Be 'user_not_found,Remove-GraphAllUserDevice'
        "$($record.CategoryInfo.Category)" | Should -Be 'ObjectNotFound'
        $record.TargetObject | Should -Be 'none@contoso.com'
        "$record" | Should -BeLike 'none@contoso.com: *request-id *'
        $record.Exception.HttpStatus | Should -Be 404
        $all[5].TargetObject | Should -Be 'nowhere@contoso.com'
    }

    It 'recommend nothing that their text has already' {
        $record = @(Remove-GraphAllUserDevice none@contoso.com @Call -ErrorAction Continue 2>&1)[1]
        if ($record.ErrorDetails.RecommendedAction) { "$record" | Should -Not -Match ([regex]::Escape($record.ErrorDetails.RecommendedAction)) }
        [regex]::Matches("$record", 'request-id').Count | Should -Be 1
    }

    It 'are at most 20 for single users' {
        $null = 1..30 | ForEach-Object { "user$_@contoso.com" } | Remove-GraphAllUserDevice @Call -ErrorVariable problems -ErrorAction SilentlyContinue
        $mine = @($problems | Where-Object { $_ -is [Management.Automation.ErrorRecord] -and $_.FullyQualifiedErrorId -like '*,Remove-GraphAllUserDevice' })
        $mine.Count | Should -Be 21
        "$($mine[0])" | Should -BeLike '30 of 30 users are not done: 30 failed. The first 20 errors follow*'
    }

    It 'count a user that was left alone for a reason, and name the reason of a single one' {
        $caught = $null
        try { Remove-GraphAllUserDevice $Adele -AccessToken (New-TestToken) -Force -WarningAction SilentlyContinue -ErrorAction Stop } catch { $caught = $_ }
        $caught.FullyQualifiedErrorId | Should -Be 'needs_consent,Remove-GraphAllUserDevice'
        "$caught" | Should -BeLike '*left alone (needs_consent): entra_joined_windows*'
        try { $Adele, $Diego | Remove-GraphAllUserDevice -AccessToken (New-TestToken) -Force -WarningAction SilentlyContinue -ErrorAction Stop } catch { $caught = $_ }
        "$caught" | Should -BeLike '1 of 2 users are not done: 1 needs_consent.'
    }

    It 'are none where no device is listed' {
        (Remove-GraphAllUserDevice $Lee @Call -ErrorAction Stop).Reason | Should -Be 'nothing_listed'
    }

    It 'do not abandon the rest with -ErrorAction Stop, and -OutVariable keeps the objects' {
        $kept = $null
        $caught = $null
        try { $null = 'none@contoso.com', $Adele, $Diego | Remove-GraphAllUserDevice @Call -ErrorAction Stop -OutVariable kept } catch { $caught = $_ }
        $caught.FullyQualifiedErrorId | Should -Be 'RunIncomplete,Remove-GraphAllUserDevice'
        @($kept).Count | Should -Be 3
        @(Get-SentUser) | Should -Be @($Adele, $Diego)
    }

    It 'follow the ErrorActionPreference of the caller' {
        $ErrorActionPreference = 'Stop'
        { 'none@contoso.com' | Remove-GraphAllUserDevice @Call } | Should -Throw -ExpectedMessage '*none@contoso.com*'
    }

    It 'are left out where a wrapper was called with -ErrorAction Ignore' {
        function Remove-Quietly {
            [CmdletBinding()]
            param()
            'none@contoso.com' | Remove-GraphAllUserDevice @Call
        }
        $all = @(Remove-Quietly -ErrorAction Ignore 2>&1)
        $all.Count | Should -Be 1
        $all[0].Status | Should -Be 'user_not_found'
    }

    It 'end the command where every user would meet the same: <Token>' -ForEach @(
        @{ Token = 'expired-token'; Id = 'unauthenticated'; Category = 'AuthenticationError' }
        @{ Token = 'no-scope-token'; Id = 'permission_denied'; Category = 'PermissionDenied' }
        @{ Token = 'no-role-token'; Id = 'permission_denied'; Category = 'PermissionDenied' }
        @{ Token = 'unlicensed-token'; Id = 'not_licensed'; Category = 'NotEnabled' }
    ) {
        $kept = $null
        $caught = $null
        try { $null = $Adele, $Diego, $Lee | Remove-GraphAllUserDevice -AccessToken (New-TestToken $Token) -ThrottleLimit 1 -SkipDeviceRead -Force -OutVariable kept -ErrorAction SilentlyContinue -ErrorVariable problems } catch { $caught = $_ }
        $caught.FullyQualifiedErrorId | Should -Be "$Id,Remove-GraphAllUserDevice"
        "$($caught.CategoryInfo.Category)" | Should -Be $Category
        $caught.TargetObject | Should -Be $Adele
        @($kept | ForEach-Object { $_.Outcome }) | Should -Be @('failed', 'skipped', 'skipped')
        @(Get-SentRequest).Count | Should -Be 1
    }

    It 'report Multi Admin Approval, and an approved request goes through with its code' {
        $Approval = @{ AccessToken = New-TestToken 'approval-token'; Force = $true; WarningAction = 'SilentlyContinue' }
        $caught = $null
        try { Remove-GraphAllUserDevice $Diego @Approval } catch { $caught = $_ }
        $caught.FullyQualifiedErrorId | Should -Be 'justification_required,Remove-GraphAllUserDevice'
        $kept = $null
        try { $null = $Diego, "o'brien@contoso.com" | Remove-GraphAllUserDevice @Approval -Justification 'ticket 4711' -ThrottleLimit 1 -AcceptWarning entra_joined_windows -OutVariable kept } catch { $caught = $_ }
        $caught.FullyQualifiedErrorId | Should -Be 'approval_pending,Remove-GraphAllUserDevice'
        $kept[0].Outcome | Should -Be 'awaiting_approval'
        $kept[1].Reason | Should -Be 'stopped'
        $null = Invoke-Management "approvals/$($kept[0].ApprovalCode)" @{ status = 'approved' }
        { $Diego, $Lee | Remove-GraphAllUserDevice @Approval -ApprovalCode $kept[0].ApprovalCode } | Should -Throw -ExpectedMessage '*one user*'
        (Remove-GraphAllUserDevice $Diego @Approval -ApprovalCode $kept[0].ApprovalCode).Outcome | Should -Be 'accepted'
    }

    It 'let -MaxApprovals requests wait' {
        $found = @($Diego, $Adele | Remove-GraphAllUserDevice -AcceptWarning entra_joined_windows -Force -WarningAction SilentlyContinue -MaxApprovals 5 -Justification 'ticket 4711' -AccessToken (New-TestToken 'approval-token') -ErrorAction SilentlyContinue)
        @($found | ForEach-Object Outcome) | Should -Be @('awaiting_approval', 'awaiting_approval')
    }

    It 'says why a run ended, with or without a row that does' {
        foreach ($failures in @(), @([pscustomobject]@{ Result = [pscustomobject]@{ Status = 'cancelled'; UserId = 'x'; Message = 'y' }; Error = $null })) {
            $record = InModuleScope GraphDevices -Parameters @{ Failures = $failures } {
                param($Failures)
                New-FatalError -State @{ Summary = [pscustomobject]@{ EndedBy = 'internal'; Message = 'why it ended' }; Total = 1; Done = 1 } -Failure @($Failures)
            }
            "$record" | Should -Be 'why it ended'
            $record.FullyQualifiedErrorId | Should -Be 'internal'
        }
        { $Adele, $Diego | Remove-GraphAllUserDevice -AccessToken (New-TestToken 'expired-token') -Force } | Should -Throw -ExpectedMessage '*token*'
    }

    It 'can be caught by type' {
        $status = $null
        try { Remove-GraphAllUserDevice $Adele -AccessToken (New-TestToken 'expired-token') -Force } catch [GraphDevices.GraphException] { $status = $_.Exception.Status }
        $status | Should -Be 'unauthenticated'
    }
}

Describe 'The options' {
    BeforeEach { Reset-TestEmulator }

    It 'say which cloud, by the names of Microsoft.Graph' -Skip:([bool]$env:GRAPH_DEVICES_WINE) {
        foreach ($name in 'Global', 'USGov', 'USGovDoD', 'China', 'BleuCloud', 'DelosCloud') {
            { Remove-GraphAllUserDevice $Adele -AccessToken (New-TestToken) -Environment $name -SkipDeviceRead -WhatIf } | Should -Not -Throw
        }
    }

    It 'complete the names of the clouds' {
        $completed = [Management.Automation.CommandCompletion]::CompleteInput('Remove-GraphAllUserDevice -Environment US', 41, $null)
        @($completed.CompletionMatches | ForEach-Object { $_.CompletionText }) | Should -Be @('USGov', 'USGovDoD')
    }

    It 'are refused before anything is sent: <Name>' -ForEach @(
        @{ Name = 'a cloud that is none'; Option = @{ Environment = 'Moon' } }
        @{ Name = 'a cloud without the action'; Option = @{ Environment = 'GovSGCloud' } }
        @{ Name = 'a proxy that is none'; Option = @{ Proxy = 'not a url' } }
        @{ Name = 'a certificate that is none'; Option = @{ CaCertificate = "-----BEGIN CERTIFICATE-----`nAAAA`n-----END CERTIFICATE-----" } }
    ) {
        $caught = $null
        try { Remove-GraphAllUserDevice $Adele @Call @Option } catch { $caught = $_ }
        $caught.FullyQualifiedErrorId | Should -Be 'invalid_argument,Remove-GraphAllUserDevice'
        @(Get-SentRequest).Count | Should -Be 0
    }

    It 'are refused by name and range: <Name> of <Value>' -ForEach @(
        @{ Name = 'TimeoutSec'; Value = 0 }
        @{ Name = 'TimeoutSec'; Value = -1 }
        @{ Name = 'ThrottleLimit'; Value = 65 }
        @{ Name = 'MaxUsers'; Value = 0 }
        @{ Name = 'WriteQuotaSec'; Value = 0 }
    ) {
        $more = @{ $Name = $Value }
        { Remove-GraphAllUserDevice $Adele -AccessToken (New-TestToken) -Force @more } | Should -Throw -ExpectedMessage "*'$Name'*"
    }

    It 'spell the clouds as completion does' {
        { Remove-GraphAllUserDevice $Adele @Call -Environment Mars } | Should -Throw -ExpectedMessage '*Mars* is not a cloud; choose one of Global, USGov, USGovDoD, China, BleuCloud, DelosCloud.*'
    }

    It 'exclude each other: <Name>' -ForEach @(
        @{ Name = '-Resume without a journal'; Option = @{ Resume = $true }; Id = 'ResumeWithoutJournal' }
        @{ Name = '-ApprovalCode and -Resume'; Option = @{ Resume = $true; JournalPath = 'x'; ApprovalCode = '0b1f6c1e-52f3-4b0c-8d3f-3a7f5a7d1c11' }; Id = 'ParameterConflict' }
        @{ Name = '-SkipDeviceRead and -PlanPath'; Option = @{ SkipDeviceRead = $true; PlanPath = 'x' }; Id = 'ParameterConflict' }
        @{ Name = '-SkipDeviceRead and -MaxDevicesPerUser'; Option = @{ SkipDeviceRead = $true; MaxDevicesPerUser = 3 }; Id = 'ParameterConflict' }
        @{ Name = '-Resume of no file'; Option = @{ Resume = $true; JournalPath = 'there-is-none.jsonl' }; Id = 'JournalMissing' }
    ) {
        $caught = $null
        try { Remove-GraphAllUserDevice $Adele -AccessToken { throw 'asked too early' } -Force @Option } catch { $caught = $_ }
        $caught.FullyQualifiedErrorId | Should -Be "$Id,Remove-GraphAllUserDevice"
    }

    It 'complete the warnings that can be accepted' {
        $source = [IO.File]::ReadAllText((Join-Path $PSScriptRoot '../../crates/core/src/warning.rs'))
        $blocking = @([regex]::Matches($source, '"(\w+)",\s+Severity::Blocking') | ForEach-Object { $_.Groups[1].Value } | Where-Object { $_ -ne 'several_users' })
        $blocking.Count | Should -BeGreaterThan 3
        $text = 'Remove-GraphAllUserDevice -AcceptWarning '
        $completed = [Management.Automation.CommandCompletion]::CompleteInput($text, $text.Length, $null)
        @($completed.CompletionMatches | ForEach-Object { $_.CompletionText } | Sort-Object) | Should -Be @($blocking | Sort-Object)
    }

    It 'name a certificate file that is not there' {
        { Remove-GraphAllUserDevice $Adele @Call -CaCertificate (Join-Path $TestDrive 'none.pem') } | Should -Throw -ExpectedMessage '*none.pem*'
    }

    It 'bound one attempt by -TimeoutSec' {
        Set-TestFault @{ match = 'removeAll'; hang = $true; times = 100 }
        $clock = [Diagnostics.Stopwatch]::StartNew()
        $found = Remove-GraphAllUserDevice $Adele @Call -TimeoutSec 1 -ErrorAction SilentlyContinue
        $found.Status | Should -Be 'timeout'
        $found.Outcome | Should -Be 'unknown'
        $found.Attempts | Should -BeGreaterThan 1
        $clock.Elapsed.TotalSeconds | Should -BeLessThan 60
    }

    It 'say before anything is sent that another endpoint is used' {
        $null = Remove-GraphAllUserDevice $Adele -AccessToken (New-TestToken) -WhatIf -WarningVariable warnings -WarningAction SilentlyContinue
        "$warnings" | Should -BeLike '*rehearsal: GRAPH_DEVICES_ENDPOINT names http://127.0.0.1:*'
        (Remove-GraphAllUserDevice $Adele @Call).CustomEndpoint | Should -Be $env:GRAPH_DEVICES_ENDPOINT
    }

    It 'take no endpoint from the environment but this machine: <_>' -ForEach @(
        'https://evil.example', 'http://127.0.0.1.evil.example', 'http://127.0.0.1@evil.example', 'https://graph.microsoft.com.evil.example', 'nonsense'
    ) {
        $before = $env:GRAPH_DEVICES_ENDPOINT
        $caught = $null
        try {
            $env:GRAPH_DEVICES_ENDPOINT = $_
            Remove-GraphAllUserDevice $Adele @Call
        }
        catch { $caught = $_ }
        finally { $env:GRAPH_DEVICES_ENDPOINT = $before }
        $caught.FullyQualifiedErrorId | Should -Be 'EndpointRefused,Remove-GraphAllUserDevice'
    }

    It 'trust a certificate authority given as <Form>' -Skip:([bool]$env:GRAPH_DEVICES_WINE) -ForEach @(@{ Form = 'text' }, @{ Form = 'a file' }) {
        $plain = $env:GRAPH_DEVICES_ENDPOINT
        $tls = New-TestEmulator -Tls
        try {
            $env:GRAPH_DEVICES_ENDPOINT = $tls.Endpoint
            $found = @()
            $ended = $null
            try { Remove-GraphAllUserDevice $Adele @Call | ForEach-Object { $found += $_ } }
            catch { $ended = $_ }
            $found[0].Status | Should -Be 'connection_failed'
            $ended.Exception.Message | Should -Match 'an authority that this machine does not trust'
            $ca = $tls.CaPem
            if ($Form -eq 'a file') {
                $ca = Join-Path $TestDrive 'ca.pem'
                [IO.File]::WriteAllText($ca, $tls.CaPem)
            }
            (Remove-GraphAllUserDevice $Adele @Call -CaCertificate $ca).Outcome | Should -Be 'accepted'
        }
        finally {
            $env:GRAPH_DEVICES_ENDPOINT = $plain
            $tls.Process.StandardInput.Close()
        }
    }

    It 'name the caller to the service' {
        $null = Remove-GraphAllUserDevice $Adele @Call
        @(Get-SentRequest)[0].headers.'user-agent' | Should -Match '^graph-devices/\S+ PowerShell/\d'
    }
}

Describe 'Progress and verbose' {
    BeforeEach { Reset-TestEmulator }

    It 'shows retries and request ids with -Verbose' {
        Set-TestFault @{ match = 'removeAll'; status = 429; headers = @{ 'Retry-After' = '0' } }
        $lines = @(Remove-GraphAllUserDevice $Adele @Call -Verbose 4>&1 | Where-Object { $_ -is [Management.Automation.VerboseRecord] } | ForEach-Object { "$_" })
        "$lines" | Should -Match 'client-request-id'
        "$lines" | Should -Match 'throttled, HTTP 429, request-id'
        "$lines" | Should -Match 'accepted, request-id'
    }

    It 'says nothing without -Verbose' {
        @(Remove-GraphAllUserDevice $Adele @Call *>&1).Count | Should -Be 1
    }

    It 'follows the VerbosePreference of the caller' {
        $VerbosePreference = 'Continue'
        @(Remove-GraphAllUserDevice $Adele @Call 4>&1).Count | Should -BeGreaterThan 1
    }

    It 'shows progress of several users about once a second, with counts, rate and the time that remains' {
        $shell = New-TestPowerShell '"diego@contoso.com" | Remove-GraphAllUserDevice -AccessToken $Token -Force'
        $null = $shell.Invoke()
        $shell.Streams.Progress.Count | Should -Be 0
        $shell.Dispose()

        $users = Reset-ManyUser 40
        Set-TestFault @{ match = 'removeAll'; delay_ms = 400; times = 40 }
        $shell = New-TestPowerShell "`$input | Remove-GraphAllUserDevice -AccessToken `$Token -Force -ThrottleLimit 4"
        $clock = [Diagnostics.Stopwatch]::StartNew()
        @($shell.Invoke($users)).Count | Should -Be 40
        $records = @($shell.Streams.Progress)
        $shell.Dispose()
        $records.Count | Should -BeGreaterThan 2
        $records.Count | Should -BeLessThan (2 * $clock.Elapsed.TotalSeconds + 3)
        $records[-2].StatusDescription | Should -Match '^[1-9]\d* of 40 users, [1-9]\d* an hour$'
        $records[-2].PercentComplete | Should -BeGreaterThan 0
        $records[-2].SecondsRemaining | Should -BeGreaterThan -1
        "$($records[-1].RecordType)" | Should -Be 'Completed'
    }
}
