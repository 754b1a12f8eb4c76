BeforeAll {
    . (Join-Path $PSScriptRoot 'TestHelpers.ps1')
    Import-Module $Manifest -Force
    Start-TestEmulator
    $Call = @{ AccessToken = New-TestToken; AcceptWarning = 'entra_joined_windows'; ThrottleLimit = 1; Force = $true; ErrorAction = 'SilentlyContinue'; WarningAction = 'SilentlyContinue' }
}

Describe 'Users' {
    BeforeEach { Reset-TestEmulator }

    It 'come as an argument' {
        $found = @(Remove-GraphAllUserDevice 'adele@contoso.com', $Diego @Call)
        $found.UserId | Should -Be @('adele@contoso.com', $Diego)
        @(Get-SentUser) | Should -Be @($Adele, $Diego)
    }

    It 'come as texts from the pipeline' {
        @('adele@contoso.com', " $Diego " | Remove-GraphAllUserDevice @Call).Count | Should -Be 2
        @(Get-SentUser) | Should -Be @($Adele, $Diego)
    }

    It 'come as an array within the pipeline, or as -InputObject' {
        $null = , @('adele@contoso.com', $Diego) | Remove-GraphAllUserDevice @Call
        $null = Remove-GraphAllUserDevice -InputObject @([guid]$Adele) @Call
        @(Get-SentUser) | Should -Be @($Adele, $Diego, $Adele)
    }

    It 'come as objects: <Name>' -ForEach @(
        @{ Name = 'UserId'; Row = [pscustomobject]@{ UserId = 'adele@contoso.com' } }
        @{ Name = 'Id of a GUID'; Row = [pscustomobject]@{ Id = '10000000-0000-4000-8000-000000000001'; DisplayName = 'Adele' } }
        @{ Name = 'UserPrincipalName'; Row = [pscustomobject]@{ Name = 'Adele'; UserPrincipalName = 'adele@contoso.com' } }
        @{ Name = 'an Id that is no GUID beside a name'; Row = [pscustomobject]@{ Id = 17; UserPrincipalName = 'adele@contoso.com' } }
        @{ Name = 'a user of Microsoft.Graph'; Row = [pscustomobject]@{ Id = '10000000-0000-4000-8000-000000000001'; UserPrincipalName = 'adele@contoso.com' } }
        @{ Name = 'an empty UserId beside an Id'; Row = [pscustomobject]@{ UserId = ''; Id = '10000000-0000-4000-8000-000000000001' } }
        @{ Name = 'columns that agree but for case'; Row = [pscustomobject]@{ UserId = 'Adele@Contoso.com'; UserPrincipalName = 'adele@contoso.com' } }
        @{ Name = 'a dictionary'; Row = @{ userPrincipalName = 'adele@contoso.com'; id = '10000000-0000-4000-8000-000000000001' } }
        @{ Name = 'a name with blanks, as portals write it'; Row = [pscustomobject]@{ 'User principal name' = 'adele@contoso.com'; UPN = 'x' } }
        @{ Name = 'a name and an id of one person'; Row = [pscustomobject]@{ UserPrincipalName = 'ADELE@contoso.com'; 'User ID' = '10000000-0000-4000-8000-000000000001' } }
        @{ Name = 'blanks in header and cell'; Row = [pscustomobject]@{ ' UserId ' = ' adele@contoso.com ' } }
    ) {
        $null = $Row | Remove-GraphAllUserDevice @Call
        @(Get-SentUser) | Should -Be @($Adele)
    }

    It 'come from a CSV file' {
        $file = Join-Path $TestDrive 'leavers.csv'
        [IO.File]::WriteAllText($file, "Name,UserPrincipalName `nAdele,adele@contoso.com`nDiego, diego@contoso.com`n")
        $null = Import-Csv $file | Remove-GraphAllUserDevice @Call
        @(Get-SentUser) | Should -Be @($Adele, $Diego)
    }

    It 'that come twice are sent once' {
        @('adele@contoso.com', 'ADELE@contoso.com' | Remove-GraphAllUserDevice @Call).Count | Should -Be 1
        @(Get-SentUser) | Should -Be @($Adele)
    }

    It 'may be none' {
        @() | Remove-GraphAllUserDevice @Call | Should -BeNullOrEmpty
        Remove-GraphAllUserDevice -UserId @() @Call | Should -BeNullOrEmpty
        @(Get-SentRequest).Count | Should -Be 0
    }

    It 'with odd names reach the service unharmed' {
        $names = 'guest_fabrikam.com#EXT#@contoso.com', "o'brien@contoso.com", '$cash@contoso.com', 'first.last+tag@contoso.com'
        $found = @($names | Remove-GraphAllUserDevice @Call)
        $found.UserId | Should -Be $names
        @($found.Outcome | Where-Object { $_ -ne 'accepted' }) | Should -BeNullOrEmpty
    }
}

