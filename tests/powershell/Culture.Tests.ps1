# What decides is the same in every language of the person who runs it. PowerShell keeps a pattern with the culture of its first
# use, so each culture has a process of its own; GRAPH_DEVICES_ICU says that this machine can change it at all.

BeforeAll {
    . (Join-Path $PSScriptRoot 'TestHelpers.ps1')
    Import-Module $Manifest -Force
    Start-TestEmulator
}

Describe 'The sources' {
    It 'hold nothing that follows the culture' {
        $files = @(Get-ChildItem -LiteralPath $ModuleFolder -Recurse -File | Where-Object { $_.Extension -in '.ps1', '.psm1', '.psd1' })
        $files.Count | Should -BeGreaterThan 8
        foreach ($file in $files) { @(Get-CultureSensitive -Path $file.FullName) | Should -BeNullOrEmpty -Because $file.FullName }
    }

    It 'hold nothing that follows the culture in C#' {
        $files = @(Get-ChildItem -LiteralPath (Join-Path $PSScriptRoot '../../bindings/powershell/src') -Recurse -File -Filter '*.cs')
        $files.Count | Should -BeGreaterThan 8
        foreach ($file in $files) { @(Get-CultureSensitiveSharp ([IO.File]::ReadAllText($file.FullName))) | Should -BeNullOrEmpty -Because $file.FullName }
    }

    It 'would be caught if they did: <_>' -ForEach @(
        '$a -match "i"', '$a -notmatch "i"', '$a -imatch "i"', '$a -cmatch "i"', '$a -replace "i"', '$a -like "i*"', '$a -notlike "i*"', '$a -split "i"',
        'switch -Regex ($a) { "i" { } }', 'switch -Wildcard ($a) { "i*" { } }', '$a.ToLower()', '$a.ToUpper()', '$a.StartsWith("i")',
        '$a.EndsWith("i")', '$a.IndexOf("i")', '$a.LastIndexOf("i")', '$a.CompareTo($b)', '[string]::Compare($a, $b)',
        '[regex]::IsMatch($a, "i")', '[regex]::IsMatch($a, "i", "IgnoreCase")', '[regex]::Match($a, "i")', '[regex]"i"', 'New-Object regex "i"',
        'Select-String -Pattern i', '$a | Where-Object Name -match i', '$a | Where-Object Name -like i', '[StringComparison]::CurrentCultureIgnoreCase',
        '[StringComparer]::CurrentCulture'
    ) {
        $file = Join-Path $TestDrive 'culture.ps1'
        [IO.File]::WriteAllText($file, $_)
        @(Get-CultureSensitive -Path $file).Count | Should -BeGreaterThan 0
    }

    It 'would be caught in C# if they did: <_>' -ForEach @(
        'a.ToLower()', 'a.ToUpper()', 'a.StartsWith("i")', 'a.EndsWith(b)', 'a.IndexOf("i")', 'string.Compare(a, b)', 'a.CompareTo(b)',
        'Regex.IsMatch(a, "i")', 'new Regex("i")', 'StringComparison.CurrentCulture', 'CultureInfo.CurrentCulture'
    ) {
        @(Get-CultureSensitiveSharp $_).Count | Should -BeGreaterThan 0
    }
}

if ($env:GRAPH_DEVICES_ICU) {
    Describe 'Under <Culture>' -ForEach @(
        @{ Culture = 'tr-TR'; Variables = @{} }
        @{ Culture = 'az-Latn-AZ'; Variables = @{} }
        @{ Culture = 'lt-LT'; Variables = @{} }
        @{ Culture = ''; Variables = @{ LC_ALL = 'tr_TR.UTF-8' } }
    ) {
        BeforeAll {
            function Invoke-InCulture {
                param([string]$Script)

                $environment = @{ DOTNET_SYSTEM_GLOBALIZATION_INVARIANT = '0'; DOTNET_SYSTEM_GLOBALIZATION_PREDEFINED_CULTURES_ONLY = '0' }
                foreach ($name in $Variables.Keys) { $environment[$name] = $Variables[$name] }
                $head = if ($Culture) { "[cultureinfo]::CurrentCulture = '$Culture'`n" } else { '' }
                Invoke-TestProcess -Folder $TestDrive -Environment $environment -Before $head -Script $Script
            }
        }

        BeforeEach { Reset-TestEmulator }

        It 'a row that is a device is refused, however its columns are written' {
            $ran = Invoke-InCulture @'
"culture $([cultureinfo]::CurrentCulture.Name), small I is $([int]'I'.ToLower()[0])"
foreach ($columns in 'DEVICENAME,USERPRINCIPALNAME', 'SERIALNUMBER,USERID', 'DEVICE_NAME,UPN,USERPRINCIPALNAME', 'Device Name,UserPrincipalName', 'devicename,userprincipalname', 'serialnumber,userid') {
    $row = ($columns, 'x,adele@contoso.com,adele@contoso.com') | ConvertFrom-Csv
    try { $row | Remove-GraphAllUserDevice -AccessToken $token -Force; "sent $columns" }
    catch { "$($_.FullyQualifiedErrorId) for $columns" }
}
'@
            if ($Culture -ne 'lt-LT') { $ran.Text | Should -Match 'small I is 305' }
            if ($Culture) { $ran.Text | Should -Match "culture $Culture" } else { $ran.Text | Should -Match 'culture tr-TR' }
            [regex]::Matches($ran.Text, 'DeviceGiven,Remove-GraphAllUserDevice for ').Count | Should -Be 6 -Because $ran.Text
            @(Get-SentRequest).Count | Should -Be 0
        }

        It 'users are found in columns of any case, and everything else works' {
            $ran = Invoke-InCulture @'
$WarningPreference = 'SilentlyContinue'
foreach ($columns in 'USERID', 'userid', 'USERPRINCIPALNAME', 'userprincipalname') { ($columns, 'ADELE@CONTOSO.COM' | ConvertFrom-Csv | Remove-GraphAllUserDevice -AccessToken $token -Force -SkipDeviceRead).Outcome }
('ID,USERPRINCIPALNAME', '10000000-0000-4000-8000-000000000003,LEE@contoso.com' | ConvertFrom-Csv | Remove-GraphAllUserDevice -AccessToken $token -Force).Reason
try { 'id,userPrincipalName', '10000000-0000-4000-8000-000000000003,DIEGO@contoso.com' | ConvertFrom-Csv | Remove-GraphAllUserDevice -AccessToken $token -Force } catch { "refused: $_" }
$env:GRAPH_DEVICES_ENDPOINT = $env:GRAPH_DEVICES_ENDPOINT.Replace('http://127.0.0.1', 'HTTP://LOCALHOST')
try { $null = Remove-GraphAllUserDevice diego@contoso.com -AccessToken $token -Force } catch { "$($_.FullyQualifiedErrorId)" }
([Management.Automation.CommandCompletion]::CompleteInput('Remove-GraphAllUserDevice -Environment chi', 42, $null)).CompletionMatches[0].CompletionText
'@
            [regex]::Matches($ran.Text, '(?m)^accepted').Count | Should -Be 4 -Because $ran.Text
            $ran.Text | Should -Match '(?m)^nothing_listed'
            $ran.Text | Should -Match 'refused: Row 1: its columns name different users'
            $ran.Text | Should -Not -Match 'EndpointRefused'
            $ran.Text | Should -Match '(?m)^China'
        }
    }
}
