BeforeAll {
    . (Join-Path $PSScriptRoot 'TestHelpers.ps1')
    Import-Module $Manifest -Force
    Start-TestEmulator
    $Call = @{ AccessToken = New-TestToken; Force = $true; WarningAction = 'SilentlyContinue' }
}

Describe 'An outcome' {
    BeforeEach { Reset-TestEmulator }

    It 'of an accepted user has every field' {
        $found = Remove-GraphAllUserDevice adele@contoso.com @Call
        $found.PSObject.TypeNames[0] | Should -Be 'GraphDevices.Outcome'
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
        $found = Remove-GraphAllUserDevice nobody@contoso.com @Call -ErrorAction SilentlyContinue
        $found.Outcome | Should -Be 'failed'
        $found.Status | Should -Be 'user_not_found'
        $found.HttpStatus | Should -Be 404
        $found.Code | Should -Be 'Request_ResourceNotFound'
        $found.Message | Should -Not -BeNullOrEmpty
        $found.Effect | Should -Be 'none'
    }

    It 'is shown as a table' {
        $text = Remove-GraphAllUserDevice adele@contoso.com @Call | Out-String
        $text | Should -Match 'UserId\s+Outcome\s+Status\s+Http\s+RequestId'
        $text | Should -Match 'adele@contoso\.com\s+accepted\s+ok'
    }

    It 'stays readable as CSV and JSON' {
        $found = Remove-GraphAllUserDevice adele@contoso.com @Call
        $row = $found | ConvertTo-Csv -NoTypeInformation | ConvertFrom-Csv
        $row.Outcome | Should -Be 'accepted'
        $row.Date | Should -Be $found.Date
        $json = $found | ConvertTo-Json
        $json | Should -Match '"Outcome":\s*"accepted"'
        $json | Should -Match '"Status":\s*"ok"'
    }

    It 'is no formula in the CSV file of <Name>' -ForEach @(
        @{ Name = 'the README'; File = 'README.md'; Pattern = '(?s)(\$outcomes \| ForEach-Object \{.*?\| Export-Csv )' }
        @{ Name = 'the help'; File = 'GraphDevices/Public/Remove-GraphAllUserDevice.ps1'; Pattern = '(?s)(\$outcomes \| ForEach-Object \{.*?\| Export-Csv )' }
    ) {
        $text = [IO.File]::ReadAllText((Join-Path (Join-Path $PSScriptRoot '../../bindings/powershell') $File))
        $recipe = [regex]::Match($text, $Pattern).Groups[1].Value
        $recipe | Should -Not -BeNullOrEmpty
        $outcomes = @(Remove-GraphAllUserDevice '=x@contoso.com', '+x@contoso.com', '-x@contoso.com', 'adele@contoso.com' @Call -ErrorAction SilentlyContinue)
        $outcomes += [pscustomobject]@{ UserId = '@x'; Message = "`t=1"; Code = "`r=1"; Endpoint = "`n=1"; Attempts = -1 }
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
        Set-TestFault @{ reset = 'after'; times = 100 }
        $found = Remove-GraphAllUserDevice adele@contoso.com @Call -TimeoutSec 1 -ErrorAction SilentlyContinue -ErrorVariable problems
        $found.Outcome | Should -Be 'unknown'
        $found.Effect | Should -Be 'possible'
        $problems[0].FullyQualifiedErrorId | Should -Be 'interrupted,Remove-GraphAllUserDevice'
    }
}