Describe 'A row that does not say which user it means' {
    BeforeEach { Reset-TestEmulator }

    It 'ends the command before anything is sent: <Name>' -ForEach @(
        @{ Name = 'nothing'; Row = $null; Id = 'UserNotNamed'; Text = 'Row 2: it is empty*' }
        @{ Name = 'blanks'; Row = '  '; Id = 'UserNotNamed'; Text = 'Row 2: it is empty*' }
        @{ Name = 'a number'; Row = 17; Id = 'UserNotNamed'; Text = 'Row 2: a Int32 names no user*' }
        @{ Name = 'other columns'; Row = [pscustomobject]@{ Name = 'x'; Mail = 'x@contoso.com' }; Id = 'UserNotNamed'; Text = 'Row 2: *found: Name, Mail*' }
        @{ Name = 'empty cells'; Row = [pscustomobject]@{ UserId = ''; Mail = 'x@contoso.com' }; Id = 'UserNotNamed'; Text = 'Row 2: *filled column*found: UserId, Mail*' }
        @{ Name = 'an Id that is no GUID'; Row = [pscustomobject]@{ Id = '17'; Name = 'x' }; Id = 'UserNotNamed'; Text = 'Row 2: *found: Id, Name*' }
        @{ Name = 'semicolons'; Row = [pscustomobject]@{ 'UserId;Name' = 'x;y' }; Id = 'UserNotNamed'; Text = "Row 2: *'UserId;Name'*Import-Csv -Delimiter ';'*" }
        @{ Name = 'tabs'; Row = [pscustomobject]@{ "UserId`tName" = "x`ty" }; Id = 'UserNotNamed'; Text = 'Row 2: *Import-Csv -Delimiter "?t"*' }
        @{ Name = 'a device'; Row = [pscustomobject]@{ Id = '10000000-0000-4000-8000-000000000001'; UserId = 'adele@contoso.com'; DeviceName = 'LAPTOP' }; Id = 'DeviceGiven'; Text = 'Row 2: it is a device (DeviceName)*' }
        @{ Name = 'a device by number'; Row = [pscustomobject]@{ UserPrincipalName = 'adele@contoso.com'; serialNumber = '1' }; Id = 'DeviceGiven'; Text = 'Row 2: it is a device (serialNumber)*' }
        @{ Name = 'a device as dictionary'; Row = @{ userId = 'adele@contoso.com'; deviceName = 'LAPTOP' }; Id = 'DeviceGiven'; Text = 'Row 2: it is a device*' }
        @{ Name = 'a device of an Intune export'; Row = [pscustomobject]@{ 'Device name' = 'LAPTOP'; UserPrincipalName = 'adele@contoso.com' }; Id = 'DeviceGiven'; Text = 'Row 2: it is a device (Device name)*' }
        @{ Name = 'a device in capitals'; Row = [pscustomobject]@{ SERIAL_NUMBER = '1'; 'DEVICE-NAME' = 'LAPTOP'; USERPRINCIPALNAME = 'adele@contoso.com' }; Id = 'DeviceGiven'; Text = 'Row 2: it is a device (SERIAL_NUMBER, DEVICE-NAME)*' }
        @{ Name = 'a device behind a byte order mark read as text'; Row = [pscustomobject]@{ "$([char]0xEF)$([char]0xBB)$([char]0xBF)DeviceName" = 'LAPTOP'; UserId = 'adele@contoso.com' }; Id = 'DeviceGiven'; Text = 'Row 2: it is a device*' }
        @{ Name = 'a malformed user id'; Row = 'me'; Id = 'UserNotNamed'; Text = 'Row 2: *signed-in user*' }
        @{ Name = 'a header as text'; Row = 'UserPrincipalName'; Id = 'UserNotNamed'; Text = 'Row 2: *is not a user id*' }
        @{ Name = 'a line of a CSV file as text'; Row = 'UPN,Department'; Id = 'UserNotNamed'; Text = 'Row 2: *another delimiter*' }
        @{ Name = 'two users in one cell'; Row = [pscustomobject]@{ UserId = 'a@contoso.com;b@contoso.com' }; Id = 'UserNotNamed'; Text = 'Row 2: *another delimiter*' }
        @{ Name = 'a name that is none beside an id'; Row = [pscustomobject]@{ UserPrincipalName = 'Diego'; Id = '10000000-0000-4000-8000-000000000002' }; Id = 'UserNotNamed'; Text = 'Row 2: *is not a user id*' }
        @{ Name = 'a name and the id of another'; Row = [pscustomobject]@{ UserPrincipalName = 'adele@contoso.com'; Id = '10000000-0000-4000-8000-000000000002' }; Id = 'UserNotNamed'; Text = "Row 2: its columns name different users: UserPrincipalName is 'adele@contoso.com', Id is '10000000-0000-4000-8000-000000000002', but the name belongs to '10000000-0000-4000-8000-000000000001'*" }
        @{ Name = 'a name and the id of another, in other columns'; Row = @{ 'user id' = 'diego@contoso.com'; ID = '10000000-0000-4000-8000-000000000001' }; Id = 'UserNotNamed'; Text = 'Row 2: its columns name different users: user id is *' }
        @{ Name = 'a name that no user has beside an id'; Row = [pscustomobject]@{ UserPrincipalName = 'none@contoso.com'; UserId = '10000000-0000-4000-8000-000000000002' }; Id = 'UserNotNamed'; Text = 'Row 2: its columns can name different users: *the name could not be read*pipe one of the two columns alone*' }
        @{ Name = 'a name beside an id that no user has'; Row = [pscustomobject]@{ UserPrincipalName = 'diego@contoso.com'; UserId = '10000000-0000-4000-8000-0000000000ff' }; Id = 'UserNotNamed'; Text = 'Row 2: its columns name different users*' }
        @{ Name = 'a NUL in a text'; Row = "b`0@contoso.com"; Id = 'UserNotNamed'; Text = 'Row 2: it holds NUL characters*-Encoding Unicode*' }
        @{ Name = 'a NUL in a cell'; Row = [pscustomobject]@{ UserId = "b`0@contoso.com" }; Id = 'UserNotNamed'; Text = 'Row 2: it holds NUL characters*' }
        @{ Name = 'two ids'; Row = [pscustomobject]@{ UserId = '10000000-0000-4000-8000-000000000001'; Id = '10000000-0000-4000-8000-000000000002' }; Id = 'UserNotNamed'; Text = 'Row 2: its columns name different users: UserId is *' }
        @{ Name = 'two names'; Row = [pscustomobject]@{ UserId = 'adele@contoso.com'; UserPrincipalName = 'diego@contoso.com' }; Id = 'UserNotNamed'; Text = 'Row 2: its columns name different users*' }
    ) {
        $caught = $null
        try { 'adele@contoso.com', $Row | Remove-GraphAllUserDevice @Call } catch { $caught = $_ }
        $caught.FullyQualifiedErrorId | Should -Be "$Id,Remove-GraphAllUserDevice"
        $caught.Exception.Message | Should -BeLike $Text
        $caught.Exception.Message | Should -BeLike '*Nothing was sent.'
        @(Get-SentRequest).Count | Should -Be 0
    }

    It 'is refused in -UserId too' {
        { Remove-GraphAllUserDevice -UserId 'adele@contoso.com', '' @Call } | Should -Throw -ExpectedMessage 'Row 2: it is empty*'
        { Remove-GraphAllUserDevice -UserId ([pscustomobject]@{ UserId = 'adele@contoso.com' }) @Call } | Should -Throw -ExpectedMessage 'Row 1: *pipe objects*'
        @(Get-SentRequest).Count | Should -Be 0
    }

    It 'is refused under -WhatIf too' {
        { [pscustomobject]@{ Name = 'x' } | Remove-GraphAllUserDevice -AccessToken (New-TestToken) -WhatIf } | Should -Throw -ExpectedMessage 'Row 1:*'
    }

    It 'is refused under -WhatIf too: <Name>' -ForEach @(
        @{ Name = 'no user id'; Row = 'me' }
        @{ Name = 'two people'; Row = [pscustomobject]@{ UserPrincipalName = 'adele@contoso.com'; Id = '10000000-0000-4000-8000-000000000002' } }
    ) {
        { $Row | Remove-GraphAllUserDevice -AccessToken (New-TestToken) -WhatIf -WarningAction SilentlyContinue } | Should -Throw -ExpectedMessage 'Row 1:*Nothing was sent.'
    }

    It 'is refused where its name and id are those of a row before, crossed' {
        $rows = @(
            [pscustomobject]@{ UserPrincipalName = 'adele@contoso.com'; Id = $Adele }
            [pscustomobject]@{ UserPrincipalName = 'diego@contoso.com'; Id = $Adele }
        )
        { $rows | Remove-GraphAllUserDevice @Call } | Should -Throw -ExpectedMessage 'Row 2: its columns name different users*'
        @(Get-SentRequest).Count | Should -Be 0
    }

    It 'is refused where its name may not be read' {
        $caught = $null
        try { [pscustomobject]@{ UserPrincipalName = 'adele@contoso.com'; Id = $Adele } | Remove-GraphAllUserDevice -AccessToken (New-TestToken 'no-read-token') -Force -WarningAction SilentlyContinue } catch { $caught = $_ }
        $caught.FullyQualifiedErrorId | Should -Be 'permission_denied,Remove-GraphAllUserDevice'
        "$caught" | Should -BeLike 'Row 1: *User.Read.All*pipe one of the two columns alone*Nothing was sent.'
        @(Get-SentRequest).Count | Should -Be 0
        ([pscustomobject]@{ Id = $Adele } | Remove-GraphAllUserDevice -AccessToken (New-TestToken 'no-read-token') -Force -WarningAction SilentlyContinue).Outcome | Should -Be 'accepted'
    }

    It 'is refused with the reason that would stop every user: <_>' -ForEach @('expired-token') {
        $caught = $null
        try { [pscustomobject]@{ UserPrincipalName = 'adele@contoso.com'; Id = $Adele } | Remove-GraphAllUserDevice -AccessToken (New-TestToken $_) -Force -WarningAction SilentlyContinue } catch { $caught = $_ }
        $caught.FullyQualifiedErrorId | Should -Be 'unauthenticated,Remove-GraphAllUserDevice'
        @(Get-SentRequest).Count | Should -Be 0
    }
}

Describe 'The token' {
    BeforeEach { Reset-TestEmulator }

    It 'may be a SecureString, or an object with one in Token' {
        (Remove-GraphAllUserDevice $Diego -AccessToken (New-TestToken) -Force -WarningAction SilentlyContinue).Outcome | Should -Be 'accepted'
        $az = [pscustomobject]@{ Token = New-TestToken; ExpiresOn = [DateTimeOffset]::UtcNow.AddHours(1) }
        (Remove-GraphAllUserDevice $Diego -AccessToken $az -Force -WarningAction SilentlyContinue).Outcome | Should -Be 'accepted'
    }

    It 'is refused as <Name>, with a text that says how to make one' -ForEach @(
        @{ Name = 'a plain text'; Value = 'demo-token'; Id = 'AccessTokenNotSecure' }
        @{ Name = 'an object with a plain text'; Value = [pscustomobject]@{ Token = 'demo-token' }; Id = 'AccessTokenNotSecure' }
        @{ Name = 'another object'; Value = 17; Id = 'AccessTokenNotSecure' }
        @{ Name = 'nothing'; Value = $null; Id = 'AccessTokenMissing' }
    ) {
        $Error.Clear()
        $caught = $null
        try { Remove-GraphAllUserDevice $Lee -AccessToken $Value -Force } catch { $caught = $_ }
        $caught.FullyQualifiedErrorId | Should -Be "$Id,Remove-GraphAllUserDevice"
        $caught.Exception.Message | Should -BeLike '*Get-AzAccessToken -ResourceTypeName MSGraph -AsSecureString*'
        "$($Error | ForEach-Object { [Management.Automation.PSSerializer]::Serialize($_, 4) })" | Should -Not -Match 'demo-token'
        @(Get-SentRequest).Count | Should -Be 0
    }

    It 'is asked for where it is left out' {
        { Remove-GraphAllUserDevice $Lee -Force } | Should -Throw -ExpectedMessage 'Give a token with -AccessToken*'
    }

    It 'that is empty is refused before anything is sent' {
        $caught = $null
        try { Remove-GraphAllUserDevice $Lee -AccessToken (New-Object securestring) -Force } catch { $caught = $_ }
        $caught.FullyQualifiedErrorId | Should -Be 'invalid_argument,Remove-GraphAllUserDevice'
    }

    It 'appears in no stream and no error: <_>' -ForEach @('demo-token', 'expired-token', 'no-scope-token', 'claims-token') {
        $Error.Clear()
        $all = & {
            try {
                $Adele, 'none@contoso.com' | Remove-GraphAllUserDevice -AccessToken (New-TestToken $_) -Force -Verbose -Debug
            }
            catch { $_ }
        } *>&1
        $text = @($all) + @($Error) | ForEach-Object { "$_"; [Management.Automation.PSSerializer]::Serialize($_, 2) }
        "$text" | Should -Match $Adele
        "$text" | Should -Match 'client-request-id'
        "$text" | Should -Not -Match $_
    }
}