Describe 'Errors' {
    BeforeEach { Reset-TestEmulator }

    It 'come after all objects, one for each user that was not accepted' {
        $all = @('nobody@contoso.com', $Adele, 'nowhere@contoso.com' | Remove-GraphAllUserDevice @Call -ErrorAction Continue 2>&1)
        @($all | ForEach-Object { $_.GetType().Name }) | Should -Be @('UserResult', 'UserResult', 'UserResult', 'ErrorRecord', 'ErrorRecord')
        $record = $all[3]
        $record.FullyQualifiedErrorId | Should -Be 'user_not_found,Remove-GraphAllUserDevice'
        "$($record.CategoryInfo.Category)" | Should -Be 'ObjectNotFound'
        $record.TargetObject | Should -Be 'nobody@contoso.com'
        $record.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        "$record" | Should -BeLike 'nobody@contoso.com: *request-id *'
        $record.Exception.HttpStatus | Should -Be 404
        $all[4].TargetObject | Should -Be 'nowhere@contoso.com'
    }

    It 'do not abandon the rest with -ErrorAction Stop, and -OutVariable keeps the objects' {
        $kept = $null
        $caught = $null
        try { $null = 'nobody@contoso.com', $Adele, $Diego | Remove-GraphAllUserDevice @Call -ErrorAction Stop -OutVariable kept } catch { $caught = $_ }
        $caught.FullyQualifiedErrorId | Should -Be 'user_not_found,Remove-GraphAllUserDevice'
        @($kept).Count | Should -Be 3
        @(Get-SentUser) | Should -Be @($null, $Adele, $Diego)
    }

    It 'follow the ErrorActionPreference of the caller' {
        $ErrorActionPreference = 'Stop'
        { 'nobody@contoso.com' | Remove-GraphAllUserDevice @Call } | Should -Throw -ExpectedMessage '*nobody@contoso.com*'
    }

    It 'are left out where a wrapper was called with -ErrorAction Ignore' {
        function Remove-Quietly {
            [CmdletBinding()]
            param()
            'nobody@contoso.com' | Remove-GraphAllUserDevice @Call
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
        try { $null = $Adele, $Diego, $Lee | Remove-GraphAllUserDevice -AccessToken (New-TestToken $Token) -Force -OutVariable kept -ErrorAction SilentlyContinue -ErrorVariable problems } catch { $caught = $_ }
        $caught.FullyQualifiedErrorId | Should -Be "$Id,Remove-GraphAllUserDevice"
        "$($caught.CategoryInfo.Category)" | Should -Be $Category
        $caught.TargetObject | Should -Be $Adele
        @($kept | ForEach-Object { $_.Outcome }) | Should -Be @('failed', 'skipped', 'skipped')
        @(Get-SentRequest).Count | Should -Be 1
    }

    It 'tell of Multi Admin Approval' {
        $caught = $null
        try { Remove-GraphAllUserDevice $Adele -AccessToken (New-TestToken 'approval-token') -Force } catch { $caught = $_ }
        $caught.FullyQualifiedErrorId | Should -Be 'justification_required,Remove-GraphAllUserDevice'
        $found = Remove-GraphAllUserDevice $Adele -AccessToken (New-TestToken 'approval-token') -Force -Justification 'ticket 4711' -ErrorAction SilentlyContinue -ErrorVariable problems
        $found.Outcome | Should -Be 'awaiting_approval'
        $found.ApprovalCode | Should -Not -BeNullOrEmpty
        $problems[0].FullyQualifiedErrorId | Should -Be 'approval_pending,Remove-GraphAllUserDevice'
    }

    It 'says why a run ended, with or without a row that does' {
        foreach ($failures in @(), @([pscustomobject]@{ Result = [pscustomobject]@{ Status = 'cancelled'; UserId = 'x'; Message = 'y' }; Error = $null })) {
            $record = InModuleScope GraphDevices -Parameters @{ Failures = $failures } {
                param($Failures)
                New-FatalError -Summary ([pscustomobject]@{ EndedBy = 'internal'; Message = 'why it ended' }) -Failure @($Failures)
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

    It 'say which cloud, by the names of Microsoft.Graph' {
        foreach ($name in 'Global', 'USGov', 'USGovDoD', 'China', 'BleuCloud', 'DelosCloud') {
            { Remove-GraphAllUserDevice $Adele -AccessToken (New-TestToken) -Environment $name -WhatIf } | Should -Not -Throw
        }
        $completed = [Management.Automation.CommandCompletion]::CompleteInput('Remove-GraphAllUserDevice -Environment US', 41, $null)
        @($completed.CompletionMatches | ForEach-Object { $_.CompletionText }) | Should -Be @('USGov', 'USGovDoD')
    }

    It 'are refused before anything is sent: <Name>' -ForEach @(
        @{ Name = 'a cloud that is none'; Option = @{ Environment = 'Moon' } }
        @{ Name = 'a cloud without the action'; Option = @{ Environment = 'GovSGCloud' } }
        @{ Name = 'a proxy that is none'; Option = @{ Proxy = 'not a url' } }
        @{ Name = 'no time'; Option = @{ TimeoutSec = 0 } }
        @{ Name = 'negative time'; Option = @{ TimeoutSec = -1 } }
        @{ Name = 'a certificate that is none'; Option = @{ CaCertificate = "-----BEGIN CERTIFICATE-----`nAAAA`n-----END CERTIFICATE-----" } }
    ) {
        $caught = $null
        try { Remove-GraphAllUserDevice $Adele @Call @Option } catch { $caught = $_ }
        $caught.FullyQualifiedErrorId | Should -Be 'invalid_argument,Remove-GraphAllUserDevice'
        @(Get-SentRequest).Count | Should -Be 0
    }

    It 'name a certificate file that is not there' {
        { Remove-GraphAllUserDevice $Adele @Call -CaCertificate (Join-Path $TestDrive 'none.pem') } | Should -Throw -ExpectedMessage '*none.pem*'
    }

    It 'bound one attempt by -TimeoutSec' {
        Set-TestFault @{ hang = $true; times = 100 }
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

    It 'trust a certificate authority given as <Form>' -ForEach @(@{ Form = 'text' }, @{ Form = 'a file' }) {
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

    It 'tell the service who calls' {
        $null = Remove-GraphAllUserDevice $Adele @Call
        @(Get-SentRequest)[0].headers.'user-agent' | Should -Match '^graph-devices/\S+ PowerShell/\d'
    }
}

Describe 'Progress and verbose' {
    BeforeEach { Reset-TestEmulator }

    It 'shows retries and request ids with -Verbose' {
        Set-TestFault @{ status = 429; headers = @{ 'Retry-After' = '0' } }
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

    It 'shows progress from the second user on, at most five records a second' {
        $shell = New-TestPowerShell '"adele@contoso.com" | Remove-GraphAllUserDevice -AccessToken $Token -Force'
        $null = $shell.Invoke()
        $shell.Streams.Progress.Count | Should -Be 0
        $shell.Dispose()

        $shell = New-TestPowerShell '1..300 | ForEach-Object { "user$_@contoso.com" } | Remove-GraphAllUserDevice -AccessToken $Token -Force -ErrorAction SilentlyContinue'
        $clock = [Diagnostics.Stopwatch]::StartNew()
        @($shell.Invoke()).Count | Should -Be 300
        $records = @($shell.Streams.Progress)
        $shell.Dispose()
        $records.Count | Should -BeGreaterThan 1
        $records.Count | Should -BeLessThan (5 * $clock.Elapsed.TotalSeconds + 3)
        $records[0].StatusDescription | Should -Match '^[1-9]\d* of 300 users$'
        "$($records[-1].RecordType)" | Should -Be 'Completed'
    }
}
